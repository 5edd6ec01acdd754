// Package contact keeps the people of organisations: create, edit, rename, delete (manual 1), and reads them by what
// identifies them.
//
// It holds the rules of identity (Nom + Prénom + SIRET, product.md §3) and those that keep an organisation its
// super_admin and its primary contact. Which contacts a list, a search or an export has is found by package directory,
// above. It sends nothing and opens no gate: package access, above, does.
package contact

import (
	"context"
	"fmt"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/sqldb"
)

// Role is what a contact may be in its organisation's portal (product.md §5).
type Role string

// The roles.
const (
	User       Role = "user"
	Admin      Role = "admin"
	SuperAdmin Role = "super_admin"
)

// Source says where a contact comes from.
type Source string

// The sources.
const (
	Form    Source = "form"
	Landing Source = "landing"
	Import  Source = "import"
	API     Source = "api"
	Portal  Source = "portal"
)

// Contact is one person at one organisation, as the workspace keeps them.
type Contact struct {
	Row
	Account         id.Account
	LoginEmail      email.Address
	Locale          string // "" = the workspace's
	TimeZone        string // "" = the workspace's
	Login           id.Login
	LoginDisabledBy string // "", "staff" or "portal"
	LoginEpoch      int64  // rises with each change of who may sign in as it, once joined also as what: an invitation, or an offer, of before holds no more
	AuthorizedBy    id.Login
	LastSignInAt    sqldb.Time
	Submission      id.UUID
	Version         int64
	CreatedAt       sqldb.Time
	UpdatedAt       sqldb.Time
	UpdatedBy       id.UUID // as the history keeps actors: the login of a member of staff, the contact of an organisation; zero = the program

	replacedAt sqldb.Time // another person takes it over now
}

// Row is what a list shows of a contact.
type Row struct {
	ID                id.Contact
	Organization      id.Organization
	Number            int64 // see Label
	Civility          name.Civility
	FamilyName        name.Part
	GivenName         name.Part
	JobTitle          string
	Mobile            phone.Number
	Phone             phone.Number
	Email             email.Address
	Role              Role
	Source            Source
	JoinedAt          sqldb.Time
	LoginEnabled      bool
	AuthorizedAt      sqldb.Time
	CredentialsSentAt sqldb.Time
	AcceptedAt        sqldb.Time // when staff accepted what the contact deposited by the public form, see Unseen
}

// State is what a list shows of the gates «joined» and «enabled» (product.md §2).
type State string

// The states.
const (
	WithoutLogin State = "without_login" // off, never sent
	Invited      State = "invited"       // on, not joined
	Active       State = "active"        // on, joined
	Disabled     State = "disabled"      // off, joined or sent before
)

// State is computed, never stored.
func (r Row) State() State {
	switch {
	case r.LoginEnabled && !r.JoinedAt.IsZero():
		return Active
	case r.LoginEnabled:
		return Invited
	case !r.JoinedAt.IsZero() || !r.CredentialsSentAt.IsZero():
		return Disabled
	}
	return WithoutLogin
}

// Label is the personal identifier: «C-000123».
func (r Row) Label() string { return Label(r.Number) }

// Label writes a contact's number as people read it: «C-000123».
func Label(number int64) string { return fmt.Sprintf("C-%06d", number) }

// Subject is the contact in the history.
func (r Row) Subject() journal.Subject {
	return journal.Subject{Kind: "contact", ID: r.ID.UUID, Number: r.Label()}
}

const (
	rowColumns = `id, organization_id, number, civility, family_name, given_name, job_title, mobile, phone, email, role, source, joined_at, login_enabled, authorized_at, credentials_sent_at, accepted_at`
	columns    = rowColumns + `, account_id, login_email, locale, time_zone, login_id, login_disabled_by, login_epoch, authorized_by, last_sign_in_at, submission, version, created_at, updated_at, updated_by`
)

func (r *Row) fields() []any {
	return []any{&r.ID, &r.Organization, &r.Number, &r.Civility, &r.FamilyName, &r.GivenName, &r.JobTitle, &r.Mobile, &r.Phone, &r.Email,
		&r.Role, &r.Source, &r.JoinedAt, &r.LoginEnabled, &r.AuthorizedAt, &r.CredentialsSentAt, &r.AcceptedAt}
}

func scanRow(row sqldb.Scanner) (r Row, err error) { return r, row.Scan(r.fields()...) }

func (c *Contact) all() []any {
	return append(c.fields(), &c.Account, &c.LoginEmail, &c.Locale, &c.TimeZone, &c.Login, &c.LoginDisabledBy,
		&c.LoginEpoch, &c.AuthorizedBy, &c.LastSignInAt, &c.Submission, &c.Version, &c.CreatedAt, &c.UpdatedAt, &c.UpdatedBy)
}

func scan(row sqldb.Scanner) (c Contact, err error) { return c, row.Scan(c.all()...) }

// Get reads one contact; fault.NotFound when the workspace has none such. Permission: SeeContacts.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact) (Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return Contact{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND id = $2`, by.Workspace, contact)
}

// ByNumber reads the contact that bears the number; fault.NotFound. Permission: SeeContacts.
func ByNumber(ctx context.Context, tx *sqldb.Tx, by actor.Actor, number int64) (Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return Contact{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND number = $2`, by.Workspace, number)
}

// ofAccount reads the workspace's contact of the account; fault.NotFound.
func ofAccount(ctx context.Context, tx *sqldb.Tx, by actor.Actor, account id.Account) (Contact, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE account_id = $1 AND workspace_id = $2`, account, by.Workspace)
}
