package dispatch

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Prospect is what would become of one contact, unless those switched off are to be switched on.
type Prospect struct {
	Contact id.Contact
	Result  Result
}

// Foresee says what would become of the contacts, in their order, before anybody sends: it changes nothing, and what is
// changed before the sending is done may make it otherwise. Permission: SendToMany.
func Foresee(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contacts []id.Contact) ([]Prospect, error) {
	if err := by.Need(actor.SendToMany); err != nil {
		return nil, err
	}
	contacts = distinct(contacts)
	list, claimed := make([]Prospect, 0, len(contacts)), make(map[claim]bool)
	for chunk := range slices.Chunk(contacts, sqldb.Many) {
		known, err := candidates(ctx, tx, by, chunk)
		if err != nil {
			return nil, err
		}
		for _, c := range chunk {
			list = append(list, Prospect{c, known[c].result(by, claimed)})
		}
	}
	return list, nil
}

// claim is an address that somebody of an organisation would sign in with from then on.
type claim struct {
	organization id.Organization
	email        email.Address
}

// candidate is what sending asks of a contact.
type candidate struct {
	contact.Contact
	archived, taken bool // taken: somebody else of the organisation signs in with the professional e-mail
}

func candidates(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contacts []id.Contact) (map[id.Contact]candidate, error) {
	in, args := sqldb.In(tx, []any{by.Workspace}, contacts)
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (c candidate, err error) {
		return c, row.Scan(&c.ID, &c.Organization, &c.Role, &c.Email, &c.LoginEmail, &c.LoginEnabled, &c.LoginDisabledBy, &c.Login, &c.JoinedAt, &c.CredentialsSentAt, &c.archived, &c.taken)
	}, `SELECT c.id, c.organization_id, c.role, c.email, c.login_email, c.login_enabled, c.login_disabled_by, c.login_id, c.joined_at, c.credentials_sent_at, c.archived,
			CASE WHEN c.login_email IS NULL AND EXISTS (SELECT 1 FROM contact o
				WHERE o.workspace_id = c.workspace_id AND o.organization_id = c.organization_id AND o.login_email = c.email AND o.id <> c.id) THEN 1 ELSE 0 END
		FROM contact c WHERE c.workspace_id = $1 AND c.id `+in, args...)
	known := make(map[id.Contact]candidate, len(list))
	for _, c := range list {
		known[c.ID] = c
	}
	return known, err
}

// result judges as access.Inviter.Send does, in the same order, and claims the address that would be taken.
func (c candidate) result(by actor.Actor, claimed map[claim]bool) Result {
	own := claim{c.Organization, c.Email}
	switch {
	case c.ID.IsZero():
		return Deleted
	case c.archived:
		return Archived
	case access.AsksToSwitchOn(c.Contact):
		return SwitchedOff
	case !c.Login.IsZero():
		return Reminded
	case !c.LoginEmail.IsZero():
		return Invited
	case c.Email.IsZero():
		return NoAddress
	case c.Allow(by, contact.SetLoginEmail) != nil:
		return Refused
	case c.taken || claimed[own]:
		return AddressTaken
	}
	claimed[own] = true
	return Invited
}

// Count is how many prospects have which result.
func Count(list []Prospect) Counts {
	counts := Counts{}
	for _, p := range list {
		counts[p.Result]++
	}
	return counts
}
