package inbound

import (
	"sync"
	"time"

	"github.com/entregent/entregent/internal/id"
)

// pace counts the mails of each contact, in windows one after the other: twice the limit at the most comes within any
// time as long as a window. Each process counts for itself.
type pace struct {
	limits Limits

	mu    sync.Mutex
	since time.Time
	seen  map[writer]int
}

// writer is a contact by their number.
type writer struct {
	workspace id.Workspace
	contact   int64
}

func newPace(l Limits) *pace { return &pace{limits: l} }

// more counts one more mail, and reports whether it may be taken.
func (p *pace) more(at Place, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil || now.Sub(p.since) >= p.limits.Window || now.Before(p.since) {
		p.since, p.seen = now, make(map[writer]int)
	}
	w := writer{at.Workspace, at.Contact}
	p.seen[w]++
	return p.seen[w] <= p.limits.Mails
}
