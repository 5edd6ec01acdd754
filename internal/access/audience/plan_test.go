package audience_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access/audience"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestPlans looks at how the engines find whom an event is for: each create and each request asks.
func TestPlans(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine+": an organisation's admins are found among its own contacts", func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			var query string
			var args []any
			o.Trace = func(q string, a []any) {
				if strings.HasPrefix(q, "SELECT") {
					query, args = q, a
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
			err = db.View(t.Context(), func(tx *sqldb.Tx) error {
				_, err := audience.Leaders(t.Context(), tx, 1, id.NewOrganization())
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if plan := sqldbtest.Plan(t, o, engine, query, args); !strings.Contains(plan, "contact_organization") {
				t.Errorf("%s\n%s", query, plan)
			}
		})
	}
}
