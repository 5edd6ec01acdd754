package api_test

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
)

// with is a program whose token has the rights.
func with(t testing.TB, h *officetest.House, of officetest.Host, name string, rights ...string) client {
	t.Helper()
	c := client{TB: t, h: h}
	h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		_, c.secret, err = token.Create(ctx, tx, of.Admin.Actor, token.Input{Name: name, Rights: rights})
		return err
	})
	return c
}

// all is a program that may do everything that programs may.
func all(t testing.TB, h *officetest.House, of officetest.Host) client {
	t.Helper()
	var rights []string
	for _, r := range actor.AllRights() {
		rights = append(rights, string(r))
	}
	return with(t, h, of, "ERP", rights...)
}
