package directory_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestSimilar(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		org := newOrganization(t, db, by, "81245739800020")
		for _, p := range [][2]string{{"Le Gall", "Maëlle"}, {"Le Gal", "Maelle"}, {"Diallo", "Ibrahima"}} {
			create(t, db, by, org, person(p[0], p[1]))
		}
		for _, x := range []struct{ says, family, given, want string }{
			{"the same name comes first, close ones after", "LE-GALL", "maelle", "Le Gall, Le Gal"},
			{"names typed in each other's field are the same", "Ibrahima", "Diallo", "Diallo"},
			{"a slip of a letter is close", "Dialo", "Ibra", "Diallo"},
			{"others are not", "Kervella", "Yann", ""},
		} {
			t.Run(x.says, func(t *testing.T) {
				view(t, db, func(tx *sqldb.Tx) error {
					rows, err := directory.Similar(t.Context(), tx, by, org, x.family, x.given)
					var names []string
					for _, r := range rows {
						names = append(names, r.FamilyName.String())
					}
					if got := strings.Join(names, ", "); got != x.want {
						t.Errorf("%s, want %s", got, x.want)
					}
					return err
				})
			})
		}
		t.Run("an organisation's own admins are told of those whom the portal shows them, and of no other organisation", func(t *testing.T) {
			hidden := person("Kerannic", "Maël")
			hidden.Source = contact.Landing
			create(t, db, by, org, hidden)
			beside := newOrganization(t, db, by, "35600000000048")
			seen := create(t, db, by, org, person("Kerannick", "Maël"))
			admin := through(by, seen, actor.PortalAdmin)
			for who, want := range map[*actor.Actor]int{&by: 2, &admin: 1} {
				view(t, db, func(tx *sqldb.Tx) error {
					rows, err := directory.Similar(t.Context(), tx, *who, org, "Kerannic", "Maël")
					if len(rows) != want {
						t.Errorf("%d, want %d", len(rows), want)
					}
					return err
				})
			}
			for _, x := range []struct {
				who  actor.Actor
				of   id.Organization
				kind fault.Kind
			}{{admin, beside, fault.NotFound}, {through(by, seen, actor.PortalUser), org, fault.Forbidden}} {
				err := db.View(t.Context(), func(tx *sqldb.Tx) error {
					_, err := directory.Similar(t.Context(), tx, x.who, x.of, "Kerannic", "Maël")
					return err
				})
				if !fault.Is(err, x.kind) {
					t.Error(err)
				}
			}
		})
		t.Run("the same name is known however it is written", func(t *testing.T) {
			c := create(t, db, by, org, person("Nom Aa", "Ève"))
			if !directory.SameName(c.Row, "NOM-Aa", "Eve") || directory.SameName(c.Row, "Nom ab", "Eve") {
				t.Error("names are not compared folded")
			}
		})
	})
}
