package settings_test

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
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

const letters = "/brenval/office/settings/letters"

// letter queues one to a contact of the school.
func letterTo(h *officetest.House, to id.Contact) (letter id.Letter) {
	h.Helper()
	h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		letter, err = mail.Queue(ctx, tx, mail.New{Kind: "trial", Workspace: h.School.ID, Contact: to})
		return err
	})
	return letter
}

func TestLetters(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		admin := h.As(h.School.Admin)
		to := h.Contact(h.School, h.Organization(h.School, "Ateliers Corvenne", "81245739800020").ID, "Le Guen", "Anaïs")
		letter := letterTo(h, to.ID)
		t.Run("the list says to whom, what and how far, in every state", func(t *testing.T) {
			h.TB = t
			admin.Get(letters).Want(http.StatusOK, "Boîte d’envoi de la démonstration", "Mme LE GUEN Anaïs", "Essai d’envoi", "En file")
			h.Deliver()
			admin.Get(letters).Want(http.StatusOK, "Mme LE GUEN Anaïs", "Envoyé").WantMarkup(`href="` + to.Address("brenval") + `"`)
			admin.Get(letters+"?state=sent").Want(http.StatusOK, "LE GUEN")
			admin.Fetch("letters", letters+"?state=refused").Want(http.StatusOK, "Aucun e-mail ici").WantNot("LE GUEN", "Paramètres")
			admin.Get(letters + "?state=x&page=7").Want(http.StatusOK)
		})
		t.Run("in the demo a letter opens with its text, its links and its formatted version", func(t *testing.T) {
			h.TB = t
			admin.Get(letters+"/"+letter.String()).Want(http.StatusOK, "contact@corvenne.example", "Bonjour Anaïs,", officetest.Base+"/help").WantMarkup(`<a href="/help">`)
			page := admin.Get(letters+"/"+letter.String()+"/html").Want(http.StatusOK, "Bonjour Anaïs,").WantMarkup(`<a href="` + officetest.Base + `/help"`)
			policy := page.Header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "script") {
				t.Error(policy)
			}
		})
		t.Run("a letter about something gone says so", func(t *testing.T) {
			h.TB = t
			gone := letterTo(h, id.NewContact())
			h.Deliver()
			admin.Get(letters).Want(http.StatusOK, "Destinataire supprimé", "Annulé")
			admin.Get(letters+"/"+gone.String()).Want(http.StatusOK, "Cet e-mail ne peut plus être affiché")
			admin.Get(letters + "/" + gone.String() + "/html").Want(http.StatusNotFound)
		})
		t.Run("an admin sends themselves a trial", func(t *testing.T) {
			h.TB = t
			admin.Post(letters, nil).WantTo(letters)
			h.Deliver()
			admin.Get(letters).Want(http.StatusOK, "E-mail d’essai en file pour nadia.kessler@brenval.example", "Nadia Kessler")
		})
		t.Run("officers and other workspaces see no letter", func(t *testing.T) {
			h.TB = t
			officer, foreign := h.As(h.School.Officer), h.As(h.Vendor.Admin)
			officer.Get(letters).Want(http.StatusForbidden)
			officer.Post(letters, nil).Want(http.StatusForbidden)
			foreign.Get(letters).Want(http.StatusNotFound)
			foreign.Get("/orvane/office/settings/letters").Want(http.StatusOK).WantNot("LE GUEN", "Essai d’envoi")
			for _, path := range []string{"", "/html"} {
				officer.Get(letters + "/" + letter.String() + path).Want(http.StatusForbidden)
				foreign.Get("/orvane/office/settings/letters/" + letter.String() + path).Want(http.StatusNotFound)
				admin.Get(letters + "/" + id.NewLetter().String() + path).Want(http.StatusNotFound)
				admin.Get(letters + "/x" + path).Want(http.StatusNotFound)
			}
		})
	})
}

func TestLettersThatNobodyReads(t *testing.T) {
	t.Run("without a mail server the page says why letters wait, and nobody reads them", func(t *testing.T) {
		clock := sqldbtest.NewClock()
		h := officetest.NewOver(t, sqldbtest.Open(t, "sqlite", clock.Now), clock, nil)
		wantClosed(h, "En file", "Les e-mails attendent")
	})
	t.Run("with one its answer is shown, and nobody reads them either", func(t *testing.T) {
		clock := sqldbtest.NewClock()
		server := mailtest.Start(t, mailtest.Options{Rcpt: func(to string) error { return mailtest.Refuse(550, "no <"+to+"> here") }})
		h := officetest.NewOver(t, sqldbtest.Open(t, "sqlite", clock.Now), clock, mail.NewSMTP(mail.Server{Host: server.Host, Port: server.Port, Encryption: mail.NoTLS}))
		wantClosed(h, "Refusé", "550 no <…> here", "Le contenu des e-mails n’est pas conservé")
	})
}

// wantClosed looks at the pages of letters that are not to be read.
func wantClosed(h *officetest.House, said ...string) {
	h.Helper()
	to := h.Contact(h.School, h.Organization(h.School, "Ateliers Corvenne", "81245739800020").ID, "Le Guen", "Anaïs")
	letter := letterTo(h, to.ID)
	h.Deliver()
	admin := h.As(h.School.Admin)
	if b := admin.Get(letters).Want(http.StatusOK, said...); strings.Contains(b.Body, letter.String()) {
		h.Error("the list leads to the letter")
	}
	admin.Get(letters + "/" + letter.String()).Want(http.StatusNotFound)
	admin.Get(letters + "/" + letter.String() + "/html").Want(http.StatusNotFound)
}

