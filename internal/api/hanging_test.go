package api_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// form sends a form with files under that field, each called FIELD-N.pdf.
func (c client) form(method, path, key string, fields map[string]string, field string, files ...string) answer {
	c.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		w.WriteField(name, value) //nolint:errcheck // into memory
	}
	for i, content := range files {
		part, _ := w.CreateFormFile(field, field+"-"+strconv.Itoa(i+1)+".pdf")
		part.Write([]byte(content)) //nolint:errcheck // into memory
	}
	w.Close()
	return c.ask(method, path, b.String(), "Content-Type", w.FormDataContentType(), "Idempotency-Key", key)
}

var otherPage = string(sample.PDF("Avenant"))

func TestDocuments(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "documents", "documents:write")
		org := h.Organization(h.School, "Corvenne", "73282932000074")
		at := "/organizations/" + org.ID.String() + "/documents"
		fields := map[string]string{"kind": "agreement", "dated_on": "2026-03-02", "visibility": "admins"}
		made := c.form("POST", at, "k1", fields, "file", onePage).want(http.StatusCreated, `"title":"file-1"`, `"media_type":"application/pdf"`, `"versions":1`, `"visibility":"admins"`)
		path := "/documents/" + made.text("id")
		t.Run("sent again it is filed once, and a request of another content is none of it", func(t *testing.T) {
			if again := c.form("POST", at, "k1", fields, "file", onePage).want(http.StatusCreated); again.Body != made.Body || again.Get("Location") != "/api/v1"+path {
				t.Error(again.Body)
			}
			c.form("POST", at, "k1", fields, "file", otherPage).want(http.StatusConflict, `"code":"idempotency.reused"`)
			if got := c.get(at+"?q=file&kind=agreement&year=2026").want(http.StatusOK, `"next":""`); len(got.field("items").([]any)) != 1 {
				t.Error(got.Body)
			}
		})
		t.Run("what is read is what was made", func(t *testing.T) {
			if got := c.get(path).want(http.StatusOK); got.Body != made.Body || got.Get("ETag") != made.Get("ETag") {
				t.Error(got.Body, made.Body)
			}
		})
		t.Run("changed from the version that was read", func(t *testing.T) {
			c.ask("PATCH", path, `{"note":"Signé."}`).want(http.StatusPreconditionRequired)
			c.ask("PATCH", path, `{"note":"Signé.","title":"Convention"}`, "If-Match", made.Get("ETag")).want(http.StatusOK, `"title":"Convention"`, `"visibility":"admins"`, `"version":2`)
			c.ask("PATCH", path, `{"note":"Autre."}`, "If-Match", made.Get("ETag")).want(http.StatusPreconditionFailed)
		})
		t.Run("a new version keeps what it was, and the same file is none", func(t *testing.T) {
			c.form("POST", path+"/versions", "", nil, "file", onePage).want(http.StatusUnprocessableEntity, `"pointer":"/file"`)
			c.form("POST", path+"/versions", "v2", nil, "file", otherPage).want(http.StatusOK, `"versions":2`)
			c.form("POST", path+"/versions", "v2", nil, "file", otherPage).want(http.StatusOK, `"versions":2`)
			c.get(path+"/versions").want(http.StatusOK, `"version":1`, `"version":2`)
			now, before := c.get(path+"/file").want(http.StatusOK), c.get(path+"/versions/1/file").want(http.StatusOK)
			if now.Body != otherPage || before.Body != onePage || !strings.HasPrefix(now.Get("Content-Disposition"), "attachment") || now.Get("Content-Security-Policy") == "" {
				t.Error(now.Header)
			}
			c.get(path+"/file", "If-None-Match", now.Get("ETag")).want(http.StatusNotModified)
			c.get(path + "/versions/3/file").want(http.StatusNotFound)
			c.get(path + "/versions/x/file").want(http.StatusNotFound)
		})
		t.Run("a form that does not fit says where", func(t *testing.T) {
			c.form("POST", at, "", map[string]string{"kind": "agreement"}, "file").want(http.StatusUnprocessableEntity, `"pointer":"/file"`, `"pointer":"/dated_on"`)
			c.form("POST", at, "", map[string]string{"kind": "nothing"}, "file", onePage).want(http.StatusUnprocessableEntity, `"pointer":"/kind"`, `"code":"choice"`)
			c.form("POST", at, "", map[string]string{"no_health_data": "yes"}, "file", onePage).want(http.StatusUnprocessableEntity, `"code":"not_boolean"`)
			c.form("POST", at, "", map[string]string{"organization_id": "x"}, "file", onePage).want(http.StatusUnprocessableEntity, `"code":"unknown"`)
			c.form("POST", at, "", fields, "file", onePage, otherPage).want(http.StatusUnprocessableEntity, `"code":"twice"`)
			c.form("POST", at, "", fields, "file", "").want(http.StatusUnprocessableEntity, `"pointer":"/file"`, `"code":"file.empty"`)
			c.form("POST", at, "", fields, "file", strings.Repeat("x", int(h.Files.Largest())+1)).want(http.StatusUnprocessableEntity, `"pointer":"/file"`, `"code":"file.too_large"`)
			c.form("POST", at, "", map[string]string{"note": "a\x00b"}, "file", onePage).want(http.StatusUnprocessableEntity, `"pointer":"/note"`)
		})
		t.Run("a vendor takes none without the word that it holds no health data", func(t *testing.T) {
			v, of := all(t, h, h.Vendor), h.Organization(h.Vendor, "Cabinet", "")
			there := "/organizations/" + of.ID.String() + "/documents"
			v.form("POST", there, "", fields, "file", onePage).want(http.StatusUnprocessableEntity, `"pointer":"/no_health_data"`)
			harmless := map[string]string{"kind": "agreement", "dated_on": "2026-03-02", "no_health_data": "true"}
			v.form("POST", there, "", harmless, "file", onePage).want(http.StatusCreated, `"visibility":"staff"`)
		})
		t.Run("deleted with a reason, never without", func(t *testing.T) {
			c.ask("DELETE", path, "").want(http.StatusUnprocessableEntity, `"parameter":"reason"`)
			c.ask("DELETE", path+"?reason=Class%C3%A9+deux+fois", "").want(http.StatusNoContent)
			c.get(path).want(http.StatusNotFound)
			c.ask("DELETE", path+"?reason=x", "").want(http.StatusNotFound)
			with(t, h, h.School, "history", "journal:read").get("/journal?kind=document.deleted").want(http.StatusOK, "Classé deux fois", `"kind":"token"`)
		})
	})
}

