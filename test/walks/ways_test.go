package walks_test

import (
	"cmp"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// The main job, in every way in which somebody may do it: find an organisation, add a contact, save it again,
// rename it, authorise its access, delete it.
func TestMainJob(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("with the mouse in a window of 360 pixels, where nothing scrolls sideways", func(t *testing.T) {
			page := browser.Window(t, browser.Wide(360))
			mainJob{page: page, at: at, after: page.NoSidewaysScroll}.do(t)
		})
		t.Run("without JavaScript, on pages of their own", func(t *testing.T) {
			page := browser.Window(t, browser.WithoutJavaScript)
			mainJob{page: page, at: at, pages: true, after: page.Axe}.do(t)
		})
		t.Run("in English, by who reads that", func(t *testing.T) {
			page := browser.Window(t, browser.Speaking("en"))
			page.Open(at.address + "/sign-in")
			mainJob{page: page, at: at, words: english, after: page.Axe}.do(t)
		})
		t.Run("with the keyboard alone, and the focus is never lost", func(t *testing.T) { withKeyboard(t, at) })
	})
}

type mainJob struct {
	page  *browser.Page
	at    *product
	words map[string]string // what the French words are in the person's language
	pages bool              // questions are pages, not dialogs
	after func()            // after each step
}

func (j mainJob) say(french string) string { return cmp.Or(j.words[french], french) }

// question is where a question is asked.
func (j mainJob) question(title string) *browser.Part {
	if j.pages {
		j.page.ByRole("heading", j.say(title)).Appears()
		return j.page.ByRole("main", "")
	}
	return j.page.ByRole("dialog", j.say(title))
}

func (j mainJob) do(t *testing.T) {
	page, say := j.page, j.say
	page.Open(j.at.school(""))
	page.Fill(say("Adresse e-mail"), camille)
	page.Fill(say("Mot de passe"), j.at.passwords[camille])
	page.Click("button", say("Se connecter"))
	if j.words != nil {
		page.Click("button", "English")
	}
	page.ByRole("heading", say("Tableau de bord")).Appears()
	j.after()
	page.Fill(say("Rechercher partout"), "ateliers corv")
	page.Press("Enter")
	page.ByRole("region", say("Entreprises")).Click("link", "Ateliers Corvenne")
	j.after()
	page.Click("link", say("Ajouter un contact"))
	form := j.question("Ajouter un contact")
	form.Choose(say("Civilité"), say("Mme"))
	form.Fill(say("Nom"), "Garnier")
	form.Fill(say("Prénom"), "Hélène")
	form.Fill(say("Téléphone"), "02 61 91 40 44")
	form.Fill(say("Email"), "Helene.Garnier@corvenne.example")
	form.Click("button", say("Ajouter"))
	form.Field(say("Email")).Is("invalid")
	j.after()
	form.Click("button", say("Utiliser cette valeur"))
	if !j.pages { // there the press sends the form too
		form.SeeValue(say("Email"), "helene.garnier@corvenne.example")
		form.Click("button", say("Ajouter"))
	}
	person := say("Mme") + " GARNIER Hélène"
	page.See(say("Contact ajouté :") + " " + person + ".")
	sheet := page.ByRole("article", person)
	sheet.Click("link", say("Détail"))
	j.after()
	sheet.Fill(say("Fonction"), "Comptable")
	sheet.Click("button", say("Sauvegarder"))
	page.See(say("Contact enregistré :"))
	sheet.SeeValue(say("Fonction"), "Comptable")
	j.acts(t, sheet)
}

// acts are the pencil, « Autoriser l'accès » and « Supprimer ».
func (j mainJob) acts(t *testing.T, sheet *browser.Part) {
	page, say := j.page, j.say
	sheet.Click("link", say("Modifier le nom et le prénom"))
	form := j.question("Modifier le nom et le prénom")
	form.Fill(say("Nom"), "Garnier-Levasseur")
	j.after()
	form.Click("button", say("Enregistrer le nom"))
	page.See(say("Nom enregistré :"))
	person := say("Mme") + " GARNIER-LEVASSEUR Hélène"
	sheet = page.ByRole("article", person)
	sheet.Click("link", say("Autoriser l'accès"))
	question := j.question(say("Autoriser l’accès de") + " " + person + say(" ?"))
	j.after()
	question.Click("button", say("Autoriser définitivement"))
	page.See(say("Accès autorisé :"))
	sheet.ByRole("link", say("Autoriser l'accès")).Vanishes()
	sheet.Click("link", say("Supprimer"))
	question = j.question(say("Supprimer") + " " + person + say(" ?"))
	j.after()
	question.Click("button", say("Supprimer définitivement"))
	page.See(say("Contact supprimé :"))
	page.ByRole("article", person).Vanishes()
	j.after()
}

