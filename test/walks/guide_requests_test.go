package walks_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"regexp"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/mail/mailtest"
)

// The demo's requests that the guide goes to.
const (
	agenda   = "La synchronisation de l’agenda s’arrête le soir"
	printing = "Impression des ordonnances décalée"
	seat     = "Ajouter un poste au contrat"
)

// assistance opens the list of the portal.
func (g *guide) assistance() {
	g.t.Helper()
	g.window.Open(g.at.address + "/orvane/portal")
	g.click("link", "Assistance")
	g.window.ByRole("table", "Assistance").Appears()
	g.look()
}

func createARequest(g *guide) {
	g.assistance()
	g.click("link", "Créer une demande")
	g.named("Administrative")
	g.named("Technique")
	g.named("Type")
	g.window.Click("radio", "Administrative Un contrat, une facture, des coordonnées.")
	g.fill("Objet", "Changement de nom sur le contrat")
	g.fill("Description", "Bonjour,\n\nLe cabinet a changé de nom. Le justificatif est joint.")
	g.named("Fichiers")
	g.window.Attach("Fichiers", written(g.t, "justificatif.pdf"))
	g.picture("request-new", g.window.ByRole("main", ""))
	g.click("checkbox", "Je confirme que les fichiers joints ne contiennent aucune donnée de santé")
	g.click("button", "Envoyer la demande")
	g.window.ByRole("heading", "Changement de nom sur le contrat").Appears()
	g.contacts("/orvane", "CABINET")
	g.person("Mme Traoré Aminata")
	g.click("link", "Demandes d'assistance")
	g.picture("request-tab", g.window.ByRole("main", ""))
	g.click("link", "Créer une demande")
	g.window.See("Cette demande est pour Mme Traoré Aminata")
}

func followARequest(g *guide) {
	g.assistance()
	g.window.Click("link", agenda)
	g.named("État")
	g.named("Échanges")
	g.picture("request-waiting", g.window.ByRole("main", ""))
	g.fill("Votre réponse", "Un téléphone de 2023, sans économie d’énergie.")
	g.named("Fichiers")
	g.click("button", "Répondre")
	g.window.See("Réponse envoyée.")
	g.click("button", "Retirer la demande")
	g.window.See("Demande retirée.")
	g.click("button", "Rouvrir la demande")
	g.window.See("Demande rouverte.")
	g.look()
	g.window = g.at.as(g.t, karim)
	g.assistance()
	g.window.Click("link", agenda)
	g.click("button", "Suivre la demande")
	g.window.See("Vous suivez maintenant cette demande.")
	g.choose("Ajouter un collègue", "Mme Lopes Sandrine")
	g.click("button", "Ajouter au suivi")
	g.window.See("Cette personne suit désormais la demande.")
	g.picture("request-watchers", g.window.ByRole("region", "Qui suit cette demande"))
	g.named("Retirer")
	g.window.Click("button", "Retirer Sandrine Lopes")
	g.window.See("Cette personne ne suit plus la demande.")
	g.click("button", "Ne plus suivre")
	g.window.ByRole("button", "Suivre la demande").Appears()
}

// startByMail is startThen with a mail server, by which letters leave and may be answered.
func startByMail(t *testing.T) *product {
	server := mailtest.Start(t, mailtest.Options{})
	at := startBy(t, filledThen, from(then), func(c *config.Config) {
		c.Mail.From, c.Inbound.Domain = "portail@orvane.example", "reponse.orvane.example"
		for text, into := range map[string]interface{ UnmarshalText([]byte) error }{server.URL(): &c.Mail.SMTP, "lmtp://127.0.0.1:0": &c.Inbound.Address} {
			if err := into.UnmarshalText([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
	})
	at.letters = server
	return at
}

func answerByMail(g *guide) {
	staff := g.at.as(g.t, bruno)
	staff.Open(g.at.vendor("/requests?q=agenda"))
	staff.Click("link", agenda)
	staff.Fill("Réponse", "Bonjour Monsieur Bertin,\n\nL’agenda s’arrête-t-il aussi le week-end ?")
	staff.Click("button", "Envoyer la réponse")
	staff.See("Réponse envoyée.")
	letter := g.at.letterAbout(g.t, "Nouveau message dans la demande", agenda)
	g.named("— Répondez au-dessus de cette ligne —")
	g.window.Open(g.printed(letter))
	g.picture("request-letter", g.window.Part)
	reply(g.t, g.at.mails, letter, luc, "Bonjour,\r\n\r\nNon, seulement en semaine.")
	g.assistance()
	g.window.Click("link", agenda)
	g.window.See("Non, seulement en semaine.")
	g.picture("request-answered-by-mail", g.window.ByRole("region", "Échanges"))
}

// letterAbout waits for the letter whose subject begins and ends so.
func (at *product) letterAbout(t *testing.T, begins, ends string) mailtest.Read {
	t.Helper()
	for n := 1; ; n++ {
		letter := at.letters.Await(t, n)[n-1].Read(t)
		if subject := strings.TrimSuffix(letter.Subject(t), "."); strings.HasPrefix(subject, begins) && strings.HasSuffix(subject, ends) {
			return letter
		}
	}
}

// opaque are identifiers, which are others each time.
var opaque = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// printed serves a letter as a mail program shows it, from an installation with a name, at an address of its own.
func (g *guide) printed(letter mailtest.Read) string {
	shown := strings.ReplaceAll(opaque.ReplaceAllString(letter.HTML, "…"), g.at.address, "https://portail.example")
	shown = strings.ReplaceAll(shown, strings.TrimPrefix(g.at.address, "http://"), "portail.example")
	shown = strings.Replace(shown, "margin:0;padding:0", "margin:0 auto;width:640px", 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, shown)
	}))
	g.t.Cleanup(server.Close)
	return server.URL
}

