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

// Each calls fn with every contact that the filter finds, page, size and order apart: by name, or a query's matches in the
// order of the list. It reads some hundred at a time, each in a transaction of its own: what is changed meanwhile may
// be seen or not. Everybody, without any other filter, comes by age. Permission: Export.
func Each(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(contact.Exported) error) error {
	if err := by.Need(actor.Export); err != nil {
		return err
	}
	rest := f
	rest.Shown = Visible
	byAge := f.Shown == Everybody && rest.Plain()
	if strings.TrimSpace(f.Query) != "" {
		var found []id.Contact
		err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
			found, err = f.matches(ctx, tx, by)
			return err
		})
		if err != nil {
			return err
		}
		return EachOf(ctx, db, by, found, fn)
	}
	var last place
	return sqldb.EachChunk(ctx, db, func(tx *sqldb.Tx) ([]contact.Exported, bool, error) {
		places, err := f.next(ctx, tx, by, last, byAge)
		if err != nil || len(places) == 0 {
			return nil, false, err
		}
		last = places[len(places)-1]
		ids := make([]id.Contact, len(places))
		for i, p := range places {
			ids[i] = p.id
		}
		chunk, err := contact.Export(ctx, tx, by, ids)
		return chunk, len(ids) == chunkSize, err
	}, fn)
}

// IDs finds the contacts that the filter finds, page and size apart, in the order of the list: the first so many of them.
// Permission: SeeContacts.
func IDs(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter, most int) ([]id.Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	if strings.TrimSpace(f.Query) != "" {
		ids, err := f.matches(ctx, tx, by)
		return ids[:min(len(ids), most)], err
	}
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	return sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE `+where+` ORDER BY `+f.order()+` LIMIT `+q.arg(most), q.args...)
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

// place is where a contact stands in the list; the zero value is before everybody.
type place struct {
	id            id.Contact
	family, given string
}

// next finds the contacts that follow, by age or by name: each order is an index's.
func (f Filter) next(ctx context.Context, tx *sqldb.Tx, by actor.Actor, last place, byAge bool) ([]place, error) {
	q := query{args: []any{by.Workspace}}
	where, read, order := f.conditions(&q), keys, "family_key, given_key, id"
	if byAge {
		read, order = `SELECT id, '', '' FROM contact WHERE `, "id"
	}
	switch {
	case last.id.IsZero():
	case byAge:
		where += ` AND id > ` + q.arg(last.id)
	default:
		where += ` AND (family_key, given_key, id) > (` + q.arg(last.family) + `, ` + q.arg(last.given) + `, ` + q.arg(last.id) + `)`
	}
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (p place, err error) { return p, row.Scan(&p.id, &p.family, &p.given) },
		read+where+` ORDER BY `+order+` LIMIT `+q.arg(chunkSize), q.args...)
}

// matches finds all that the query means: what Find's pages show, or, beyond its cap, every beginning.
func (f Filter) matches(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (ids []id.Contact, err error) {
	f.Ask = paging.Ask{Page: 1, Size: paging.Sizes[len(paging.Sizes)-1]}
	for ; ; f.Page++ {
		part := paging.Part[contact.Listed]{Ask: f.Ask}
		if err := f.search(ctx, tx, by, &part); err != nil {
			return nil, err
		}
		if part.More {
			return f.beyond(ctx, tx, by)
		}
		for _, l := range part.Items {
			ids = append(ids, l.ID)
		}
		if !part.HasNext() {
			return ids, nil
		}
	}
}

// beyond finds without a cap.
func (f Filter) beyond(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]id.Contact, error) {
	f.uncapped = true
	t := f.tiers(by)
	t.beginnings()
	ids, err := all(ctx, tx, t.list...)
	if err != nil || len(ids) > 0 || !t.within() {
		return ids, err
	}
	return all(ctx, tx, t.list[len(t.list)-1])
}

// all reads whom the tiers mean, one behind the other, each once.
func all(ctx context.Context, tx *sqldb.Tx, tiers ...tier) (ids []id.Contact, err error) {
	known := make(map[id.Contact]bool)
	for _, t := range tiers {
		found, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM (`+t.text+`) t ORDER BY `+t.order, t.args...)
		if err != nil {
			return nil, err
		}
		for _, contact := range found {
			if !known[contact] {
				known[contact] = true
				ids = append(ids, contact)
			}
		}
	}
	return ids, nil
}
