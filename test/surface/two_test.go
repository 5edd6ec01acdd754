package surface

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// One login in two organisations, admin of one and user of the other: each page and form is of the one that its address names,
// and of the other one's there is nothing in it.
func TestTwoOrganizations(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		const who = "deux@visitors.example"
		person := in.newLogin(in.school, who, "Maël Kerannic")
		a := in.join(in.school, person, in.contact(in.school), contact.Admin, nil)
		b := in.join(in.school, person, in.contact(in.school), contact.User, nil)
		ofA, ofB := in.person(in.school, a.Organization), in.person(in.school, b.Organization)
		atA, atB := portalOf(in.school, a), portalOf(in.school, b)
		browser := in.as(who)
		now := func(of id.Contact) (c contact.Contact) {
			in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				c, err = contact.Get(ctx, tx, in.school.by, of)
				return err
			})
			return c
		}
		form := func(of id.Contact, function string) url.Values {
			return url.Values{"civility": {"ms"}, "job_title": {function}, "phone": {"01 99 00 12 34"}, "email": {"x@corvenne.example"},
				"version": {strconv.FormatInt(now(of).Version, 10)}}
		}

		t.Run("the roles do not mix, whichever was used last", func(t *testing.T) {
			for range 2 {
				for _, path := range []string{"/history", "/contacts/new", "/contacts/" + ofA.ID.String() + "/history"} {
					if got := browser.get(atA + path); got.status != http.StatusOK {
						t.Errorf("%s: %d", path, got.status)
					}
				}
				for _, path := range []string{"/history", "/contacts/new", "/contacts/" + ofB.ID.String() + "/history"} {
					if got := browser.get(atB + path); got.status != http.StatusForbidden {
						t.Errorf("%s: %d", path, got.status)
					}
				}
			}
		})
		t.Run("a form that was opened for one stays that one's after switching to the other", func(t *testing.T) {
			browser.get(atA + "/contacts/" + ofA.ID.String() + "/edit")
			opened := form(ofA.ID, "Cheffe d’atelier")
			browser.get(atB) // used last from now on
			got := browser.post(atA+"/contacts/"+ofA.ID.String()+"/edit", opened)
			if got.status != http.StatusSeeOther || now(ofA.ID).JobTitle != "Cheffe d’atelier" {
				t.Errorf("%d %s", got.status, got.text())
			}
		})
		t.Run("the other one's contacts are not found through either, in path, query or form, no more than what never was", func(t *testing.T) {
			unknown := id.NewContact().String()
			for _, c := range []struct {
				at    string
				other contact.Contact
			}{{atA, ofB}, {atB, ofA}} {
				before := now(c.other.ID)
				browser.get(c.at) // takes what was to be said, and notes the place
				for _, below := range []string{"", "/history", "/edit"} {
					one, nothing := browser.get(c.at+"/contacts/"+c.other.ID.String()+below), browser.get(c.at+"/contacts/"+unknown+below)
					if diff := differ(one, nothing, c.other.ID.String(), unknown); diff != "" || one.status == http.StatusOK {
						t.Errorf("%s%s: %d %s", c.at, below, one.status, diff)
					}
				}
				one := browser.post(c.at+"/contacts/"+c.other.ID.String()+"/edit", form(c.other.ID, "Volé"))
				nothing := browser.post(c.at+"/contacts/"+unknown+"/edit", form(c.other.ID, "Volé"))
				if one.status != http.StatusNotFound || nothing.status != http.StatusNotFound || now(c.other.ID) != before {
					t.Errorf("%s: %d, %d", c.at, one.status, nothing.status)
				}
				if got := browser.get(c.at + "/contacts?q=" + url.QueryEscape(c.other.FamilyName.String())); got.shows(c.other.ID.String()) {
					t.Errorf("%s: found by name", c.at)
				}
			}
			if got := browser.get(atA + "/history?person=" + ofB.ID.String() + "&q=" + ofB.Label()); got.shows(ofB.FamilyName.String()) {
				t.Error(got.words())
			}
			fields := form(ofA.ID, "Tourneuse")
			fields.Set("organization", b.Organization.String())
			fields.Set("contact", ofB.ID.String())
			browser.post(atA+"/contacts/"+ofA.ID.String()+"/edit", fields)
			if c := now(ofA.ID); c.JobTitle != "Tourneuse" || c.Organization != a.Organization || now(ofB.ID).JobTitle != "" {
				t.Errorf("%+v", c)
			}
		})
	})
}
