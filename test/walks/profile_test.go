package walks_test

import (
	"testing"

	"github.com/entregent/entregent/test/browser"
)

func TestProfile(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("everything is in English for who prefers it, and in French again", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.address + "/profile")
			page.Axe()
			page.Screenshot("profile")
			page.Choose("Langue", "English")
			page.Click("button", "Enregistrer")
			page.See("Your profile is saved.")
			page.Open(at.school(""))
			page.ByRole("heading", "Dashboard").Appears()
			page.Axe()
			page.Screenshot("dashboard-english")
			page.Click("button", "Français")
			page.ByRole("heading", "Tableau de bord").Appears()
		})
		t.Run("name, time zone and appearance are one's own", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.address + "/profile")
			page.Fill("Nom affiché", "")
			page.Click("button", "Enregistrer")
			page.Field("Nom affiché").Is("invalid")
			page.Fill("Nom affiché", "Rachel Moreau-Diaz")
			page.Choose("Fuseau horaire", "La Réunion (UTC+4)")
			page.Choose("Apparence", "Sombre")
			page.Click("button", "Enregistrer")
			page.See("Votre profil est enregistré.")
			page.See("Rachel Moreau-Diaz")
			page.SeeValue("Fuseau horaire", "La Réunion (UTC+4)")
			page.Axe()
		})
		t.Run("open sessions are listed, and ended one by one", func(t *testing.T) {
			first, second := at.asAnew(t, helene), at.asAnew(t, helene)
			first.Open(at.address + "/profile")
			devices := first.ByRole("region", "Appareils connectés")
			devices.See("Cet appareil")
			first.Screenshot("profile-devices")
			first.TabTo("button", devices.Holding("listitem", "Déconnecter").Texts("button", "")[0])
			first.Press("Enter")
			first.See("L’appareil est déconnecté.")
			second.Open(at.vendor(""))
			second.ByRole("heading", "Se connecter").Appears()
			first.Open(at.vendor(""))
			first.ByRole("heading", "Tableau de bord").Appears()
		})
		t.Run("a guessable password is refused with the reason; a changed one ends the other sessions", func(t *testing.T) {
			page, other := at.asAnew(t, camille), at.asAnew(t, camille)
			page.Open(at.address + "/profile")
			page.Fill("Mot de passe actuel", "pas celui-ci")
			page.Fill("Nouveau mot de passe", "motdepasse12")
			page.Click("button", "Changer le mot de passe")
			page.Field("Nouveau mot de passe").Is("invalid")
			page.Axe()
			page.Screenshot("profile-faults")
			page.TabTo("textbox", "Mot de passe actuel")
			page.Type(at.passwords[camille])
			page.TabTo("textbox", "Nouveau mot de passe")
			page.Type("hibou corniche velours ardoise")
			page.TabTo("button", "Changer le mot de passe")
			page.Press("Enter")
			page.See("Votre mot de passe est changé.")
			other.Open(at.school(""))
			other.ByRole("heading", "Se connecter").Appears()
			at.passwords[camille] = "hibou corniche velours ardoise"
			signIn(other, at, camille)
			other.ByRole("heading", "Tableau de bord").Appears()
		})
		t.Run("one login works for several workspaces, and switches between them", func(t *testing.T) {
			page := at.as(t, camille)
			page.Open(at.school(""))
			page.Click("button", "Camille Estève, mon profil")
			page.Axe()
			page.Screenshot("profile-menu")
			page.Click("link", "Passer à l’espace Orvane Santé")
			page.ByRole("link", "Cabinets").Appears()
			page.Open(at.address)
			page.Axe()
			page.Screenshot("workspaces")
			page.Click("link", "École Brenval")
			page.ByRole("link", "Entreprises").Appears()
		})
		t.Run("help, accessibility and privacy are there for everybody", func(t *testing.T) {
			page := browser.Window(t)
			for path, heading := range map[string]string{"help": "Aide", "accessibility": "Accessibilité", "privacy": "Confidentialité"} {
				page.Open(at.address + "/" + path)
				page.ByRole("heading", heading).Appears()
				page.Axe()
				page.NoSidewaysScroll()
				page.Screenshot(path)
			}
		})
		t.Run("a page that is not there says so in the person's language and leads back", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school("/contacts/01a20049-0000-7000-8000-000000000000"))
			page.ByRole("heading", "Page introuvable").Appears()
			if page.Status() != 404 {
				t.Error(page.Status())
			}
			page.Axe()
			page.Screenshot("not-found")
			page.Open(at.vendor(""))
			page.ByRole("heading", "Page introuvable").Appears()
		})
	})
}
