package dispatch

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestResume(t *testing.T) {
	each(t, mailtest.Options{}, func(t *testing.T, h *town) {
		const n = 150
		people := h.contacts(h.school, n)
		once := func(t *testing.T, d Dispatch, earlier int) {
			t.Helper()
			if now := h.now(h.school, d); now.State != Done || now.Counts[Invited] != n || now.Position != n {
				t.Errorf("%+v", now)
			}
			if rows := h.rows(h.school, d, All); len(rows) != n || rows[0].N != 1 || rows[n-1].N != n || rows[0].Contact != people[0] || rows[n-1].Contact != people[n-1] {
				t.Errorf("%d rows", len(rows))
			}
			if all, open := h.invitations(h.school); all-earlier != n || open != n {
				t.Errorf("%d invitations, %d open", all-earlier, open)
			}
		}
		t.Run("wherever the work breaks off, it goes on and nobody is sent to twice", func(t *testing.T) {
			broken := 0
			for after := 1; after < 14; after += 2 {
				earlier, _ := h.invitations(h.school)
				d := h.start(h.school.officer, people...)
				ctx, cancel := context.WithCancel(t.Context())
				h.clock.Lock()
				h.clock.after, h.clock.end = after, cancel
				h.clock.Unlock()
				err := h.run(ctx, d)
				cancel()
				if errors.Is(err, context.Canceled) {
					broken++
				} else if err != nil {
					t.Fatal(err)
				}
				if err := h.run(t.Context(), d); err != nil {
					t.Fatal(err)
				}
				once(t, d, earlier)
			}
			if broken < 3 {
				t.Errorf("only %d broke off", broken)
			}
		})
		t.Run("two nodes that work on the same dispatch send to each contact once", func(t *testing.T) {
			earlier, _ := h.invitations(h.school)
			d := h.start(h.school.officer, people...)
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() {
					if err := h.run(t.Context(), d); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			once(t, d, earlier)
		})
		t.Run("two dispatches at once end, and each contact has one open invitation", func(t *testing.T) {
			first, second := h.start(h.school.officer, people...), h.start(h.school.admin, people...)
			var both sync.WaitGroup
			for _, d := range []Dispatch{first, second} {
				both.Go(func() {
					if err := h.run(t.Context(), d); err != nil {
						t.Error(err)
					}
				})
			}
			both.Wait()
			if _, open := h.invitations(h.school); open != n || h.now(h.school, first).Counts[Invited] != n || h.now(h.school, second).Counts[Invited] != n {
				t.Errorf("%d open", open)
			}
		})
		t.Run("what breaks a rule of the database is refused alone", func(t *testing.T) {
			d := h.start(h.school.officer, people...)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { // another contact's invitation has the number of this one's
				_, err := tx.Exec(ctx, `UPDATE invitation SET submission = $1 WHERE workspace_id = $2 AND contact_id = $3 AND ended_at IS NULL`,
					submission(d.ID, people[77]), h.school.admin.Workspace, people[3])
				return err
			})
			if err := h.run(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			now, refused := h.now(h.school, d), h.rows(h.school, d, Some(Refused))
			if now.State != Done || now.Counts[Invited] != n-1 || len(refused) != 1 || refused[0].Contact != people[77] || refused[0].Fault.Key != "fault.taken" {
				t.Errorf("%+v, %+v", now, refused)
			}
		})
		t.Run("given up, it says so", func(t *testing.T) {
			d := h.start(h.school.officer, people...)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { return work{d.workspace, d.ID}.GivenUp(ctx, tx) })
			if now := h.now(h.school, d); now.State != Failed || now.Failure.Key != "dispatch.interrupted" {
				t.Errorf("%+v", now)
			}
		})
	})
}
