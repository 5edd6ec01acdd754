package contact

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Unseen is the condition, in SQL over the table contact, that the portal does not show a contact: whoever comes from the
// public form exists there only once the workspace has accepted what they deposited, or has authorised them (screens.md,
// « Public pages »). The index contact_unseen has them.
const Unseen = `source = 'landing' AND authorized_at IS NULL AND accepted_at IS NULL`

// Unseen is the condition of that name, of one contact as staff read it.
func (r Row) Unseen() bool {
	return r.Source == Landing && r.AuthorizedAt.IsZero() && r.AcceptedAt.IsZero()
}

// Accept has the portal show a contact from the public form, see Unseen; of any other it changes nothing. No gate opens by it.
// Permission: EditOffers.
func Accept(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact) error {
	if err := by.Need(actor.EditOffers); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE contact SET accepted_at = $1 WHERE workspace_id = $2 AND id = $3 AND source = 'landing' AND accepted_at IS NULL`, tx.Now(), by.Workspace, contact)
	return err
}

// hiddenFrom reports whether the caller is one of an organisation's own people, to whom the contact is Unseen.
func (r Row) hiddenFrom(by actor.Actor) bool { return by.Kind == actor.Contact && r.Unseen() }

// Colleague reads a contact of the caller's own organisation; fault.NotFound for any other, and for one that the portal does
// not show. What it says of the way in (login, address, invitation, authorisation) is empty for whoever may not
// SeeColleaguesAccess, but of oneself. Permission: SeeColleagues.
func Colleague(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact) (Contact, error) {
	if err := by.Need(actor.SeeColleagues); err != nil {
		return Contact{}, err
	}
	c, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND id = $2 AND organization_id = $3 AND NOT (`+Unseen+`)`,
		by.Workspace, contact, by.Organization)
	if c.ID != by.Contact && !by.May(actor.SeeColleaguesAccess) {
		c = c.withoutAccess()
	}
	return c, err
}

// withoutAccess is what any colleague may know of a contact.
func (c Contact) withoutAccess() Contact {
	return Contact{Row: c.Row.withoutAccess(), Locale: c.Locale, TimeZone: c.TimeZone}
}

func (r Row) withoutAccess() Row {
	r.Source, r.JoinedAt, r.LoginEnabled, r.AuthorizedAt, r.CredentialsSentAt, r.AcceptedAt = "", 0, false, 0, 0, 0
	return r
}

// Neighbour is a row of the list of an organisation's own people.
type Neighbour struct {
	Row
	Locale   string // "" = the workspace's
	TimeZone string // "" = the workspace's
}

// ColleaguesOf reads those of the contacts that are of the caller's own organisation and shown by the portal; of the way in, see
// Colleague. Permission: SeeColleagues.
func ColleaguesOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Contact) (map[id.Contact]Row, error) {
	if err := by.Need(actor.SeeColleagues); err != nil {
		return nil, err
	}
	found := make(map[id.Contact]Row, len(ids))
	for chunk := range slices.Chunk(ids, sqldb.Many) {
		in, args := sqldb.In(tx, []any{by.Workspace, by.Organization}, chunk)
		rows, err := sqldb.List(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND COALESCE(organization_id = $2, FALSE) AND NOT (`+Unseen+`) AND id `+in, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.ID != by.Contact && !by.May(actor.SeeColleaguesAccess) {
				r = r.withoutAccess()
			}
			found[r.ID] = r
		}
	}
	return found, nil
}

// Neighbours reads the rows of a page of that list, which package directory has chosen among the caller's own
// organisation; of the way in, see Colleague. Permission: SeeColleagues.
func Neighbours(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c Choice) ([]Neighbour, error) {
	if err := by.Need(actor.SeeColleagues); err != nil {
		return nil, err
	}
	all := by.May(actor.SeeColleaguesAccess)
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (n Neighbour, err error) {
		err = row.Scan(append(n.fields(), &n.Locale, &n.TimeZone)...)
		if !all && n.ID != by.Contact {
			n.Row = n.Row.withoutAccess()
		}
		return n, err
	}, `SELECT `+rowColumns+`, locale, time_zone FROM contact WHERE `+c.chosen(), c.Args...)
}
