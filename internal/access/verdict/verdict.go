// Package verdict puts into words what the three gates say of a contact, and what would open the closed one (« Ce contact
// peut-il se connecter ? »). It explains to the host's staff; it lets nobody in, which is package access's.
package verdict

import (
	"context"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

// Answer is what one gate says of a contact, as a key of the catalogue: that it is open, or that it is closed, why, and
// what would open it.
type Answer struct {
	Open bool
	Key  string
}

// Standing is what is known of how a contact stands before the gates, besides its own row.
type Standing struct {
	Archived bool                // its organisation is
	Last     invitation.Delivery // how far its last credentials have come; "" = none were ever sent
	Revoked  bool                // staff asked for a new password (Revoke), and none was chosen since
}

// Of lets each gate say how it stands (« Ce contact peut-il se connecter ? »), in the order in which one would open
// them. The archive, which shuts all of an organisation's, speaks first, and only when it does; a password that was asked
// for speaks after the gate that it keeps whoever has joined from.
func Of(c contact.Contact, s Standing) []Answer {
	g := access.Of(c.Row, s.Archived)
	var list []Answer
	if g.Archived {
		list = append(list, Answer{false, "access.archived"})
	}
	list = append(list,
		Answer{g.Enabled, "access.enabled." + enabled(c)},
		Answer{g.Joined, "access.joined." + joined(c, s.Last)})
	if s.Revoked {
		list = append(list, Answer{false, "access.revoked"})
	}
	return append(list, Answer{g.Authorized, "access.authorized." + word(g.Authorized)})
}

// enabled says whether the login is on, or who switched it off.
func enabled(c contact.Contact) string {
	switch {
	case c.LoginEnabled:
		return "open"
	case c.LoginDisabledBy != "":
		return c.LoginDisabledBy
	case unaddressed(c):
		return "unaddressed"
	}
	return "never"
}

// joined says whether the person has activated their access, or what keeps them from it: that there is no address, that
// they said that the invitation is not theirs, or that the credentials with which they do are still to be sent.
func joined(c contact.Contact, last invitation.Delivery) string {
	switch {
	case !c.JoinedAt.IsZero():
		return "open"
	case unaddressed(c):
		return "unaddressed"
	case last == invitation.NotMine:
		return "declined"
	case !c.CredentialsSentAt.IsZero():
		return "sent"
	}
	return "closed"
}

// unaddressed reports whether credentials have nowhere to go.
func unaddressed(c contact.Contact) bool { return c.LoginEmail.IsZero() && c.Email.IsZero() }

func word(open bool) string {
	if open {
		return "open"
	}
	return "closed"
}

// Asked reports whether staff asked the contact's login for a new password (Revoke) and it has chosen none since. It says the
// same of a login that kept its old one for another workspace. Permission: SeeJournal.
func Asked(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c contact.Contact) (bool, error) {
	if c.Login.IsZero() {
		return false, by.Need(actor.SeeJournal)
	}
	page, err := journal.Find(ctx, tx, by, journal.Filter{Subject: c.ID.UUID, Kind: "contact.revoked", Size: 1})
	if err != nil || len(page.Lines) == 0 || page.Lines[0].At < c.JoinedAt {
		return false, err
	}
	l, err := login.Get(ctx, tx, c.Login)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return page.Lines[0].At >= l.PasswordChangedAt, err
}
