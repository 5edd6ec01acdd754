package office_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestDelegation(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		org := h.Organization(h.School, "Verrerie du Loc’h", "35600000000048")
		waits := h.Contact(h.School, org.ID, "Petit", "Solène")
		page := "/brenval/office/organizations/" + org.ID.String() + "/delegation"
		officer := h.As(h.School.Officer)
		narrow := url.Values{
			"add_contacts": {"yes"}, "give_logins": {"no"}, "give_admin": {"no"}, "max_logins": {"12"}, "login_domains": {"Loch.example\r\nverrerie.example"},
			"approval": {"yes"}, "version": {"0"},
		}

		t.Run("without a word of the host everything is allowed, and nobody waits", func(t *testing.T) {
			h.TB = t
			officer.Get(page).Want(http.StatusOK, "Ce que ses Admins font sans vous", "0 est activée aujourd’hui", "Personne n’attend votre accord.", "La délégation n’a jamais été changée.").
				WantMarkup(`id="add_contacts-yes" value="yes" checked`, `id="give_logins-yes" value="yes" checked`, `id="give_admin-yes" value="yes" checked`, `id="approval-no" value="no" checked`)
		})
		t.Run("it is set by an officer, shown again, and told in the history with what was and is", func(t *testing.T) {
			h.TB = t
			officer.Post(page, narrow).WantTo(page)
			officer.Get(page).Want(http.StatusOK, "Délégation enregistrée.", "loch.example", "Connexions au plus", "12", "Domaines de connexion", "Voir tous les changements").
				WantMarkup(`id="give_logins-no" value="no" checked`, `id="approval-yes" value="yes" checked`)
			officer.Get("/brenval/office/organizations/"+org.ID.String()+"/journal?kind=organization.delegated").Want(http.StatusOK, "Vous avez modifié la délégation de", "Donner le rôle Admin", "OUI", "NON")
		})
		t.Run("what cannot be is refused with what was typed, and a question without an answer is not « Non »", func(t *testing.T) {
			h.TB = t
			officer.Post(page, url.Values{"give_logins": {"peut-être"}, "max_logins": {"beaucoup"}, "login_domains": {"pas un domaine"}, "version": {"1"}}).
				Want(http.StatusUnprocessableEntity, "4 champs sont à corriger")
			wrong := url.Values{"add_contacts": {"yes"}, "give_logins": {"yes"}, "give_admin": {"yes"}, "approval": {"no"}, "max_logins": {"beaucoup"}, "login_domains": {"loch"}, "version": {"1"}}
			officer.Post(page, wrong).Want(http.StatusUnprocessableEntity, "Indiquez un nombre de 1 à 100 000, ou rien pour ne pas limiter.", "« loch » n’est pas un nom de domaine", "loch").
				WantMarkup(`value="beaucoup"`)
		})
		t.Run("who comes second sees what the first stored, and overwrites it knowingly alone", func(t *testing.T) {
			h.TB = t
			second := url.Values{"add_contacts": {"no"}, "give_logins": {"no"}, "give_admin": {"no"}, "max_logins": {"3"}, "login_domains": {""}, "approval": {"yes"}, "version": {"0"}}
			officer.Post(page, second).Want(http.StatusUnprocessableEntity, "12", "loch.example").WantMarkup(`name="version" value="1"`)
			second.Set("version", "1")
			officer.Post(page, second).WantTo(page)
		})
		t.Run("whoever awaits the host's word stands there, in the list's filter and on the dashboard", func(t *testing.T) {
			h.TB = t
			officer.Get("/brenval/office").WantNot("attend votre accord")
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET source = 'portal', login_enabled = 1, credentials_sent_at = 1 WHERE workspace_id = $1 AND id = $2`, h.School.Officer.Actor.Workspace, waits.ID)
				return err
			})
			officer.Get(page).Want(http.StatusOK, "Ouvrez un contact pour", "PETIT Solène", "1 est activée aujourd’hui")
			officer.Get("/brenval/office").Want(http.StatusOK, "1 contact attend votre accord", "Ajoutés par leur entreprise").WantMarkup(`/brenval/office/contacts?authorized=awaiting`)
			officer.Get("/brenval/office/contacts?authorized=awaiting").Want(http.StatusOK, "PETIT", "NON, attend votre accord")
		})
		t.Run("another host's organisation does not exist", func(t *testing.T) {
			h.TB = t
			elsewhere := "/orvane/office/organizations/" + org.ID.String() + "/delegation"
			admin := h.As(h.Vendor.Admin)
			admin.Get(elsewhere).Want(http.StatusNotFound)
			admin.Post(elsewhere, narrow).Want(http.StatusNotFound)
		})
	})
}
