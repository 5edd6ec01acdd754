package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Heir is who follows the leaving contact of an organisation, as a form says it: an identifier, which is not looked at here, or, where
// they are too many to be chosen from (contact.MaxSuccessors), a name or personal identifier. It is zero where nothing is said.
// A text that means nobody or several is a fault.Invalid on «successor». Permission: SeeColleagues, of staff SeeContacts.
func Heir(ctx context.Context, tx *sqldb.Tx, by actor.Actor, leaving contact.Row, said string) (id.Contact, error) {
	if heir := id.Read(said); strings.TrimSpace(said) == "" || !heir.IsZero() {
		return id.Contact{UUID: heir}, nil
	}
	f := Filter{Query: said, Organization: leaving.Organization}
	find := Whom
	if by.Kind != actor.Contact {
		find = whomOfStaff
	}
	found, err := find(ctx, tx, by, f)
	if err != nil {
		return id.Contact{}, err
	}
	found = slices.DeleteFunc(found, func(c id.Contact) bool { return c == leaving.ID })
	switch len(found) {
	case 0:
		return id.Contact{}, fault.OnField(fault.Invalid, "successor", fault.M("contact.successor_unknown"))
	case 1:
		return found[0], nil
	}
	return id.Contact{}, fault.OnField(fault.Invalid, "successor", fault.M("contact.successor_several", "N", len(found)))
}

func whomOfStaff(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) ([]id.Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	return f.matches(ctx, tx, by)
}
