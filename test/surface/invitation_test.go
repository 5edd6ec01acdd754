package surface

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// invited is a contact that was sent credentials, with what stands in the letter.
type invited struct {
	contact contact.Contact
	path    string // of the link
	code    string
}

func (i invited) token() string { return strings.TrimPrefix(i.path, "/activate/") }

// inviter sends credentials as the program does.
func (in *installation) inviter() *access.Inviter {
	maker := invitation.NewMaker(in.secret, invitation.LimitsOf(in.config.Invitations))
	return access.NewInviter(maker, login.Links(in.secret, login.DefaultLimits()))
}

// invitation makes one at the host.
func (in *installation) invitation(h host) invited {
	in.t.Helper()
	i := invited{contact: in.contact(h)}
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := in.inviter().SendCredentials(ctx, tx, h.by, i.contact.ID, access.Sending{})
		return err
	})
	i.path, i.code = in.way(h, i.contact)
	return i
}

// way is what stands in the last letter about the contact.
func (in *installation) way(h host, of contact.Contact) (path, code string) {
	in.t.Helper()
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := mail.About(ctx, tx, h.by, of.ID, 1)
		if err != nil {
			return err
		}
		for _, k := range in.inviter().Kinds() {
			if k.Name == list[0].Kind {
				f, err := k.Facts(ctx, tx, list[0])
				path, code = f.URL, f.Code
				return err
			}
		}
		return nil
	})
	return path, code
}

// lastOf is what an address ends with: the secret of a link.
func lastOf(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// TestNothingSecretIsKept goes the whole way of an invitation, of a reminder and of a change of login, and looks for what
// nobody may read in the files of the database (its log too), in every table, in the history and in the records.
func TestNothingSecretIsKept(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock, o := sqldbtest.NewClock(), sqldbtest.Options(t, engine)
			o.Clock = clock.Now
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			files := filesOf(t, o)
			in := furnish(t, db, clock)
			secrets := in.wholeWay(t)
			found := map[string]string{"the records": in.log.String()}
			for table, rows := range in.dump() {
				for _, r := range rows {
					found["the table "+table] += r.text()
				}
			}
			for _, session := range in.sessions() {
				found["the sessions"] += session
			}
			maps.Copy(found, files())
			for where, text := range found {
				for what, secret := range secrets {
					if common := secret == password && strings.HasPrefix(where, everybodys); secret == "" || !common && strings.Contains(text, secret) {
						t.Errorf("%s: %q stands in %s", what, secret, where)
					}
				}
			}
		})
	}
}

// wholeWay is done through the pages; it gives what must be found nowhere.
func (in *installation) wholeWay(t *testing.T) map[string]string {
	secrets := map[string]string{"the tests' password": password}
	see := func(a answer, status int) {
		t.Helper()
		if a.status != status {
			t.Errorf("status %d, want %d", a.status, status)
		}
	}
	first, second := in.invitation(in.school), in.invitation(in.school)
	secrets["a link"], secrets["another link"] = first.token(), second.token()
	secrets["a code"], secrets["a code without its hyphen"] = first.code, strings.ReplaceAll(first.code, "-", "")
	secrets["another code"] = second.code
	secrets["a chosen password"], secrets["a refused password"], secrets["a wrong password"] = "goémon salé du matin", "brenval-corvenne", "goémon sucré du soir"
	b := in.browser()
	see(b.get(first.path), http.StatusOK)
	see(b.post(first.path, url.Values{"password": {secrets["a refused password"]}}), http.StatusUnprocessableEntity)
	see(b.post("/activate", url.Values{"email": {second.contact.Email.String()}, "code": {"0000-1111"}}), http.StatusUnprocessableEntity)
	see(b.post("/activate", url.Values{"email": {second.contact.Email.String()}, "code": {second.code}}), http.StatusSeeOther)
	see(b.post(first.path, url.Values{"password": {secrets["a chosen password"]}}), http.StatusSeeOther)
	secrets["a session"], secrets["a browser"] = b.cookies[sessionCookie], b.cookies[browserCookie]
	see(b.get(first.path), http.StatusNotFound)
	see(in.browser().post("/sign-in", url.Values{"email": {first.contact.Email.String()}, "password": {secrets["a wrong password"]}}), http.StatusUnprocessableEntity)
	see(in.browser().post(second.path+"/refusal", nil), http.StatusSeeOther)
	see(in.browser().post(second.path+"/renewal", nil), http.StatusSeeOther)
	staff := in.as(in.school.officer)
	about := "/brenval/office/contacts/" + first.contact.ID.String()
	see(staff.post(about+"/credentials", nil), http.StatusSeeOther)
	reminder, _ := in.way(in.school, first.contact)
	secrets["a link to choose a password"] = lastOf(reminder)
	see(in.browser().get(reminder), http.StatusOK)
	see(staff.post(about+"/login", url.Values{"login_email": {"moved.to@corvenne.example"}, "password": {password}}), http.StatusSeeOther)
	moved, code := in.way(in.school, first.contact)
	secrets["a link to another address"], secrets["a code to another address"] = lastOf(moved), code
	into := in.welcome(in.school, "gwen@invited.example")
	secrets["a link into the team"], secrets["a code into the team"] = into.token(), into.code
	see(in.browser().post("/activate", url.Values{"email": {"gwen@invited.example"}, "code": {into.code}}), http.StatusSeeOther)
	see(in.browser().post(into.path, url.Values{"password": {secrets["a chosen password"]}}), http.StatusSeeOther)
	see(staff.get("/brenval/office/journal"), http.StatusOK)
	for what, secret := range maps.Clone(secrets) {
		if raw, err := base64.RawURLEncoding.DecodeString(secret); err == nil && strings.Contains(what, "link") {
			secrets[what+", as bytes"] = string(raw)
		}
	}
	return secrets
}
