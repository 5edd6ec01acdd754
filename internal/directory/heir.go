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

// Choosable lists an organisation's contacts by name, for a form that asks which of them is meant: the first contact.MaxSuccessors. Of more
// nobody chooses, they are named (Meant). Permission: SeeContacts.
func Choosable(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) ([]contact.Listed, error) {
	list, _, err := Walk(ctx, tx, by, Filter{Organization: of}, Mark{}, contact.MaxSuccessors)
	return list, err
}

// Heir is who follows the leaving contact of an organisation, as a form says it (Meant, on «successor»).
func Heir(ctx context.Context, tx *sqldb.Tx, by actor.Actor, leaving contact.Row, said string) (id.Contact, error) {
	return Meant(ctx, tx, by, leaving.Organization, "successor", said, leaving.ID)
}

// Meant is whom of an organisation's contacts a form's field means: an identifier, which is not looked at here, or, where they are too many
// to be chosen from, a name or personal identifier. It is zero where nothing is said. A text that means nobody, apart from that one,
// or several is a fault.Invalid on the field. Permission: SeeColleagues, of staff SeeContacts.
func Meant(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, field, said string, apart id.Contact) (id.Contact, error) {
	if known := id.Read(said); strings.TrimSpace(said) == "" || !known.IsZero() {
		return id.Contact{UUID: known}, nil
	}
	f := Filter{Query: said, Organization: of}
	find := Whom
	if by.Kind != actor.Contact {
		find = whomOfStaff
	}
	found, err := find(ctx, tx, by, f)
	if err != nil {
		return id.Contact{}, err
	}
	found = slices.DeleteFunc(found, func(c id.Contact) bool { return c == apart })
	switch len(found) {
	case 0:
		return id.Contact{}, fault.OnField(fault.Invalid, field, fault.M("contact.successor_unknown"))
	case 1:
		return found[0], nil
	}
	return id.Contact{}, fault.OnField(fault.Invalid, field, fault.M("contact.successor_several", "N", len(found)))
}

func whomOfStaff(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) ([]id.Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	return f.matches(ctx, tx, by)
}
