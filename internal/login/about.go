package login

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/password"
	"github.com/entregent/entregent/internal/sqldb"
)

// Reading the tables of the rooms above is the price of names that no face has to remember to bring along (see
// recordAll).

// Hosts are the names of the workspaces that the login works for or has joined as a contact, in their order.
func Hosts(ctx context.Context, tx *sqldb.Tx, login id.Login) ([]string, error) {
	return sqldb.List(ctx, tx, sqldb.Value[string], `SELECT name FROM workspace
		WHERE id IN (SELECT workspace_id FROM staff WHERE login_id = $1 UNION SELECT workspace_id FROM contact WHERE login_id = $1) ORDER BY name, id`, login)
}

// organizations are the names of those that the login has joined as a contact.
func organizations(ctx context.Context, tx *sqldb.Tx, login id.Login) ([]string, error) {
	return sqldb.List(ctx, tx, sqldb.Value[string], `SELECT o.name FROM contact c
		JOIN organization o ON o.workspace_id = c.workspace_id AND o.id = c.organization_id WHERE c.login_id = $1`, login)
}

// About is what a login's password must not be made of: name, address, and the names of workspaces and organisations.
func About(ctx context.Context, tx *sqldb.Tx, login id.Login) ([]string, error) {
	l, err := Get(ctx, tx, login)
	if err != nil {
		return nil, err
	}
	hosts, err := Hosts(ctx, tx, login)
	if err != nil {
		return nil, err
	}
	joined, err := organizations(ctx, tx, login)
	return append(append(hosts, joined...), l.Name, l.Email.String()), err
}

func (d *Desk) about(ctx context.Context, login id.Login) (about []string, err error) {
	err = d.db.View(ctx, func(tx *sqldb.Tx) error {
		about, err = About(ctx, tx, login)
		return err
	})
	return about, err
}

// WeighOwn says what a password is worth, as ChangePassword judges it, while the caller types it. It changes nothing.
func (d *Desk) WeighOwn(ctx context.Context, by actor.Actor, typed string) (password.Strength, error) {
	about, err := d.about(ctx, by.Login)
	if err != nil {
		return password.Strength{}, err
	}
	return password.Weigh(typed, about...), nil
}
