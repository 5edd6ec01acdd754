package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Message is what a Transport posts, as application/json, with the headers webhook-id, webhook-timestamp and webhook-signature.
type Message struct {
	URL, ID   string
	Seconds   int64
	Signature string
	Body      []byte
}

// Outcome is how that went. A status of 200 to 299 is taken; whatever else is tried again.
type Outcome struct {
	Status int           // 0 = there was no answer
	Answer string        // how it began
	Reason string        // when there was none: one of the words below
	Wait   time.Duration // how long the answer asked to wait at least
}

// Why there was no good answer, as words that a row keeps and a page explains.
const (
	ByAddress    = "address"    // it may not be reached
	ByName       = "name"       // the name leads nowhere
	ByTLS        = "tls"        // the certificate does not hold
	ByTime       = "timeout"    // it took too long
	ByConnection = "connection" // nobody there, or it broke off
	ByRedirect   = "redirect"   // the answer leads elsewhere, where nothing is posted
	ByStatus     = "status"     // the answer was another than 2xx
)

func (o Outcome) taken() bool { return o.Status >= 200 && o.Status < 300 }

// why is the reason that the row keeps.
func (o Outcome) why() string {
	switch {
	case o.taken():
		return ""
	case o.Reason != "":
		return o.Reason
	case o.Status >= 300 && o.Status < 400:
		return ByRedirect
	}
	return ByStatus
}

// Transport posts. It is safe for concurrent use, and returns when ctx ends.
type Transport interface {
	Post(ctx context.Context, m Message) Outcome
}

// Courier serves the webhooks of the installation on one node. Start it, or step it by RunDue. Of those that fail no more than
// half of Settings.Parallel are served at once, so that they hold up nobody else.
type Courier struct {
	desk *Desk
	db   *sqldb.DB
	to   Transport
	log  *slog.Logger

	ctx    context.Context // ends with Stop
	cancel context.CancelFunc
	wake   chan struct{}
	all    sync.WaitGroup

	mu      sync.Mutex
	running [2]int // rounds under way, of webhooks that are well and of those that fail
}

// NewCourier makes one that waits to be started.
func NewCourier(db *sqldb.DB, d *Desk, to Transport, log *slog.Logger) *Courier {
	c := &Courier{desk: d, db: db, to: to, log: log, wake: make(chan struct{}, 1)}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	db.Listen(topic, c.awake)
	return c
}

func (c *Courier) awake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Start serves until Stop.
func (c *Courier) Start() {
	c.all.Go(func() {
		timer := time.NewTimer(0)
		defer timer.Stop()
		for {
			select {
			case <-c.ctx.Done():
				return
			case <-c.wake:
			case <-timer.C:
			}
			if _, err := c.dispatch(c.ctx); err != nil && c.ctx.Err() == nil {
				c.log.Warn("webhooks: not read", "error", err)
			}
			timer.Reset(c.desk.o.Poll)
		}
	})
}

// Stop breaks off what is being posted, which is posted again by whoever comes next, and waits until the webhooks are given back,
// or until ctx ends.
func (c *Courier) Stop(ctx context.Context) error {
	c.cancel()
	done := make(chan struct{})
	go func() {
		c.all.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("webhook: some are still being served: %w", ctx.Err())
	}
}

// RunDue serves whatever is due, and what becomes due meanwhile: the loop without time, for tests.
func (c *Courier) RunDue(ctx context.Context) error {
	for {
		n, err := c.dispatch(ctx)
		c.all.Wait()
		if n == 0 || err != nil {
			return err
		}
	}
}

// round is a webhook that this node serves until then.
type round struct {
	named
	until   sqldb.Time
	failing int // 0 or 1
}

// dispatch begins as many rounds as there is room for and returns how many.
func (c *Courier) dispatch(ctx context.Context) (int, error) {
	if c.ctx.Err() != nil {
		return 0, nil
	}
	var rounds []round
	for failing := range c.running {
		room := c.free(failing)
		if room <= 0 {
			continue
		}
		claimed, err := c.claim(ctx, failing, room)
		if err != nil {
			return len(rounds), err
		}
		for _, r := range claimed {
			c.count(r, 1)
			c.all.Go(func() { c.serve(r) })
		}
		rounds = append(rounds, claimed...)
	}
	return len(rounds), nil
}

// free is how many more rounds may begin, of webhooks that are well (0) or of those that fail (1).
func (c *Courier) free(failing int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := c.desk.o.Parallel - c.running[0] - c.running[1]
	if failing == 0 {
		return left
	}
	return min(left, max(1, c.desk.o.Parallel/2)-c.running[1])
}

