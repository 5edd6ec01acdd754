package offer

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// chunkSize is how many one transaction of Each reads.
const chunkSize = 512

// Each calls fn with every offer that the filter finds, page and size apart, in the order of the list. It reads some hundred at a time,
// each in a transaction of its own: what is changed meanwhile may be seen or not. Permission: SeeOffers and Export.
func Each(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(Listed) error) error {
	if err := by.Need(actor.SeeOffers); err != nil {
		return err
	}
	if err := by.Need(actor.Export); err != nil {
		return err
	}
	f.uncapped = true
	var last id.Offer
	return sqldb.EachChunk(ctx, db, func(tx *sqldb.Tx) ([]Listed, bool, error) {
		s := f.selection(by)
		if !last.IsZero() {
			if err := s.behind(ctx, tx, by, last, new(int)); err != nil {
				return nil, false, err
			}
		}
		chunk, err := s.list(ctx, tx, chunkSize, 0)
		if len(chunk) > 0 {
			last = chunk[len(chunk)-1].ID
		}
		return chunk, len(chunk) == chunkSize, err
	}, fn)
}

// Imagined is an invented offer (package sample) with who is attached to it.
type Imagined struct {
	Offer
	Contacts []Attached // by identifier alone
}

// AddImagined adds many invented offers, in the order of their numbers, as they stand, without files; CreatedAt is theirs. Nobody is
// told of them. Only this program may; no face calls it.
func AddImagined(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Imagined) error {
	if by.Kind != actor.Program {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	offers := make([]Offer, len(list))
	var parts [][]any
	for i, o := range list {
		number, err := tx.Next(ctx, by.Workspace, "offer")
		if err != nil {
			return err
		}
		o.ID, o.Number = id.NewOffer(), number
		if o.CreatedAt.IsZero() {
			o.CreatedAt = tx.Now()
		}
		o.created(o.CreatedAt)
		o.take(o.Terms)
		offers[i] = o.Offer
		for _, a := range o.Contacts {
			parts = append(parts, []any{by.Workspace, o.ID, a.ID, string(a.Part), o.Number, a.Apprentices, a.Repeating})
		}
	}
	if err := insert(ctx, tx, by.Workspace, offers); err != nil {
		return err
	}
	return tx.InsertAll(ctx, partsInto, parts)
}

// Hush has nobody told any more of the offers that there are: those of a past that is made up. Only this program may.
func Hush(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if by.Kind != actor.Program {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return notice.Unsay(ctx, tx, by.Workspace, "offer")
}
