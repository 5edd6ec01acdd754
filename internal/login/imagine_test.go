package login_test

import (
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestImagine(t *testing.T) {
	each(t, func(h house) {
		known := h.person("helene.garnier@brenval.example")
		locked, err := h.desk.Hash(h.Context(), "tabouret 7 lanterne granit")
		if err != nil {
			h.Fatal(err)
		}
		people := []login.New{
			{Email: "helene.garnier@brenval.example", Name: "Hélène Garnier"},
			{Email: "enora.tanguy@armen.example", Name: "Enora Tanguy", Locale: "en", TimeZone: "Indian/Reunion"},
			{Email: "enora.tanguy@armen.example", Name: "E. Tanguy"},
		}
		imagine := func(by actor.Actor) (made map[email.Address]id.Login, err error) {
			err = h.db.Update(h.Context(), func(tx *sqldb.Tx) (err error) {
				made, err = login.Imagine(h.Context(), tx, by, people, locked)
				return err
			})
			return made, err
		}
		h.rule("who is there already stays as they are; each other address gets one login", func(h house) {
			first, err := imagine(actor.OfProgram(0))
			if err != nil || len(first) != 2 || first[known.Email] != known.ID {
				h.Fatal(first, err)
			}
			again, err := imagine(actor.OfProgram(0))
			if err != nil || len(again) != 2 {
				h.Fatal(again, err)
			}
			for address, l := range first {
				if again[address] != l || l.IsZero() {
					h.Errorf("%v: %v, then %v", address, l, again[address])
				}
			}
			if err := h.try(login.Credentials{Email: "helene.garnier@brenval.example", Password: good}); err != nil {
				h.Error(err)
			}
		})
		h.rule("nobody but this program may", func(h house) {
			if _, err := imagine(actor.Actor{Kind: actor.Staff, Workspace: 1, Role: actor.StaffAdmin}); !fault.Is(err, fault.Forbidden) {
				h.Error(err)
			}
		})
	})
}
