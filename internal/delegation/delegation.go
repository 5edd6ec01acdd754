// Package delegation keeps what the host lets an organisation's own people give by themselves: its envelope, which the
// host's staff set. Who may do what to whom is the policy's (package actor) and contact.Act's; the envelope only narrows
// it, for callers who are an organisation's own people, and never for staff.
//
// It knows no contact: whoever gives something (packages contact and access) says what, and is told what is refused.
package delegation

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Envelope is what an organisation's own people may give, within what the policy lets them.
type Envelope struct {
	AddContacts  bool
	GiveLogins   bool     // switch logins on, and say by which address
	GiveAdmin    bool     // the role admin; the role user may always be given
	MaxLogins    int64    // logins switched on in the organisation; 0 = no limit
	LoginDomains []string // of login e-mails, in order; none = any. A sub-domain is another domain
	Approval     bool     // staff authorise whom they add; credentials alone do not
	Version      int64    // 0 = never set: everything is allowed
	UpdatedAt    sqldb.Time
	UpdatedBy    id.Login
}

// everything is the envelope of an organisation for which none was set.
var everything = Envelope{AddContacts: true, GiveLogins: true, GiveAdmin: true}

const columns = `add_contacts, give_logins, give_admin, max_logins, login_domains, approval, version, updated_at, updated_by`

func scan(row sqldb.Scanner) (e Envelope, err error) {
	var domains string
	err = row.Scan(&e.AddContacts, &e.GiveLogins, &e.GiveAdmin, &e.MaxLogins, &domains, &e.Approval, &e.Version, &e.UpdatedAt, &e.UpdatedBy)
	e.LoginDomains = strings.Fields(domains)
	return e, err
}

// Get reads the organisation's envelope; one for which none was set allows everything. Whoever acts by it holds the
// organisation, which Set holds too. An organisation's own people read their own alone: else fault.NotFound.
// Permission: SeeOrganizations, of one's own organisation SeeColleaguesAccess.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (Envelope, error) {
	needed := actor.SeeOrganizations
	if by.Kind == actor.Contact {
		if needed = actor.SeeColleaguesAccess; of != by.Organization {
			return Envelope{}, fault.Missing()
		}
	}
	if err := by.Need(needed); err != nil {
		return Envelope{}, err
	}
	e, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM delegation WHERE workspace_id = $1 AND organization_id = $2`, by.Workspace, of)
	if fault.Is(err, fault.NotFound) {
		return everything, nil
	}
	return e, err
}

// Set writes the envelope. It changes nothing that exists: it refuses what comes. A version that is no longer the current
// one is a fault.Conflict «fault.version» with the envelope as it is now, and nothing is overwritten; but what is there
// already as wanted (a form sent twice) is confirmed. Permission: EditOrganizations; fault.NotFound.
func Set(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Input) (Envelope, error) {
	if err := by.Need(actor.EditOrganizations); err != nil {
		return Envelope{}, err
	}
	org, err := organization.Lock(ctx, tx, by, of)
	if err != nil {
		return Envelope{}, err
	}
	before, err := Get(ctx, tx, by, of)
	if err != nil {
		return Envelope{}, err
	}
	after, err := in.parse()
	if err != nil {
		return before, err
	}
	differing := changes(before, after)
	after.Version, after.UpdatedAt, after.UpdatedBy = before.Version+1, tx.Now(), by.Login
	switch {
	case len(differing) == 0 && before.Version > 0:
		_, err := tx.Exec(ctx, `UPDATE delegation SET version = version WHERE workspace_id = $1 AND organization_id = $2`, by.Workspace, of)
		return before, err
	case len(differing) > 0 && before.Version != in.Version:
		return before, fault.New(fault.Conflict, "fault.version")
	}
	if err := after.write(ctx, tx, by, of, before.Version == 0); err != nil || len(differing) == 0 {
		return after, err
	}
	return after, journal.Record(ctx, tx, by, journal.Entry{Kind: "organization.delegated", Subject: org.Subject(), Organization: of, Changes: differing})
}

func (e Envelope) write(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, first bool) error {
	values := []any{by.Workspace, of, e.AddContacts, e.GiveLogins, e.GiveAdmin, e.MaxLogins, strings.Join(e.LoginDomains, " "), e.Approval, e.Version, e.UpdatedAt, e.UpdatedBy}
	if first {
		return tx.InsertAll(ctx, `delegation (workspace_id, organization_id, `+columns+`)`, [][]any{values})
	}
	_, err := tx.Exec(ctx, `UPDATE delegation SET add_contacts = $3, give_logins = $4, give_admin = $5, max_logins = $6, login_domains = $7, approval = $8,
		version = $9, updated_at = $10, updated_by = $11 WHERE workspace_id = $1 AND organization_id = $2`, values...)
	return err
}
