package audience_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access/audience"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// TestPlans looks at how the engines find whom an event is for, and who they are: each create and each request asks.
func TestPlans(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine+": neither an organisation's admins nor those who are told are sought among all contacts", func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			seen := map[string][]any{}
			o.Trace = func(query string, args []any) {
				if strings.HasPrefix(query, "SELECT") && strings.Contains(query, "FROM contact") {
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
			var host id.Workspace
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: "brenval", Name: "Brenval", Kind: "school"})
				host = w.ID
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			err = db.View(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := audience.Leaders(t.Context(), tx, 1, id.NewOrganization()); err != nil {
					return err
				}
				_, err := audience.People(t.Context(), tx, host, []id.Contact{id.NewContact(), id.NewContact(), id.NewContact()})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(seen) != 2 {
				t.Fatal(len(seen))
			}
			for query, args := range seen {
				plan := sqldbtest.Plan(t, o, engine, query, args)
				found := strings.Contains(plan, "contact_organization") || strings.Contains(plan, "(workspace_id=? AND id=?)")
				if engine == "sqlite" && !found || strings.Contains(plan, "Seq Scan on contact") {
					t.Errorf("%s\n%s", query, plan)
				}
			}
		})
	}
}
