package walks_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/test/browser"
)

func TestSetUp(t *testing.T) {
	var out bytes.Buffer
	a, err := app.Start(t.Context(), settings(filepath.Join(t.TempDir(), "var")), app.Options{Out: &out, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(a); err != nil {
			t.Error(err)
		}
	})
	word := regexp.MustCompile(`with the word (\S+)`).FindStringSubmatch(out.String())
	if word == nil {
		t.Fatal(out.String())
	}
	page := browser.Window(t)
	page.Open(a.BaseURL())
	page.ByRole("heading", "Mettre en service").Appears()
	page.Axe()
	page.NoSidewaysScroll()
	page.Screenshot("set-up")
	fill := func(word, password string) {
		page.Fill("Mot de mise en service", word)
		page.Fill("Nom de l’espace", "École des Dunes")
		page.Fill("Adresse courte", "dunes")
		page.Fill("Votre nom", "Ines Vidal")
		page.Fill("Adresse e-mail", "ines.vidal@dunes.example")
		page.Fill("Mot de passe", password)
		page.Click("button", "Créer l’espace")
	}
	t.Run("only who has the word of the console sets it up, and a guessable password is refused", func(t *testing.T) {
		page.During(t)
		fill("aaaa-bbbb-cccc-dddd", "motdepasse12")
		page.Field("Mot de mise en service").Is("invalid")
		page.SeeValue("Nom de l’espace", "École des Dunes")
		fill(word[1], "motdepasse12")
		page.Field("Mot de passe").Is("invalid")
		page.Axe()
		page.Screenshot("set-up-faults")
	})
	t.Run("then its first admin is in, in a workspace that is empty and says what to do first", func(t *testing.T) {
		page.During(t)
		fill(word[1], "hibou corniche velours ardoise")
		page.See("L’espace est prêt. Vous y êtes.")
		page.Axe()
		page.Screenshot("dashboard-empty")
		page.Click("link", "Entreprises")
		page.See("Aucune entreprise pour l’instant.")
		page.Axe()
		page.Screenshot("organizations-empty")
		page.Click("link", "Contacts")
		page.See("Il n’y a encore aucun contact.")
		page.Screenshot("directory-empty")
	})
	t.Run("it is done once", func(t *testing.T) {
		page := browser.Window(t)
		page.Open(a.BaseURL() + "/setup")
		page.ByRole("button", "Créer l’espace").Vanishes()
	})
}
