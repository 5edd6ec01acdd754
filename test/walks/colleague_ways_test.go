package walks_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// TestColleagueWays does what the portal's people do with their contacts in every way in which somebody may do it: another name,
// credentials, a grid, the role of Super-Admin, another organisation, a deletion.
func TestColleagueWays(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("with the keyboard alone, and the focus is never lost", func(t *testing.T) { colleaguesByKeyboard(t, at) })
		t.Run("without JavaScript, on pages of their own", func(t *testing.T) {
			colleagueWays{t: t, at: at, name: "plain", options: []browser.Option{browser.WithoutJavaScript}, plain: true, victim: "M. Weber Jonas"}.do()
		})
		t.Run("in a window of 360 pixels", func(t *testing.T) {
			colleagueWays{t: t, at: at, name: "narrow", options: []browser.Option{browser.Wide(360)}, narrow: true, victim: "Mme Payet Ludivine"}.do()
		})
		t.Run("in one of 360 pixels, in the dark, without JavaScript", func(t *testing.T) {
			options := []browser.Option{browser.Wide(360), browser.Dark, browser.WithoutJavaScript}
			colleagueWays{t: t, at: at, name: "narrow-plain-dark", options: options, narrow: true, plain: true, victim: "Mme Roche Brigitte"}.do()
		})
	})
}

// colleagueWays is one way to do it all.
type colleagueWays struct {
	t       *testing.T
	at      *product
	name    string // of its pictures
	options []browser.Option
	narrow  bool   // the menu is behind a button
	plain   bool   // questions are pages, not dialogs
	victim  string // is deleted
}

func (w colleagueWays) do() {
	page := w.at.as(w.t, karim, w.options...)
	w.renames(page)
	w.sendsCredentials(page)
	w.looksAtTheGrid(page)
	w.deletesThePrimary(page)
	w.handsOver()
	w.changesOrganization()
}

func (w colleagueWays) open(page *browser.Page, workspace, noun string) {
	page.Open(w.at.address + workspace + "/portal")
	if w.narrow {
		page.Click("button", "Menu")
	}
	page.Click("link", noun)
	page.ByRole("heading", "Cabinet médical des Tilleuls").Appears()
}

// looked keeps a picture of what was looked at, which is as it should be for everybody.
func (w colleagueWays) looked(page *browser.Page, what string) {
	page.NoSidewaysScroll()
	page.Axe()
	page.Picture("ways-" + what + "-" + w.name)
}

// question is where a question is asked.
func (w colleagueWays) question(page *browser.Page, title string) *browser.Part {
	if w.plain {
		page.ByRole("heading", title).Appears()
		return page.ByRole("main", "")
	}
	dialog := page.ByRole("dialog", title)
	dialog.Is("modal")
	return dialog
}

func (w colleagueWays) renames(page *browser.Page) {
	w.open(page, "/orvane", "CABINET")
	page.Click("link", "M. Simonet Paul")
	page.Click("button", "Actions pour Paul Simonet")
	page.Click("link", "Modifier le nom et le prénom")
	question := w.question(page, "Modifier le nom et le prénom")
	question.See("Une autre personne")
	w.looked(page, "name")
	question.Fill("Nom", "Simonet\u200b")
	question.Click("button", "Enregistrer le nom")
	page.Field("Nom").Is("invalid") // on a page of its own
	w.looked(page, "name-refused")
	page.Fill("Nom", "Simonet")
	page.Fill("Prénom", "PAUL")
	page.Click("button", "Enregistrer le nom")
	page.See("Nom enregistré : M. Simonet")
	page.Click("button", "Actions pour PAUL Simonet")
	page.Click("link", "Modifier le nom et le prénom")
	question.Fill("Prénom", "Paul")
	question.Click("button", "Enregistrer le nom")
	page.See("Nom enregistré : M. Simonet Paul.")
}

func (w colleagueWays) sendsCredentials(page *browser.Page) {
	w.open(page, "/orvane", "CABINET")
	page.Click("link", "Mme Chevallier Anaïs")
	w.looked(page, "contact")
	page.Click("link", "Renvoyer les identifiants")
	question := w.question(page, "Envoyer ses identifiants à Mme Chevallier Anaïs ?")
	question.See("anais.chevallier@tilleuls.example")
	w.looked(page, "credentials")
	question.Click("button", "Renvoyer les identifiants")
	page.See("Identifiants en cours d’envoi : Mme Chevallier Anaïs.")
}

