package journal_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// aPerson gives the actor a row of its own among the logins.
func aPerson(t *testing.T, db *sqldb.DB, by actor.Actor, address string) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO login (id, email, name, password_hash, locale, time_zone, theme, created_at, password_changed_at, version)
			VALUES ($1, $2, 'Nadia Kessler', '-', 'fr', 'Europe/Paris', '', $3, $3, 1)`, by.Login, address, tx.Now())
		return err
	})
}

func TestAddComment(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := aHost(t, db, 1, "brenval")
		aPerson(t, db, by, "nadia@brenval.example")
		about := journal.Subject{Kind: "contact", ID: id.NewContact().UUID, Number: "C-000001"}
		org := id.NewOrganization()
		add := func(by actor.Actor, text string, form id.UUID) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return journal.AddComment(t.Context(), tx, by, about, org, text, form)
			})
		}
		comments := func() (texts []string) {
			for _, l := range find(t, db, by, journal.Filter{Subject: about.ID}).Lines {
				texts = append(texts, l.Comment)
			}
			return texts
		}

		t.Run("a comment is kept line by line, blanks cleaned, and stands in the organisation's history too", func(t *testing.T) {
			if err := add(by, "  Rappeler\tjeudi \r\n\r\nAprès 14 h\r\n\r\n", id.UUID{}); err == nil {
				t.Error("a tabulator was taken")
			}
			if err := add(by, "  Rappeler  jeudi \r\n\r\nAprès 14 h\r\n\r\n", id.UUID{}); err != nil {
				t.Fatal(err)
			}
			lines := find(t, db, by, journal.Filter{Organization: org}).Lines
			if len(lines) != 1 || lines[0].Comment != "Rappeler jeudi\n\nAprès 14 h" || lines[0].Kind != "contact.commented" {
				t.Errorf("%+v", lines)
			}
		})

		t.Run("the same form posted again, even at once, adds nothing", func(t *testing.T) {
			form, before := id.NewJob().UUID, len(comments())
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if err := add(by, "Deux fois", form); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := comments(); len(got) != before+1 || got[0] != "Deux fois" {
				t.Errorf("%q", got)
			}
		})

		t.Run("the history stays in order when a form was open for long", func(t *testing.T) {
			form := id.NewJob().UUID
			if err := add(by, "entre-temps", id.NewJob().UUID); err != nil {
				t.Fatal(err)
			}
			if err := add(by, "enfin", form); err != nil {
				t.Fatal(err)
			}
			if got := comments(); got[0] != "enfin" {
				t.Errorf("%q", got)
			}
		})

		t.Run("nothing, too much and what cannot be read is refused on the field", func(t *testing.T) {
			for _, text := range []string{"", " \n ", strings.Repeat("x", journal.MaxComment+1), strings.Repeat("x", 1<<20), "a\x00b", "a\u202eb", "\xff"} {
				err := add(by, text, id.NewJob().UUID)
				if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Fields[0].Name != "comment" {
					t.Errorf("%.20q: %v", text, err)
				}
			}
		})

		t.Run("whoever has no role may not", func(t *testing.T) {
			if err := add(actor.Actor{Workspace: 1, Login: by.Login}, "x", id.UUID{}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%v", err)
			}
		})
	})
}
