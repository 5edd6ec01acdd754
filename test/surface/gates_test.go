package surface

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// visitor is a new login that has joined as a new contact of the host, in a role, through open gates; change may shut some.
func (in *installation) visitor(h host, role contact.Role, change func(p *contact.Past)) (address string, c contact.Contact) {
	in.t.Helper()
	_, letters := in.next()
	address = letters + "@visitors.example"
	return address, in.join(h, in.newLogin(h, address, "Maël Kerannic"), in.contact(h), role, change)
}

// join makes the login one that has joined as the contact.
func (in *installation) join(h host, l login.Login, c contact.Contact, role contact.Role, change func(p *contact.Past)) contact.Contact {
	in.t.Helper()
	now := sqldb.At(in.clock.Now())
	past := contact.Past{
		Role: role, LoginEmail: l.Email, LoginEnabled: true, CredentialsSentAt: now, JoinedAt: now, Login: l.ID, AuthorizedAt: now, AuthorizedBy: h.by.Login,
	}
	if change != nil {
		change(&past)
	}
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		return contact.Imagine(ctx, tx, actor.OfProgram(h.ID), c.ID, past)
	})
	in.homes[l.Email.String()] = c
	return c
}

func unauthorized(p *contact.Past) { p.AuthorizedAt, p.AuthorizedBy = 0, id.Login{} }

func switchedOff(p *contact.Past) { p.LoginEnabled, p.LoginDisabledBy = false, "staff" }

func portalOf(h host, c contact.Contact) string {
	return "/" + h.Slug + "/portal/" + c.Organization.String()
}

// portalRoutes are those that only a contact may ask for.
func (in *installation) portalRoutes() (list []web.Route) {
	for _, r := range in.site.Routes() {
		if r.Door == web.Contact {
			list = append(list, r)
		}
	}
	return list
}

// ownRoutes are those that whoever is signed in has, whatever the gates say: profile, password, address, devices.
func (in *installation) ownRoutes() (list []web.Route) {
	for _, r := range in.site.Routes() {
		if r.Door == web.SignedIn && strings.Contains(r.Pattern, " /profile") {
			list = append(list, r)
		}
	}
	return list
}

// seen says in a word what a portal's page is.
func seen(a answer) string {
	switch {
	case a.shows("Votre accès attend une autorisation"):
		return "waiting"
	case a.shows("Cet accès est fermé"):
		return "closed"
	case a.shows("Page introuvable"):
		return "nothing"
	case a.shows("Action non permise"):
		return "refused"
	case a.shows("ENTREPRISE"):
		return "all"
	}
	return "–"
}

// state is how the gates of a contact stand.
type state struct{ joined, enabled, authorized, archived bool }

func (s state) open() bool { return s.joined && s.enabled && s.authorized && !s.archived }

func (s state) String() string {
	return fmt.Sprintf("%-8s%-8s%-11s%-9s", said(s.joined), said(s.enabled), said(s.authorized), said(s.archived))
}

// visitorIn is somebody whose contact stands so.
func (in *installation) visitorIn(s state, role contact.Role) (address string, c contact.Contact) {
	in.t.Helper()
	address, c = in.visitor(in.school, role, func(p *contact.Past) {
		if !s.joined {
			p.JoinedAt, p.Login = 0, id.Login{}
		}
		if !s.enabled {
			switchedOff(p)
		}
		if !s.authorized {
			unauthorized(p)
		}
	})
	if s.archived {
		in.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := contact.Archive(ctx, tx, in.school.by, c.Organization)
			return err
		})
	}
	return address, c
}

