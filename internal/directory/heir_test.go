package directory_test

import (
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestHeir(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		org, beside := newOrganization(t, db, by, "81245739800020"), newOrganization(t, db, by, "35600000000048")
		leaving := create(t, db, by, org, person("Le Gall", "Maëlle"))
		costa, riou := create(t, db, by, org, person("Da Costa", "Inês")), create(t, db, by, org, person("Riou", "Maëlle"))
		create(t, db, by, org, person("Rioual", "Anne"))
		far := create(t, db, by, beside, person("Quintrec", "Yann"))
		for who, by := range map[string]actor.Actor{"staff": by, "the portal": through(by, costa, actor.PortalAdmin)} {
			heir := func(said string) (heir id.Contact, err error) {
				view(t, db, func(tx *sqldb.Tx) error {
					heir, err = directory.Heir(t.Context(), tx, by, leaving.Row, said)
					return nil
				})
				return heir, err
			}
			t.Run("a name or an identifier that one alone has means them, nothing means nobody: "+who, func(t *testing.T) {
				for said, want := range map[string]id.Contact{
					"": {}, "  ": {}, "costa": costa.ID, costa.Label(): costa.ID, "riou maë": riou.ID, "maëlle": riou.ID, riou.ID.String(): riou.ID, far.ID.String(): far.ID,
				} {
					if got, err := heir(said); got != want || err != nil {
						t.Errorf("%q: %v, %v", said, got, err)
					}
				}
			})
			t.Run("who is nobody of the organisation, or leaves, is not found; nor are several: "+who, func(t *testing.T) {

				for said, key := range map[string]string{
					"quintrec": "contact.successor_unknown", far.Label(): "contact.successor_unknown", "le gall": "contact.successor_unknown", "riou": "contact.successor_several",
				} {
					_, err := heir(said)
					if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Fields[0].Name != "successor" || f.Fields[0].Key != key {
						t.Errorf("%q: %v", said, err)
					}
				}
			})
		}
	})
}
