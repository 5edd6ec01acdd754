package surface

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
)

// whose says from where somebody looks at a matter: a request, an invoice, a notice, or what somebody is told of.
var whose = []string{"own", "watched", "colleague’s", "other organisation’s", "other workspace’s"}

// matter is a thing and whom it is about.
type matter struct {
	whose string
	host  host
	owner contact.Contact
}

// matterOf makes the people for a matter, as the asker has them: the asker itself, a colleague, somebody elsewhere.
func (in *installation) matterOf(whose string, asker contact.Contact) matter {
	in.t.Helper()
	m := matter{whose, in.school, asker}
	switch whose {
	case "watched", "colleague’s":
		m.owner = in.leader(in.school, asker.Organization, contact.User)
	case "other organisation’s":
		m.owner = in.leader(in.school, in.organization(in.school).ID, contact.User)
	case "other workspace’s":
		m.host = in.vendor
		m.owner = in.leader(in.vendor, in.organization(in.vendor).ID, contact.User)
	}
	return m
}

// asks makes the request that the matter is; watched by the asker if it is that, and resolved for the route that reopens it.
func (m matter) asks(in *installation, asker contact.Contact, subject string, resolved bool) id.Request {
	in.t.Helper()
	var made request.Request
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		made, err = request.Create(ctx, tx, m.host.by, request.Input{For: m.owner.ID, Kind: "technical", Subject: subject, Text: "Depuis ce matin."})
		if err == nil && m.whose == "watched" {
			if err = request.Watch(ctx, tx, m.host.by, made.ID, asker.ID); fault.As(err) != nil {
				err = nil // who may not come in watches nothing
			}
		}
		if err == nil && resolved {
			err = request.Move(ctx, tx, m.host.by, made.ID, request.Resolved)
		}
		return err
	})
	return made.ID
}

// aboutMatters are the routes that name a request, an invoice, a document (of those for admins), a notice, or what somebody is told of, behind a door.
func (in *installation) aboutMatters(door web.Door) []web.Route {
	return slices.DeleteFunc(slices.Clone(in.site.Routes()), func(r web.Route) bool {
		named := false
		for _, noun := range []string{"{request}", "{invoice}", "{document}", "{notice}", "{contact}/preferences"} {
			named = named || strings.Contains(r.Pattern, noun)
		}
		return !named || r.Door != door
	})
}

// sceneOf is the route with the matter in its path.
func (in *installation) sceneOf(route web.Route, m matter, who string, asker contact.Contact) *scene {
	in.t.Helper()
	s := &scene{in: in, host: in.school, route: route, who: who, contact: asker, ids: map[string]string{"workspace": in.school.Slug, "organization": asker.Organization.String()}}
	method, path, _ := strings.Cut(route.Pattern, " ")
	s.method = method
	for _, w := range wildcard.FindAllStringSubmatch(path, -1) {
		switch w[1] {
		case "request":
			s.request = m.asks(in, asker, "Écran noir", strings.HasSuffix(path, "/reopening"))
			s.ids["request"] = s.request.String()
		case "file":
			s.ids["file"] = in.attached(m.host, s.request)
		case "invoice":
			s.ids["invoice"] = in.invoice(m.host, m.owner.Organization).String()
		case "document":
			s.ids["document"] = in.document(m.host, m.owner.Organization, document.ForAdmins).String()
		case "version":
			s.ids["version"] = "1"
		case "notice":
			s.ids["notice"] = in.notice(m.host, m.owner).String()
		case "contact":
			s.contact = m.owner
			if strings.Contains(path, "/watchers/") { // a colleague of the asker's, whoever the request is for
				s.contact = in.leader(in.school, asker.Organization, contact.User)
			}
			s.ids["contact"] = s.contact.ID.String()
		}
		path = strings.Replace(path, w[0], s.ids[w[1]], 1)
	}
	if strings.HasSuffix(path, "/watchers") {
		s.contact = in.leader(in.school, asker.Organization, contact.User)
	}
	s.path = path
	return s
}

// ready makes what the form names, and gives what asks in a browser that is signed in.
func (s *scene) ready(b *browser) func() answer {
	s.in.t.Helper()
	if s.method != http.MethodPost {
		return func() answer { return b.get(s.path + queries[s.route.Pattern]) }
	}
	form, ok := s.right()
	if !ok {
		s.in.t.Fatalf("no test knows a right form for %s", s.route.Pattern)
	}
	return func() answer { return b.send(s.path, form) }
}

// asker is somebody who looks at matters.
type asker struct {
	name string
	who  string
	home contact.Contact
	b    *browser
}

func (in *installation) askers() (people, team []asker) {
	in.t.Helper()
	for _, x := range []struct {
		name   string
		role   contact.Role
		change func(*contact.Past)
	}{{"guest", contact.Admin, unauthorized}, {"user", contact.User, nil}, {"p-admin", contact.Admin, nil}, {"p-super", contact.SuperAdmin, nil}, {"off", contact.Admin, switchedOff}} {
		who, home := in.visitor(in.school, x.role, x.change)
		people = append(people, asker{x.name, who, home, in.as(who)})
	}
	for _, x := range []struct {
		name, who string
	}{{"officer", in.school.officer}, {"admin", in.school.admin}, {"foreign", in.vendor.admin}, {"user", people[1].who}, {"p-super", people[3].who}} {
		team = append(team, asker{x.name, x.who, people[1].home, in.as(x.who)})
	}
	return people, team
}

