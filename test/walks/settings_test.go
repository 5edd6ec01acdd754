package walks_test

import "testing"

func TestSettings(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("the workspace's name, noun and colour are an admin's to change", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/settings"))
			page.Axe()
			page.Screenshot("settings")
			page.Fill("Nom de l’espace", "")
			page.Fill("Couleur", "mauve")
			page.See("L’aperçu attend un # et six chiffres")
			page.Click("button", "Enregistrer")
			page.See("2 champs sont à corriger")
			page.Axe()
			page.Screenshot("settings-faults")
			page.Fill("Nom de l’espace", "Grande École Brenval")
			page.Fill("Couleur", "#6b2f6e")
			page.ByRole("image", "Aperçu du bandeau et d’un bouton dans la couleur #6b2f6e").Appears()
			page.ByRole("group", "Vous travaillez avec").Click("radio", "des organisations")
			page.Click("button", "Enregistrer")
			page.See("Paramètres enregistrés.")
			page.ByRole("navigation", "Navigation principale").ByRole("link", "Organisations").Appears()
			page.Open(at.school("/organizations"))
			page.ByRole("link", "Ajouter une organisation").Appears()
			page.See("Grande École Brenval")
			page.Axe()
			page.Screenshot("organizations-other-noun")
		})
		t.Run("an officer sees neither the menu item nor the page", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/settings"))
			page.See("Votre rôle ne permet pas cette action.")
			page.ByRole("link", "Paramètres").Vanishes()
			page.Axe()
			page.Screenshot("forbidden")
		})
	})
}
