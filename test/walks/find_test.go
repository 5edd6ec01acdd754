package walks_test

import (
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("each figure of the dashboard leads to the list that it counts", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school(""))
			page.ByRole("heading", "Tableau de bord").Appears()
			for _, f := range []struct{ what, heading string }{
				{"contacts à autoriser", "contacts"}, {"contacts à compléter", "contacts"}, {"contact aux identifiants refusés ou jamais utilisés", "contact"},
			} {
				page.Open(at.school(""))
				link := page.Holding("link", f.what)
				n, _, _ := strings.Cut(link.Text(), " ")
				link.ClickIt()
				page.ByRole("heading", n+" "+f.heading).Appears()
			}
		})
		t.Run("the plots can be read as a table", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school(""))
			page.ByRole("summary", "Lire les valeurs en tableau").ClickIt()
			if n := page.Count("row", ""); n != 13 {
				t.Errorf("%d rows", n)
			}
			page.Axe()
			page.NoSidewaysScroll()
		})
		t.Run("an organisation is found by its name while it is typed, accents and case aside", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/organizations"))
			page.Fill("Rechercher une entreprise", "ATELIERS corv")
			page.Gone("Brasserie Armen")
			page.ByRole("link", "Ateliers Corvenne").Appears()
			if !strings.Contains(page.Address(), "q=ATELIERS+corv") {
				t.Error("the search is not in the address:", page.Address())
			}
			page.Fill("Rechercher une entreprise", "hotel keranic")
			page.See("Aucune entreprise ne correspond.")
			page.Axe()
			page.Fill("Rechercher une entreprise", "hotel kerannic")
			page.Click("link", "Hôtel Kerannic")
			page.ByRole("heading", "Hôtel Kerannic").Appears()
		})
		t.Run("by its SIRET, with blanks and without, and by its city", func(t *testing.T) {
			page := at.as(t, rachel)
			for _, typed := range []string{"81245739800020", "812 457 398 00020", "81 2457", "quimper"} {
				page.Open(at.school("/organizations"))
				page.Fill("Rechercher une entreprise", typed)
				page.Click("button", "Rechercher")
				page.ByRole("link", "Ateliers Corvenne").Appears()
			}
		})
		t.Run("the list is sorted and paged, and says how many there are", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/organizations"))
			page.See("1 à 24, sur 94")
			pages := page.ByRole("navigation", "Pages d’entreprises")
			pages.Click("link", "Page 3")
			page.See("49 à 72, sur 94")
			pages.Click("link", "Page 4")
			page.See("73 à 94, sur 94")
			page.ByRole("group", "Afficher").Click("link", "48 entrées par page")
			page.See("1 à 48, sur 94")
			page.ByRole("group", "Trier par").Click("link", "Ville")
			if !strings.Contains(page.Address(), "sort=city") || !strings.Contains(page.Address(), "size=48") {
				t.Error(page.Address())
			}
			page.ByRole("group", "Entreprises").Click("link", "Archivées")
			page.ByRole("link", "Tôlerie Bourgeois").Appears()
		})
		t.Run("« / » goes to the search of everything, which finds people and organisations", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school(""))
			page.Press("/")
			page.Field("Rechercher partout").Is("focused")
			page.Type("ateliers")
			page.Press("Enter")
			page.ByRole("heading", "Recherche : ateliers").Appears()
			page.ByRole("region", "Entreprises").ByRole("link", "Ateliers Corvenne").Appears()
			page.ByRole("region", "Contacts").Appears()
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("search")
			page.Press("/")
			page.Type("diallo ibrahima")
			page.Press("Enter")
			page.Click("link", "M. DIALLO Ibrahima")
			page.ByRole("article", "M. DIALLO Ibrahima").ByRole("link", "Détail").Is("expanded")
		})
		t.Run("people are found by number, phone and address from anywhere", func(t *testing.T) {
			page := at.as(t, rachel)
			for _, typed := range []string{"06 39 98 55 18", "+33639985518", "ibrahima.diallo@corvenne.example", "diallo ibra"} {
				page.Open(at.school("/search"))
				page.Fill("Rechercher partout", typed)
				page.Press("Enter")
				page.ByRole("link", "M. DIALLO Ibrahima").Appears()
			}
		})
	})
}
