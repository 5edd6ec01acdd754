package canned_test

import (
	"context"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/canned"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func TestCanned(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		host := func(slug string) actor.Actor {
			by := actor.Actor{Kind: actor.Staff, Login: id.NewLogin(), Role: actor.StaffAdmin}
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: slug, Kind: "school"})
				by.Workspace = w.ID
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return by
		}
		admin, foreign := host("brenval"), host("orvane")
		officer, contact := admin, admin
		officer.Role = actor.StaffOfficer
		contact.Kind, contact.Contact, contact.Organization, contact.Role = actor.Contact, id.NewContact(), id.NewOrganization(), actor.PortalSuperAdmin
		set := func(by actor.Actor, in canned.Input) (a canned.Answer, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				a, err = canned.Set(t.Context(), tx, by, in)
				return err
			})
			return a, err
		}
		titles := func(by actor.Actor) string {
			var list []string
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				all, err := canned.List(t.Context(), tx, by)
				for _, a := range all {
					list = append(list, a.Title)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(list, ", ")
		}
		is := func(t *testing.T, err error, kind fault.Kind) {
			t.Helper()
			if !fault.Is(err, kind) {
				t.Errorf("%v, want %s", err, kind)
			}
		}
		form := canned.Input{Title: "Redémarrage", Text: "Bonjour,\n\nredémarrez.", Submission: id.NewAnswer().UUID}
		a, err := set(admin, form)
		if err != nil {
			t.Fatal(err)
		}
		t.Run("a form posted twice makes one; two have not the same title, accents and case apart", func(t *testing.T) {
			if again, err := set(admin, form); err != nil || again.ID != a.ID {
				t.Errorf("%+v, %v", again, err)
			}
			_, err := set(admin, canned.Input{Title: "REDEMARRAGE", Text: "x"})
			is(t, err, fault.Conflict)
			_, err = set(admin, canned.Input{Title: " ", Text: " "})
			if f := fault.As(err); f == nil || len(f.Fields) != 2 {
				t.Error(err)
			}
		})
		t.Run("who changes what somebody else has changed meanwhile is told", func(t *testing.T) {
			b, err := set(admin, canned.Input{ID: a.ID, Title: "Relance", Text: "Alors ?", Version: a.Version})
			if err != nil || b.Version != a.Version+1 {
				t.Errorf("%+v, %v", b, err)
			}
			now, err := set(admin, canned.Input{ID: a.ID, Title: "Autre", Text: "x", Version: a.Version})
			is(t, err, fault.Conflict)
			if now.Title != "Relance" {
				t.Errorf("%+v", now)
			}
		})
		t.Run("officers use them and change nothing; an organisation’s people do not see them, nor another workspace", func(t *testing.T) {
			if got := titles(officer); got != "Relance" {
				t.Error(got)
			}
			if got := titles(foreign); got != "" {
				t.Error(got)
			}
			_, err := set(officer, canned.Input{Title: "x", Text: "x"})
			is(t, err, fault.Forbidden)
			_, err = set(foreign, canned.Input{ID: a.ID, Title: "x", Text: "x", Version: 2})
			is(t, err, fault.NotFound)
			is(t, db.View(t.Context(), func(tx *sqldb.Tx) error { _, err := canned.List(t.Context(), tx, contact); return err }), fault.Forbidden)
		})
		t.Run("one that is removed is gone; again, too", func(t *testing.T) {
			remove := func(by actor.Actor) error {
				return db.Update(t.Context(), func(tx *sqldb.Tx) error { return canned.Remove(context.Background(), tx, by, a.ID) })
			}
			is(t, remove(officer), fault.Forbidden)
			if err := remove(foreign); err != nil || titles(admin) == "" {
				t.Error(err)
			}
			for range 2 {
				if err := remove(admin); err != nil {
					t.Error(err)
				}
			}
			if got := titles(admin); got != "" {
				t.Error(got)
			}
		})
	})
}
