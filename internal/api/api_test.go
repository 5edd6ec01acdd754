package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/office/officetest"
)

func TestOrganizations(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "organizations", "organizations:write", "organizations:delete")
		made := c.post("/organizations", `{"name":"Corvenne SAS","siret":"732 829 320 00074","city":"Paris","phone":"01 42 68 53 00"}`).
			want(http.StatusCreated, `"siret":"73282932000074"`, `"phone":"+33142685300"`, `"version":`)
		one := made.Get("Location")
		path := strings.TrimPrefix(one, "/api/v1")
		t.Run("what is made has its address and its version", func(t *testing.T) {
			if one != "/api/v1/organizations/"+made.text("id") || !strings.HasPrefix(made.Get("ETag"), `"1-`) {
				t.Errorf("%s %s", one, made.Get("ETag"))
			}
			if got := c.get(path).want(http.StatusOK); got.Body != made.Body || got.Get("ETag") != made.Get("ETag") {
				t.Errorf("%s %s", got.Body, got.Get("ETag"))
			}
		})
		t.Run("what has not changed is not sent again", func(t *testing.T) {
			if got := c.get(path, "If-None-Match", `"x", W/`+made.Get("ETag")).want(http.StatusNotModified); got.Body != "" {
				t.Error(got.Body)
			}
		})
		t.Run("an edit changes what it names alone, from the version that was read", func(t *testing.T) {
			c.ask("PATCH", path, `{"city":"Lyon"}`).want(http.StatusPreconditionRequired, `"code":"if_match"`)
			c.ask("PATCH", path, `{"city":"Lyon"}`, "If-Match", "*").want(http.StatusPreconditionRequired)
			c.ask("PATCH", path, `{"city":"Lyon"}`, "If-Match", `"x"`).want(http.StatusPreconditionFailed)
			edited := c.ask("PATCH", path, `{"city":"Lyon","phone":""}`, "If-Match", made.Get("ETag")).want(http.StatusOK, `"city":"Lyon"`, `"phone":""`, `"name":"Corvenne SAS"`, `"version":2`)
			c.ask("PATCH", path, `{"city":"Lyon","phone":""}`, "If-Match", made.Get("ETag")).want(http.StatusOK, `"version":2`) // sent again
			c.ask("PATCH", path, `{"city":"Nice"}`, "If-Match", made.Get("ETag")).want(http.StatusPreconditionFailed, `"code":"version"`)
			c.ask("PATCH", path, `{"name":""}`, "If-Match", edited.Get("ETag")).want(http.StatusUnprocessableEntity, `"pointer":"/name"`, `"code":"required"`)
		})
		t.Run("a number that is taken is a conflict on its field, in the language that is asked for", func(t *testing.T) {
			got := c.post("/organizations", `{"name":"Autre","siret":"73282932000074"}`, "Accept-Language", "en").want(http.StatusConflict, `"pointer":"/siret"`, `"instance":"urn:entregent:request:`)
			if got.Get("Content-Language") != "en" || got.text("title") != "Conflict" {
				t.Error(got.Header)
			}
			c.post("/organizations", `{"name":"Autre","siret":"123"}`, "Accept-Language", "fr").want(http.StatusUnprocessableEntity, "Des champs sont à corriger")
		})
		t.Run("lists come in pages that a cursor joins, each entry once", func(t *testing.T) {
			for _, name := range []string{"Alpha", "alpha", "Béta", "Gamma", "Delta"} {
				c.post("/organizations", `{"name":"`+name+`"}`).want(http.StatusCreated)
			}
			for _, sort := range []string{"name", "city", "recent"} {
				seen, cursor, pages := map[string]bool{}, "", 0
				for {
					page := c.get("/organizations?limit=2&sort=" + sort + "&cursor=" + cursor).want(http.StatusOK)
					for _, item := range page.field("items").([]any) {
						id := item.(map[string]any)["id"].(string)
						if seen[id] {
							t.Errorf("%s: %s twice", sort, id)
						}
						seen[id] = true
					}
					if pages++; page.text("next") == "" || pages > 9 {
						break
					}
					cursor = page.text("next")
				}
				if len(seen) != 6 || pages != 3 {
					t.Errorf("%s: %d in %d pages", sort, len(seen), pages)
				}
			}
			c.get("/organizations?q=corv").want(http.StatusOK, `"Corvenne SAS"`, `"next":""`)
			c.get("/organizations?q=orvenn").want(http.StatusOK, `"Corvenne SAS"`)
			c.get("/organizations?cursor=AAAA").want(http.StatusUnprocessableEntity, `"parameter":"cursor"`)
		})
		t.Run("archived, taken back and deleted by the rules of the pages", func(t *testing.T) {
			c.post(path+"/archive", "").want(http.StatusOK, `"archived_at":"2`)
			c.get("/organizations?show=archived").want(http.StatusOK, "Corvenne")
			c.post(path+"/restoration", "{}").want(http.StatusOK, `"version":`)
			c.post(path+"/archive", `{"x":1}`).want(http.StatusUnprocessableEntity, `"code":"body_unexpected"`)
			c.ask("DELETE", path, "").want(http.StatusNoContent)
			c.get(path).want(http.StatusNotFound, `"code":"not_found"`)
		})
	})
}

