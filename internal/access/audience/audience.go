// Package audience says to package notice, below, who the people are that it tells, and what they may see of contacts and of
// their own login. It asks the gates of package access and opens none.
package audience

import (
	"bytes"
	"context"
	"database/sql"
	"slices"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// People reads contacts of a workspace that have joined, as they come in now, for notice.Options; others are left out. Letters go to the
// login, in its own language and time zone. It asks for no permission, being for the program itself.
func People(ctx context.Context, tx *sqldb.Tx, in id.Workspace, of []id.Contact) (map[id.Contact]notice.Person, error) {
	host, err := workspace.Get(ctx, tx, in)
	if err != nil {
		return nil, err
	}
	clause, args := sqldb.In(tx, []any{in}, of)
	people := make(map[id.Contact]notice.Person, len(of))
	_, err = sqldb.List(ctx, tx, func(row sqldb.Scanner) (struct{}, error) {
		p, err := scanPerson(row, host)
		people[p.Contact] = p
		return struct{}{}, err
	}, `SELECT c.id, c.organization_id, c.number, c.given_name, c.role, c.joined_at, c.login_enabled, c.authorized_at, o.name, o.archived_at,
			l.id, l.email, l.name, l.locale, l.time_zone
		FROM contact c JOIN organization o ON o.workspace_id = c.workspace_id AND o.id = c.organization_id JOIN login l ON l.id = c.login_id
		WHERE c.workspace_id = $1 AND +c.joined_at IS NOT NULL AND c.id `+clause, args...)
	return people, err
}

func scanPerson(row sqldb.Scanner, host workspace.Workspace) (notice.Person, error) {
	place := access.Place{Workspace: host}
	var given name.Part
	var authorized, archived sqldb.Time
	var l login.Login
	var address email.Address
	var called sql.NullString
	err := row.Scan(&place.Contact, &place.Organization, &place.Number, &given, &place.Role, &place.JoinedAt, &place.Gates.Enabled, &authorized, &place.Name, &archived,
		&l.ID, &address, &called, &l.Locale, &l.TimeZone)
	place.Gates.Joined, place.Gates.Authorized, place.Gates.Archived = true, !authorized.IsZero(), !archived.IsZero()
	by := place.Actor(l.ID)
	if !place.Gates.Admit() {
		by = actor.Actor{Workspace: host.ID, Organization: place.Organization}
	}
	return notice.Person{
		Contact: place.Contact, Number: place.Number, By: by, Open: place.Gates.Open(), Leads: place.Role != contact.User, Subject: subject(place),
		To: address, Name: called.String, GivenName: given.String(), P: locale.For(l.Locale, host.OrganizationNoun, host.HostNoun(), l.Zone()),
		Workspace: host.Name, Slug: host.Slug, Organization: place.Name,
	}, err
}

// subject is the contact of a place in the history.
func subject(p access.Place) journal.Subject {
	return contact.Row{ID: p.Contact, Number: p.Number}.Subject()
}

// Leaders lists the admins of an organisation whose gates are open, for notice.Options. They are put in order here: asked for
// it, SQLite walks all contacts of the workspace, which are in that order already; and all that ever joined without the +.
func Leaders(ctx context.Context, tx *sqldb.Tx, in id.Workspace, of id.Organization) ([]id.Contact, error) {
	list, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND role <> 'user'
		AND +joined_at IS NOT NULL AND login_enabled = 1 AND authorized_at IS NOT NULL`, in, of)
	slices.SortFunc(list, func(a, b id.Contact) int { return bytes.Compare(a.UUID[:], b.UUID[:]) })
	return list, err
}

// Sources are what notices of this room are about: contacts, one's organisation as their list, and one's own login.
func Sources() []notice.Source {
	return []notice.Source{{Kind: "contact", See: seeContacts}, {Kind: "organization", See: seeList}, {Kind: notice.OwnLogin, See: seeLogin}}
}

// seeList sees the contacts of one's own organisation.
func seeList(_ context.Context, _ *sqldb.Tx, by actor.Actor, of []id.UUID) (map[id.UUID]notice.Sight, error) {
	seen := make(map[id.UUID]notice.Sight, 1)
	for _, u := range of {
		if u == by.Organization.UUID && by.Kind == actor.Contact && by.May(actor.SeeColleagues) {
			seen[u] = notice.Sight{Path: "/contacts"}
		}
	}
	return seen, nil
}

func seeContacts(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.UUID) (map[id.UUID]notice.Sight, error) {
	ids := make([]id.Contact, len(of))
	for i, u := range of {
		ids[i] = id.Contact{UUID: u}
	}
	rows, err := contact.ColleaguesOf(ctx, tx, by, ids)
	seen := make(map[id.UUID]notice.Sight, len(rows))
	for _, c := range rows {
		seen[c.ID.UUID] = notice.Sight{Label: c.GivenName.String() + " " + c.FamilyName.String(), Path: "/contacts/" + c.ID.String()}
	}
	return seen, err
}

func seeLogin(_ context.Context, _ *sqldb.Tx, by actor.Actor, of []id.UUID) (map[id.UUID]notice.Sight, error) {
	seen := make(map[id.UUID]notice.Sight, 1)
	for _, u := range of {
		if u == by.Contact.UUID {
			seen[u] = notice.Sight{Path: "/profile", Outside: true}
		}
	}
	return seen, nil
}

// Alarmed tells everybody whom the login comes in as that something has happened to it, in the bell; of a sign-in from another
// browser a letter tells too, once. The desk calls it (login.Desk.OnAlarm) in the transaction in which it happens.
func Alarmed(ctx context.Context, tx *sqldb.Tx, of id.Login, what login.Alarm) error {
	kind := map[login.Alarm]notice.Kind{login.NewBrowser: notice.SignedIn, login.NewPassword: notice.PasswordChanged, login.NewAddress: notice.AddressChanged}[what]
	places, err := access.Places(ctx, tx, of)
	if err != nil {
		return err
	}
	written := kind != notice.SignedIn // login's own letters tell of the rest
	for _, p := range places {
		if !p.Gates.Open() || p.JoinedAt == tx.Now() {
			continue
		}
		about := subject(p)
		about.Kind = notice.OwnLogin
		err := notice.Tell(ctx, tx, p.Actor(of), notice.Event{Kind: kind, Subject: about, Organization: p.Organization, To: []id.Contact{p.Contact}, BellOnly: written})
		if err != nil {
			return err
		}
		written = true
	}
	return nil
}