// Every state of the gates × every role × every route of the portal, the ways there, and one's own profile; and the back office, of
// which each state asks for every fourth route, the next state for others; in make test-full each for all.
func TestGates(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		roles := []contact.Role{contact.User, contact.Admin, contact.SuperAdmin}
		var offices []*scene
		for _, route := range in.site.Routes() {
			if route.Door == web.Staff {
				offices = append(offices, in.stage(route, in.school, ""))
			}
		}
		var table strings.Builder
		table.WriteString("joined  enabled authorised archived role        status page     what is asked for\n")
		for n := range 16 {
			s := state{joined: n&8 == 0, enabled: n&4 == 0, authorized: n&2 == 0, archived: n&1 == 1}
			said := map[string][]string{} // what is said to each role, by what is asked for
			for _, role := range roles {
				who, c := in.visitorIn(s, role)
				b := in.as(who)
				play := func(route web.Route) {
					comes, here := who, b
					if strings.HasPrefix(route.Pattern, "POST ") && (route.Door != web.Contact || strings.HasSuffix(route.Pattern, "/acceptance")) {
						comes, _ = in.visitorIn(s, role) // whose login or role is another one from then on
						here = in.as(comes)
					}
					a := in.stage(route, in.school, comes).playIn(here)
					a.sound(t, route.Pattern)
					if own := s.joined && s.enabled && !s.archived && strings.HasSuffix(route.Pattern, "/offers/{offer}/file"); !own { // of what a guest deposited themselves
						in.tellsOnlyWhatIsOpen(t, s, a)
					}
					said[route.Pattern] = append(said[route.Pattern], fmt.Sprintf("%-7d%-9s", a.status, seen(a)))
				}
				for _, route := range in.portalRoutes() {
					play(route)
				}
				for _, route := range in.ownRoutes() {
					play(route)
				}
				b = in.as(who)
				for _, path := range []string{"/", "/brenval", "/brenval/portal"} {
					a := b.get(path)
					in.tellsOnlyWhatIsOpen(t, s, a)
					said["GET "+path] = append(said["GET "+path], fmt.Sprintf("%-7d%-9s", a.status, in.leads(a, c)))
				}
				for _, o := range some(offices, 4, n) {
					if a := b.do(o.method, o.path, "application/x-www-form-urlencoded", ""); a.status != http.StatusNotFound || a.shows("SIRET") {
						t.Errorf("%s, %s, %s: %d", s, role, o.route.Pattern, a.status)
					}
				}
			}
			for _, asked := range slices.Sorted(maps.Keys(said)) {
				answers := said[asked]
				if answers[0] == answers[1] && answers[1] == answers[2] {
					fmt.Fprintf(&table, "%s%-12s%s%s\n", s, "every", answers[0], asked)
					continue
				}
				for i, role := range roles {
					fmt.Fprintf(&table, "%s%-12s%s%s\n", s, role, answers[i], asked)
				}
			}
		}
		golden(t, "gates.txt", table.String())
	})
}

// tellsOnlyWhatIsOpen fails if a page tells of the organisation to whom the gates do not let in, or the other way round.
func (in *installation) tellsOnlyWhatIsOpen(t *testing.T, s state, a answer) {
	t.Helper()
	if seen(a) == "all" && !s.open() {
		t.Errorf("%s: %s", s, a.text())
	}
	file := a.header.Get("Content-Disposition") != ""
	if file && !s.open() {
		t.Errorf("%s: a file: %s", s, a.text())
	}
	if !file && seen(a) != "all" && (a.shows("SIRET") || a.shows("29200 Brenval")) {
		t.Errorf("%s: the page «%s» tells of the organisation: %s", s, seen(a), a.text())
	}
}

// leads says in a word where an answer leads.
func (in *installation) leads(a answer, c contact.Contact) string {
	switch to := a.location(); {
	case to == "":
		return seen(a)
	case to == portalOf(in.school, c):
		return "→ own"
	default:
		return "→ " + to
	}
}