func TestOfferParts(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "offers", "offers:write", "contacts:read")
		org, other := h.Organization(h.School, "Corvenne", "73282932000074"), h.Organization(h.School, "Kervella", "")
		who, stranger := h.Contact(h.School, org.ID, "Le Gall", "Anne"), h.Contact(h.School, other.ID, "Kervella", "Yann")
		made := c.post("/organizations/"+org.ID.String()+"/offers", `{"title":"Alternance","contract":"apprenticeship","description":"x","posts":2}`).want(http.StatusCreated)
		path := "/offers/" + made.text("id")
		tutor := path + "/contacts/" + who.ID.String() + "/tutor"
		t.Run("a contact is given a part, and told what a tutor accompanies", func(t *testing.T) {
			c.ask("PUT", tutor, `{}`).want(http.StatusOK, `"part":"tutor"`, `"apprentices":2`, `"exceeds":false`)
			c.ask("PUT", tutor, `{"apprentices":3}`).want(http.StatusOK, `"exceeds":true`)
			c.ask("PUT", tutor, `{"apprentices":1,"repeating":2}`).want(http.StatusUnprocessableEntity, `"pointer":"/repeating"`)
			c.ask("PUT", path+"/contacts/"+who.ID.String()+"/billing", `{}`).want(http.StatusOK)
			c.get(path+"/contacts").want(http.StatusOK, `"part":"tutor"`, `"part":"billing"`, who.ID.String())
			c.get("/offers?contact="+who.ID.String()).want(http.StatusOK, "Alternance")
		})
		t.Run("who is not the organisation's own is refused, who is nobody's does not exist", func(t *testing.T) {
			c.ask("PUT", path+"/contacts/"+stranger.ID.String()+"/tutor", `{}`).want(http.StatusUnprocessableEntity, `"parameter":"contact"`)
			c.ask("PUT", path+"/contacts/"+id.NewContact().String()+"/tutor", `{}`).want(http.StatusNotFound)
			c.ask("PUT", path+"/contacts/"+who.ID.String()+"/owner", `{}`).want(http.StatusNotFound)
		})
		t.Run("and taken away", func(t *testing.T) {
			c.ask("DELETE", tutor, "").want(http.StatusNoContent)
			c.ask("DELETE", tutor, "").want(http.StatusNoContent)
			if got := c.get(path + "/contacts").want(http.StatusOK); strings.Contains(got.Body, "tutor") {
				t.Error(got.Body)
			}
		})
		t.Run("an offer has one file or none", func(t *testing.T) {
			c.get(path + "/file").want(http.StatusNotFound)
			c.form("PUT", path+"/file", "", nil, "file").want(http.StatusUnprocessableEntity, `"pointer":"/file"`)
			c.form("PUT", path+"/file", "", nil, "file", onePage).want(http.StatusOK, `"title":"Alternance"`)
			c.form("PUT", path+"/file", "", nil, "file", otherPage).want(http.StatusOK)
			if got := c.get(path + "/file").want(http.StatusOK); got.Body != otherPage {
				t.Error(got.Header)
			}
			c.ask("DELETE", path+"/file", "").want(http.StatusNoContent)
			c.get(path + "/file").want(http.StatusNotFound)
		})
	})
}