// matters is a golden table in the making: a column for each asker.
type matters struct {
	strings.Builder
	t      *testing.T
	askers []asker
}

func (m *matters) head(title string, list []asker) {
	m.askers = list
	for _, a := range list {
		fmt.Fprintf(m, "%-8s", a.name)
	}
	fmt.Fprintf(m, "%-22s%s\n", "whose", title)
}

func (m *matters) row(whose, what string, ask func(a asker) string) {
	for _, a := range m.askers {
		fmt.Fprintf(m, "%-8s", ask(a))
	}
	fmt.Fprintf(m, "%-22s%s\n", whose, what)
}

// Every act on requests, files, invoices, documents, notices and preferences × every role × own, watched, a colleague's, another organisation's,
// another workspace's.
func TestMatters(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		people, team := in.askers()
		table := &matters{t: t}
		table.head("what is asked for in the portal", people)
		for _, route := range in.aboutMatters(web.Contact) {
			for _, w := range whose {
				if w == "watched" && !strings.Contains(route.Pattern, "{request}") {
					continue
				}
				table.row(w, route.Pattern, func(a asker) string { return in.meet(t, route, w, a) })
			}
		}
		in.listed(table)
		in.created(table)
		table.WriteString("\n")
		table.head("what is asked for in the back office", team)
		for _, route := range in.aboutMatters(web.Staff) {
			table.row("own workspace’s", route.Pattern, func(a asker) string { return in.meet(t, route, "own", a) })
			table.row("other workspace’s", route.Pattern, func(a asker) string { return in.meet(t, route, "other workspace’s", a) })
		}
		golden(t, "matters.txt", table.String())
	})
}

// meet asks for the route about a matter. What is another organisation's is as it was afterwards.
func (in *installation) meet(t *testing.T, route web.Route, whose string, a asker) string {
	t.Helper()
	m := in.matterOf(whose, a.home)
	try := in.sceneOf(route, m, a.who, a.home).ready(a.b)
	before, foreign := in.mattersNow(), m.host.ID != in.school.ID || m.owner.Organization != a.home.Organization
	got := try()
	got.sound(t, a.name+" "+route.Pattern)
	if now := in.mattersNow(); foreign && now != before {
		t.Errorf("%s, %s, %s: %s, was %s", a.name, whose, route.Pattern, now, before)
	}
	if got.shows("Écran noir") && got.status >= 400 {
		t.Errorf("%s, %s, %s: told by a refusal", a.name, whose, route.Pattern)
	}
	return fmt.Sprint(got.status)
}

// mattersNow is what becomes another text when anything is done to any matter.
func (in *installation) mattersNow() (text string) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		text, err = sqldb.One(ctx, tx, sqldb.Value[string], `SELECT (SELECT count(*) FROM request) || ' requests, ' || (SELECT count(*) FROM request WHERE state = 'new')
			|| ' new, ' || (SELECT count(*) FROM request_entry) || ' entries, ' || (SELECT count(*) FROM request_party WHERE watching = 1) || ' watching, '
			|| (SELECT count(*) FROM file WHERE owner_kind <> 'kept') || ' files, ' || (SELECT COALESCE(sum(version), 0) FROM invoice) || ' versions of invoices, '
			|| (SELECT COALESCE(sum(revision + versions), 0) FROM document) || ' of documents, '
			|| (SELECT count(*) FROM notice WHERE read_at IS NULL) || ' notices to read, ' || (SELECT count(*) FROM preference) || ' preferences'`)
		return err
	})
	return text
}

// listed says whose requests and invoices stand in lists and files.
func (in *installation) listed(table *matters) {
	for _, w := range whose {
		for _, list := range []string{"/requests", "/requests/export?format=csv", "/invoices", "/invoices/export?format=csv"} {
			if w == "watched" && strings.HasPrefix(list, "/invoices") {
				continue
			}
			table.row(w, "stands in GET …"+list, func(a asker) string {
				_, letters := in.next()
				sought := "Objet " + letters
				m := in.matterOf(w, a.home)
				if strings.HasPrefix(list, "/requests") {
					m.asks(in, a.home, sought, false)
				} else {
					in.invoice(m.host, m.owner.Organization)
					sought = in.lastInvoice()
				}
				got := a.b.get(portalOf(in.school, a.home) + list)
				got.sound(table.t, list)
				if got.status != http.StatusOK {
					return fmt.Sprint(got.status)
				}
				return map[bool]string{true: "yes", false: "–"}[strings.Contains(got.body, sought)]
			})
		}
	}
}

// lastInvoice is the number of the invoice that was filed last.
func (in *installation) lastInvoice() (number string) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		number, err = sqldb.One(ctx, tx, sqldb.Value[string], `SELECT number FROM invoice ORDER BY id DESC LIMIT 1`)
		return err
	})
	return number
}

// created says who makes which requests for whom.
func (in *installation) created(table *matters) {
	for _, w := range []string{"own", "colleague’s", "other organisation’s", "other workspace’s"} {
		for _, kind := range []request.Kind{request.Technical, request.Administrative} {
			table.row(w, "POST …/requests, "+string(kind), func(a asker) string {
				form := url.Values{"kind": {string(kind)}, "subject": {"Écran noir"}, "text": {"Depuis ce matin."}, "submission": {id.NewJob().String()}}
				if w != "own" {
					form.Set("contact", in.matterOf(w, a.home).owner.ID.String())
				}
				got := a.b.post(portalOf(in.school, a.home)+"/requests", form)
				got.sound(table.t, w)
				return fmt.Sprint(got.status)
			})
		}
	}
}
