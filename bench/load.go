package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// operation is something that people do, again and again.
type operation struct {
	key     string // a letter by which the documents call it
	name    string
	clients int
	guard   time.Duration // the product's own CPU a request that is wanted; 0 = nothing is said
	bare    string        // the bare query that reads or writes the same rows; "" = none
	cookies string        // of who asks; "" = the staff's
	writes  bool          // the server goes on working on it after the answer
	// onlyReads has p50 and p99 tell of those requests alone that change nothing.
	onlyReads bool
	next      func() request
}

// sample is what one run of an operation showed.
type sample struct {
	requests int
	took     time.Duration // by the clock
	cpu      time.Duration // of the server, what it does after the answers included
	database time.Duration // CPU of PostgreSQL's processes
	p50, p99 time.Duration
	size     int64 // bytes of an answer's body on the wire, on average
	memory   int64 // RssAnon of the server right after it
}

func (s sample) rate() float64 { return float64(s.requests) / s.took.Seconds() }

// each is a share of one request.
func (s sample) each(d time.Duration) time.Duration {
	if s.requests == 0 {
		return 0
	}
	return d / time.Duration(s.requests)
}

// target is a server under load.
type target struct {
	host     string
	cookies  string
	server   process
	database process // PostgreSQL's first process; 0 = none
}

// run lets the operation's clients ask one request after the other for that long. An answer with another status
// than the wanted one ends everything: a figure of refusals would be worth nothing.
func (t *target) run(op operation, lasts time.Duration) (sample, error) {
	wires := make([]*wire, op.clients)
	for i := range wires {
		w, err := dial(t.host)
		if err != nil {
			return sample{}, err
		}
		defer w.close()
		wires[i] = w
	}
	cpu, database, err := t.used()
	if err != nil {
		return sample{}, err
	}
	crowd := crowd{target: t, op: op, until: time.Now().Add(lasts)}
	began := time.Now()
	for _, w := range wires {
		crowd.wait.Go(func() { crowd.client(w) })
	}
	crowd.wait.Wait()
	s := sample{took: time.Since(began)}
	if crowd.err != nil {
		return s, fmt.Errorf("%s: %w", op.name, crowd.err)
	}
	if op.writes {
		if err := t.settle(); err != nil {
			return s, err
		}
	}
	after, databaseAfter, err := t.used()
	if err != nil {
		return s, err
	}
	s.cpu, s.database = after-cpu, databaseAfter-database
	crowd.sum(&s)
	s.memory, err = t.server.memory()
	return s, err
}

// crowd is the clients of one run.
type crowd struct {
	*target
	op    operation
	until time.Time
	wait  sync.WaitGroup

	mu   sync.Mutex
	took []time.Duration
	all  int
	size int64
	err  error
}

func (c *crowd) client(w *wire) {
	var took []time.Duration
	var all int
	var size int64
	cookies := c.op.cookies
	if cookies == "" {
		cookies = c.cookies
	}
	for time.Now().Before(c.until) {
		q := c.op.next()
		sent := q.bytes(c.host, cookies)
		began := time.Now()
		a, err := w.do(sent, false)
		if err == nil && a.status != q.want {
			err = fmt.Errorf("status %d instead of %d for\n%s", a.status, q.want, sent)
		}
		if err != nil {
			c.mu.Lock()
			c.err = err
			c.mu.Unlock()
			return
		}
		if all, size = all+1, size+a.size; !c.op.onlyReads || q.reads() {
			took = append(took, time.Since(began))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took, c.all, c.size = append(c.took, took...), c.all+all, c.size+size
}

func (c *crowd) sum(s *sample) {
	slices.Sort(c.took)
	if n := len(c.took); n > 0 {
		s.requests, s.p50, s.p99 = c.all, c.took[n/2], c.took[n*99/100]
		s.size = c.size / int64(c.all)
	}
}

// used is the CPU of the server, and of PostgreSQL, until now.
func (t *target) used() (server, database time.Duration, err error) {
	if server, err = t.server.cpu(); err != nil || t.database == 0 {
		return server, 0, err
	}
	database, err = t.database.cpu()
	return server, database, err
}

// settle waits until the server rests: until it has sealed the new lines of the history and copied its log back.
// That work is part of what a change costs.
func (t *target) settle() error {
	const look, quiet, longest = 250 * time.Millisecond, 8, 2 * time.Minute
	calm := 0
	before, _, err := t.used()
	for began := time.Now(); calm < quiet && time.Since(began) < longest; {
		time.Sleep(look)
		now, _, err := t.used()
		if err != nil {
			return err
		}
		if calm++; now-before > 3*tick {
			calm = 0
		}
		before = now
	}
	return err
}
