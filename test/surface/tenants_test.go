package surface

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// nouns are the wildcards that stand for things of a workspace.
var nouns = []string{"organization", "contact", "transfer", "dispatch", "member", "invitation", "program", "deposit", "webhook"}

// ofNoun reports whether the route's path names a thing of a workspace.
func ofNoun(route web.Route) (noun string, ok bool) {
	for _, noun := range nouns {
		if strings.Contains(route.Pattern, "{"+noun+"}") {
			return noun, true
		}
	}
	return "", false
}

// meeting is a scene of the school, asked for through the vendor by the vendor's admin.
type meeting struct {
	*scene
	noun   string
	form   url.Values
	b      *browser          // the vendor's admin
	things map[string]string // identifiers of the vendor's own, by noun
}

// through is the scene's path at the vendor, with that identifier for the noun.
func (m meeting) through(identifier string) string {
	path := strings.Replace(m.path, "/"+m.host.Slug+"/", "/"+m.in.vendor.Slug+"/", 1)
	return strings.Replace(path, m.ids[m.noun], url.PathEscape(identifier), 1)
}

func (m meeting) ask(path string) answer {
	if m.method == http.MethodPost {
		return m.b.send(path, m.form)
	}
	return m.b.do(m.method, path, "", "")
}

// meetings calls fn for every route that names a thing.
func meetings(t *testing.T, in *installation, fn func(t *testing.T, m meeting)) {
	b := in.as(in.vendor.admin)
	things := map[string]string{}
	for _, noun := range nouns {
		if slices.ContainsFunc(in.site.Routes(), func(r web.Route) bool { return strings.Contains(r.Pattern, "{"+noun+"}") }) {
			things[noun] = (&scene{in: in, host: in.vendor, who: in.vendor.admin}).thing(noun)
		}
	}
	met := 0
	for _, route := range in.site.Routes() {
		noun, ok := ofNoun(route)
		if !ok {
			continue
		}
		met++
		t.Run(route.Pattern, func(t *testing.T) {
			s := in.stage(route, in.school, in.school.admin)
			form, known := s.right()
			if s.method == http.MethodPost && !known {
				t.Fatal("no test knows a right form for it")
			}
			fn(t, meeting{s, noun, form, b, things})
		})
	}
	if met < 20 {
		t.Errorf("only %d routes name a thing", met)
	}
}

// strange are identifiers of nothing, well made or not.
func strange() []string {
	return []string{
		id.NewContact().String(), "11111111-1111-4111-8111-111111111111", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"x", "C-000001", "1", "-1", "0", "null", "%00", "\x00", "..%2f", "../../settings", "{11111111-1111-4111-8111-111111111111}",
		"urn:uuid:11111111-1111-4111-8111-111111111111", "11111111111141118111111111111111", "11111111-1111-4111-8111-11111111111g", "11111111-1111-4111-8111-111111111111'",
		" 11111111-1111-4111-8111-11111111111", "' OR 1=1 --", "*", "new%20", strings.Repeat("1", 5000), "é", "\xff",
	}
}

// Every route gets every fourth of the strange identifiers, the next route others; in make test-full each gets all.
func TestTenants(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		meetings(t, in, func(t *testing.T, m meeting) {
			own, wrong := m.ids[m.noun], append(some(strange(), 4, m.turn()), m.wrongNouns()...)
			before := in.dump()
			foreign := m.ask(m.through(own))
			shouted := m.ask(m.through(strings.ToUpper(own)))
			unknown := id.NewContact().String()
			missing := m.ask(m.through(unknown))
			t.Run("what is another workspace's does not exist, and cannot be told from what never was", func(t *testing.T) {
				if foreign.status != http.StatusNotFound || shouted.status != http.StatusNotFound || missing.status != http.StatusNotFound {
					t.Errorf("foreign %d, in capitals %d, unknown %d", foreign.status, shouted.status, missing.status)
				}
				if diff := differ(foreign, missing, own, unknown); diff != "" {
					t.Error(diff)
				}
			})
			t.Run("nor does what has a wrong identifier, of whatever form", func(t *testing.T) {
				for _, s := range wrong {
					a := m.ask(m.through(s))
					a.sound(t, s)
					if a.status != http.StatusNotFound {
						t.Errorf("%q: %d", s, a.status)
					}
				}
			})
			t.Run("nothing of it changes anything", func(t *testing.T) {
				if diff := before.against(in.dump()); diff != "" {
					t.Error(diff)
				}
			})
		})
	})
}

// wrongNouns are identifiers of the vendor's own things of other nouns.
func (m meeting) wrongNouns() (list []string) {
	for _, noun := range nouns {
		if thing, made := m.things[noun]; made && noun != m.noun {
			list = append(list, thing)
		}
	}
	return list
}