func TestContacts(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := with(t, h, h.School, "contacts", "contacts:write")
		org := h.Organization(h.School, "Corvenne", "73282932000074")
		made := c.post("/organizations/"+org.ID.String()+"/contacts", `{"civility":"ms","family_name":"Le Gall","given_name":"Anne","email":"anne.legall@corvenne.example","phone":"02 61 91 40 10"}`).
			want(http.StatusCreated, `"source":"api"`, `"primary":true`, `"state":"without_login"`)
		path := "/contacts/" + made.text("id")
		t.Run("who bears the same name in the organisation is there already", func(t *testing.T) {
			c.post("/organizations/"+org.ID.String()+"/contacts", `{"civility":"ms","family_name":"LE GALL","given_name":"anne","email":"a@corvenne.example","phone":"02 61 91 40 10"}`).
				want(http.StatusConflict, `"pointer":"/family_name"`)
		})
		t.Run("the sheet is edited, and every fault comes at once", func(t *testing.T) {
			c.ask("PATCH", path, `{"email":"x","phone":"y"}`, "If-Match", made.Get("ETag")).want(http.StatusUnprocessableEntity, `"pointer":"/email"`, `"pointer":"/phone"`)
			got := c.ask("PATCH", path, `{"job_title":"Tutrice"}`, "If-Match", made.Get("ETag"), "Content-Type", "application/merge-patch+json").want(http.StatusOK, `"job_title":"Tutrice"`, `"email":"anne.legall@corvenne.example"`)
			c.ask("PATCH", path, `{"primary":false}`, "If-Match", got.Get("ETag")).want(http.StatusUnprocessableEntity, `"pointer":"/primary"`)
		})
		t.Run("renamed, authorised, invited and deleted by the rules of the pages", func(t *testing.T) {
			tag := c.get(path).Get("ETag")
			c.ask("PUT", path+"/name", `{"family_name":"Le Gall","given_name":"Anne-Marie","person":"same"}`, "If-Match", tag).want(http.StatusOK, "Anne-Marie")
			c.post(path+"/authorization", "").want(http.StatusOK, `"authorized_at":"2`)
			c.post(path+"/credentials", `{}`).want(http.StatusOK, `"login_enabled":true`, `"login_email":"anne.legall@corvenne.example"`)
			c.ask("PUT", path+"/login", `{"login_email":"b@corvenne.example"}`).want(http.StatusConflict)
			second := h.Contact(h.School, org.ID, "Kervella", "Yann")
			c.ask("DELETE", path, "").want(http.StatusConflict, `"parameter":"successor"`)
			c.ask("DELETE", path+"?successor="+second.ID.String(), "").want(http.StatusNoContent)
			c.get("/contacts/"+second.ID.String()).want(http.StatusOK, `"primary":true`)
		})
		t.Run("what another workspace owns does not exist", func(t *testing.T) {
			other := h.Organization(h.Vendor, "Ailleurs", "")
			person := h.Contact(h.Vendor, other.ID, "Ailleurs", "Zoé")
			for _, where := range []string{"/organizations/" + other.ID.String(), "/contacts/" + person.ID.String(), "/contacts/x", "/organizations/" + other.ID.String() + "/delegation"} {
				c.get(where).want(http.StatusNotFound, `"code":"not_found"`)
			}
			c.post("/organizations/"+other.ID.String()+"/contacts", `{"family_name":"A","given_name":"B"}`).want(http.StatusNotFound)
			c.ask("DELETE", "/contacts/"+person.ID.String(), "").want(http.StatusNotFound)
			c.ask("PATCH", "/contacts/"+person.ID.String(), `{"job_title":"x"}`, "If-Match", `"1-x"`).want(http.StatusNotFound)
			c.get("/contacts?organization="+other.ID.String()).want(http.StatusOK, `"items":[]`)
		})
	})
}

