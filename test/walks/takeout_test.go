package walks_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/test/browser"
)

// TestTakeout takes the contacts of an organisation along some time after having signed in: first the password is asked for.
func TestTakeout(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	at := startBy(t, filled, func() time.Time { return time.Now().Add(time.Duration(passed.Load())) })
	ways := map[string][]browser.Option{"on a wide screen": nil, "on a narrow screen": {browser.Wide(360)}, "without JavaScript": {browser.WithoutJavaScript}}
	for way, options := range ways {
		t.Run("an admin is asked for the password, gives up, and then types it, "+way, func(t *testing.T) {
			page := at.asAnew(t, karim, options...)
			passed.Add(int64(16 * time.Minute))
			page.Open(at.address + "/orvane/portal")
			list := page.Address() + "/contacts"
			page.Open(list)
			ask := func() {
				page.Click("button", "Exporter")
				page.Click("link", "CSV")
				page.ByRole("heading", "Confirmer l’export").Appears()
			}
			ask()
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("takeout-" + strings.ReplaceAll(way, " ", "-"))
			page.Click("link", "Annuler")
			page.ByRole("table", "Contacts").Appears()
			if page.Address() != list {
				t.Errorf("giving up leads to %s, not %s", page.Address(), list)
			}
			ask()
			page.Fill("Mot de passe", "faux faux faux")
			page.Click("button", "Continuer")
			page.See("Ce n’est pas votre mot de passe")
			page.Fill("Mot de passe", at.passwords[karim])
			page.Press("Enter")
			page.See("Le fichier est prêt")
			page.Axe()
			if name, content := page.Download("link", "Télécharger le fichier"); !strings.HasSuffix(name, ".csv") || !strings.Contains(string(content), "Haddad") {
				t.Errorf("%s: %s", name, content)
			}
			page.Click("link", "Revenir")
			page.ByRole("table", "Contacts").Appears()
		})
	}
}