// differ says in what two answers differ but the identifiers that were asked for and the request's number.
func differ(a, b answer, one, other string) string {
	if a.status != b.status {
		return fmt.Sprintf("status %d and %d", a.status, b.status)
	}
	fresh := regexp.MustCompile(`name="submission" value="[^"]*"`) // each form's own number
	x, y := fresh.ReplaceAllString(strings.ReplaceAll(a.body, one, other), ""), fresh.ReplaceAllString(b.body, "")
	if x != y {
		at := 0
		for at < min(len(x), len(y)) && x[at] == y[at] {
			at++
		}
		return fmt.Sprintf("bodies, from\n%.300s\n---\n%.300s", x[max(0, at-50):], y[max(0, at-50):])
	}
	var names []string
	for name := range a.header {
		names = append(names, name)
	}
	for name := range b.header {
		names = append(names, name)
	}
	for _, name := range names {
		if x, y := strings.ReplaceAll(fmt.Sprint(a.header[name]), one, other), fmt.Sprint(b.header[name]); x != y {
			return fmt.Sprintf("header %s: %s and %s", name, x, y)
		}
	}
	return ""
}

// Identifiers also stand in forms and queries, where what is foreign must be as nothing.
func TestForeignIdentifiersInQueriesAndForms(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		theirs := in.contact(in.school)
		theirOrganization := theirs.Organization
		own := in.contact(in.vendor)
		b := in.as(in.vendor.admin)
		at := func(path string) string { return "/" + in.vendor.Slug + "/office" + path }
		same := func(t *testing.T, path, name string, foreign string) {
			t.Helper()
			unknown := id.NewContact().String()
			x := b.get(at(path) + "?" + name + "=" + foreign)
			y := b.get(at(path) + "?" + name + "=" + unknown)
			later := strings.HasSuffix(path, "/journal") && name == "after" // lines come by age: what is of another age begins elsewhere
			if diff := differ(x, y, foreign, unknown); diff != "" && !later || x.status != http.StatusOK {
				t.Errorf("%s?%s: status %d, %s", path, name, x.status, diff)
			}
			for _, secret := range []string{theirs.FamilyName.String(), theirs.Email.String(), in.school.Name} {
				if x.shows(secret) {
					t.Errorf("%s?%s shows %q", path, name, secret)
				}
			}
		}
		t.Run("a list is as if they were not there", func(t *testing.T) {
			line := in.line(in.school)
			for path, names := range map[string][]string{
				"/contacts":      {"after", "open", "organization"},
				"/organizations": {"after", "open"},
				"/organizations/" + own.Organization.String() + "/contacts": {"open", "after"},
				"/organizations/" + own.Organization.String() + "/journal":  {"after", "person"},
				"/contacts/" + own.ID.String() + "/journal":                 {"after", "person"},
				"/journal":             {"after", "person", "organization"},
				"/organizations/siret": {"but"},
			} {
				for _, name := range names {
					for _, foreign := range []string{theirs.ID.String(), theirOrganization.String(), in.school.by.Login.String(), line.String()} {
						same(t, path, name, foreign)
					}
				}
			}
		})
		t.Run("a search by their names and numbers finds nothing", func(t *testing.T) {
			for _, q := range []string{theirs.Email.String(), theirs.FamilyName.String(), in.school.admin} {
				for _, path := range []string{"/contacts", "/organizations", "/search"} {
					a := b.get(at(path) + "?q=" + url.QueryEscape(q))
					a.sound(t, path)
					if strings.Contains(a.body, theirs.ID.String()) || strings.Contains(a.body, theirOrganization.String()) {
						t.Errorf("%s finds %q", path, q)
					}
				}
			}
		})
		t.Run("they follow nobody and are nobody’s primary contact", func(t *testing.T) {
			org := in.organization(in.vendor)
			first, second := in.person(in.vendor, org.ID), in.person(in.vendor, org.ID)
			before := in.dump()
			a := b.post(at("/contacts/"+first.ID.String()+"/deletion"), url.Values{"successor": {theirs.ID.String()}})
			if a.status != http.StatusUnprocessableEntity {
				t.Errorf("status %d: %s", a.status, a.text())
			}
			if diff := before.against(in.dump()); diff != "" {
				t.Error(diff)
			}
			if a := b.post(at("/contacts/"+first.ID.String()+"/deletion"), url.Values{"successor": {second.ID.String()}}); a.status != http.StatusSeeOther {
				t.Errorf("an own one: %d: %s", a.status, a.text())
			}
		})
		t.Run("a contact opened in another organisation of the same workspace stays closed", func(t *testing.T) {
			other := in.contact(in.vendor)
			a := b.get(at("/organizations/"+own.Organization.String()+"/contacts") + "?open=" + other.ID.String())
			if a.status != http.StatusOK || a.shows(other.FamilyName.String()) {
				t.Errorf("status %d: %s", a.status, a.text())
			}
			b.header.Set("X-Fragment", strings.ToLower(other.Label()))
			defer b.header.Del("X-Fragment")
			if a := b.get(at("/organizations/"+own.Organization.String()+"/contacts") + "?open=" + other.ID.String()); a.status != http.StatusNotFound {
				t.Errorf("its row: %d: %s", a.status, a.text())
			}
		})
	})
}