func (w colleagueWays) looksAtTheGrid(page *browser.Page) {
	w.open(page, "/orvane", "CABINET")
	page.ByRole("group", "Afficher en tant que").Click("link", "Grille")
	page.ByRole("article", "Dr O’Connor Fiona").Appears()
	w.looked(page, "grid")
	page.Click("button", "Actions pour Fiona O’Connor")
	page.Click("link", "Détails")
	page.ByRole("heading", "Dr O’Connor Fiona").Appears()
	w.open(page, "/orvane", "CABINET")
	page.ByRole("article", "Dr O’Connor Fiona").Appears() // is remembered
	page.ByRole("group", "Afficher en tant que").Click("link", "Liste")
	page.ByRole("article", "Dr O’Connor Fiona").Vanishes()
}

func (w colleagueWays) deletesThePrimary(page *browser.Page) {
	w.open(page, "/orvane", "CABINET")
	page.Click("link", w.victim)
	page.Click("button", "Définir comme contact principal")
	page.See("Contact principal : " + w.victim + ".")
	words := strings.Fields(w.victim) // civility, family name, given name
	page.Click("button", "Actions pour "+words[2]+" "+words[1])
	page.Click("link", "Supprimer")
	question := w.question(page, "Supprimer "+w.victim+" ?")
	question.See("Choisissez qui le suit.")
	w.looked(page, "deletion")
	question.Click("button", "Supprimer définitivement")
	page.See("Choisissez qui devient le contact principal.")
	w.looked(page, "deletion-refused")
	page.Choose("Nouveau contact principal", "Dr Vasseur Claire")
	page.Click("button", "Supprimer définitivement")
	page.See("Contact supprimé : " + w.victim + ".")
	w.looked(page, "deleted")
}

// handsOver passes the role on and back, so that the next way finds it as it was.
func (w colleagueWays) handsOver() {
	for _, c := range []struct{ from, to, name string }{{claire, karim, "Dr Haddad Karim"}, {karim, claire, "Dr Vasseur Claire"}} {
		giver := w.at.as(w.t, c.from, w.options...)
		w.open(giver, "/orvane", "CABINET")
		giver.Click("link", c.name)
		giver.Click("link", "Transmettre le rôle de Super-Admin")
		w.looked(giver, "handover")
		giver.Click("button", "Proposer le rôle")
		giver.See("Vous proposez le rôle de Super-Admin à " + c.name)
		w.looked(giver, "handover-given")
		taker := w.at.as(w.t, c.to, w.options...)
		taker.Open(w.at.address + "/orvane/portal")
		w.looked(taker, "handover-received")
		taker.Click("link", "Accepter")
		w.looked(taker, "handover-accept")
		taker.Click("button", "Accepter")
		taker.See("Vous êtes maintenant Super-Admin.")
	}
}

func (w colleagueWays) changesOrganization() {
	page := w.at.as(w.t, loic, w.options...)
	page.Open(w.at.address)
	page.ByRole("main", "").Click("link", "Brasserie Armen École Brenval")
	page.ByRole("heading", "Brasserie Armen").Appears()
	page.Click("button", "Loïc Tanguy, mon profil")
	w.looked(page, "switcher")
	page.Click("link", "Passer à Hôtel Kerannic École Brenval")
	page.ByRole("heading", "Hôtel Kerannic").Appears()
	w.looked(page, "switched")
}

