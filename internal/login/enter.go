package login

import (
	"context"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Enter lets in somebody who proved otherwise than by their password that the login is theirs: they redeemed an
// invitation. It belongs into the transaction in which the proof is used up; the caller has made the login there, or holds it.
func (d *Desk) Enter(ctx context.Context, tx *sqldb.Tx, l Login, browser string) (Entry, error) {
	if err := d.signedIn(ctx, tx, l.ID); err != nil {
		return Entry{}, err
	}
	return d.entry(l, browser, tx.Now()), nil
}

// Guess is a try at something short enough to be guessed that is no password: the code of an invitation.
type Guess struct {
	Act     string // what is guessed at
	Whom    string // whose it is, as typed: an address
	Address string // as in Credentials
}

// CountGuess counts the try in the caller's transaction, as wrong passwords are counted. Too many are a fault.TooMany with the
// time to wait; the transaction must then end. A try that was right is handed to ForgiveGuess.
func (d *Desk) CountGuess(ctx context.Context, tx *sqldb.Tx, g Guess) error {
	return d.count(ctx, tx, d.ofGuess(g), d.limits.AddressFailures, d.limits.Failures)
}

// ForgiveGuess takes a try that was right off the counts.
func (d *Desk) ForgiveGuess(ctx context.Context, tx *sqldb.Tx, g Guess) error {
	return forgive(ctx, tx, d.ofGuess(g))
}

func (d *Desk) ofGuess(g Guess) counters {
	return counters{d.ofClient("guesses", g.Address), d.throttle.Name("guess", g.Act, g.Whom)}
}

// EndAll ends all sessions of the login, on every node, from the next request on.
func EndAll(ctx context.Context, tx *sqldb.Tx, login id.Login) error {
	_, err := endOthers(ctx, tx, login, id.Session{})
	return err
}
