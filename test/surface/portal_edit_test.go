package surface

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// edited is the portal's form of a contact, as it is stored.
func edited(c contact.Contact) url.Values {
	return url.Values{
		"civility": {"mr"}, "job_title": {c.JobTitle}, "email": {c.Email.String()}, "phone": {"01 99 00 12 34"}, "mobile": {""}, "locale": {""}, "time_zone": {""},
		"login_enabled": {map[bool]string{true: "yes", false: "no"}[c.LoginEnabled]}, "role": {string(c.Role)}, "login_email": {c.LoginEmail.String()},
		"version": {strconv.FormatInt(c.Version, 10)},
	}
}

// What an organisation's own people change of one another, at the pages.
func TestPortalEdit(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, own := in.visitor(in.school, contact.Admin, nil)
		admin, contacts := in.as(who), portalOf(in.school, own)+"/contacts/"
		joined := in.person(in.school, own.Organization)
		in.join(in.school, in.newLogin(in.school, "joined@visitors.example", "Anne Petit"), joined, contact.User, nil)
		joined = in.get(in.school, joined.ID)

		t.Run("an identifier from elsewhere is as one that never was, on every page", func(t *testing.T) {
			admin.get(portalOf(in.school, own)) // sets the cookies of whoever was here
			for says, c := range map[string]contact.Contact{
				"another organisation’s": in.contact(in.school), "another workspace’s": in.contact(in.vendor), "not authorised": in.depositor(in.school, own.Organization),
			} {
				for _, act := range []string{"/edit", "/name", "/credentials", "/primary", "/deletion"} {
					in.unchanged(t, func() {
						unknown := id.NewContact().String()
						form := edited(c)
						foreign, nothing := admin.post(contacts+c.ID.String()+act, form), admin.post(contacts+unknown+act, form)
						if diff := differ(foreign, nothing, c.ID.String(), unknown); foreign.status != http.StatusNotFound || diff != "" {
							t.Errorf("%s, %s: %d, %s", says, act, foreign.status, diff)
						}
					})
				}
			}
		})
		t.Run("fields that the form does not have change nothing", func(t *testing.T) {
			c := in.person(in.school, own.Organization)
			form := edited(c)
			for name, value := range map[string]string{
				"organization": in.organization(in.school).ID.String(), "organization_id": "1", "authorized": "1", "authorized_at": "1", "verified": "1", "source": "api",
				"login_id": joined.Login.String(), "id": joined.ID.String(), "contact": joined.ID.String(), "joined_at": "1", "number": "1", "primary": "1", "login_disabled_by": "staff",
			} {
				form.Set(name, value)
			}
			form.Set("role", "super_admin") // with « Non », which hides it
			admin.post(contacts+c.ID.String()+"/edit", form)
			now := in.get(in.school, c.ID)
			if now.Role != contact.User || now.Organization != c.Organization || now.Source != c.Source || !now.AuthorizedAt.IsZero() || !now.Login.IsZero() || now.Number != c.Number || now.LoginEnabled {
				t.Errorf("%+v", now)
			}
			form.Set("login_enabled", "yes")
			form.Set("version", strconv.FormatInt(now.Version, 10))
			in.unchanged(t, func() {
				if a := admin.post(contacts+c.ID.String()+"/edit", form); a.status != http.StatusUnprocessableEntity {
					t.Error(a.status)
				}
			})
			user := in.as("joined@visitors.example")
			in.unchanged(t, func() {
				form := edited(joined)
				form.Set("role", "admin")
				if a := user.post(contacts+c.ID.String()+"/edit", form); a.status != http.StatusForbidden {
					t.Error(a.status)
				}
			})
		})
		t.Run("another login e-mail of who has joined asks for the password, and changes nothing before", func(t *testing.T) {
			in.clock.Pass(20 * time.Minute)
			admin := in.as(who)
			in.clock.Pass(20 * time.Minute)
			form := edited(joined)
			form.Set("login_email", "autre@corvenne.example")
			form.Set("job_title", "Tutrice")
			in.unchanged(t, func() {
				a := admin.post(contacts+joined.ID.String()+"/edit", form)
				if a.status != http.StatusUnprocessableEntity || !a.shows("demande votre mot de passe") || !a.shows(`name="password"`) || !a.shows("Tutrice") || !a.shows("autre@corvenne.example") {
					t.Error(a.status, a.text())
				}
				form.Set("password", "pas le bon")
				if a := admin.post(contacts+joined.ID.String()+"/edit", form); a.status != http.StatusUnprocessableEntity {
					t.Error(a.status)
				}
			})
			form.Set("password", password)
			if a := admin.post(contacts+joined.ID.String()+"/edit", form); a.status != http.StatusSeeOther {
				t.Fatal(a.status, a.text())
			}
			if c := in.get(in.school, joined.ID); !c.JoinedAt.IsZero() || c.LoginEmail.String() != "autre@corvenne.example" || c.JobTitle != "Tutrice" {
				t.Errorf("%+v", c)
			}
		})
		t.Run("the sheet of the back office names who changed it as the workspace keeps them", func(t *testing.T) {
			in.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE login SET name = 'Nom Ailleurs' WHERE id = $1`, own.Login)
				return err
			})
			a := in.as(in.school.admin).get("/brenval/office/organizations/" + own.Organization.String() + "/contacts?open=" + joined.ID.String())
			if a.shows("Nom Ailleurs") || in.get(in.school, joined.ID).UpdatedBy != own.ID.UUID {
				t.Error(a.text())
			}
		})
		t.Run("nobody deletes themselves or a Super-Admin, and the page says why", func(t *testing.T) {
			chief := in.person(in.school, own.Organization)
			in.join(in.school, in.newLogin(in.school, "chief@visitors.example", "Anne Petit"), chief, contact.SuperAdmin, nil)
			for _, c := range []contact.Contact{own, chief} {
				in.unchanged(t, func() {
					if a := admin.post(contacts+c.ID.String()+"/deletion", url.Values{}); a.status != http.StatusConflict && a.status != http.StatusForbidden {
						t.Error(a.status, a.text())
					}
				})
			}
		})
	})
}
