package walks_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// loic is super_admin of one company of the school's and user of another, with one login.
const loic = "loic.tanguy@armen.example"

// TestHome goes through « Accueil » of the portal, and through two organisations with one login.
func TestHome(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("an admin reads what waits, and each figure leads to a list of as many", func(t *testing.T) {
			page := at.as(t, karim)
			page.Open(at.address + "/orvane/portal")
			page.ByRole("region", "À faire").Appears()
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("portal-home")
			waiting := page.ByRole("region", "À faire").Text()
			figure, _, found := strings.Cut(waiting[strings.Index(waiting, "À faire")+len("À faire"):], " contacts sans connexion")
			if !found {
				t.Fatal(waiting)
			}
			words := strings.Fields(figure)
			page.Open(at.address + "/orvane/portal")
			page.ByRole("region", "À faire").Click("link", words[len(words)-1]+" contacts sans connexion")
			page.ByRole("heading", words[len(words)-1]+" contacts").Appears()
			page.ByRole("button", "État : Sans connexion").Appears()
			page.Axe()
			page.Screenshot("portal-state")
			page.Click("button", "État : Sans connexion")
			page.Click("link", "Désactivé")
			page.ByRole("button", "État : Désactivé").Appears()
			page.See("M. Da Costa Miguel")
			page.Gone("Dr Vasseur Claire")
		})
		t.Run("at 360 pixels, without JavaScript", func(t *testing.T) {
			page := at.as(t, karim, browser.Wide(360), browser.WithoutJavaScript)
			page.Open(at.address + "/orvane/portal")
			page.NoSidewaysScroll()
			page.Axe()
			page.ByRole("region", "À faire").Click("link", "Historique des accès")
			page.ByRole("region", "Lignes de l’historique").Appears()
		})
		t.Run("a user has nothing to do but to read that somebody signed in as them, and no figures of others", func(t *testing.T) {
			page := at.as(t, tristan)
			page.Open(at.address + "/brenval/portal")
			page.Gone("sans connexion")
			page.ByRole("region", "À faire").Click("link", "1 notification non lue")
			page.Click("button", "Tout marquer comme lu")
			page.Open(at.address + "/brenval/portal")
			page.See("Rien n’attend de votre part.")
			page.Axe()
		})
		t.Run("one login in two organisations is super_admin in one and user in the other, and never both", func(t *testing.T) {
			page := at.as(t, loic)
			page.Open(at.address + "/brenval/portal")
			page.Click("link", "Brasserie Armen École Brenval")
			page.ByRole("heading", "Brasserie Armen").Appears()
			armen := page.Address()
			page.Click("link", "ENTREPRISE")
			page.ByRole("navigation", "Rubriques de l’entreprise").See("Historique des accès")
			page.See("Mme Petit Solène")
			page.Gone("D’Hervé")
			page.Screenshot("two-organizations")
			page.Click("button", "Loïc Tanguy, mon profil")
			page.Click("link", "Passer à Hôtel Kerannic École Brenval")
			page.ByRole("heading", "Hôtel Kerannic").Appears()
			page.Click("link", "ENTREPRISE")
			page.ByRole("table", "Contacts").Appears()
			page.Gone("Historique des accès")
			page.Gone("Mme Petit Solène")
			page.Axe()
			page.Open(armen + "/history") // a link kept from before leads there, whichever was used last
			page.ByRole("heading", "Brasserie Armen").Appears()
			page.ByRole("region", "Lignes de l’historique").See("Vous avez ouvert une session.")
		})
	})
}