func (c *Courier) count(r round, n int) {
	c.mu.Lock()
	c.running[r.failing] += n
	c.mu.Unlock()
}

// lease is how long a round may last: long enough for two tries that take all their time.
func (c *Courier) lease() time.Duration { return 2*c.desk.o.Timeout + 30*time.Second }

const claimable = ` due_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)`

// claim takes webhooks that have something due, those that wait longest first. Looking costs no write.
func (c *Courier) claim(ctx context.Context, failing, most int) (rounds []round, err error) {
	var due []named
	err = c.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		due, err = sqldb.List(ctx, tx, scanNamed, `SELECT workspace_id, id FROM webhook WHERE`+claimable+` AND (strikes > 0) = ($2 > 0) ORDER BY due_at LIMIT $3`, tx.Now(), failing, most)
		return err
	})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	err = c.db.Update(ctx, func(tx *sqldb.Tx) error {
		rounds = nil
		until := tx.Now().Add(c.lease())
		for _, n := range due {
			mine, err := tx.Exec(ctx, `UPDATE webhook SET claimed_until = $2 WHERE workspace_id = $3 AND id = $4 AND`+claimable, tx.Now(), until, n.workspace, n.id)
			if err != nil {
				return err
			}
			if mine > 0 {
				rounds = append(rounds, round{n, until, failing})
			}
		}
		return nil
	})
	return rounds, err
}

// serve posts what is due for one webhook, until nothing is, it should rest, or the time that it was claimed for is nearly over.
func (c *Courier) serve(r round) {
	defer c.awake() // there is room again
	defer c.count(r, -1)
	err := c.deliver(c.ctx, r)
	if c.ctx.Err() == nil && err != nil {
		c.log.Error("webhook: round broken off", "webhook", r.id, "error", err)
	}
	if err := c.release(context.WithoutCancel(c.ctx), r); err != nil {
		c.log.Error("webhook: not given back", "webhook", r.id, "error", err)
	}
}

// parcel is a delivery with what is posted.
type parcel struct {
	Delivery
	body []byte
	gone bool // the history does not hold its place
}

// batch is how many deliveries are read at once.
const batch = 20

func (c *Courier) deliver(ctx context.Context, r round) error {
	for {
		w, parcels, err := c.read(ctx, r.named)
		if err != nil || len(parcels) == 0 {
			return err
		}
		for _, p := range parcels {
			if sqldb.At(c.db.Now()).Add(c.desk.o.Timeout) > r.until {
				return nil
			}
			out, took, err := c.post(ctx, w, p)
			if err != nil {
				return err
			}
			rest, err := c.note(context.WithoutCancel(ctx), r.named, p, out, took)
			if err != nil || rest {
				return err
			}
		}
	}
}

// read reads the webhook and what is due for it.
func (c *Courier) read(ctx context.Context, n named) (w Webhook, list []parcel, err error) {
	err = c.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		list = nil
		if w, err = one(ctx, tx, n.workspace, n.id); err != nil || !w.Enabled {
			return err
		}
		due, err := sqldb.List(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 AND next_at <= $3 ORDER BY next_at, id LIMIT $4`,
			n.workspace, n.id, tx.Now(), batch)
		for _, d := range due {
			p := parcel{Delivery: d}
			if p.body, err = c.content(ctx, tx, n.workspace, w, d); fault.Is(err, fault.NotFound) {
				p.gone, err = true, nil
			}
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return w, nil, nil // deleted meanwhile
	}
	return w, list, err
}

// content is the event as it is posted.
func (c *Courier) content(ctx context.Context, tx *sqldb.Tx, of id.Workspace, w Webhook, d Delivery) ([]byte, error) {
	if d.Seq == 0 {
		return Body(trial(w, d))
	}
	e, err := at(ctx, tx, of, d.Seq)
	if err != nil {
		return nil, err
	}
	return Body(e)
}

var errCut = errors.New("webhook: broken off")

// post makes one try. One that was cut off because this node stops is an error: nobody knows how it went.
func (c *Courier) post(ctx context.Context, w Webhook, p parcel) (Outcome, time.Duration, error) {
	if p.gone {
		return Outcome{Reason: Skipped}, 0, nil
	}
	began := sqldb.At(c.db.Now())
	seconds := began.Time().Unix()
	m := Message{URL: w.URL, ID: p.Message(), Seconds: seconds, Body: p.body, Signature: c.desk.signatures(w, p.Message(), seconds, began, p.body)}
	limited, done := context.WithTimeout(ctx, c.desk.o.Timeout)
	defer done()
	out := c.to.Post(limited, m)
	if ctx.Err() != nil && !out.taken() {
		return out, 0, errCut
	}
	return out, sqldb.At(c.db.Now()).Sub(began), nil
}
