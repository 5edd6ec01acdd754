package offer

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// MaxReason is how long the reason of a rejection may be, in characters.
const MaxReason = 500

// step is an act on an offer's state: from where, to where, what the history calls it and whether its depositor is told.
type step struct {
	from []State
	to   State
	line string
	tell bool
}

var (
	accept     = step{[]State{Pending, Rejected}, Active, "offer.accepted", true}
	reject     = step{[]State{Pending}, Rejected, "offer.rejected", true}
	activate   = step{[]State{Inactive}, Active, "offer.activated", false}
	deactivate = step{[]State{Active}, Inactive, "offer.deactivated", false}
)

// Accept makes a pending offer, or one that was rejected, active; who deposited it is told, and seen in the portal from now on. One that is active or inactive already is
// confirmed. Permission: EditOffers.
func Accept(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) (Offer, error) {
	return accept.take(ctx, tx, by, offer, "")
}

// Reject turns a pending offer down, with a reason or none; who deposited it is told. One that is rejected already keeps its reason and
// is confirmed; one that was accepted is a fault.Conflict. Permission: EditOffers.
func Reject(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer, reason string) (Offer, error) {
	return reject.take(ctx, tx, by, offer, reason)
}

// Activate makes an inactive offer active again. One that is active already is confirmed; one that was never accepted is a
// fault.Conflict. Permission: EditOffers.
func Activate(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) (Offer, error) {
	return activate.take(ctx, tx, by, offer, "")
}

// Deactivate makes an active offer inactive. Faults are those of Activate. Permission: EditOffers.
func Deactivate(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) (Offer, error) {
	return deactivate.take(ctx, tx, by, offer, "")
}

func (s step) take(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer, reason string) (Offer, error) {
	if err := by.Need(actor.EditOffers); err != nil {
		return Offer{}, err
	}
	reason, err := name.Line(reason, MaxReason)
	if err != nil {
		var faults fault.Fields
		faults.Add("reason", err)
		return Offer{}, faults.Err()
	}
	o, err := hold(ctx, tx, by, offer)
	if err != nil {
		return o, err
	}
	if s.done(o.State) {
		return o, touch(ctx, tx, by, o)
	}
	if !slices.Contains(s.from, o.State) {
		return o, fault.New(fault.Conflict, "offer.not_now")
	}
	before := o.State
	o.State, o.Reason, o.Version, o.UpdatedAt, o.StateAt = s.to, reason, o.Version+1, tx.Now(), tx.Now()
	_, err = tx.Exec(ctx, `UPDATE offer SET state = $1, reason = $2, version = $3, updated_at = $4, state_at = $4 WHERE workspace_id = $5 AND id = $6`,
		string(o.State), o.Reason, o.Version, o.StateAt, by.Workspace, o.ID)
	if err != nil {
		return o, err
	}
	if s.line == accept.line && o.Source == Landing && o.Author.Kind == actor.Contact {
		if err := contact.Accept(ctx, tx, by, id.Contact{UUID: o.Author.ID}); err != nil {
			return o, err
		}
	}
	if err := s.tellDepositor(ctx, tx, by, o); err != nil {
		return o, err
	}
	differing := []journal.Change{{Field: "offer_state", Before: string(before), After: string(o.State)}}
	if reason != "" {
		differing = append(differing, journal.Change{Field: "reason", After: reason})
	}
	return o, record(ctx, tx, by, s.line, o, differing)
}

// done reports whether an offer in that state has taken the step already.
func (s step) done(state State) bool {
	return state == s.to || s.line == accept.line && state == Inactive
}

// tellDepositor has the contact that deposited the offer told.
func (s step) tellDepositor(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Offer) error {
	if !s.tell || o.Author.Kind != actor.Contact {
		return nil
	}
	return notice.Tell(ctx, tx, by, notice.Event{Kind: notice.OfferState, Detail: string(o.State), Subject: o.Subject(), Organization: o.Organization, To: []id.Contact{{UUID: o.Author.ID}}})
}

// Told tells package notice which offers somebody sees.
func Told() notice.Source {
	return notice.Source{Kind: "offer", See: func(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.UUID) (map[id.UUID]notice.Sight, error) {
		if by.Kind != actor.Contact || !by.May(actor.SeeOwnDeposits) {
			return nil, nil
		}
		where, args := sight(by, []any{by.Workspace})
		in, args := sqldb.In(tx, args, of)
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM offer WHERE workspace_id = $1`+where+` AND id `+in, args...)
		seen := make(map[id.UUID]notice.Sight, len(list))
		for _, o := range list {
			seen[o.ID.UUID] = notice.Sight{Label: o.Label() + " – " + o.Title, Path: "/offers/" + o.ID.String()}
		}
		return seen, err
	}}
}
