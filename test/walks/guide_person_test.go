package walks_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// startPassing is startThen by a clock that can be put forward: each time that somebody signs in anew it has been a while.
func startPassing(t *testing.T) *product {
	var passed atomic.Int64
	clock := from(then)
	at := startBy(t, filledThen, func() time.Time { return clock().Add(time.Duration(passed.Load())) })
	at.pass = func(d time.Duration) { passed.Add(int64(d)) }
	return at
}

func exportContacts(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.fill("Rechercher un contact", "traore")
	g.window.Gone("Mme Lopes Sandrine")
	g.window.Open(strings.Split(g.window.Address(), "?")[0])
	g.click("button", "État : Tous les états")
	g.click("link", "Actif")
	g.window.ByRole("button", "État : Actif").Appears()
	g.click("button", "Exporter")
	g.named("CSV")
	g.picture("export", g.window.ByRole("main", ""))
	if name, content := g.window.Download("link", "Excel (XLSX)"); !strings.HasSuffix(name, ".xlsx") || len(content) == 0 {
		g.t.Errorf("%s: %d bytes", name, len(content))
	}
	g.at.pass(20 * time.Minute)
	g.contacts("/orvane", "CABINET")
	g.click("button", "Exporter")
	g.click("link", "CSV")
	g.window.ByRole("heading", "Confirmer l’export").Appears()
	g.named("Confirmer l’export")
	g.named("Annuler")
	g.picture("export-password", g.window.ByRole("main", ""))
	g.fill("Mot de passe", g.at.passwords[karim])
	g.click("button", "Continuer")
	g.window.See("Le fichier est prêt")
	g.named("Télécharger le fichier")
	if name, content := g.window.Download("link", "Télécharger le fichier"); !strings.HasSuffix(name, ".csv") || !strings.Contains(string(content), "Haddad") {
		g.t.Errorf("%s: %s", name, content)
	}
	g.contacts("/orvane", "CABINET")
	g.click("link", "Historique des accès")
	g.window.See("Vous avez exporté")
}

func changeYourLoginEmail(g *guide) {
	g.window.Open(g.at.address + "/orvane/portal")
	g.look()
	g.named("Accueil")
	g.named("Mot de passe, langue et appareils")
	g.window.Click("button", "Luc Bertin, mon profil")
	g.click("link", "Mon profil")
	g.named("Adresse de connexion")
	g.fill("Nouvelle adresse e-mail", "luc@bertin.example")
	g.click("button", "Changer d’adresse")
	g.window.See("Un message part à cette adresse.")
	g.named("Renoncer à ce changement")
	g.picture("login-email", g.window.ByRole("region", "Adresse à confirmer"))
	letter := g.at.letterAbout(g.t, "Confirmer cette adresse e-mail", "")
	g.window.Open(letter.Link(g.at.address + "/address/"))
	g.picture("login-email-confirm", g.window.ByRole("main", ""))
	g.click("button", "Confirmer cette adresse")
	g.window.See("Votre adresse de connexion est changée.")
	g.at.letterAbout(g.t, "Votre adresse de connexion a changé", "")
	g.window.Open(g.at.address + "/orvane/portal")
	g.window.Click("link", "CABINET")
	g.person("M. Bertin Luc")
	g.named("Email professionnel")
}
