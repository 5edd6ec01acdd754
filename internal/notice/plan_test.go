package notice_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestPlans looks at how the engines read a bell, which every page of the portal does: never by all that the workspace has told.
func TestPlans(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			seen := map[string][]any{}
			o, clock := sqldbtest.Options(t, engine), sqldbtest.NewClock()
			o.Clock = clock.Now
			o.Trace = func(query string, args []any) {
				mu.Lock()
				defer mu.Unlock()
				if strings.Contains(query, " notice ") && !strings.HasPrefix(query, "INSERT") {
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
			clear(seen)
			h := newTown(t, db, clock)
			readBell(h)
			mu.Lock()
			defer mu.Unlock()
			for query, args := range seen {
				plan := sqldbtest.Plan(t, o, engine, query, args)
				for _, walk := range []string{"PRIMARY KEY (workspace_id=?)", "SCAN notice", "Seq Scan on notice"} {
					if strings.Contains(plan, walk) {
						t.Errorf("all notices are walked:\n%s\n%s", query, plan)
					}
				}
			}
		})
	}
}

// readBell does with a bell whatever can be done with one.
func readBell(h *town) {
	org := h.organization()
	c := h.person(org, "Maëlle", contact.Admin)
	h.tell(h.staff, notice.RequestState, org, c)
	h.run()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		by := h.as(c)
		part, err := h.desk.Find(ctx, tx, by, paging.Ask{})
		if err == nil {
			_, _, err = h.desk.Unread(ctx, tx, by)
		}
		if err == nil {
			_, err = notice.Newest(ctx, tx, by)
		}
		if err == nil && len(part.Items) > 0 {
			_, err = h.desk.Open(ctx, tx, by, part.Items[0].ID)
		}
		if err == nil {
			err = notice.ReadAll(ctx, tx, by, id.Notice{})
		}
		if err == nil {
			err = notice.Forget(ctx, tx, by.Workspace, id.NewRequest().UUID, id.NewRequest().UUID)
		}
		if err == nil {
			err = notice.ForgetReader(ctx, tx, by.Workspace, c.ID)
		}
		return err
	})
}