func said(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// What is another organisation's, or another workspace's, does not exist: for whoever asks, in whatever role.
func TestNobodyEntersElsewhere(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		_, beside := in.visitor(in.school, contact.User, nil)
		_, far := in.visitor(in.vendor, contact.SuperAdmin, nil)
		_, off := in.visitor(in.school, contact.User, switchedOff)
		elsewhere := map[string]string{
			"another organisation":                  portalOf(in.school, beside),
			"another workspace's":                   portalOf(in.vendor, far),
			"another workspace's through the first": portalOf(in.school, far),
			"where somebody else was switched off":  portalOf(in.school, off),
			"where nobody has joined yet":           portalOf(in.school, in.contact(in.school)),
			"no identifier":                         "/brenval/portal/x",
			"a path without a route":                portalOf(in.school, beside) + "/contacts",
			"another's portal in an unknown place":  "/nowhere/portal/" + beside.Organization.String(),
		}
		for name, who := range map[string]string{
			"a user":                   first(in.visitor(in.school, contact.User, nil)),
			"an admin":                 first(in.visitor(in.school, contact.Admin, nil)),
			"a super_admin":            first(in.visitor(in.school, contact.SuperAdmin, nil)),
			"a guest":                  first(in.visitor(in.school, contact.Admin, unauthorized)),
			"one who was switched off": first(in.visitor(in.school, contact.SuperAdmin, switchedOff)),
			"a contact of the vendor":  first(in.visitor(in.vendor, contact.Admin, nil)),
			"the school's own admin":   in.school.admin,
		} {
			t.Run(name+" finds nothing in another's place, and cannot tell it from what never was", func(t *testing.T) {
				b := in.as(who)
				unknown := id.NewOrganization().String()
				nothing := b.get("/brenval/portal/" + unknown)
				for what, path := range elsewhere {
					a := b.get(path)
					a.sound(t, what)
					if a.status != http.StatusNotFound || seen(a) != "nothing" {
						t.Errorf("%s: %d, %s", what, a.status, a.text())
					}
				}
				if diff := differ(b.get(portalOf(in.school, beside)), nothing, beside.Organization.String(), unknown); diff != "" {
					t.Error(diff)
				}
			})
		}
		t.Run("one's own organisation is not found through another workspace", func(t *testing.T) {
			who, own := in.visitor(in.school, contact.User, nil)
			if a := in.as(who).get("/orvane/portal/" + own.Organization.String()); a.status != http.StatusNotFound {
				t.Errorf("%d, %s", a.status, a.text())
			}
		})
		t.Run("who works for a workspace and is nobody's contact there has no portal, and reads what they may open", func(t *testing.T) {
			stranger := in.as(first(in.visitor(in.vendor, contact.User, nil))).get("/brenval/portal")
			for _, who := range []string{in.school.admin, in.school.officer} {
				a := in.as(who).get("/brenval/portal")
				for _, b := range []answer{stranger, a} {
					if b.status != http.StatusNotFound || seen(b) != "nothing" || !b.shows("Ce que vous pouvez ouvrir") || b.shows("Tableau de bord") {
						t.Errorf("%d %s", b.status, b.text())
					}
				}
				if !a.shows("École Brenval") {
					t.Error(a.text())
				}
			}
		})
		t.Run("no route of the back office lets a contact in", func(t *testing.T) {
			who, _ := in.visitor(in.school, contact.SuperAdmin, nil)
			for _, route := range in.site.Routes() {
				if route.Door != web.Staff {
					continue
				}
				if a := in.stage(route, in.school, who).play(); a.status != http.StatusNotFound {
					t.Errorf("%s: %d", route.Pattern, a.status)
				}
			}
		})
	})
}

func first(address string, _ contact.Contact) string { return address }

// addressOf is the address by which the contact's person signs in.
func (in *installation) addressOf(c contact.Contact) string {
	in.t.Helper()
	for address, home := range in.homes {
		if home.ID == c.ID {
			return address
		}
	}
	in.t.Fatal("nobody has joined as", c.ID)
	return ""
}

