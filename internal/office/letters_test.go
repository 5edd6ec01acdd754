package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

const letters = "/brenval/office/settings/letters"

// letter queues one to a contact of the school.
func (h *house) letter(to id.Contact) (letter id.Letter) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		letter, err = mail.Queue(ctx, tx, mail.New{Kind: "trial", Workspace: h.school.ID, Contact: to})
		return err
	})
	return letter
}

func TestLetters(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.as(h.school.admin)
		to := h.contact(h.school, h.organization(h.school, "Ateliers Corvenne", "81245739800020").ID, "Le Guen", "Anaïs")
		letter := h.letter(to.ID)
		t.Run("the list says to whom, what and how far, in every state", func(t *testing.T) {
			h.TB = t
			admin.get(letters).want(http.StatusOK, "Boîte d’envoi de la démonstration", "Mme LE GUEN Anaïs", "Essai d’envoi", "En file")
			h.deliver()
			admin.get(letters).want(http.StatusOK, "Mme LE GUEN Anaïs", "Envoyé").wantMarkup(`href="` + to.Address("brenval") + `"`)
			admin.get(letters+"?state=sent").want(http.StatusOK, "LE GUEN")
			admin.fetch("letters", letters+"?state=refused").want(http.StatusOK, "Aucun e-mail ici").wantNot("LE GUEN", "Paramètres")
			admin.get(letters + "?state=x&page=7").want(http.StatusOK)
		})
		t.Run("in the demo a letter opens with its text, its links and its formatted version", func(t *testing.T) {
			h.TB = t
			admin.get(letters+"/"+letter.String()).want(http.StatusOK, "contact@corvenne.example", "Bonjour Anaïs,", base+"/help").wantMarkup(`<a href="/help">`)
			page := admin.get(letters+"/"+letter.String()+"/html").want(http.StatusOK, "Bonjour Anaïs,").wantMarkup(`<a href="` + base + `/help"`)
			policy := page.header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "script") {
				t.Error(policy)
			}
		})
		t.Run("a letter about something gone says so", func(t *testing.T) {
			h.TB = t
			gone := h.letter(id.NewContact())
			h.deliver()
			admin.get(letters).want(http.StatusOK, "Destinataire supprimé", "Annulé")
			admin.get(letters+"/"+gone.String()).want(http.StatusOK, "Cet e-mail ne peut plus être affiché")
			admin.get(letters + "/" + gone.String() + "/html").want(http.StatusNotFound)
		})
		t.Run("an admin sends themselves a trial", func(t *testing.T) {
			h.TB = t
			admin.post(letters, nil).wantTo(letters)
			h.deliver()
			admin.get(letters).want(http.StatusOK, "E-mail d’essai en file pour nadia.kessler@brenval.example", "Nadia Kessler")
		})
		t.Run("officers and other workspaces see no letter", func(t *testing.T) {
			h.TB = t
			officer, foreign := h.as(h.school.officer), h.as(h.vendor.admin)
			officer.get(letters).want(http.StatusForbidden)
			officer.post(letters, nil).want(http.StatusForbidden)
			foreign.get(letters).want(http.StatusNotFound)
			foreign.get("/orvane/office/settings/letters").want(http.StatusOK).wantNot("LE GUEN", "Essai d’envoi")
			for _, path := range []string{"", "/html"} {
				officer.get(letters + "/" + letter.String() + path).want(http.StatusForbidden)
				foreign.get("/orvane/office/settings/letters/" + letter.String() + path).want(http.StatusNotFound)
				admin.get(letters + "/" + id.NewLetter().String() + path).want(http.StatusNotFound)
				admin.get(letters + "/x" + path).want(http.StatusNotFound)
			}
		})
	})
}

func TestLettersThatNobodyReads(t *testing.T) {
	t.Run("without a mail server the page says why letters wait, and nobody reads them", func(t *testing.T) {
		clock := sqldbtest.NewClock()
		h := newHouseOver(t, sqldbtest.Open(t, "sqlite", clock.Now), clock, nil)
		wantClosed(h, "En file", "Les e-mails attendent")
	})
	t.Run("with one its answer is shown, and nobody reads them either", func(t *testing.T) {
		clock := sqldbtest.NewClock()
		server := mailtest.Start(t, mailtest.Options{Rcpt: func(to string) error { return mailtest.Refuse(550, "no <"+to+"> here") }})
		h := newHouseOver(t, sqldbtest.Open(t, "sqlite", clock.Now), clock, mail.NewSMTP(mail.Server{Host: server.Host, Port: server.Port, Encryption: mail.NoTLS}))
		wantClosed(h, "Refusé", "550 no <…> here", "Le contenu des e-mails n’est pas conservé")
	})
}

// wantClosed looks at the pages of letters that are not to be read.
func wantClosed(h *house, said ...string) {
	h.Helper()
	to := h.contact(h.school, h.organization(h.school, "Ateliers Corvenne", "81245739800020").ID, "Le Guen", "Anaïs")
	letter := h.letter(to.ID)
	h.deliver()
	admin := h.as(h.school.admin)
	if b := admin.get(letters).want(http.StatusOK, said...); strings.Contains(b.body, letter.String()) {
		h.Error("the list leads to the letter")
	}
	admin.get(letters + "/" + letter.String()).want(http.StatusNotFound)
	admin.get(letters + "/" + letter.String() + "/html").want(http.StatusNotFound)
}

