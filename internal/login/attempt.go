package login

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
)

// Attempt counts a try at something whose refusal tells the caller what is not theirs to know, «rename» for one,
// by login and as wrong passwords are counted: past Limits.Failures in the window each further one waits longer.
// Too many is a fault.TooMany with the time to wait. Who was not refused so gets the try back with Spare.
func (d *Desk) Attempt(ctx context.Context, by actor.Actor, what string) error {
	return d.db.Update(ctx, func(tx *sqldb.Tx) error {
		return d.count(ctx, tx, counters{login: d.attempts(by, what)})
	})
}

// Spare takes the try that Attempt has just counted off again, with the wait that it brought; those before it stay.
func (d *Desk) Spare(ctx context.Context, by actor.Actor, what string) error {
	return d.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE throttle SET n = n - 1, locked_until = NULL WHERE key = $1 AND n > 0`, d.attempts(by, what))
		return err
	})
}

// attempts names the count of a person's tries.
func (d *Desk) attempts(by actor.Actor, what string) string {
	return d.throttle.Name("attempt", what, by.Login.String())
}
