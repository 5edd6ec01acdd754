package walks_test

import "testing"

// procedure is a page of the guide and how somebody goes through it.
type procedure struct {
	page string // in docs/guide, without .md
	who  string
	do   func(g *guide)
	at   func(t *testing.T) *product // nil = startThen
}

var procedures = []procedure{
	{"find-contacts", karim, findContacts, nil},
	{"choose-the-view", karim, chooseTheView, nil},
	{"export-contacts", karim, exportContacts, startPassing},
	{"add-a-contact", karim, addAContact, nil},
	{"edit-a-contact", karim, editAContact, nil},
	{"give-a-role", karim, giveARole, nil},
	{"switch-a-login", karim, switchALogin, nil},
	{"resend-credentials", karim, resendCredentials, nil},
	{"name-the-primary-contact", karim, nameThePrimaryContact, nil},
	{"delete-a-contact", karim, deleteAContact, nil},
	{"read-the-history", karim, readTheHistory, nil},
	{"hand-over-super-admin", claire, handOverSuperAdmin, nil},
	{"set-your-notifications", karim, setYourNotifications, nil},
	{"change-organization", loic, changeOrganization, nil},
	{"change-your-login-email", luc, changeYourLoginEmail, startByMail},
	{"create-a-request", karim, createARequest, nil},
	{"follow-a-request", luc, followARequest, nil},
	{"answer-by-mail", luc, answerByMail, startByMail},
	{"find-requests", karim, findRequests, nil},
	{"find-invoices", karim, findInvoices, nil},
	{"find-documents", karim, findDocuments, nil},
	{"share-documents", bruno, shareDocuments, nil},
	{"deposit-an-offer", maelle, depositAnOffer, nil},
	{"review-deposited-offers", nadia, reviewDepositedOffers, nil},
	{"work-the-queue", bruno, workTheQueue, nil},
	{"answer-a-request", bruno, answerARequest, nil},
	{"word-canned-answers", helene, wordCannedAnswers, nil},
	{"file-an-invoice", bruno, fileAnInvoice, nil},
	{"import-invoices", helene, importInvoices, nil},
}

func findContacts(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.picture("contacts", g.window.ByRole("main", ""))
	g.click("button", "État : Tous les états")
	g.click("link", "Actif")
	g.window.Click("button", "État : Actif")
	g.click("link", "Tous les états")
	g.fill("Rechercher un contact", "traore")
	g.window.Gone("Mme Lopes Sandrine")
	g.ellipsis("Aminata Traoré")
	g.click("link", "Détails")
	g.window.ByRole("heading", "Mme Traoré Aminata").Appears()
	g.picture("contact", g.window.ByRole("main", ""))
}

func setYourNotifications(g *guide) {
	g.window.Open(g.at.address + "/orvane/portal")
	g.window.Click("link", "Notifications, 1 non lue")
	g.click("link", "Paramètres de notification")
	g.named("Cloche")
	g.named("E-mail")
	g.window.Click("checkbox", "Contact ajouté, E-mail")
	g.choose("Envoi des e-mails", "Une fois par jour")
	g.choose("Heure de l’envoi quotidien", "18 h")
	g.picture("preferences", g.window.ByRole("region", "Notifications"))
	g.click("button", "Enregistrer les modifications")
	g.window.See("Les paramètres de notification sont enregistrés.")
	g.window.Open(g.at.address + "/orvane/portal")
	g.window.Click("link", "Notifications, 1 non lue")
	g.picture("notifications", g.window.ByRole("main", ""))
	for _, label := range []string{"Ouvrir", "Marquer comme lue", "Retirer"} {
		g.named(label)
	}
	g.click("button", "Tout marquer comme lu")
	g.window.See("Toutes vos notifications sont marquées comme lues.")
}

func chooseTheView(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.click("link", "Grille")
	g.window.ByRole("article", "Dr O’Connor Fiona").Appears()
	g.click("link", "Plus récents")
	g.window.ByRole("group", "Trier par").Click("link", "Nom")
	g.named("48")
	g.window.ByRole("group", "Afficher").Click("link", "48 entrées par page")
	g.picture("grid", g.window.ByRole("main", ""))
	g.click("link", "Liste")
}

func addAContact(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.click("link", "Ajouter un nouveau contact")
	g.named("Civilité")
	g.window.Choose("Civilité", "Mme")
	g.fill("Nom", "Garnier")
	g.fill("Prénom", "Hélène")
	g.choose("Activer la connexion", "Oui")
	g.choose("Rôle dans le portail", "Utilisateur")
	g.fill("Email de connexion", "helene.garnier@tilleuls.example")
	g.picture("add-access", g.window.ByRole("region", "Accès à la plateforme"))
	g.fill("Email professionnel", "accueil@tilleuls.example")
	g.fill("Téléphone professionnel", "02 61 91 80 44")
	g.named("Téléphone mobile professionnel")
	g.click("button", "Prévisualiser et enregistrer les modifications")
	g.window.ByRole("heading", "Aperçu du nouveau contact").Appears()
	g.picture("add-summary", g.window.ByRole("main", ""))
	g.click("button", "Revenir au formulaire")
	g.window.SeeValue("Nom", "Garnier")
	g.click("button", "Prévisualiser et enregistrer les modifications")
	g.click("button", "Créer un contact")
	g.window.See("Contact créé : Mme Garnier Hélène.")
}