func TestTexts(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		admin := h.As(h.School.Admin)
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
			admin.Get(list).Want(http.StatusOK, "Modèles de mails", "Essai d’envoi", "Français", "English", "Texte d’Entregent").WantMarkup(`href="` + address + `"`)
			admin.Get(address).Want(http.StatusOK, "{nom complet}", "{espace}", "Camille Garnier").WantNot("Revenir")
			admin.Get(list+"/trial/en").Want(http.StatusOK, "{full name}", "Hello {full name}")
			for _, nothing := range []string{"/trial/de", "/password/fr", "/trial"} {
				admin.Get(list + nothing).Want(http.StatusNotFound)
			}
		})
		t.Run("what is wrong is said beside its field, and nothing typed is lost", func(t *testing.T) {
			h.TB = t
			admin.Post(address, right("body", "Bonjour {prénom} {code}", "subject", "https://{espace}")).Want(http.StatusUnprocessableEntity,
				"Ces variables n’existent pas : {code} et {prénom}", "Une adresse web ou e-mail ne peut pas contenir de variable", "Bonjour {prénom} {code}")
			admin.Post(address+"/preview", right("body", "")).Want(http.StatusUnprocessableEntity, "Ce champ est obligatoire").WantMarkup(`value="Bienvenue à {espace}"`)
		})
		t.Run("a preview shows the letter with invented data and keeps nothing", func(t *testing.T) {
			h.TB = t
			admin.Post(address+"/preview", right("body", "Cher {nom complet} <b>,\r\n*Bienvenue*.")).Want(http.StatusOK, "Bienvenue à École Brenval", "Cher Camille Garnier <b>,", "Rien n’est enregistré").
				WantMarkup("<strong>Bienvenue</strong>")
			admin.Get(address).Want(http.StatusOK).WantNot("Bienvenue")
		})
		t.Run("a saved text is used from the next letter on, and stands in the history", func(t *testing.T) {
			h.TB = t
			admin.Post(address, right()).WantTo(address)
			admin.Get(address).Want(http.StatusOK, "Texte enregistré et activé", "Cher {nom complet}", "Revenir au texte d’Entregent")
			admin.Get(list).Want(http.StatusOK, "Bienvenue à {espace}", "Activé")
			to := h.Contact(h.School, h.Organization(h.School, "Ateliers Corvenne", "81245739800020").ID, "Le Guen", "Anaïs")
			admin.Get(letters+"/"+letterTo(h, to.ID).String()).Want(http.StatusOK, "Bienvenue à École Brenval", "Cher Anaïs,")
			admin.Get("/brenval/office/journal?kind=letter_text.edited").Want(http.StatusOK, "Vous avez modifié le modèle de mail Essai d’envoi · Français", "Cher {nom complet}")
			h.As(h.Vendor.Admin).Get("/orvane/office/settings/templates").Want(http.StatusOK).WantNot("Bienvenue")
		})
		t.Run("who saves over somebody else’s text sees both, and decides", func(t *testing.T) {
			h.TB = t
			admin.Post(address, right("subject", "Autre")).Want(http.StatusUnprocessableEntity, "Quelqu’un a modifié ces informations", "Enregistré entre-temps : Bienvenue à {espace}").WantMarkup(`value="Autre"`).WantNot("Enregistré entre-temps : Cher")
			admin.Post(address, right("subject", "Autre", "enabled", "", "version", admin.Field("version"))).WantTo(address)
			admin.Get(list).Want(http.StatusOK, "Autre", "Désactivé")
		})
		t.Run("a sample goes to whoever asks, in the language of the text", func(t *testing.T) {
			h.TB = t
			admin.Post(address+"/sample", nil).WantTo(address)
			h.Deliver()
			var sample mail.Letter
			h.View(func(ctx context.Context, tx *sqldb.Tx) error {
				part, err := mail.Find(ctx, tx, h.School.Admin.Actor, mail.Filter{})
				sample = part.Items[0]
				return err
			})
			if sample.Login != h.School.Admin.Login || sample.Language != locale.French || sample.State != mail.Sent {
				t.Errorf("%+v", sample)
			}
			admin.Get(letters+"/"+sample.ID.String()).Want(http.StatusOK, "nadia.kessler@brenval.example", "Essai : Autre", "Cher Camille Garnier,")
		})
		t.Run("back to Entregent’s text, once it was asked and answered", func(t *testing.T) {
			h.TB = t
			admin.Get(address+"/removal").Want(http.StatusOK, "Revenir au texte d’Entregent ?", "Essai d’envoi · Français")
			version := admin.Field("version")
			admin.Fetch("dialog", address+"/removal").Want(http.StatusOK).WantMarkup("<dialog")
			admin.Post(address+"/removal", url.Values{"version": {"1"}}).Want(http.StatusUnprocessableEntity, "Quelqu’un a modifié")
			admin.Post(address+"/removal", url.Values{"version": {version}}).WantTo(address)
			admin.Get(address).Want(http.StatusOK, "Le texte d’Entregent est de nouveau utilisé", "Bonjour {nom complet}")
			admin.Get("/brenval/office/journal").Want(http.StatusOK, "Vous êtes revenu au texte d’Entregent pour le modèle de mail Essai d’envoi · Français")
		})
		t.Run("only admins of the workspace word its letters", func(t *testing.T) {
			h.TB = t
			officer := h.As(h.School.Officer)
			for _, path := range []string{list, address, address + "/removal"} {
				officer.Get(path).Want(http.StatusForbidden)
				h.As(h.Vendor.Admin).Get(path).Want(http.StatusNotFound)
			}
			for _, path := range []string{address, address + "/preview", address + "/sample", address + "/removal"} {
				officer.Post(path, right()).Want(http.StatusForbidden)
				h.As(h.Vendor.Admin).Post(path, right()).Want(http.StatusNotFound)
			}
		})
	})
}
