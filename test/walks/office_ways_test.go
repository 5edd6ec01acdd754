package walks_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// The pages around the main job — organisations, import, history, settings — by who has no mouse, and by who has no scripts and a
// window of 360 pixels.
func TestOfficeWays(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("at 360 pixels without JavaScript", func(t *testing.T) {
			page := at.as(t, nadia, browser.Wide(360), browser.WithoutJavaScript)
			officeByPages(t, at, page)
		})
		t.Run("with the keyboard alone", func(t *testing.T) {
			page := at.as(t, camille)
			organizationsByKeyboard(at, page)
			historyByKeyboard(at, page)
			settingsByKeyboard(at, page)
			importByKeyboard(t, at, page)
		})
	})
}

// officeByPages does with pages alone what scripts make smoother elsewhere.
func officeByPages(t *testing.T, at *product, page *browser.Page) {
	looked := func() {
		t.Helper()
		page.Axe()
		page.NoSidewaysScroll()
	}
	page.Open(at.school("/organizations"))
	page.Fill("Rechercher une entreprise", "corvenne")
	page.Press("Enter")
	looked()
	page.Click("link", "Ateliers Corvenne")
	page.ByRole("navigation", "Rubriques de l’entreprise").Click("link", "Informations générales")
	looked()
	page.Fill("Site web", "pas un site")
	page.Click("button", "Enregistrer")
	page.Field("Site web").Is("invalid")
	page.SeeValue("Site web", "pas un site")
	looked()
	page.Fill("Site web", "corvenne.example")
	page.Click("button", "Enregistrer")
	page.See("Informations enregistrées : Ateliers Corvenne.")
	page.ByRole("navigation", "Rubriques de l’entreprise").Click("link", "Historique")
	page.Fill("Commentaire", "Visite prévue le 3 décembre.")
	page.Click("button", "Ajouter un commentaire")
	page.ByRole("region", "Lignes de l’historique").See("Visite prévue le 3 décembre.")
	looked()
	page.Open(at.school("/journal"))
	page.Choose("Action", "Accès autorisé")
	page.Click("button", "Filtrer")
	page.ByRole("region", "Lignes de l’historique").See("a autorisé l’accès de")
	looked()
	page.Open(at.school("/settings"))
	page.Fill("Couleur", "mauve")
	page.Click("button", "Enregistrer")
	page.Field("Couleur").Is("invalid")
	looked()
	page.Fill("Couleur", "#0b5d6b")
	page.Click("button", "Enregistrer")
	page.See("Paramètres enregistrés.")
	looked()
	page.Open(at.school("/import"))
	page.Attach("Fichier", smallFile(t))
	page.Click("button", "Vérifier le fichier")
	page.ClickUntilGone("link", "Actualiser")
	page.ByRole("heading", "Résultat de la vérification").Appears()
	looked()
	page.Click("button", "Ne pas importer")
	page.See("Cet import a été annulé.")
	looked()
}

func organizationsByKeyboard(at *product, page *browser.Page) {
	page.Open(at.school("/organizations"))
	page.TabTo("link", "Ajouter une entreprise")
	page.Press("Enter")
	page.TabTo("textbox", "Nom")
	page.Type("Menuiserie Le Bihan")
	page.TabTo("textbox", "SIRET")
	page.Type("732 829 320 00075")
	page.Press("Enter")
	page.See("1 champ est à corriger")
	page.TabTo("textbox", "SIRET")
	page.Press("Control+a")
	page.Type("732 829 320 00074")
	page.Press("Enter")
	page.See("Entreprise ajoutée : Menuiserie Le Bihan.")
	page.TabTo("button", "Autres actions")
	page.Press("Enter")
	page.TabTo("link", "Corriger le SIRET")
	page.Press("Enter")
	page.TabTo("textbox", "SIRET")
	page.Press("Control+a")
	page.Type("356 000 000 00048")
	page.TabTo("textbox", "Motif")
	page.Type("Déménagement")
	page.Press("Enter")
	page.See("SIRET 356 000 000 00048")
	page.TabTo("link", "Informations générales")
	page.Press("Enter")
	page.TabTo("textbox", "Ville")
	page.Type("Pontivy")
	page.Press("Enter")
	page.See("Informations enregistrées : Menuiserie Le Bihan.")
	page.TabTo("button", "Autres actions")
	page.Press("Enter")
	page.TabTo("link", "Supprimer l’entreprise")
	page.Press("Enter")
	page.TabTo("button", "Supprimer définitivement")
	page.Press("Enter")
	page.See("Entreprise supprimée : Menuiserie Le Bihan.")
}

