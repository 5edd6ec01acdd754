package access

import "github.com/entregent/entregent/internal/contact"

// Answer is what one gate says of a contact, as a key of the catalogue: that it is open, or that it is closed, why, and
// what would open it.
type Answer struct {
	Open bool
	Key  string
}

// Explain lets each gate say how it stands (« Ce contact peut-il se connecter ? »), in the order in which one would open
// them. The archive, which shuts all of an organisation's, speaks first, and only when it does.
func Explain(c contact.Contact, archived bool) []Answer {
	g := Of(c.Row, archived)
	var list []Answer
	if g.Archived {
		list = append(list, Answer{false, "access.archived"})
	}
	return append(list,
		Answer{g.Enabled, "access.enabled." + enabled(c)},
		Answer{g.Joined, "access.joined." + joined(c)},
		Answer{g.Authorized, "access.authorized." + word(g.Authorized)})
}

// enabled says whether the login is on, or who switched it off.
func enabled(c contact.Contact) string {
	switch {
	case c.LoginEnabled:
		return "open"
	case c.LoginDisabledBy != "":
		return c.LoginDisabledBy
	}
	return "never"
}

// joined says whether the person has activated their access, or whether the credentials with which they do are still to
// be sent.
func joined(c contact.Contact) string {
	switch {
	case !c.JoinedAt.IsZero():
		return "open"
	case !c.CredentialsSentAt.IsZero():
		return "sent"
	}
	return "closed"
}

func word(open bool) string {
	if open {
		return "open"
	}
	return "closed"
}
