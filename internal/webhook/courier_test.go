package webhook_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/webhook"
)

func TestRetries(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := newRoom(t, db, clock, settings())
		admin, to := r.host("brenval"), newReceiver(t)
		w, _ := r.must(admin, to.URL, "contact.*", "invoice.*")
		one := func() webhook.Delivery {
			t.Helper()
			list := r.deliveries(admin, w, "")
			return list[len(list)-1]
		}
		t.Run("what is not taken is posted again after growing waits, under the same identifier, and then given up", func(t *testing.T) {
			to.says(http.StatusInternalServerError, "base  fermée\n\x00<b>")
			r.happen(admin, "contact.created")
			r.run()
			for n, wait := range settings().Delays {
				if d := one(); d.State != webhook.Pending || d.Attempts != n+1 || d.Status != 500 || d.Reason != webhook.ByStatus || d.Answer != "base  fermée <b>" {
					t.Fatalf("%+v", d)
				}
				clock.Pass(wait - time.Second)
				r.run()
				if got := len(to.all()); got != n+1 {
					t.Fatalf("%d posts a second before the wait of %v is over", got, wait)
				}
				clock.Pass(2 * time.Second)
				r.run()
				if got := len(to.all()); got != n+2 {
					t.Fatalf("%d posts after the wait of %v", got, wait)
				}
			}
			if d := one(); d.State != webhook.Failed || d.Attempts != 10 || !d.NextAt.IsZero() {
				t.Errorf("%+v", d)
			}
			for _, p := range to.all() {
				if p.id != to.all()[0].id || string(p.body) != string(to.all()[0].body) {
					t.Errorf("%+v", p)
				}
			}
			clock.Pass(48 * time.Hour)
			r.run()
			if got := len(to.all()); got != 10 {
				t.Errorf("%d posts", got)
			}
		})
		t.Run("a good answer ends it, and all is well again", func(t *testing.T) {
			if got := r.get(admin, w); got.FailingSince.IsZero() || !got.Enabled {
				t.Errorf("%+v", got)
			}
			to.says(http.StatusOK, "merci")
			r.happen(admin, "contact.edited")
			clock.Pass(5 * time.Minute) // it rests, having failed so often
			r.run()
			if d := one(); d.State != webhook.Delivered || d.Attempts != 1 || d.Status != 200 || d.Reason != "" || d.Answer != "merci" {
				t.Errorf("%+v", d)
			}
			if got := r.get(admin, w); !got.FailingSince.IsZero() {
				t.Errorf("%+v", got)
			}
		})
		t.Run("an answer that is busy is waited for as long as it asks", func(t *testing.T) {
			to.answer = func(w http.ResponseWriter, _ int) {
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			r.happen(admin, "contact.edited")
			r.run()
			if d := one(); d.NextAt.Sub(d.ChangedAt).Round(time.Second) != time.Minute {
				t.Errorf("%+v", d)
			}
			to.says(http.StatusOK, "")
			clock.Pass(time.Minute)
			r.run()
		})
		t.Run("an event that is refused holds up no other of the same webhook", func(t *testing.T) {
			to.answer = func(w http.ResponseWriter, _ int) {
				all := to.all()
				if all[len(all)-1].event.Kind == "invoice.filed" {
					w.WriteHeader(http.StatusUnprocessableEntity)
				}
			}
			n := len(to.all())
			r.happen(admin, "contact.edited", "invoice.filed", "contact.created", "invoice.filed", "contact.edited", "invoice.filed", "contact.edited", "invoice.filed", "contact.created")
			r.run()
			if got := to.kinds()[n:]; len(got) != 9 || got[8] != "contact.created" {
				t.Error(got)
			}
			if failed := r.deliveries(admin, w, webhook.Pending); len(failed) != 4 {
				t.Error(len(failed))
			}
		})
		t.Run("what was given up is sent again when somebody says so: one, or all since then", func(t *testing.T) {
			for range 30 {
				clock.Pass(25 * time.Hour)
				r.happen(admin, "contact.edited")
				r.run()
			}
			failed := r.deliveries(admin, w, webhook.Failed)
			if len(failed) != 5 {
				t.Fatal(len(failed))
			}
			to.says(http.StatusOK, "")
			n := len(to.all())
			r.update(func(tx *sqldb.Tx) error { return webhook.Replay(t.Context(), tx, admin, w.ID, failed[0].ID) })
			r.run()
			if got := to.all()[n:]; len(got) != 1 || got[0].id != failed[0].Message() {
				t.Errorf("%+v", got)
			}
			is(t, r.try(func(tx *sqldb.Tx) error { return webhook.Replay(t.Context(), tx, admin, w.ID, id.NewDelivery()) }), fault.NotFound)
			var replayed int
			r.update(func(tx *sqldb.Tx) (err error) {
				replayed, err = webhook.ReplayFailed(t.Context(), tx, admin, w.ID, failed[1].CreatedAt)
				return err
			})
			r.run()
			if got := len(to.all()); replayed != 4 || got != n+5 || len(r.deliveries(admin, w, webhook.Failed)) != 0 {
				t.Errorf("%d again, %d posts", replayed, got-n)
			}
		})
	})
}

