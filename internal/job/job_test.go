package job_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// letter is a job as a room would define it.
type letter struct{ N int }

func (letter) Kind() string { return "letter" }

func (letter) GivenUp(_ context.Context, tx *sqldb.Tx) error {
	tx.Notify("letter given up")
	return nil
}

func options() job.Options { return job.Options{Log: slog.New(slog.DiscardHandler), Attempts: 3} }

func enqueue(t *testing.T, db *sqldb.DB, args job.Args, o job.Opts) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := job.Enqueue(t.Context(), tx, args, o)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// state counts the jobs of a kind that wait or run, and those that have finished, with the last reason of a failure.
func state(t *testing.T, db *sqldb.DB, kind string) (open, finished int, failure string) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) error {
		type row struct {
			at      sqldb.Time
			failure string
		}
		rows, err := sqldb.List(t.Context(), tx, func(r sqldb.Scanner) (v row, err error) { return v, r.Scan(&v.at, &v.failure) },
			`SELECT finished_at, COALESCE(failure, '') FROM job WHERE kind = $1 ORDER BY id`, kind)
		for _, r := range rows {
			if r.at.IsZero() {
				open++
			} else {
				finished++
				failure = r.failure
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return open, finished, failure
}

func runDue(t *testing.T, r *job.Runner) int {
	t.Helper()
	n, err := r.RunDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// quiet makes a runner whose own schedule has had its turn.
func quiet(t *testing.T, db *sqldb.DB, o job.Options) *job.Runner {
	t.Helper()
	r := job.New(db, o)
	runDue(t, r)
	t.Cleanup(func() { _ = r.Stop(context.Background()) })
	return r
}

func TestRun(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		r := quiet(t, db, options())
		var mu sync.Mutex
		var got []int
		job.Register(r, 2, func(_ context.Context, _ *sqldb.DB, args letter) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, args.N)
			return nil
		})
		t.Run("a job runs once, with the arguments it was given", func(t *testing.T) {
			enqueue(t, db, letter{7}, job.Opts{})
			if n := runDue(t, r); n != 1 || len(got) != 1 || got[0] != 7 {
				t.Errorf("%d ran: %v", n, got)
			}
			if n := runDue(t, r); n != 0 {
				t.Errorf("%d ran again", n)
			}
			if open, finished, failure := state(t, db, "letter"); open != 0 || finished != 1 || failure != "" {
				t.Error(open, finished, failure)
			}
		})
		t.Run("a job of a transaction that fails does not exist", func(t *testing.T) {
			_ = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := job.Enqueue(t.Context(), tx, letter{8}, job.Opts{}); err != nil {
					return err
				}
				return fault.Missing()
			})
			if n := runDue(t, r); n != 0 {
				t.Errorf("%d ran", n)
			}
		})
		t.Run("a job for later waits for its time", func(t *testing.T) {
			enqueue(t, db, letter{9}, job.Opts{After: time.Hour})
			if n := runDue(t, r); n != 0 {
				t.Errorf("%d ran too early", n)
			}
			clock.Pass(time.Hour)
			if n := runDue(t, r); n != 1+1 { // and the sweep
				t.Errorf("%d ran", n)
			}
		})
		t.Run("many jobs all run, whatever the number of workers", func(t *testing.T) {
			got = nil
			for n := range 25 {
				enqueue(t, db, letter{n}, job.Opts{})
			}
			if n := runDue(t, r); n != 25 || len(got) != 25 {
				t.Errorf("%d ran, %d noted", n, len(got))
			}
		})
		t.Run("finished jobs are swept when their time is over", func(t *testing.T) {
			clock.Pass(6 * 24 * time.Hour)
			runDue(t, r)
			if _, finished, _ := state(t, db, "letter"); finished != 27 {
				t.Errorf("%d left before their time", finished)
			}
			clock.Pass(2 * 24 * time.Hour)
			runDue(t, r)
			if _, finished, _ := state(t, db, "letter"); finished != 0 {
				t.Errorf("%d left", finished)
			}
		})
	})
}

