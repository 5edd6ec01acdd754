package surface

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// acts are some of everything that people do, with the words below in all that they type.
func (in *installation) acts(t *testing.T, secrets url.Values) (requests int) {
	t.Helper()
	b := in.as(in.school.admin)
	requests++
	do := func(method, target string, form url.Values) answer {
		requests++
		if method == http.MethodPost {
			return b.post(target, form)
		}
		return b.do(method, target, "", "")
	}
	s := secrets.Get
	b.header.Set("User-Agent", "Mozilla "+s("agent"))
	b.header.Set("Referer", base+"/brenval/office/contacts?q="+url.QueryEscape(s("family")))
	o, c := in.organization(in.school), in.contact(in.school)
	org, con := "/brenval/office/organizations", "/brenval/office/contacts/"+c.ID.String()
	person := url.Values{
		"civility": {"ms"}, "family_name": {s("family")}, "given_name": {s("given")}, "mobile": {s("mobile")}, "phone": {s("phone")}, "job_title": {s("title")}, "email": {s("email")},
		"role": {"user"}, "version": {"1"}, "person": {"same"},
	}
	body := url.Values{"name": {s("company")}, "siret": {s("siret")}, "address": {s("address")}, "city": {s("city")}, "website": {"https://" + s("email")}, "version": {"1"}, "reason": {s("comment")}}
	wrong := url.Values{"family_name": {s("family") + "\x00"}, "email": {s("email") + " É"}, "phone": {s("phone") + " poste 3"}, "siret": {"1" + s("siret")}, "comment": {"\xff" + s("comment")}}
	for _, form := range []url.Values{person, person, wrong} {
		do("POST", org+"/"+o.ID.String()+"/contacts", form)
		do("POST", con, form)
		do("POST", con+"/name", form)
	}
	for _, form := range []url.Values{body, body, wrong} {
		do("POST", org, form)
		do("POST", org+"/"+o.ID.String(), form)
		do("POST", org+"/"+o.ID.String()+"/identity", form)
	}
	for _, target := range []string{con + "/comments", org + "/" + o.ID.String() + "/comments", "/brenval/office/journal/comments"} {
		do("POST", target, url.Values{"comment": {s("comment")}})
	}
	for name := range secrets {
		q := url.QueryEscape(s(name))
		for _, target := range []string{"/brenval/office/contacts?q=" + q, "/brenval/office/search?q=" + q, org + "?q=" + q, org + "/siret?siret=" + q, "/sign-in?next=/" + q, "/" + url.PathEscape(s(name)), "/brenval/office/contacts/" + url.PathEscape(s(name)), "/brenval/office/" + url.PathEscape(s(name))} {
			do("GET", target, nil)
		}
		do("PUT", "/brenval/office/contacts?q="+q, nil)
	}
	do("POST", "/profile", url.Values{"name": {s("staff")}, "locale": {"fr"}, "time_zone": {"Europe/Paris"}, "version": {"1"}})
	do("POST", "/profile/password", url.Values{"current_password": {s("password")}, "new_password": {s("password")}})
	do("POST", "/sign-in", url.Values{"email": {s("email")}, "password": {s("password")}})
	do("POST", "/setup", url.Values{"word": {s("password")}, "admin_email": {s("email")}, "password": {s("password")}})
	do("POST", con+"/deletion", nil)
	do("POST", org+"/"+o.ID.String()+"/deletion", url.Values{"password": {s("password")}})
	b.cookies[toastCookie] = s("comment")
	do("GET", "/brenval/office/journal", nil)
	b.host = s("company") + ".example"
	do("GET", "/help", nil)
	b.host = "entregent.example"
	b.header.Set("X-Forwarded-For", s("address"))
	do("GET", "/help", nil)
	token := b.cookies[sessionCookie]
	secrets.Set("session", token)
	secrets.Set("browser", b.cookies[browserCookie])
	do("POST", "/sign-out", nil)
	return requests
}

func TestLogs(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		secrets := url.Values{
			"family": {"Guivarch Tanguy"}, "given": {"Enorig"}, "mobile": {"06 39 98 76 54"}, "phone": {"01 99 00 76 54"}, "title": {"Directrice des opérations maritimes"},
			"email": {"enorig.guivarch@tonnellerie.example"}, "company": {"Tonnellerie"}, "siret": {siret(76_543)}, "address": {"12 venelle du Stiff"}, "city": {"Ouessant"},
			"comment": {"Traverse une période difficile."}, "password": {"goémon salé du matin"}, "staff": {"Maïwenn Penn"}, "agent": {"Zorglub/7"},
		}
		requests := in.acts(t, secrets)
		log := in.log.String()
		t.Run("no record holds a name, an address, a number, a password or a token", func(t *testing.T) {
			banned := map[string]string{"digits of the mobile": "39987654", "digits of the phone": "99007654", "siret in groups": siret(76_543)[:9], "the tests’ password": password, "an address of staff": in.school.admin, "a slug": "brenval", "the client": "203.0.113.7", "the host’s name": "École"}
			for name, values := range secrets {
				banned[name] = values[0]
				banned[name+", escaped"] = url.QueryEscape(values[0])
				banned[name+", in small letters"] = strings.ToLower(values[0])
			}
			for line := range strings.Lines(log) {
				for name, text := range banned {
					if strings.Contains(line, text) {
						t.Errorf("%s stands in %s", name, line)
					}
				}
			}
		})
		t.Run("each request has one record, with its number, route, status and time", func(t *testing.T) {
			n := 0
			numbers := map[string]bool{}
			for line := range strings.Lines(log) {
				var record map[string]any
				if err := json.Unmarshal([]byte(line), &record); err != nil {
					t.Fatalf("%q: %v", line, err)
				}
				if record["msg"] != "request" {
					continue
				}
				n++
				number, _ := record["request"].(string)
				if numbers[number] || number == "" {
					t.Errorf("number %q, again or none", number)
				}
				numbers[number] = true
				for _, name := range []string{"method", "route", "status", "ms", "bytes"} {
					if record[name] == nil {
						t.Errorf("no %s in %s", name, line)
					}
				}
				for name := range record {
					if !slices.Contains([]string{"time", "level", "msg", "request", "method", "route", "status", "ms", "bytes", "workspace", "login", "fault"}, name) {
						t.Errorf("%s was not expected: %s", name, line)
					}
				}
			}
			if n != requests {
				t.Errorf("%d records of %d requests", n, requests)
			}
		})
	})
}
