package walks_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/test/browser"
)

// chosen is a password that nobody guesses.
const chosen = "hibou corniche velours ardoise"

// long is one of 128 characters of many scripts, as a password manager makes and pastes it.
var long = strings.Repeat("é£Ж語🐦 ñàŵ世ß€λ☂üø", 7) + "orage, sel, vent"

// tilleuls finds the practice that the vendor's walks visit.
const tilleuls = "/organizations?q=tilleuls"

// Staff send credentials; the person reads the letter and activates their access, in every way in which somebody may, and
// is in.
func TestInvitation(t *testing.T) {
	const slow = "yann.kervella@corvenne.example"
	taken := make(chan struct{}) // the server takes the slow one's letter when the walk has seen enough
	o := mailtest.Options{Data: func(l mailtest.Letter, _ func()) error {
		if l.To[0] == slow {
			<-taken
		}
		return nil
	}}
	walkByMailServer(t, o, func(t *testing.T, at *product, server *mailtest.Server) {
		w := &invitation{at: at, server: server}
		t.Run("with the mouse: staff see how far it has come, the link works once", func(t *testing.T) {
			staff := at.as(t, rachel)
			sheet := openSheet(staff, at.school(corvenne), "M. KERVELLA Yann")
			w.from = len(server.Letters())
			sheet.Click("button", "Renvoyer les identifiants")
			staff.See("Identifiants en cours d’envoi : M. KERVELLA Yann.")
			sheet = staff.ByRole("article", "M. KERVELLA Yann")
			sheet.See("Dernier envoi Envoi en cours")
			sheet.ByRole("button", "Renvoyer les identifiants").Is("focused")
			staff.Screenshot("sheet-credentials-queued")
			colleague := at.as(t, rachel)
			openList(colleague, at.school(corvenne), "Ateliers Corvenne")
			closed := colleague.ByRole("article", "M. KERVELLA Yann")
			closed.See("Envoi en cours")
			taken <- struct{}{}
			letter := w.letter(t, slow)
			sheet.See("Dernier envoi Envoyé") // without being asked
			sheet.See("pour l’accepter")
			sheet.ByRole("button", "Renvoyer les identifiants").Is("focused")
			closed.See("Invité") // nor is the closed row
			staff.Axe()
			staff.Screenshot("sheet-credentials")
			page := browser.Window(t)
			page.Open(w.link(letter))
			page.ByRole("heading", "Bienvenue, Yann").Appears()
			page.See("École Brenval vous ouvre son espace, pour Ateliers Corvenne.")
			page.Axe()
			page.Screenshot("activation")
			page.Fill("Mot de passe", "kervella-brenval")
			page.Click("button", "Activer mon accès")
			page.Field("Mot de passe").Is("invalid")
			page.Axe()
			page.Screenshot("activation-refused")
			page.Fill("Mot de passe", chosen)
			page.See("Ce mot de passe est solide.")
			page.Click("button", "Activer mon accès")
			page.See("Votre accès est activé : bienvenue chez École Brenval.")
			page.Axe()
			page.Screenshot("activated")
			page.Open(w.link(letter))
			page.ByRole("heading", "Ce lien n’ouvre plus rien").Appears()
			page.Axe()
			page.Screenshot("activation-over")
			page.Width(360)
			page.NoSidewaysScroll()
			page.Width(1280)
			page.Click("button", "Demander un nouveau lien")
			page.See("Si cette invitation peut être renouvelée")
			staff.Reload()
			staff.See("Accepté")
		})
		t.Run("with a code, in a window of 360 pixels", func(t *testing.T) {
			staff := at.as(t, rachel, browser.Wide(360))
			sheet := openSheet(staff, at.school(corvenne), "Mme NGUYEN Linh")
			w.from = len(server.Letters())
			sheet.Click("button", "Renvoyer les identifiants")
			staff.See("Identifiants en cours d’envoi : Mme NGUYEN Linh.")
			staff.NoSidewaysScroll()
			letter := w.letter(t, "linh.nguyen@corvenne.example")
			page := browser.Window(t, browser.Wide(360))
			page.Open(at.address + "/activate")
			page.TabTo("textbox", "Adresse e-mail")
			page.Type("linh.nguyen@corvenne.example")
			page.TabTo("textbox", "Code d'activation")
			page.Type("0000-0000")
			page.TabTo("button", "Continuer")
			page.Press("Enter")
			page.See("Cette adresse et ce code ne vont pas ensemble")
			page.NoSidewaysScroll()
			page.Axe()
			page.Screenshot("activation-code")
			page.Fill("Code d'activation", w.code(letter))
			page.Click("button", "Continuer")
			page.ByRole("heading", "Bienvenue, Linh").Appears()
			page.NoSidewaysScroll()
			page.Screenshot("activation-360")
			page.Fill("Mot de passe", long)
			page.Click("button", "Activer mon accès")
			page.See("Votre accès est activé")
			again := browser.Window(t)
			again.Open(at.address + "/sign-in")
			again.Fill("Adresse e-mail", "linh.nguyen@corvenne.example")
			again.Fill("Mot de passe", long)
			again.Click("button", "Se connecter")
			again.See("Ateliers Corvenne")
		})
		t.Run("without JavaScript, and it is not for the reader", func(t *testing.T) {
			staff := at.as(t, helene, browser.WithoutJavaScript)
			sheet := openSheet(staff, at.vendor(tilleuls), "M. WEBER Jonas")
			w.from = len(server.Letters())
			sheet.Click("button", "Renvoyer les identifiants")
			staff.See("Identifiants en cours d’envoi : M. WEBER Jonas.")
			staff.Axe()
			page := browser.Window(t, browser.WithoutJavaScript)
			page.Open(w.link(w.letter(t, "informatique@tilleuls.example")))
			page.See("Orvane Santé vous ouvre son espace, pour Cabinet médical des Tilleuls.")
			page.Axe()
			page.Click("button", "Cette invitation n'est pas pour moi")
			page.See("C’est noté.")
			page.Axe()
			staff.Reload()
			staff.See("Décliné")
		})
		t.Run("with the keyboard alone", func(t *testing.T) {
			staff := at.as(t, helene)
			openSheet(staff, at.vendor(tilleuls), "Mme ROCHE Brigitte")
			w.from = len(server.Letters())
			staff.TabTo("button", "Renvoyer les identifiants")
			staff.Press("Enter")
			staff.See("Identifiants en cours d’envoi : Mme ROCHE Brigitte.")
			page := browser.Window(t)
			page.Open(w.link(w.letter(t, "comptabilite@tilleuls.example")))
			page.Field("Mot de passe").Is("focused")
			page.Type(chosen)
			page.TabTo("button", "Activer mon accès")
			page.Press("Enter")
			page.See("Votre accès est activé : bienvenue chez Orvane Santé.")
		})
		t.Run("who works for a workspace is invited elsewhere: signs in to accept, or is told that another is signed in", func(t *testing.T) {
			staff := at.as(t, helene)
			sheet := openSheet(staff, at.vendor(tilleuls), "Mme CHEVALLIER Anaïs")
			sheet.Fill("Email de connexion", nadia)
			w.from = len(server.Letters())
			sheet.Click("button", "Sauvegarder")
			staff.See("Identifiants en cours d’envoi : Mme CHEVALLIER Anaïs.")
			link := w.link(w.letter(t, nadia))
			other := at.as(t, rachel)
			other.Open(link)
			other.See("mais cette invitation est pour " + nadia)
			other.Axe()
			other.Screenshot("activation-other")
			other.Width(360)
			other.NoSidewaysScroll()
			other.Width(1280)
			page := browser.Window(t)
			page.Open(link)
			page.See("Vous avez déjà une connexion avec cette adresse")
			page.Axe()
			page.Screenshot("activation-known")
			page.Width(360)
			page.NoSidewaysScroll()
			page.Width(1280)
			page.Fill("Mot de passe", at.passwords[nadia])
			page.Click("button", "Activer mon accès")
			page.See("Votre accès est activé")
			staff.Reload()
			staff.TabTo("link", "Changer de connexion")
			staff.Press("Enter")
			staff.ByRole("dialog", "Changer la connexion de Mme CHEVALLIER Anaïs").Appears()
			staff.Axe()
			staff.Screenshot("change-login")
			staff.Width(360)
			staff.NoSidewaysScroll()
			staff.Press("Escape")
			staff.ByRole("dialog", "Changer la connexion de Mme CHEVALLIER Anaïs").Vanishes()
		})
	})
}

// invitation is a person with a mailbox.
type invitation struct {
	at     *product
	server *mailtest.Server
	from   int // letters before this one are old
}

// letter waits for an invitation to an address.
func (w *invitation) letter(t *testing.T, to string) mailtest.Read {
	t.Helper()
	for n := w.from + 1; ; n++ {
		list := w.server.Await(t, n)
		for i := len(list) - 1; i >= w.from; i-- {
			if read := list[i].Read(t); list[i].To[0] == to && w.link(read) != "" {
				return read
			}
		}
		n = len(list)
	}
}

func (w *invitation) link(letter mailtest.Read) string {
	return letter.Link(w.at.address + "/activate/")
}

// code stands in the line below what announces it.
func (w *invitation) code(letter mailtest.Read) string {
	_, after, _ := strings.Cut(letter.Text, "Votre code")
	return strings.Fields(after)[1]
}