// line is the newest of the host's history.
func (in *installation) line(h host) (line id.Line) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		page, err := journal.Find(ctx, tx, h.by, journal.Filter{Size: 1})
		if err == nil {
			line = page.Lines[0].ID
		}
		return err
	})
	return line
}

// The person who bears a name at an organisation is one account over all workspaces: nobody may find out.
func TestNobodyLearnsWhoElseKnowsAPerson(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		b := in.as(in.vendor.admin)
		n, letters := in.next()
		shared := siret(n)
		add := func(name string) answer {
			return b.post("/"+in.vendor.Slug+"/office/organizations", url.Values{"name": {name}, "siret": {shared}})
		}
		in.update(func(ctx context.Context, tx *sqldb.Tx) error {
			return knownAt(ctx, tx, in.school.by, shared, "Quemeneur "+letters)
		})
		if a := add("Forges"); a.status != http.StatusSeeOther {
			t.Fatalf("an organisation that another workspace has: %d: %s", a.status, a.text())
		}
		form := func(family string) url.Values {
			return url.Values{"civility": {"ms"}, "family_name": {family}, "given_name": {"Rozenn"}, "email": {"r@forges.example"}}
		}
		of := regexp.MustCompile(`/organizations/([0-9a-f-]{36})`).FindStringSubmatch(b.get("/" + in.vendor.Slug + "/office/search?q=" + shared).location())
		if of == nil {
			t.Fatal("the organisation is not found")
		}
		contacts := "/" + in.vendor.Slug + "/office/organizations/" + of[1] + "/contacts"
		t.Run("adding somebody whom another workspace knows looks like adding a stranger", func(t *testing.T) {
			similar := func(family string) string {
				return b.get(contacts + "/similar?given_name=Rozenn&family_name=" + url.QueryEscape(family)).body
			}
			if x, y := similar("Quemeneur "+letters), similar("Quemener z"+letters); x != y {
				t.Errorf("%s\n---\n%s", x, y)
			}
			known, fresh := b.post(contacts, form("Quemeneur "+letters)), b.post(contacts, form("Quemener z"+letters))
			if known.status != http.StatusSeeOther || fresh.status != http.StatusSeeOther {
				t.Errorf("known %d, stranger %d\n%s", known.status, fresh.status, known.body)
			}
		})
		t.Run("deleting them leaves the other workspace’s contact as it was", func(t *testing.T) {
			var mine contact.Contact
			in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				list, err := directory.Find(ctx, tx, in.vendor.by, directory.Filter{Query: "Quemeneur " + letters})
				if err == nil {
					mine.Row = list.Items[0].Row
				}
				return err
			})
			before := in.ofWorkspace(in.school)
			a := b.post("/"+in.vendor.Slug+"/office/contacts/"+mine.ID.String()+"/deletion", url.Values{"successor": {in.other(in.vendor, mine.Row)}})
			if a.status != http.StatusSeeOther {
				t.Errorf("status %d: %s", a.status, a.text())
			}
			if after := in.ofWorkspace(in.school); before != after {
				t.Errorf("%s\n---\n%s", before, after)
			}
		})
	})
}

// other is somebody else at the contact's organisation.
func (in *installation) other(h host, c contact.Row) (other string) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := contact.Successors(ctx, tx, h.by, c.Organization, c.ID)
		if len(list) > 0 {
			other = list[0].ID.String()
		}
		return err
	})
	return other
}

// ofWorkspace is all that the host's contacts are.
func (in *installation) ofWorkspace(h host) string {
	in.t.Helper()
	text := ""
	for _, r := range in.dump()["contact"] {
		if r.value("workspace_id") == strconv.FormatInt(int64(h.ID), 10) {
			text += r.text() + "\n"
		}
	}
	if text == "" {
		in.t.Fatal("the workspace has no contacts")
	}
	return text
}

// knownAt makes an organisation with one person at a host.
func knownAt(ctx context.Context, tx *sqldb.Tx, by actor.Actor, number, family string) error {
	o, err := organization.Create(ctx, tx, by, organization.Input{Name: "Forges", SIRET: number})
	if err != nil {
		return err
	}
	_, err = contact.Create(ctx, tx, by, o.ID, contact.Input{
		Civility: "ms", FamilyName: family, GivenName: "Rozenn", Phone: "01 99 00 00 05", Email: "rozenn@forges.example", Source: contact.Form,
	})
	return err
}
