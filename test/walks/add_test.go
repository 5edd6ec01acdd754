package walks_test

import (
	"slices"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// The dialog of the first manual, « Créer un contact », field by field.
func TestAddContact(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		page := at.as(t, rachel)
		dialog := openDialog(page, at)
		t.Run("the dialog has the manual's fields in its order, and says which are optional", func(t *testing.T) {
			page.During(t)
			dialog.Is("modal")
			dialog.Field("Civilité").Is("focused")
			for _, label := range []string{"Civilité", "Nom", "Prénom", "Portable", "Téléphone", "Fonction", "Email"} {
				dialog.Field(label).Appears()
			}
			dialog.See("Portable optionnel")
			dialog.See("Fonction optionnel")
			dialog.Field("Téléphone").Is("required")
			dialog.See("En minuscules, sans accent, sans espace ni symbole spécial.")
			page.Axe()
			page.Screenshot("dialog-add")
		})
		t.Run("all that is wrong is said at once, beside its field, and what was typed stays", func(t *testing.T) {
			page.During(t)
			dialog.Fill("Prénom", "Hélène")
			dialog.Fill("Portable", "06 39 98")
			dialog.Fill("Email", "Hélène.Garnier@corvenne.example")
			dialog.Click("button", "Ajouter")
			dialog.See("5 champs sont à corriger")
			for _, label := range []string{"Civilité", "Nom", "Portable", "Téléphone", "Email"} {
				dialog.Field(label).Is("invalid")
			}
			dialog.Field("Prénom").IsNot("invalid")
			dialog.SeeValue("Prénom", "Hélène")
			dialog.SeeValue("Email", "Hélène.Garnier@corvenne.example")
			if about := dialog.Field("Nom").Description(); about != "Ce champ est obligatoire." {
				t.Errorf("%q", about)
			}
			page.Axe()
			page.Screenshot("dialog-add-faults")
		})
		t.Run("the focus is on the first fault, and the list on top leads to each", func(t *testing.T) {
			page.During(t)
			dialog.Field("Civilité").Is("focused")
			dialog.Click("link", "Nom : Ce champ est obligatoire.")
			dialog.Field("Nom").Is("focused")
		})
		t.Run("the address that is proposed is taken with one press", func(t *testing.T) {
			page.During(t)
			dialog.See("Peut-être helene.garnier@corvenne.example ?")
			dialog.Click("button", "Utiliser cette valeur")
			dialog.SeeValue("Email", "helene.garnier@corvenne.example")
			dialog.Field("Email").IsNot("invalid")
			dialog.Field("Email").Is("focused")
		})
		t.Run("mended, the contact is there, and a message at the top right says so", func(t *testing.T) {
			page.During(t)
			dialog.Choose("Civilité", "Mme")
			dialog.Fill("Nom", "Garnier")
			dialog.Fill("Portable", "")
			dialog.Fill("Téléphone", "+33 2 61 91 40 44")
			dialog.Click("button", "Ajouter")
			page.ByRole("status", "").See("Contact ajouté : Mme GARNIER Hélène.")
			dialog.Vanishes()
			page.ByRole("heading", "6 contacts").Appears()
			row := page.ByRole("article", "Mme GARNIER Hélène")
			row.See("02 61 91 40 44")
			row.See("Sans connexion")
			row.See("Autorisé : NON")
			page.ByRole("navigation", "Rubriques de l’entreprise").See("Contacts 6")
			page.Screenshot("contact-added")
		})
		t.Run("while a name is typed that is there already, it says so with a link", func(t *testing.T) {
			page := at.as(t, rachel)
			dialog := openDialog(page, at)
			dialog.Fill("Nom", "garnier")
			dialog.Fill("Prénom", "HELENE")
			dialog.See("Ce contact existe déjà.")
			page.Axe()
			page.Screenshot("dialog-add-exists")
			dialog.Choose("Civilité", "Mme")
			dialog.Fill("Téléphone", "02 61 91 40 44")
			dialog.Fill("Email", "h.garnier@corvenne.example")
			dialog.Click("button", "Ajouter")
			dialog.See("Ce contact existe déjà : Garnier Hélène.")
			dialog.Click("link", "Voir")
			page.ByRole("article", "Mme GARNIER Hélène").ByRole("link", "Détail").Is("expanded")
		})
		t.Run("similar names of this organisation are shown while one is typed", func(t *testing.T) {
			page := at.as(t, rachel)
			dialog := openDialog(page, at)
			dialog.Fill("Nom", "Kervela")
			dialog.Fill("Prénom", "Yan")
			dialog.See("Des noms proches existent déjà :")
			dialog.ByRole("link", "M. KERVELLA Yann").Appears()
		})
		t.Run("two presses on « Ajouter » make one contact", func(t *testing.T) {
			page := at.as(t, rachel)
			dialog := openDialog(page, at)
			fillContact(dialog, "M.", "Martin", "Adam", "adam.martin@corvenne.example")
			dialog.ByRole("button", "Ajouter").DoubleClickIt()
			page.See("Contact ajouté : M. MARTIN Adam.")
			page.Reload()
			if people := page.Texts("heading", "M. MARTIN Adam"); len(people) != 1 {
				t.Error(people)
			}
		})
		t.Run("nothing is asked of who changes their mind", func(t *testing.T) {
			page := at.as(t, rachel)
			dialog := openDialog(page, at)
			dialog.Fill("Nom", "Personne")
			dialog.Click("button", "Annuler")
			dialog.Vanishes()
			page.ByRole("link", "Ajouter un contact").Is("focused")
			if names := page.Texts("article", ""); slices.Contains(names, "Personne") {
				t.Error(names)
			}
		})
	})
}

func openDialog(page *browser.Page, at *product) *browser.Part {
	openList(page, at.school(corvenne), "Ateliers Corvenne")
	page.Click("link", "Ajouter un contact")
	dialog := page.ByRole("dialog", "Ajouter un contact")
	dialog.Appears()
	return dialog
}

func fillContact(form *browser.Part, civility, family, given, email string) {
	form.Choose("Civilité", civility)
	form.Fill("Nom", family)
	form.Fill("Prénom", given)
	form.Fill("Téléphone", "02 61 91 40 99")
	form.Fill("Email", email)
}
