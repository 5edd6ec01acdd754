package walks_test

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestJournal(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("what somebody did stands in the history, before and after", func(t *testing.T) {
			page := at.as(t, rachel)
			sheet := openSheet(page, at.school(corvenne), "M. KERVELLA Yann")
			sheet.Fill("Fonction", "Directeur industriel")
			sheet.Click("button", "Sauvegarder")
			page.See("Contact enregistré")
			sheet.Click("link", "Historique de ce contact")
			line := page.ByRole("region", "Lignes de l’historique")
			line.See("Vous avez modifié M. KERVELLA Yann")
			line.See("Fonction avant : Directeur technique après : Directeur industriel")
			page.Axe()
			page.Screenshot("journal-contact")
		})
		t.Run("a comment is added, and cannot be edited", func(t *testing.T) {
			page := at.as(t, rachel)
			openList(page, at.school(corvenne), "Ateliers Corvenne")
			page.ByRole("navigation", "Rubriques de l’entreprise").Click("link", "Historique")
			page.Click("button", "Ajouter un commentaire")
			page.Field("Commentaire").Is("invalid")
			page.Fill("Commentaire", "Visite de l’atelier prévue le 3 décembre.")
			page.Click("button", "Ajouter un commentaire")
			page.See("Commentaire ajouté.")
			page.ByRole("region", "Lignes de l’historique").See("Visite de l’atelier prévue le 3 décembre.")
			page.SeeValue("Commentaire", "")
			page.Axe()
			page.Screenshot("journal-organization")
		})
		t.Run("the workspace's history is filtered by act and person, and paged", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/journal"))
			page.Axe()
			page.Screenshot("journal")
			lines := page.ByRole("region", "Lignes de l’historique")
			page.Choose("Action", "Accès autorisé")
			page.Choose("Personne", "Rachel Moreau")
			page.Click("button", "Filtrer")
			lines.See("Rachel Moreau a autorisé l’accès de")
			lines.Gone("a ajouté")
			lines.Gone("Camille Estève")
			if !strings.Contains(page.Address(), "kind=contact.authorized") {
				t.Error(page.Address())
			}
			page.Click("link", "Tout afficher")
			newest := lines.Text()
			page.Click("link", "Plus anciennes")
			page.ByRole("link", "Les plus récentes").Appears()
			if lines.Text() == newest {
				t.Error("the same lines again")
			}
		})
		t.Run("an admin exports it as JSON lines, an officer does not", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/journal"))
			_, content := page.Download("link", "Exporter en JSON")
			first, _, _ := strings.Cut(string(content), "\n")
			var line map[string]any
			if err := json.Unmarshal([]byte(first), &line); err != nil {
				t.Errorf("%v in %q", err, first)
			}
			officer := at.as(t, rachel)
			officer.Open(at.school("/journal"))
			officer.ByRole("link", "Exporter en JSON").Vanishes()
		})
	})
}