// colleaguesByKeyboard does the same with the keys alone.
func colleaguesByKeyboard(t *testing.T, at *product) {
	page := at.as(t, karim)
	press := func(role, name string) { page.TabTo(role, name); page.Press("Enter") }
	focused := func(after string) {
		if page.Focused() == "" {
			t.Errorf("the focus is lost after %s", after)
		}
	}
	cabinet(at, page)
	press("link", "M. Simonet Paul")
	press("button", "Actions pour Paul Simonet")
	press("link", "Modifier le nom et le prénom")
	dialog := page.ByRole("dialog", "Modifier le nom et le prénom")
	dialog.Is("modal")
	focused("opening the name")
	dialog.Field("Nom").Is("focused")
	page.Press("Control+a")
	page.Type("Simonet-Brun")
	page.Press("Enter")
	page.See("Nom enregistré : M. Simonet-Brun Paul.")
	press("button", "Actions pour Paul Simonet-Brun")
	press("link", "Modifier le nom et le prénom")
	dialog.Is("modal")
	page.Press("Escape")
	dialog.Vanishes()
	focused("closing the name")
	press("button", "Actions pour Paul Simonet-Brun")
	press("link", "Modifier le nom et le prénom")
	dialog.Field("Nom").Is("focused")
	page.Press("Control+a")
	page.Type("Simonet")
	page.Press("Enter")
	page.See("Nom enregistré : M. Simonet Paul.")
	cabinet(at, page)
	press("link", "Mme Chevallier Anaïs")
	press("link", "Renvoyer les identifiants")
	page.ByRole("dialog", "Envoyer ses identifiants à Mme Chevallier Anaïs ?").Is("modal")
	page.TabTo("button", "Renvoyer les identifiants")
	page.Press("Enter")
	page.See("Identifiants en cours d’envoi : Mme Chevallier Anaïs.")
	cabinet(at, page)
	press("link", "Grille")
	page.ByRole("article", "Dr O’Connor Fiona").Appears()
	focused("choosing the grid")
	press("button", "Actions pour Fiona O’Connor")
	press("link", "Détails")
	page.ByRole("heading", "Dr O’Connor Fiona").Appears()
	page.Open(at.address + "/orvane/portal")
	press("link", "CABINET")
	press("link", "Liste")
	page.ByRole("article", "Dr O’Connor Fiona").Vanishes()
	deletedByKeyboard(page, press)
	handedOverByKeyboard(t, at)
	switchedByKeyboard(t, at)
}

// deletedByKeyboard deletes a primary contact, and says who follows.
func deletedByKeyboard(page *browser.Page, press func(role, name string)) {
	press("link", "Mme Traoré Aminata")
	press("button", "Définir comme contact principal")
	page.See("Contact principal : Mme Traoré Aminata.")
	press("button", "Actions pour Aminata Traoré")
	press("link", "Supprimer")
	page.ByRole("button", "Annuler").Is("focused")
	page.TabTo("combobox", "Nouveau contact principal")
	page.Type("Dr V")
	press("button", "Supprimer définitivement")
	page.See("Contact supprimé : Mme Traoré Aminata.")
}

// handedOverByKeyboard passes the role of Super-Admin on, and back.
func handedOverByKeyboard(t *testing.T, at *product) {
	for _, c := range []struct{ from, to, name string }{{claire, karim, "Dr Haddad Karim"}, {karim, claire, "Dr Vasseur Claire"}} {
		giver, taker := at.as(t, c.from), at.as(t, c.to)
		cabinet(at, giver)
		for _, name := range []string{c.name, "Transmettre le rôle de Super-Admin"} {
			giver.TabTo("link", name)
			giver.Press("Enter")
		}
		giver.TabTo("button", "Proposer le rôle")
		giver.Press("Enter")
		giver.See("Vous proposez le rôle de Super-Admin à " + c.name)
		taker.Open(at.address + "/orvane/portal")
		taker.TabTo("link", "Accepter")
		taker.Press("Enter")
		taker.TabTo("button", "Accepter")
		taker.Press("Enter")
		taker.See("Vous êtes maintenant Super-Admin.")
	}
}

func switchedByKeyboard(t *testing.T, at *product) {
	page := at.as(t, loic)
	page.Open(at.address)
	page.TabTo("link", "Brasserie Armen École Brenval")
	page.Press("Enter")
	page.ByRole("heading", "Brasserie Armen").Appears()
	page.TabTo("button", "Loïc Tanguy, mon profil")
	page.Press("Enter")
	page.TabTo("link", "Passer à Hôtel Kerannic École Brenval")
	page.Press("Enter")
	page.ByRole("heading", "Hôtel Kerannic").Appears()
}
