package walks_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/test/browser"
)

// TestAddColleague goes through the second manual's « Ajout d'un nouveau contact », step by step.
func TestAddColleague(t *testing.T) {
	walkByMail(t, func(t *testing.T, at *product, server *mailtest.Server) {
		w := &invitation{at: at, server: server}
		t.Run("steps 1 to 9, as the admin of a practice: the colleague is invited, and their link activates", func(t *testing.T) {
			page := at.as(t, karim)
			openNew(page, at, "/orvane", "CABINET")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("colleague-new")
			fillPerson(page, "Le Goff", "Nolwenn")
			page.Choose("Activer la connexion", "Oui")
			page.See("Super-Admin ne se choisit pas ici")
			page.Choose("Rôle dans le portail", "Admin")
			page.Fill("Email de connexion", "n.legoff@tilleuls.example")
			page.Fill("Email professionnel", "Nolwenn.LeGoff@tilleuls.example")
			page.Screenshot("colleague-new-filled")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.See("nolwenn.legoff@tilleuls.example ?")
			page.Axe()
			page.Screenshot("colleague-new-fault")
			page.Click("button", "Utiliser cette valeur")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.ByRole("heading", "Aperçu du nouveau contact").Appears()
			page.See("Un e-mail de bienvenue, avec un lien d’activation, part à n.legoff@tilleuls.example.")
			page.See("Son rôle est Admin : il peut aussi ajouter, modifier et supprimer des contacts, et voit toutes les demandes et les factures.")
			page.See("02 61 91 40 10")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("colleague-summary")
			page.Click("button", "Revenir au formulaire")
			page.SeeValue("Nom", "Le Goff")
			page.SeeValue("Email de connexion", "n.legoff@tilleuls.example")
			page.Fill("Fonction", "Secrétaire médicale")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.See("Secrétaire médicale")
			page.Click("button", "Créer un contact")
			page.See("Contact créé : Mme Le Goff Nolwenn. L’e-mail de bienvenue part à n.legoff@tilleuls.example.")
			page.ByRole("heading", "Mme Le Goff Nolwenn").Appears()
			page.Axe()
			page.Screenshot("colleague-created")

			letter := w.letter(t, "n.legoff@tilleuls.example")
			if !strings.Contains(letter.Text, "à la demande de Karim Haddad") {
				t.Error(letter.Text)
			}
			person := browser.Window(t)
			person.Open(w.link(letter))
			person.Fill("Mot de passe", chosen)
			person.Click("button", "Activer mon accès")
			person.See("Votre accès est activé")
			person.Click("link", "CABINET")
			person.ByRole("link", "Ajouter un nouveau contact").Appears()
		})
		t.Run("step 7 alone, as the super_admin of a company: without a login nothing is sent", func(t *testing.T) {
			page := at.as(t, maelle)
			openNew(page, at, "/brenval", "ENTREPRISE")
			fillPerson(page, "Salaün", "Yuna")
			page.Fill("Email professionnel", "yuna.salaun@corvenne.example")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.See("Aucun e-mail n’est envoyé.")
			page.Axe()
			page.Screenshot("colleague-summary-without")
			page.ByRole("button", "Créer un contact").DoubleClickIt()
			page.See("Contact créé : Mme Salaün Yuna. Aucun e-mail n’est envoyé.")
			page.See("Sans connexion")
			for _, l := range server.Letters() {
				if strings.Contains(l.To[0], "salaun") {
					t.Error(l.To)
				}
			}
		})
		t.Run("who exists already is found by a link into the portal", func(t *testing.T) {
			page := at.as(t, karim)
			openNew(page, at, "/orvane", "CABINET")
			fillPerson(page, "VASSEUR", "claire")
			page.Fill("Email professionnel", "c.vasseur@tilleuls.example")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.Field("Nom").Is("invalid")
			page.Axe()
			page.Screenshot("colleague-new-exists")
			page.Click("link", "Voir")
			page.ByRole("heading", "Dr Vasseur Claire").Appears()
		})
		t.Run("who bears a similar name is told of while one is typed, and on the summary without JavaScript", func(t *testing.T) {
			page := at.as(t, karim)
			openNew(page, at, "/orvane", "CABINET")
			page.Fill("Nom", "VASSEUR")
			page.Fill("Prénom", "claire")
			page.See("Ce contact existe déjà.")
			page.Fill("Nom", "Vaseur")
			page.See("Des noms proches existent déjà :")
			page.Axe()
			page.Screenshot("colleague-new-similar")
			page.Width(360)
			page.NoSidewaysScroll()
			page.Screenshot("colleague-new-similar-360")
			page.Click("link", "Dr Vasseur Claire")
			page.ByRole("heading", "Dr Vasseur Claire").Appears()

			page = at.as(t, karim, browser.WithoutJavaScript, browser.Dark)
			openNew(page, at, "/orvane", "CABINET")
			fillPerson(page, "Vaseur", "Claire")
			page.Fill("Email professionnel", "c.vaseur@tilleuls.example")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.See("Des noms proches existent déjà :")
			page.Axe()
			page.Screenshot("colleague-summary-similar")
			page.ByRole("link", "Dr Vasseur Claire").Appears()
		})
		t.Run("the session ends on the way: sign in, and the page is back, filled, and nothing was done", func(t *testing.T) {
			page := at.as(t, karim)
			openNew(page, at, "/orvane", "CABINET")
			fillPerson(page, "Riou", "Maxime")
			page.Fill("Email professionnel", "maxime.riou@tilleuls.example")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			for range 2 { // on the summary, then on the form
				page.SetCookie(at.address, &http.Cookie{Name: "session", Value: "over"})
				pressOn(page)
				page.See("Votre session a pris fin.")
				signIn(page, at, karim)
				page.See("Votre saisie a été gardée.")
				page.SeeValue("Nom", "Riou")
				page.SeeValue("Email professionnel", "maxime.riou@tilleuls.example")
			}
			page.Axe()
			page.Screenshot("colleague-new-kept")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.Click("button", "Créer un contact")
			page.See("Contact créé : Mme Riou Maxime.")
		})
		t.Run("at 360 pixels, without JavaScript", func(t *testing.T) {
			page := at.as(t, maelle, browser.Wide(360), browser.WithoutJavaScript)
			page.Open(at.address + "/brenval/portal")
			page.Click("button", "Menu")
			page.Click("link", "ENTREPRISE")
			page.NoSidewaysScroll()
			page.Click("link", "Ajouter un nouveau contact")
			page.NoSidewaysScroll()
			page.Axe()
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.See("5 champs sont à corriger")
			page.NoSidewaysScroll()
			page.Axe()
			page.Screenshot("colleague-new-360")
			fillPerson(page, "Abgrall", "Ewen")
			page.Choose("Activer la connexion", "Oui")
			page.Fill("Email professionnel", "ewen.abgrall@corvenne.example")
			page.Click("button", "Prévisualiser et enregistrer les modifications")
			page.See("part à ewen.abgrall@corvenne.example.")
			page.NoSidewaysScroll()
			page.Axe()
			page.Screenshot("colleague-summary-360")
			page.Click("button", "Créer un contact")
			page.See("Contact créé : Mme Abgrall Ewen.")
			if l := w.letter(t, "ewen.abgrall@corvenne.example"); !strings.Contains(l.Text, "École Brenval") {
				t.Error(l.Text)
			}
		})
		t.Run("with the keyboard alone, in the dark", func(t *testing.T) {
			page := at.as(t, karim, browser.Dark)
			openNew(page, at, "/orvane", "CABINET")
			page.TabTo("combobox", "Civilité")
			page.Type("Mme")
			for _, field := range []struct{ label, text string }{{"Nom", "Hamon"}, {"Prénom", "Gaëlle"}} {
				page.TabTo("textbox", field.label)
				page.Type(field.text)
			}
			page.TabTo("radio", "Non")
			page.Press("ArrowUp")
			page.TabTo("combobox", "Rôle dans le portail")
			page.TabTo("textbox", "Email professionnel")
			page.Type("gaelle.hamon@tilleuls.example")
			page.Screenshot("colleague-new-dark")
			page.Press("Enter")
			page.See("part à gaelle.hamon@tilleuls.example.")
			page.Screenshot("colleague-summary-dark")
			page.TabTo("button", "Créer un contact")
			page.Press("Enter")
			page.See("Contact créé : Mme Hamon Gaëlle.")
		})
		t.Run("a user finds no way to it", func(t *testing.T) {
			page := at.as(t, luc)
			page.Open(at.address + "/orvane/portal")
			page.Click("link", "CABINET")
			page.ByRole("table", "Contacts").Appears()
			page.Gone("Ajouter un nouveau contact")
		})
	})
}

// openNew is steps 1 and 2.
func openNew(page *browser.Page, at *product, workspace, noun string) {
	page.Open(at.address + workspace + "/portal")
	page.Click("link", noun)
	page.Click("link", "Ajouter un nouveau contact")
	page.ByRole("heading", "Ajouter un nouveau contact").Appears()
}

// fillPerson is step 3, with the phone of step 7.
func fillPerson(page *browser.Page, family, given string) {
	page.Choose("Civilité", "Mme")
	page.Fill("Nom", family)
	page.Fill("Prénom", given)
	page.Fill("Téléphone professionnel", "02 61 91 40 10")
}

// pressOn goes on from whichever of the two pages it is.
func pressOn(page *browser.Page) {
	if strings.Contains(page.ByRole("main", "").Text(), "Aperçu du nouveau contact") {
		page.Click("button", "Créer un contact")
		return
	}
	page.Click("button", "Prévisualiser et enregistrer les modifications")
}
