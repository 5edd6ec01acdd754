package walks_test

import (
	"testing"

	"github.com/entregent/entregent/test/browser"
)

func TestSignIn(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("a wrong password and an unknown address get the same answer, and the address stays", func(t *testing.T) {
			page := browser.Window(t)
			page.Open(at.address)
			var answers []string
			for _, who := range []string{nadia, "nobody@brenval.example"} {
				page.Fill("Adresse e-mail", who)
				page.Fill("Mot de passe", "certainement pas celui-ci")
				page.Click("button", "Se connecter")
				page.See("Adresse e-mail ou mot de passe incorrect.")
				page.SeeValue("Adresse e-mail", who)
				page.SeeValue("Mot de passe", "")
				answers = append(answers, page.Text())
			}
			if answers[0] != answers[1] {
				t.Errorf("%q\n%q", answers[0], answers[1])
			}
			page.Axe()
			page.Screenshot("sign-in-refused")
			page.Width(360)
			page.NoSidewaysScroll()
		})
		t.Run("the right one leads to the page that was asked for; signing out leads back and shuts it", func(t *testing.T) {
			page := browser.Window(t)
			page.Open(at.school("/contacts"))
			page.Axe()
			page.Screenshot("sign-in")
			page.TabTo("textbox", "Adresse e-mail")
			page.Type(nadia)
			page.TabTo("textbox", "Mot de passe")
			page.Type(at.passwords[nadia])
			page.TabTo("button", "Se connecter")
			page.Press("Enter")
			page.ByRole("heading", "Contacts").Appears()
			if page.Address() != at.school("/contacts") {
				t.Error(page.Address())
			}
			page.Click("button", "Nadia Kessler, mon profil")
			page.Click("button", "Se déconnecter")
			page.See("Vous êtes déconnecté.")
			page.Open(at.school("/contacts"))
			page.ByRole("heading", "Se connecter").Appears()
		})
		t.Run("the password can be shown while it is typed", func(t *testing.T) {
			page := browser.Window(t)
			page.Open(at.address + "/sign-in")
			page.Fill("Mot de passe", "quatre mots")
			page.Click("button", "Afficher : Mot de passe")
			page.ByRole("button", "Afficher : Mot de passe").Is("pressed")
			page.SeeValue("Mot de passe", "quatre mots")
		})
		t.Run("what was typed when the session ended is there again after signing in, and was not sent", func(t *testing.T) {
			page := at.asAnew(t, rachel)
			openSheet(page, at.school(corvenne), "Mme NGUYEN Linh").Fill("Fonction", "Assistante du directeur")
			other := browser.Window(t)
			other.Open(at.address + "/profile")
			signIn(other, at, rachel)
			other.Click("button", "Déconnecter tous les autres appareils")
			other.See("déconnecté")
			sheet := page.ByRole("article", "Mme NGUYEN Linh")
			sheet.Click("button", "Sauvegarder")
			page.See("Votre session a pris fin.")
			page.Axe()
			signIn(page, at, rachel)
			page.See("Votre saisie a été gardée.")
			sheet.SeeValue("Fonction", "Assistante du directeur")
			page.Axe()
			page.Screenshot("kept-form")
			sheet.Click("button", "Sauvegarder")
			page.See("Contact enregistré : Mme NGUYEN Linh.")
		})
	})
}

// signIn fills in the page for signing in, by hand.
func signIn(page *browser.Page, at *product, who string) {
	page.Fill("Adresse e-mail", who)
	page.Fill("Mot de passe", at.passwords[who])
	page.Click("button", "Se connecter")
}
