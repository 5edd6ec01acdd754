package look_test

import (
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/look"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// person is a new login.
func person(t *testing.T, db *sqldb.DB, address string) (l login.Login) {
	t.Helper()
	hash, err := login.NewDesk(db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 1}).Hash(t.Context(), "crapaud fleuret 41 boussole")
	if err == nil {
		err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
			l, err = login.Create(t.Context(), tx, actor.OfProgram(0), login.New{Email: address, Name: "Hélène Garnier"}, hash)
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLooks(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		anne, paul := person(t, db, "anne@brenval.example"), person(t, db, "paul@brenval.example")
		keep := func(whose id.Login, list, way string) (kept string, err error) {
			err = db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				kept, err = look.Keep(t.Context(), tx, actor.Actor{Kind: actor.Contact, Login: whose}, list, way)
				return err
			})
			return kept, err
		}
		now := func(whose id.Login) (l login.Login) {
			if err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { l, err = login.Get(t.Context(), tx, whose); return err }); err != nil {
				t.Fatal(err)
			}
			return l
		}
		t.Run("how somebody wants to see each list is kept, for them alone", func(t *testing.T) {
			for list, way := range map[string]string{"contacts": "size=48&view=grid", "requests": "state=é&x=;"} {
				if kept, err := keep(anne.ID, list, way); err != nil || look.Of(kept, list) != way {
					t.Error(kept, err)
				}
			}
			kept := now(anne.ID).Looks
			if look.Of(kept, "contacts") != "size=48&view=grid" || look.Of(kept, "requests") != "state=é&x=;" || look.Of(kept, "invoices") != "" || now(paul.ID).Looks != "" {
				t.Errorf("%q, %q", kept, now(paul.ID).Looks)
			}
		})
		t.Run("it does not grow for ever, nor does the profile become another one by it", func(t *testing.T) {
			for _, list := range []string{"a", "b", "c"} {
				if _, err := keep(anne.ID, list, strings.Repeat("x", 900)); err != nil {
					t.Fatal(err)
				}
			}
			kept, err := keep(anne.ID, "d", strings.Repeat("x", 5000))
			if err != nil || kept != now(anne.ID).Looks || look.Of(kept, "c") == "" || look.Of(kept, "contacts")+look.Of(kept, "d") != "" {
				t.Errorf("%v, %q", err, kept)
			}
			if now(anne.ID).Version != anne.Version {
				t.Error(now(anne.ID).Version)
			}
		})
		t.Run("nobody keeps nothing", func(t *testing.T) {
			if _, err := keep(id.Login{}, "contacts", "size=12"); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	})
}
