// Package gate holds robots off the public form without asking anybody anything: a signed stamp that says since when a form lies open,
// counts of what comes, over all nodes, and how often an address that somebody typed may be written to.
//
// It reads no form and keeps none: package deposit does, above.
package gate

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Limits holds how much a form takes and how long a deposit waits for its depositor.
type Limits struct {
	Lifetime   time.Duration // of the letter's link
	Form       time.Duration // how long the form may lie open
	PerAddress int           // deposits from one client address in an hour, while few come
	PerHour    int           // deposits with one workspace in an hour
}

// LimitsOf are those that the configuration says.
func LimitsOf(c config.Deposits) Limits {
	return Limits{Lifetime: c.Lifetime.Duration(), Form: c.Form.Duration(), PerAddress: c.PerAddress, PerHour: c.PerHour}
}

// Gate judges and counts. Make it with New; it is safe for concurrent use, and nodes that share a database share the secret.
type Gate struct {
	Limits Limits
	stamps secret.Key
	counts secret.Key
}

// New makes a Gate.
func New(s *secret.Secret, limits Limits) Gate {
	return Gate{limits, s.Key("deposit stamp"), s.Key("deposit count")}
}

// window is what deposits are counted by.
const window = time.Hour

// perAddress is how many deposits one client address has in an hour while the workspace got so many: fewer the more come.
func (l Limits) perAddress(came int64) int64 {
	most := int64(l.PerAddress)
	switch {
	case came > int64(l.PerHour)/2:
		return 1
	case came > int64(l.PerHour)/8:
		return max(1, most/3)
	}
	return most
}

// counted is how many came in a window, and until when that lasts.
type counted struct {
	n    int64
	ends sqldb.Time
}

func scanCounted(row sqldb.Scanner) (c counted, err error) { return c, row.Scan(&c.n, &c.ends) }

// names are those of the two counts of a deposit, or of what else is counted; an unknown client address has none.
func (d Gate) names(what string, in id.Workspace, client string) (ofWorkspace, ofClient string) {
	ofWorkspace = d.counts.Name(what+"workspace", strconv.FormatInt(int64(in), 10))
	if n := login.Network(client); n != "" {
		ofClient = d.counts.Name(what+"client", strconv.FormatInt(int64(in), 10), n)
	}
	return ofWorkspace, ofClient
}

// Room is a fault.TooMany when the workspace's form takes no more from that client address for now. It reads alone: in a flood
// most are turned away without a write. Count counts.
func (d Gate) Room(ctx context.Context, tx *sqldb.Tx, in id.Workspace, client string) error {
	ofWorkspace, ofClient := d.names("", in, client)
	all, err := d.peek(ctx, tx, ofWorkspace)
	if err != nil {
		return err
	}
	own, err := d.peek(ctx, tx, ofClient)
	if err != nil {
		return err
	}
	return d.room(tx, counted{all.n + 1, all.ends}, counted{own.n + 1, own.ends})
}

func (d Gate) peek(ctx context.Context, tx *sqldb.Tx, name string) (counted, error) {
	c, err := sqldb.One(ctx, tx, scanCounted, `SELECT n, ends_at FROM deposit_count WHERE name = $1 AND ends_at > $2`, name, tx.Now())
	if fault.Is(err, fault.NotFound) {
		return counted{}, nil
	}
	return c, err
}

// room judges the counts with this deposit.
func (d Gate) room(tx *sqldb.Tx, all, own counted) error {
	switch {
	case all.n > int64(d.Limits.PerHour):
		return tooMany("deposit.busy", all.ends.Sub(tx.Now()))
	case own.n > d.Limits.perAddress(all.n):
		return tooMany("deposit.too_many", own.ends.Sub(tx.Now()))
	}
	return nil
}

// tooMany rounds up to whole minutes, so that nobody is told to come back too early.
func tooMany(key string, wait time.Duration) error {
	return fault.New(fault.TooMany, key, "Wait", (wait + time.Minute - 1).Truncate(time.Minute))
}

