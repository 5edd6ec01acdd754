package walks_test

func findDocuments(g *guide) {
	g.window.Open(g.at.address + "/orvane/portal")
	g.click("link", "Documents")
	g.window.ByRole("table", "Documents").Appears()
	g.picture("documents", g.window.ByRole("main", ""))
	g.fill("Rechercher un document", "licence")
	g.window.ByRole("heading", "1 document").Appears()
	g.fill("Rechercher un document", "")
	g.window.ByRole("heading", "4 documents").Appears()
	for _, label := range []string{"Type", "Année"} {
		g.named(label)
	}
	g.window.Choose("Type", "Contrat")
	g.click("button", "Rechercher")
	g.window.ByRole("heading", "1 document").Appears()
	g.window.Click("link", "Contrat de licence")
	g.window.ByRole("heading", "Versions précédentes").Appears()
	g.picture("document", g.window.ByRole("main", ""))
	if name, _ := g.window.Download("link", "Télécharger"); name == "" {
		g.t.Error("no document is downloaded")
	}
}

func shareDocuments(g *guide) {
	g.window.Open(g.at.address + "/orvane/office/organizations?q=tilleuls")
	g.window.Click("link", "Cabinet médical des Tilleuls")
	g.click("link", "Documents")
	g.click("link", "Ajouter des documents")
	g.window.Attach("Fichiers", paper(g.t, "Contrat de maintenance.pdf", "Contrat de maintenance"))
	for _, label := range []string{"Fichiers", "Titre", "Date", "Visible par", "Équipe", "Admins", "Note"} {
		g.named(label)
	}
	g.choose("Type", "Contrat")
	g.named("Tous les contacts")
	g.window.Click("radio", "Tous les contacts Votre équipe et tous les contacts autorisés du cabinet.")
	g.named("Je confirme que les fichiers joints ne contiennent aucune donnée de santé")
	g.window.Click("checkbox", "Je confirme que les fichiers joints ne contiennent aucune donnée de santé")
	g.picture("documents-new", g.window.ByRole("main", ""))
	g.click("button", "Ajouter des documents")
	g.window.See("1 document ajouté.")
	for _, label := range []string{"Enregistrer les modifications", "Supprimer"} {
		g.named(label)
	}
	g.window.Attach("Nouvelle version", paper(g.t, "Contrat de maintenance, signé.pdf", "Contrat de maintenance, signé"))
	g.window.Click("checkbox", "Je confirme que les fichiers joints ne contiennent aucune donnée de santé")
	g.click("button", "Ajouter la version")
	g.window.See("La nouvelle version est ajoutée.")
	g.picture("document-office", g.window.ByRole("main", ""))
}