func TestTexts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.as(h.school.admin)
		const list = "/brenval/office/settings/templates"
		const address = list + "/trial/fr"
		right := func(more ...string) url.Values {
			form := url.Values{"enabled": {"1"}, "subject": {"Bienvenue à {espace}"}, "body": {"Cher {nom complet},\r\n\r\n*Bienvenue*."}, "version": {"0"}}
			for i := 0; i < len(more); i += 2 {
				form[more[i]] = []string{more[i+1]}
			}
			return form
		}
		t.Run("the list leads to each text in each language", func(t *testing.T) {
			h.TB = t
			admin.get(list).want(http.StatusOK, "Modèles de mails", "Essai d’envoi", "Français", "English", "Texte d’Entregent").wantMarkup(`href="` + address + `"`)
			admin.get(address).want(http.StatusOK, "{nom complet}", "{espace}", "Camille Garnier").wantNot("Revenir")
			admin.get(list+"/trial/en").want(http.StatusOK, "{full name}", "Hello {full name}")
			for _, nothing := range []string{"/trial/de", "/password/fr", "/trial"} {
				admin.get(list + nothing).want(http.StatusNotFound)
			}
		})
		t.Run("what is wrong is said beside its field, and nothing typed is lost", func(t *testing.T) {
			h.TB = t
			admin.post(address, right("body", "Bonjour {prénom} {code}", "subject", "https://{espace}")).want(http.StatusUnprocessableEntity,
				"Ces variables n’existent pas : {code} et {prénom}", "Une adresse web ou e-mail ne peut pas contenir de variable", "Bonjour {prénom} {code}")
			admin.post(address+"/preview", right("body", "")).want(http.StatusUnprocessableEntity, "Ce champ est obligatoire").wantMarkup(`value="Bienvenue à {espace}"`)
		})
		t.Run("a preview shows the letter with invented data and keeps nothing", func(t *testing.T) {
			h.TB = t
			admin.post(address+"/preview", right("body", "Cher {nom complet} <b>,\r\n*Bienvenue*.")).want(http.StatusOK, "Bienvenue à École Brenval", "Cher Camille Garnier <b>,", "Rien n’est enregistré").
				wantMarkup("<strong>Bienvenue</strong>")
			admin.get(address).want(http.StatusOK).wantNot("Bienvenue")
		})
		t.Run("a saved text is used from the next letter on, and stands in the history", func(t *testing.T) {
			h.TB = t
			admin.post(address, right()).wantTo(address)
			admin.get(address).want(http.StatusOK, "Texte enregistré et activé", "Cher {nom complet}", "Revenir au texte d’Entregent")
			admin.get(list).want(http.StatusOK, "Bienvenue à {espace}", "Activé")
			to := h.contact(h.school, h.organization(h.school, "Ateliers Corvenne", "81245739800020").ID, "Le Guen", "Anaïs")
			admin.get(letters+"/"+h.letter(to.ID).String()).want(http.StatusOK, "Bienvenue à École Brenval", "Cher Anaïs,")
			admin.get("/brenval/office/journal?kind=letter_text.edited").want(http.StatusOK, "Vous avez modifié le modèle de mail Essai d’envoi · Français", "Cher {nom complet}")
			h.as(h.vendor.admin).get("/orvane/office/settings/templates").want(http.StatusOK).wantNot("Bienvenue")
		})
		t.Run("who saves over somebody else’s text sees both, and decides", func(t *testing.T) {
			h.TB = t
			admin.post(address, right("subject", "Autre")).want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations", "Enregistré entre-temps : Bienvenue à {espace}").wantMarkup(`value="Autre"`).wantNot("Enregistré entre-temps : Cher")
			admin.post(address, right("subject", "Autre", "enabled", "", "version", admin.field("version"))).wantTo(address)
			admin.get(list).want(http.StatusOK, "Autre", "Désactivé")
		})
		t.Run("a sample goes to whoever asks, in the language of the text", func(t *testing.T) {
			h.TB = t
			admin.post(address+"/sample", nil).wantTo(address)
			h.deliver()
			var sample mail.Letter
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				part, err := mail.Find(ctx, tx, h.school.admin.Actor, mail.Filter{})
				sample = part.Items[0]
				return err
			})
			if sample.Login != h.school.admin.Login || sample.Language != locale.French || sample.State != mail.Sent {
				t.Errorf("%+v", sample)
			}
			admin.get(letters+"/"+sample.ID.String()).want(http.StatusOK, "nadia.kessler@brenval.example", "Essai : Autre", "Cher Camille Garnier,")
		})
		t.Run("back to Entregent’s text, once it was asked and answered", func(t *testing.T) {
			h.TB = t
			admin.get(address+"/removal").want(http.StatusOK, "Revenir au texte d’Entregent ?", "Essai d’envoi · Français")
			version := admin.field("version")
			admin.fetch("dialog", address+"/removal").want(http.StatusOK).wantMarkup("<dialog")
			admin.post(address+"/removal", url.Values{"version": {"1"}}).want(http.StatusUnprocessableEntity, "Quelqu’un a modifié")
			admin.post(address+"/removal", url.Values{"version": {version}}).wantTo(address)
			admin.get(address).want(http.StatusOK, "Le texte d’Entregent est de nouveau utilisé", "Bonjour {nom complet}")
			admin.get("/brenval/office/journal").want(http.StatusOK, "Vous êtes revenu au texte d’Entregent pour le modèle de mail Essai d’envoi · Français")
		})
		t.Run("only admins of the workspace word its letters", func(t *testing.T) {
			h.TB = t
			officer := h.as(h.school.officer)
			for _, path := range []string{list, address, address + "/removal"} {
				officer.get(path).want(http.StatusForbidden)
				h.as(h.vendor.admin).get(path).want(http.StatusNotFound)
			}
			for _, path := range []string{address, address + "/preview", address + "/sample", address + "/removal"} {
				officer.post(path, right()).want(http.StatusForbidden)
				h.as(h.vendor.admin).post(path, right()).want(http.StatusNotFound)
			}
		})
	})
}
