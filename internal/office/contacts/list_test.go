package contacts_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestContactsTab(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)

		t.Run("the tab shows the contacts one under another, closed and without a form (manual 1, figure 3)", func(t *testing.T) {
			b.Get(c.Page("/contacts")).Want(http.StatusOK, "Ateliers Corvenne", "SIRET 812 457 398 00020", "Quimper", "Ajouter un contact",
				"Informations générales", "Contacts 2", "Historique", "2 contacts", "Imprimer la liste",
				"Mme LE GALL Maëlle", "Tutrice", "contact @corvenne.example", "06 39 98 12 34", "02 61 91 40 10", "Principal", "Utilisateur", "Sans connexion", "Autorisé : NON")
			b.WantMarkup(`href="`+c.Page("/contacts?open="+c.First.ID.String())+`"`, `aria-expanded="false"`, "Fiche contacts, École Brenval, imprimée le 20/11/2026.")
			if _, main, _ := strings.Cut(b.Body, "<main"); strings.Contains(main, "<form") {
				t.Error("a form where nothing is open")
			}
			if strings.Contains(b.Body, "Sauvegarder") || b.Count(`aria-expanded`) != 2 {
				t.Error("a row is open, or has no « Détail »")
			}
		})

		t.Run("a contact that lacks what the school asks for is « à compléter »: e-mail, civility or phone", func(t *testing.T) {
			for _, column := range []string{"email", "civility", "phone"} {
				h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE contact SET `+column+` = NULL WHERE workspace_id = $1 AND id = $2`, h.School.Workspace.ID, c.First.ID)
					return err
				})
				b.Fetch("c-000001", c.Page("/contacts")).Want(http.StatusOK, "LE GALL", "À compléter")
				h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE contact SET `+column+` = $3 WHERE workspace_id = $1 AND id = $2`, h.School.Workspace.ID, c.First.ID,
						map[string]string{"email": "contact@corvenne.example", "civility": "ms", "phone": "+33261914010"}[column])
					return err
				})
			}
			b.Get(c.Page("/contacts")).WantNot("À compléter")
		})

		t.Run("« Détail » opens one and closes it again", func(t *testing.T) {
			b.Get(c.Page("/contacts?open="+c.First.ID.String())).Want(http.StatusOK, "Sauvegarder", "Supprimer")
			b.WantMarkup(`aria-expanded="true"`, `class="person open"`)
			if b.Count("person-sheet") != 1 || b.Count(`href="`+c.Page("/contacts")+`"`) != 2 { // the tab and « Détail »
				t.Error("not one open, or no way to close it")
			}
		})

		t.Run("a script gets the row alone, open or closed", func(t *testing.T) {
			b.Fetch("c-000001", c.Page("/contacts?open="+c.First.ID.String())).Want(http.StatusOK, "Sauvegarder").WantNot("ROUSSEL", "Tableau de bord")
			b.Fetch("c-000001", c.Page("/contacts")).Want(http.StatusOK, "LE GALL").WantNot("Sauvegarder", "ROUSSEL")
			b.Fetch("organization", c.Page("/contacts")).Want(http.StatusOK, "LE GALL", "ROUSSEL", "Ateliers Corvenne").WantNot("Tableau de bord")
		})

		t.Run("what is not there opens nothing, and a row of another organisation is none of this one's", func(t *testing.T) {
			other := h.Organization(h.School, "Brasserie Armen", "")
			stranger := h.Contact(h.School, other.ID, "Kervella", "Yann")
			for _, open := range []string{id.NewContact().String(), "x", stranger.ID.String()} {
				b.Get(c.Page("/contacts?open="+open)).Want(http.StatusOK, "LE GALL").WantNot("Sauvegarder")
			}
			b.Fetch(strings.ToLower(stranger.Label()), c.Page("/contacts?open="+stranger.ID.String())).Want(http.StatusNotFound)
		})

		t.Run("a contact's own address leads to its place", func(t *testing.T) {
			b.Get(officetest.Act(c.First, "")).WantTo(c.Page("/contacts?open=" + c.First.ID.String()))
		})

		t.Run("an organisation without contacts says so and offers the one thing to do", func(t *testing.T) {
			empty := h.Organization(h.School, "Cérénis", "")
			b.Get("/brenval/office/organizations/"+empty.ID.String()+"/contacts").Want(http.StatusOK, "0 contact", "Cette entreprise n’a pas encore de contact.", "Ajouter un contact")
		})
	})
}

func TestContactsPages(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		o := h.Organization(h.School, "Ateliers Corvenne", "")
		var last contact.Contact
		for i := range 30 {
			last = h.Contact(h.School, o.ID, fmt.Sprintf("Nom %c%c", 'a'+i/26, 'a'+i%26), "Ève")
		}
		list := "/brenval/office/organizations/" + o.ID.String() + "/contacts"
		b := h.As(h.School.Officer)
		for _, want := range []struct {
			query string
			rows  int
			says  string
		}{
			{"", 24, "1 à 24, sur 30"}, {"?size=12", 12, "1 à 12, sur 30"}, {"?page=3&size=12", 6, "25 à 30, sur 30"}, {"?size=48", 30, "1 à 30, sur 30"},
			{"?page=2", 6, "25 à 30, sur 30"}, {"?size=13", 24, "1 à 24, sur 30"}, {"?page=99", 0, "Cette page de la liste est vide."}, {"?page=x&size=-1", 24, "1 à 24, sur 30"},
		} {
			t.Run("12, 24 or 48 a page: "+want.query, func(t *testing.T) {
				b.Get(list+want.query).Want(http.StatusOK, "30 contacts", want.says)
				if n := b.Count("person-toggle"); n != want.rows {
					t.Errorf("%d rows, want %d", n, want.rows)
				}
			})
		}
		t.Run("an open contact is shown on the page it stands on", func(t *testing.T) {
			b.Get(list+"?size=12&open="+last.ID.String()).Want(http.StatusOK, "25 à 30, sur 30", "Sauvegarder")
			b.WantMarkup(`action="` + officetest.Act(last, "?page=3&amp;size=12") + `"`)
		})
		t.Run("what is done to a contact leads back to where one was", func(t *testing.T) {
			b.Post(officetest.Act(last, "/authorization?page=3&size=12"), nil).WantTo(list + "?open=" + last.ID.String() + "&page=3&size=12#c-000030")
			b.Post(officetest.Act(last, "/deletion?page=3&size=12"), nil).WantTo(list + "?page=3&size=12")
		})
	})
}
