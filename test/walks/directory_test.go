package walks_test

import (
	"strings"
	"testing"
)

func TestDirectory(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("all contacts of the workspace are listed, 12, 24 or 48 a page", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/contacts"))
			page.Axe()
			page.Screenshot("directory")
			table := page.ByRole("table", "Contacts")
			for _, size := range []struct {
				name string
				rows int
			}{{"12 entrées par page", 13}, {"48 entrées par page", 49}, {"24 entrées par page", 25}} {
				page.ByRole("group", "Afficher").Click("link", size.name)
				page.See("1 à " + strings.Fields(size.name)[0] + ", sur")
				if n := table.Count("row", ""); n != size.rows {
					t.Errorf("%s: %d rows", size.name, n)
				}
			}
			pages := page.ByRole("navigation", "Pages de contacts")
			first := table.Text()
			pages.Click("link", "Suivante")
			page.See("25 à 48, sur")
			if table.Text() == first {
				t.Error("the same people again")
			}
			pages.Click("link", "Dernière")
			page.See("contacts")
			pages.Click("link", "Première")
			page.See("1 à 24, sur")
			if table.Text() != first {
				t.Error("the first page is another one")
			}
		})
		t.Run("they are searched by name, e-mail, phone, number and organisation while one types", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/contacts"))
			for _, typed := range []string{"Le Gall", "legall maelle", "maelle.legall@", "06 39 98 21 40", "812 457 398 00020", "ateliers corvenne"} {
				page.Fill("Rechercher un contact", typed)
				page.ByRole("link", "Mme LE GALL Maëlle").Appears()
			}
			page.Fill("Rechercher un contact", "zzz")
			page.See("Aucun contact ne correspond.")
			page.Axe()
			page.Screenshot("directory-none")
			page.Click("link", "Tous les contacts")
			page.SeeValue("Rechercher un contact", "")
		})
		t.Run("filters narrow the list and stand in the address", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/contacts"))
			page.Choose("État", "Actif")
			page.Choose("Autorisé", "NON")
			page.Choose("Source", "Dépôt d’offre")
			page.Click("button", "Rechercher")
			page.ByRole("link", "M. ROUSSEL-CARRÉ Étienne").Appears()
			page.Axe()
			page.Screenshot("directory-filters")
			for _, want := range []string{"state=active", "authorized=no", "source=landing"} {
				if !strings.Contains(page.Address(), want) {
					t.Errorf("no %s in %s", want, page.Address())
				}
			}
			page.Reload()
			page.SeeValue("État", "Actif")
			page.Click("link", "Retirer les filtres")
			page.Choose("Rôle", "Super-Admin")
			page.Click("button", "Rechercher")
			page.ByRole("link", "Mme LE GALL Maëlle").Appears()
			page.Click("link", "Retirer les filtres")
			page.Click("checkbox", "Jamais connecté")
			page.Click("button", "Rechercher")
			page.Gone("Mme LE GALL Maëlle")
		})
		t.Run("the ticked ones are exported, and can be sent their credentials", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/contacts?q=ateliers+corvenne"))
			page.Click("checkbox", "Sélectionner LE GALL Maëlle")
			page.Click("checkbox", "Sélectionner DIALLO Ibrahima")
			chosen := page.ByRole("group", "Pour les contacts sélectionnés")
			chosen.Choose("Format", "CSV")
			chosen.ByRole("button", "Renvoyer les identifiants").IsNot("disabled")
			page.Axe()
			page.Screenshot("directory-selected")
			name, content := chosen.Download("button", "Exporter")
			text := string(content)
			if !strings.HasSuffix(name, ".csv") || !strings.Contains(text, "Le Gall") || !strings.Contains(text, "Diallo") || strings.Contains(text, "Kervella") {
				t.Errorf("%s: %s", name, text)
			}
		})
		t.Run("all of a page are ticked at once", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/contacts?q=ateliers+corvenne"))
			page.Click("checkbox", "Tout sélectionner sur cette page")
			for _, who := range []string{"LE GALL Maëlle", "KERVELLA Yann", "NGUYEN Linh"} {
				page.ByRole("checkbox", "Sélectionner "+who).Is("checked")
			}
		})
		t.Run("what was found is exported whole", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/contacts?q=ateliers+corvenne"))
			page.Click("button", "Exporter les résultats")
			name, content := page.Download("link", "JSON (lignes)")
			if n := strings.Count(string(content), "\n"); n != 5 || !strings.HasSuffix(name, ".jsonl") {
				t.Errorf("%s: %d lines", name, n)
			}
		})
		t.Run("an officer exports nothing", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/contacts"))
			if page.Count("button", "Exporter les résultats")+page.Count("button", "Exporter") > 0 {
				t.Error("there is a button")
			}
		})
	})
}
