package walks_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/test/browser"
)

// consent is what a depositor agrees to, as the box is called.
const consent = "J’accepte que École Brenval conserve ces informations pour traiter mon offre. Une offre qui n’est pas retenue est effacée au bout de 24 mois au plus. Vos droits (nouvel onglet)"

// fillOffer types an offer into the public form; nobody is as quick as this, so that it waits.
func fillOffer(page *browser.Page, address, title string) {
	page.Fill("SIRET", "732 829 320 00074")
	page.Fill("Nom de l’entreprise", "Voilerie Kermarec")
	page.Fill("Adresse", "3 quai du Port")
	page.Fill("Code postal", "29200")
	page.Fill("Ville", "Brest")
	page.Choose("Civilité", "Mme")
	page.Fill("Nom", "Le Goff")
	page.Fill("Prénom", "Anaïs")
	page.Fill("Téléphone", "02 61 91 40 10")
	page.Fill("Email", address)
	page.Fill("Intitulé", title)
	page.Choose("Type de contrat", "Contrat d’apprentissage")
	page.Fill("Description", "Coupe et couture de voiles, avec deux maîtres voiliers.")
}

// patience is how long the form wants to have been open.
func patience(since time.Time) {
	<-time.After(time.Until(since.Add(3500 * time.Millisecond)))
}

