package contact_test

import (
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// newHost makes a workspace and gives one of its staff admins.
func newHost(t testing.TB, db *sqldb.DB, slug, kind string) actor.Actor {
	t.Helper()
	var w workspace.Workspace
	update(t, db, func(tx *sqldb.Tx) (err error) {
		w, err = workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: "École Brenval", Kind: kind})
		return err
	})
	return actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffAdmin}
}
