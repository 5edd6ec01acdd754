package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/entregent/entregent/internal/sqldb"
)

// Options says how jobs are run; zero fields take the defaults in brackets.
type Options struct {
	Workers      int           // jobs at once on this node [4]
	Poll         time.Duration // how often the queue is looked at unasked [1 s]
	Lease        time.Duration // after how long the job of a node that is no more heard of is another's [60 s]
	Attempts     int           // tries before a job is given up [10]
	Retry        time.Duration // the n-th retry waits n⁴ times this … [1 s]
	LongestRetry time.Duration // … and no longer than this [a day]
	Retention    time.Duration // how long finished jobs are kept [7 days]
	Sweep        time.Duration // how often those past it are removed [15 min]
	Log          *slog.Logger  // [slog.Default]
}

func (o Options) withDefaults() Options {
	orElse(&o.Workers, 4)
	orElse(&o.Poll, time.Second)
	orElse(&o.Lease, time.Minute)
	orElse(&o.Attempts, 10)
	orElse(&o.Retry, time.Second)
	orElse(&o.LongestRetry, 24*time.Hour)
	orElse(&o.Retention, 7*24*time.Hour)
	orElse(&o.Sweep, 15*time.Minute)
	orElse(&o.Log, slog.Default())
	return o
}

func orElse[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// Runner claims jobs and runs them. Register all work, then Start it, or step it by RunDue. It is safe for
// concurrent use after that.
type Runner struct {
	db    *sqldb.DB
	o     Options
	kinds map[string]*kind
	order []*kind // as registered

	ctx    context.Context // ends with Stop; running jobs see it
	cancel context.CancelFunc
	wake   chan struct{}
	all    sync.WaitGroup // the loop and the running jobs

	mu   sync.Mutex // guards held and every claim's until; never taken within a transaction
	held map[*claim]struct{}
}

// kind is what is registered under one name.
type kind struct {
	name     string
	parallel int
	attempts int
	period   time.Duration // of a schedule; 0 = jobs come by Enqueue
	work     func(ctx context.Context, args string) error
	givenUp  func(ctx context.Context, tx *sqldb.Tx, args string) error
}

// Half is the most of its workers that work which waits for others may take, so that what needs nobody goes on: half
// of them, at least one.
func (r *Runner) Half() int { return max(1, r.o.Workers/2) }

// New makes a runner that removes old finished jobs by itself.
func New(db *sqldb.DB, o Options) *Runner {
	r := &Runner{
		db: db, o: o.withDefaults(), kinds: make(map[string]*kind),
		wake: make(chan struct{}, 1), held: make(map[*claim]struct{}),
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.Every("job.sweep", r.o.Sweep, r.sweep)
	db.Listen(topic, r.Wake)
	return r
}

// Register says what is to be done for jobs of type T: at most parallel of them at once on this node, so that no
// kind takes all workers. It panics when the kind is registered already.
//
// The context ends when the runner is stopped or the lease was lost; work that then returns an error is taken up
// again, here or on another node, without counting as a failed attempt.
func Register[T Args](r *Runner, parallel int, work func(ctx context.Context, db *sqldb.DB, args T) error) {
	RegisterFor(r, parallel, r.o.Attempts, work)
}

// RegisterFor is Register for jobs that are tried another number of times than the runner's.
func RegisterFor[T Args](r *Runner, parallel, attempts int, work func(ctx context.Context, db *sqldb.DB, args T) error) {
	var zero T
	k := &kind{name: zero.Kind(), parallel: parallel, attempts: attempts}
	k.work = func(ctx context.Context, raw string) error {
		var args T
		if err := json.Unmarshal([]byte(raw), &args); err != nil {
			return GiveUp(err)
		}
		return work(ctx, r.db, args)
	}
	k.givenUp = func(ctx context.Context, tx *sqldb.Tx, raw string) error {
		var args T
		if err := json.Unmarshal([]byte(raw), &args); err != nil {
			return nil // there is nobody to tell
		}
		if g, ok := any(args).(givenUp); ok {
			return g.GivenUp(ctx, tx)
		}
		return nil
	}
	r.add(k)
}

// Every has fn run once a period over all nodes, the first time at once. A run that fails is not repeated before the
// next period. It panics when the kind is registered already.
func (r *Runner) Every(name string, period time.Duration, fn func(ctx context.Context, db *sqldb.DB) error) {
	r.add(&kind{
		name: name, parallel: 1, attempts: r.o.Attempts, period: period,
		work:    func(ctx context.Context, _ string) error { return fn(ctx, r.db) },
		givenUp: func(context.Context, *sqldb.Tx, string) error { return nil },
	})
}

func (r *Runner) add(k *kind) {
	if r.kinds[k.name] != nil {
		panic("job: " + k.name + " is registered twice")
	}
	r.kinds[k.name] = k
	r.order = append(r.order, k)
}

// Wake has a started runner look at the queue now. Enqueue does it by itself in its own process.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Start runs due jobs until Stop.
func (r *Runner) Start() {
	r.all.Go(func() {
		timer := time.NewTimer(0)
		defer timer.Stop()
		for {
			select {
			case <-r.ctx.Done():
				return
			case <-r.wake:
			case <-timer.C:
			}
			r.step()
			timer.Reset(min(r.o.Poll, r.o.Lease/3))
		}
	})
}

// step is one turn of the loop.
func (r *Runner) step() {
	if err := r.Renew(r.ctx); err != nil && r.ctx.Err() == nil {
		r.o.Log.Warn("jobs: leases not renewed", "error", err)
	}
	if _, err := r.dispatch(r.ctx); err != nil && r.ctx.Err() == nil {
		r.o.Log.Warn("jobs: queue not read", "error", err)
	}
}

// RunDue runs whatever is due, and what becomes due meanwhile, and returns how many jobs that were: the loop without
// time, for tests and for the command line.
func (r *Runner) RunDue(ctx context.Context) (int, error) {
	total := 0
	for {
		n, err := r.dispatch(ctx)
		r.all.Wait()
		total += n
		if n == 0 || err != nil {
			return total, err
		}
	}
}

// Stop claims nothing more, ends the contexts of the running jobs, and waits until they have given their leases
// back, or until ctx ends: what runs then still is taken over by another node when its lease is over.
func (r *Runner) Stop(ctx context.Context) error {
	r.cancel()
	done := make(chan struct{})
	go func() {
		r.all.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("job: some still run: %w", ctx.Err())
	}
}

// dispatch starts as many due jobs as there is room for and returns how many.
func (r *Runner) dispatch(ctx context.Context) (int, error) {
	if r.ctx.Err() != nil {
		return 0, nil
	}
	free, left := r.free()
	if len(free) == 0 {
		return 0, nil
	}
	due, err := r.due(ctx, free)
	if err != nil || len(due) == 0 {
		return 0, err // looking costs no write
	}
	claims, err := r.claim(ctx, due, left)
	for _, c := range claims {
		c.ctx, c.end = context.WithCancelCause(r.ctx)
		r.mu.Lock()
		r.held[c] = struct{}{}
		r.mu.Unlock()
		r.all.Go(func() { r.run(c) })
	}
	return len(claims), err
}

// room is how many more jobs of a kind may run here.
type room struct {
	*kind
	n int
}

func (r *Runner) free() (list []room, left int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	running := make(map[*kind]int)
	for c := range r.held {
		running[c.kind]++
	}
	left = r.o.Workers - len(r.held)
	for _, k := range r.order {
		if n := min(k.parallel-running[k], left); n > 0 {
			list = append(list, room{k, n})
		}
	}
	return list, left
}

// run does one job and notes how it ended.
func (r *Runner) run(c *claim) {
	defer r.Wake() // there is room again
	err := errCrashed
	if c.attempts <= c.kind.attempts {
		err = r.call(c)
	}
	r.mu.Lock()
	delete(r.held, c) // from here on nobody changes c.until
	r.mu.Unlock()
	defer c.end(nil)
	if err == nil && c.noted.Load() {
		return
	}
	if context.Cause(c.ctx) == errLost {
		r.o.Log.Warn("job: lease lost", "kind", c.kind.name, "job", c.id, "error", err)
		return
	}
	if err := r.settle(context.WithoutCancel(c.ctx), c, err); err != nil {
		r.o.Log.Error("job: end not noted", "kind", c.kind.name, "job", c.id, "error", err)
	}
}

var (
	errPanic   = errors.New("job: panic")
	errLost    = errors.New("job: the lease was lost")
	errCrashed = errors.New("job: each node that tried it ended before it did")
)

func (r *Runner) call(c *claim) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.o.Log.Error("job: panic", "kind", c.kind.name, "job", c.id, "panic", p, "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return c.kind.work(context.WithValue(c.ctx, claimKey{}, c), c.args)
}
