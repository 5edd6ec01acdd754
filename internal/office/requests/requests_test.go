package requests_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

const queueURL = "/brenval/office/requests"

func at(r request.Request, below string) string { return queueURL + "/" + r.ID.String() + below }

// ask makes a request for a contact, by the officer.
func ask(h *officetest.House, c contact.Contact, subject string) (r request.Request) {
	h.Helper()
	h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		r, err = request.Create(ctx, tx, h.School.Officer.Actor, request.Input{For: c.ID, Kind: "technical", Subject: subject, Text: "Depuis ce matin."})
		return err
	})
	return r
}

// now reads a request as it is.
func now(h *officetest.House, r request.Request) (is request.Request) {
	h.Helper()
	h.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		is, err = request.Get(ctx, tx, h.School.Admin.Actor, r.ID)
		return err
	})
	return is
}

func TestQueue(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		first, second := ask(h, c.First, "Écran noir"), ask(h, c.First, "Mot de passe oublié")
		b := h.As(h.School.Officer)
		t.Run("what waits is listed, what waits longest first, and what does not is not", func(t *testing.T) {
			h.TB = t
			b.Get(queueURL).Want(http.StatusOK, "2 demandes attendent une réponse", first.Label(), "Écran noir", "Ateliers Corvenne", "Maëlle Le Gall", "Nouvelle", "Personne")
			if strings.Index(b.Body, "Écran noir") > strings.Index(b.Body, "Mot de passe oublié") {
				t.Error("the younger one stands first")
			}
			b.Post(at(second, "/state"), url.Values{"state": {"resolved"}}).WantTo(at(second, ""))
			b.Get(queueURL).Want(http.StatusOK, "1 demande attend une réponse").WantNot("Mot de passe oublié")
			b.Get(queueURL+"?sort=recent").Want(http.StatusOK, "2 demandes", "Mot de passe oublié")
		})
		t.Run("search and filters stand in the address; nonsense is as if it were not there", func(t *testing.T) {
			h.TB = t
			b.Get(queueURL+"?q=ecran").Want(http.StatusOK, "Écran noir").WantNot("Mot de passe oublié")
			b.Get(queueURL+"?q="+strings.ToLower(second.Label())).Want(http.StatusOK, "Mot de passe oublié").WantNot("Écran noir")
			b.Get(queueURL+"?state=resolved").Want(http.StatusOK, "Mot de passe oublié").WantNot("Écran noir")
			b.Get(queueURL+"?assignee=me&sort=recent").Want(http.StatusOK, "Aucune demande ne correspond")
			b.Get(queueURL + "?state=%00&kind=x&assignee=%ff&sort=z&page=-4&size=9&contact=1&after=2").Want(http.StatusOK)
			b.Get(c.Page("/requests")).Want(http.StatusOK, "2 demandes", "Écran noir", "Mot de passe oublié")
			h.As(h.Vendor.Officer).Get(c.Page("/requests")).Want(http.StatusNotFound)
		})
		t.Run("the dashboard counts what waits, and its history leads to each", func(t *testing.T) {
			h.TB = t
			b.Get("/brenval/office").Want(http.StatusOK, "1 demande sans réponse").
				WantMarkup(`<a href="`+queueURL+`"><b>1</b>`, `<a href="`+at(first, "")+`">`+first.Label()+`</a>`)
		})
		t.Run("one contact's, or one organisation's, are a filter that can be taken away", func(t *testing.T) {
			h.TB = t
			other := ask(h, h.Contact(h.School, c.ID, "Quéré", "Malo"), "Badge perdu")
			b.Get(queueURL+"?contact="+c.First.ID.String()).Want(http.StatusOK, "2 demandes", "Tous les contacts").WantNot("Badge perdu").
				WantMarkup(queueURL + "/new?number=" + contact.Label(c.First.Number))
			b.Get(queueURL+"?organization="+c.ID.String()).Want(http.StatusOK, "3 demandes", "Toutes les entreprises", "Badge perdu")
			b.Get(queueURL+"?organization="+id.NewOrganization().String()).Want(http.StatusOK, "Aucune demande ne correspond")
			b.Post(at(other, "/state"), url.Values{"state": {"resolved"}}).WantTo(at(other, ""))
		})
		t.Run("an admin takes along what the list finds, the queue as well", func(t *testing.T) {
			h.TB = t
			admin := h.As(h.School.Admin)
			admin.Get(queueURL).Want(http.StatusOK, "Exporter").WantMarkup(queueURL + "/export?format=csv&amp;sort=queue")
			admin.Get(queueURL+"/export?format=csv&sort=queue").Want(http.StatusOK, "Attribuée à", "Ateliers Corvenne", "Écran noir").WantNot("Mot de passe oublié", "Badge perdu")
			admin.Get(queueURL+"/export?format=csv&sort=recent").Want(http.StatusOK, "Écran noir", "Mot de passe oublié", "Badge perdu")
			admin.Get(queueURL + "/export?format=jsonl").Want(http.StatusNotFound)
			b.Get(queueURL).Want(http.StatusOK).WantNot("Exporter")
			b.Get(queueURL + "/export?format=csv").Want(http.StatusForbidden)
		})
		t.Run("the ticked ones are assigned or brought on together, and each has its result", func(t *testing.T) {
			h.TB = t
			b.Post(queueURL+"/many", url.Values{"act": {"assign"}, "assignee": {"me"}}).Want(http.StatusUnprocessableEntity, "Cochez d’abord")
			both := url.Values{"act": {"assign"}, "assignee": {"me"}, "back": {"sort=recent"}, "request": {first.ID.String(), second.ID.String(), id.NewRequest().String(), "x"}}
			b.Post(queueURL+"/many", both).Want(http.StatusOK, "2 demandes traitées sur 3", first.Label()+" : attribuée")
			if now(h, first).Assignee.ID != h.School.Officer.Login.UUID || now(h, second).Assignee.IsZero() {
				t.Error(now(h, first), now(h, second))
			}
			both.Set("act", "move")
			both.Set("state", "closed")
			b.Post(queueURL+"/many", both).Want(http.StatusOK, "1 demande traitée sur 3", "ne peut plus passer à cet état")
			both.Set("act", "assign")
			both.Set("assignee", "<script>")
			b.Post(queueURL+"/many", both).Want(http.StatusUnprocessableEntity, "ne fait pas partie de l’équipe")
		})
		t.Run("attack: another workspace’s request among the ticked ones does not exist, and stays as it is", func(t *testing.T) {
			h.TB = t
			var far organization.Organization
			h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				far, err = organization.Create(ctx, tx, h.Vendor.Admin.Actor, organization.Input{Name: "Tilleuls", CustomerNumber: "T-1"})
				return err
			})
			patient := h.Contact(h.Vendor, far.ID, "Kerlo", "Anne")
			var theirs request.Request
			h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				theirs, err = request.Create(ctx, tx, h.Vendor.Officer.Actor, request.Input{For: patient.ID, Kind: "technical", Subject: "Secret médical", Text: "x"})
				return err
			})
			b.Post(queueURL+"/many", url.Values{"act": {"move"}, "assignee": {"me"}, "state": {"closed"}, "request": {theirs.ID.String()}}).Want(http.StatusOK, "0 demande traitée sur 1").WantNot("Secret médical")
			b.Post(queueURL+"/many", url.Values{"act": {"assign"}, "assignee": {"me"}, "request": {theirs.ID.String()}}).Want(http.StatusOK, "0 demande traitée sur 1").WantNot("Secret médical")
			h.View(func(ctx context.Context, tx *sqldb.Tx) error {
				is, err := request.Get(ctx, tx, h.Vendor.Admin.Actor, theirs.ID)
				if is.State != request.New || !is.Assignee.IsZero() {
					t.Errorf("%+v", is)
				}
				return err
			})
		})
	})
}