func TestStopped(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := newRoom(t, db, clock, settings())
		admin, to, gone := r.host("brenval"), newReceiver(t), newReceiver(t)
		to.says(http.StatusInternalServerError, "")
		gone.says(http.StatusGone, "")
		w, _ := r.must(admin, to.URL, "contact.*")
		stopped := func() (n int) {
			t.Helper()
			r.update(func(tx *sqldb.Tx) (err error) { n, err = webhook.Stopped(t.Context(), tx, admin); return err })
			return n
		}
		t.Run("where nothing was taken for days it is switched off; staff and the history know", func(t *testing.T) {
			for day := range 6 {
				if got := r.get(admin, w); !got.Enabled || stopped() != 0 {
					t.Fatalf("after %d days: %+v", day, got)
				}
				r.happen(admin, "contact.created")
				r.run()
				clock.Pass(24 * time.Hour)
			}
			got := r.get(admin, w)
			if got.Enabled || got.StoppedWhy != webhook.StoppedFailing || got.StoppedAt.IsZero() || stopped() != 1 {
				t.Errorf("%+v", got)
			}
			r.update(func(tx *sqldb.Tx) error {
				page, err := journal.Find(t.Context(), tx, admin, journal.Filter{Subject: w.ID.UUID})
				if l := page.Lines[0]; l.Kind != "webhook.stopped" || l.ActorKind != "program" {
					t.Errorf("%+v", l)
				}
				return err
			})
			n := len(to.all())
			r.happen(admin, "contact.created")
			clock.Pass(24 * time.Hour)
			r.run()
			if len(to.all()) != n {
				t.Error("it is posted to still")
			}
		})
		t.Run("switched on by somebody it begins anew, with what waited if they want it", func(t *testing.T) {
			to.says(http.StatusOK, "")
			n := len(to.all())
			r.update(func(tx *sqldb.Tx) error { return webhook.Switch(t.Context(), tx, admin, w.ID, true, true) })
			r.feed(admin)
			r.run()
			if got := len(to.all()) - n; got != 7 || stopped() != 0 || len(r.deliveries(admin, w, webhook.Pending)) != 0 {
				t.Errorf("%d posts", got)
			}
		})
		t.Run("an address that says it is gone is believed at once", func(t *testing.T) {
			w, _ := r.must(admin, gone.URL, "contact.*")
			r.happen(admin, "contact.created", "contact.created")
			r.run()
			if got := r.get(admin, w); got.Enabled || got.StoppedWhy != webhook.StoppedGone || len(gone.all()) != 1 {
				t.Errorf("%+v, %d posts", got, len(gone.all()))
			}
		})
	})
}

