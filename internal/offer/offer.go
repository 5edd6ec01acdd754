// Package offer keeps the offers (« missions ») of the organisations that a workspace works with: jobs, internships, places for
// apprentices, with the contacts attached to them and the part that each has.
//
// What staff add is active at once; what an organisation's own people deposit, in the portal or by the public form, waits until
// staff accept or reject it. Somebody in the portal sees their own organisation's offers, a guest only what they deposited
// themselves. The package publishes nothing and matches nobody with anything.
package offer

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/sqldb"
)

// State says how far an offer is.
type State string

// The states: pending → active ⇄ inactive, or rejected. What was rejected may still be accepted.
const (
	Pending  State = "pending"
	Active   State = "active"
	Inactive State = "inactive"
	Rejected State = "rejected"
)

// States lists them in the order of the tabs.
func States() []State { return []State{Pending, Active, Inactive, Rejected} }

// Source says by which way an offer came.
type Source string

// The sources.
const (
	Office  Source = "office"  // staff
	Portal  Source = "portal"  // the organisation's own people
	Landing Source = "landing" // the public form
	API     Source = "api"     // the host's other software
)

// Sources lists them in the order of a form.
func Sources() []Source { return []Source{Office, Portal, Landing, API} }

// Person is whoever made an offer, as it keeps them: they may be gone, and then have no name.
type Person struct {
	Kind   actor.Kind
	ID     id.UUID // the contact's, the login's; zero = nobody
	Number int64   // of a contact: what it was called when it is gone, see contact.Label
	Name   string  // "" = gone, the program, or nobody whom the reader may know
}

// Offer is one offer as kept.
type Offer struct {
	terms.Terms
	ID           id.Offer
	Number       int64 // see Label
	Organization id.Organization
	State        State
	Reason       string // why it was rejected; "" = none given
	Year         int    // of its start, or of its deposit while it has none
	Source       Source
	Author       Person // named by Get alone
	Submission   id.UUID
	Version      int64
	CreatedAt    sqldb.Time
	UpdatedAt    sqldb.Time
	StateAt      sqldb.Time
}

// Label is the offer's number as people read it: «O-000123».
func (o Offer) Label() string { return Label(o.Number) }

// AuthorLabel is what the contact who deposited it was called, once they are gone: «C-000123».
func (o Offer) AuthorLabel() string { return contact.Label(o.Author.Number) }

// Label writes an offer's number as people read it: «O-000123».
func Label(number int64) string { return fmt.Sprintf("O-%06d", number) }

// ParseLabel reads an offer's number as people write it: O-000123, o-123, 123.
func ParseLabel(s string) (int64, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(s, "o"); ok {
		s = strings.TrimPrefix(strings.TrimSpace(rest), "-")
	}
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0
}

// Subject is the offer in the history: its number, never its words.
func (o Offer) Subject() journal.Subject {
	return journal.Subject{Kind: "offer", ID: o.ID.UUID, Number: o.Label()}
}

// Owner is the offer as what its file belongs to.
func (o Offer) Owner() file.Owner { return file.Owner{Kind: "offer", ID: o.ID.UUID} }

// Deposited reports whether the caller deposited it themselves, as a contact.
func (o Offer) Deposited(by actor.Actor) bool {
	return by.Kind == actor.Contact && o.Author.Kind == actor.Contact && o.Author.ID == by.Contact.UUID
}

// MayChange reports whether the caller may edit it now: staff always, who deposited it while it waits to be accepted.
func (o Offer) MayChange(by actor.Actor) bool {
	if by.Kind == actor.Contact {
		return by.May(actor.DepositOffers) && o.State == Pending && o.Deposited(by)
	}
	return by.May(actor.EditOffers)
}

const columns = `id, number, organization_id, state, reason, ` + terms.Columns + `, year, source, author_kind, author_id, author_number, submission, version, created_at, updated_at, state_at`