// Count puts a deposit on both counts. What is refused is not counted, since its transaction ends.
func (d Gate) Count(ctx context.Context, tx *sqldb.Tx, in id.Workspace, client string) error {
	all, own, err := d.more(ctx, tx, "", in, client)
	if err != nil {
		return err
	}
	return d.room(tx, all, own)
}

// CountFile counts a file that comes with a form, whatever becomes of the form: in an hour one client address may leave as many as
// it may make deposits, and all together as many as a workspace gets deposits. More is a fault.TooMany, and is not counted.
func (d Gate) CountFile(ctx context.Context, tx *sqldb.Tx, in id.Workspace, client string) error {
	all, own, err := d.more(ctx, tx, "file ", in, client)
	switch {
	case err != nil:
		return err
	case all.n > int64(d.Limits.PerHour):
		return tooMany("deposit.too_many_files", all.ends.Sub(tx.Now()))
	case own.n > int64(d.Limits.PerAddress):
		return tooMany("deposit.too_many_files", own.ends.Sub(tx.Now()))
	}
	return nil
}

// more counts one more of all and of the client's own.
func (d Gate) more(ctx context.Context, tx *sqldb.Tx, what string, in id.Workspace, client string) (all, own counted, err error) {
	ofWorkspace, ofClient := d.names(what, in, client)
	if all, err = d.next(ctx, tx, ofWorkspace); err == nil && ofClient != "" {
		own, err = d.next(ctx, tx, ofClient)
	}
	return all, own, err
}

// next counts one more, or begins anew when the window has ended.
func (d Gate) next(ctx context.Context, tx *sqldb.Tx, name string) (counted, error) {
	return sqldb.One(ctx, tx, scanCounted, `INSERT INTO deposit_count (name, n, ends_at) VALUES ($1, 1, $2)
		ON CONFLICT (name) DO UPDATE SET
			n = CASE WHEN deposit_count.ends_at <= $3 THEN 1 ELSE deposit_count.n + 1 END,
			ends_at = CASE WHEN deposit_count.ends_at <= $3 THEN excluded.ends_at ELSE deposit_count.ends_at END
		RETURNING n, ends_at`, name, tx.Now().Add(window), tx.Now())
}

// MayWrite reports whether an address that somebody typed may get a letter now, and notes that it does: one in any hour and three
// in any day, whichever workspace's form it was, however many ask at once. What stands behind a + in it makes no other mailbox of it.
func (d Gate) MayWrite(ctx context.Context, tx *sqldb.Tx, to email.Address) (bool, error) {
	mailbox, _, _ := strings.Cut(to.Local(), "+")
	n, err := tx.Exec(ctx, `INSERT INTO deposit_letter (name, last, second, third) VALUES ($1, $2, NULL, NULL)
		ON CONFLICT (name) DO UPDATE SET third = deposit_letter.second, second = deposit_letter.last, last = excluded.last
		WHERE deposit_letter.last <= $3 AND (deposit_letter.third IS NULL OR deposit_letter.third <= $4)`,
		d.counts.Name("letter", mailbox+"@"+to.Domain()), tx.Now(), tx.Now().Add(-time.Hour), tx.Now().Add(-lettersDay))
	return n == 1, err
}

// lettersDay is how long a letter counts.
const lettersDay = 24 * time.Hour

// Sweep takes away counts that are past their time; it tells how many, so many of each sort at most.
func (d Gate) Sweep(ctx context.Context, tx *sqldb.Tx, size int64) (int64, error) {
	counts, err := tx.Exec(ctx, `DELETE FROM deposit_count WHERE name IN (SELECT name FROM deposit_count WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`, tx.Now(), size)
	if err != nil {
		return 0, err
	}
	letters, err := tx.Exec(ctx, `DELETE FROM deposit_letter WHERE name IN (SELECT name FROM deposit_letter WHERE last <= $1 ORDER BY last LIMIT $2)`,
		tx.Now().Add(-lettersDay), size)
	return max(counts, letters), err
}
