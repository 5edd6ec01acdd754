package request

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
	"github.com/entregent/entregent/internal/workspace"
)

// people gathers persons whose names are read together.
type people struct {
	by       actor.Actor
	contacts map[id.Contact][]*Person
	logins   map[id.Login][]*Person
	programs map[id.Token][]*Person
}

func newPeople(by actor.Actor) people {
	return people{by, map[id.Contact][]*Person{}, map[id.Login][]*Person{}, map[id.Token][]*Person{}}
}

func (p people) add(persons ...*Person) {
	for _, x := range persons {
		switch {
		case x.ID.IsZero():
		case x.Kind == actor.Contact:
			contact := id.Contact{UUID: x.ID}
			p.contacts[contact] = append(p.contacts[contact], x)
		case x.Kind == actor.Staff:
			login := id.Login{UUID: x.ID}
			p.logins[login] = append(p.logins[login], x)
		case x.Kind == actor.Program && p.by.Kind != actor.Contact:
			program := id.Token{UUID: x.ID}
			p.programs[program] = append(p.programs[program], x)
		}
	}
}

// name writes the names of those who are still there.
func (p people) name(ctx context.Context, tx *sqldb.Tx) error {
	if len(p.contacts) > 0 {
		rows, err := contact.Rows(ctx, tx, actor.OfProgram(p.by.Workspace), keys(p.contacts))
		if err != nil {
			return err
		}
		for contact, persons := range p.contacts {
			row, there := rows[contact]
			for _, x := range persons {
				if there {
					x.Name, x.Number = row.GivenName.String()+" "+row.FamilyName.String(), row.Number
				}
			}
		}
	}
	logins, err := login.Names(ctx, tx, keys(p.logins))
	if err != nil {
		return err
	}
	give(p.logins, logins)
	programs, err := token.Names(ctx, tx, p.by.Workspace, keys(p.programs))
	give(p.programs, programs)
	return err
}

func give[K comparable](persons map[K][]*Person, names map[K]string) {
	for key, list := range persons {
		for _, x := range list {
			x.Name = names[key]
		}
	}
}

func keys[K comparable, V any](m map[K]V) []K {
	list := make([]K, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}

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
	case !there || row.Organization != of || row.Source == contact.Landing && row.AuthorizedAt.IsZero():
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
