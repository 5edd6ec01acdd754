package walks_test

import (
	"testing"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/test/browser"
)

// Who forgot their password, in every way in which somebody may find in again: asks for a link, reads the letter, chooses
// a new one. And who gets another address: asks for it, confirms it from the letter.
func TestRecovery(t *testing.T) {
	walkByMail(t, func(t *testing.T, at *product, server *mailtest.Server) {
		t.Run("with the mouse: the meter says what the judge says, the link works once", func(t *testing.T) {
			page := browser.Window(t)
			w := recovery{page: page, at: at, server: server, after: page.Axe, pictures: true}
			link := w.ask(t, nadia)
			page.Open(link)
			w.see("Choisir un nouveau mot de passe", "choose-password")
			page.See("École Brenval")
			page.Fill("Nouveau mot de passe", "brenval2026!")
			page.See("Votre nom, votre adresse et le nom de l’espace se devinent vite.")
			w.see("Choisir un nouveau mot de passe", "choose-password-weighed")
			page.Click("button", "Enregistrer et me connecter")
			page.Field("Nouveau mot de passe").Is("invalid")
			w.see("Choisir un nouveau mot de passe", "choose-password-refused")
			page.Click("button", "Afficher : Nouveau mot de passe")
			page.Fill("Nouveau mot de passe", "hibou corniche velours ardoise")
			page.SeeValue("Nouveau mot de passe", "hibou corniche velours ardoise")
			page.See("Ce mot de passe est solide.")
			page.Click("button", "Enregistrer et me connecter")
			page.See("Votre mot de passe est changé et vous êtes connecté.")
			page.ByRole("heading", "Tableau de bord").Appears()
			at.passwords[nadia] = "hibou corniche velours ardoise"
			page.Open(link)
			w.see("Ce lien n’ouvre plus rien", "link-over")
			if page.Status() != 404 {
				t.Error(page.Status())
			}
			page.Click("link", "Demander un nouveau lien")
			page.ByRole("heading", "Mot de passe oublié").Appears()
			told := w.letter(t, nadia, "Votre mot de passe a été changé")
			if told.Link(at.address+"/password/") != "" {
				t.Error(told.Text)
			}
		})
		t.Run("an unknown address looks the same", func(t *testing.T) {
			known, unknown := browser.Window(t), browser.Window(t)
			var texts []string
			for page, who := range map[*browser.Page]string{known: rachel, unknown: "nobody@brenval.example"} {
				page.Open(at.address + "/forgotten-password")
				page.Fill("Adresse e-mail", who)
				page.Click("button", "Envoyer le lien")
				page.ByRole("heading", "Regardez votre messagerie").Appears()
				texts = append(texts, page.Text())
			}
			if texts[0] != texts[1] {
				t.Errorf("%q\n%q", texts[0], texts[1])
			}
		})
		t.Run("in a window of 360 pixels, where nothing scrolls sideways", func(t *testing.T) {
			page := browser.Window(t, browser.Wide(360))
			recovery{page: page, at: at, server: server, after: page.NoSidewaysScroll, pictures: true}.do(t, helene)
		})
		t.Run("without JavaScript", func(t *testing.T) {
			page := browser.Window(t, browser.WithoutJavaScript)
			recovery{page: page, at: at, server: server, after: page.Axe}.do(t, camille)
		})
		t.Run("with the keyboard alone", func(t *testing.T) {
			page := browser.Window(t)
			w := recovery{page: page, at: at, server: server, after: func() {}}
			page.Open(at.address + "/sign-in")
			page.TabTo("link", "Mot de passe oublié ?")
			page.Press("Enter")
			page.Field("Adresse e-mail").Is("focused")
			page.Type(rachel)
			page.Press("Enter")
			page.ByRole("heading", "Regardez votre messagerie").Appears()
			page.Open(w.letter(t, rachel, "Choisir un nouveau mot de passe").Link(at.address + "/password/"))
			page.Field("Nouveau mot de passe").Is("focused")
			page.Type("girouette plomb semelle abricot")
			page.TabTo("button", "Enregistrer et me connecter")
			page.Press("Enter")
			page.ByRole("heading", "Tableau de bord").Appears()
			page.Open(at.address + "/profile")
			page.TabTo("textbox", "Nouvelle adresse e-mail")
			page.Type("rachel@brenval.example")
			page.Press("Enter")
			page.See("Un message part à cette adresse.")
			page.Open(w.letter(t, "rachel@brenval.example", "Confirmer cette adresse e-mail").Link(at.address + "/address/"))
			page.TabTo("button", "Confirmer cette adresse")
			page.Press("Enter")
			page.See("Votre adresse de connexion est changée.")
		})
	})
}

// recovery is a person with a mailbox.
type recovery struct {
	page     *browser.Page
	at       *product
	server   *mailtest.Server
	after    func() // on each page
	pictures bool
}

// see looks at a page.
func (w recovery) see(heading, picture string) {
	w.page.ByRole("heading", heading).Appears()
	w.after()
	if w.pictures {
		w.page.Screenshot(picture)
	}
}

// letter waits for the latest letter to an address that has the subject.
func (w recovery) letter(t *testing.T, to, subject string) mailtest.Read {
	t.Helper()
	for n := 1; ; n++ {
		list := w.server.Await(t, n)
		for i := len(list) - 1; i >= n-1; i-- {
			if list[i].To[0] == to {
				if read := list[i].Read(t); read.Subject(t) == subject {
					return read
				}
			}
		}
		n = len(list)
	}
}

// ask goes from signing in to the letter, and gives the letter's link.
func (w recovery) ask(t *testing.T, who string) (link string) {
	t.Helper()
	w.page.Open(w.at.address + "/sign-in")
	w.page.Click("link", "Mot de passe oublié ?")
	w.see("Mot de passe oublié", "forgotten-password")
	w.page.Fill("Adresse e-mail", who)
	w.page.Click("button", "Envoyer le lien")
	w.see("Regardez votre messagerie", "link-sent")
	return w.letter(t, who, "Choisir un nouveau mot de passe").Link(w.at.address + "/password/")
}

// do recovers the password, then moves the login to another address.
func (w recovery) do(t *testing.T, who string) {
	t.Helper()
	page := w.page
	page.Open(w.ask(t, who))
	w.see("Choisir un nouveau mot de passe", "choose-password")
	page.Fill("Nouveau mot de passe", "girouette plomb semelle abricot")
	page.Click("button", "Enregistrer et me connecter")
	page.See("Votre mot de passe est changé et vous êtes connecté.")
	page.Open(w.at.address + "/profile")
	w.see("Adresse de connexion", "profile-address")
	page.Fill("Nouvelle adresse e-mail", "Nouvelle@"+who)
	page.Click("button", "Changer d’adresse")
	page.Field("Nouvelle adresse e-mail").Is("invalid")
	w.after()
	page.Fill("Nouvelle adresse e-mail", "nouvelle."+who)
	page.Click("button", "Changer d’adresse")
	page.See("Un message part à cette adresse.")
	page.See("Adresse à confirmer")
	w.see("Adresse à confirmer", "profile-address-wanted")
	page.Open(w.letter(t, "nouvelle."+who, "Confirmer cette adresse e-mail").Link(w.at.address + "/address/"))
	w.see("Confirmer cette adresse", "confirm-address")
	page.See("nouvelle." + who)
	page.Click("button", "Confirmer cette adresse")
	page.See("Votre adresse de connexion est changée.")
	page.See("nouvelle." + who)
	w.letter(t, who, "Votre adresse de connexion a changé")
}
