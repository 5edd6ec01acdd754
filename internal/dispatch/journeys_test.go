package dispatch

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestJourneys: a batch asks the database for all of its contacts at once, whether they have joined or not, and not for each of
// them. On PostgreSQL every statement is a journey to the server.
func TestJourneys(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o, clock := sqldbtest.Options(t, engine), &breaker{Clock: sqldbtest.NewClock()}
			var statements atomic.Int64
			var ending []any // the statement that ends the invitations before, and its arguments
			o.Clock, o.Trace = clock.Now, func(query string, args []any) {
				statements.Add(1)
				if strings.HasPrefix(query, "UPDATE invitation SET ended = 'replaced'") {
					ending = append([]any{query}, args...)
				}
			}
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			h := newTown(t, db, clock, mailtest.Options{})
			people := h.contacts(h.school, 2*sqldb.Many)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { // every other one has joined
				_, err := tx.Exec(ctx, `INSERT INTO login (id, email, name, password_hash, password_changed_at, locale, time_zone, theme, version, created_at)
					SELECT id, 'login.' || number || '@corvenne.example', 'Zoé', '', 1, '', '', '', 1, 1 FROM contact WHERE workspace_id = $1 AND number % 2 = 0`, h.school.admin.Workspace)
				if err != nil {
					return err
				}
				_, err = tx.Exec(ctx, `UPDATE contact SET login_id = id, joined_at = 1, login_enabled = 1 WHERE workspace_id = $1 AND number % 2 = 0`, h.school.admin.Workspace)
				return err
			})
			d := h.start(h.school.officer, people...)
			for _, size := range []int{64, batchMost} {
				b := batch{work: work{d.workspace, d.ID}, inviter: h.inviter, db: h.db, size: size}
				statements.Store(0)
				h.update(func(ctx context.Context, tx *sqldb.Tx) error { return b.take(ctx, tx) })
				if n := statements.Load(); n > int64(60+size/4) {
					t.Errorf("%d contacts: %d statements", size, n)
				}
			}
			if plan := sqldbtest.Plan(t, o, engine, ending[0].(string), ending[1:]); !strings.Contains(plan, "invitation_contact") {
				t.Errorf("a workspace's invitations are walked along to end one of a contact:\n%s", plan)
			}
			if plan := sqldbtest.Plan(t, o, engine, lettersByState, []any{h.school.admin.Workspace, d.ID}); strings.Contains(plan, "letter_workspace") {
				t.Errorf("the workspace's letters are walked along to count those of a dispatch:\n%s", plan)
			}
			if now := h.now(h.school, d); now.Counts[Invited] == 0 || now.Counts[Reminded] == 0 || now.Counts.Sent() != 64+batchMost {
				t.Errorf("%+v", now)
			}
		})
	}
}
