package organization_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestPlans looks at how the engines read the list, on a base that has no statistics yet and on one that has
// (performance.md, trap 1): the page's organisations are found by an index, and only they are read.
func TestPlans(t *testing.T) {
	sqldbtest.EachWatched(t, "organization", func(t *testing.T, w *sqldbtest.Watched) {
		by, other := newHost(t, w.DB, "brenval", "school"), newHost(t, w.DB, "orvane", "vendor")
		for n := range 200 {
			in := organization.Input{Name: fmt.Sprintf("Nom %d", n*7919%200), City: fmt.Sprintf("Ville %c", 'a'+n%20)}
			must(t, w.DB, by, in)
			must(t, w.DB, other, in)
		}
		for range 2 {
			w.Plans(t, func() {
				for _, f := range []organization.Filter{
					{}, {Ask: paging.Ask{Page: 5, Size: 12}}, {Sort: organization.ByCity}, {Sort: organization.Newest}, {Archived: true},
					{WithoutPrimary: true}, {Query: "nom 1"}, {Query: "ville c"}, {Query: "812 457"}, {Query: "om 12"},
				} {
					find(t, w.DB, by, f)
				}
			}, func(query, plan string) {
				if strings.Contains(query, "LIKE") {
					return // a walk over all names, when nothing begins so
				}
				for _, walk := range []string{"AUTOMATIC", "SCAN organization\n", "SCAN o\n", "Seq Scan on organization"} {
					if strings.Contains(plan, walk) {
						t.Errorf("a whole table is walked:\n%s\n%s", query, plan)
					}
				}
			})
			w.Analyze(t)
		}
	})
}
