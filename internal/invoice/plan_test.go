package invoice_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// fill gives the scene's workspace, and another beside it, so many invoices in so many organisations.
func (s *scene) fill(organizations, invoices int) {
	s.Helper()
	for _, by := range []actor.Actor{s.staff, s.host("orvane")} {
		orgs := []id.Organization{s.org}
		if by != s.staff {
			orgs = nil
		}
		for range organizations {
			orgs = append(orgs, s.organization(by, "Ateliers"))
		}
		for from := 0; from < invoices; from += 1000 {
			var list []invoice.Invoice
			for n := from; n < min(from+1000, invoices); n++ {
				list = append(list, imagined(n, orgs[n%len(orgs)]))
			}
			s.update(func(tx *sqldb.Tx) error {
				return invoice.AddImagined(s.Context(), tx, actor.OfProgram(by.Workspace), list)
			})
		}
	}
}

// filters are the lists that the pages ask for.
func (s *scene) filters() map[string]invoice.Filter {
	_, part := s.find(s.staff, invoice.Filter{})
	return map[string]invoice.Filter{
		"all": {}, "oldest": {Sort: invoice.Oldest}, "page 5": {Ask: paging.Ask{Page: 5, Size: 12}}, "behind": {After: part.Items[5].ID}, "last page": {Ask: paging.Ask{Page: part.Pages(), Size: 24}},
		"unpaid": {State: invoice.Unpaid}, "paid": {State: invoice.Paid}, "overdue": {State: invoice.Overdue}, "credit notes": {Kind: invoice.CreditNote},
		"unpaid credit notes": {Kind: invoice.CreditNote, State: invoice.Unpaid}, "year": {Year: 2025}, "unpaid of a year": {Year: 2021, State: invoice.Unpaid},
		"organisation": {Organization: s.org}, "unpaid of an organisation": {Organization: s.org, State: invoice.Unpaid}, "overdue of an organisation": {Organization: s.org, State: invoice.Overdue},
		"credit notes of an organisation": {Organization: s.org, Kind: invoice.CreditNote}, "unpaid bills of an organisation": {Organization: s.org, Kind: invoice.Bill, State: invoice.Unpaid},
		"year of an organisation": {Organization: s.org, Year: 2025, Kind: invoice.Bill},
		"number":                  {Query: "F-000123"}, "broad number": {Query: "f"}, "end of a number": {Query: "0123"}, "reference": {Query: "cmd 12"}, "organisation's name": {Query: "ateliers"},
		"unpaid numbers": {Query: "F-0001", State: invoice.Unpaid}, "number of an organisation": {Query: "F-0001", Organization: s.org},
	}
}

// TestPlans looks at how the engines read what the lists ask, on a base that has no statistics yet and on one that has
// (performance.md, trap 1): by an index always, in its order where it has the list's.
func TestPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "invoice", func(t *testing.T, w *sqldbtest.Watched) {
		s := newScene(t, w.DB, w.Clock)
		s.fill(20, 3000)
		for range 2 {
			for name, f := range s.filters() {
				w.Plans(t, func() {
					s.find(s.staff, f)
					s.find(s.admin, f)
					s.view(func(tx *sqldb.Tx) error {
						_, err := invoice.Remaining(t.Context(), tx, s.admin, s.org)
						return err
					})
					s.view(func(tx *sqldb.Tx) error {
						_, err := invoice.Years(t.Context(), tx, s.staff, f.Organization)
						return err
					})
				}, func(query, plan string) { judge(t, name, w.Engine, query, plan) })
			}
			w.Analyze(t)
		}
	})
}

// judge fails when a plan walks a table, or sorts more than a page or a search's matches.
func judge(t *testing.T, name, engine, query, plan string) {
	t.Helper()
	for _, walk := range []string{"AUTOMATIC", "SCAN invoice\n", "SCAN i\n", "SCAN o\n", "SCAN organization\n", "Seq Scan on invoice", "Seq Scan on organization"} {
		if strings.Contains(plan, walk) {
			t.Errorf("%s: a whole table is walked:\n%s\n%s", name, query, plan)
		}
	}
	may := 0
	switch {
	case strings.Contains(query, "UNION"):
		may = 9 // matches of several indexes, up to a cap
	case strings.Contains(query, " OFFSET "):
		may = 1 // the page that was found by its identifiers
	}
	sorts := strings.Count(plan, "USE TEMP B-TREE FOR ORDER BY") + strings.Count(plan, "Sort Key:") + strings.Count(plan, "Sort  (")
	if engine == "sqlite" && sorts > may {
		t.Errorf("%s: the list is sorted although an index has its order:\n%s\n%s", name, query, plan)
	}
	for condition, index := range map[string]string{"organization_id = $2 AND state = $": "invoice_organization_state", "organization_id = $2 AND kind = $": "invoice_organization_kind", "WITH RECURSIVE": "COVERING INDEX invoice_"} {
		if engine == "sqlite" && strings.Contains(query, condition) && !strings.Contains(plan, index) {
			t.Errorf("%s: not by %s:\n%s\n%s", name, index, query, plan)
		}
	}
	if strings.Contains(query, "organization_id = $") && !strings.Contains(query, "UNION") && !strings.Contains(plan, "invoice_organization") && !strings.Contains(plan, "invoice_remaining") {
		t.Errorf("%s: one organisation's are sought among all:\n%s\n%s", name, query, plan)
	}
}
