package walks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/test/browser"
)

// Staff send credentials to several contacts at once, and see what becomes of each.
func TestDispatch(t *testing.T) {
	walkByMail(t, func(t *testing.T, at *product, server *mailtest.Server) {
		const found = "/contacts?q=ateliers+corvenne"
		t.Run("with the mouse: tick, read who gets what, confirm, follow the letters", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school(found))
			page.Click("checkbox", "Tout sélectionner sur cette page")
			page.Click("button", "Renvoyer les identifiants")
			page.ByRole("heading", "Renvoyer les identifiants à 5 contacts ?").Appears()
			page.See("Chaque invitation remplace la précédente")
			page.Axe()
			page.Screenshot("dispatch-new")
			page.Click("checkbox", "Sélectionner M. KERVELLA Yann")
			page.ByRole("checkbox", "Sélectionner M. KERVELLA Yann").IsNot("checked")
			page.Click("button", "Renvoyer les identifiants")
			page.ByRole("heading", "Envoi à 4 contacts").Appears()
			page.See("Terminé") // without being asked
			table := page.ByRole("table", "Résultat par contact")
			table.Holding("row", "NGUYEN Linh").See("Invitation")
			page.See("acceptés par la messagerie")
			page.Axe()
			page.Screenshot("dispatch-done")
			for _, l := range server.Letters() {
				if strings.Contains(l.To[0], "kervella") {
					t.Error("who was left out was written to")
				}
			}
		})
		t.Run("the rows are filtered by what became of them, and lead to the contacts", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/contacts"))
			page.Click("link", "Envois groupés")
			page.ByRole("table", "Envois groupés").See("Rachel")
			page.Axe()
			page.Screenshot("dispatches")
			page.Click("link", "Envoi à 4 contacts")
			page.Choose("Montrer", "Invitation (1)")
			page.Click("button", "Filtrer")
			table := page.ByRole("table", "Résultat par contact")
			if n := table.Count("row", ""); n != 2 {
				t.Errorf("%d rows", n)
			}
			table.Click("link", "Mme NGUYEN Linh")
			page.ByRole("article", "Mme NGUYEN Linh").See("Envoyé")
		})
		t.Run("from an organisation's contacts, in a window of 360 pixels", func(t *testing.T) {
			page := at.as(t, rachel, browser.Wide(360))
			openList(page, at.school(corvenne), "Ateliers Corvenne")
			page.NoSidewaysScroll()
			page.Click("link", "Renvoyer les identifiants à plusieurs")
			page.ByRole("heading", "Renvoyer les identifiants à 5 contacts ?").Appears()
			page.NoSidewaysScroll()
			page.Axe()
			page.Click("checkbox", "Activer aussi la connexion de ceux qui sont désactivés")
			page.Click("button", "Renvoyer les identifiants")
			page.See("Terminé")
			page.See("connexions activées")
			page.NoSidewaysScroll()
			page.Axe()
		})
		t.Run("without JavaScript", func(t *testing.T) {
			page := at.as(t, helene, browser.WithoutJavaScript)
			page.Open(at.vendor("/contacts?q=cabinet+medical+des+tilleuls"))
			page.Click("checkbox", "Sélectionner WEBER Jonas")
			page.Click("checkbox", "Sélectionner ROCHE Brigitte")
			page.Click("button", "Renvoyer les identifiants")
			page.ByRole("heading", "Renvoyer les identifiants à 2 contacts ?").Appears()
			page.Axe()
			page.Click("button", "Renvoyer les identifiants")
			page.Axe()
			page.ClickUntilGone("link", "Actualiser")
			page.See("Terminé")
			page.See("avec un envoi 2")
			page.Axe()
			page.Choose("Montrer", "Invitation (2)")
			page.Click("button", "Filtrer")
			page.See("WEBER")
		})
		t.Run("with the keyboard alone, and the way back without sending", func(t *testing.T) {
			page := at.as(t, helene)
			page.Open(at.vendor("/contacts?q=cabinet+medical+des+tilleuls"))
			page.TabTo("checkbox", "Sélectionner ROCHE Brigitte")
			page.Press("Space")
			page.TabTo("button", "Renvoyer les identifiants")
			page.Press("Enter")
			page.ByRole("heading", "Renvoyer les identifiants à 1 contact ?").Appears()
			page.TabTo("link", "Annuler")
			page.Press("Enter")
			page.ByRole("checkbox", "Sélectionner ROCHE Brigitte").Appears()
			page.TabTo("checkbox", "Sélectionner ROCHE Brigitte")
			page.Press("Space")
			page.TabTo("button", "Renvoyer les identifiants")
			page.Press("Enter")
			page.ByRole("heading", "Renvoyer les identifiants à 1 contact ?").Appears()
			page.TabTo("button", "Renvoyer les identifiants")
			page.Press("Enter")
			page.ByRole("heading", "Envoi à 1 contact").Appears()
			page.See("Terminé")
		})
		t.Run("a long one shows how far it is; it can be left, found again and stopped", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/import"))
			page.Attach("Fichier", manyFile(t))
			page.Click("button", "Vérifier le fichier")
			page.Click("button", "Importer")
			page.ByRole("heading", "Résultat de l’import").Appears()
			openList(page, at.school(corvenne), "Ateliers Corvenne")
			page.Click("link", "Renvoyer les identifiants à plusieurs")
			page.ByRole("heading", "Renvoyer les identifiants à 20 005 contacts ?").Appears()
			page.Axe()
			page.Screenshot("dispatch-many")
			page.Click("button", "Renvoyer les identifiants")
			page.ByRole("progressbar", "").Appears()
			page.Screenshot("dispatch-working")
			page.Open(at.school("/contacts"))
			page.Click("link", "Envois groupés")
			page.Click("link", "Envoi à 20 005 contacts")
			page.Click("button", "Arrêter l’envoi")
			page.See("Cet envoi a été arrêté.")
			page.Axe()
			page.Screenshot("dispatch-stopped")
		})
	})
}

// manyFile has so many people that sending to them takes much longer than leaving the page and coming back.
func manyFile(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("SIRET;Civilité;Nom;Prénom;Téléphone;Email\n")
	for i := range 20_000 {
		word := strings.Map(func(r rune) rune { return 'a' + r - '0' }, fmt.Sprint(i))
		fmt.Fprintf(&text, "812 457 398 00020;Mme;Du%s;Anne;02 61 91 40 44;anne.%s@corvenne.example\n", word, word)
	}
	file := filepath.Join(t.TempDir(), "many.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
