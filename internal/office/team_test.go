package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/id"
)

func TestTeamPage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.as(h.school.admin)
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
			_, after, _ := strings.Cut(admin.get(address).body, address+"/invitations/")
			of, _, _ := strings.Cut(after, "/")
			return address + "/invitations/" + of
		}

		t.Run("the members are listed with role and last sign-in", func(t *testing.T) {
			h.TB = t
			admin.get(address).want(http.StatusOK, "Nadia Kessler (vous)", "Administrateur 20/11/2026", "Rachel Moreau", "Gestionnaire –").wantNot("Invitations en attente")
		})

		t.Run("what is wrong is said beside its field, and nothing typed is lost", func(t *testing.T) {
			h.TB = t
			admin.post(address, anne("name", "", "email", "Anne@Brenval.example", "role", "owner", "locale", "de")).
				want(http.StatusUnprocessableEntity, "4 champs sont à corriger").wantMarkup(`value="Anne@Brenval.example"`)
			admin.post(address, anne("email", h.school.officer.address)).want(http.StatusUnprocessableEntity, "Cette adresse est celle de Rachel Moreau, qui fait déjà partie de l’équipe.")
			admin.fetch("dialog", address+"/new").want(http.StatusOK, "Inviter un membre", "Gestionnaire", "Administrateur").wantNot("Paramètres", "Mot de passe")
		})

		t.Run("an invitation is followed until it is withdrawn, the same form twice sends one", func(t *testing.T) {
			h.TB = t
			form := anne()
			admin.post(address, form).wantTo(address)
			admin.post(address, form).wantTo(address)
			admin.get(address).want(http.StatusOK, "Invitation en cours d’envoi : Anne Le Goff.", "Invitations en attente", "anne @brenval.example", "Envoi en cours", "Encore 7 jours pour l’accepter.")
			h.deliver()
			admin.get(address).want(http.StatusOK, "Envoyé")
			admin.get("/brenval/office/settings/letters").want(http.StatusOK, "Anne Le Goff (invitation dans l’équipe)", "Invitation dans l’équipe")
			admin.get(invited()+"/renewal").want(http.StatusOK, "Renouveler l’invitation de Anne Le Goff ?", "partent à anne@brenval.example")
			old := invited()
			admin.post(old+"/renewal", nil).wantTo(address)
			admin.post(old+"/renewal", nil).want(http.StatusNotFound)
			admin.get(old + "/withdrawal").want(http.StatusNotFound)
			admin.get(invited()+"/withdrawal").want(http.StatusOK, "Son lien et son code n’ouvriront plus rien")
			admin.post(invited()+"/withdrawal", nil).wantTo(address)
			admin.get(address).want(http.StatusOK, "Invitation retirée : Anne Le Goff.").wantNot("anne @brenval.example", "Invitations en attente")
			admin.get("/brenval/office/journal").want(http.StatusOK, "Vous avez invité une personne dans l’équipe.", "Vous avez retiré une invitation dans l’équipe").wantNot("anne@brenval.example")
		})

		t.Run("an admin is made with the password, which is asked for once nothing else is wrong", func(t *testing.T) {
			h.TB = t
			h.clock.Pass(16 * time.Minute)
			member := address + "/" + h.school.officer.Login.String()
			admin.post(address, anne("role", "admin")).want(http.StatusUnprocessableEntity, "Saisissez votre mot de passe pour donner le rôle d’administrateur.").wantMarkup(`type="password"`, `value="anne@brenval.example"`)
			admin.post(member+"/role", url.Values{"role": {"admin"}}).want(http.StatusUnprocessableEntity, "Saisissez votre mot de passe").wantMarkup(`type="password"`)
			admin.post(member+"/role", url.Values{"role": {"admin"}, "password": {"not it at all, sorry"}}).want(http.StatusUnprocessableEntity)
			admin.post(member+"/role", url.Values{"role": {"admin"}, "password": {password}}).wantTo(address)
			admin.get(address).want(http.StatusOK, "Rachel Moreau a maintenant le rôle « Administrateur ».")
			admin.post(address, anne("role", "admin")).wantTo(address) // within the window
			admin.get("/brenval/office/journal").want(http.StatusOK, "Vous avez changé le rôle de Rachel Moreau dans l’équipe.", "Gestionnaire", "Administrateur")
		})

		t.Run("who steps down is led to where they still may be; the last admin stays", func(t *testing.T) {
			h.TB = t
			second := h.as(h.school.officer)
			own := address + "/" + h.school.officer.Login.String()
			second.get(own+"/role").want(http.StatusOK, "C’est votre propre rôle.")
			second.post(own+"/role", url.Values{"role": {"officer"}}).wantTo("/brenval/office")
			second.get(address).want(http.StatusForbidden)
			last := address + "/" + h.school.admin.Login.String()
			admin.get(last+"/role").want(http.StatusOK, "L’équipe garde toujours un administrateur.").wantNot("Changer le rôle")
			admin.post(last+"/role", url.Values{"role": {"officer"}}).want(http.StatusUnprocessableEntity, "L’équipe garde toujours un administrateur.")
			admin.get(last+"/removal").want(http.StatusOK, "L’équipe garde toujours un administrateur.")
			admin.post(last+"/removal", nil).want(http.StatusUnprocessableEntity, "L’équipe garde toujours un administrateur.")
		})

		t.Run("a removal says what goes along and what stays", func(t *testing.T) {
			h.TB = t
			member := address + "/" + h.school.officer.Login.String()
			admin.get(member+"/removal").want(http.StatusOK, "Retirer Rachel Moreau de l’équipe ?", "perd l’accès", "Partent avec elle", "Restent")
			second := h.as(h.school.officer)
			admin.post(member+"/removal", nil).wantTo(address)
			second.get("/brenval/office").wantNot("Tableau de bord")
			admin.get(address).want(http.StatusOK, "Rachel Moreau ne fait plus partie de l’équipe.").wantNot("rachel.moreau @brenval.example")
			admin.post(member+"/removal", nil).want(http.StatusNotFound)
			admin.get("/brenval/office/journal").want(http.StatusOK, "Vous avez retiré")
		})
	})
}
