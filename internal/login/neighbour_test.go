package login

import (
	"fmt"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// Whoever is somebody takes as long as their stored hash costs, which may be another cost than today's.
func TestUnknownAddressesCostWhatKnownOnesDo(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		s := secret.New()
		desk := func(memory uint32) *Desk {
			return NewDesk(db, s, DefaultLimits(), Hashing{Passes: 1, Memory: memory, Threads: 1, Concurrent: 4})
		}
		// costs counts what so many unknown addresses cost at the desk, by the memory of their hashes.
		costs := func(t *testing.T, d *Desk) map[uint32]int {
			t.Helper()
			n := make(map[uint32]int)
			for i := range 64 {
				var memory [2]uint32
				for again := range memory {
					c, err := d.approach(t.Context(), Credentials{Email: fmt.Sprintf("nobody%d@corvenne.example", i), Password: "x"})
					if err != nil {
						t.Fatal(err)
					}
					cost, salt, tag, err := c.hash.parts()
					if err != nil || !c.login.ID.IsZero() || [saltSize]byte(salt) != [saltSize]byte{} || [tagSize]byte(tag) != [tagSize]byte{} {
						t.Fatalf("%v: not a hash of nobody's", err)
					}
					memory[again] = cost.Memory
				}
				if memory[0] != memory[1] {
					t.Errorf("address %d cost %d, then %d", i, memory[0], memory[1])
				}
				n[memory[0]]++
			}
			return n
		}
		person := func(d *Desk, address string) {
			t.Helper()
			hash, err := d.Hash(t.Context(), "crapaud fleuret 41 boussole")
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := Create(t.Context(), tx, actor.Actor{Kind: actor.Program}, New{Email: address, Name: "Hélène Garnier"}, hash)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		before, today := desk(8), desk(16)
		t.Run("today's cost, as long as there is no login", func(t *testing.T) {
			if n := costs(t, today); n[16] != 64 {
				t.Error(n)
			}
		})
		for i := range 13 {
			person(before, fmt.Sprintf("%c.garnier@corvenne.example", 'a'+rune(i)))
		}
		t.Run("the old cost after a change, as long as all hashes are old", func(t *testing.T) {
			if n := costs(t, today); n[8] != 64 {
				t.Error(n)
			}
		})
		for i := range 13 {
			person(today, fmt.Sprintf("%c.garnier@corvenne.example", 'n'+rune(i)))
		}
		t.Run("both, as the hashes have them, and each address always the same", func(t *testing.T) {
			if n := costs(t, today); n[8] < 12 || n[16] < 12 {
				t.Error(n)
			}
		})
		t.Run("and the password of the one whose cost it is lets nobody in", func(t *testing.T) {
			_, err := today.SignIn(t.Context(), Credentials{Email: "nobody0@corvenne.example", Password: "crapaud fleuret 41 boussole"})
			if err == nil {
				t.Error("somebody is in")
			}
		})
	})
}
