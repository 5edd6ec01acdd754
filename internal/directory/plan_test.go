package directory_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestPlans looks at how the engines read what the lists and searches ask, after ANALYZE, for several values
// (performance.md, trap 1): by an index always, and where the list has an index in its order, without sorting.
func TestPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "contact", func(t *testing.T, w *sqldbtest.Watched) {
		by, org := fill(t, w.DB, "brenval")
		fill(t, w.DB, "orvane")
		explained := func(query, plan string) { explain(t, w.Engine, query, plan) }
		byOwnIndex := func() {
			if w.Engine == "postgres" {
				return // which weighs its indexes by what is in so small a table
			}
			for index, f := range map[string]directory.Filter{
				"contact_disabled": {State: contact.Disabled}, "contact_source": {Source: contact.Portal}, "contact_unauthorized": {Authorized: "no"},
				"contact_privileged": {Role: contact.Admin}, "contact_incomplete": {Incomplete: directory.OfBasics}, "contact_gaps": {Incomplete: directory.OfPhone}, "contact_invited": {State: contact.Invited},
			} {
				w.Plans(t, func() {
					find(t, w.DB, by, f)
					count(t, w.DB, by, f)
				}, func(query, plan string) {
					if explained(query, plan); !strings.Contains(plan, index) {
						t.Errorf("few are sought among everybody, not by %s:\n%s\n%s", index, query, plan)
					}
				})
			}
		}
		byOwnIndex() // without statistics
		w.Analyze(t)
		w.Plans(t, func() {
			first := find(t, w.DB, by, directory.Filter{}).Items[0]
			for _, f := range []directory.Filter{
				{}, {Organization: org}, {Sort: directory.Newest}, {After: first.ID}, {Ask: paging.Ask{Page: 5, Size: 12}}, {Ask: paging.Ask{Page: 30, Size: 12}}, {Sort: directory.Newest, Ask: paging.Ask{Page: 34, Size: 12}},
				{State: contact.Invited}, {State: contact.Active}, {State: contact.Disabled}, {Authorized: "no"}, {Authorized: directory.Awaiting}, {Role: contact.Admin}, {Source: contact.Landing}, {Source: contact.Portal}, {Incomplete: directory.OfBasics}, {Incomplete: directory.OfPhone},
				{Credentials: directory.Refused}, {Credentials: directory.Unused, At: 1},
				{Query: "noma"}, {Query: "z"}, {Query: "nomaa prenoma"}, {Query: "prenomb"}, {Query: "p12@"}, {Query: "C-12"}, {Query: "01 99 00"}, {Query: "81245739800020"}, {Query: "ateliers"},
				{Query: "costa"}, {Query: "costa prenomb"}, {Query: "costa", Organization: org},
			} {
				find(t, w.DB, by, f)
			}
			for _, f := range []directory.Filter{{}, {Shown: directory.Everybody}, {Organization: org}, {Authorized: "yes"}, {Query: "nom"}} {
				if err := directory.Each(t.Context(), w.DB, by, f, func(contact.Exported) error { return nil }); err != nil {
					t.Fatal(err)
				}
			}
			view(t, w.DB, func(tx *sqldb.Tx) error {
				_, err := directory.Similar(t.Context(), tx, by, org, "Nomaa", "Prenomb")
				return err
			})
		}, explained)
		byOwnIndex()
		sought := 0
		w.Plans(t, func() {
			for _, f := range []directory.Filter{{Query: "oma"}, {Query: "renoma omb"}, {Query: "oma", Shown: directory.OnlyArchived}, {Query: "oma", State: contact.Invited}} {
				find(t, w.DB, by, f)
			}
		}, func(query, plan string) {
			if explained(query, plan); !strings.Contains(query, "name_part") {
				return
			}
			sought++
			if w.Engine == "sqlite" && (strings.Count(plan, "SEARCH name_part USING PRIMARY KEY (workspace_id=? AND part>? AND part<?)") != 2 ||
				strings.Count(plan, "AND family_key=?)") != 1 || strings.Count(plan, "AND given_key=?)") != 1) {
				t.Errorf("letters within names are not sought by the ends of names, or their bearers not by names:\n%s\n%s", query, plan)
			}
			if strings.Contains(plan, "Seq Scan on name_part") {
				t.Errorf("all ends of names are walked:\n%s\n%s", query, plan)
			}
		})
		if sought == 0 {
			t.Error("nothing is sought within names")
		}
	})
}

func count(t *testing.T, db *sqldb.DB, by actor.Actor, f directory.Filter) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		_, _, err := directory.Count(t.Context(), tx, by, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fill makes a workspace whose contacts differ in everything, so that the statistics tell their indexes apart.
func fill(t testing.TB, db *sqldb.DB, slug string) (actor.Actor, id.Organization) {
	by := newHost(t, db, slug, "school")
	org := newOrganization(t, db, by, "81245739800020")
	for range 300 {
		newOrganization(t, db, by, "")
	}
	for n := range 400 {
		in := person(fmt.Sprintf("Nom%c%c", 'a'+n%7, 'a'+n/26%26)+strings.Repeat("x", n%3), fmt.Sprintf("Prénom%c%c", 'a'+n%26, 'a'+n/26))
		in.Phone, in.Email = fmt.Sprintf("0%d 99 00 %02d %02d", 1+n%5, n/100, n%100), fmt.Sprintf("p%d@corvenne.example", n)
		if in.Mobile = fmt.Sprintf("06 39 98 %02d %02d", n/100, n%100); n%2 == 0 {
			in.Mobile = ""
		}
		c := create(t, db, by, org, in)
		if n%3 > 0 {
			update(t, db, func(tx *sqldb.Tx) error { _, err := access.Authorize(t.Context(), tx, by, c.ID); return err })
		}
	}
	return by, org
}

// explain fails when a statement's plan walks a table, or sorts the whole list where its index has the order.
func explain(t *testing.T, engine, query, text string) {
	t.Helper()
	may := 0 // how often the plan may sort
	switch {
	case strings.Contains(query, "UNION"), strings.Contains(query, "organization_id IN"), strings.Contains(query, "contact_word"):
		may = 99 // several indexes, no order of their own
	case strings.Contains(query, " OFFSET "), strings.Contains(query, "WHERE workspace_id = $1 AND id IN ($2"):
		may = 1 // a page that was found by its identifiers
	}
	walked := strings.Contains(text, "SCAN few\n") && !strings.Contains(text, "CO-ROUTINE few\n")
	switch {
	case walked, strings.Contains(text, "Seq Scan on contact"), strings.Contains(text, "Seq Scan on organization"),
		strings.Contains(text, "SCAN contact\n"), strings.Contains(text, "SCAN o\n"):
		t.Errorf("a whole table is walked:\n%s\n%s", query, text)
	case engine == "sqlite" && strings.Count(text, "USE TEMP B-TREE FOR ORDER BY") > may:
		t.Errorf("the list is sorted although an index has its order:\n%s\n%s", query, text)
	}
}
