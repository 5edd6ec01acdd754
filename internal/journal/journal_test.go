package journal_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// aHost puts a workspace into its table, below the room that does so for the program.
func aHost(t *testing.T, db *sqldb.DB, number id.Workspace, slug string) actor.Actor {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO workspace (id, slug, name, kind, organization_noun, country, locale, time_zone, brand, phone_required, created_at, version)
			VALUES ($1, $2, 'Brenval', 'school', 'company', 'FR', 'fr', 'Europe/Paris', '', 1, $3, 1)`, number, slug, tx.Now())
		return err
	})
	return actor.Actor{Kind: actor.Staff, Workspace: number, Login: id.NewLogin(), Role: actor.StaffOfficer}
}

func update(t *testing.T, db *sqldb.DB, fn func(*sqldb.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func record(t *testing.T, db *sqldb.DB, by actor.Actor, e journal.Entry) {
	t.Helper()
	update(t, db, func(tx *sqldb.Tx) error { return journal.Record(t.Context(), tx, by, e) })
}

func find(t *testing.T, db *sqldb.DB, by actor.Actor, f journal.Filter) (page journal.Page) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { page, err = journal.Find(t.Context(), tx, by, f); return err })
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestHistory(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by, other := aHost(t, db, 1, "brenval"), aHost(t, db, 2, "orvane")
		someone := journal.Subject{Kind: "contact", ID: id.NewContact().UUID, Number: "C-000001"}
		org := id.NewOrganization()
		record(t, db, by, journal.Entry{Kind: "contact.created", Subject: someone, Organization: org,
			Changes: []journal.Change{{Field: "family_name", After: "Le Gall"}, {Field: "email", After: "m@corvenne.example"}}})
		record(t, db, by, journal.Entry{Kind: "contact.authorized", Subject: someone, Organization: org})
		record(t, db, by, journal.Entry{Kind: "organization.edited", Subject: journal.Subject{Kind: "organization", ID: org.UUID}, Organization: org,
			Changes: []journal.Change{{Field: "city", Before: "Brest", After: "Quimper"}}, Comment: "déménagé"})

		t.Run("lines come newest first, with what was before and after", func(t *testing.T) {
			lines := find(t, db, by, journal.Filter{}).Lines
			if len(lines) != 3 || lines[0].Kind != "organization.edited" || lines[0].Changes[0] != (journal.Change{Field: "city", Before: "Brest", After: "Quimper"}) || lines[0].Comment != "déménagé" {
				t.Errorf("%+v", lines)
			}
			if last := lines[2]; last.Actor != by.Login.UUID || last.ActorKind != actor.Staff || last.Subject != someone || last.At.IsZero() {
				t.Errorf("%+v", last)
			}
		})

		t.Run("it can be asked for by subject, organisation, kind and person, and paged", func(t *testing.T) {
			for want, f := range map[int]journal.Filter{
				2: {Subject: someone.ID}, 3: {Organization: org}, 1: {Kind: "contact.authorized"}, 0: {Actor: id.NewLogin().UUID}} {
				if got := len(find(t, db, by, f).Lines); got != want {
					t.Errorf("%+v: %d lines, want %d", f, got, want)
				}
			}
			page := find(t, db, by, journal.Filter{Size: 2})
			rest := find(t, db, by, journal.Filter{Size: 2, Before: page.Next})
			if len(page.Lines) != 2 || len(rest.Lines) != 1 || !rest.Next.IsZero() {
				t.Errorf("%d and %d lines", len(page.Lines), len(rest.Lines))
			}
		})

		t.Run("another workspace sees none of it, and nobody without a role", func(t *testing.T) {
			if n := len(find(t, db, other, journal.Filter{Subject: someone.ID}).Lines); n != 0 {
				t.Errorf("%d lines", n)
			}
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				_, err := journal.Find(t.Context(), tx, actor.Actor{Workspace: 1}, journal.Filter{})
				return err
			})
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("got %v", err)
			}
		})

		t.Run("many lines at once are written as one by one", func(t *testing.T) {
			entry := journal.Entry{Kind: "contact.edited", Subject: someone, Organization: org, Changes: []journal.Change{{Field: "phone", After: "+33261914010"}}, Comment: "x"}
			record(t, db, other, entry)
			update(t, db, func(tx *sqldb.Tx) error {
				return journal.RecordAll(t.Context(), tx, other, []journal.Entry{entry, {Kind: "contact.authorized", Subject: someone}})
			})
			lines := find(t, db, other, journal.Filter{}).Lines
			one, many := lines[2], lines[1]
			one.ID, one.At, many.ID, many.At = id.Line{}, 0, id.Line{}, 0
			if !reflect.DeepEqual(one, many) || lines[0].Kind != "contact.authorized" || lines[0].Erased {
				t.Errorf("%+v", lines)
			}
		})

		t.Run("the chain holds, also after values were erased with their subject", func(t *testing.T) {
			seal(t, db, 1, 2)
			if err := verify(t, db, 1); err != nil {
				t.Fatal(err)
			}
			update(t, db, func(tx *sqldb.Tx) error { return journal.Erase(t.Context(), tx, 1, someone.ID) })
			record(t, db, by, journal.Entry{Kind: "contact.deleted", Subject: someone, Organization: org})
			seal(t, db, 1, 10)
			if err := verify(t, db, 1); err != nil {
				t.Error(err)
			}
			lines := find(t, db, by, journal.Filter{Subject: someone.ID}).Lines
			if len(lines) != 3 || !lines[2].Erased || lines[2].Changes != nil || len(lines[2].Fields) != 2 || !lines[2].Sealed {
				t.Errorf("%+v", lines)
			}
		})

		for says, tamper := range map[string]string{
			"a line altered outside the program is found": `UPDATE journal_line SET kind = 'contact.edited' WHERE seq = 2`,
			"values altered outside are found":            `UPDATE journal_value SET content = '{"comment":"x"}' WHERE subject_id = (SELECT subject_id FROM journal_line WHERE seq = 3)`,
			"a line taken out is found":                   `UPDATE journal_line SET seq = 99 WHERE seq = 2`,
		} {
			t.Run(says, func(t *testing.T) {
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					if n, err := tx.Exec(t.Context(), tamper); err != nil || n != 1 {
						t.Fatalf("%d rows, %v", n, err)
					}
					_, _, err := journal.Verify(t.Context(), tx, 1, 0, nil, 100)
					return err // undoes the tampering
				})
				if !errors.Is(err, journal.ErrBroken) {
					t.Errorf("got %v", err)
				}
			})
		}
	})
}

func seal(t *testing.T, db *sqldb.DB, w id.Workspace, size int) {
	t.Helper()
	for n := 1; n > 0; {
		update(t, db, func(tx *sqldb.Tx) (err error) { n, err = journal.Seal(t.Context(), tx, w, size); return err })
	}
}

func verify(t *testing.T, db *sqldb.DB, w id.Workspace) error {
	t.Helper()
	return db.View(t.Context(), func(tx *sqldb.Tx) error {
		var at int64
		var last []byte
		for {
			next, sum, err := journal.Verify(t.Context(), tx, w, at, last, 2)
			if err != nil || next == at {
				return err
			}
			at, last = next, sum
		}
	})
}
