package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Invites says that contacts are this room's.
func (v *Inviter) Invites() invitation.Kind { return invitation.Contact }

// Describe says who of which organisation is invited.
func (v *Inviter) Describe(ctx context.Context, tx *sqldb.Tx, x *invitation.Invited) error {
	by := actor.OfProgram(x.Workspace)
	c, err := contact.Get(ctx, tx, by, x.Contact)
	if err != nil {
		return err
	}
	o, err := organization.Get(ctx, tx, by, c.Organization)
	x.Person, x.Called, x.Organization, x.P = fullName(c), c.GivenName.String(), o.Name, printerFor(x.Host, c)
	return err
}

// held is a contact to which somebody is invited, which nobody else changes until the transaction ends.
type held struct {
	contact.Contact
	by      actor.Actor // this program, in the contact's workspace
	inviter *Inviter
}

// Hold holds the contact.
func (v *Inviter) Hold(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation) (invitation.Place, error) {
	by := actor.OfProgram(i.Workspace)
	c, _, err := contact.Hold(ctx, tx, by, i.Contact)
	return held{c, by, v}, err
}

// Join binds the login to the contact, which may be no other's of the organisation: else a fault.Conflict
// «access.joined_here».
func (h held) Join(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation, l login.Login) error {
	other, err := contact.WithLogin(ctx, tx, h.by, h.Organization, l.ID)
	if err == nil {
		return fault.New(fault.Conflict, "access.joined_here", "Name", fullName(other))
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := received(ctx, tx, &h.Contact, i); err != nil {
		return err
	}
	c := h.Contact
	c.Login, c.JoinedAt, c.LastSignInAt = l.ID, tx.Now(), tx.Now()
	return c.SaveLogin(ctx, tx, inOwnName(h.by, l.ID, c), h.Contact, "contact.joined")
}

// Declined tells the staff by the history and the contact's sheet.
func (h held) Declined(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation) error {
	return h.record(ctx, tx, "contact.declined")
}

// Again sends what the person asked for, in the name of whoever had invited them.
func (h held) Again(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation) error {
	if err := h.inviter.invite(ctx, tx, h.by, h.Contact, i.CreatedBy); err != nil {
		return err
	}
	return h.record(ctx, tx, "contact.asked_again")
}

func (h held) record(ctx context.Context, tx *sqldb.Tx, kind string) error {
	return journal.Record(ctx, tx, h.by, journal.Entry{Kind: kind, Subject: h.Subject(), Organization: h.Organization})
}

// printerFor speaks to a contact.
func printerFor(host workspace.Workspace, c contact.Contact) *locale.Printer {
	language, zone := host.Locale, host.Zone()
	if c.Locale != "" {
		language = locale.Language(c.Locale)
	}
	if own, ok := locale.ParseZone(c.TimeZone); ok {
		zone = own
	}
	return locale.For(language, host.OrganizationNoun, host.HostNoun(), zone)
}

// fullName is how a letter and a new login call the contact.
func fullName(c contact.Contact) string { return c.GivenName.String() + " " + c.FamilyName.String() }
