package walks_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/entregent/entregent/test/browser"
)

// reviewDepositedOffers has a company deposit two offers, the second with another e-mail, and follows the guide.
func reviewDepositedOffers(g *guide) {
	g.window.Open(g.at.school("/settings/form"))
	g.window.Click("checkbox", "Le déposant confirme par e-mail")
	g.window.Click("button", "Enregistrer")
	g.window.See("Le formulaire est enregistré.")
	stranger := browser.Window(g.t)
	for n, title := range []string{"Apprentie voilière", "Stage de dessin de voiles"} {
		stranger.Open(strings.Replace(g.at.school(""), "/office", "/offers/new", 1))
		since := time.Now()
		fillOffer(stranger, fmt.Sprintf("anais%d@kermarec.example", n), title)
		stranger.Click("checkbox", consent)
		patience(since)
		stranger.Click("button", "Déposer l’offre")
		stranger.ByRole("heading", "Merci").Appears()
	}
	g.window.Open(g.at.school(""))
	g.look()
	g.window.Holding("link", "dépôts du formulaire à modérer").ClickIt()
	g.window.ByRole("heading", "À modérer").Appears()
	g.picture("deposits", g.window.ByRole("main", ""))
	g.named("Refuser…")
	g.named("Indésirable…")
	g.window.Click("link", "Stage de dessin de voiles")
	g.window.ByRole("heading", "Stage de dessin de voiles").Appears()
	g.picture("deposit-address", g.window.ByRole("main", ""))
	g.named("Autoriser l'accès")
	g.click("button", "Remplacer l’adresse")
	g.window.See("L’adresse est remplacée.")
	g.click("link", "Rattacher ailleurs")
	g.fill("Nom, SIRET ou ville", "corvenne")
	g.window.Press("Enter")
	g.window.See("Ateliers Corvenne")
	g.click("link", "Choisir")
	g.click("button", "Rattacher")
	g.window.See("Le dépôt est rattaché.")
	g.click("button", "Refuser…")
	g.named("Prévenir par e-mail")
	g.click("button", "Refuser définitivement")
	g.window.See("L’offre est refusée.")
	g.window.Click("link", "Apprentie voilière")
	g.click("button", "Accepter")
	g.window.See("L’offre est acceptée.")
}
