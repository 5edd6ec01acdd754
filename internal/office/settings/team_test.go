package settings_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/office/officetest"
)

func TestTeamPage(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		admin := h.As(h.School.Admin)
		const address = "/brenval/office/settings/team"
		anne := func(more ...string) url.Values {
			form := url.Values{"name": {"Anne Le Goff"}, "email": {"anne@brenval.example"}, "role": {"officer"}, "locale": {"fr"}, "submission": {id.NewJob().String()}}
			for i := 0; i < len(more); i += 2 {
				form.Set(more[i], more[i+1])
			}
			return form
		}
		invited := func() string {
			h.TB.Helper()
			_, after, _ := strings.Cut(admin.Get(address).Body, address+"/invitations/")
			of, _, _ := strings.Cut(after, "/")
			return address + "/invitations/" + of
		}

		t.Run("the members are listed with role and last sign-in", func(t *testing.T) {
			h.TB = t
			admin.Get(address).Want(http.StatusOK, "Nadia Kessler (vous)", "Administrateur 20/11/2026", "Rachel Moreau", "Gestionnaire –").WantNot("Invitations en attente")
		})

		t.Run("what is wrong is said beside its field, and nothing typed is lost", func(t *testing.T) {
			h.TB = t
			admin.Post(address, anne("name", "", "email", "Anne@Brenval.example", "role", "owner", "locale", "de")).
				Want(http.StatusUnprocessableEntity, "4 champs sont à corriger").WantMarkup(`value="Anne@Brenval.example"`)
			admin.Post(address, anne("email", h.School.Officer.Address)).Want(http.StatusUnprocessableEntity, "Cette adresse est celle de Rachel Moreau, qui fait déjà partie de l’équipe.")
			admin.Fetch("dialog", address+"/new").Want(http.StatusOK, "Inviter un membre", "Gestionnaire", "Administrateur").WantNot("Paramètres", "Mot de passe")
		})

		t.Run("an invitation is followed until it is withdrawn, the same form twice sends one", func(t *testing.T) {
			h.TB = t
			form := anne()
			admin.Post(address, form).WantTo(address)
			admin.Post(address, form).WantTo(address)
			admin.Get(address).Want(http.StatusOK, "Invitation en cours d’envoi : Anne Le Goff.", "Invitations en attente", "anne @brenval.example", "Envoi en cours", "Encore 7 jours pour l’accepter.")
			h.Deliver()
			admin.Get(address).Want(http.StatusOK, "Envoyé")
			admin.Get("/brenval/office/settings/letters").Want(http.StatusOK, "Anne Le Goff (invitation dans l’équipe)", "Invitation dans l’équipe")
			admin.Get(invited()+"/renewal").Want(http.StatusOK, "Renouveler l’invitation de Anne Le Goff ?", "partent à anne@brenval.example")
			old := invited()
			admin.Post(old+"/renewal", nil).WantTo(address)
			admin.Post(old+"/renewal", nil).Want(http.StatusNotFound)
			admin.Get(old + "/withdrawal").Want(http.StatusNotFound)
			admin.Get(invited()+"/withdrawal").Want(http.StatusOK, "Son lien et son code n’ouvriront plus rien")
			admin.Post(invited()+"/withdrawal", nil).WantTo(address)
			admin.Get(address).Want(http.StatusOK, "Invitation retirée : Anne Le Goff.").WantNot("anne @brenval.example", "Invitations en attente")
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez invité une personne dans l’équipe.", "Vous avez retiré une invitation dans l’équipe").WantNot("anne@brenval.example")
		})

		t.Run("an admin is made with the password, which is asked for once nothing else is wrong", func(t *testing.T) {
			h.TB = t
			h.Clock.Pass(16 * time.Minute)
			member := address + "/" + h.School.Officer.Login.String()
			admin.Post(address, anne("role", "admin")).Want(http.StatusUnprocessableEntity, "Saisissez votre mot de passe pour donner le rôle d’administrateur.").WantMarkup(`type="password"`, `value="anne@brenval.example"`)
			admin.Post(member+"/role", url.Values{"role": {"admin"}}).Want(http.StatusUnprocessableEntity, "Saisissez votre mot de passe").WantMarkup(`type="password"`)
			admin.Post(member+"/role", url.Values{"role": {"admin"}, "password": {"not it at all, sorry"}}).Want(http.StatusUnprocessableEntity)
			admin.Post(member+"/role", url.Values{"role": {"admin"}, "password": {officetest.Password}}).WantTo(address)
			admin.Get(address).Want(http.StatusOK, "Rachel Moreau a maintenant le rôle « Administrateur ».")
			admin.Post(address, anne("role", "admin")).WantTo(address) // within the window
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez changé le rôle de Rachel Moreau dans l’équipe.", "Gestionnaire", "Administrateur")
		})

		t.Run("who steps down is led to where they still may be; the last admin stays", func(t *testing.T) {
			h.TB = t
			second := h.As(h.School.Officer)
			own := address + "/" + h.School.Officer.Login.String()
			second.Get(own+"/role").Want(http.StatusOK, "C’est votre propre rôle.")
			second.Post(own+"/role", url.Values{"role": {"officer"}}).WantTo("/brenval/office")
			second.Get(address).Want(http.StatusForbidden)
			last := address + "/" + h.School.Admin.Login.String()
			admin.Get(last+"/role").Want(http.StatusOK, "L’équipe garde toujours un administrateur.").WantNot("Changer le rôle")
			admin.Post(last+"/role", url.Values{"role": {"officer"}}).Want(http.StatusUnprocessableEntity, "L’équipe garde toujours un administrateur.")
			admin.Get(last+"/removal").Want(http.StatusOK, "L’équipe garde toujours un administrateur.")
			admin.Post(last+"/removal", nil).Want(http.StatusUnprocessableEntity, "L’équipe garde toujours un administrateur.")
		})

		t.Run("a removal says what goes along and what stays", func(t *testing.T) {
			h.TB = t
			member := address + "/" + h.School.Officer.Login.String()
			admin.Get(member+"/removal").Want(http.StatusOK, "Retirer Rachel Moreau de l’équipe ?", "perd l’accès", "Partent avec elle", "Restent")
			second := h.As(h.School.Officer)
			admin.Post(member+"/removal", nil).WantTo(address)
			second.Get("/brenval/office").WantNot("Tableau de bord")
			admin.Get(address).Want(http.StatusOK, "Rachel Moreau ne fait plus partie de l’équipe.").WantNot("rachel.moreau @brenval.example")
			admin.Post(member+"/removal", nil).Want(http.StatusNotFound)
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous avez retiré")
		})
	})
}
