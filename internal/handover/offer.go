package handover

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// Offer offers the caller's own role to an admin of their organisation, who is told by a letter. It holds for the
// desk's lifetime, and as long as nothing changes for either. Offering it again to the same one confirms the offer that
// is open; to another one, or to whom it cannot be offered, is a fault.Conflict «handover.open», or that of Eligible. The
// face has asked for the password. Permission: OfferSuperAdmin; fault.NotFound.
func (d *Desk) Offer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, to id.Contact) (Offer, error) {
	if err := by.Need(actor.OfferSuperAdmin); err != nil {
		return Offer{}, err
	}
	taker, org, err := contact.Hold(ctx, tx, by, to)
	if err != nil {
		return Offer{}, err
	}
	giver, err := contact.Own(ctx, tx, by)
	if err != nil {
		return Offer{}, err
	}
	earlier, err := given(ctx, tx, by, giver.ID)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return Offer{}, err
	case !earlier.Live(tx.Now()):
		if err := earlier.lapse(ctx, tx); err != nil {
			return earlier, err
		}
	case earlier.To.ID == to:
		return earlier, earlier.confirm(ctx, tx)
	default:
		return earlier, fault.New(fault.Conflict, "handover.open", "Name", earlier.To.name())
	}
	if org.Archived() {
		return Offer{}, over()
	}
	if err := Eligible(taker.Row); err != nil {
		return Offer{}, err
	}
	return d.make(ctx, tx, by, giver, taker)
}

// make writes the offer, with its line in the history and its letter.
func (d *Desk) make(ctx context.Context, tx *sqldb.Tx, by actor.Actor, giver, taker contact.Contact) (Offer, error) {
	o := Offer{
		ID: id.NewHandover(), Workspace: by.Workspace, Organization: giver.Organization, From: personOf(giver), To: personOf(taker),
		CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(d.lifetime), Stands: true,
	}
	if err := o.insert(ctx, tx, giver, taker, id.UUID{}); err != nil {
		return o, err
	}
	if err := journal.Record(ctx, tx, by, o.line("contact.super_admin_offered", o.To)); err != nil {
		return o, err
	}
	return o, o.tell(ctx, tx, LetterOffered, o.To)
}

func (o Offer) insert(ctx context.Context, tx *sqldb.Tx, giver, taker contact.Contact, submission id.UUID) error {
	var endedAt sqldb.Time
	if o.Ended != "" {
		endedAt = tx.Now()
	}
	_, err := tx.Exec(ctx, `INSERT INTO handover (workspace_id, id, organization_id, from_contact, to_contact, to_number, from_epoch, to_epoch, created_at, expires_at, ended_at, ended, reason, submission)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		o.Workspace, o.ID, o.Organization, giver.ID, taker.ID, taker.Number, giver.LoginEpoch, taker.LoginEpoch, o.CreatedAt, o.ExpiresAt, endedAt, string(o.Ended), o.Reason, submission)
	return err
}

// Withdraw takes the caller's own offer back, and tells whom it was made to; doing it again confirms that. One that
// holds no more otherwise is a fault.Conflict «handover.over». Permission: OfferSuperAdmin; fault.NotFound.
func (d *Desk) Withdraw(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Handover) (Offer, error) {
	if err := by.Need(actor.OfferSuperAdmin); err != nil {
		return Offer{}, err
	}
	o, _, err := hold(ctx, tx, by, offer, Withdrawn)
	if err != nil {
		return o, err
	}
	if o.From.ID != by.Contact {
		return Offer{}, fault.Missing()
	}
	return o, o.close(ctx, tx, by, Withdrawn, "contact.super_admin_withdrawn", LetterWithdrawn, o.To)
}

// Refuse says no to an offer that was made to the caller, and tells who made it; doing it again confirms that. One that holds
// no more otherwise is a fault.Conflict «handover.over». Permission: AcceptSuperAdmin; fault.NotFound.
func (d *Desk) Refuse(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Handover) (Offer, error) {
	if err := by.Need(actor.AcceptSuperAdmin); err != nil {
		return Offer{}, err
	}
	o, _, err := hold(ctx, tx, by, offer, Refused)
	if err != nil {
		return o, err
	}
	if o.To.ID != by.Contact {
		return Offer{}, fault.Missing()
	}
	return o, o.close(ctx, tx, by, Refused, "contact.super_admin_refused", LetterRefused, o.From)
}

// hold holds the caller's organisation and reads an offer that is theirs, with the caller as they are then. One that holds no more is
// a fault.Conflict, unless it has come to that end already; "" = none.
func hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Handover, end End) (Offer, contact.Contact, error) {
	self, _, err := contact.Hold(ctx, tx, by, by.Contact)
	if err != nil {
		return Offer{}, self, err
	}
	o, err := get(ctx, tx, by.Workspace, offer)
	switch {
	case err != nil:
		return Offer{}, self, err
	case o.From.ID != self.ID && o.To.ID != self.ID:
		return Offer{}, self, fault.Missing()
	case !o.Live(tx.Now()) && (end == "" || o.Ended != end):
		return o, self, over()
	}
	return o, self, nil
}

// close ends the offer, unless it has ended so, with a line about whom it was made to and a letter to the other one.
func (o Offer) close(ctx context.Context, tx *sqldb.Tx, by actor.Actor, as End, line, letter string, other Person) error {
	if o.Ended == as {
		return o.confirm(ctx, tx)
	}
	if err := o.end(ctx, tx, as); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, by, o.line(line, o.To)); err != nil {
		return err
	}
	return o.tell(ctx, tx, letter, other)
}
