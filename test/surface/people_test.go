package surface

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// whom are the contacts to whom something is done at the portal's pages, as the asker has them.
var whom = []string{
	"oneself", "a user without login", "a user", "a user off by staff", "an admin", "a super_admin", "not yet shown", "other organisation’s", "other workspace’s", "nobody’s",
}

// whomOf makes one for the asker, and nobody twice: what is done to them stays.
func (in *installation) whomOf(who string, a asker) (c contact.Contact) {
	in.t.Helper()
	of := a.home.Organization
	switch who {
	case "oneself":
		return in.get(in.school, a.home.ID)
	case "a user without login":
		return in.get(in.school, in.person(in.school, of).ID)
	case "a user":
		return in.leader(in.school, of, contact.User)
	case "a user off by staff":
		_, letters := in.next()
		c = in.join(in.school, in.newLogin(in.school, letters+"@leaders.example", "Maël Kerannic"), in.person(in.school, of), contact.User, switchedOff)
		return in.get(in.school, c.ID)
	case "an admin":
		return in.leader(in.school, of, contact.Admin)
	case "a super_admin":
		return in.leader(in.school, of, contact.SuperAdmin)
	case "not yet shown":
		return in.depositor(in.school, of)
	case "other organisation’s":
		return in.leader(in.school, in.organization(in.school).ID, contact.User)
	case "other workspace’s":
		return in.leader(in.vendor, in.organization(in.vendor).ID, contact.User)
	}
	c = in.person(in.school, of)
	c.ID = id.NewContact()
	return c
}

// theirs is the form « Modifier les informations » as it is filled in, with one field of its own.
func theirs(field string, value func(c contact.Contact) string) func(in *installation, c contact.Contact) url.Values {
	return func(_ *installation, c contact.Contact) url.Values {
		form := edited(c)
		if field == "role" || field == "login_email" {
			form.Set("login_enabled", "yes") // with « Non » they are hidden
		}
		form.Set(field, value(c))
		form.Set("password", password)
		return form
	}
}

func always(value string) func(contact.Contact) string {
	return func(contact.Contact) string { return value }
}

// named is the identity dialog's form.
func named(person string) func(in *installation, c contact.Contact) url.Values {
	return func(in *installation, c contact.Contact) url.Values {
		_, letters := in.next()
		return url.Values{"family_name": {"Morvan " + letters}, "given_name": {"Yann"}, "person": {person}, "version": {fmt.Sprint(c.Version)}}
	}
}

// peopleActs are what the portal's pages do to a contact: the address below it, and a right form.
var peopleActs = []struct {
	says, below string
	form        func(in *installation, c contact.Contact) url.Values
}{
	{"another function", "/edit", theirs("job_title", always("Tutrice"))},
	{"another professional address", "/edit", theirs("email", always("autre@corvenne.example"))},
	{"another login e-mail", "/edit", theirs("login_email", func(c contact.Contact) string { return "l" + c.ID.String()[24:] + "@corvenne.example" })},
	{"login on", "/edit", theirs("login_enabled", always("yes"))},
	{"login off", "/edit", theirs("login_enabled", always("no"))},
	{"made a user", "/edit", theirs("role", always("user"))},
	{"made an admin", "/edit", theirs("role", always("admin"))},
	{"made a super_admin", "/edit", theirs("role", always("super_admin"))},
	{"another name", "/name", named("same")},
	{"another person", "/name", named("another")},
	{"credentials", "/credentials", func(*installation, contact.Contact) url.Values {
		return url.Values{"switch_on": {"1"}, "submission": {id.NewJob().String()}}
	}},
	{"primary contact", "/primary", func(*installation, contact.Contact) url.Values { return nil }},
	{"notification settings", "/preferences", func(*installation, contact.Contact) url.Values {
		return url.Values{"bell_request_comment": {"1"}, "digest": {"daily"}, "hour": {"7"}, "version": {"0"}}
	}},
	{"offered the role", "/handover", func(*installation, contact.Contact) url.Values { return url.Values{"password": {password}} }},
	{"deleted", "/deletion", func(*installation, contact.Contact) url.Values { return url.Values{} }},
}

// Every act on contacts that the portal's pages offer × every role × whose contact it is, by real forms; and adding contacts, in every
// role. What is refused changes nothing, what is another's is as it was.
func TestPeople(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		people, _ := in.askers()
		table := &matters{t: t}
		table.head("what is done in the portal", people)
		for _, act := range peopleActs {
			for _, who := range whom {
				table.row(who, act.says, func(a asker) string {
					c := in.whomOf(who, a)
					return in.does(t, a, act.says+", "+who, portalOf(in.school, a.home)+"/contacts/"+c.ID.String()+act.below, act.form(in, c))
				})
			}
		}
		for _, with := range []string{"no login", "user", "admin", "super_admin"} {
			table.row("somebody new", "added with "+with, func(a asker) string {
				form := url.Values{}
				for _, p := range aColleague(&scene{in: in}) {
					form.Set(p[0], p[1])
				}
				form.Set("role", with)
				form.Set("submission", id.NewJob().String())
				if with == "no login" {
					form.Set("login_enabled", "no")
				}
				return in.does(t, a, "added with "+with, portalOf(in.school, a.home)+"/contacts", form)
			})
		}
		golden(t, "people.txt", table.String())
	})
}

// does posts the form and gives the status: 303 if something was changed by it, and only then.
func (in *installation) does(t *testing.T, a asker, says, address string, form url.Values) string {
	t.Helper()
	before := in.peopleNow()
	got := a.b.post(address, form)
	got.sound(t, a.name+" "+says)
	if strings.HasPrefix(got.location(), "/sign-in") {
		t.Fatalf("%s, %s: signed out", a.name, says)
	}
	if changed := in.peopleNow() != before; changed && got.status != http.StatusSeeOther {
		t.Errorf("%s, %s: %d, and yet something changed", a.name, says, got.status)
	} else if !changed && got.status == http.StatusSeeOther {
		return "303 –" // confirmed: it is so already
	}
	in.update(func(ctx context.Context, tx *sqldb.Tx) error { // one offer at a time
		_, err := tx.Exec(ctx, `DELETE FROM handover WHERE workspace_id = $1`, in.school.ID)
		return err
	})
	return fmt.Sprint(got.status)
}

// peopleNow is what becomes another text when anything is done to any contact.
func (in *installation) peopleNow() (text string) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		text, err = sqldb.One(ctx, tx, sqldb.Value[string], `SELECT (SELECT count(*) FROM contact) || ' contacts, ' || (SELECT sum(version) FROM contact)
			|| ' versions, ' || (SELECT count(*) FROM invitation) || ' invitations, ' || (SELECT count(*) FROM handover) || ' offers, '
			|| (SELECT count(*) FROM letter) || ' letters, ' || (SELECT count(*) FROM preference) || ' preferences, '
			|| (SELECT count(*) FROM journal_line WHERE kind <> 'contact.signed_in') || ' lines'`)
		return err
	})
	return text
}
