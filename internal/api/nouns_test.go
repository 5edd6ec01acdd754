package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sample"
)

func TestRequests(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "requests", "requests:write", "contacts:read")
		org := h.Organization(h.School, "Corvenne", "73282932000074")
		who := h.Contact(h.School, org.ID, "Le Gall", "Anne")
		made := c.post("/requests", `{"contact_id":"`+who.ID.String()+`","kind":"technical","subject":"Connexion","text":"Le lien a expiré."}`).
			want(http.StatusCreated, `"state":"new"`, `"source":"api"`, `"organization_id":"`+org.ID.String())
		path := "/requests/" + made.text("id")
		t.Run("made, answered, noted and moved by the rules of the pages", func(t *testing.T) {
			c.post(path+"/answers", `{"text":"Voici un nouveau lien.","state":"waiting_customer"}`).want(http.StatusOK, `"state":"waiting_customer"`)
			c.post(path+"/notes", `{"text":"Appelé."}`).want(http.StatusOK)
			c.ask("PUT", path+"/kind", `{"kind":"administrative"}`).want(http.StatusOK, `"kind":"administrative"`)
			c.ask("PUT", path+"/assignment", `{"member_id":"`+h.School.Officer.Login.String()+`"}`).want(http.StatusOK, "Rachel Moreau")
			c.ask("PUT", path+"/assignment", `{"member_id":"x"}`).want(http.StatusUnprocessableEntity, `"pointer":"/member_id"`)
			c.ask("PUT", path+"/state", `{"state":"new"}`).want(http.StatusConflict)
			c.get(path+"/entries").want(http.StatusOK, `"kind":"note"`, "Voici un nouveau lien.", `"previous":0`)
			c.get("/requests?state=waiting_customer").want(http.StatusOK, "Connexion", `"next":""`)
		})
		t.Run("to another organisation it goes only where the body says so", func(t *testing.T) {
			far := h.Contact(h.School, h.Organization(h.School, "Garnier", "35600000000048").ID, "Garnier", "Ali")
			c.ask("PUT", path+"/contact", `{"contact_id":"`+far.ID.String()+`"}`).want(http.StatusConflict, `request.elsewhere`, `"pointer":"/elsewhere"`)
			c.get(path).want(http.StatusOK, `"organization_id":"`+org.ID.String())
			c.ask("PUT", path+"/contact", `{"contact_id":"`+far.ID.String()+`","elsewhere":true}`).want(http.StatusOK, `"organization_id":"`+far.Organization.String())
			c.ask("PUT", path+"/contact", `{"contact_id":"`+who.ID.String()+`","elsewhere":true}`).want(http.StatusOK, `"organization_id":"`+org.ID.String())
		})
		t.Run("lists come in pages", func(t *testing.T) {
			for range 4 {
				c.post("/requests", `{"contact_id":"`+who.ID.String()+`","kind":"technical","subject":"Encore","text":"x"}`).want(http.StatusCreated)
			}
			first := c.get("/requests?limit=2").want(http.StatusOK)
			second := c.get("/requests?limit=2&cursor=" + first.text("next")).want(http.StatusOK)
			last := c.get("/requests?limit=2&cursor="+second.text("next")).want(http.StatusOK, `"next":""`)
			if strings.Count(first.Body+second.Body+last.Body, `"number":"D-`) != 5 {
				t.Error(first.Body, second.Body, last.Body)
			}
		})
		t.Run("what another workspace owns does not exist", func(t *testing.T) {
			stranger := all(t, h, h.Vendor)
			stranger.get(path).want(http.StatusNotFound)
			stranger.get(path + "/entries").want(http.StatusNotFound)
			stranger.post(path+"/notes", `{"text":"x"}`).want(http.StatusNotFound)
		})
	})
}

// filed sends a form with a file.
func (c client) filed(method, path string, fields map[string]string, pdf string) answer {
	c.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		w.WriteField(name, value) //nolint:errcheck // into memory
	}
	if pdf != "" {
		part, _ := w.CreateFormFile("file", "facture.pdf")
		part.Write([]byte(pdf)) //nolint:errcheck // into memory
	}
	w.Close()
	return c.ask(method, path, b.String(), "Content-Type", w.FormDataContentType(), "Idempotency-Key", fields["number"])
}