func TestRequestFiles(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "requests", "requests:write", "contacts:read")
		org := h.Organization(h.School, "Corvenne", "73282932000074")
		who := h.Contact(h.School, org.ID, "Le Gall", "Anne")
		path := "/requests/" + c.post("/requests", `{"contact_id":"`+who.ID.String()+`","kind":"technical","subject":"Connexion","text":"Le lien a expiré."}`).want(http.StatusCreated).text("id")
		t.Run("several come with one answer, once", func(t *testing.T) {
			said := map[string]string{"text": "Voici.", "state": "waiting_customer"}
			made := c.form("POST", path+"/files", "k1", said, "files", onePage, otherPage).want(http.StatusOK, `"kind":"comment"`, `"name":"files-2.pdf"`)
			if again := c.form("POST", path+"/files", "k1", said, "files", onePage, otherPage).want(http.StatusOK); again.Body != made.Body {
				t.Error(again.Body)
			}
			c.form("POST", path+"/files", "k1", said, "files", onePage).want(http.StatusConflict, `"code":"idempotency.reused"`)
			c.get(path).want(http.StatusOK, `"state":"waiting_customer"`)
			file := made.field("files").([]any)[1].(map[string]any)["id"].(string)
			if got := c.get(path + "/files/" + file).want(http.StatusOK); got.Body != otherPage {
				t.Error(got.Header)
			}
			if got := c.get(path + "/entries").want(http.StatusOK); strings.Count(got.Body, `"media_type"`) != 2 {
				t.Error(got.Body)
			}
			c.get("/requests/" + id.NewContact().String() + "/files/" + file).want(http.StatusNotFound)
			all(t, h, h.Vendor).get(path + "/files/" + file).want(http.StatusNotFound)
		})
		t.Run("or with a note, which moves nothing", func(t *testing.T) {
			c.form("POST", path+"/files", "", map[string]string{"text": "Vu.", "kind": "note"}, "files", onePage).want(http.StatusOK, `"kind":"note"`)
			c.form("POST", path+"/files", "", map[string]string{"text": "Vu.", "kind": "note", "state": "closed"}, "files", onePage).want(http.StatusUnprocessableEntity, `"pointer":"/state"`)
		})
		t.Run("never without a file, nor more than one may send", func(t *testing.T) {
			c.form("POST", path+"/files", "", map[string]string{"text": "Vu."}, "files").want(http.StatusUnprocessableEntity, `"pointer":"/files"`)
			many := make([]string, h.Files.PerOwner()+1)
			for i := range many {
				many[i] = onePage
			}
			c.form("POST", path+"/files", "", map[string]string{"text": "Vu."}, "files", many...).want(http.StatusUnprocessableEntity, `"pointer":"/files"`, `"code":"file.too_many"`)
		})
		t.Run("a state that a request cannot come to is told by its own name", func(t *testing.T) {
			c.post(path+"/answers", `{"text":"Fait.","state":"closed"}`).want(http.StatusConflict, `"pointer":"/state"`)
			c.post(path+"/answers", `{"text":"Fait.","state":"resolved"}`).want(http.StatusOK)
			c.ask("PUT", path+"/state", `{"state":"closed"}`).want(http.StatusOK)
			c.form("POST", path+"/files", "", map[string]string{"text": "Encore."}, "files", onePage).want(http.StatusConflict, `"code":"request.over"`)
		})
	})
}

