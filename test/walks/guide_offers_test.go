package walks_test

func depositAnOffer(g *guide) {
	g.window.Open(g.at.address + "/brenval/portal")
	g.click("link", "Offres")
	g.window.ByRole("heading", "4 offres").Appears()
	g.click("link", "Déposer une offre")
	g.fill("Intitulé", "Vendeur en magasin, alternance")
	g.choose("Type de contrat", "Contrat de professionnalisation")
	g.picture("offer-new", g.window.ByRole("main", ""))
	g.fill("Description", "Conseiller les clients et tenir la caisse.")
	g.click("button", "Déposer une offre")
	g.window.See("Votre offre est déposée.")
	for _, label := range []string{"En attente", "Modifier l’offre", "Retirer l’offre"} {
		g.named(label)
	}
	g.picture("offer-waiting", g.window.ByRole("main", ""))
	g.window.ByRole("main", "").Click("link", "Offres")
	g.fill("Rechercher une offre", "magasin")
	g.window.ByRole("heading", "1 offre").Appears()
}
