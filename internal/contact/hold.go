package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// reach reads those of some contacts that the caller may know of: staff those of the workspace, an organisation's own people
// those of it that the portal shows.
func reach(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contacts []id.Contact) (map[id.Contact]Contact, error) {
	confined, args := ``, []any{by.Workspace}
	if by.Kind == actor.Contact {
		confined, args = ` AND organization_id = $2 AND NOT (`+Unseen+`)`, append(args, by.Organization)
	}
	in, args := sqldb.In(tx, args, contacts)
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1`+confined+` AND id `+in, args...)
	found := make(map[id.Contact]Contact, len(list))
	for _, c := range list {
		found[c.ID] = c
	}
	return found, err
}

// Hold reads the contact and holds its organisation until the transaction ends: every rule over several contacts
// stands on it, and no other change of the contact runs beside it. An organisation's own people hold nobody else's, and nobody
// at all once they are no longer what they came in as: fault.NotFound, fault.Forbidden. The caller has checked the permission.
func Hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact) (Contact, organization.Organization, error) {
	held, err := HoldAll(ctx, tx, by, []id.Contact{contact})
	if err != nil {
		return Contact{}, organization.Organization{}, err
	}
	h, ok := held[contact]
	if !ok {
		return Contact{}, organization.Organization{}, fault.Missing()
	}
	return h.Contact, h.At, nil
}

// Held is a contact whose organisation is held.
type Held struct {
	Contact
	At organization.Organization
}

// HoldAll is Hold for many, some hundred at most; those that are out of the caller's reach are left out.
func HoldAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contacts []id.Contact) (map[id.Contact]Held, error) {
	known, err := reach(ctx, tx, by, contacts)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	places := make([]id.Organization, 0, len(known))
	for _, c := range known {
		places = append(places, c.Organization)
	}
	at, err := organization.HoldAll(ctx, tx, by, places)
	if err != nil {
		return nil, err
	}
	if err := Still(ctx, tx, by); err != nil {
		return nil, err
	}
	known, err = reach(ctx, tx, by, contacts) // as they are now that nobody else may change them
	held := make(map[id.Contact]Held, len(known))
	for _, c := range known {
		held[c.ID] = Held{c, at[c.Organization]}
	}
	return held, err
}