func TestRequest(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := h.Corvenne()
		b := h.As(h.School.Officer)
		var r request.Request
		t.Run("staff make one for a contact, named by the personal identifier", func(t *testing.T) {
			h.TB = t
			b.Get(queueURL+"/new").Want(http.StatusOK, "Créer une demande")
			form := url.Values{"submission": {b.Field("submission")}, "number": {"C-999999"}, "kind": {"technical"}, "subject": {""}, "text": {"Bonjour"}}
			b.Post(queueURL, form).Want(http.StatusUnprocessableEntity, "Aucun contact ne porte cet identifiant", "Ce champ est obligatoire", "Bonjour")
			form.Set("number", contact.Label(c.First.Number))
			form.Set("subject", "Imprimante")
			form.Set("state", "closed") // no field of this form
			b.Post(queueURL, form)
			first := b.To
			b.Post(queueURL, form).WantTo(first)
			b.Get(first).Want(http.StatusOK, "Imprimante", "Nouvelle", "Maëlle Le Gall", "Bonjour")
			r.ID.UUID = id.Read(strings.TrimPrefix(first, queueURL+"/"))
		})
		t.Run("an answer is seen by the customer, a note by the team alone", func(t *testing.T) {
			h.TB = t
			b.Post(at(r, "/answer"), url.Values{"text": {"Redémarrez-la.\nPuis attendez."}, "then": {"waiting_customer"}}).WantTo(at(r, ""))
			b.Post(at(r, "/note"), url.Values{"text": {"Client pressé"}}).WantTo(at(r, ""))
			b.Get(at(r, "")).Want(http.StatusOK, "Redémarrez-la.", "En attente du client", "Note interne", "Client pressé")
			b.Post(at(r, "/answer"), url.Values{"text": {" "}}).Want(http.StatusUnprocessableEntity, "Ce champ est obligatoire")
			b.Post(at(r, "/answer"), url.Values{"text": {"x"}, "then": {"new"}}).Want(http.StatusUnprocessableEntity, "ne peut plus passer à cet état")
		})
		t.Run("two answers at once are both kept, in order", func(t *testing.T) {
			h.TB = t
			h.As(h.School.Admin).Post(at(r, "/answer"), url.Values{"text": {"Première"}}).WantTo(at(r, ""))
			b.Post(at(r, "/answer"), url.Values{"text": {"Seconde"}}).WantTo(at(r, ""))
			b.Get(at(r, "")).Want(http.StatusOK, "Première", "Seconde")
		})
		t.Run("kind, assignment and contact are changed", func(t *testing.T) {
			h.TB = t
			b.Post(at(r, "/kind"), url.Values{"kind": {"administrative"}}).WantTo(at(r, ""))
			b.Post(at(r, "/kind"), url.Values{"kind": {"<b>"}}).Want(http.StatusUnprocessableEntity)
			b.Post(at(r, "/assignment"), url.Values{"assignee": {h.School.Admin.Login.String()}}).WantTo(at(r, ""))
			b.Post(at(r, "/assignment"), url.Values{"assignee": {h.Vendor.Admin.Login.String()}}).Want(http.StatusUnprocessableEntity, "ne fait pas partie de l’équipe")
			other := h.Contact(h.School, c.ID, "Abgrall", "Loïc")
			b.Get(at(r, "/contact")).Want(http.StatusOK, "Pour qui est la demande")
			b.Post(at(r, "/contact"), url.Values{"number": {"rien"}}).Want(http.StatusUnprocessableEntity, "Aucun contact ne porte cet identifiant")
			b.Post(at(r, "/contact"), url.Values{"number": {contact.Label(other.Number)}}).WantTo(at(r, ""))
			b.Get(at(r, "")).Want(http.StatusOK, "Administrative", "Loïc Abgrall")
		})
		t.Run("to another organisation’s contact it goes after a question, and not to an archived one’s", func(t *testing.T) {
			h.TB = t
			var far, gone organization.Organization
			h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				if far, err = organization.Create(ctx, tx, h.School.Admin.Actor, organization.Input{Name: "Tilleuls", CustomerNumber: "T-1"}); err != nil {
					return err
				}
				gone, err = organization.Create(ctx, tx, h.School.Admin.Actor, organization.Input{Name: "Fermée", CustomerNumber: "T-2"})
				return err
			})
			there, nowhere := h.Contact(h.School, far.ID, "Kerlo", "Anne"), h.Contact(h.School, gone.ID, "Quinio", "Yann")
			h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Archive(ctx, tx, h.School.Admin.Actor, gone.ID)
				return err
			})
			other := ask(h, c.First, "Ligne coupée")
			form := url.Values{"number": {contact.Label(there.Number)}}
			b.Post(at(other, "/contact"), form).Want(http.StatusUnprocessableEntity, "Ce contact dépend de « Tilleuls »", "plus personne de « Ateliers Corvenne »")
			if now(h, other).For.ID != c.First.ID.UUID {
				t.Error("moved without a word")
			}
			form.Set("elsewhere", "1")
			form.Set("number", contact.Label(nowhere.Number))
			b.Post(at(other, "/contact"), form).Want(http.StatusUnprocessableEntity, "« Fermée » est en archive")
			form.Set("number", contact.Label(there.Number))
			b.Post(at(other, "/contact"), form).WantTo(at(other, ""))
			if is := now(h, other); is.For.ID != there.ID.UUID || is.Organization != far.ID {
				t.Errorf("%+v", is)
			}
		})
		t.Run("files come along and go out to the team alone", func(t *testing.T) {
			h.TB = t
			body, kind := upload(t, url.Values{"text": {"Voici"}}, "note.txt", "mesures")
			b.Send("POST", at(r, "/answer"), body, http.Header{"Content-Type": {kind}}).WantTo(at(r, ""))
			b.Get(at(r, "")).Want(http.StatusOK, "note.txt")
			_, rest, _ := strings.Cut(b.Body, `href="`+at(r, "/files/"))
			path := at(r, "/files/") + rest[:36]
			b.Get(path).Want(http.StatusOK, "mesures")
			h.As(h.Vendor.Officer).Get(path).Want(http.StatusNotFound)
			b.Get(at(ask(h, c.First, "Autre"), "/files/") + rest[:36]).Want(http.StatusNotFound)
		})
		t.Run("another workspace’s request does not exist, for no act", func(t *testing.T) {
			h.TB = t
			far := h.As(h.Vendor.Admin)
			for _, base := range []string{"/brenval", "/orvane"} {
				path := strings.Replace(at(r, ""), "/brenval", base, 1)
				far.Get(path).Want(http.StatusNotFound)
				for _, act := range []string{"/answer", "/note", "/state", "/assignment", "/kind", "/contact"} {
					far.Post(path+act, url.Values{"text": {"x"}, "state": {"closed"}, "assignee": {"me"}, "kind": {"technical"}, "number": {"C-1"}}).Want(http.StatusNotFound)
				}
			}
		})
	})
}

