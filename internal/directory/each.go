package directory

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// chunkSize is how many contacts one transaction of Each reads.
const chunkSize = 512

// Each calls fn with every contact that the filter finds, page, size and order apart: by age, or a query's matches in the
// order of the list. It reads some hundred at a time, each in a transaction of its own: what is changed meanwhile may
// be seen or not. Without any filter it is everybody, also of archived organisations. Permission: Export.
func Each(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(contact.Exported) error) error {
	if err := by.Need(actor.Export); err != nil {
		return err
	}
	if f.Plain() {
		f.Shown = Everybody
	}
	if strings.TrimSpace(f.Query) != "" {
		found, err := f.matches(ctx, db, by)
		if err != nil {
			return err
		}
		return EachOf(ctx, db, by, found, fn)
	}
	var last id.Contact
	return sqldb.EachChunk(ctx, db, func(tx *sqldb.Tx) ([]contact.Exported, bool, error) {
		ids, err := f.younger(ctx, tx, by, last)
		if err != nil || len(ids) == 0 {
			return nil, false, err
		}
		last = ids[len(ids)-1]
		chunk, err := contact.Export(ctx, tx, by, ids)
		return chunk, len(ids) == chunkSize, err
	}, fn)
}

// EachOf is Each for these contacts, in their order, as far as the workspace has them. Permission: Export.
func EachOf(ctx context.Context, db *sqldb.DB, by actor.Actor, ids []id.Contact, fn func(contact.Exported) error) error {
	if err := by.Need(actor.Export); err != nil {
		return err
	}
	return sqldb.EachChunk(ctx, db, func(tx *sqldb.Tx) ([]contact.Exported, bool, error) {
		n := min(chunkSize, len(ids))
		chunk, err := contact.Export(ctx, tx, by, ids[:n])
		ids = ids[n:]
		return chunk, len(ids) > 0, err
	}, fn)
}

// younger finds the contacts that came to be after the last one.
func (f Filter) younger(ctx context.Context, tx *sqldb.Tx, by actor.Actor, last id.Contact) ([]id.Contact, error) {
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	if !last.IsZero() {
		where += ` AND id > ` + q.arg(last)
	}
	return sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE `+where+` ORDER BY id LIMIT `+q.arg(chunkSize), q.args...)
}

// matches finds all that the query means: what Find's pages show, or, beyond its cap, every beginning.
func (f Filter) matches(ctx context.Context, db *sqldb.DB, by actor.Actor) (ids []id.Contact, err error) {
	f.Ask = paging.Ask{Page: 1, Size: paging.Sizes[len(paging.Sizes)-1]}
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		for ; ; f.Page++ {
			part := paging.Part[contact.Listed]{Ask: f.Ask}
			found, err := f.search(ctx, tx, by, &part)
			if err != nil {
				return err
			}
			if part.More {
				ids, err = f.beyond(ctx, tx, by)
				return err
			}
			ids = append(ids, found...)
			if !part.HasNext() {
				return nil
			}
		}
	})
	return ids, err
}

// beyond finds without a cap.
func (f Filter) beyond(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (ids []id.Contact, err error) {
	f.uncapped = true
	known := make(map[id.Contact]bool)
	add := func(t tier) error {
		if t.text == "" {
			return nil
		}
		found, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM (`+t.text+`) t ORDER BY `+t.order, t.args...)
		for _, contact := range found {
			if !known[contact] {
				known[contact] = true
				ids = append(ids, contact)
			}
		}
		return err
	}
	for _, t := range f.beginnings(by) {
		if err := add(t); err != nil {
			return nil, err
		}
	}
	if len(ids) > 0 {
		return ids, nil
	}
	return ids, add(f.within(by, nil))
}
