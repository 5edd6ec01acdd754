package walks_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/test/browser"
)

const (
	ines   = "ines.oliveira@verrerie-loch.example" // admin of tristan's company
	bruno  = "bruno.catelan@orvane.example"        // officer of the vendor
	badge  = "Badge refusé à l’entrée de l’école"
	unseen = "Badge perdu deux fois déjà : voir avec l’accueil."
)

// TestConversation has both sides of a support request speak to each other, on one installation.
func TestConversation(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		user, office := at.as(t, tristan), at.as(t, rachel)
		t.Run("a user makes a technical request with a file", func(t *testing.T) {
			user.During(t)
			userAsks(t, at, user)
		})
		t.Run("an officer finds it among those that wait, answers with a canned answer, and notes something for the team", func(t *testing.T) {
			office.During(t)
			officerAnswers(at, office)
		})
		t.Run("the user reads the answer without the note, and answers: it is in progress again", func(t *testing.T) {
			user.During(t)
			user.Reload()
			user.See("École Brenval attend votre réponse.")
			user.See("pourriez-vous nous envoyer une capture d’écran")
			user.Gone(unseen)
			user.Gone("Note interne")
			user.Axe()
			user.Screenshot("assist-waiting")
			user.Fill("Votre réponse", "Le lecteur affiche « carte inconnue » à 8 h 02.")
			user.Click("button", "Répondre")
			user.See("Réponse envoyée.")
			user.See("En cours")
			user.Gone("École Brenval attend votre réponse.")
			user.Axe()
		})
		t.Run("the officer resolves it, and a comment of the user reopens it", func(t *testing.T) {
			office.During(t)
			office.Reload()
			office.See("Le lecteur affiche « carte inconnue »")
			office.Choose("Nouvel état", "Résolue")
			office.Click("button", "Changer l’état")
			office.See("État changé.")
			office.Axe()
			user.During(t)
			user.Reload()
			user.See("Votre réponse rouvrira la demande.")
			user.Axe()
			user.Screenshot("assist-resolved")
			user.Fill("Votre réponse", "Le badge est de nouveau refusé ce midi.")
			user.Click("button", "Répondre")
			user.See("Réponse envoyée.")
			user.See("En cours")
		})
		t.Run("withdrawn, nothing is said any more until it is reopened", func(t *testing.T) {
			user.During(t)
			user.Click("button", "Retirer la demande")
			user.See("Demande retirée.")
			user.See("Cette demande est terminée. Pour y répondre, rouvrez-la.")
			user.Axe()
			user.Screenshot("assist-withdrawn")
			user.Click("button", "Rouvrir la demande")
			user.See("Demande rouverte.")
			user.Field("Votre réponse").Appears()
		})
	})
}

func userAsks(t *testing.T, at *product, page *browser.Page) {
	page.Open(at.address + "/brenval/portal")
	page.Click("link", "Assistance")
	page.Axe()
	page.Screenshot("assist-list-user")
	page.Click("link", "Créer une demande")
	page.See("Cette demande est technique.")
	page.Click("button", "Envoyer la demande")
	page.Field("Objet").Is("invalid")
	page.Axe()
	page.Fill("Objet", badge)
	page.Fill("Description", "Bonjour,\n\nMon badge est refusé depuis ce matin. Le message est dans le document joint.")
	page.Attach("Fichiers", written(t, "message du lecteur.pdf"))
	page.Axe()
	page.Screenshot("assist-new")
	page.Click("button", "Envoyer la demande")
	page.ByRole("heading", badge).Appears()
	page.ByRole("link", "message du lecteur.pdf (nouvel onglet)").Appears()
	page.Axe()
	page.NoSidewaysScroll()
	page.Screenshot("assist-request")
}

