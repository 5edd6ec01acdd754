package docket_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// TestMain fails the tests that met a hole in the catalogue.
func TestMain(m *testing.M) {
	holes := 0
	locale.OnDefect(func(locale.Defect) { holes++ })
	code := m.Run()
	if holes > 0 {
		code = 1
	}
	os.Exit(code)
}

// host is a workspace with organisations, people and requests, of which one organisation has a fifth.
type host struct {
	testing.TB
	db                 *sqldb.DB
	staff, admin, user actor.Actor
	org                id.Organization
	team               []id.Login
}

func (h *host) update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

func (h *host) view(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.View(h.Context(), func(tx *sqldb.Tx) error { return fn(h.Context(), tx) }); err != nil {
		h.Fatal(err)
	}
}

func newHost(t testing.TB, db *sqldb.DB, slug string) *host {
	t.Helper()
	h := &host{TB: t, db: db}
	desk := login.NewDesk(db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 8})
	hash, err := desk.Hash(t.Context(), "lanterne violette du quai")
	if err != nil {
		t.Fatal(err)
	}
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: "Brenval", Kind: "school"})
		if err != nil {
			return err
		}
		program := actor.OfProgram(w.ID)
		h.staff = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Role: actor.StaffAdmin}
		for n := range 3 {
			l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: fmt.Sprintf("%s%d@brenval.example", slug, n), Name: "Camille Staff"}, hash)
			if err != nil {
				return err
			}
			h.team = append(h.team, l.ID)
			if err := workspace.AddStaff(ctx, tx, program, l.ID, "officer"); err != nil {
				return err
			}
		}
		h.staff.Login = h.team[0]
		return nil
	})
	return h
}

// people makes organisations with three people each.
func (h *host) people(organizations int) (list []contact.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		list = nil
		for n := range organizations {
			o, err := organization.Create(ctx, tx, h.staff, organization.Input{Name: fmt.Sprintf("Ateliers %d", n)})
			if err != nil {
				return err
			}
			for _, given := range []string{"Nora", "Ali", "Mia"} {
				c, err := contact.Create(ctx, tx, h.staff, o.ID, contact.Input{Civility: "ms", FamilyName: "Corvenne", GivenName: given, Phone: "02 61 91 40 10", Email: strings.ToLower(given) + "@corvenne.example", Source: contact.Form})
				if err != nil {
					return err
				}
				list = append(list, c)
			}
		}
		return nil
	})
	h.org = list[0].Organization
	insider := func(c contact.Contact, role actor.Role) actor.Actor {
		return actor.Actor{Kind: actor.Contact, Workspace: h.staff.Workspace, Contact: c.ID, Organization: c.Organization, Role: role}
	}
	h.user, h.admin = insider(list[0], actor.PortalUser), insider(list[1], actor.PortalAdmin)
	return list
}

var (
	words  = []string{"Écran", "Imprimante", "Facture", "Licence", "Accès"}
	states = []request.State{request.Closed, request.Closed, request.Closed, request.New, request.Closed, request.InProgress, request.Withdrawn, request.Closed, request.WaitingCustomer, request.Closed, request.Resolved}
)

// ask makes so many requests.
func (h *host) ask(people []contact.Contact, requests int) {
	h.Helper()
	for from := 0; from < requests; from += 500 {
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			var list []request.Imagined
			for n := from; n < min(from+500, requests); n++ {
				of := people[n%len(people)]
				if n%5 == 0 {
					of = people[n/5%3]
				}
				who := request.Person{Kind: actor.Contact, ID: of.ID.UUID, Number: of.Number}
				r := request.Imagined{Request: request.Request{
					Organization: of.Organization, For: who, Author: who, Source: request.Portal, Kind: request.Technical, State: states[n%len(states)],
					Subject: fmt.Sprintf("%s %s du poste %d", words[n%len(words)], words[n/7%len(words)], n%300),
				}}
				if n%6 == 0 {
					r.Kind = request.Administrative
				}
				if n%4 > 0 {
					r.Assignee = request.Person{Kind: actor.Staff, ID: h.team[n%len(h.team)].UUID}
				}
				for k := range 1 + n%5 {
					r.Thread = append(r.Thread, request.Entry{Kind: request.Comment, Author: who, Source: request.Portal, At: tx.Now() - sqldb.Time((requests-n)*1e9-k*1000), Text: "Bonjour"})
				}
				list = append(list, r)
			}
			return request.AddImagined(ctx, tx, actor.OfProgram(h.staff.Workspace), list)
		})
	}
}

// asked are a list's filter and who asks for it.
type asked struct {
	by actor.Actor
	docket.Filter
}

