package login

import (
	"context"
	"errors"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Imagine gives the logins of invented people (package sample) by their addresses, and makes those that are not there
// yet, with one password for all that nobody knows. No history says anything of it. Only this program may; no face
// calls it.
func Imagine(ctx context.Context, tx *sqldb.Tx, by actor.Actor, people []New, unknown Hash) (map[email.Address]id.Login, error) {
	if by.Kind != actor.Program {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if unknown.phc == "" {
		return nil, errors.New("login: a login without password")
	}
	found := make(map[email.Address]id.Login, len(people))
	rows := make([][]any, 0, len(people))
	for _, in := range people {
		l, err := in.parse()
		if err != nil {
			return nil, err
		}
		if _, twice := found[l.Email]; twice {
			continue
		}
		found[l.Email] = id.Login{}
		rows = append(rows, []any{unknown.phc, id.NewLogin(), l.Email, l.Name, string(l.Locale), l.TimeZone, l.Theme, 1, tx.Now(), tx.Now()})
	}
	made, err := sqldb.InsertReturning(ctx, tx, func(row sqldb.Scanner) (l Login, err error) { return l, row.Scan(&l.ID, &l.Email) },
		`login (password_hash, `+columns+`)`, rows, `ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id, email`)
	for _, l := range made {
		found[l.Email] = l.ID
	}
	return found, err
}
