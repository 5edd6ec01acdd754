package walks_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// TestHistory goes through « Historique des accès » as those of an organisation who may read it, and as one who may not.
func TestHistory(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		openHistory := func(page *browser.Page, workspace, noun, tabs string) *browser.Part {
			page.Open(at.address + workspace + "/portal")
			page.Click("link", noun)
			page.ByRole("navigation", tabs).Click("link", "Historique des accès")
			return page.ByRole("region", "Lignes de l’historique")
		}
		t.Run("an admin reads who did what, and filters it by act, author, contact and period", func(t *testing.T) {
			page := at.as(t, karim)
			lines := openHistory(page, "/orvane", "CABINET", "Rubriques du cabinet")
			lines.See("Vous avez ouvert une session.")
			lines.See("Orvane Santé a ajouté")
			lines.Gone("Catelan")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("history")
			page.Choose("Action", "Connexions")
			page.Choose("Effectuée par", "Dr Vasseur Claire")
			page.Click("button", "Filtrer")
			lines.See("Dr Vasseur Claire a ouvert une session.")
			lines.Gone("Orvane Santé a ajouté")
			page.Axe()
			lines.Click("link", "Tout afficher")
			page.Fill("Contact", "vasseur")
			page.Press("Enter")
			lines.See("Orvane Santé a ajouté Dr Vasseur Claire.")
			lines.Gone("Dr Haddad Karim")
			name, content := page.Download("link", "Exporter (CSV)")
			if !strings.HasPrefix(name, "historique-des-acces-") || !strings.Contains(string(content), "Vasseur") || strings.Contains(string(content), "Haddad") {
				t.Errorf("%s: %s", name, content)
			}
			page.Fill("Contact", "zzz")
			page.Press("Enter")
			lines.See("Aucune ligne ne correspond.")
			page.Axe()
			lines.Click("link", "Tout afficher")
			lines.See("Vous avez exporté l’historique des accès")
		})
		t.Run("a super_admin reads the history of one contact: what concerns them, and what they did", func(t *testing.T) {
			page := at.as(t, maelle)
			page.Open(at.address + "/brenval/portal")
			page.Click("link", "ENTREPRISE")
			page.Click("link", "Mme Le Gall Maëlle")
			page.ByRole("navigation", "Rubriques du contact").Click("link", "Historique des accès")
			lines := page.ByRole("region", "Lignes de l’historique")
			lines.See("École Brenval a ajouté Mme Le Gall Maëlle.")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("history-contact")
			page.ByRole("group", "Afficher").Click("link", "Ce que ce contact a fait")
			lines.Gone("École Brenval a ajouté")
			lines.See("Vous avez ouvert une session.")
			page.Choose("Action", "Suppressions")
			page.Click("button", "Filtrer")
			lines.See("Aucune ligne ne correspond.")
			page.Axe()
			page.ByRole("navigation", "Rubriques du contact").Click("link", "Profil du contact")
			page.See("Informations personnelles")
		})
		t.Run("a user sees no such tab", func(t *testing.T) {
			page := at.as(t, luc)
			page.Open(at.address + "/orvane/portal")
			page.Click("link", "CABINET")
			page.ByRole("table", "Contacts").Appears()
			page.Gone("Historique des accès")
			page.Click("link", "Dr Vasseur Claire")
			page.See("Informations personnelles")
			page.Gone("Historique des accès")
		})
		t.Run("at 360 pixels, without JavaScript, in the dark", func(t *testing.T) {
			page := at.as(t, karim, browser.Wide(360), browser.WithoutJavaScript, browser.Dark)
			page.Open(at.address + "/orvane/portal")
			page.Click("button", "Menu")
			page.Click("link", "CABINET")
			page.ByRole("navigation", "Rubriques du cabinet").Click("link", "Historique des accès")
			page.NoSidewaysScroll()
			page.Axe()
			page.Fill("Contact", "C-000001")
			page.Click("button", "Filtrer")
			page.NoSidewaysScroll()
			page.Axe()
			page.Screenshot("history-narrow")
		})
	})
}
