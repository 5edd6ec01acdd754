package settings_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/webhook"
)

// whsec finds a secret on a page.
var whsec = regexp.MustCompile(`whsec_[0-9A-Za-z+/]{43}=`)

func TestWebhooks(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		admin, officer := h.As(h.School.Admin), h.As(h.School.Officer)
		const address = "/brenval/office/settings/webhooks"
		form := func(more ...string) url.Values {
			f := url.Values{"url": {"https://hooks.example/entree?cle=1"}, "description": {"Annuaire"}, "kinds": {"contact.*", "invoice.paid"}, "submission": {id.NewWebhook().String()}}
			for i := 0; i < len(more); i += 2 {
				f.Set(more[i], more[i+1])
			}
			return f
		}
		t.Run("an officer sees neither the tab nor the page", func(t *testing.T) {
			h.TB = t
			officer.Get(address).Want(http.StatusForbidden)
			officer.Post(address, form()).Want(http.StatusForbidden)
			admin.Get("/brenval/office/settings").Want(http.StatusOK, "Webhooks")
			admin.Get(address).Want(http.StatusOK, "Aucun logiciel n’est prévenu")
		})
		t.Run("what is wrong is said beside its field, and nothing typed is lost", func(t *testing.T) {
			h.TB = t
			admin.Post(address, url.Values{"url": {"https://127.0.0.1/x"}, "description": {"Paie"}}).
				Want(http.StatusUnprocessableEntity, "2 champs sont à corriger", "Cette adresse n’est pas publique.", "Cochez au moins un événement.").WantMarkup(`value="https://127.0.0.1/x"`, `value="Paie"`).WantNot("whsec_")
			admin.Post(address, form("kinds", "contact.edited", "url", "hooks")).Want(http.StatusUnprocessableEntity, "Tapez une adresse complète").WantMarkup(`value="contact.edited" checked`)
		})
		var page string
		t.Run("the secret is shown once and stands on no page after", func(t *testing.T) {
			h.TB = t
			made := admin.Post(address, form())
			made.Want(http.StatusOK, "Webhook créé : Annuaire", "il ne sera plus jamais montré")
			if whsec.FindString(made.Body) == "" {
				t.Error("no secret")
			}
			page = regexp.MustCompile(address + `/[-0-9a-f]{36}`).FindString(admin.Get(address).Body)
			admin.Get(address).Want(http.StatusOK, "Annuaire", "hooks.example", "contact.*", "Actif").WantNot("whsec_", "cle=1")
			admin.Get(page).Want(http.StatusOK, "Aucun envoi à montrer", "https://hooks.example/entree?cle=1").WantNot("whsec_")
			admin.Get(page+"/edit").Want(http.StatusOK).WantMarkup(`value="contact.*" checked`, `value="invoice.paid" checked`).WantNot("whsec_")
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez créé le webhook hooks.example").WantNot("whsec_", "cle=1")
		})
		t.Run("it is edited, tried, replayed, switched off and on", func(t *testing.T) {
			h.TB = t
			admin.Post(page, form("version", "1", "description", "Annuaire de l’école")).WantTo(page)
			admin.Post(page, form("version", "1", "description", "Autre")).Want(http.StatusUnprocessableEntity)
			admin.Post(page+"/trial", url.Values{"submission": {id.NewDelivery().String()}}).WantTo(page)
			seen := admin.Get(page)
			seen.Want(http.StatusOK, "Essai envoyé", "Pas encore envoyé", "webhook.test").WantMarkup(`data-refresh="2"`)
			again := regexp.MustCompile(page + `/deliveries/[-0-9a-f]{36}/replay`).FindString(seen.Body)
			admin.Post(again, nil).WantTo(page)
			admin.Get(page).Want(http.StatusOK, "1 envoi est rejoué.")
			admin.Post(page+"/replay", url.Values{"since": {"demain"}}).Want(http.StatusUnprocessableEntity)
			admin.Post(page+"/replay", url.Values{"since": {"2026-11-01"}}).WantTo(page)
			admin.Get(page).Want(http.StatusOK, "0 envoi est rejoué.")
			admin.Post(page+"/state", nil).Want(http.StatusUnprocessableEntity)
			admin.Post(page+"/state", url.Values{"enabled": {"0"}}).WantTo(page)
			admin.Get(page).Want(http.StatusOK, "Webhook désactivé.", "Rien n’est envoyé").WantNot("Envoyer un essai")
			admin.Post(page+"/trial", nil).WantTo(page)
			admin.Get(page).Want(http.StatusOK, "Activez-le d’abord")
			admin.Post(page+"/state", url.Values{"enabled": {"1"}}).WantTo(page)
			admin.Get(page).Want(http.StatusOK, "Webhook activé.", "Laissé de côté")
			admin.Get(page+"?state=failed").Want(http.StatusOK, "webhook.test")
			admin.Get(page+"?state=delivered").Want(http.StatusOK, "Aucun envoi à montrer")
		})
		t.Run("the password is asked for when it was typed a while ago, once nothing else is wrong", func(t *testing.T) {
			h.TB = t
			h.Clock.Pass(16 * time.Minute)
			admin.Post(address, form("description", "Paie")).Want(http.StatusUnprocessableEntity, "confirmez que c’est bien vous").WantMarkup(`type="password"`).WantNot("whsec_")
			admin.Post(page, form("version", "2", "url", "https://other.example")).Want(http.StatusUnprocessableEntity, "confirmez que c’est bien vous")
			admin.Post(page+"/secret", form()).Want(http.StatusUnprocessableEntity, "confirmez que c’est bien vous").WantNot("whsec_")
			admin.Get(page+"/secret").Want(http.StatusOK, "L’ancien vaut encore un jour").WantMarkup(`type="password"`)
			renewed := admin.Post(page+"/secret", form("password", officetest.Password))
			renewed.Want(http.StatusOK, "Secret renouvelé : Annuaire de l’école")
			if whsec.FindString(renewed.Body) == "" {
				t.Error("no secret")
			}
			admin.Get(page).Want(http.StatusOK, "L’ancien vaut encore jusqu’au").WantNot("whsec_", "other.example")
		})
		t.Run("one that the program has switched off is on the dashboard of admins", func(t *testing.T) {
			h.TB = t
			stop(t, h)
			admin.Get("/brenval/office").Want(http.StatusOK, "webhook désactivé", "Plus rien n’était accepté")
			officer.Get("/brenval/office").Want(http.StatusOK).WantNot("webhook désactivé")
			admin.Get(address).Want(http.StatusOK, "Désactivé automatiquement")
			admin.Get(page).Want(http.StatusOK, "l’adresse répond qu’elle n’existe plus", "Envoyer aussi ce qui s’est passé entre-temps")
		})
		t.Run("another workspace has none of it, and a deleted one is gone", func(t *testing.T) {
			h.TB = t
			other := h.As(h.Vendor.Admin)
			theirs := "/orvane/office" + strings.TrimPrefix(page, "/brenval/office")
			for _, below := range []string{"", "/edit", "/secret", "/deletion"} {
				other.Get(theirs + below).Want(http.StatusNotFound)
			}
			for _, below := range []string{"", "/secret", "/state", "/trial", "/replay", "/deletion", "/deliveries/" + id.NewDelivery().String() + "/replay"} {
				other.Post(theirs+below, form("since", "2026-11-01", "enabled", "1", "password", officetest.Password)).Want(http.StatusNotFound)
			}
			admin.Get(page+"/deletion").Want(http.StatusOK, "Supprimer « Annuaire de l’école » ?")
			admin.Post(page+"/deletion", nil).WantTo(address)
			admin.Post(page+"/deletion", nil).WantTo(address)
			admin.Get(page).Want(http.StatusNotFound)
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez supprimé le webhook hooks.example")
		})
	})
}

// goneAway is a receiver that is gone for good.
type goneAway struct{}

func (goneAway) Post(context.Context, webhook.Message) webhook.Outcome {
	return webhook.Outcome{Status: http.StatusGone}
}

// stop has a courier find out that the school's webhook leads nowhere any more.
func stop(t *testing.T, h *officetest.House) {
	t.Helper()
	err := h.DB.Update(t.Context(), func(tx *sqldb.Tx) error {
		list, err := webhook.Find(t.Context(), tx, h.School.Admin.Actor)
		if err != nil {
			return err
		}
		return webhook.Try(t.Context(), tx, h.School.Admin.Actor, list[0].ID, id.UUID{})
	})
	if err == nil {
		err = webhook.NewCourier(h.DB, h.Webhooks, goneAway{}, nil).RunDue(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}