func TestWays(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		signIn := func(who, next string) (b *browser, to string) {
			t.Helper()
			b = in.browser()
			a := b.post("/sign-in", url.Values{"email": {who}, "password": {password}, "next": {next}})
			if to = a.location(); to == "/" {
				to = b.get("/").location()
			}
			return b, to
		}
		one, c := in.visitor(in.school, contact.User, nil)
		const several = "several@visitors.example"
		person := in.newLogin(in.school, several, "Maël Kerannic")
		first := in.join(in.school, person, in.contact(in.school), contact.User, nil)
		second := in.join(in.school, person, in.contact(in.school), contact.Admin, nil)
		t.Run("to the only place straight, from the start, the workspace’s short address and its portal", func(t *testing.T) {
			b, to := signIn(one, "")
			if to != portalOf(in.school, c) {
				t.Error(to)
			}
			for _, path := range []string{"/", "/brenval", "/brenval/", "/brenval/portal"} {
				if to := b.get(path).location(); to != portalOf(in.school, c) {
					t.Errorf("%s: %q", path, to)
				}
			}
		})
		t.Run("who may open several chooses, and then comes back to the one used last", func(t *testing.T) {
			b, to := signIn(several, "")
			if to != "" {
				t.Error(to)
			}
			if a := b.get("/"); !a.shows(portalOf(in.school, first)) || !a.shows(portalOf(in.school, second)) {
				t.Error(a.text())
			}
			for _, used := range []contact.Contact{second, first} {
				if a := b.get(portalOf(in.school, used)); a.status != http.StatusOK {
					t.Fatal(a.text())
				}
				if to := b.get("/brenval/portal").location(); to != portalOf(in.school, used) {
					t.Errorf("%q, want %q", to, portalOf(in.school, used))
				}
			}
		})
		t.Run("a deep link opens the right one, or says what the person may open", func(t *testing.T) {
			if _, to := signIn(several, portalOf(in.school, second)); to != portalOf(in.school, second) {
				t.Error(to)
			}
			b, to := signIn(one, portalOf(in.school, second))
			a := b.get(to)
			if a.status != http.StatusNotFound || !a.shows("Ce que vous pouvez ouvrir") || !a.shows(portalOf(in.school, c)) || !a.shows(one) {
				t.Errorf("%d %s", a.status, a.text())
			}
			if a := b.get("/brenval/office"); a.status != http.StatusNotFound || !a.shows(portalOf(in.school, c)) {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
		t.Run("staff who are contacts too switch between both", func(t *testing.T) {
			l := in.staff(in.vendor, "tutor@orvane.example", "Hélène Sorel", "officer")
			place := in.join(in.school, l, in.contact(in.school), contact.User, nil)
			b := in.as("tutor@orvane.example")
			if a := b.get("/"); !a.shows("/orvane/office") || !a.shows(portalOf(in.school, place)) {
				t.Error(a.text())
			}
			if a := b.get("/orvane/office"); a.status != http.StatusOK || !a.shows(portalOf(in.school, place)) {
				t.Error(a.text())
			}
			if a := b.get(portalOf(in.school, place)); a.status != http.StatusOK || !a.shows("/orvane/office") || a.shows("/brenval/office") {
				t.Error(a.text())
			}
			if to := b.get("/orvane").location(); to != "/orvane/office" {
				t.Error(to)
			}
			if to := b.get("/brenval").location(); to != portalOf(in.school, place) {
				t.Error(to)
			}
		})
		t.Run("whose only access was closed reads why at once", func(t *testing.T) {
			who, c := in.visitor(in.school, contact.User, switchedOff)
			b, to := signIn(who, "")
			if a := b.get(to); to != portalOf(in.school, c) || a.status != http.StatusForbidden || !a.shows("désactivé par École Brenval") || !a.shows("Mon profil") {
				t.Errorf("%s: %d %s", to, a.status, a.text())
			}
		})
		t.Run("nobody is led to sign in first", func(t *testing.T) {
			for path, next := range map[string]string{"/brenval": "%2Fbrenval", "/brenval/portal": "%2Fbrenval%2Fportal"} {
				if to := in.browser().get(path).location(); to != "/sign-in?next="+next {
					t.Errorf("%s: %s", path, to)
				}
			}
		})
	})
}

// What the portal's first page says of the organisation and of the reader.
func TestPortalHome(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		_, letters := in.next()
		var at organization.Organization
		var c contact.Contact
		in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			at, err = organization.Create(ctx, tx, in.vendor.by, organization.Input{
				Name: `Cabinet <img src=x onerror=alert(1)> & fils`, CustomerNumber: "K " + letters, Address: "3 quai du Port", Postcode: "29200", City: "Brenval",
			})
			if err != nil {
				return err
			}
			c, err = contact.Create(ctx, tx, in.vendor.by, at.ID, contact.Input{
				Civility: "dr", FamilyName: "O’Connor", GivenName: "Fiona", JobTitle: `<script>alert(1)</script>`, Email: letters + "@tilleuls.example", Source: contact.Form,
			})
			return err
		})
		const who = "fiona@visitors.example"
		in.join(in.vendor, in.newLogin(in.vendor, who, "Fiona O’Connor"), c, contact.SuperAdmin, nil)
		b := in.as(who)
		page := b.get(portalOf(in.vendor, c))
		t.Run("it holds both, in the workspace’s own words", func(t *testing.T) {
			for _, text := range []string{
				"Cabinet <img src=x onerror=alert(1)> & fils", "Client n°\u00a0K " + letters, "3 quai du Port, 29200 Brenval", "Votre cabinet",
				"Dr\u00a0O’Connor Fiona", "Super-Admin", "l’administrateur principal de votre cabinet", "Vous l’êtes", c.Label(), who, "non renseigné", "Orvane Santé",
			} {
				if !page.shows(text) {
					t.Errorf("no %q in %s", text, page.text())
				}
			}
		})
		t.Run("nothing typed stands in it as markup", func(t *testing.T) { page.escaped(t, "the page") })
		t.Run("it offers what is there, and nothing that is not yet", func(t *testing.T) {
			for text, there := range map[string]bool{"Assistance": true, "Factures": true, "Documents": true, "Offres": false} {
				if page.shows(text) != there {
					t.Errorf("%q: %s", text, page.text())
				}
			}
		})
		t.Run("it speaks English to whoever prefers it", func(t *testing.T) {
			b.post("/language", url.Values{"language": {"en"}, "next": {"/"}})
			if page := b.get(portalOf(in.vendor, c)); !page.shows("Your practice") || !page.shows("Role in the portal") {
				t.Error(page.text())
			}
		})
	})
}