// Two nodes serve the same webhooks: each event is posted once.
func TestTwoNodes(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := newRoom(t, db, clock, settings())
		admin := r.host("brenval")
		var to []*receiver
		for range 4 {
			one := newReceiver(t)
			r.must(admin, one.URL, "contact.*")
			to = append(to, one)
		}
		nodes := []*webhook.Courier{r.courier, r.another(), r.another()}
		for round := range 5 {
			r.happen(admin, slices.Repeat([]string{"contact.created"}, 10)...)
			var all sync.WaitGroup
			for _, n := range nodes {
				all.Go(func() {
					if err := n.RunDue(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			var fed sync.WaitGroup
			for range 2 {
				fed.Go(func() {
					if err := r.desk.Feed(t.Context(), db); err != nil {
						t.Error(err)
					}
				})
			}
			fed.Wait()
			all.Wait()
			r.run()
			for _, one := range to {
				seen := map[string]bool{}
				for i, p := range one.all() {
					if seen[p.id] || i > 0 && p.event.Seq <= one.all()[i-1].event.Seq {
						t.Errorf("%s (%d) twice, or out of order", p.id, p.event.Seq)
					}
					seen[p.id] = true
				}
				if len(seen) != 10*(round+1) {
					t.Errorf("round %d: %d", round, len(seen))
				}
			}
		}
	})
}

// A receiver that hangs, and many of them, keep nobody else waiting.
func TestDeadReceivers(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := settings()
		o.Parallel, o.Timeout = 4, 300*time.Millisecond
		r := newRoom(t, db, clock, o)
		admin, well := r.host("brenval"), newReceiver(t)
		end := make(chan struct{})
		for range 6 {
			dead := newReceiver(t)
			dead.answer = func(http.ResponseWriter, int) { <-end }
			r.must(admin, dead.URL, "contact.*")
		}
		t.Cleanup(func() { close(end) })
		r.must(admin, well.URL, "contact.*")
		for round := range 3 { // the first time nobody knows which are dead
			r.happen(admin, slices.Repeat([]string{"contact.created"}, 30)...)
			r.run()
			if got := len(well.all()); got != 30*(round+1) {
				t.Fatalf("round %d: %d", round, got)
			}
			clock.Pass(time.Hour)
		}
		t.Run("while they hang, and more of them than there is room for, what comes for others goes out", func(t *testing.T) {
			o.Timeout = 10 * time.Minute
			hanging := newRoom(t, db, clock, o)
			hanging.desk, hanging.seal = r.desk, r.seal
			courier := hanging.another()
			courier.Start()
			t.Cleanup(func() {
				if err := courier.Stop(context.Background()); err != nil {
					t.Error(err)
				}
			})
			came := make(chan struct{}, 100)
			well.mu.Lock()
			well.answer = func(http.ResponseWriter, int) { came <- struct{}{} }
			well.mu.Unlock()
			for range 3 {
				r.happen(admin, "contact.edited")
				<-came
			}
		})
	})
}

func TestReasons(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := newRoom(t, db, clock, settings())
		admin, elsewhere := r.host("brenval"), newReceiver(t)
		to := newReceiver(t)
		to.answer = func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
		t.Run("a redirect is a failure and leads nowhere", func(t *testing.T) {
			w, _ := r.must(admin, to.URL, "contact.*")
			r.happen(admin, "contact.created")
			r.run()
			if d := r.deliveries(admin, w, "")[0]; d.State != webhook.Pending || d.Status != 307 || d.Reason != webhook.ByRedirect || len(elsewhere.all()) != 0 {
				t.Errorf("%+v", d)
			}
		})
		t.Run("of a giant answer a little is kept", func(t *testing.T) {
			giant := newReceiver(t)
			giant.answer = func(w http.ResponseWriter, _ int) {
				for range 10_000 {
					if _, err := w.Write([]byte(strings.Repeat("a", 10_000))); err != nil {
						return
					}
				}
			}
			w, _ := r.must(admin, giant.URL, "contact.*")
			r.happen(admin, "contact.created")
			r.run()
			if d := r.deliveries(admin, w, "")[0]; d.State != webhook.Delivered || len(d.Answer) != 1000 {
				t.Errorf("%s, %d bytes", d.State, len(d.Answer))
			}
		})
		t.Run("an address that was public when it was typed is refused when it is not any more", func(t *testing.T) {
			w, _ := r.must(admin, "http://localhost:"+strconv.Itoa(1)+"/", "contact.*") // a name tells nothing
			closed := settings()
			closed.Private = nil
			strict := newRoom(t, db, clock, closed)
			strict.desk = r.desk
			strict.courier = strict.another()
			r.happen(admin, "contact.created")
			strict.run()
			if d := r.deliveries(admin, w, "")[0]; d.State != webhook.Pending || d.Status != 0 || d.Reason != webhook.ByAddress {
				t.Errorf("%+v", d)
			}
		})
	})
}