func (o *Offer) fields() []any {
	return slices.Concat([]any{&o.ID, &o.Number, &o.Organization, (*string)(&o.State), &o.Reason}, o.Fields(),
		[]any{&o.Year, (*string)(&o.Source), (*string)(&o.Author.Kind), &o.Author.ID, &o.Author.Number, &o.Submission, &o.Version, &o.CreatedAt, &o.UpdatedAt, &o.StateAt})
}

// values are those of columns.
func (o Offer) values() []any {
	return slices.Concat([]any{o.ID, o.Number, o.Organization, string(o.State), o.Reason}, o.Values(),
		[]any{o.Year, string(o.Source), string(o.Author.Kind), o.Author.ID, o.Author.Number, o.Submission, o.Version, o.CreatedAt, o.UpdatedAt, o.StateAt})
}

func scan(row sqldb.Scanner) (o Offer, err error) { return o, row.Scan(o.fields()...) }

// MayRead is nil for who may see any offer at all: staff, an organisation's people, and a guest what they deposited.
func MayRead(by actor.Actor) error {
	if by.Kind == actor.Contact {
		return by.Need(actor.SeeOwnDeposits)
	}
	return by.Need(actor.SeeOffers)
}

// sight is the condition that the caller may see an offer, with the arguments that it adds behind those that there are. Of their
// organisation's, people do not see what somebody unknown sent by the public form and staff have not accepted.
func sight(by actor.Actor, args []any) (string, []any) {
	if by.Kind != actor.Contact {
		return ``, args
	}
	own, org := `$`+strconv.Itoa(len(args)+1), `$`+strconv.Itoa(len(args)+2)
	args = append(args, by.Contact, by.Organization)
	if !by.May(actor.SeeOwnOffers) {
		return ` AND author_id = ` + own + ` AND organization_id = ` + org, args
	}
	return ` AND organization_id = ` + org + ` AND (source <> 'landing' OR state IN ('active', 'inactive') OR author_id = ` + own + `)`, args
}

// Get reads one with its author's name; fault.NotFound when the workspace has none such, and for an organisation's own people when
// they may not see it. Permission: SeeOffers, in the portal SeeOwnOffers, of what one deposited oneself SeeOwnDeposits.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) (Offer, error) {
	if err := MayRead(by); err != nil {
		return Offer{}, err
	}
	where, args := sight(by, []any{by.Workspace, offer})
	o, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM offer WHERE workspace_id = $1 AND id = $2`+where, args...)
	if err != nil {
		return Offer{}, err
	}
	return o, o.Author.name(ctx, tx, by)
}

// name writes the person's name, if they are still there and the caller may know them.
func (p *Person) name(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	switch {
	case p.ID.IsZero():
	case p.Kind == actor.Contact:
		author := id.Contact{UUID: p.ID}
		rows, err := contact.Rows(ctx, tx, actor.OfProgram(by.Workspace), []id.Contact{author})
		if row, there := rows[author]; there && shown(by, row) {
			p.Name = row.GivenName.String() + " " + row.FamilyName.String()
		}
		return err
	case by.Kind != actor.Contact:
		author := id.Login{UUID: p.ID}
		names, err := login.Names(ctx, tx, []id.Login{author})
		p.Name = names[author]
		return err
	}
	return nil
}

// shown reports whether the caller's pages show that contact: the portal does not show who came by the public form and was not accepted.
func shown(by actor.Actor, row contact.Row) bool {
	return by.Kind != actor.Contact || row.ID == by.Contact || by.May(actor.SeeColleagues) && !row.Unseen()
}

// lock reads some offers, in one order for everybody, and holds them until the transaction ends; those that the caller may not see
// are left out. The caller has checked the permission.
func lock(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Offer) ([]Offer, error) {
	where, args := sight(by, []any{by.Workspace})
	in, args := sqldb.In(tx, args, ids)
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM offer WHERE workspace_id = $1`+where+` AND id `+in+` ORDER BY id`+tx.ForLock(), args...)
}
