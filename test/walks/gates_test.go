package walks_test

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"testing"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/test/browser"
)

// Somebody who came by the public form goes the whole way: a letter, a password, a calm page, and, once the host has
// authorised them, its data.
func TestFromLetterToData(t *testing.T) {
	walkByMail(t, func(t *testing.T, at *product, server *mailtest.Server) {
		staff := at.as(t, rachel)
		sheet, address := at.first(t, rachel, "/contacts?source=landing&state=without_login")
		staff.Open(sheet)
		person := browser.Window(t)
		t.Run("staff send credentials; the letter’s link opens the page on which a password is chosen", func(t *testing.T) {
			staff.During(t)
			person.During(t)
			staff.Click("button", "Renvoyer les identifiants")
			staff.See("Identifiants en cours d’envoi")
			staff.See("Envoyé") // without being asked
			staff.See("Autorisé : NON")
			w := &invitation{at: at, server: server}
			person.Open(w.link(w.letter(t, address)))
			person.Fill("Mot de passe", chosen)
			person.Click("button", "Activer mon accès")
			person.See("Votre accès est activé")
		})
		t.Run("the person is in, and reads calmly that they are not authorised yet", func(t *testing.T) {
			person.During(t)
			person.ByRole("heading", "Votre accès attend une autorisation").Appears()
			person.See("École Brenval doit encore vous autoriser à voir ses données.")
			person.Axe()
			person.Screenshot("portal-waiting")
			person.Width(360)
			person.NoSidewaysScroll()
			person.Width(1280)
		})
		t.Run("staff authorise them; the page, loaded again, shows the workspace’s data", func(t *testing.T) {
			staff.During(t)
			person.During(t)
			staff.Reload()
			staff.See("Accepté")
			staff.Click("link", "Autoriser l'accès")
			staff.Click("button", "Autoriser définitivement")
			staff.See("Accès autorisé")
			person.Reload()
			person.ByRole("heading", "Votre entreprise").Appears()
			person.Axe()
			person.Screenshot("portal-home")
		})
		t.Run("staff switch them off; the next page says that the access is closed, and what else there is", func(t *testing.T) {
			staff.During(t)
			person.During(t)
			staff.Open(sheet)
			staff.Click("checkbox", "Connexion activée")
			staff.Click("button", "Sauvegarder")
			staff.See("Contact enregistré")
			person.Reload()
			person.ByRole("heading", "Cet accès est fermé").Appears()
			if person.Status() != http.StatusForbidden {
				t.Error(person.Status())
			}
			person.See("Ce que vous pouvez ouvrir")
			person.Axe()
			person.Screenshot("portal-closed")
			person.Width(360)
			person.NoSidewaysScroll()
		})
	})
}

// first finds the first contact in a list of the school's: the address of their sheet, and their e-mail address.
func (at *product) first(t *testing.T, who, list string) (sheet, address string) {
	t.Helper()
	sheet = at.address + at.find(t, who, at.school(list), `href="(/[^"]+/contacts\?open=[^"]+)"`)
	return sheet, at.find(t, who, sheet, `name="email"[^>]* value="([^"]+)"`)
}

// find reads something from a page behind the browser.
func (at *product) find(t *testing.T, who, page, pattern string) string {
	t.Helper()
	ask, err := http.NewRequest(http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range at.signIn(t, who) {
		ask.AddCookie(c)
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(pattern).FindSubmatch(body)
	if found == nil {
		t.Fatalf("%s has nothing like %s", page, pattern)
	}
	return html.UnescapeString(string(found[1]))
}
