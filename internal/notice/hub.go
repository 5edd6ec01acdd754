package notice

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Hub tells the open streams of one node that somebody's bell has changed, wherever that was done: one look at the database for
// all of them, at once after a change in this process and else every so often. It looks only while somebody listens. Make it with
// NewHub; it is safe for concurrent use.
type Hub struct {
	db    *sqldb.DB
	every time.Duration
	log   *slog.Logger
	wake  chan struct{}

	mu      sync.Mutex
	open    map[id.Contact]*listeners
	running bool
}

// listeners are the streams of one contact, and the last change that they know of.
type listeners struct {
	seen  sqldb.Time
	wakes map[chan struct{}]struct{}
}

// NewHub makes a hub that looks every so often.
func NewHub(db *sqldb.DB, every time.Duration, log *slog.Logger) *Hub {
	h := &Hub{db: db, every: every, log: log, wake: make(chan struct{}, 1), open: make(map[id.Contact]*listeners)}
	db.Listen(topic, func() { poke(h.wake) })
	return h
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is awake already
	}
}

// Listen gives a channel that is written to when the contact's bell may have changed. Whoever is slow to read it holds up
// nobody. stop must be called.
func (h *Hub) Listen(of id.Contact) (changed <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.open[of]
	if l == nil {
		l = &listeners{wakes: make(map[chan struct{}]struct{})}
		h.open[of] = l
	}
	l.wakes[c] = struct{}{}
	if !h.running {
		h.running = true
		go h.run()
	}
	return c, func() { h.leave(of, c) }
}

func (h *Hub) leave(of id.Contact, c chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if l := h.open[of]; l != nil {
		delete(l.wakes, c)
		if len(l.wakes) == 0 {
			delete(h.open, of)
		}
	}
	if len(h.open) == 0 {
		poke(h.wake) // nobody is left to look for
	}
}

// run looks as long as somebody listens.
func (h *Hub) run() {
	timer := time.NewTicker(h.every)
	defer timer.Stop()
	for {
		h.mu.Lock()
		if len(h.open) == 0 {
			h.running = false
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		if err := h.look(context.Background()); err != nil {
			h.log.Warn("bells not looked at", "error", err)
		}
		select {
		case <-h.wake:
		case <-timer.C:
		}
	}
}

// slack is how long a transaction may take from its moment to its commit, and how far the clocks of two nodes may be apart, for a
// change to be seen; later ones are seen when the stream looks again by itself.
const slack = 10 * time.Second

type change struct {
	of id.Contact
	at sqldb.Time
}

// look wakes the listeners of those whose bell has changed since the last look.
func (h *Hub) look(ctx context.Context) error {
	var list []change
	err := h.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = sqldb.List(ctx, tx, func(row sqldb.Scanner) (c change, err error) { return c, row.Scan(&c.of, &c.at) },
			`SELECT contact_id, MAX(changed_at) FROM notice WHERE changed_at >= $1 GROUP BY contact_id`, tx.Now().Add(-h.every-slack))
		return err
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range list {
		if l := h.open[c.of]; l != nil && c.at != l.seen {
			l.seen = c.at
			for wake := range l.wakes {
				poke(wake)
			}
		}
	}
	return err
}
