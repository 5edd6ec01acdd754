package organization_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestPlans looks at how the engines read the list, on a base that has no statistics yet and on one that has
// (performance.md, trap 1): the page's organisations are found by an index, and only they are read.
func TestPlans(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			seen := map[string][]any{}
			o := sqldbtest.Options(t, engine)
			o.Trace = func(query string, args []any) {
				mu.Lock()
				defer mu.Unlock()
				if strings.HasPrefix(query, "SELECT") && strings.Contains(query, "organization") {
					seen[query] = args
				}
			}
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			by, other := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
			for n := range 200 {
				in := organization.Input{Name: fmt.Sprintf("Nom %d", n*7919%200), City: fmt.Sprintf("Ville %c", 'a'+n%20)}
				must(t, db, by, in)
				must(t, db, other, in)
			}
			for range 2 {
				clear(seen)
				for _, f := range []organization.Filter{
					{}, {Ask: paging.Ask{Page: 5, Size: 12}}, {Sort: organization.ByCity}, {Sort: organization.Newest}, {Archived: true},
					{WithoutPrimary: true}, {Query: "nom 1"}, {Query: "ville c"}, {Query: "812 457"}, {Query: "om 12"},
				} {
					find(t, db, by, f)
				}
				for query, args := range seen {
					if strings.Contains(query, "LIKE") {
						continue // a walk over all names, when nothing begins so
					}
					plan := sqldbtest.Plan(t, o, engine, query, args)
					for _, walk := range []string{"AUTOMATIC", "SCAN organization\n", "SCAN o\n", "Seq Scan on organization"} {
						if strings.Contains(plan, walk) {
							t.Errorf("a whole table is walked:\n%s\n%s", query, plan)
						}
					}
				}
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), "ANALYZE"); return err })
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
