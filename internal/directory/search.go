package directory

import (
	"context"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// A search goes in tiers (tier.go) and stops when enough is counted (performance.md, traps 3 and 5): the number; the
// beginnings of names, in the list's order; the beginnings of each other field; last, names that hold the words
// anywhere.

func (f Filter) search(ctx context.Context, tx *sqldb.Tx, by actor.Actor, part *paging.Part[contact.Listed]) ([]contact.Listed, error) {
	if number, ok := ParseLabel(f.Query); ok {
		items, err := f.exact(ctx, tx, by, number)
		if err != nil || len(items) > 0 {
			part.Total = len(items)
			return items, err
		}
	}
	tiers := f.beginnings(by)
	items, err := f.fill(ctx, tx, by, part, nil, tiers...)
	if err != nil || part.Total >= f.Size {
		return items, err
	}
	if walk, err := f.mayWalk(ctx, tx, by, part.Total); err != nil || !walk {
		return items, err
	}
	found := items
	if len(found) < part.Total { // they are on the first page; the last tier leaves them out
		first := f
		first.Page = 1
		if found, err = first.fill(ctx, tx, by, &paging.Part[contact.Listed]{}, nil, tiers...); err != nil {
			return nil, err
		}
	}
	return f.fill(ctx, tx, by, part, items, f.within(by, found))
}

// walkable is how many contacts a workspace may have for the last tier to walk over all their names although
// something was found: a walk over so many takes some milliseconds.
const walkable = 50_000

// mayWalk reports whether the last tier is worth its price: always when nothing was found.
func (f Filter) mayWalk(ctx context.Context, tx *sqldb.Tx, by actor.Actor, found int) (bool, error) {
	if found == 0 {
		return true, nil
	}
	n, err := sqldb.Total(ctx, tx, by.Workspace, "contacts")
	return n <= walkable, err
}

// fill goes on filling the page, and the part's total, out of the tiers, one behind the other.
func (f Filter) fill(ctx context.Context, tx *sqldb.Tx, by actor.Actor, part *paging.Part[contact.Listed], items []contact.Listed, tiers ...tier) ([]contact.Listed, error) {
	for _, t := range tiers {
		if t.text == "" || part.More {
			continue
		}
		offset, missing := max(0, f.Offset()-part.Total), f.Size-len(items)
		found, err := contact.List(ctx, tx, by, t.choice(missing, offset))
		if err != nil {
			return nil, err
		}
		items = append(items, found...)
		n, more := offset+len(found), false
		if len(found) == missing || len(found) == 0 && offset > 0 { // the tier may have more, or less than is passed over
			if n, more, err = sqldb.CountUpTo(ctx, tx, paging.Cap, `SELECT id FROM (`+t.text+`) t`, t.args...); err != nil {
				return nil, err
			}
		}
		part.Total += n
		if more || part.Total > paging.Cap {
			part.Total, part.More = min(part.Total, paging.Cap), true
		}
	}
	return items, nil
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
