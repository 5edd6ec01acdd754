package deposit

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/sqldb"
)

// ByOffer reads the deposit that brought the offer; fault.NotFound where none did, or its row has gone. Permission: ModerateOffers.
func ByOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Offer) (Deposit, error) {
	if err := by.Need(actor.ModerateOffers); err != nil {
		return Deposit{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND offer_id = $2`, by.Workspace, of)
}

// behind holds the deposit that brought the offer; nil where none did. Who acts on an offer asks before it, in the order of Accept.
func behind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Offer) (*Deposit, error) {
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND offer_id = $2 AND state IN ('pending', 'refused')`+tx.ForLock(), by.Workspace, of)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// AcceptOffer is offer.Accept for a face: the deposit that brought the offer, if one did, is accepted with it, also when the offer was
// rejected before. Permission: EditOffers.
func AcceptOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Offer) (offer.Offer, error) {
	if err := by.Need(actor.EditOffers); err != nil {
		return offer.Offer{}, err
	}
	d, err := behind(ctx, tx, by, of)
	if err != nil {
		return offer.Offer{}, err
	}
	o, err := offer.Accept(ctx, tx, by, of)
	if err != nil || d == nil {
		return o, err
	}
	if err := d.passFile(ctx, tx, by, o); err != nil {
		return o, err
	}
	return o, d.decide(ctx, tx, by, Accepted)
}

// RejectOffer is offer.Reject for a face: the deposit that brought the offer, if one did, is refused with it. As long as the rejected
// offer is kept, so is what the deposit made, until its time is over; the file is the offer's. Permission: EditOffers.
func RejectOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Offer, reason string) (offer.Offer, error) {
	if err := by.Need(actor.EditOffers); err != nil {
		return offer.Offer{}, err
	}
	d, err := behind(ctx, tx, by, of)
	if err != nil {
		return offer.Offer{}, err
	}
	o, err := offer.Reject(ctx, tx, by, of, reason)
	if err != nil || d == nil || d.State == Refused {
		return o, err
	}
	if err := d.passFile(ctx, tx, by, o); err != nil {
		return o, err
	}
	d.address = ""
	return o, d.decide(ctx, tx, by, Refused)
}

// DeleteOffer is offer.Delete of one for a face: with it goes what the deposit that brought it alone had made. It tells how many there
// were. Permission: EditOffers.
func DeleteOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Offer) (int, error) {
	if err := by.Need(actor.EditOffers); err != nil {
		return 0, err
	}
	d, err := behind(ctx, tx, by, of)
	if err != nil {
		return 0, err
	}
	n, err := offer.Delete(ctx, tx, by, of)
	if err != nil || d == nil {
		return n, err
	}
	if d.State == Pending {
		return n, d.reject(ctx, tx, by, Refused, false)
	}
	if err := d.undo(ctx, tx, by, true); err != nil {
		return n, err
	}
	return n, d.save(ctx, tx, by.Workspace)
}

// WithdrawOffer is offer.Withdraw for a face: the deposit that brought the offer goes too. Permission: DepositOffers.
func WithdrawOffer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Offer) error {
	if err := by.Need(actor.DepositOffers); err != nil {
		return err
	}
	d, err := behind(ctx, tx, actor.OfProgram(by.Workspace), of)
	if err != nil {
		return err
	}
	if err := offer.Withdraw(ctx, tx, by, of); err != nil || d == nil {
		return err
	}
	return d.remove(ctx, tx, by)
}