func TestFailure(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := options()
		o.Sweep, o.Retry = 1000*time.Hour, time.Minute
		r := quiet(t, db, o)
		var err error
		fail := func() error { return err }
		told := 0
		db.Listen("letter given up", func() { told++ })
		job.Register(r, 1, func(context.Context, *sqldb.DB, letter) error { return fail() })

		t.Run("a job that fails is tried again after growing delays, then given up with the reason", func(t *testing.T) {
			err = fault.New(fault.Conflict, "fault.conflict")
			enqueue(t, db, letter{}, job.Opts{})
			for _, wait := range []time.Duration{0, time.Minute, 16 * time.Minute} {
				if n := runDue(t, r); n != 0 && wait > 0 {
					t.Errorf("%d ran before %v", n, wait)
				}
				if told != 0 {
					t.Error("given up too early")
				}
				clock.Pass(wait)
				if wait > 0 {
					runDue(t, r)
				}
			}
			if open, finished, failure := state(t, db, "letter"); open != 0 || finished != 1 || failure != "conflict: fault.conflict" {
				t.Error(open, finished, failure)
			}
			if told != 1 {
				t.Errorf("its room was told %d times", told)
			}
		})
		t.Run("GiveUp ends it at once, and what an error says of people is not kept", func(t *testing.T) {
			err = job.GiveUp(errors.New("no such mailbox: marie.dupont@exemple.fr"))
			enqueue(t, db, letter{}, job.Opts{})
			runDue(t, r)
			if open, finished, failure := state(t, db, "letter"); open != 0 || finished != 2 || failure != "internal; the log says more" {
				t.Error(open, finished, failure)
			}
		})
		t.Run("a panic is a failure like any other", func(t *testing.T) {
			fail = func() error { panic("oh") }
			enqueue(t, db, letter{}, job.Opts{})
			runDue(t, r)
			if open, _, _ := state(t, db, "letter"); open != 1 {
				t.Error("it is not tried again")
			}
		})
	})
}

func TestLease(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := options()
		o.Sweep = 1000 * time.Hour
		a, b := quiet(t, db, o), quiet(t, db, o)
		started, release := make(chan context.Context, 1), make(chan error)
		var inA, inB atomic.Int32
		job.Register(a, 1, func(ctx context.Context, _ *sqldb.DB, _ letter) error {
			inA.Add(1)
			started <- ctx
			return <-release
		})
		job.Register(b, 1, func(context.Context, *sqldb.DB, letter) error {
			inB.Add(1)
			return nil
		})
		begin := func() (ctx context.Context, ended func()) {
			enqueue(t, db, letter{}, job.Opts{})
			var all sync.WaitGroup
			all.Go(func() { _, _ = a.RunDue(context.Background()) })
			return <-started, all.Wait
		}
		t.Run("a node that lives keeps its job by renewing the lease", func(t *testing.T) {
			ctx, ended := begin()
			for range 5 {
				clock.Pass(45 * time.Second)
				if err := a.Renew(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n := runDue(t, b); n != 0 {
					t.Fatalf("another node took %d", n)
				}
			}
			if ctx.Err() != nil {
				t.Error("its context has ended")
			}
			release <- nil
			ended()
			if open, finished, _ := state(t, db, "letter"); open != 0 || finished != 1 {
				t.Error(open, finished)
			}
		})
		t.Run("another node takes over the job of one that fell silent, which then learns it and notes nothing", func(t *testing.T) {
			ctx, ended := begin()
			clock.Pass(61 * time.Second)
			if n := runDue(t, b); n != 1 || inB.Load() != 1 {
				t.Fatalf("%d taken over", n)
			}
			if err := a.Renew(t.Context()); err != nil {
				t.Fatal(err)
			}
			<-ctx.Done()
			release <- errors.New("late")
			ended()
			if open, finished, failure := state(t, db, "letter"); open != 0 || finished != 2 || failure != "" {
				t.Error(open, finished, failure)
			}
		})
		t.Run("a node that stops gives its jobs back at once, and that is no failed attempt", func(t *testing.T) {
			ctx, ended := begin()
			stopped := make(chan error)
			go func() { stopped <- a.Stop(context.Background()) }()
			<-ctx.Done()
			release <- ctx.Err()
			ended()
			if err := <-stopped; err != nil {
				t.Fatal(err)
			}
			if n := runDue(t, b); n != 1 || inB.Load() != 2 {
				t.Errorf("%d taken over, %d in all", n, inB.Load())
			}
		})
	})
}