// lists are those that the pages ask for.
func (h *host) lists() map[string]asked {
	h.Helper()
	var first, queue paging.Part[request.Listed]
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if first, err = docket.Find(ctx, tx, h.staff, docket.Filter{}); err == nil {
			queue, err = docket.Find(ctx, tx, h.staff, docket.Filter{Sort: docket.Queue})
		}
		return err
	})
	lists := map[string]asked{}
	staff := map[string]docket.Filter{
		"all": {}, "activity": {Sort: docket.Activity}, "queue": {Sort: docket.Queue}, "page 5": {Ask: paging.Ask{Page: 5, Size: 24}},
		"queue, page 5": {Sort: docket.Queue, Ask: paging.Ask{Page: 5, Size: 12}}, "behind": {After: first.Items[5].ID}, "queue behind": {Sort: docket.Queue, After: queue.Items[5].ID},
		"activity behind": {Sort: docket.Activity, After: first.Items[5].ID}, "mine": {Assignee: h.team[0]}, "mine in the queue": {Assignee: h.team[0], Sort: docket.Queue}, "my open ones": {Assignee: h.team[0], State: docket.OpenOnes},
		"nobody's": {Unassigned: true}, "nobody's, new": {Unassigned: true, State: request.New}, "one organisation's": {Organization: h.org},
		"one organisation's, activity": {Organization: h.org, Sort: docket.Activity},
	}
	both := map[string]docket.Filter{
		"oldest": {Sort: docket.Oldest}, "one contact's": {Contact: h.user.Contact}, "one contact's open ones": {Contact: h.user.Contact, State: docket.OpenOnes},
		"open": {State: docket.OpenOnes}, "new": {State: request.New}, "closed": {State: request.Closed}, "technical": {Kind: request.Technical}, "administrative": {Kind: request.Administrative},
		"administrative and closed": {Kind: request.Administrative, State: request.Closed}, "closed, activity": {State: request.Closed, Sort: docket.Activity},
		"number": {Query: "D-000123"}, "word": {Query: "écran"}, "letters": {Query: "im"}, "two words": {Query: "imprimante poste"}, "rare words": {Query: "poste 117"}, "no word": {Query: "zzz"},
		"word, closed": {Query: "facture", State: request.Closed}, "word, of one contact": {Query: "facture", Contact: h.user.Contact}, "word, activity": {Query: "licence", Sort: docket.Activity},
	}
	maps.Copy(staff, both)
	for name, f := range staff {
		lists["staff: "+name] = asked{h.staff, f}
	}
	maps.Copy(both, map[string]docket.Filter{"all": {}, "activity": {Sort: docket.Activity}, "page 5": {Ask: paging.Ask{Page: 5, Size: 12}}})
	for name, f := range both {
		lists["admin: "+name], lists["user: "+name] = asked{h.admin, f}, asked{h.user, f}
	}
	return lists
}

// TestPlans looks at how the engines read what the lists and the page of a request ask, on a base that has no statistics yet
// and on one that has (performance.md, trap 1): by an index always, and where the list has an index in its order, without sorting.
func TestPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "request", func(t *testing.T, w *sqldbtest.Watched) {
		h := newHost(t, w.DB, "brenval")
		for _, other := range []*host{h, newHost(t, w.DB, "orvane")} {
			other.ask(other.people(20), 3000)
		}
		for range 2 {
			lists := h.lists()
			for _, name := range slices.Sorted(maps.Keys(lists)) {
				a := lists[name]
				var part paging.Part[request.Listed]
				w.Plans(t, func() {
					h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
						if part, err = docket.Find(ctx, tx, a.by, a.Filter); err == nil {
							_, _, err = docket.Count(ctx, tx, a.by, a.Filter)
						}
						return err
					})
				}, func(query, plan string) { judge(t, name, w.Engine, a, query, plan) })
				if strings.HasSuffix(name, ": all") {
					w.Plans(t, func() { h.read(a.by, part.Items[0].ID) },
						func(query, plan string) { judge(t, name+", a thread", w.Engine, asked{by: h.staff}, query, plan) })
				}
			}
			w.Analyze(t)
		}
	})
}

// read reads what the page of a request does.
func (h *host) read(by actor.Actor, of id.Request) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := request.Get(ctx, tx, by, of); err != nil {
			return err
		}
		thread, _, err := request.Thread(ctx, tx, by, of, 0)
		if err != nil {
			return err
		}
		if _, _, err := request.Thread(ctx, tx, by, of, 40); err != nil {
			return err
		}
		if _, err := request.Files(ctx, tx, by, thread); err != nil {
			return err
		}
		_, err = request.Watchers(ctx, tx, by, of)
		return err
	})
}

var walks = regexp.MustCompile(`AUTOMATIC|SCAN (request|request_word|request_party|request_entry|v|c|o|organization|contact)\n|Seq Scan on (request|organization|contact)`)

// judge fails when a plan walks a table, or sorts what an index has in order.
func judge(t *testing.T, name, engine string, a asked, query, plan string) {
	t.Helper()
	if walks.MatchString(plan) {
		t.Errorf("%s: a whole table is walked:\n%s\n%s", name, query, plan)
	}
	few := a.Query != "" || !a.Contact.IsZero() || a.by.Kind == actor.Contact && a.by.Role == actor.PortalUser // found by their numbers, and then sorted
	may := 0
	if few || strings.Contains(query, " OFFSET ") {
		may = 3
	}
	if sorts := strings.Count(plan, "USE TEMP B-TREE FOR ORDER BY"); sorts > may {
		t.Errorf("%s: the list is sorted although an index has its order:\n%s\n%s", name, query, plan)
	}
	if engine == "sqlite" && few && strings.Contains(query, "CROSS JOIN request") && !regexp.MustCompile(`SEARCH request USING .*number=\?`).MatchString(plan) {
		t.Errorf("%s: few are sought among all:\n%s\n%s", name, query, plan)
	}
}
