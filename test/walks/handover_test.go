package walks_test

import (
	"testing"

	"github.com/entregent/entregent/test/browser"
)

// TestHandOver passes the role of Super-Admin on: offered in one browser, taken back, refused and accepted in another;
// then staff transfer it back.
func TestHandOver(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		home := at.address + "/orvane/portal"
		offer := func(giver *browser.Page) {
			giver.Open(home)
			giver.Click("link", "CABINET")
			giver.Click("link", "Dr Haddad Karim")
			giver.Click("link", "Transmettre le rôle de Super-Admin")
			giver.See("Rien ne change tant que cette personne n’a pas accepté")
			giver.Axe()
			giver.NoSidewaysScroll()
			giver.Screenshot("handover-offer")
			giver.Click("button", "Proposer le rôle")
			giver.See("Vous proposez le rôle de Super-Admin à Dr Haddad Karim")
		}
		t.Run("an offer waits on the first page of the admin, and can be taken back", func(t *testing.T) {
			giver, taker := at.as(t, claire), at.as(t, karim)
			offer(giver)
			giver.Axe()
			giver.Screenshot("handover-given")
			taker.Open(home)
			taker.See("Dr Vasseur Claire vous propose le rôle de Super-Admin")
			taker.Axe()
			taker.NoSidewaysScroll()
			taker.Screenshot("handover-received")
			giver.Click("button", "Retirer")
			giver.See("Votre proposition est retirée.")
			taker.Open(home)
			taker.Gone("vous propose le rôle de Super-Admin")
		})
		t.Run("it is refused, at 360 pixels and without JavaScript", func(t *testing.T) {
			giver := at.as(t, claire)
			offer(giver)
			plain := at.as(t, karim, browser.Wide(360), browser.WithoutJavaScript)
			plain.Open(home)
			plain.NoSidewaysScroll()
			plain.Axe()
			plain.Screenshot("handover-received-narrow")
			plain.Click("button", "Refuser")
			plain.See("Vous avez refusé le rôle de Super-Admin.")
			giver.Open(home)
			giver.Gone("Vous proposez le rôle de Super-Admin")
		})
		t.Run("accepted, the roles have changed places; pressing twice does it once", func(t *testing.T) {
			giver, taker := at.as(t, claire), at.as(t, karim)
			offer(giver)
			taker.Open(home)
			taker.Click("link", "Accepter")
			taker.ByRole("heading", "Accepter le rôle de Super-Admin").Appears()
			taker.Axe()
			taker.Screenshot("handover-accept")
			taker.ByRole("button", "Accepter").DoubleClickIt()
			taker.See("Vous êtes maintenant Super-Admin.")
			taker.See("l’administrateur principal")
			giver.Open(home)
			giver.See("l’un des administrateurs")
		})
		t.Run("staff transfer it back with a reason", func(t *testing.T) {
			page, ended := at.as(t, helene), at.as(t, karim)
			sheet := openSheet(page, at.vendor(tilleuls), "Dr HADDAD Karim")
			sheet.Click("link", "Fermer les sessions et demander un nouveau mot de passe")
			revocation := page.ByRole("dialog", "Fermer les sessions de Dr HADDAD Karim")
			revocation.Appears()
			page.Axe()
			page.Screenshot("handover-revocation")
			revocation.Click("button", "Annuler")
			sheet.Click("link", "Fermer les sessions et demander un nouveau mot de passe")
			revocation.Click("button", "Fermer les sessions")
			page.See("Les sessions de Dr HADDAD Karim sont fermées. Un nouveau mot de passe lui est demandé.")
			ended.Open(home)
			ended.See("Se connecter")
			sheet = openSheet(page, at.vendor(tilleuls), "Dr HADDAD Karim")
			sheet.Click("link", "Transférer le rôle de Super-Admin")
			dialog := page.ByRole("dialog", "Transférer le rôle de Super-Admin de Dr HADDAD Karim")
			dialog.Appears()
			page.Axe()
			page.Screenshot("handover-transfer")
			dialog.Choose("Nouveau Super-Admin", "Dr VASSEUR Claire")
			dialog.Fill("Motif", "Retour de congé")
			dialog.Click("button", "Transférer le rôle")
			page.See("Dr VASSEUR Claire a maintenant le rôle de Super-Admin.")
			giver := at.as(t, claire)
			giver.Open(home)
			giver.See("l’administrateur principal")
		})
	})
}