func officerAnswers(at *product, page *browser.Page) {
	page.Open(at.school(""))
	page.Click("link", "Demandes")
	page.See(badge)
	page.Axe()
	page.Screenshot("requests-queue")
	page.Click("link", badge)
	page.Axe()
	page.Screenshot("requests-request")
	page.Choose("Réponse type", "Demander une capture d’écran")
	page.Click("button", "Insérer le texte")
	page.SeeValue("Réponse", "Bonjour, Pour avancer, pourriez-vous nous envoyer une capture d’écran du message affiché, et nous dire à quelle heure il est apparu ? Bien cordialement,")
	page.Choose("État après la réponse", "En attente du client")
	page.Axe()
	page.Screenshot("requests-answer")
	page.Click("button", "Envoyer la réponse")
	page.See("Réponse envoyée.")
	page.See("En attente du client")
	page.Click("summary", "Ajouter une note interne")
	page.Fill("Note", unseen)
	page.Axe()
	page.Click("button", "Enregistrer la note")
	page.See("Note enregistrée.")
	page.See(unseen)
	page.Axe()
	page.NoSidewaysScroll()
	page.Screenshot("requests-noted")
}

// written is a PDF where a browser can choose it.
func written(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, sample.PDF("Carte inconnue"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAssistance goes through what an organisation's admins have besides, and a vendor's question about files.
func TestAssistance(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("an admin asks for a colleague from the contact's tab, and has another one watch; files need the word about health data", func(t *testing.T) {
			adminAsks(t, at, at.as(t, karim))
		})
		t.Run("at 360 pixels, without JavaScript: the list is cards, filters and an answer are pages", func(t *testing.T) {
			page := at.as(t, ines, browser.Wide(360), browser.WithoutJavaScript)
			page.Open(at.address + "/brenval/portal")
			page.Open(page.Address() + "/requests")
			page.See("Mot de passe oublié sur la borne de l’atelier")
			page.Axe()
			page.NoSidewaysScroll()
			page.Picture("assist-list-360")
			page.Click("summary", "Filtres")
			page.Choose("Type", "Technique")
			page.Click("button", "Appliquer")
			page.Click("link", "Le dépôt des offres d’apprentissage reste sur « Chargement »")
			page.Gone("ticket 4471")
			page.Axe()
			page.NoSidewaysScroll()
			page.Picture("assist-request-360")
			page.Fill("Votre réponse", "Nous pouvons attendre vendredi.")
			page.Click("button", "Répondre")
			page.See("Nous pouvons attendre vendredi.")
			page.NoSidewaysScroll()
		})
		t.Run("with the keyboard alone", func(t *testing.T) {
			page := at.as(t, luc)
			page.Open(at.address + "/orvane/portal")
			page.TabTo("link", "Assistance")
			page.Press("Enter")
			page.TabTo("link", "La synchronisation de l’agenda s’arrête le soir")
			page.Press("Enter")
			page.TabTo("textbox", "Votre réponse")
			page.Type("Un téléphone de 2023, sans économie d’énergie.")
			page.TabTo("button", "Répondre")
			page.Press("Enter")
			page.See("Réponse envoyée.")
			page.See("En cours")
		})
	})
}