// A stranger deposits an offer, confirms it by the letter, and staff decide.
func TestDeposits(t *testing.T) {
	walkByMail(t, func(t *testing.T, at *product, server *mailtest.Server) {
		form := at.address + "/" + strings.Split(strings.TrimPrefix(at.school(""), at.address+"/"), "/")[0] + "/offers/new"
		foreign := framing(t, form+"?embed=1")
		link := func(t *testing.T, to string) string {
			t.Helper()
			for n := 1; ; n++ {
				for _, l := range server.Await(t, n) {
					if read := l.Read(t); l.To[0] == to {
						return read.Link(form[:len(form)-len("new")] + "confirmation/")
					}
				}
			}
		}
		t.Run("the form is an admin's to open", func(t *testing.T) {
			page := at.as(t, nadia)
			page.Open(at.school("/settings/form"))
			page.Axe()
			page.Click("checkbox", "Le formulaire est ouvert")
			page.Click("button", "Enregistrer")
			page.See("Le formulaire est enregistré.")
			stranger := browser.Window(t)
			stranger.Allow("404")
			stranger.Open(form)
			stranger.Status()
			page.Click("checkbox", "Le formulaire est ouvert")
			page.Fill("Sites autorisés", "*")
			page.Click("button", "Enregistrer")
			page.See("Indiquez l’adresse d’un site")
			page.Axe()
			page.Fill("Sites autorisés", foreign)
			page.Click("button", "Enregistrer")
			page.See("Le formulaire est enregistré.")
			page.See("Code à placer dans une page de votre site")
			page.NoSidewaysScroll()
			page.Axe()
			page.Screenshot("deposit-settings")
			page.Width(360)
			page.NoSidewaysScroll()
		})
		t.Run("with a keyboard: what is wrong is said at once, everything typed stays, and nobody is told who is known", func(t *testing.T) {
			page := browser.Window(t)
			page.Open(form)
			since := time.Now()
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("deposit")
			page.Width(360)
			page.NoSidewaysScroll()
			page.Axe()
			page.Width(1280)
			page.Fill("SIRET", "123")
			page.See("Un SIRET compte 14 chiffres")
			fillOffer(page, "Anais@kermarec.example", "Apprentie voilière")
			page.See("SIRET valable")
			page.TabTo("button", "Déposer l’offre")
			page.Press("Enter")
			page.See("2 champs sont à corriger")
			page.Axe()
			page.Screenshot("deposit-faults")
			page.SeeValue("Intitulé", "Apprentie voilière")
			page.Fill("Email", "anais@kermarec.example")
			page.Click("checkbox", consent)
			patience(since)
			page.Click("button", "Déposer l’offre")
			page.ByRole("heading", "Merci").Appears()
			page.Axe()
			page.Screenshot("deposit-received")
		})
		t.Run("without JavaScript, with a file, in English", func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "fiche.pdf")
			if err := os.WriteFile(file, []byte("%PDF-1.4\n%%EOF\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			page := browser.Window(t, browser.WithoutJavaScript)
			page.Open(form)
			since := time.Now()
			fillOffer(page, "anais@kermarec.example", "Deuxième offre")
			page.Attach("Fiche de poste", file)
			page.Click("button", "Déposer l’offre")
			page.See("Cochez cette case pour déposer l’offre.")
			page.See("fiche.pdf")
			page.Axe()
			page.Click("checkbox", consent)
			patience(since)
			page.Click("button", "Déposer l’offre")
			page.ByRole("heading", "Merci").Appears()
			page.Open(form + "?language=en")
			page.ByRole("heading", "Submit an offer").Appears()
			page.Axe()
		})
		t.Run("the letter's link confirms by a press, and the others of its address that are ticked", func(t *testing.T) {
			page := browser.Window(t)
			page.Open(link(t, "anais@kermarec.example"))
			page.ByRole("heading", "Confirmer l’offre").Appears()
			page.See("Voilerie Kermarec")
			page.Click("checkbox", "Deuxième offre")
			page.Axe()
			page.Screenshot("deposit-confirm")
			page.Click("button", "Confirmer l’offre")
			page.ByRole("heading", "Offre confirmée").Appears()
			page.Axe()
		})
		t.Run("a page of an allowed site shows the form, another's does not", func(t *testing.T) {
			page := browser.Window(t)
			page.Allow("the page asks elsewhere")
			page.Open(foreign + "/")
			page.ByRole("Iframe", "Déposer une offre").Appears()
			page.Screenshot("deposit-framed")
			other := browser.Window(t)
			other.Allow("the page asks elsewhere")
			other.Allow("ERR_BLOCKED_BY_RESPONSE")
			other.Allow("frame-ancestors")
			other.Open(strings.Replace(framing(t, form+"?embed=1"), "127.0.0.1", "localhost", 1) + "/")
			other.Screenshot("deposit-framed-elsewhere")
			framed := browser.Window(t)
			framed.Open(form + "?embed=1")
			framed.ByRole("heading", "Déposer une offre").Appears()
			framed.ByRole("link", "English").Appears()
			framed.Axe()
			framed.Click("link", "English")
			framed.ByRole("heading", "Submit an offer").Appears()
		})
		t.Run("staff see what matches, attach elsewhere, accept and refuse", func(t *testing.T) {
			page := at.as(t, rachel)
			page.Open(at.school(""))
			page.Holding("link", "dépôts du formulaire à modérer").ClickIt()
			page.ByRole("heading", "À modérer").Appears()
			page.See("Nouvelle entreprise")
			page.See("Connue par son SIRET")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("deposits")
			page.Width(360)
			page.NoSidewaysScroll()
			page.Axe()
			page.Width(1280)
			page.Click("link", "Deuxième offre")
			page.See("Voilerie Kermarec")
			page.See("fiche.pdf")
			page.Axe()
			page.NoSidewaysScroll()
			page.Screenshot("deposit-review")
			page.Click("link", "Rattacher ailleurs")
			page.Fill("Nom, SIRET ou ville", "corvenne")
			page.Press("Enter")
			page.See("Ateliers Corvenne")
			page.Axe()
			page.Screenshot("deposit-elsewhere")
			page.Click("link", "Choisir")
			page.Axe()
			page.Click("button", "Rattacher")
			page.See("Le dépôt est rattaché.")
			page.Click("button", "Accepter")
			page.See("L’offre est acceptée.")
			page.Click("checkbox", "Sélectionner Apprentie voilière, Voilerie Kermarec")
			page.Click("button", "Refuser…")
			page.ByRole("heading", "Refuser ce dépôt ?").Appears()
			page.Axe()
			page.Screenshot("deposit-refuse")
			page.Click("checkbox", "Prévenir par e-mail")
			page.Click("button", "Refuser définitivement")
			page.See("L’offre est refusée.")
			page.Click("checkbox", "Sélectionner tous les dépôts de la page")
			page.Click("button", "Accepter")
			page.See("Aucune offre n’attend.")
		})
	})
}

// framing is a site with one page, which holds an address in a frame.
func framing(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/" {
			fmt.Fprintf(w, `<!doctype html><html lang="fr"><meta charset="utf-8"><title>École</title><link rel="icon" href="data:,"><h1>École</h1><iframe title="Déposer une offre" src="%s" width="100%%" height="900"></iframe>`, address)
		}
	})}
	go s.Serve(l) //nolint:errcheck // until the test ends
	t.Cleanup(func() { s.Close() })
	return "http://" + l.Addr().String()
}
