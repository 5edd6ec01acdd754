// Package deposit takes the offers that companies deposit through a workspace's public form, has their depositors confirm
// them by mail, and lets staff look through them.
//
// Whoever fills the form in is a stranger: nothing that they type changes what is there, and nobody gets a right by it. Until it
// is confirmed a deposit is one row of text. Then organisation, contact (not authorised) and offer are found or made, and wait
// for staff, who accept it, or take back what it alone has made. What an offer is, package offer says.
package deposit

import (
	"context"
	"encoding/json"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// State is how far a deposit has come.
type State string

// The states. The last three are final.
const (
	Unconfirmed State = "unconfirmed" // its letter has not been answered
	Pending     State = "pending"     // staff have not decided
	Accepted    State = "accepted"
	Refused     State = "refused"
	Spam        State = "spam"
)

// Deposit is one as kept.
type Deposit struct {
	ID           id.Deposit
	State        State
	Input                        // as typed; empty once it is decided
	Consent      string          // what the depositor agreed to
	Language     locale.Language // of the page that they filled in
	Organization id.Organization // what became of it; none before it is confirmed
	Contact      id.Contact
	Offer        id.Offer
	NewPlace     bool // the organisation was made for it
	NewContact   bool // the contact was made for it
	CreatedAt    sqldb.Time
	ConfirmedAt  sqldb.Time
	DecidedAt    sqldb.Time
	DecidedBy    id.Login
	EndsAt       sqldb.Time // when the row goes

	address  string // the letter goes there
	answered bool   // somebody answers the letter that went there, in this transaction
}

const columns = `id, state, typed, email, consent, locale, organization_id, contact_id, offer_id, made_organization, made_contact, created_at, confirmed_at, decided_at, decided_by, ends_at`

func scan(row sqldb.Scanner) (d Deposit, err error) {
	var typed string
	err = row.Scan(&d.ID, &d.State, &typed, &d.address, &d.Consent, &d.Language, &d.Organization, &d.Contact, &d.Offer, &d.NewPlace, &d.NewContact,
		&d.CreatedAt, &d.ConfirmedAt, &d.DecidedAt, &d.DecidedBy, &d.EndsAt)
	if err == nil && typed != "" {
		err = json.Unmarshal([]byte(typed), &d.Input)
	}
	return d, err
}

// Get reads one that is confirmed; fault.NotFound. Permission: ModerateOffers.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit) (Deposit, error) {
	if err := by.Need(actor.ModerateOffers); err != nil {
		return Deposit{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND id = $2 AND state <> 'unconfirmed'`, by.Workspace, deposit)
}

// hold reads a deposit and keeps others from it until the transaction ends; fault.NotFound.
func hold(ctx context.Context, tx *sqldb.Tx, in id.Workspace, deposit id.Deposit) (Deposit, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND id = $2`+tx.ForLock(), in, deposit)
}

// waiting is hold for staff who decide: of a deposit that is decided already it is done, and confirmed by a write, when the
// decision was the same; else a fault.Conflict.
func waiting(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit, wanted State) (d Deposit, done bool, err error) {
	if err := by.Need(actor.ModerateOffers); err != nil {
		return d, false, err
	}
	if d, err = hold(ctx, tx, by.Workspace, deposit); err != nil {
		return d, false, err
	}
	switch d.State {
	case Pending:
		return d, false, nil
	case wanted:
		_, err := tx.Exec(ctx, `UPDATE deposit SET state = state WHERE workspace_id = $1 AND id = $2`, by.Workspace, d.ID)
		return d, true, err
	case Unconfirmed:
		return d, false, fault.Missing()
	}
	return d, false, fault.New(fault.Conflict, "deposit.decided")
}

// save writes what became of the deposit.
func (d *Deposit) save(ctx context.Context, tx *sqldb.Tx, in id.Workspace) error {
	typed := ""
	if d.State == Unconfirmed || d.State == Pending {
		typed = d.text()
	} else {
		d.Input = Input{}
	}
	_, err := tx.Exec(ctx, `UPDATE deposit SET state = $1, typed = $2, email = $3, organization_id = $4, contact_id = $5, offer_id = $6, made_organization = $7,
			made_contact = $8, confirmed_at = $9, decided_at = $10, decided_by = $11, ends_at = $12
		WHERE workspace_id = $13 AND id = $14`,
		string(d.State), typed, d.address, d.Organization, d.Contact, d.Offer, d.NewPlace, d.NewContact, d.ConfirmedAt, d.DecidedAt, d.DecidedBy, d.EndsAt, in, d.ID)
	return err
}

// text is what was typed, as it is stored.
func (d *Deposit) text() string {
	b, err := json.Marshal(d.Input)
	if err != nil {
		panic(err) // strings are always written
	}
	return string(b)
}

// Subject is the deposit in the history.
func (d *Deposit) Subject() journal.Subject {
	return journal.Subject{Kind: "deposit", ID: d.ID.UUID}
}