func TestCrashes(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := options()
		o.Sweep = 1000 * time.Hour
		r := quiet(t, db, o)
		ran := 0
		job.Register(r, 1, func(context.Context, *sqldb.DB, letter) error { ran++; return nil })
		t.Run("a job that ends each node which tries it is given up in the end", func(t *testing.T) {
			enqueue(t, db, letter{}, job.Opts{})
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error { // what three nodes leave that crash
				_, err := tx.Exec(t.Context(), `UPDATE job SET attempts = 3, claimed_until = $1 WHERE kind = 'letter'`, tx.Now())
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			clock.Pass(time.Second)
			runDue(t, r)
			if open, finished, failure := state(t, db, "letter"); ran != 0 || open != 0 || finished != 1 || failure == "" {
				t.Error(ran, open, finished, failure)
			}
		})
	})
}

func TestEvery(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := options()
		o.Sweep = 1000 * time.Hour
		a, b := quiet(t, db, o), quiet(t, db, o)
		var n atomic.Int32
		var err error
		count := func(context.Context, *sqldb.DB) error { n.Add(1); return err }
		a.Every("seal", time.Minute, count)
		b.Every("seal", time.Minute, count)
		both := func() {
			runDue(t, a)
			runDue(t, b)
		}
		t.Run("a schedule runs once a period over all nodes", func(t *testing.T) {
			for want := range int32(3) {
				both()
				both()
				if n.Load() != want+1 {
					t.Errorf("%d runs, want %d", n.Load(), want+1)
				}
				clock.Pass(time.Minute + time.Second)
			}
		})
		t.Run("periods that nobody was there for are not made up for", func(t *testing.T) {
			before := n.Load()
			clock.Pass(time.Hour)
			both()
			if n.Load() != before+1 {
				t.Errorf("%d runs", n.Load()-before)
			}
		})
		t.Run("one that failed comes again with the next period, and leaves no rows", func(t *testing.T) {
			err = errors.New("oh")
			before := n.Load()
			for range 2 {
				clock.Pass(time.Minute + time.Second)
				both()
			}
			open, finished, _ := state(t, db, "seal")
			if n.Load() != before+2 || open+finished != 0 {
				t.Errorf("%d runs, %d rows", n.Load()-before, open+finished)
			}
		})
	})
}

func TestLoop(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		t.Run("a started runner takes a job up as soon as its transaction is committed", func(t *testing.T) {
			o := options()
			o.Poll, o.Lease = time.Hour, 3*time.Hour // only being woken helps
			r := job.New(db, o)
			ran := make(chan int)
			job.Register(r, 1, func(_ context.Context, _ *sqldb.DB, args letter) error { ran <- args.N; return nil })
			r.Start()
			for n := range 3 {
				enqueue(t, db, letter{n}, job.Opts{})
				if got := <-ran; got != n {
					t.Errorf("%d ran", got)
				}
			}
			if err := r.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
		t.Run("Stop does not wait longer than it may", func(t *testing.T) {
			r := job.New(db, options())
			started, release := make(chan bool), make(chan bool)
			job.Register(r, 1, func(context.Context, *sqldb.DB, letter) error {
				started <- true
				<-release
				return nil
			})
			enqueue(t, db, letter{}, job.Opts{})
			r.Start()
			<-started
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := r.Stop(ctx); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			close(release)
			if err := r.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
}
