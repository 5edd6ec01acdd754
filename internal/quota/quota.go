// Package quota counts what each caller asks for, in windows of time, and says when it is enough.
//
// The counts are in the memory of one process and are lost with it: of several nodes each lets a caller have the whole of its
// limit, so what an installation bears is the limit times its nodes. That is on purpose: the limit keeps one caller from taking a
// node away from everybody else, and a count that all nodes share would cost each request a write. What must be counted exactly,
// tries of passwords and codes, is counted in the database (login, invitation).
package quota

import (
	"sync"
	"time"

	"github.com/entregent/entregent/internal/id"
)

// Quota is a limit and the counts of all callers. It is safe for concurrent use. Make it with New.
type Quota struct {
	limit  int
	window time.Duration

	mu     sync.Mutex
	counts map[id.UUID]count
	swept  time.Time
}

// count is what one caller has asked for since its window began.
type count struct {
	since time.Time
	n     int
}

// Left says how a caller stands behind one more request.
type Left struct {
	OK        bool          // the request is within the limit
	Limit     int           // requests in one window
	Remaining int           // of them, still to be had in this one
	Reset     time.Duration // until the next window begins
}

// New makes a quota of so many requests in each window; each caller's first request begins its window. A limit of 0 or less is
// none.
func New(limit int, window time.Duration) *Quota {
	return &Quota{limit: limit, window: window, counts: make(map[id.UUID]count)}
}

// Unlimited reports whether nothing is counted.
func (q *Quota) Unlimited() bool { return q.limit <= 0 }

// Take counts one more request of the caller. What is refused is counted too, but does not put the next window off.
func (q *Quota) Take(caller id.UUID, now time.Time) Left {
	if q.Unlimited() {
		return Left{OK: true}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sweep(now)
	c, there := q.counts[caller]
	if !there || q.over(c, now) {
		c = count{since: now}
	}
	c.n = min(c.n+1, q.limit+1)
	q.counts[caller] = c
	return Left{OK: c.n <= q.limit, Limit: q.limit, Remaining: max(0, q.limit-c.n), Reset: q.window - now.Sub(c.since)}
}

// over reports whether the window has ended, also by a clock that was put back.
func (q *Quota) over(c count, now time.Time) bool {
	return now.Sub(c.since) >= q.window || now.Before(c.since)
}

// sweep forgets the callers whose windows have ended, once a window.
func (q *Quota) sweep(now time.Time) {
	if now.Sub(q.swept) < q.window && !now.Before(q.swept) {
		return
	}
	q.swept = now
	for caller, c := range q.counts {
		if q.over(c, now) {
			delete(q.counts, caller)
		}
	}
}
