// Package access holds the three gates (product.md §2): joined, enabled, authorised. Whether a person sees a
// workspace's data through a contact is computed from them each time, never stored.
//
// It opens gates; who the person is and what is known of them is package contact's.
package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// Gates are the three, as they stand, with the archive that shuts all of an organisation's.
type Gates struct {
	Joined     bool // a login redeemed this contact's own invitation
	Enabled    bool // login_enabled
	Authorized bool // authorized_at
	Archived   bool // the organisation is archived: nobody of it comes in
}

// Of reads the gates off the contact and its organisation's archive.
func Of(c contact.Row, archived bool) Gates {
	return Gates{Joined: !c.JoinedAt.IsZero(), Enabled: c.LoginEnabled, Authorized: !c.AuthorizedAt.IsZero(), Archived: archived}
}

// Admit reports whether the person comes in at all: to their own profile at least.
func (g Gates) Admit() bool { return g.Joined && g.Enabled && !g.Archived }

// Open reports whether the person sees the workspace's data through the contact: if and only if all three hold.
func (g Gates) Open() bool { return g.Admit() && g.Authorized }

// Authorize lets the contact see the workspace's data (manual 1, figure 7, « Autoriser l'accès »). It is never
// undone, by anybody, by any path. Doing it again writes the same values again, so that the answer is durable, and
// adds no line to the history. Permission: AuthorizeContacts; fault.NotFound.
func Authorize(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact) (contact.Contact, error) {
	if err := by.Need(actor.AuthorizeContacts); err != nil {
		return contact.Contact{}, err
	}
	c, _, err := contact.Hold(ctx, tx, by, of)
	if err != nil {
		return contact.Contact{}, err
	}
	n, err := tx.Exec(ctx, `UPDATE contact SET authorized_at = $1, authorized_by = $2, version = version + 1, updated_at = $1, updated_by = $2
		WHERE workspace_id = $3 AND id = $4 AND authorized_at IS NULL`, tx.Now(), by.Login, by.Workspace, of)
	if err != nil {
		return contact.Contact{}, err
	}
	if n == 0 {
		_, err := tx.Exec(ctx, `UPDATE contact SET authorized_at = authorized_at WHERE workspace_id = $1 AND id = $2`, by.Workspace, of)
		return c, err
	}
	c.AuthorizedAt, c.AuthorizedBy, c.Version, c.UpdatedAt, c.UpdatedBy = tx.Now(), by.Login, c.Version+1, tx.Now(), by.Who()
	return c, journal.Record(ctx, tx, by, journal.Entry{
		Kind: "contact.authorized", Subject: c.Subject(), Organization: c.Organization,
		Changes: []journal.Change{{Field: "authorized", After: "yes"}},
	})
}