func TestInvoices(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "invoices", "invoices:write")
		org := h.Organization(h.School, "Corvenne", "73282932000074")
		fields := map[string]string{"number": "2026-0042", "issued_on": "2026-03-02", "due_on": "2026-04-01", "net_amount": "100000", "amount_due": "120000"}
		at := "/organizations/" + org.ID.String() + "/invoices"
		made := c.filed("POST", at, fields, onePage).want(http.StatusCreated, `"net_amount":100000`, `"amount_due":120000`, `"currency":"EUR"`, `"state":"unpaid"`)
		path := "/invoices/" + made.text("id")
		t.Run("sent again it is filed once", func(t *testing.T) {
			if again := c.filed("POST", at, fields, onePage).want(http.StatusCreated); again.Body != made.Body {
				t.Error(again.Body)
			}
			c.get("/invoices").want(http.StatusOK, "2026-0042", `"next":""`)
		})
		t.Run("read, changed, marked and deleted by the rules of the pages", func(t *testing.T) {
			if got := c.get(path + "/file").want(http.StatusOK); got.Body != onePage || got.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.Get("Content-Disposition"), "attachment") {
				t.Error(got.Header)
			}
			c.ask("PATCH", path, `{"reference":"BC-118"}`, "If-Match", made.Get("ETag")).want(http.StatusOK, `"reference":"BC-118"`, `"net_amount":100000`)
			c.ask("PUT", path+"/state", `{"state":"paid"}`).want(http.StatusOK, `"state":"paid"`)
			all(t, h, h.Vendor).get(path).want(http.StatusNotFound)
			c.filed("PUT", path+"/file", nil, onePage+"\n").want(http.StatusOK)
			c.ask("DELETE", path, "").want(http.StatusNoContent)
			c.ask("DELETE", path, "").want(http.StatusNotFound)
		})
		t.Run("a form that does not fit says where", func(t *testing.T) {
			c.filed("POST", at, map[string]string{"number": "2"}, "no pdf").want(http.StatusUnprocessableEntity, `"pointer":"/file"`, `"pointer":"/issued_on"`)
			c.filed("POST", at, map[string]string{"number": "2", "version": "1"}, onePage).want(http.StatusUnprocessableEntity, `"pointer":"/version"`, `"code":"unknown"`)
			c.filed("POST", at, map[string]string{"number": "2", "net_amount": "1.5"}, onePage).want(http.StatusUnprocessableEntity, `"pointer":"/net_amount"`)
			c.post(at, `{"number":"2"}`).want(http.StatusUnsupportedMediaType)
		})
	})
}

func TestOffers(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "offers", "offers:write")
		org := h.Organization(h.School, "Corvenne", "73282932000074")
		at := "/organizations/" + org.ID.String() + "/offers"
		made := c.post(at, `{"title":"Développeuse","contract":"apprenticeship","description":"Une équipe de cinq.","posts":2}`).want(http.StatusCreated, `"state":"active"`, `"source":"api"`, `"posts":2`)
		path := "/offers/" + made.text("id")
		t.Run("read, changed, put aside and deleted by the rules of the pages", func(t *testing.T) {
			c.post(at, `{"title":"","contract":"internship","description":""}`).want(http.StatusUnprocessableEntity, `"pointer":"/title"`)
			c.ask("PATCH", path, `{"place":"Quimper"}`, "If-Match", made.Get("ETag")).want(http.StatusOK, `"place":"Quimper"`, `"title":"Développeuse"`)
			c.ask("PATCH", path, `{"place":"Brest"}`, "If-Match", made.Get("ETag")).want(http.StatusPreconditionFailed)
			c.post(path+"/deactivation", "").want(http.StatusOK, `"state":"inactive"`)
			c.post(path+"/rejection", `{"reason":"x"}`).want(http.StatusConflict)
			c.post(path+"/activation", "").want(http.StatusOK, `"state":"active"`)
			c.get("/offers?q=quimper").want(http.StatusOK, "Développeuse", `"next":""`)
			all(t, h, h.Vendor).get(path).want(http.StatusNotFound)
		})
		t.Run("an organisation goes with its offers", func(t *testing.T) {
			with(t, h, h.School, "deleting", "organizations:delete").ask("DELETE", "/organizations/"+org.ID.String(), "").want(http.StatusNoContent)
			c.get(path).want(http.StatusNotFound)
		})
	})
}

func TestJournal(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "journal", "journal:write", "export", "contacts:read")
		org := h.Organization(h.School, "Corvenne", "73282932000074")
		who := h.Contact(h.School, org.ID, "Le Gall", "Anne")
		t.Run("what programs do stands there under their token", func(t *testing.T) {
			c.post("/contacts/"+who.ID.String()+"/comments", `{"comment":"Appelée ce matin."}`).want(http.StatusNoContent)
			c.post("/organizations/"+org.ID.String()+"/comments", `{"comment":"Appelée ce soir."}`).want(http.StatusNoContent)
			c.post("/journal/comments", `{"comment":""}`).want(http.StatusUnprocessableEntity, `"pointer":"/comment"`)
			c.get("/journal?contact="+who.ID.String()).want(http.StatusOK, "Appelée ce matin.", `"kind":"token"`)
			c.get("/journal?kind=contact.created").want(http.StatusOK, `"family_name"`)
		})
		t.Run("it comes in pages, or whole as lines of JSON, which it then says", func(t *testing.T) {
			first := c.get("/journal?limit=2").want(http.StatusOK)
			if second := c.get("/journal?limit=2&cursor=" + first.text("next")).want(http.StatusOK); second.Body == first.Body {
				t.Error(second.Body)
			}
			whole := c.get("/journal/export").want(http.StatusOK, `"contact.created"`)
			if whole.Get("Content-Type") != "application/jsonl" || strings.Count(whole.Body, "\n") < 4 {
				t.Error(whole.Header, whole.Body)
			}
			c.get("/changes").want(http.StatusOK, `"next":0`) // none is sealed yet
			c.get("/journal?kind=journal.exported&organization=" + org.ID.String()).want(http.StatusOK)
		})
	})
}

// onePage is a PDF that everybody can open.
var onePage = string(sample.PDF("Facture"))
