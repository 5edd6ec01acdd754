package walks_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// An admin lets another program in by a token, whose secret is shown once, and shuts it out again.
func TestTokens(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("with the mouse: rights are ticked, the secret is shown once and copied, the token is listed", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/settings"))
			page.Click("link", "Accès des programmes")
			page.See("Aucun programme n’a accès à cet espace.")
			page.Axe()
			page.Screenshot("tokens-none")
			page.Click("link", "Créer un jeton")
			page.Axe()
			page.Screenshot("token-new")
			page.Click("button", "Créer un jeton")
			page.See("2 champs sont à corriger")
			page.Field("Nom").Is("invalid")
			page.Axe()
			page.Screenshot("token-new-faults")
			page.Fill("Nom", "Annuaire de l’école")
			page.ByRole("group", "Contacts").ByRole("checkbox", "Lire").ClickIt()
			page.ByRole("group", "Entreprises").ByRole("checkbox", "Archiver, supprimer et corriger le SIRET Au-delà de ce que peuvent les gestionnaires").ClickIt()
			page.Fill("Dernier jour", "2099-12-31")
			page.Click("button", "Créer un jeton")
			page.See("Copiez ce jeton maintenant")
			page.ByRole("heading", "Jeton créé : Annuaire de l’école").Appears()
			if secret := page.Value("Jeton"); !strings.HasPrefix(secret, "ent_") {
				t.Errorf("%d characters", len(secret))
			}
			page.NoSidewaysScroll()
			page.Axe()
			page.Screenshot("token-made")
			page.Click("link", "Jeton noté")
			page.Holding("row", "Annuaire de l’école").See("Jamais utilisé")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("tokens")
		})
		t.Run("with the keyboard alone: it is revoked after a question", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/settings/tokens"))
			page.TabTo("link", "Révoquer Annuaire de l’école")
			page.Press("Enter")
			page.ByRole("dialog", "Révoquer « Annuaire de l’école » ?").Appears()
			page.Axe()
			page.Screenshot("token-revoke")
			page.TabTo("button", "Révoquer")
			page.Press("Enter")
			page.See("Jeton révoqué.")
			page.ByRole("table", "Jetons révoqués").See("Annuaire de l’école")
			page.Axe()
			page.Screenshot("tokens-over")
		})
		t.Run("without JavaScript and at 360 pixels", func(t *testing.T) {
			page := at.as(t, nadia, browser.Wide(360), browser.WithoutJavaScript)
			page.Open(at.school("/settings/tokens/new"))
			page.NoSidewaysScroll()
			page.Axe()
			page.Fill("Nom", "Paie")
			page.ByRole("group", "Factures").ByRole("checkbox", "Lire").ClickIt()
			page.Click("button", "Créer un jeton")
			page.See("Copiez ce jeton maintenant")
			page.ByRole("button", "Copier").Vanishes()
			page.NoSidewaysScroll()
			page.Axe()
			page.Click("link", "Jeton noté")
			page.NoSidewaysScroll()
			page.Axe()
			page.Click("link", "Révoquer Paie")
			page.NoSidewaysScroll()
			page.Axe()
			page.Click("button", "Révoquer")
			page.See("Jeton révoqué.")
		})
	})
}
