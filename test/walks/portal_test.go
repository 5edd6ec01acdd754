package walks_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// The people of the demo's organisations who have joined the portal.
const (
	maelle   = "maelle.legall@corvenne.example"   // super_admin of Ateliers Corvenne
	etienne  = "etienne.roussel@corvenne.example" // there, not authorised yet
	ibrahima = "ibrahima.diallo@corvenne.example" // there, switched off by the school
	loic     = "loic.tanguy@armen.example"        // of Brasserie Armen and Hôtel Kerannic
	claire   = "claire.vasseur@tilleuls.example"  // super_admin of a practice of the vendor's
)

// enter signs in by hand.
func enter(t *testing.T, at *product, who string, options ...browser.Option) *browser.Page {
	t.Helper()
	page := browser.Window(t, options...)
	page.Open(at.address)
	signIn(page, at, who)
	return page
}

// look holds a page against the rules of WCAG in every width and both schemes, and keeps pictures.
func look(page *browser.Page, name string) {
	page.Axe()
	for _, width := range []int{1600, 1024, 768, 360} {
		page.Width(width)
		page.NoSidewaysScroll()
	}
	page.Axe()
	page.Width(1280)
	page.Screenshot(name)
}

func TestPortal(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("who has one organisation comes straight to it, and sees it and themselves", func(t *testing.T) {
			page := enter(t, at, maelle)
			page.ByRole("heading", "Ateliers Corvenne").Appears()
			page.ByRole("region", "Votre entreprise").See("14 rue du Port")
			self := page.ByRole("region", "Vous")
			for _, text := range []string{"Mme Le Gall Maëlle", "Super-Admin", "Responsable des ressources humaines", "C-000"} {
				self.See(text)
			}
			page.ByRole("navigation", "Navigation principale").ByRole("link", "Accueil").Appears()
			look(page, "portal-home")
			page.Click("link", "Mot de passe, langue et appareils")
			page.ByRole("heading", "Mon profil").Appears()
			page.Click("link", "Ateliers Corvenne")
			page.ByRole("heading", "Ateliers Corvenne").Appears()
		})
		t.Run("the vendor's portal wears its colour and speaks of practices", func(t *testing.T) {
			page := enter(t, at, claire)
			page.ByRole("region", "Votre cabinet").See("8 avenue des Tilleuls")
			look(page, "portal-home-vendor")
		})
		t.Run("who is not authorised yet reads so calmly, and sees the rest once staff have decided", func(t *testing.T) {
			page := enter(t, at, etienne)
			page.ByRole("heading", "Votre accès attend une autorisation").Appears()
			page.See("M. Roussel-Carré Étienne")
			page.Gone("14 rue du Port")
			page.Gone("812 457 398")
			look(page, "portal-waiting")
			staff := at.as(t, rachel)
			sheet := openSheet(staff, at.school(corvenne), "M. ROUSSEL-CARRÉ Étienne")
			sheet.See("Oui, mais il ne voit que son profil")
			sheet.See("Cette personne a activé son accès.")
			sheet.See("Ce contact n’est pas autorisé à voir les données de votre école.")
			staff.Axe()
			staff.Screenshot("gates")
			sheet.Click("link", "Autoriser l'accès")
			staff.ByRole("dialog", "Autoriser l’accès de M. ROUSSEL-CARRÉ Étienne ?").Click("button", "Autoriser définitivement")
			staff.See("Accès autorisé :")
			page.Reload()
			page.ByRole("heading", "Ateliers Corvenne").Appears()
			page.See("14 rue du Port")
		})
		t.Run("who was switched off reads why, and whom to ask; switched on again they are back", func(t *testing.T) {
			page := enter(t, at, ibrahima)
			page.ByRole("heading", "Cet accès est fermé").Appears()
			page.See("Votre accès pour Ateliers Corvenne a été désactivé par École Brenval.")
			look(page, "portal-closed")
			staff := at.as(t, rachel)
			sheet := openSheet(staff, at.school(corvenne), "M. DIALLO Ibrahima")
			sheet.See("Votre école a désactivé sa connexion.")
			sheet.Click("checkbox", "Connexion activée")
			sheet.Click("button", "Sauvegarder")
			staff.See("Contact enregistré :")
			page.Reload()
			page.ByRole("heading", "Ateliers Corvenne").Appears()
		})
		t.Run("who has several chooses, switches in the profile menu, and comes back to the last", func(t *testing.T) {
			page := enter(t, at, loic)
			page.ByRole("heading", "Vos espaces").Appears()
			look(page, "entrances")
			page.Click("link", "Brasserie Armen École Brenval")
			page.ByRole("heading", "Brasserie Armen").Appears()
			page.Click("button", "Loïc Tanguy, mon profil")
			page.Axe()
			page.Screenshot("portal-profile-menu")
			page.Click("link", "Passer à Hôtel Kerannic École Brenval")
			page.ByRole("heading", "Hôtel Kerannic").Appears()
			page.Open(at.address + "/brenval/portal")
			page.ByRole("heading", "Hôtel Kerannic").Appears()
		})
		t.Run("staff who are contacts elsewhere go from one to the other", func(t *testing.T) {
			page := enter(t, at, helene)
			page.ByRole("region", "Où vous travaillez").ByRole("link", "Orvane Santé").Appears()
			page.Screenshot("entrances-both")
			page.ByRole("region", "Où vous êtes contact").Click("link", "Orvane Santé École Brenval")
			page.ByRole("region", "Votre entreprise").Appears()
			page.Click("button", "Hélène Sorel, mon profil")
			page.Click("link", "Passer à l’espace Orvane Santé")
			page.ByRole("heading", "Tableau de bord").Appears()
		})
		t.Run("a link to what is not theirs says so, and what they can open", func(t *testing.T) {
			page := browser.Window(t)
			page.Open(at.school("/contacts"))
			signIn(page, at, maelle)
			page.ByRole("heading", "Page introuvable").Appears()
			look(page, "portal-not-found")
			page.ByRole("region", "Ce que vous pouvez ouvrir").Click("link", "Ateliers Corvenne")
			page.ByRole("heading", "Ateliers Corvenne").Appears()
			page.Open(page.Address() + "/rien")
			page.ByRole("heading", "Page introuvable").Appears()
			page.ByRole("navigation", "Navigation principale").Click("link", "Accueil")
			page.ByRole("heading", "Ateliers Corvenne").Appears()
		})
		t.Run("in English, without JavaScript, in a narrow and dark window", func(t *testing.T) {
			page := enter(t, at, maelle, browser.WithoutJavaScript, browser.Wide(360), browser.Dark)
			page.ByRole("heading", "Ateliers Corvenne").Appears()
			page.NoSidewaysScroll()
			page.Axe()
			page.Click("button", "Maëlle Le Gall, mon profil")
			page.Click("button", "English")
			page.ByRole("region", "Your company").See("Quimper")
			page.Axe()
			page.Click("button", "Menu")
			page.ByRole("navigation", "Main navigation").ByRole("link", "Home").Appears()
			page.NoSidewaysScroll()
		})
		t.Run("with the keyboard alone", func(t *testing.T) {
			page := browser.Window(t)
			page.Open(at.address)
			page.Type(loic)
			page.Press("Tab")
			page.Type(at.passwords[loic])
			page.Press("Enter")
			page.ByRole("heading", "Vos espaces").Appears()
			page.TabTo("link", "Hôtel Kerannic École Brenval")
			page.Press("Enter")
			page.ByRole("heading", "Hôtel Kerannic").Appears()
			page.TabTo("button", "Loïc Tanguy, mon profil")
			page.Press("Enter")
			page.TabTo("link", "Passer à Brasserie Armen École Brenval")
			page.Press("Enter")
			page.ByRole("heading", "Brasserie Armen").Appears()
			page.TabTo("link", "Mot de passe, langue et appareils")
			page.Press("Enter")
			page.ByRole("heading", "Mon profil").Appears()
			if !strings.HasSuffix(page.Address(), "/profile") {
				t.Error(page.Address())
			}
		})
	})
}
