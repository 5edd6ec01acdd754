package walks_test

import (
	"testing"
	"time"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/test/browser"
)

// inDatabase does something to the product's database, behind its back.
func (at *product) inDatabase(t *testing.T, fn func(tx *sqldb.Tx) error) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Options{Path: at.store.SQLite(), DSN: at.store.Database, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// absent is an address that the mail server does not take.
const absent = "absente@tilleuls.example"

// refused waits until the mail server has refused the letter to it.
func (at *product) refused(t *testing.T) {
	t.Helper()
	patience := time.After(60 * time.Second)
	for refused := 0; refused == 0; {
		at.inDatabase(t, func(tx *sqldb.Tx) (err error) {
			refused, err = sqldb.One(t.Context(), tx, sqldb.Value[int], `SELECT count(*) FROM letter l JOIN invitation i ON i.letter_id = l.id WHERE i.email = $1 AND l.state = 'refused'`, absent)
			return err
		})
		select {
		case <-time.After(50 * time.Millisecond):
		case <-patience:
			t.Fatal("no letter is refused")
		}
	}
}

// TestLostInvitations shows an admin on « Accueil » whose invitation was refused and whose has died of age, and leads them there.
func TestLostInvitations(t *testing.T) {
	refusing := mailtest.Options{Rcpt: func(to string) error {
		if to == absent {
			return mailtest.Refuse(550, "5.1.1 no such user here")
		}
		return nil
	}}
	walkByMailServer(t, refusing, func(t *testing.T, at *product, _ *mailtest.Server) {
		page := at.as(t, karim)
		cabinet(at, page)
		ellipsis(page, "Brigitte Roche", "Modifier")
		page.Choose("Activer la connexion", "Oui")
		page.Fill("Email de connexion", absent)
		page.Click("button", "Enregistrer les modifications")
		page.See("Identifiants en cours d’envoi : Mme Roche Brigitte.")
		at.refused(t)
		cabinet(at, page)
		page.Click("link", "Mme Chevallier Anaïs")
		page.Click("link", "Renvoyer les identifiants")
		page.ByRole("dialog", "Envoyer ses identifiants à Mme Chevallier Anaïs ?").Click("button", "Renvoyer les identifiants")
		page.See("Identifiants en cours d’envoi : Mme Chevallier Anaïs.")
		at.inDatabase(t, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE invitation SET expires_at = 1 WHERE ended_at IS NULL AND email = 'anais.chevallier@tilleuls.example'`)
			return err
		})
		for _, c := range []struct{ card, state, who, says string }{
			{"1 invitation refusée par la messagerie de son destinataire", "Invitation refusée", "Mme Roche Brigitte", "no such user here"},
			{"1 invitation expirée sans réponse", "Invitation expirée", "Mme Chevallier Anaïs", "Invitation expirée"},
		} {
			t.Run(c.card, func(t *testing.T) {
				page.During(t)
				page.Open(at.address + "/orvane/portal")
				page.Axe()
				page.NoSidewaysScroll()
				page.Screenshot("portal-home-lost")
				page.ByRole("region", "À faire").Click("link", c.card)
				page.ByRole("heading", "1 contact").Appears()
				page.ByRole("button", "État : "+c.state).Appears()
				page.Axe()
				page.Click("link", c.who)
				page.See(c.state)
				page.See(c.says)
				page.Axe()
				page.Screenshot("colleague-" + c.state)
				page.ByRole("link", "Renvoyer les identifiants").Appears()
			})
		}
		t.Run("at 360 pixels, without JavaScript, in the dark", func(t *testing.T) {
			page := at.as(t, karim, browser.Wide(360), browser.WithoutJavaScript, browser.Dark)
			page.Open(at.address + "/orvane/portal")
			page.NoSidewaysScroll()
			page.Axe()
			page.Picture("portal-home-lost-narrow")
			page.ByRole("region", "À faire").Click("link", "1 invitation refusée par la messagerie de son destinataire")
			page.ByRole("heading", "1 contact").Appears()
			page.NoSidewaysScroll()
			page.Axe()
		})
	})
}
