package office_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// corvenne is a company with a primary contact and one of the public form.
type corvenne struct {
	organization.Organization
	first, landing contact.Contact
}

func (h *house) corvenne() (c corvenne) {
	h.Helper()
	c.Organization = h.organization(h.school, "Ateliers Corvenne", "812 457 398 00020")
	c.first = h.contact(h.school, c.ID, "Le Gall", "Maëlle")
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c.landing, err = contact.Create(ctx, tx, h.school.admin.Actor, c.ID, contact.Input{
			Civility: "mr", FamilyName: "Roussel-Carré", GivenName: "Étienne", Phone: "02 61 91 40 12",
			Email: "etienne.roussel@corvenne.example", Source: contact.Landing,
		})
		return err
	})
	return c
}

// page is an address below the organisation's.
func (c corvenne) page(below string) string {
	return "/brenval/office/organizations/" + c.ID.String() + below
}

// act is an address below a contact's.
func act(c contact.Contact, below string) string {
	return "/brenval/office/contacts/" + c.ID.String() + below
}

// postPart posts as a script does that wants to replace a part.
func (b *browser) postPart(part, path string, form url.Values) *browser {
	b.Helper()
	return b.send("POST", path, strings.NewReader(form.Encode()), http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "X-Fragment": {part},
	})
}

// stored reads a contact as it is now.
func (h *house) stored(of id.Contact) (c contact.Contact) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Get(ctx, tx, h.school.admin.Actor, of)
		return err
	})
	return c
}

func (h *house) people(of id.Organization) (n int) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, _, err = directory.Count(ctx, tx, h.school.admin.Actor, directory.Filter{Organization: of})
		return err
	})
	return n
}

func TestContactsTab(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.corvenne()
		b := h.as(h.school.officer)

		t.Run("the tab shows the contacts one under another, closed and without a form (manual 1, figure 3)", func(t *testing.T) {
			b.get(c.page("/contacts")).want(http.StatusOK, "Ateliers Corvenne", "SIRET 812 457 398 00020", "Quimper", "Ajouter un contact",
				"Informations générales", "Contacts 2", "Historique", "2 contacts", "Imprimer la liste",
				"Mme LE GALL Maëlle", "Tutrice", "contact @corvenne.example", "06 39 98 12 34", "02 61 91 40 10", "Principal", "Utilisateur", "Sans connexion", "Autorisé : NON")
			b.wantMarkup(`href="`+c.page("/contacts?open="+c.first.ID.String())+`"`, `aria-expanded="false"`, "Fiche contacts, École Brenval, imprimée le 20/11/2026.")
			if _, main, _ := strings.Cut(b.body, "<main"); strings.Contains(main, "<form") {
				t.Error("a form where nothing is open")
			}
			if strings.Contains(b.body, "Sauvegarder") || b.count(`aria-expanded`) != 2 {
				t.Error("a row is open, or has no « Détail »")
			}
		})

		t.Run("« Détail » opens one and closes it again", func(t *testing.T) {
			b.get(c.page("/contacts?open="+c.first.ID.String())).want(http.StatusOK, "Sauvegarder", "Supprimer")
			b.wantMarkup(`aria-expanded="true"`, `class="person open"`)
			if b.count("person-sheet") != 1 || b.count(`href="`+c.page("/contacts")+`"`) != 2 { // the tab and « Détail »
				t.Error("not one open, or no way to close it")
			}
		})

		t.Run("a script gets the row alone, open or closed", func(t *testing.T) {
			b.fetch("c-000001", c.page("/contacts?open="+c.first.ID.String())).want(http.StatusOK, "Sauvegarder").wantNot("ROUSSEL", "Tableau de bord")
			b.fetch("c-000001", c.page("/contacts")).want(http.StatusOK, "LE GALL").wantNot("Sauvegarder", "ROUSSEL")
			b.fetch("organization", c.page("/contacts")).want(http.StatusOK, "LE GALL", "ROUSSEL", "Ateliers Corvenne").wantNot("Tableau de bord")
		})

		t.Run("what is not there opens nothing, and a row of another organisation is none of this one's", func(t *testing.T) {
			other := h.organization(h.school, "Brasserie Armen", "")
			stranger := h.contact(h.school, other.ID, "Kervella", "Yann")
			for _, open := range []string{id.NewContact().String(), "x", stranger.ID.String()} {
				b.get(c.page("/contacts?open="+open)).want(http.StatusOK, "LE GALL").wantNot("Sauvegarder")
			}
			b.fetch(strings.ToLower(stranger.Label()), c.page("/contacts?open="+stranger.ID.String())).want(http.StatusNotFound)
		})

		t.Run("a contact's own address leads to its place", func(t *testing.T) {
			b.get(act(c.first, "")).wantTo(c.page("/contacts?open=" + c.first.ID.String()))
		})

		t.Run("an organisation without contacts says so and offers the one thing to do", func(t *testing.T) {
			empty := h.organization(h.school, "Cérénis", "")
			b.get("/brenval/office/organizations/"+empty.ID.String()+"/contacts").want(http.StatusOK, "0 contact", "Cette entreprise n’a pas encore de contact.", "Ajouter un contact")
		})
	})
}

func TestContactsPages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.organization(h.school, "Ateliers Corvenne", "")
		var last contact.Contact
		for i := range 30 {
			last = h.contact(h.school, o.ID, fmt.Sprintf("Nom %c%c", 'a'+i/26, 'a'+i%26), "Ève")
		}
		list := "/brenval/office/organizations/" + o.ID.String() + "/contacts"
		b := h.as(h.school.officer)
		for _, want := range []struct {
			query string
			rows  int
			says  string
		}{
			{"", 24, "1 à 24, sur 30"}, {"?size=12", 12, "1 à 12, sur 30"}, {"?page=3&size=12", 6, "25 à 30, sur 30"}, {"?size=48", 30, "1 à 30, sur 30"},
			{"?page=2", 6, "25 à 30, sur 30"}, {"?size=13", 24, "1 à 24, sur 30"}, {"?page=99", 0, "Cette page de la liste est vide."}, {"?page=x&size=-1", 24, "1 à 24, sur 30"},
		} {
			t.Run("12, 24 or 48 a page: "+want.query, func(t *testing.T) {
				b.get(list+want.query).want(http.StatusOK, "30 contacts", want.says)
				if n := b.count("person-toggle"); n != want.rows {
					t.Errorf("%d rows, want %d", n, want.rows)
				}
			})
		}
		t.Run("an open contact is shown on the page it stands on", func(t *testing.T) {
			b.get(list+"?size=12&open="+last.ID.String()).want(http.StatusOK, "25 à 30, sur 30", "Sauvegarder")
			b.wantMarkup(`action="` + act(last, "?page=3&amp;size=12") + `"`)
		})
		t.Run("what is done to a contact leads back to where one was", func(t *testing.T) {
			b.post(act(last, "/authorization?page=3&size=12"), nil).wantTo(list + "?open=" + last.ID.String() + "&page=3&size=12#c-000030")
			b.post(act(last, "/deletion?page=3&size=12"), nil).wantTo(list + "?page=3&size=12")
		})
	})
}
