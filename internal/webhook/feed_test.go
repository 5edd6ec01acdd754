package webhook_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/webhook"
)

func TestFeed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := newRoom(t, db, clock, settings())
		admin, foreign := r.host("brenval"), r.host("orvane")
		r.happen(admin, "contact.created")
		some, all, theirs := newReceiver(t), newReceiver(t), newReceiver(t)
		w, _ := r.must(admin, some.URL+"/unsaid?k=unsaid", "contact.edited", "invoice.*")
		whole, _ := r.must(admin, all.URL, "*")
		r.must(foreign, theirs.URL, "*")
		r.feed(admin) // the lines about the webhooks themselves
		t.Run("each is told what it wants of what happens from then on, in order, and nobody else is", func(t *testing.T) {
			r.happen(admin, "contact.created", "contact.edited", "invoice.filed", "invoice.paid", "contact.edited")
			r.run()
			if got := some.kinds(); !slices.Equal(got, []string{"contact.edited", "invoice.filed", "invoice.paid", "contact.edited"}) {
				t.Error(got)
			}
			if got := all.kinds(); !slices.Equal(got[len(got)-5:], []string{"contact.created", "contact.edited", "invoice.filed", "invoice.paid", "contact.edited"}) || slices.Contains(got[:len(got)-5], "contact.created") {
				t.Error(got)
			}
			if got := theirs.kinds(); slices.Contains(got, "contact.edited") {
				t.Error(got)
			}
		})
		t.Run("what is posted is the event of the feed, without values and comments, and each has an identifier of its own", func(t *testing.T) {
			seen := map[string]bool{}
			r.update(func(tx *sqldb.Tx) error {
				for _, p := range some.all() {
					events, err := journal.Since(t.Context(), tx, admin, p.event.Seq-1, 1)
					if err != nil {
						return err
					}
					want, err := webhook.Body(events[0])
					if err != nil || string(p.body) != string(want) || strings.Contains(string(p.body), "corvenne") || strings.Contains(string(p.body), "confidentiel") {
						t.Errorf("%s, want %s (%v)", p.body, want, err)
					}
					if seen[p.id] || !strings.HasPrefix(p.id, "msg_") || strings.Contains(p.id, ".") {
						t.Error(p.id)
					}
					seen[p.id] = true
				}
				return nil
			})
		})
		t.Run("nothing is told twice, however often it is fed", func(t *testing.T) {
			n := len(all.all())
			r.feed(admin)
			r.run()
			if got := len(all.all()); got != n {
				t.Errorf("%d, then %d", n, got)
			}
		})
		t.Run("where too many wait, the others wait in the history and come behind them", func(t *testing.T) {
			o := settings()
			o.Backlog = 3
			small := newRoom(t, db, clock, o)
			small.seal = r.seal
			slow := newReceiver(t)
			slow.says(http.StatusInternalServerError, "")
			w, _ := small.must(admin, slow.URL, "contact.created")
			small.happen(admin, slices.Repeat([]string{"contact.created"}, 600)...)
			small.happen(admin, slices.Repeat([]string{"contact.created"}, 100)...)
			if n := len(small.deliveries(admin, w, "")); n != 100 { // a page
				t.Error(n)
			}
			r.update(func(tx *sqldb.Tx) error {
				part, err := webhook.Deliveries(t.Context(), tx, admin, webhook.Filter{Webhook: w.ID})
				if part.Total != 499 { // one transaction's, with the line about the webhook itself
					t.Error(part.Total)
				}
				return err
			})
			r.update(func(tx *sqldb.Tx) error { return webhook.Delete(t.Context(), tx, admin, w.ID) })
		})
		on := func(yes, missed bool) {
			t.Helper()
			r.update(func(tx *sqldb.Tx) error { return webhook.Switch(t.Context(), tx, admin, w.ID, yes, missed) })
		}
		t.Run("one that is off is told nothing; on again it goes on with what comes, or with what it missed too", func(t *testing.T) {
			on(false, false)
			n := len(some.all())
			r.happen(admin, "invoice.filed")
			r.run()
			on(true, false)
			r.happen(admin, "invoice.paid")
			r.run()
			if got := some.kinds()[n:]; !slices.Equal(got, []string{"invoice.paid"}) {
				t.Error(got)
			}
			on(false, false)
			on(false, false)
			r.happen(admin, "invoice.filed")
			on(true, true)
			on(true, true)
			r.happen(admin, "invoice.paid")
			r.run()
			if got := some.kinds()[n+1:]; !slices.Equal(got, []string{"invoice.filed", "invoice.paid"}) {
				t.Error(got)
			}
		})
		t.Run("a trial is one event of its own kind, sent once however often its form is", func(t *testing.T) {
			n, form := len(some.all()), id.NewWebhook().UUID
			for range 2 {
				r.update(func(tx *sqldb.Tx) error { return webhook.Try(t.Context(), tx, admin, w.ID, form) })
				r.run()
			}
			if got := some.kinds()[n:]; !slices.Equal(got, []string{webhook.TestKind}) {
				t.Error(got)
			}
			on(false, false)
			is(t, r.try(func(tx *sqldb.Tx) error { return webhook.Try(t.Context(), tx, admin, w.ID, id.UUID{}) }), fault.Conflict)
			on(true, false)
		})
		t.Run("no secret and no address stands in the log, and no secret in the database", func(t *testing.T) {
			some.says(http.StatusInternalServerError, "non")
			_, secret := r.must(admin, some.URL+"/unsaid", "*")
			r.happen(admin, "invoice.filed")
			r.run()
			if text := r.log.String(); strings.Contains(text, "unsaid") || strings.Contains(text, "whsec") || strings.Contains(text, secret[6:]) {
				t.Error(text)
			}
			var rows []string
			r.update(func(tx *sqldb.Tx) error {
				list, err := tx.Query(t.Context(), `SELECT * FROM webhook`)
				if err != nil {
					return err
				}
				defer list.Close()
				columns, err := list.Columns()
				for list.Next() {
					values := make([]any, len(columns))
					for i := range values {
						values[i] = new(any)
					}
					if err := list.Scan(values...); err != nil {
						return err
					}
					for _, v := range values {
						rows = append(rows, fmt.Sprintf("%s", *v.(*any)))
					}
				}
				return err
			})
			if text := strings.Join(rows, "\n"); len(rows) == 0 || strings.Contains(text, secret[6:]) || strings.Contains(text, "whsec") {
				t.Error(text)
			}
		})
		t.Run("deliveries are swept when they are old, and a deleted webhook with all of its own", func(t *testing.T) {
			sweep := func() {
				t.Helper()
				for range 5 {
					r.update(func(tx *sqldb.Tx) error { _, err := r.desk.Sweep(t.Context(), tx, 500); return err })
				}
			}
			clock.Pass(29 * 24 * time.Hour)
			r.happen(admin, "invoice.filed")
			before := len(r.deliveries(admin, whole, ""))
			clock.Pass(2 * 24 * time.Hour)
			sweep()
			if n := len(r.deliveries(admin, whole, "")); n != 1 || before < 5 {
				t.Errorf("%d, then %d", before, n)
			}
			r.update(func(tx *sqldb.Tx) error { return webhook.Delete(t.Context(), tx, admin, whole.ID) })
			sweep()
			r.update(func(tx *sqldb.Tx) error {
				n, err := sqldb.One(t.Context(), tx, sqldb.Value[int], `SELECT (SELECT COUNT(*) FROM webhook WHERE id = $1) + (SELECT COUNT(*) FROM webhook_delivery WHERE webhook_id = $1)`, whole.ID)
				if n != 0 {
					t.Errorf("%d rows", n)
				}
				return err
			})
			is(t, r.try(func(tx *sqldb.Tx) error { return webhook.Delete(t.Context(), tx, admin, whole.ID) }), fault.NotFound)
		})
	})
}