func editAContact(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.ellipsis("Aminata Traoré")
	g.click("link", "Modifier")
	g.contacts("/orvane", "CABINET")
	g.person("Mme Traoré Aminata")
	g.click("link", "Modifier les informations")
	g.fill("Fonction", "Sage-femme")
	g.fill("Téléphone professionnel", "02 61 91 80 55")
	g.fill("Téléphone mobile professionnel", "06 39 98 60 55")
	g.picture("edit", g.window.ByRole("region", "Coordonnées"))
	g.click("button", "Enregistrer les modifications")
	g.window.See("Modifications enregistrées : Mme Traoré Aminata.")
	g.ellipsis("Aminata Traoré")
	g.click("link", "Modifier le nom et le prénom")
	g.named("La même personne, son nom change")
	g.window.Fill("Nom", "Traoré-Diop")
	g.click("button", "Enregistrer le nom")
	g.window.See("Nom enregistré : Mme Traoré-Diop Aminata.")
}

func giveARole(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.ellipsis("Brigitte Roche")
	g.click("link", "Modifier")
	g.choose("Activer la connexion", "Oui")
	g.choose("Rôle dans le portail", "Admin")
	g.named("Email de connexion")
	g.window.SeeValue("Email de connexion", "comptabilite@tilleuls.example")
	g.picture("role", g.window.ByRole("region", "Accès à la plateforme"))
	g.click("button", "Enregistrer les modifications")
	g.window.See("Identifiants en cours d’envoi : Mme Roche Brigitte.")
}

func switchALogin(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.ellipsis("Aminata Traoré")
	g.click("link", "Modifier")
	g.choose("Activer la connexion", "Non")
	g.window.Field("Email de connexion").Vanishes()
	g.picture("login", g.window.ByRole("region", "Accès à la plateforme"))
	g.click("button", "Enregistrer les modifications")
	g.window.See("Désactivé")
	g.window.Click("link", "Modifier les informations")
	g.choose("Activer la connexion", "Oui")
	g.click("button", "Enregistrer les modifications")
	g.window.See("Actif")
}

func resendCredentials(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.person("Mme Chevallier Anaïs")
	g.click("link", "Renvoyer les identifiants")
	dialog := g.window.ByRole("dialog", "Envoyer ses identifiants à Mme Chevallier Anaïs ?")
	dialog.See("anais.chevallier@tilleuls.example")
	g.picture("credentials", dialog)
	dialog.Click("button", "Renvoyer les identifiants")
	g.window.See("Identifiants en cours d’envoi : Mme Chevallier Anaïs.")
}

func nameThePrimaryContact(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.person("Dr Haddad Karim")
	g.picture("primary", g.window.ByRole("region", "Informations personnelles"))
	g.click("button", "Définir comme contact principal")
	g.window.See("Contact principal : Dr Haddad Karim.")
}

func deleteAContact(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.fill("Rechercher un contact", "simonet")
	g.window.Gone("Mme Lopes Sandrine")
	g.ellipsis("Paul Simonet")
	g.picture("delete", g.window.ByRole("main", ""))
	g.click("link", "Supprimer")
	dialog := g.window.ByRole("dialog", "Supprimer M. Simonet Paul ?")
	g.picture("deletion", dialog)
	g.click("button", "Annuler")
	dialog.Vanishes()
	g.ellipsis("Paul Simonet")
	g.click("link", "Supprimer")
	g.click("button", "Supprimer définitivement")
	g.window.See("Contact supprimé : M. Simonet Paul.")
	g.fill("Rechercher un contact", "weber")
	g.window.Click("link", "M. Weber Jonas")
	g.window.Click("button", "Définir comme contact principal")
	g.ellipsis("Jonas Weber")
	g.click("link", "Supprimer")
	g.choose("Nouveau contact principal", "Dr Haddad Karim")
	g.click("button", "Supprimer définitivement")
	g.window.See("Contact supprimé : M. Weber Jonas.")
}

func readTheHistory(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.click("link", "Historique des accès")
	g.fill("Contact", "chevallier")
	g.click("button", "Filtrer")
	g.window.ByRole("link", "Tout afficher").Appears()
	g.picture("history", g.window.ByRole("main", ""))
	g.click("link", "Tout afficher")
	if name, _ := g.window.Download("link", "Exporter (CSV)"); name == "" {
		g.t.Error("the history is not exported")
	}
	g.contacts("/orvane", "CABINET")
	g.person("Mme Chevallier Anaïs")
	g.click("link", "Historique des accès")
	g.click("link", "Ce que ce contact a fait")
	g.click("link", "Ce qui concerne ce contact")
}

func handOverSuperAdmin(g *guide) {
	g.contacts("/orvane", "CABINET")
	g.person("Dr Haddad Karim")
	g.click("link", "Transmettre le rôle de Super-Admin")
	g.picture("handover", g.window.ByRole("main", ""))
	g.click("button", "Proposer le rôle")
	g.window.See("Vous avez proposé le rôle de Super-Admin à Dr Haddad Karim.")
	g.named("Retirer")
	g.look()
	g.window = g.at.as(g.t, karim)
	g.window.Open(g.at.address + "/orvane/portal")
	g.named("Accueil")
	g.picture("handover-received", g.window.ByRole("region", "Dr Vasseur Claire vous propose le rôle de Super-Admin"))
	g.named("Refuser")
	g.click("link", "Accepter")
	g.click("button", "Accepter")
	g.window.See("Vous êtes maintenant Super-Admin.")
}

func changeOrganization(g *guide) {
	g.window.Open(g.at.address)
	g.window.ByRole("main", "").Click("link", "Brasserie Armen École Brenval")
	g.window.Click("button", "Loïc Tanguy, mon profil")
	g.picture("organizations", g.window.ByRole("banner", ""))
	g.window.ByRole("banner", "").Holding("link", "Hôtel Kerannic").ClickIt()
	g.window.ByRole("heading", "Hôtel Kerannic").Appears()
}
