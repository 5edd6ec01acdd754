package journal_test

import (
	"slices"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestSince(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by, other := aHost(t, db, 1, "brenval"), aHost(t, db, 2, "orvane")
		entry := func(kind string, changes ...journal.Change) journal.Entry {
			return journal.Entry{Kind: kind, Subject: journal.Subject{Kind: "contact", ID: id.NewContact().UUID, Number: "C-000001"}, Changes: changes, Comment: "secret"}
		}
		since := func(by actor.Actor, after int64, size int) (kinds []string, last int64) {
			t.Helper()
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				events, err := journal.Since(t.Context(), tx, by, after, size)
				for _, e := range events {
					kinds, last = append(kinds, e.Kind), e.Seq
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return kinds, last
		}

		t.Run("an event is there once its line is sealed, oldest first, and goes on from the last one seen", func(t *testing.T) {
			for _, kind := range []string{"contact.created", "contact.edited", "contact.authorized"} {
				record(t, db, by, entry(kind))
			}
			if kinds, _ := since(by, 0, 0); len(kinds) != 0 {
				t.Errorf("before they are sealed: %v", kinds)
			}
			seal(t, db, 1, 2)
			kinds, last := since(by, 0, 2)
			rest, end := since(by, last, 2)
			if all := append(kinds, rest...); !slices.Equal(all, []string{"contact.created", "contact.edited", "contact.authorized"}) || end != 3 {
				t.Errorf("%v up to %d", all, end)
			}
			if none, _ := since(by, end, 2); len(none) != 0 {
				t.Error(none)
			}
		})
		t.Run("a line that was written earlier and comes late stands behind what was sealed before, so that nobody misses it", func(t *testing.T) {
			early := entry("contact.deleted")
			early.Line = id.NewLine()
			record(t, db, by, entry("contact.invited"))
			seal(t, db, 1, 10)
			_, seen := since(by, 0, 0)
			record(t, db, by, early) // as a transaction that was long under way
			seal(t, db, 1, 10)
			if kinds, last := since(by, seen, 0); !slices.Equal(kinds, []string{"contact.deleted"}) || last != seen+1 {
				t.Errorf("%v up to %d", kinds, last)
			}
		})
		t.Run("it names the fields and holds no values", func(t *testing.T) {
			record(t, db, by, entry("contact.edited", journal.Change{Field: "email", After: "m@corvenne.example"}))
			seal(t, db, 1, 10)
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				latest, err := journal.Latest(t.Context(), tx, by)
				if err != nil {
					return err
				}
				events, err := journal.Since(t.Context(), tx, by, latest-1, 0)
				if len(events) != 1 || !slices.Equal(events[0].Fields, []string{"email"}) || len(events[0].Changes) != 0 || events[0].Comment != "" {
					t.Errorf("%+v", events)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		t.Run("another workspace's are not in it, and nobody without the right reads it", func(t *testing.T) {
			if kinds, _ := since(other, 0, 0); len(kinds) != 0 {
				t.Error(kinds)
			}
			rights, _ := actor.ReadRights([]string{"contacts:write"})
			stranger := actor.OfToken(1, id.NewToken(), rights)
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				_, err := journal.Since(t.Context(), tx, stranger, 0, 0)
				_, latest := journal.Latest(t.Context(), tx, stranger)
				if !fault.Is(latest, fault.Forbidden) {
					t.Error(latest)
				}
				return err
			})
			if !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	})
}
