package directory_test

import (
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
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

func newOrganization(t testing.TB, db *sqldb.DB, by actor.Actor, siret string) id.Organization {
	t.Helper()
	var o organization.Organization
	update(t, db, func(tx *sqldb.Tx) (err error) {
		o, err = organization.Create(t.Context(), tx, by, organization.Input{Name: "Ateliers Corvenne", SIRET: siret, City: "Quimper"})
		return err
	})
	return o.ID
}

// person is a whole and right input.
func person(family, given string) contact.Input {
	return contact.Input{Civility: "ms", FamilyName: family, GivenName: given, Phone: "02 61 91 40 10", Email: "contact@corvenne.example", Source: contact.Form}
}

func create(t testing.TB, db *sqldb.DB, by actor.Actor, of id.Organization, in contact.Input) (c contact.Contact) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) (err error) { c, err = contact.Create(t.Context(), tx, by, of, in); return err })
	return c
}

func find(t testing.TB, db *sqldb.DB, by actor.Actor, f directory.Filter) (part paging.Part[contact.Listed]) {
	t.Helper()
	view(t, db, func(tx *sqldb.Tx) (err error) { part, err = directory.Find(t.Context(), tx, by, f); return err })
	return part
}

func update(t testing.TB, db *sqldb.DB, fn func(*sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, db *sqldb.DB, fn func(*sqldb.Tx) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