func historyByKeyboard(at *product, page *browser.Page) {
	page.Open(at.school("/journal"))
	page.TabTo("combobox", "Action")
	page.Type("Accès au")
	page.TabTo("button", "Filtrer")
	page.Press("Enter")
	lines := page.ByRole("region", "Lignes de l’historique")
	lines.See("a autorisé l’accès de")
	page.TabTo("textbox", "Commentaire")
	page.Type("Relu ce matin.")
	page.TabTo("button", "Ajouter un commentaire")
	page.Press("Enter")
	page.See("Commentaire ajouté.")
}

func settingsByKeyboard(at *product, page *browser.Page) {
	page.Open(at.school("/settings"))
	page.TabTo("textbox", "Nom de l’espace")
	page.Press("Control+a")
	page.Type("Grande École Brenval")
	page.TabTo("radio", "des entreprises")
	page.Press("ArrowDown")
	page.TabTo("button", "Enregistrer")
	page.Press("Enter")
	page.See("Paramètres enregistrés.")
	page.See("Grande École Brenval")
}

func importByKeyboard(t *testing.T, at *product, page *browser.Page) {
	page.Open(at.school("/import"))
	page.TabTo("radio", "Contacts")
	page.Attach("Fichier", smallFile(t)) // the dialog of the browser is its own
	page.TabTo("button", "Vérifier le fichier")
	page.Press("Enter")
	page.ByRole("heading", "Résultat de la vérification").Appears()
	page.TabTo("button", "Importer")
	page.Press("Enter")
	page.ByRole("heading", "Résultat de l’import").Appears()
	page.See("ligne ajoutée 1")
}

// smallFile is a list of one person.
func smallFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "contacts.csv")
	text := "SIRET;Civilité;Nom;Prénom;Téléphone;Email\n812 457 398 00020;M.;Martin;Adam;02 61 91 40 45;adam.martin@corvenne.example\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// What is refused: two who change the same at once, numbers that are somebody else's, pages that are not there.
func TestOfficeRefusals(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("two rename the same contact: the second reads what the first stored", func(t *testing.T) {
			first, second := at.as(t, rachel), at.as(t, nadia)
			rename := func(page *browser.Page, person, family string) *browser.Part {
				sheet := openSheet(page, at.school(corvenne), person)
				sheet.Click("link", "Modifier le nom et le prénom")
				form := page.ByRole("dialog", "Modifier le nom et le prénom")
				form.Fill("Nom", family)
				return form
			}
			late := rename(second, "M. KERVELLA Yann", "Kervella-Roux")
			rename(first, "M. KERVELLA Yann", "Kervella-Morvan").Click("button", "Enregistrer le nom")
			first.See("Nom enregistré :")
			late.Click("button", "Enregistrer le nom")
			second.See("KERVELLA-MORVAN")
			late.SeeValue("Nom", "Kervella-Roux")
			second.Axe()
			second.Screenshot("dialog-rename-conflict")
		})
		t.Run("two save the same organisation: the second sees both values, and chooses", func(t *testing.T) {
			first, second := at.as(t, rachel), at.as(t, nadia)
			general := func(page *browser.Page) {
				openList(page, at.school(corvenne), "Ateliers Corvenne")
				page.Click("link", "Informations générales")
			}
			general(first)
			general(second)
			first.Fill("Ville", "Lorient")
			first.Click("button", "Enregistrer")
			first.See("Informations enregistrées")
			second.Fill("Ville", "Lanester")
			second.Fill("Téléphone", "02 61 91 40 98")
			second.Click("button", "Enregistrer")
			second.See("Lorient")
			second.SeeValue("Ville", "Lanester")
			second.SeeValue("Téléphone", "02 61 91 40 98")
			second.Axe()
			second.Screenshot("organization-both-values")
		})
		t.Run("a SIRET that is another organisation's", func(t *testing.T) {
			page := at.as(t, nadia)
			openList(page, at.school("/organizations?q=armen"), "Brasserie Armen")
			page.Click("button", "Autres actions")
			page.Click("link", "Corriger le SIRET")
			page.Fill("SIRET", "812 457 398 00020")
			page.Fill("Motif", "Erreur de saisie")
			page.Click("button", "Enregistrer")
			page.Field("SIRET").Is("invalid")
			page.Axe()
			page.Screenshot("organization-siret-refused")
		})
		t.Run("pages that say what is wrong", func(t *testing.T) {
			page := at.as(t, rachel)
			const missing, forbidden = "Cette page n’existe pas, ou elle ne vous est pas ouverte.", "Votre rôle ne permet pas cette action."
			for _, c := range []struct{ name, address, says string }{
				{"error-unknown", at.school("/nowhere"), missing},
				{"error-contact", at.school("/contacts/01940000-0000-7000-8000-000000000001"), missing},
				{"error-workspace", at.address + "/nowhere/office", missing},
				{"error-other-office", at.vendor(""), missing},
				{"error-forbidden", at.school("/settings/team"), forbidden},
			} {
				page.Open(c.address)
				page.See(c.says)
				page.Axe()
				page.Screenshot(c.name)
			}
		})
	})
}