// reply answers a letter as a mail program does, with the letter quoted below.
func reply(t *testing.T, to string, letter mailtest.Read, from, text string) {
	t.Helper()
	address, err := netmail.ParseAddress(letter.Header.Get("Reply-To"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	client := smtp.NewClientLMTP(conn)
	defer client.Close()
	quoted := "> " + strings.ReplaceAll(letter.Text, "\n", "\r\n> ")
	mail := "From: " + from + "\r\nMessage-ID: <1@tilleuls.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n\r\n" + quoted + "\r\n"
	if err := client.SendMail(from, []string{address.Address}, strings.NewReader(mail)); err != nil {
		t.Fatal(err)
	}
}

func findRequests(g *guide) {
	g.assistance()
	g.fill("Rechercher une demande", "ordonnances")
	g.click("button", "Rechercher")
	g.window.ByRole("heading", "1 demande").Appears()
	g.click("link", "Toutes les demandes")
	g.window.ByRole("heading", "5 demandes").Appears()
	g.window.Choose("État", "Ouvertes")
	g.named("État")
	g.named("Type")
	g.click("button", "Appliquer")
	g.window.ByRole("heading", "3 demandes").Appears()
	g.picture("requests", g.window.ByRole("main", ""))
	for _, order := range []string{"Dernière activité", "Plus anciennes", "Plus récentes"} {
		g.click("link", order)
	}
	g.click("button", "Exporter")
	g.named("Excel (XLSX)")
	if name, _ := g.window.Download("link", "CSV"); name == "" {
		g.t.Error("the requests are not exported")
	}
	g.window.Click("link", printing)
	g.window.ByRole("button", "Imprimer").Appears()
	g.look()
}

// office opens a list of the vendor's back office.
func (g *guide) office(item string) {
	g.t.Helper()
	g.window.Open(g.at.vendor(""))
	g.click("link", item)
	g.window.ByRole("heading", item).Appears()
	g.look()
}

func workTheQueue(g *guide) {
	g.office("Demandes")
	g.picture("queue", g.window.ByRole("main", ""))
	for _, label := range []string{"État", "Type", "Attribuée à"} {
		g.named(label)
	}
	g.window.ByRole("search", "Rechercher une demande").Choose("Attribuée à", "Moi")
	g.click("button", "Rechercher")
	g.click("link", "Retirer les filtres")
	g.click("link", "Récentes")
	g.click("link", "Dernière activité")
	g.fill("Rechercher une demande", "poste")
	g.window.Gone(printing)
	g.office("Demandes")
	g.click("link", "À traiter")
	g.window.Holding("row", seat).Click("checkbox", "")
	g.window.Holding("row", printing).Click("checkbox", "")
	g.named("Pour les demandes sélectionnées")
	g.named("Changer l’état")
	g.look()
	g.click("button", "Attribuer")
	g.window.See("2 demandes traitées sur 2")
	g.picture("queue-many", g.window.ByRole("main", ""))
	g.click("link", "Créer une demande")
	g.fill("Identifiant personnel du contact", "C-000123")
}

func answerARequest(g *guide) {
	g.office("Demandes")
	g.window.Click("link", seat)
	g.look()
	g.choose("Attribuée à", "Bruno Catelan")
	g.click("button", "Attribuer")
	g.window.See("Attribution enregistrée.")
	g.choose("Réponse type", "Demander une capture d’écran")
	g.click("button", "Insérer le texte")
	g.named("Fichiers")
	g.choose("État après la réponse", "En attente du client")
	g.picture("answer", g.window.ByRole("region", "Répondre"))
	g.click("button", "Envoyer la réponse")
	g.window.See("Réponse envoyée.")
	g.click("summary", "Ajouter une note interne")
	g.fill("Note", "Tarif demandé au service commercial.")
	g.click("button", "Enregistrer la note")
	g.window.See("Note enregistrée.")
	g.picture("note", g.window.ByRole("region", "Échanges"))
	g.named("État")
	g.window.Choose("Nouvel état", "Résolue")
	g.click("button", "Changer l’état")
	g.window.Choose("Nouvel état", "Clôturée")
	g.click("button", "Changer l’état")
	g.choose("Type", "Technique")
	g.click("button", "Changer le type")
	g.window.See("Type changé.")
	g.click("link", "Changer de contact")
	g.window.ByRole("dialog", "").Appears()
}

func wordCannedAnswers(g *guide) {
	g.window.Open(g.at.vendor(""))
	g.click("link", "Paramètres")
	g.click("link", "Réponses types")
	g.click("link", "Ajouter une réponse type")
	g.fill("Titre", "Accusé de réception")
	g.fill("Texte", "Bonjour,\n\nVotre demande est bien arrivée. Nous vous répondons sous un jour ouvré.\n\nBien cordialement,")
	g.picture("canned-answer", g.window.ByRole("main", ""))
	g.click("button", "Enregistrer")
	g.window.Click("link", "Accusé de réception")
	g.click("link", "Supprimer")
	g.window.See("Les réponses déjà envoyées restent telles quelles.")
}
