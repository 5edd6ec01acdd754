package login

import (
	"context"
	"net/netip"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
)

// Wrong tries are counted in the database, over all nodes, under names that no address or login can be read
// from (product.md §5). A try is counted before its password is looked at and given back when it was right, so
// that many at once get no more looks than one after the other.

// counters names the two counts that a try is on: that of its client address, and that of the login or, for a
// browser that signed in there before, of this browser at this login.
type counters struct{ address, login string }

// count puts a try on both counts, of which so many are free. Too many is a fault.TooMany with the time to wait; the
// transaction must then end, which takes the try off again: what is not looked at is not counted.
func (d *Desk) count(ctx context.Context, tx *sqldb.Tx, c counters, ofAddress, ofLogin int) error {
	if c.address != "" {
		t, err := d.next(ctx, tx, c.address)
		if err != nil {
			return err
		}
		if t.n > int64(ofAddress) {
			return tooMany(t.ends.Sub(tx.Now()))
		}
	}
	_, err := d.countOn(ctx, tx, c.login, ofLogin)
	return err
}

// countOn puts a try on one count of which so many are free, and says until when the next one waits for it; zero if
// it need not.
func (d *Desk) countOn(ctx context.Context, tx *sqldb.Tx, key string, free int) (locked sqldb.Time, err error) {
	t, err := d.next(ctx, tx, key)
	if err != nil {
		return 0, err
	}
	if t.locked > tx.Now() {
		return 0, tooMany(t.locked.Sub(tx.Now()))
	}
	beyond := t.n - int64(free)
	if beyond < 0 {
		return 0, nil
	}
	locked = tx.Now().Add(d.limits.delay(beyond))
	_, err = tx.Exec(ctx, `UPDATE throttle SET locked_until = $1, ends_at = $2 WHERE key = $3`, locked, locked.Add(d.limits.FailureWindow), key)
	return locked, err
}

type tries struct {
	n            int64
	ends, locked sqldb.Time
}

// next counts one more, or begins anew when the window has ended.
func (d *Desk) next(ctx context.Context, tx *sqldb.Tx, key string) (tries, error) {
	return sqldb.One(ctx, tx, func(row sqldb.Scanner) (t tries, err error) {
		err = row.Scan(&t.n, &t.ends, &t.locked)
		return t, err
	},
		`INSERT INTO throttle (key, n, ends_at) VALUES ($1, 1, $2)
		ON CONFLICT (key) DO UPDATE SET
			n = CASE WHEN throttle.ends_at <= $3 THEN 1 ELSE throttle.n + 1 END,
			locked_until = CASE WHEN throttle.ends_at <= $3 THEN NULL ELSE throttle.locked_until END,
			ends_at = CASE WHEN throttle.ends_at <= $3 THEN excluded.ends_at ELSE throttle.ends_at END
		RETURNING n, ends_at, locked_until`, key, tx.Now().Add(d.limits.FailureWindow), tx.Now())
}

// forgive takes a try that was right off both counts: the login's begins anew.
func forgive(ctx context.Context, tx *sqldb.Tx, c counters) error {
	if _, err := tx.Exec(ctx, `DELETE FROM throttle WHERE key = $1`, c.login); err != nil {
		return err
	}
	return giveBack(ctx, tx, c.address)
}

func giveBack(ctx context.Context, tx *sqldb.Tx, key string) error {
	_, err := tx.Exec(ctx, `UPDATE throttle SET n = n - 1 WHERE key = $1 AND n > 0`, key)
	return err
}

// Try counts an act of the caller's that must not be repeated without end, because its refusals tell something
// (product.md §3: renames), in a transaction of its own. Too many in the window are a fault.TooMany, as with
// passwords. Who calls it hands it back with Undo, under the same context, if the act was not refused.
func (d *Desk) Try(ctx context.Context, by actor.Actor, act string) error {
	key := d.ofAct(by, act)
	var wait sqldb.Time
	err := d.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		wait, err = d.countOn(ctx, tx, key, d.limits.Renames)
		return err
	})
	if v := callerOf(ctx); err == nil && v != nil {
		v.waits[key] = wait
	}
	return err
}

// Undo takes back the Try just made under the same context (see WithClient), with the wait that it brought; those
// before it stay, and so does the wait that another one has brought meanwhile.
func (d *Desk) Undo(ctx context.Context, by actor.Actor, act string) error {
	key := d.ofAct(by, act)
	var wait sqldb.Time
	if v := callerOf(ctx); v != nil {
		wait = v.waits[key]
	}
	return d.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE throttle SET n = n - 1, locked_until = CASE WHEN locked_until = $2 THEN NULL ELSE locked_until END
			WHERE key = $1 AND n > 0`, key, wait)
		return err
	})
}

func (d *Desk) ofAct(by actor.Actor, act string) string {
	who := by.Login.UUID
	if by.Kind == actor.API {
		who = by.Token.UUID
	}
	return d.throttle.Name("act", act, who.String())
}

// Network is what a client address counts as: an IPv6 network of 64 bits is one, since its owner has all of it; "" for an unknown
// address, which has no count.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64)
		a = p.Masked().Addr()
	}
	return a.String()
}

// ofClient names a count of a client address.
func (d *Desk) ofClient(what, address string) string {
	n := Network(address)
	if n == "" {
		return ""
	}
	return d.throttle.Name(what, n)
}
