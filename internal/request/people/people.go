// Package people says who somebody of a support request is, and what they are called now: a contact of the organisation,
// somebody of the host's staff, or the program. It knows nothing of requests, and asks for no permission: whom a request
// tells of, package request decides.
package people

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
)

// Person is somebody as a request keeps them: they may be gone, and then have no name.
type Person struct {
	Kind   actor.Kind // Contact, Staff; Program has no ID
	ID     id.UUID    // the contact's, the login's; zero = nobody
	Number int64      // of a contact: what it was called when it is gone, see contact.Label
	Name   string     // "" = gone, or the program
	Former bool       // another person has taken the contact over since (contact.Rename): there is no name for the one before
}

// IsZero reports whether it is nobody.
func (p Person) IsZero() bool { return p.Kind == "" }

// Crowd gathers persons whose names are read together. Make it with Gather.
type Crowd struct {
	by       actor.Actor
	contacts map[id.Contact][]mention
	logins   map[id.Login][]*Person
	programs map[id.Token][]*Person
}

// mention is a person, and when it was they.
type mention struct {
	person *Person
	at     sqldb.Time
}

// Gather makes a crowd of nobody, for the caller: an organisation's own people are not told what programs are called.
func Gather(by actor.Actor) Crowd {
	return Crowd{by, map[id.Contact][]mention{}, map[id.Login][]*Person{}, map[id.Token][]*Person{}}
}

// Add adds persons who did something, or to whom something was done, at that moment.
func (c Crowd) Add(at sqldb.Time, persons ...*Person) {
	for _, p := range persons {
		switch {
		case p.ID.IsZero():
		case p.Kind == actor.Contact:
			contact := id.Contact{UUID: p.ID}
			c.contacts[contact] = append(c.contacts[contact], mention{p, at})
		case p.Kind == actor.Staff:
			login := id.Login{UUID: p.ID}
			c.logins[login] = append(c.logins[login], p)
		case p.Kind == actor.Program && c.by.Kind != actor.Contact:
			program := id.Token{UUID: p.ID}
			c.programs[program] = append(c.programs[program], p)
		}
	}
}

// Name writes the names of those who are still there.
func (c Crowd) Name(ctx context.Context, tx *sqldb.Tx) error {
	for chunk := range slices.Chunk(keys(c.contacts), 64) {
		if err := c.nameContacts(ctx, tx, chunk); err != nil {
			return err
		}
	}
	logins, err := login.Names(ctx, tx, keys(c.logins))
	if err != nil {
		return err
	}
	give(c.logins, logins)
	programs, err := token.Names(ctx, tx, c.by.Workspace, keys(c.programs))
	give(c.programs, programs)
	return err
}

func give[K comparable](persons map[K][]*Person, names map[K]string) {
	for key, list := range persons {
		for _, p := range list {
			p.Name = names[key]
		}
	}
}

func (c Crowd) nameContacts(ctx context.Context, tx *sqldb.Tx, some []id.Contact) error {
	in, args := sqldb.In(tx, []any{c.by.Workspace}, some)
	_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
		var contact id.Contact
		var number int64
		var given, family name.Part
		var replaced sqldb.Time
		err = row.Scan(&contact, &number, &given, &family, &replaced)
		for _, m := range c.contacts[contact] {
			m.person.Number, m.person.Former = number, m.at < replaced
			if !m.person.Former {
				m.person.Name = given.String() + " " + family.String()
			}
		}
		return none, err
	}, `SELECT id, number, given_name, family_name, replaced_at FROM contact WHERE workspace_id = $1 AND id `+in, args...)
	return err
}

func keys[K comparable, V any](m map[K]V) []K {
	list := make([]K, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}
