package settings_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
)

// shown finds a secret on a page.
var shown = regexp.MustCompile(`ent_[0-9a-z]{78}`)

func TestTokens(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		admin, officer := h.As(h.School.Admin), h.As(h.School.Officer)
		const address = "/brenval/office/settings/tokens"
		form := func(name string, more ...string) url.Values {
			f := url.Values{"name": {name}, "rights": {"contacts:read", "invoices:write"}, "submission": {id.NewJob().String()}}
			for i := 0; i < len(more); i += 2 {
				f.Set(more[i], more[i+1])
			}
			return f
		}
		opens := func(secret string) bool {
			h.TB.Helper()
			err := h.DB.View(context.Background(), func(tx *sqldb.Tx) error {
				_, _, err := token.Prove(context.Background(), tx, secret)
				return err
			})
			return err == nil
		}

		t.Run("an officer sees neither the tab nor the page", func(t *testing.T) {
			h.TB = t
			officer.Get(address).Want(http.StatusForbidden)
			officer.Post(address, form("Paie")).Want(http.StatusForbidden)
			admin.Get("/brenval/office/settings").Want(http.StatusOK, "Accès des programmes")
		})
		t.Run("what is wrong is said beside its field, and nothing typed is lost", func(t *testing.T) {
			h.TB = t
			admin.Get(address).Want(http.StatusOK, "Aucun programme n’a accès")
			admin.Post(address, form("", "expires_on", "2026-11-19")).Want(http.StatusUnprocessableEntity, "2 champs sont à corriger", "Ce jour est passé.").
				WantMarkup(`value="2026-11-19"`, `value="invoices:write" checked`).WantNot("ent_")
			admin.Post(address, url.Values{"name": {"Paie"}}).Want(http.StatusUnprocessableEntity, "Cochez au moins un droit.")
		})
		var secret string
		t.Run("the secret is shown once, opens the door, and stands on no page after", func(t *testing.T) {
			h.TB = t
			page := admin.Post(address, form("Paie", "expires_on", "2026-12-31"))
			page.Want(http.StatusOK, "Jeton créé : Paie", "il ne sera plus jamais montré")
			secret = shown.FindString(page.Body)
			if !opens(secret) {
				t.Error("it opens nothing")
			}
			admin.Get(address).Want(http.StatusOK, "Paie", "Contacts : lire", "Factures : lire, déposer, modifier et supprimer", "Jamais utilisé", "31/12/2026").WantNot("ent_")
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez créé le jeton Paie", "contacts:read, invoices:write").WantNot("ent_")
		})
		t.Run("the password is asked for when it was typed a while ago, once nothing else is wrong", func(t *testing.T) {
			h.TB = t
			h.Clock.Pass(16 * time.Minute)
			admin.Post(address, form("Annuaire")).Want(http.StatusUnprocessableEntity, "confirmez que c’est bien vous").WantMarkup(`type="password"`).WantNot("ent_", "Jeton créé")
			admin.Post(address, form("Annuaire", "password", "not it at all, sorry")).Want(http.StatusUnprocessableEntity).WantNot("ent_")
			admin.Get(address).WantNot("Annuaire")
			admin.Post(address, form("Annuaire", "password", officetest.Password)).Want(http.StatusOK, "Jeton créé : Annuaire")
		})
		t.Run("a revoked one opens nothing any more and stays to be seen", func(t *testing.T) {
			h.TB = t
			of := regexp.MustCompile(address+`/[-0-9a-f]+/revocation`).FindAllString(admin.Get(address).Body, -1)[1]
			admin.Get(of).Want(http.StatusOK, "Révoquer « Paie » ?", "dès sa prochaine requête")
			admin.Post(of, nil).WantTo(address)
			admin.Post(of, nil).WantTo(address)
			admin.Get(address).Want(http.StatusOK, "Jetons révoqués", "Paie")
			if opens(secret) {
				t.Error("it still opens")
			}
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez révoqué le jeton Paie")
			h.As(h.Vendor.Admin).Post("/orvane/office"+of[len("/brenval/office"):], nil).Want(http.StatusNotFound)
		})
	})
}
