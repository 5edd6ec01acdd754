package walks_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// People of organisations, in the demo.
const (
	karim   = "karim.haddad@tilleuls.example"         // admin of a practice of the vendor's
	luc     = "luc.bertin@tilleuls.example"           // user there
	maelle  = "maelle.legall@corvenne.example"        // super_admin of a company of the school's
	tristan = "tristan.lebihan@verrerie-loch.example" // user of another
)

// TestColleagues goes through the second manual as far as it reads contacts: « Vue d'ensemble » to « Ajuster le nombre de
// contacts par page ».
func TestColleagues(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		openContacts := func(page *browser.Page, workspace, noun string) {
			page.Open(at.address + workspace + "/portal")
			page.Click("link", noun)
			page.ByRole("table", "Contacts").Appears()
		}
		t.Run("an admin of a practice sees its contacts and finds one, as a list and as a grid", func(t *testing.T) {
			page := at.as(t, karim)
			openContacts(page, "/orvane", "CABINET")
			table := page.ByRole("table", "Contacts")
			for _, column := range []string{"Nom", "Rôle", "Contact principal", "Adresse email", "Fuseau horaire", "Langue", "Identifiant personnel"} {
				table.ByRole("columnheader", column).Appears()
			}
			table.See("Super-Admin")
			table.See("Sans connexion")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("colleagues-list")
			page.Fill("Rechercher un contact", "traore")
			page.Gone("Mme Lopes Sandrine")
			page.ByRole("link", "Mme Traoré Aminata").Appears()
			page.Click("button", "Exporter")
			page.Axe()
			if name, content := page.Download("link", "CSV"); !strings.HasSuffix(name, ".csv") || !strings.Contains(string(content), "Traoré") || strings.Contains(string(content), "Lopes") {
				t.Errorf("%s: %s", name, content)
			}
			page.Fill("Rechercher un contact", "zzz")
			page.See("Aucun contact ne correspond.")
			page.Axe()
			page.Click("link", "Tous les contacts")
			page.ByRole("group", "Afficher en tant que").Click("link", "Grille")
			page.ByRole("article", "Dr O’Connor Fiona").Appears()
			page.ByRole("group", "Afficher").Click("link", "48 entrées par page")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("colleagues-grid")
			openAgain := strings.Split(page.Address(), "?")[0]
			page.Open(openAgain)
			page.ByRole("article", "Dr O’Connor Fiona").Appears()
			page.ByRole("group", "Afficher en tant que").Click("link", "Liste")
		})
		t.Run("« Détails » opens the contact, and so does the name", func(t *testing.T) {
			page := at.as(t, karim)
			openContacts(page, "/orvane", "CABINET")
			page.Click("button", "Actions pour Miguel Da Costa")
			page.Axe()
			page.Click("link", "Détails")
			page.ByRole("heading", "M. Da Costa Miguel").Appears()
			for _, label := range []string{"Email professionnel", "Téléphone professionnel", "Téléphone mobile professionnel", "Email de connexion", "Rôle dans le portail", "Langue", "Fuseau horaire", "Identifiant personnel", "Désactivé par Orvane Santé"} {
				page.See(label)
			}
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("colleague")
			page.ByRole("navigation", "Fil d’Ariane").Click("link", "Contacts")
			page.Click("link", "Dr Vasseur Claire")
			page.ByRole("heading", "Dr Vasseur Claire").Appears()
		})
		t.Run("a user sees colleagues, and of oneself how to come in", func(t *testing.T) {
			page := at.as(t, luc)
			openContacts(page, "/orvane", "CABINET")
			page.Gone("Sans connexion")
			page.Axe()
			page.Screenshot("colleagues-user")
			page.Click("link", "M. Bertin Luc")
			page.See("Email de connexion")
			page.Axe()
			page.Screenshot("colleague-own")
		})
		t.Run("a company of the school’s is one too; who only deposited an offer is not in it", func(t *testing.T) {
			page := at.as(t, maelle)
			openContacts(page, "/brenval", "ENTREPRISE")
			page.See("4 contacts")
			page.Gone("Roussel-Carré")
			page.Axe()
			page.Screenshot("colleagues-company")
		})
		t.Run("at 360 pixels, without JavaScript", func(t *testing.T) {
			page := at.as(t, tristan, browser.Wide(360), browser.WithoutJavaScript)
			page.Open(at.address + "/brenval/portal")
			page.Click("button", "Menu")
			page.Click("link", "ENTREPRISE")
			page.Fill("Rechercher un contact", "oliv")
			page.Click("button", "Rechercher")
			page.See("1 contact")
			page.NoSidewaysScroll()
			page.Axe()
			page.Click("link", "Mme Oliveira Inês")
			page.ByRole("heading", "Mme Oliveira Inês").Appears()
			page.NoSidewaysScroll()
			page.Axe()
		})
		t.Run("with the keyboard alone", func(t *testing.T) {
			page := at.as(t, tristan)
			openContacts(page, "/brenval", "ENTREPRISE")
			page.TabTo("searchbox", "Rechercher un contact")
			page.Type("oliv")
			page.See("1 contact")
			page.TabTo("button", "Actions pour Inês Oliveira")
			page.Press("Enter")
			page.TabTo("link", "Détails")
			page.Press("Enter")
			page.ByRole("heading", "Mme Oliveira Inês").Appears()
		})
	})
}
