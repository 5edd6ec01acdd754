package request

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request/people"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Person is somebody as a request keeps them.
type Person = people.Person

// itself is the caller as a request keeps them.
func itself(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (Person, error) {
	p := Person{Kind: by.Sort(), ID: by.Who()}
	if by.Kind != actor.Contact {
		return p, nil
	}
	c, err := contact.Own(ctx, tx, by)
	p.Number, p.Name = c.Number, c.GivenName.String()+" "+c.FamilyName.String()
	return p, err
}

// follower reads a contact of the organisation who may come into the portal now, and so may follow a request.
func follower(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, whom id.Contact) (contact.Row, error) {
	rows, err := contact.Rows(ctx, tx, actor.OfProgram(by.Workspace), []id.Contact{whom})
	if err != nil {
		return contact.Row{}, err
	}
	row, there := rows[whom]
	switch {
	case !there || row.Organization != of || row.Unseen():
		return row, fault.OnField(fault.Invalid, "contact", fault.M("request.contact_unknown"))
	case row.State() != contact.Active || row.AuthorizedAt.IsZero():
		return row, fault.OnField(fault.Conflict, "contact", fault.M("request.contact_shut_out", "Name", row.GivenName.String()+" "+row.FamilyName.String()))
	}
	return row, nil
}

// Team lists the host's staff, to whom requests may be assigned, by name. Permission: HandleRequests.
func Team(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Person, error) {
	if err := by.Need(actor.HandleRequests); err != nil {
		return nil, err
	}
	members, err := workspace.Team(ctx, tx, actor.OfProgram(by.Workspace))
	team := make([]Person, len(members))
	for i, m := range members {
		team[i] = Person{Kind: actor.Staff, ID: m.Login.UUID, Name: m.Name}
	}
	return team, err
}

// member is a login of the team, to whom requests are assigned.
func member(ctx context.Context, tx *sqldb.Tx, by actor.Actor, login id.Login) error {
	_, err := workspace.StaffRole(ctx, tx, by.Workspace, login)
	if fault.Is(err, fault.NotFound) {
		return fault.OnField(fault.Invalid, "assignee", fault.M("request.assignee_unknown"))
	}
	return err
}
