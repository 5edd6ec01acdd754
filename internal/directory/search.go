package directory

import (
	"context"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// A search goes in tiers (tier.go) and stops when enough is counted (performance.md, traps 3 and 5): the number; the
// beginnings of names, in the list's order; those of words within names; the beginnings of each other field; last, when these do
// not fill the page, names that hold the words anywhere.

func (f Filter) search(ctx context.Context, tx *sqldb.Tx, by actor.Actor, part *paging.Part[contact.Listed]) (err error) {
	if number, ok := ParseLabel(f.Query); ok {
		part.Items, err = f.exact(ctx, tx, by, number)
		if part.Total = len(part.Items); err != nil || part.Total > 0 {
			return err
		}
	}
	t := f.tiers(by)
	t.beginnings()
	read := lister(ctx, tx, by)
	if err := fill(ctx, tx, part, paging.Cap, read, t.list...); err != nil || part.Total >= f.Size {
		return err
	}
	if !t.within() {
		return nil
	}
	last := t.list[len(t.list)-1]
	if last.where != "" {
		return pour(ctx, tx, part, paging.Cap, read, last)
	}
	return gather(ctx, tx, part, paging.Cap, read, last)
}

// fill goes on filling the part, and its total up to a cap, out of the tiers, one behind the other. Most searches find nothing beyond
// the first: which of the others have anything is asked of them together.
func fill[T any](ctx context.Context, tx *sqldb.Tx, part *paging.Part[T], most int, read func(contact.Choice) ([]T, error), tiers ...tier) (err error) {
	for i := 0; i < len(tiers) && !part.More; i++ {
		if i == 1 && len(tiers) > 2 {
			if tiers, err = inhabited(ctx, tx, tiers); err != nil || len(tiers) == 1 {
				return err
			}
		}
		if err := pour(ctx, tx, part, most, read, tiers[i]); err != nil {
			return err
		}
	}
	return nil
}

// inhabited leaves out those of the tiers, but the first, that nobody is in.
func inhabited(ctx context.Context, tx *sqldb.Tx, tiers []tier) ([]tier, error) {
	asked := make([]string, len(tiers)-1)
	there := make([]bool, len(asked))
	into := make([]any, len(asked))
	for i, t := range tiers[1:] {
		asked[i], into[i] = `EXISTS (`+t.text+`)`, &there[i]
	}
	last := tiers[len(tiers)-1] // which knows the arguments of all before it
	_, err := sqldb.One(ctx, tx, func(row sqldb.Scanner) (struct{}, error) { return struct{}{}, row.Scan(into...) }, `SELECT `+strings.Join(asked, `, `), last.args...)
	list := tiers[:1:1]
	for i, t := range tiers[1:] {
		if there[i] {
			list = append(list, t)
		}
	}
	return list, err
}

// pour adds what one tier has.
func pour[T any](ctx context.Context, tx *sqldb.Tx, part *paging.Part[T], most int, read func(contact.Choice) ([]T, error), t tier) (err error) {
	var found []T
	offset, missing := max(0, part.Offset()-part.Total), part.Size-len(part.Items)
	if missing > 0 {
		if found, err = read(t.choice(missing, offset)); err != nil {
			return err
		}
		part.Items = append(part.Items, found...)
	}
	n, more := offset+len(found), false
	if len(found) == missing || len(found) == 0 && offset > 0 { // the tier may have more, or less than is passed over
		if n, more, err = t.count(ctx, tx, most); err != nil {
			return err
		}
	}
	part.Total += n
	if more || part.Total > most {
		part.Total, part.More = min(part.Total, most), true
	}
	return nil
}

// gather is pour for a tier in no index's order that many may be in: who they are is looked up once, for the page and the total.
func gather[T any](ctx context.Context, tx *sqldb.Tx, part *paging.Part[T], most int, read func(contact.Choice) ([]T, error), t tier) error {
	ids, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM (`+t.text+`) t ORDER BY `+t.order, t.args...)
	if err != nil || len(ids) == 0 {
		return err
	}
	from := min(max(0, part.Offset()-part.Total), len(ids))
	if page := ids[from:min(from+part.Size-len(part.Items), len(ids))]; len(page) > 0 {
		in, args := sqldb.In(tx, t.args[:1:1], page)
		found, err := read(contact.Choice{Where: `workspace_id = $1 AND id ` + in, Order: t.order, Args: args, Limit: len(page)})
		if err != nil {
			return err
		}
		part.Items = append(part.Items, found...)
	}
	part.Total += len(ids)
	if part.Total > most {
		part.Total, part.More = most, true
	}
	return nil
}

// lister reads rows of the workspace's list.
func lister(ctx context.Context, tx *sqldb.Tx, by actor.Actor) func(contact.Choice) ([]contact.Listed, error) {
	return func(c contact.Choice) ([]contact.Listed, error) { return contact.List(ctx, tx, by, c) }
}

// ParseLabel reads a personal identifier as people write it: C-000123, c-123, 123 (product.md §1). Digits in groups
// are none without the C: they are a phone's.
func ParseLabel(s string) (int64, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(s, "c"); ok {
		s = strings.TrimPrefix(strings.Join(strings.Fields(rest), ""), "-")
	}
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0
}

func (f Filter) exact(ctx context.Context, tx *sqldb.Tx, by actor.Actor, number int64) ([]contact.Listed, error) {
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q) + ` AND number = ` + q.arg(number)
	return contact.List(ctx, tx, by, contact.Choice{Where: where, Order: "number", Args: q.args, Limit: 1})
}
