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

// Mark is a place in a walk: behind that contact, or for a query that page. The zero value is before everybody.
type Mark struct {
	Family, Given string // the keys by which the contact stands in the order
	ID            id.Contact
	Page          int
}

// Walk reads up to so many contacts that the filter finds, behind the mark, in the order of the list, and counts none. Next is
// where to go on, zero at the end. It holds whoever is deleted meanwhile; a query's matches come in pages, which
// may move. The filter's own page and size say nothing. Permission: SeeContacts.
func Walk(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter, after Mark, most int) (list []contact.Listed, next Mark, err error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, Mark{}, err
	}
	if strings.TrimSpace(f.Query) != "" {
		part := paging.Part[contact.Listed]{Ask: paging.Ask{Page: max(1, after.Page), Size: most}}
		f.Ask = part.Ask
		if err := f.search(ctx, tx, by, &part); err != nil {
			return nil, Mark{}, err
		}
		if part.HasNext() && len(part.Items) == most {
			next.Page = part.Page + 1
		}
		return part.Items, next, nil
	}
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	switch {
	case after.ID.IsZero():
	case f.Sort == Newest:
		where += " AND id < " + q.arg(after.ID)
	default:
		where += " AND (family_key, given_key, id) > (" + q.arg(after.Family) + ", " + q.arg(after.Given) + ", " + q.arg(after.ID) + ")"
	}
	list, err = contact.List(ctx, tx, by, contact.Choice{Where: where, Order: f.order(), Args: q.args, Limit: most + 1})
	if len(list) > most {
		list = list[:most]
		last := list[most-1]
		next = Mark{Family: last.FamilyName.Key(), Given: last.GivenName.Key(), ID: last.ID}
	}
	return list, next, err
}
