package surface

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// depositor is a contact of the organisation from the public form, whom nobody has authorised yet.
func (in *installation) depositor(h host, of id.Organization) (c contact.Contact) {
	in.t.Helper()
	_, letters := in.next()
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Create(ctx, tx, h.by, of, contact.Input{
			Civility: "mr", FamilyName: "Dépôt " + letters, GivenName: "Paul", Phone: "01 99 00 12 34", Email: letters + "@corvenne.example", Source: contact.Landing,
		})
		return err
	})
	return c
}

// The portal's pages on contacts show the reader's own organisation's, and of those nothing that the reader may not know.
func TestPortalContacts(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, own := in.visitor(in.school, contact.User, nil)
		colleague := in.person(in.school, own.Organization)
		const loginEmail = "porte.derobee@corvenne.example"
		in.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE contact SET login_email = $1, login_enabled = 1 WHERE workspace_id = $2 AND id = $3`, loginEmail, in.school.ID, colleague.ID)
			return err
		})
		boss := in.person(in.school, own.Organization)
		in.join(in.school, in.newLogin(in.school, "boss@visitors.example", "Anne Petit"), boss, contact.Admin, nil)
		list, one := portalOf(in.school, own)+"/contacts", portalOf(in.school, own)+"/contacts/"
		user, admin := in.as(who), in.as("boss@visitors.example")
		user.get(list) // sets the cookies of whoever was here
		admin.get(list)

		t.Run("a contact of another organisation or workspace is as one that never was", func(t *testing.T) {
			for says, c := range map[string]contact.Contact{
				"another organisation’s": in.contact(in.school), "another workspace’s": in.contact(in.vendor), "not authorised": in.depositor(in.school, own.Organization),
			} {
				for _, b := range []*browser{user, admin} {
					unknown := id.NewContact().String()
					foreign, nothing := b.get(one+c.ID.String()), b.get(one+unknown)
					if diff := differ(foreign, nothing, c.ID.String(), unknown); foreign.status != http.StatusNotFound || diff != "" {
						t.Errorf("%s: %d, %s", says, foreign.status, diff)
					}
					for _, q := range []string{c.FamilyName.String(), c.Label()} {
						if a := b.get(list + "?q=" + url.QueryEscape(q)); a.status != http.StatusOK || strings.Contains(a.body, c.ID.String()) {
							t.Errorf("%s: found by %q, %d", says, q, a.status)
						}
					}
				}
			}
			for _, s := range strange() {
				if a := user.get(one + url.PathEscape(s)); a.status != http.StatusNotFound && a.status != http.StatusMovedPermanently && a.status != http.StatusTemporaryRedirect {
					t.Errorf("%q: %d", s, a.status)
				}
			}
		})
		t.Run("a user sees colleagues, but not how they come in; an admin does", func(t *testing.T) {
			for _, path := range []string{list, one + colleague.ID.String()} {
				asUser, asAdmin := user.get(path), admin.get(path)
				asUser.sound(t, path)
				asAdmin.sound(t, path)
				if !asUser.shows(colleague.Label()) || !asUser.shows(colleague.FamilyName.String()) || asUser.shows("Invité") || asUser.shows(loginEmail) || asUser.shows("Autorisé") {
					t.Errorf("%s: %s", path, asUser.text())
				}
				if !asAdmin.shows("Invité") || !asAdmin.shows("Autorisé\u00a0: NON") {
					t.Errorf("%s: %s", path, asAdmin.text())
				}
			}
			if a := admin.get(one + colleague.ID.String()); !a.shows(loginEmail) {
				t.Error(a.text())
			}
			if a := user.get(one + own.ID.String()); !a.shows(who) || !a.shows("Mot de passe, langue et appareils") {
				t.Error(a.text())
			}
		})
		t.Run("what can be done with them is offered to who may, and to nobody else", func(t *testing.T) {
			for _, tab := range []string{"/requests", "/preferences"} {
				offered := func(b *browser, of contact.Contact) bool {
					here := one + of.ID.String()
					shown, there := strings.Contains(b.get(here).body, `href="`+here+tab+`"`), b.get(here+tab)
					if shown != (there.status == http.StatusOK) {
						t.Errorf("%s: offered %v, leads to %d", tab, shown, there.status)
					}
					return shown
				}
				also := tab == "/requests" // who never came in has nothing to prefer
				if !offered(admin, own) || offered(admin, colleague) != also || !offered(user, own) || offered(user, colleague) || offered(user, boss) {
					t.Error(tab)
				}
			}
			for _, act := range []string{"/edit", "/deletion"} {
				offered := func(b *browser, of contact.Contact) bool {
					return strings.Contains(b.get(list).body, of.ID.String()+act+`"`)
				}
				if !offered(admin, colleague) || offered(user, colleague) || offered(user, own) != (act == "/edit") || offered(admin, boss) != (act == "/edit") {
					t.Error(act)
				}
			}
		})
		t.Run("an admin takes along whom the list shows, in its words; the history says so; a user does not", func(t *testing.T) {
			in.depositor(in.school, own.Organization)
			in.contact(in.school)
			count := func() int { return len(in.dump()["journal_line"]) }
			before := count()
			if a := user.get(list + "/export?format=csv"); a.status != http.StatusForbidden || user.get(list).shows("Exporter") {
				t.Error(a.status)
			}
			for _, format := range []string{"", "jsonl", "pdf"} {
				if a := admin.get(list + "/export?format=" + format); a.status != http.StatusNotFound {
					t.Errorf("%q: %d", format, a.status)
				}
			}
			if count() != before {
				t.Error("the history tells of what was not")
			}
			all, one := admin.get(list+"/export?format=csv"), admin.get(list+"/export?format=csv&q="+colleague.Label())
			if n := strings.Count(all.body, "@corvenne.example"); all.status != http.StatusOK || strings.Count(strings.TrimSpace(all.body), "\n") != 4 || n < 4 || all.shows("Dépôt") || !all.shows(loginEmail) {
				t.Errorf("%d %s", all.status, all.body)
			}
			if strings.Count(strings.TrimSpace(one.body), "\n") != 1 || !one.shows(colleague.Label()) {
				t.Error(one.body)
			}
			if a := admin.get(list + "/export?format=xlsx"); a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
				t.Error(a.status)
			}
			if n := count() - before; n != 3 {
				t.Errorf("%d lines in the history", n)
			}
		})
		t.Run("a guest finds neither, and no menu that leads there", func(t *testing.T) {
			address, c := in.visitor(in.school, contact.SuperAdmin, unauthorized)
			guest, home := in.as(address), portalOf(in.school, c)
			for _, path := range []string{home + "/contacts", home + "/contacts/" + c.ID.String()} {
				if a := guest.get(path); a.status != http.StatusNotFound || seen(a) != "nothing" {
					t.Errorf("%s: %d %s", path, a.status, a.text())
				}
			}
			if a := guest.get(home); a.shows("/contacts") {
				t.Error(a.body)
			}
		})
		t.Run("layout, size and order stand in the address, and are remembered for the person", func(t *testing.T) {
			grid := func(a answer) bool { return strings.Contains(a.body, `class="cards"`) }
			if grid(user.get(list)) || !grid(user.get(list+"?view=grid&size=48&sort=recent")) || !grid(user.get(list)) || !user.get(list).shows("?size=12") {
				t.Error("the layout is not kept")
			}
			if a := user.get(list + "?view=list"); grid(a) {
				t.Error("the address does not say")
			}
			user.get(list + "?view=grid&size=7")
			if elsewhere := in.as(who); !grid(elsewhere.get(list)) || grid(admin.get(list)) {
				t.Error("not the person’s: another browser, or another person")
			}
			in.unchanged(t, func() {
				user.get(list)
				user.get(list + "?q=a&page=2")
				user.get(list + "?view=grid")
			})
			for _, value := range []string{"x", "%zz", "contacts=view%3Dnone%26size%3D-1", "contacts=%00"} {
				in.update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE login SET looks = $1 WHERE id = $2`, value, in.get(in.school, own.ID).Login)
					return err
				})
				if a := user.get(list); a.status != http.StatusOK || grid(a) {
					t.Errorf("%q: %d", value, a.status)
				}
			}
		})
		t.Run("a script gets the list alone", func(t *testing.T) {
			b := in.as(who)
			b.header.Set("X-Fragment", "list")
			if a := b.get(list + "?q=" + url.QueryEscape(colleague.Label())); a.status != http.StatusOK || !strings.HasPrefix(a.body, "<section") || !a.shows("1 contact") {
				t.Errorf("%d %.300s", a.status, a.body)
			}
		})
		t.Run("wild addresses show the list, or none of it", func(t *testing.T) {
			for _, q := range []string{"page=99999", "page=-1", "size=1000000", "view=%00", "sort=';--", "q=%25", "q=%FF%00", "q=" + strings.Repeat("a+", 2000), "after=x", "view=grid&view=list"} {
				a := user.get(list + "?" + q)
				a.sound(t, q)
				if a.status != http.StatusOK {
					t.Errorf("%q: %d", q, a.status)
				}
			}
		})
	})
}