// The cookie of the place used last gives nobody anything.
func TestPlaceCookie(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		who, c := in.visitor(in.school, contact.User, nil)
		b := in.as(who)
		b.get(portalOf(in.school, c))
		note := b.cookies["__Host-place"]
		if note == "" {
			t.Fatal("there is none")
		}
		t.Run("it opens nothing to somebody else, and tells them nothing", func(t *testing.T) {
			other := in.as(first(in.visitor(in.school, contact.User, nil)))
			other.cookies["__Host-place"] = note
			if a := other.get(portalOf(in.school, c)); a.status != http.StatusNotFound || seen(a) != "nothing" {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
		t.Run("an invented one is as none", func(t *testing.T) {
			b.cookies["__Host-place"] = "x." + note
			if a := b.get(portalOf(in.school, c)); a.status != http.StatusOK {
				t.Errorf("%d %s", a.status, a.text())
			}
		})
	})
}

func TestStaffOfAHostWhoAreItsContactToo(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		var at organization.Organization
		var c contact.Contact
		in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			if at, err = organization.Create(ctx, tx, in.vendor.by, organization.Input{Name: in.vendor.Name, CustomerNumber: "K " + in.vendor.Slug}); err != nil {
				return err
			}
			c, err = contact.Create(ctx, tx, in.vendor.by, at.ID, contact.Input{
				Civility: "ms", FamilyName: "Sorel", GivenName: "Hélène", Email: "helene@both.example", Source: contact.Form,
			})
			return err
		})
		var l login.Login
		in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			l, err = in.login(ctx, tx, in.vendor.officer)
			return err
		})
		in.join(in.vendor, l, c, contact.User, nil)
		page := in.as(in.vendor.officer).get("/profile")
		t.Run("their profile leads back to both, which bear two names", func(t *testing.T) {
			for _, way := range []string{`href="/` + in.vendor.Slug + `/office"`, `href="` + portalOf(in.vendor, c) + `"`} {
				if !strings.Contains(page.body, way) {
					t.Errorf("no %s", way)
				}
			}
			if !page.shows("Portail\u00a0: " + in.vendor.Name) {
				t.Error(page.text())
			}
		})
	})
}
