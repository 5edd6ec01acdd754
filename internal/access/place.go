package access

import (
	"cmp"
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Place is where a login has joined: an organisation of a workspace, as one of its contacts.
type Place struct {
	Workspace    workspace.Workspace
	Organization id.Organization
	Name         string // the organisation's
	Contact      id.Contact
	Number       int64 // the contact's, see contact.Label
	Role         contact.Role
	JoinedAt     sqldb.Time
	Gates        Gates
	DisabledBy   string // who switched the contact off: "", "staff" or "portal"
}

// Actor is the login as it comes in there; where the gates do not admit it, one who may do nothing.
func (p Place) Actor(of id.Login) actor.Actor {
	if !p.Gates.Admit() {
		return actor.Actor{}
	}
	return actor.Actor{
		Kind: actor.Contact, Workspace: p.Workspace.ID, Login: of, Contact: p.Contact, Organization: p.Organization,
		Role: actor.RoleOfContact(string(p.Role), p.Gates.Authorized),
	}
}

// subject is the contact in the history.
func (p Place) subject() journal.Subject {
	return contact.Row{ID: p.Contact, Number: p.Number}.Subject()
}

// Places lists where the login has joined, see Entrances.
func Places(ctx context.Context, tx *sqldb.Tx, of id.Login) ([]Place, error) {
	_, places, err := Entrances(ctx, tx, of)
	return places, err
}

// Entrances lists the workspaces that a login works for, and where it has joined, each by name, whether it is admitted there now or
// not. It is one read by two indexes, for each request anew: what it says holds for its transaction alone. It asks for no
// permission, being for the login itself.
func Entrances(ctx context.Context, tx *sqldb.Tx, of id.Login) (memberships []workspace.Membership, places []Place, err error) {
	// CROSS JOIN: SQLite keeps the order of the tables, which begins with the few rows of the login.
	_, err = sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
		var p Place
		var authorized, archived sqldb.Time
		var staff string
		err = row.Scan(append(p.Workspace.Fields(), &staff, &p.Organization, &p.Name, &archived, &p.Contact, &p.Number, &p.Role, &p.JoinedAt, &p.Gates.Enabled, &authorized, &p.DisabledBy)...)
		if staff != "" {
			memberships = append(memberships, workspace.Membership{Workspace: p.Workspace, Role: actor.RoleOfStaff(staff)})
			return none, err
		}
		p.Gates.Joined, p.Gates.Authorized, p.Gates.Archived = !p.JoinedAt.IsZero(), !authorized.IsZero(), !archived.IsZero()
		places = append(places, p)
		return none, err
	}, `SELECT `+workspace.Columns+`, s.role, NULL, '', NULL, NULL, 0, '', NULL, 0, NULL, ''
		FROM staff s CROSS JOIN workspace w WHERE s.login_id = $1 AND w.id = s.workspace_id
		UNION ALL SELECT `+workspace.Columns+`, '', o.id, o.name, o.archived_at, c.id, c.number, c.role, c.joined_at, c.login_enabled, c.authorized_at, c.login_disabled_by
		FROM contact c CROSS JOIN organization o CROSS JOIN workspace w
		WHERE c.login_id = $1 AND c.joined_at IS NOT NULL AND o.workspace_id = c.workspace_id AND o.id = c.organization_id AND w.id = c.workspace_id`, of)
	slices.SortFunc(memberships, func(a, b workspace.Membership) int {
		return cmp.Or(cmp.Compare(name.Fold(a.Workspace.Name), name.Fold(b.Workspace.Name)), cmp.Compare(a.Workspace.Slug, b.Workspace.Slug))
	})
	slices.SortFunc(places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(name.Fold(a.Name), name.Fold(b.Name)), cmp.Compare(a.Workspace.Slug, b.Workspace.Slug),
			cmp.Compare(a.Organization.String(), b.Organization.String()))
	})
	return memberships, places, err
}

// SignedIn notes that the login is signing in: as « Date de la dernière connexion » of every contact that it has joined
// as and of every team that it belongs to, in the history of every organisation that admits it, and once in the week's sign-ins of every workspace that
// it works for or is admitted to as a contact. The desk calls it (login.Desk.OnSignIn) in the transaction that lets the person in.
func SignedIn(ctx context.Context, tx *sqldb.Tx, of id.Login) error {
	memberships, places, err := Entrances(ctx, tx, of)
	if err != nil {
		return err
	}
	if len(places) > 1 { // in one order, as whoever sends credentials to several of them writes them
		if _, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE login_id = $1 ORDER BY id`+tx.ForLock(), of); err != nil {
			return err
		}
	}
	if len(places) > 0 {
		if _, err := tx.Exec(ctx, `UPDATE contact SET last_sign_in_at = $1 WHERE login_id = $2`, tx.Now(), of); err != nil {
			return err
		}
	}
	if len(memberships) > 0 {
		if err := workspace.StaffSignedIn(ctx, tx, of); err != nil {
			return err
		}
	}
	hosts := make(map[id.Workspace]workspace.Workspace, len(memberships)+len(places))
	for _, m := range memberships {
		hosts[m.Workspace.ID] = m.Workspace
	}
	var acts []journal.Act
	for _, p := range places {
		if !p.Gates.Admit() {
			continue
		}
		hosts[p.Workspace.ID] = p.Workspace
		if p.JoinedAt != tx.Now() { // else «joined» says it, the same whether the login is new or was there before
			acts = append(acts, journal.Act{By: p.Actor(of), Entry: journal.Entry{Kind: journal.SignedIn, Subject: p.subject(), Organization: p.Organization}})
		}
	}
	for _, w := range hosts {
		login.CountSignIn(tx, w.ID, w.Zone())
	}
	return journal.RecordActs(ctx, tx, acts)
}
