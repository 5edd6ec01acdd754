// Package webhook tells other programs by itself what has changed: a workspace's admins name addresses, and what the chain of the
// history holds (journal.Since) is posted to each that wants it, signed as the Standard Webhooks say.
//
// Feed queues behind a cursor what a webhook wants of the chain, so that no act waits for it. A Courier on each node claims webhooks
// that have something due, one node a webhook at a time, posts and notes how it went; a delivery is posted at least once, always
// under the same identifier. What is posted is read from the history each time: kinds and identifiers, as the API's feed of
// changes has them, so that rows hold nobody's data. The package makes no connection itself: a Transport does (webhook/wire).
package webhook

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/webhook/guard"
)

// Settings say what webhooks may be and how they are served; all of them.
type Settings struct {
	Kinds     []string        // of all events there are
	HTTP      bool            // addresses without TLS are allowed
	Private   []netip.Prefix  // networks that are allowed though they are not public
	Overlap   time.Duration   // how long a secret is good after it was renewed
	Delays    []time.Duration // before the second try of a delivery, the third, …
	GiveUp    time.Duration   // how long everything may fail before a webhook is switched off
	Timeout   time.Duration   // of one try
	Retention time.Duration   // how long deliveries are kept
	Backlog   int             // deliveries that wait at most; the others wait in the history
	Parallel  int             // webhooks served at once on a node
	Poll      time.Duration   // how often a node looks for what is due
}

// Desk makes webhooks and knows their secrets. Make it with NewDesk; it is safe for concurrent use.
type Desk struct {
	o   Settings
	key secret.Key
}

// NewDesk derives its key from the installation's secret.
func NewDesk(s *secret.Secret, o Settings) *Desk { return &Desk{o, s.Key("webhooks")} }

// Webhook is one as kept.
type Webhook struct {
	ID           id.Webhook
	URL          string
	Description  string
	Kinds        []string // «*» is everything, «contact.*» everything of a noun
	Enabled      bool
	OldUntil     sqldb.Time // until then the secret before is good too; zero = there is none
	FailingSince sqldb.Time // nothing was taken since then; zero = all is well
	StoppedAt    sqldb.Time // when the program has switched it off by itself
	StoppedWhy   string     // StoppedFailing or StoppedGone
	Version      int64
	CreatedAt    sqldb.Time
	CreatedBy    id.Login

	seq                 int64
	secret, old         id.UUID
	strikes             int
	submission, renewal id.UUID
}

// Why the program has switched a webhook off.
const (
	StoppedFailing = "failing" // nothing was taken for days
	StoppedGone    = "gone"    // the address said 410, Gone
)

// Max is how many a workspace may have; the others are the lengths of what is typed, in characters.
const (
	Max            = 20
	MaxURL         = 500
	MaxDescription = 100
)

// Label is what lists and the history call it: its host, for the rest of an address may be secret.
func (w Webhook) Label() string { return host(w.URL) }

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// wants reports whether events of the kind are wanted.
func (w Webhook) wants(kind string) bool { return covers(w.Kinds, kind) }

func covers(list []string, kind string) bool {
	noun, _, _ := strings.Cut(kind, ".")
	return slices.Contains(list, kind) || slices.Contains(list, noun+".*") || slices.Contains(list, "*")
}

const columns = `id, url, description, kinds, enabled, seq, secret_id, old_secret_id, old_until, strikes, failing_since, stopped_at, stopped_why, submission, renewal, version, created_at, created_by`

func scan(row sqldb.Scanner) (w Webhook, err error) {
	var kinds string
	err = row.Scan(&w.ID, &w.URL, &w.Description, &kinds, &w.Enabled, &w.seq, &w.secret, &w.old, &w.OldUntil, &w.strikes, &w.FailingSince, &w.StoppedAt, &w.StoppedWhy,
		&w.submission, &w.renewal, &w.Version, &w.CreatedAt, &w.CreatedBy)
	w.Kinds = strings.Fields(kinds)
	return w, err
}

// Find lists the workspace's webhooks, the oldest first. Permission: EditWebhooks.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Webhook, error) {
	if err := by.Need(actor.EditWebhooks); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM webhook WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY created_at, id`, by.Workspace)
}

// Get reads one; fault.NotFound. Permission: EditWebhooks.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook) (Webhook, error) {
	if err := by.Need(actor.EditWebhooks); err != nil {
		return Webhook{}, err
	}
	return one(ctx, tx, by.Workspace, webhook)
}

func one(ctx context.Context, tx *sqldb.Tx, of id.Workspace, webhook id.Webhook) (Webhook, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM webhook WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL`, of, webhook)
}

// held is Get of a row that nobody else changes until the transaction ends.
func held(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook) (Webhook, error) {
	if err := by.Need(actor.EditWebhooks); err != nil {
		return Webhook{}, err
	}
	return lock(ctx, tx, by.Workspace, webhook)
}

func lock(ctx context.Context, tx *sqldb.Tx, of id.Workspace, webhook id.Webhook) (Webhook, error) {
	if err := tx.Lock(ctx, "webhook", "workspace_id = $1 AND id = $2 AND deleted_at IS NULL", of, webhook); err != nil {
		return Webhook{}, err
	}
	return one(ctx, tx, of, webhook)
}

func (w Webhook) record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, changes ...journal.Change) error {
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: journal.Subject{Kind: "webhook", ID: w.ID.UUID, Number: w.Label()}, Changes: changes})
}

// off is what somebody is told who wants something sent by a webhook that is switched off.
func off() error { return fault.New(fault.Conflict, "webhook.off") }

// network is the guard of those settings.
func (o Settings) network() guard.Guard { return guard.Guard{Allowed: o.Private} }