var english = map[string]string{
	"Adresse e-mail": "E-mail address", "Mot de passe": "Password", "Se connecter": "Sign in", "Tableau de bord": "Dashboard",
	"Rechercher partout": "Search everywhere", "Entreprises": "Companies", "Ajouter un contact": "Add a contact",
	"Civilité": "Title", "Mme": "Ms", "Nom": "Family name", "Prénom": "Given name", "Téléphone": "Phone", "Ajouter": "Add",
	"Utiliser cette valeur": "Use this value", "Contact ajouté :": "Contact added:", "Détail": "Detail", "Fonction": "Job title",
	"Sauvegarder": "Save", "Contact enregistré :": "Contact saved:", "Modifier le nom et le prénom": "Change family and given name",
	"Enregistrer le nom": "Save the name", "Nom enregistré :": "Name saved:", "Autoriser l'accès": "Authorise access",
	"Autoriser l’accès de": "Authorise access of", " ?": "?", "Autoriser définitivement": "Authorise for good",
	"Accès autorisé :": "Access authorised:", "Supprimer": "Delete", "Supprimer définitivement": "Delete for good",
	"Contact supprimé :": "Contact deleted:",
}

func withKeyboard(t *testing.T, at *product) {
	page := browser.Window(t)
	page.Open(at.school(""))
	page.Type(rachel)
	page.Press("Tab")
	page.Type(at.passwords[rachel])
	page.Press("Enter")
	page.ByRole("heading", "Tableau de bord").Appears()
	page.Press("/")
	page.Type("ateliers corv")
	page.Press("Enter")
	page.TabTo("link", "Ateliers Corvenne")
	page.Press("Enter")
	page.TabTo("link", "Ajouter un contact")
	page.Press("Enter")
	dialog := page.ByRole("dialog", "Ajouter un contact")
	dialog.Field("Civilité").Is("focused")
	page.Type("Mm")
	for _, text := range []string{"Garnier", "Hélène", "", "02 61 91 40 44", "", "Helene.Garnier@corvenne.example"} {
		page.Press("Tab")
		page.Type(text)
	}
	page.Press("Enter")
	dialog.Field("Email").Is("focused")
	page.TabTo("button", "Utiliser cette valeur")
	page.Press("Enter", "Enter")
	page.See("Contact ajouté : Mme GARNIER Hélène.")
	page.TabTo("link", "helene.garnier @corvenne.example")
	page.TabTo("link", "Détail")
	page.Press("Enter")
	sheet := page.ByRole("article", "Mme GARNIER Hélène")
	sheet.ByRole("link", "Détail").Is("focused")
	page.TabTo("textbox", "Fonction")
	page.Press("Control+a")
	page.Type("Comptable")
	page.Press("Enter")
	page.See("Contact enregistré : Mme GARNIER Hélène.")
	sheet.Field("Fonction").Is("focused")
	page.TabTo("link", "Modifier le nom et le prénom")
	page.Press("Enter")
	pencil := page.ByRole("dialog", "Modifier le nom et le prénom")
	pencil.Field("Nom").Is("focused")
	page.Press("Control+a")
	page.Type("Garnier-Le Bihan")
	page.Press("Enter")
	page.ByRole("article", "Mme GARNIER-LE BIHAN Hélène").Appears()
	if page.Focused() == "" {
		t.Error("the focus is lost after renaming")
	}
	page.TabTo("link", "Autoriser l'accès")
	page.Press("Enter")
	page.ByRole("button", "Annuler").Is("focused")
	page.TabTo("button", "Autoriser définitivement")
	page.Press("Enter")
	page.See("Accès autorisé : Mme GARNIER-LE BIHAN Hélène.")
	if page.Focused() == "" {
		t.Error("the focus is lost after authorising")
	}
	page.TabTo("link", "Supprimer")
	page.Press("Enter")
	page.ByRole("button", "Annuler").Is("focused")
	page.TabTo("button", "Supprimer définitivement")
	page.Press("Enter")
	page.See("Contact supprimé : Mme GARNIER-LE BIHAN Hélène.")
	if page.Focused() == "" {
		t.Error("the focus is lost after deleting")
	}
}
