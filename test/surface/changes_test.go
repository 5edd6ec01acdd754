package surface

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// A change holds from the next request on, for a session that is open.
func TestChangesHoldAtTheNextRequest(t *testing.T) {
	nodes(t, func(t *testing.T, in *installation, second *web.Site) {
		staff := in.as(in.school.admin)
		post := func(path string, form url.Values) {
			t.Helper()
			if a := staff.post("/brenval/office"+path, form); a.status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", path, a.status, a.text())
			}
		}
		sheet := func(of contact.Contact, change string, value ...string) url.Values {
			c := in.get(in.school, of.ID)
			form := url.Values{
				"civility": {"ms"}, "phone": {"01 99 00 00 03"}, "email": {c.Email.String()}, "role": {string(c.Role)}, "version": {fmt.Sprint(c.Version)},
			}
			if c.LoginEnabled {
				form.Set("login_enabled", "1")
			}
			form[change] = value
			return form
		}
		here := func(change func(p *contact.Past)) (b *browser, c contact.Contact, is func(want string, status int)) {
			who, c := in.visitor(in.school, contact.User, change)
			b = in.browserAt(second)
			b.signIn(who)
			return b, c, func(want string, status int) {
				t.Helper()
				if a := b.get(portalOf(in.school, c)); seen(a) != want || a.status != status {
					t.Errorf("%q with %d, want %q with %d: %s", seen(a), a.status, want, status, a.text())
				}
			}
		}
		t.Run("switched off and on again by staff", func(t *testing.T) {
			_, c, is := here(nil)
			is("all", 200)
			post("/contacts/"+c.ID.String(), sheet(c, "login_enabled"))
			is("closed", 403)
			post("/contacts/"+c.ID.String(), sheet(c, "login_enabled", "1"))
			is("all", 200)
		})
		t.Run("authorised", func(t *testing.T) {
			_, c, is := here(unauthorized)
			is("waiting", 200)
			post("/contacts/"+c.ID.String()+"/authorization", nil)
			is("all", 200)
		})
		t.Run("in another role", func(t *testing.T) {
			b, c, is := here(nil)
			is("all", 200)
			if a := b.get(portalOf(in.school, c)); !a.shows("Utilisateur") {
				t.Error(a.text())
			}
			post("/contacts/"+c.ID.String(), sheet(c, "role", "admin"))
			if a := b.get(portalOf(in.school, c)); !a.shows("l’un des administrateurs") {
				t.Error(a.text())
			}
		})
		t.Run("its organisation archived and restored", func(t *testing.T) {
			_, c, is := here(nil)
			post("/organizations/"+c.Organization.String()+"/archive", nil)
			is("closed", 403)
			post("/organizations/"+c.Organization.String()+"/restoration", nil)
			is("all", 200)
		})
		t.Run("deleted, while the login has another place", func(t *testing.T) {
			b, c, is := here(nil)
			is("all", 200)
			in.update(func(ctx context.Context, tx *sqldb.Tx) error {
				l, err := in.login(ctx, tx, in.addressOf(c))
				if err != nil {
					return err
				}
				_, err = tx.Exec(ctx, `INSERT INTO staff (workspace_id, login_id, role, created_at) VALUES ($1, $2, 'officer', 1)`, in.vendor.ID, l.ID)
				return err
			})
			post("/contacts/"+c.ID.String()+"/deletion", url.Values{"successor": {in.other(in.school, c.Row)}})
			is("closed", 403)
			if a := b.get(portalOf(in.school, c)); !a.shows("a été supprimé") || !a.shows("Orvane Santé") {
				t.Error(a.text())
			}
			if a := in.as(in.school.officer).get(portalOf(in.school, c)); a.status != http.StatusNotFound {
				t.Errorf("somebody else: %d", a.status)
			}
		})
		t.Run("deleted, when the login held nothing more: it is gone, with its sessions", func(t *testing.T) {
			b, c, is := here(nil)
			is("all", 200)
			post("/contacts/"+c.ID.String()+"/deletion", url.Values{"successor": {in.other(in.school, c.Row)}})
			if a := b.get(portalOf(in.school, c)); !strings.HasPrefix(a.location(), "/sign-in") {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
		t.Run("another person’s name: the former person does not come in any more", func(t *testing.T) {
			b, c, is := here(nil)
			is("all", 200)
			_, letters := in.next()
			post("/contacts/"+c.ID.String()+"/name", url.Values{"family_name": {"Tanguy " + letters}, "given_name": {"Enora"}, "person": {"another"}, "version": {fmt.Sprint(in.get(in.school, c.ID).Version)}})
			if a := b.get(portalOf(in.school, c)); a.status == http.StatusOK {
				t.Error(a.text())
			}
		})
		t.Run("another login for the contact: the former one does not come in any more", func(t *testing.T) {
			b, c, is := here(nil)
			is("all", 200)
			post("/contacts/"+c.ID.String()+"/login", url.Values{"login_email": {"moved." + c.Email.String()}, "password": {password}})
			if a := b.get(portalOf(in.school, c)); !strings.HasPrefix(a.location(), "/sign-in") {
				t.Errorf("%d %s", a.status, a.text())
			}
			again := in.browserAt(second) // the login is there until the letter about this was taken
			again.signIn(in.addressOf(c))
			if a := again.get(portalOf(in.school, c)); a.status != http.StatusNotFound {
				t.Errorf("signed in again: %d %s", a.status, a.text())
			}
		})
		t.Run("another login for the contact, while the former one has another place: it keeps that one alone", func(t *testing.T) {
			b, c, is := here(nil)
			var l login.Login
			in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				l, err = in.login(ctx, tx, in.addressOf(c))
				return err
			})
			elsewhere := in.join(in.vendor, l, in.contact(in.vendor), contact.User, nil)
			in.homes[l.Email.String()] = c
			is("all", 200)
			post("/contacts/"+c.ID.String()+"/login", url.Values{"login_email": {"moved." + c.Email.String()}, "password": {password}})
			is("closed", 403)
			if a := b.get(portalOf(in.vendor, elsewhere)); a.status != http.StatusOK {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
		t.Run("somebody of the staff in another role, and removed", func(t *testing.T) {
			who := in.somebody(in.school, "officer")
			b := in.browserAt(second)
			b.signIn(who)
			is := func(path string, status int) {
				t.Helper()
				if a := b.get("/brenval/office" + path); a.status != status {
					t.Errorf("%s: %d, want %d", path, a.status, status)
				}
			}
			row := func(sql string) {
				t.Helper()
				in.update(func(ctx context.Context, tx *sqldb.Tx) error {
					l, err := in.login(ctx, tx, who)
					if err != nil {
						return err
					}
					_, err = tx.Exec(ctx, sql, in.school.ID, l.ID)
					return err
				})
			}
			is("", 200)
			is("/settings", 403)
			row(`UPDATE staff SET role = 'admin' WHERE workspace_id = $1 AND login_id = $2`)
			is("/settings", 200)
			row(`UPDATE staff SET role = 'officer' WHERE workspace_id = $1 AND login_id = $2`)
			is("/settings", 403)
			row(`DELETE FROM staff WHERE workspace_id = $1 AND login_id = $2`)
			is("", 404)
			is("/settings", 404)
		})
		t.Run("the sessions of a super_admin ended by staff: a new password is asked for", func(t *testing.T) {
			who, c := in.visitor(in.school, contact.SuperAdmin, nil)
			b := in.browserAt(second)
			b.signIn(who)
			if a := b.get(portalOf(in.school, c)); seen(a) != "all" {
				t.Fatal(a.text())
			}
			post("/contacts/"+c.ID.String()+"/revocation", url.Values{"password": {password}})
			if a := b.get(portalOf(in.school, c)); !strings.HasPrefix(a.location(), "/sign-in") {
				t.Errorf("%d %s", a.status, a.text())
			}
			if a := in.browserAt(in.site).post("/sign-in", url.Values{"email": {who}, "password": {password}}); a.status != http.StatusUnprocessableEntity {
				t.Errorf("the old password: %d %s", a.status, a.text())
			}
		})
		t.Run("signed out everywhere from another device", func(t *testing.T) {
			b, c, is := here(nil)
			is("all", 200)
			other := in.browserAt(in.site)
			other.signIn(in.addressOf(c))
			if a := other.post("/profile/sessions/end", url.Values{"which": {"all"}, "all": {"1"}}); a.status != http.StatusSeeOther {
				t.Fatal(a.text())
			}
			if a := b.get(portalOf(in.school, c)); !strings.HasPrefix(a.location(), "/sign-in") {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
		t.Run("a new password ends the other sessions", func(t *testing.T) {
			b, c, _ := here(nil)
			other := in.browserAt(in.site)
			other.signIn(in.addressOf(c))
			if a := other.post("/profile/password", url.Values{"current_password": {password}, "new_password": {"quai des lanternes grises"}}); a.status != http.StatusSeeOther {
				t.Fatal(a.text())
			}
			if a := b.get(portalOf(in.school, c)); !strings.HasPrefix(a.location(), "/sign-in") {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
	})
}