// deposited puts offers into the school's public form, which asks for no confirmation.
func deposited(t *testing.T, h *officetest.House, of officetest.Host, titles ...string) {
	t.Helper()
	h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
		f, err := deposit.FormOf(ctx, tx, of.Admin.Actor)
		if err == nil {
			_, err = deposit.EditForm(ctx, tx, of.Admin.Actor, deposit.FormInput{Enabled: true, Months: "24", Version: f.Version})
		}
		return err
	})
	desk := deposit.NewDesk(h.DB, secret.New(), deposit.LimitsOf(config.Default().Deposits))
	for i, title := range titles {
		form := id.NewJob().UUID
		stamp := desk.Stamp(of.Admin.Actor.Workspace, form, sqldb.At(h.Clock.Now()))
		h.Clock.Pass(time.Minute)
		err := desk.Submit(t.Context(), of.Admin.Actor.Workspace, deposit.Submission{
			Input: deposit.Input{
				Name: "Ateliers " + title, SIRET: "123 456 782 00010", Address: "3 rue du Port", Postcode: "29200", City: "Brest", Civility: "ms", FamilyName: "Le Goff " + title,
				GivenName: "Anaïs", Phone: "02 61 91 40 10", Email: "anais" + strconv.Itoa(i) + "@ateliers.example", Title: title, Contract: "internship", Description: "Entretien.",
			},
			Consent: true, Stamp: stamp, Form: form, Client: "192.0.2." + strconv.Itoa(i+1), Language: locale.French,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestDeposits(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "deposits", "offers:write", "contacts:write", "organizations:write")
		deposited(t, h, h.School, "Alpha", "Béta", "Gamma", "Delta")
		var found []string
		t.Run("what waits comes in pages, the oldest first", func(t *testing.T) {
			for cursor := ""; ; {
				page := c.get("/deposits?limit=3&cursor="+cursor).want(http.StatusOK, `"state":"pending"`, `"new_contact":true`)
				for _, item := range page.field("items").([]any) {
					found = append(found, item.(map[string]any)["id"].(string))
				}
				if cursor = page.text("next"); cursor == "" {
					break
				}
			}
			if len(found) != 4 {
				t.Fatal(found)
			}
			c.get("/deposits?cursor=AAAA").want(http.StatusUnprocessableEntity, `"parameter":"cursor"`)
		})
		t.Run("accepted, its offer is active and its contact is not authorised", func(t *testing.T) {
			path := "/deposits/" + found[0]
			c.get(path).want(http.StatusOK, `"title":"Alpha"`)
			got := c.post(path+"/acceptance", "").want(http.StatusOK, `"state":"accepted"`)
			c.post(path+"/acceptance", "").want(http.StatusOK)
			c.get("/offers/"+got.text("offer_id")).want(http.StatusOK, `"state":"active"`, `"source":"landing"`)
			if who := c.get("/contacts/"+got.text("contact_id")).want(http.StatusOK, `"source":"landing"`); strings.Contains(who.Body, `"authorized_at"`) {
				t.Error(who.Body)
			}
			c.post(path+"/rejection", `{}`).want(http.StatusConflict, `"code":"deposit.decided"`)
		})
		t.Run("refused or spam, what it alone had made goes", func(t *testing.T) {
			for at, act := range map[string]string{found[1]: "/rejection", found[2]: "/spam"} {
				body := map[string]string{"/rejection": `{"letter":true}`}[act]
				who := c.get("/deposits/" + at).text("contact_id")
				c.post("/deposits/"+at+act, body).want(http.StatusOK, `"contact_id":""`)
				c.get("/contacts/" + who).want(http.StatusNotFound)
			}
			c.get("/deposits/" + found[2] + "/file").want(http.StatusNotFound)
		})
		t.Run("given to another organisation it waits still", func(t *testing.T) {
			org := h.Organization(h.School, "Corvenne", "73282932000074")
			who := h.Contact(h.School, org.ID, "Le Gall", "Anne")
			path := "/deposits/" + found[3]
			c.post(path+"/attachment", `{"organization_id":"`+org.ID.String()+`","contact_id":"`+who.ID.String()+`"}`).want(http.StatusOK, `"state":"pending"`, who.ID.String(), `"other_email":true`)
			c.post(path+"/address", "").want(http.StatusOK, `"other_email":false`)
			c.get("/contacts/"+who.ID.String()).want(http.StatusOK, `"email":"anais3@ateliers.example"`)
		})
		t.Run("another workspace's does not exist", func(t *testing.T) {
			all(t, h, h.Vendor).get("/deposits/" + found[3]).want(http.StatusNotFound)
		})
	})
}