func TestCannedAnswers(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		const all = "/brenval/office/settings/answers"
		admin, c := h.As(h.School.Admin), h.Corvenne()
		r := ask(h, c.First, "Écran noir")
		h.As(h.School.Officer).Get(all).Want(http.StatusForbidden)
		admin.Get(all+"/new").Want(http.StatusOK, "Ajouter une réponse type")
		form := url.Values{"submission": {admin.Field("submission")}, "title": {"Redémarrer"}, "text": {"Éteignez, puis rallumez."}}
		admin.Post(all, form).WantTo(all)
		admin.Get(all).Want(http.StatusOK, "Redémarrer", "Éteignez")
		_, rest, _ := strings.Cut(admin.Body, `href="`+all+"/")
		_, rest, _ = strings.Cut(rest, `href="`+all+"/") // the first leads to the empty form
		one := all + "/" + rest[:36]
		t.Run("one is put into the answer that is being written, behind what stands there", func(t *testing.T) {
			h.TB = t
			b := h.As(h.School.Officer)
			b.Get(at(r, "")).Want(http.StatusOK, "Redémarrer")
			b.Post(at(r, "/answer"), url.Values{"text": {"Bonjour,"}, "canned": {rest[:36]}, "insert": {"1"}}).Want(http.StatusOK, "Bonjour,", "Éteignez, puis rallumez.")
			b.Post(at(r, "/answer"), url.Values{"insert": {"1"}, "canned": {"x"}}).Want(http.StatusOK, "Choisissez d’abord une réponse type.")
			if n := now(h, r); n.State != request.New {
				t.Error(n.State)
			}
		})
		t.Run("two who change one at once: the second sees both", func(t *testing.T) {
			h.TB = t
			admin.Get(one).Want(http.StatusOK, "Éteignez")
			version := admin.Field("version")
			admin.Post(one, url.Values{"version": {version}, "title": {"Redémarrer"}, "text": {"Un"}}).WantTo(all)
			admin.Post(one, url.Values{"version": {version}, "title": {"Redémarrer"}, "text": {"Deux"}}).Want(http.StatusUnprocessableEntity, "Un", "Deux")
		})
		t.Run("it is deleted after a question", func(t *testing.T) {
			h.TB = t
			admin.Get(one+"/deletion").Want(http.StatusOK, "Supprimer", "restent telles quelles")
			admin.Post(one+"/deletion", url.Values{}).WantTo(all)
			admin.Get(all).Want(http.StatusOK, "Aucune réponse type")
			admin.Get(one).Want(http.StatusNotFound)
		})
	})
}

// upload is a form with a file.
func upload(t *testing.T, form url.Values, name, content string) (*bytes.Buffer, string) {
	t.Helper()
	body := &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for key := range form {
		if err := w.WriteField(key, form.Get(key)); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile(file.Field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}
