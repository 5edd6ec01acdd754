// Package directory says which contacts: of a workspace or of one organisation, by filter, search and page; how many there
// are; whose names are similar; and all of them, one after the other, for exports. It only reads.
//
// It says in SQL which contacts, and in which order; package contact reads their rows. What a contact is, and every rule
// about it, is contact's.
package directory

import (
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Sort is an order of the list.
type Sort string

// The orders of the list.
const (
	ByName Sort = "name"
	Newest Sort = "recent"
)

// Shown says what a list makes of the contacts of archived organisations (product.md §6).
type Shown string

// What is shown.
const (
	Visible      Shown = ""         // those that are not archived
	OnlyArchived Shown = "archived" // those that are
	Everybody    Shown = "all"
)

// Credentials says what became of those that were sent to somebody who has not joined.
type Credentials string

// What became of them.
const (
	Refused Credentials = "refused" // the mail server did not take the letter
	Unused  Credentials = "unused"  // that, or they were declined, or have expired
)

// Lack is what makes a contact « à compléter »: what every form asks for, and an import may have left empty (product.md §1,
// «Required»).
type Lack string

// In a workspace that asks for no phone, and in one that does.
const (
	OfBasics Lack = "basics" // no e-mail or no civility
	OfPhone  Lack = "phone"  // that, or no phone
)

// Lacking is what counts as a gap, by whether the workspace asks for a phone.
func Lacking(phoneRequired bool) Lack {
	if phoneRequired {
		return OfPhone
	}
	return OfBasics
}

// Gaps counts what a contact lacks.
func (l Lack) Gaps(c contact.Row) (n int) {
	for _, gap := range [...]bool{c.Civility.IsZero(), c.Email.IsZero(), l == OfPhone && c.Phone.IsZero()} {
		if gap {
			n++
		}
	}
	return n
}

// Filter says which contacts. The zero value means all of the workspace that are not archived, by name.
type Filter struct {
	Query         string          // name, e-mail, phone, number, SIRET, organisation: their beginnings, accents and case apart
	Organization  id.Organization // its contacts, archived or not
	Shown         Shown
	State         contact.State
	Way           Way    // of colleagues alone: see Colleagues
	Authorized    string // "yes", "no", Awaiting, "" = either
	Role          contact.Role
	Source        contact.Source
	NeverSignedIn bool
	Incomplete    Lack
	Credentials   Credentials
	At            sqldb.Time // the moment at which Credentials are looked at
	Sort          Sort
	After         id.Contact // the keyset of the next page: only those behind this one; Page then only numbers it
	paging.Ask

	uncapped bool // Each wants all matches
	most     int  // how many are looked at, where it is more than paging.Cap
}

// Awaiting, as Filter.Authorized, are those whom their organisation's own people added and let in, and who see nothing until
// staff authorise them: the host wants to be asked (package delegation).
const Awaiting = "awaiting"

// Plain reports whether nothing is asked for but an order and a page.
func (f Filter) Plain() bool {
	f.Sort, f.After, f.Ask, f.At = "", id.Contact{}, paging.Ask{}, 0
	return f == Filter{}
}

// query is a part of SQL with its arguments; $1 is always the workspace.
type query struct {
	text string
	args []any
}

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

// conditions are the filters as SQL. Those that may select few among many are written as the partial index says
// that serves them (migrations 00003, 00008 and 00024).
func (f Filter) conditions(q *query) string {
	var b strings.Builder
	b.WriteString("workspace_id = $1")
	and := func(s string) { b.WriteString(" AND "); b.WriteString(s) }
	switch {
	case !f.Organization.IsZero():
		and("organization_id = " + q.arg(f.Organization))
	case f.Shown == Visible:
		and("archived = 0")
	case f.Shown == OnlyArchived:
		and("archived = 1")
	}
	switch f.State {
	case contact.WithoutLogin:
		and("login_enabled = 0 AND joined_at IS NULL AND credentials_sent_at IS NULL")
	case contact.Invited:
		and("joined_at IS NULL AND login_enabled = 1")
	case contact.Active:
		and("joined_at IS NOT NULL AND login_enabled = 1")
	case contact.Disabled:
		and("login_enabled = 0 AND (joined_at IS NOT NULL OR credentials_sent_at IS NOT NULL)")
	}
	switch f.Authorized {
	case "yes":
		and("authorized_at IS NOT NULL")
	case "no":
		and("authorized_at IS NULL")
	case Awaiting:
		and("source NOT IN ('form', 'import') AND source = 'portal' AND authorized_at IS NULL AND credentials_sent_at IS NOT NULL AND login_enabled = 1")
	}
	if f.Role != "" {
		if f.Role != contact.User {
			and("role <> 'user'")
		}
		and("role = " + q.arg(string(f.Role)))
	}
	if f.Source != "" {
		if f.Source != contact.Form && f.Source != contact.Import {
			and("source NOT IN ('form', 'import')")
		}
		and("source = " + q.arg(string(f.Source)))
	}
	if f.NeverSignedIn {
		and("last_sign_in_at IS NULL")
	}
	switch f.Incomplete {
	case OfBasics:
		and("(email IS NULL OR civility IS NULL)")
	case OfPhone:
		and("(CASE WHEN email IS NULL OR civility IS NULL OR phone IS NULL THEN 1 ELSE 0 END) = 1")
	}
	if f.Credentials != "" {
		and("joined_at IS NULL AND login_enabled = 1 AND id IN (" + f.Credentials.invited(q, f.At) + ")")
	}
	return b.String()
}

// invited selects the contacts whose invitations came to that. Reading the tables of rooms above is the price of a filter
// that is one with the others.
func (c Credentials) invited(q *query, at sqldb.Time) string {
	refused := `SELECT i.contact_id FROM letter l JOIN invitation i ON i.workspace_id = l.workspace_id AND i.id = l.subject_id
		WHERE l.workspace_id = $1 AND l.state = 'refused' AND i.ended_at IS NULL`
	if c == Refused {
		return refused
	}
	return refused + ` UNION SELECT i.contact_id FROM invitation i WHERE i.workspace_id = $1 AND i.ended_at IS NULL AND i.expires_at <= ` + q.arg(at) + `
		UNION SELECT i.contact_id FROM invitation i WHERE i.workspace_id = $1 AND i.ended = 'declined'
			AND NOT EXISTS (SELECT 1 FROM invitation j WHERE j.workspace_id = i.workspace_id AND j.contact_id = i.contact_id AND j.id > i.id)`
}

// order is the order of the list and the keys that it needs.
func (f Filter) order() string {
	if f.Sort == Newest {
		return "id DESC"
	}
	return "family_key, given_key, id"
}

// backwards is the order from the end of the list.
func (f Filter) backwards() string {
	if f.Sort == Newest {
		return "id"
	}
	return "family_key DESC, given_key DESC, id DESC"
}