func TestDoor(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		c := all(t, h, h.School)
		t.Run("without a token there is nothing but the document", func(t *testing.T) {
			for _, secret := range []string{"", "x", "ent_" + strings.Repeat("0", 78)} {
				got := client{t, h, secret}.get("/contacts").want(http.StatusUnauthorized)
				if !strings.HasPrefix(got.Get("WWW-Authenticate"), "Bearer") {
					t.Error(got.Header)
				}
			}
			c.get("/contacts", "Authorization", "Basic eDp5").want(http.StatusUnauthorized)
			if got := (client{t, h, ""}).get("/openapi.json"); got.Status != http.StatusOK || got.Get("ETag") == "" {
				t.Error(got.Status)
			}
		})
		t.Run("methods: what there is for a path is said", func(t *testing.T) {
			if got := c.ask("PUT", "/contacts", "{}").want(http.StatusMethodNotAllowed); got.Get("Allow") != "GET, HEAD, OPTIONS" {
				t.Error(got.Get("Allow"))
			}
			if got := c.ask("OPTIONS", "/contacts", ""); got.Status != http.StatusNoContent || got.Get("Allow") != "GET, HEAD, OPTIONS" || got.Get("Access-Control-Allow-Origin") != "" {
				t.Error(got.Status, got.Header)
			}
			c.get("/nothing").want(http.StatusNotFound)
			c.ask("HEAD", "/contacts", "").want(http.StatusOK)
		})
		t.Run("what can be read in two ways is not read", func(t *testing.T) {
			for body, says := range map[string]string{
				`{"name":"a","name":"b"}`: `"code":"json.duplicate"`,
				`{"name":"a"} {}`:         `"code":"json.trailing"`,
				`{"name":`:                `"code":"json"`,
				`{"name":"\xff"}`:         `"code":"json"`,
				strings.Repeat("[", 40) + strings.Repeat("]", 40): `"code":"json.depth"`,
				"{\"name\":\"\xff\"}":                             `"code":"json.utf8"`,
			} {
				c.post("/organizations", body).want(http.StatusBadRequest, says)
			}
			for body, says := range map[string]string{
				`{"name":"a","Version":9}`: `"pointer":"/Version"`,
				`{"Name":"a"}`:             `"pointer":"/Name"`,
				`{"name":"a","id":"x"}`:    `"pointer":"/id"`,
				`{"name":5}`:               `"code":"not_string"`,
				`{"name":null}`:            `"pointer":"/name","code":"null"`,
				`[]`:                       `"code":"not_object"`,
				`{}`:                       `"pointer":"/name","code":"required"`,
				`{"name":"` + strings.Repeat("x", 1001) + `"}`: `"code":"too_long"`,
			} {
				got := c.post("/organizations", body).want(http.StatusUnprocessableEntity, says)
				if strings.Contains(got.Body, "xxxxx") {
					t.Error("what was typed is echoed")
				}
			}
			c.post("/organizations", `{"name":"a"}`, "Content-Type", "text/plain").want(http.StatusUnsupportedMediaType)
			c.post("/organizations", `{"name":"a"}`, "Content-Type", "application/json; charset=latin1").want(http.StatusUnsupportedMediaType)
			c.post("/organizations", `{"name":"`+strings.Repeat("x", 1<<20)+`"}`).want(http.StatusRequestEntityTooLarge)
			c.post("/organizations", "", "Content-Type", "application/json").want(http.StatusUnprocessableEntity, `"code":"body_missing"`)
		})
		t.Run("parameters that are not known, come twice or do not fit are refused", func(t *testing.T) {
			for query, says := range map[string]string{
				"nothing=1": `"parameter":"nothing","code":"unknown"`, "limit=1&limit=2": `"code":"twice"`, "limit=0": `"code":"too_small"`, "limit=101": `"code":"too_big"`,
				"limit=x": `"code":"not_number"`, "sort=x": `"code":"choice"`, "never_signed_in=maybe": `"code":"not_boolean"`, "organization=x": `"code":"not_id"`,
			} {
				c.get("/contacts?"+query).want(http.StatusUnprocessableEntity, says)
			}
		})
	})
}