func adminAsks(t *testing.T, at *product, page *browser.Page) {
	page.Open(at.address + "/orvane/portal")
	page.Click("link", "CABINET")
	page.Click("link", "Mme Traoré Aminata")
	page.Click("link", "Demandes d'assistance")
	page.See("Lecteur de cartes non reconnu au deuxième poste")
	page.Axe()
	page.Screenshot("assist-tab")
	page.Click("link", "Créer une demande")
	page.See("Cette demande est pour Mme Traoré Aminata, qui pourra la suivre.")
	page.Click("radio", "Administrative Un contrat, une facture, des coordonnées.")
	page.Fill("Objet", "Changement de nom sur le contrat")
	page.Fill("Description", "Le justificatif est joint.")
	page.Attach("Fichiers", written(t, "justificatif.pdf"))
	page.Click("button", "Envoyer la demande")
	page.See("Confirmez que ces fichiers ne contiennent aucune donnée de santé, puis joignez-les à nouveau.")
	page.Gone("justificatif.pdf")
	page.Axe()
	page.Screenshot("assist-health")
	page.Click("checkbox", "Je confirme que les fichiers joints ne contiennent aucune donnée de santé")
	page.Attach("Fichiers", written(t, "justificatif.pdf"))
	page.Click("button", "Envoyer la demande")
	page.ByRole("heading", "Changement de nom sur le contrat").Appears()
	page.ByRole("link", "justificatif.pdf (nouvel onglet)").Appears()
	page.Choose("Ajouter un collègue", "Mme Lopes Sandrine")
	page.Click("button", "Ajouter au suivi")
	page.See("Cette personne suit désormais la demande.")
	page.Axe()
	page.Screenshot("assist-watchers")
	page.Click("button", "Retirer Sandrine Lopes")
	page.See("Cette personne ne suit plus la demande.")
	page.Click("button", "Ne plus suivre")
	page.See("Vous ne suivez plus cette demande.")
	page.ByRole("button", "Suivre la demande").Appears()
}

// TestQueue goes through what staff have besides: many at once, « Réponses types », an organisation's tab.
func TestQueue(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		t.Run("an officer takes several at once, and reads what became of each", func(t *testing.T) {
			page := at.as(t, bruno)
			page.Open(at.vendor("/requests"))
			page.Holding("row", "Ajouter un poste au contrat").Click("checkbox", "")
			page.Holding("row", "Impression des ordonnances décalée").Click("checkbox", "")
			page.ByRole("group", "Pour les demandes sélectionnées").Click("button", "Attribuer")
			page.See("2 demandes traitées sur 2")
			page.Holding("row", "Ajouter un poste au contrat").See("Bruno Catelan")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("requests-many")
			page.Click("button", "Attribuer")
			page.See("Cochez d’abord au moins une demande.")
			page.Axe()
		})
		t.Run("at 360 pixels, without JavaScript: from the organisation's tab to the request, and a request for a contact", func(t *testing.T) {
			page := at.as(t, bruno, browser.Wide(360), browser.WithoutJavaScript)
			page.Open(at.vendor("/organizations?q=tilleuls"))
			page.Click("link", "Cabinet médical des Tilleuls")
			page.Click("link", "Demandes")
			page.See("Facture adressée à l’ancien nom du cabinet")
			page.Axe()
			page.NoSidewaysScroll()
			page.Picture("requests-organization-360")
			page.Click("link", "Impression des ordonnances décalée")
			page.See("marge basse de 12 mm")
			page.Axe()
			page.NoSidewaysScroll()
			page.Picture("requests-request-360")
			page.Open(at.vendor("/requests/new"))
			page.Fill("Objet", "Rappel de la formation")
			page.Fill("Description", "La formation a lieu mardi.")
			page.Click("button", "Créer la demande")
			page.See("Aucun contact ne porte cet identifiant.")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("requests-new")
		})
		t.Run("an admin words a canned answer, with the keyboard alone", func(t *testing.T) {
			page := at.as(t, helene)
			page.Open(at.vendor("/settings"))
			page.TabTo("link", "Réponses types")
			page.Press("Enter")
			page.See("Demander une capture d’écran")
			page.Axe()
			page.Screenshot("answers")
			page.TabTo("link", "Ajouter une réponse type")
			page.Press("Enter")
			page.TabTo("textbox", "Titre")
			page.Type("Accusé de réception")
			page.TabTo("textbox", "Texte")
			page.Type("Bonjour, votre demande est bien arrivée.")
			page.Axe()
			page.Screenshot("answer")
			page.TabTo("button", "Enregistrer")
			page.Press("Enter")
			page.See("Réponse type enregistrée : Accusé de réception.")
			page.Click("link", "Accusé de réception")
			page.Click("link", "Supprimer")
			page.ByRole("dialog", "Supprimer « Accusé de réception » ?").Click("button", "Supprimer")
			page.See("Réponse type supprimée.")
			page.Axe()
		})
	})
}
