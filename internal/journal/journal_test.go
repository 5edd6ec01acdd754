package journal_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/secret"
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

		for says, tamper := range map[string][]string{
			"a line altered outside the program is found": {`UPDATE journal_line SET kind = 'contact.edited' WHERE seq = 2`},
			"values altered outside are found":            {`UPDATE journal_value SET content = '{"comment":"x"}' WHERE subject_id = (SELECT subject_id FROM journal_line WHERE seq = 3)`},
			"a line taken out is found":                   {`DELETE FROM journal_line WHERE seq = 2`},
			"an end cut off is found":                     {`DELETE FROM journal_line WHERE seq = 4`},
			"an end unsealed again is found":              {`UPDATE journal_line SET seq = NULL, seal = NULL WHERE seq = 4`},
			"an end cut off with its head is found":       {`DELETE FROM journal_line WHERE seq = 4`, `DELETE FROM journal_head WHERE workspace_id = 1`},
			"an end cut off with an earlier seal put into the head is found": {
				`UPDATE journal_head SET seq = 3, mark = (SELECT seal FROM journal_line WHERE workspace_id = 1 AND seq = 3) WHERE workspace_id = 1`, `DELETE FROM journal_line WHERE seq = 4`},
			"lines of which all places moved are found": {`DELETE FROM journal_line WHERE seq = 1`, `UPDATE journal_line SET seq = 1 WHERE seq = 2`,
				`UPDATE journal_line SET seq = 2 WHERE seq = 3`, `UPDATE journal_line SET seq = 3 WHERE seq = 4`},
		} {
			t.Run(says, func(t *testing.T) {
				for _, then := range []string{"at once", "also when lines were sealed since"} {
					err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
						for _, text := range tamper {
							if n, err := tx.Exec(t.Context(), text); err != nil || n != 1 {
								t.Fatalf("%d rows, %v", n, err)
							}
						}
						if then != "at once" {
							if err := journal.Record(t.Context(), tx, by, journal.Entry{Kind: "contact.commented", Subject: someone}); err != nil {
								return err
							}
							if _, err := journal.Seal(t.Context(), tx, key, 1, 10); err != nil && !fault.Is(err, fault.Conflict) {
								return err
							}
						}
						return walk(t, tx, key, 1) // undoes the tampering
					})
					if !errors.Is(err, journal.ErrBroken) && !fault.Is(err, fault.Conflict) {
						t.Errorf("%s: got %v", then, err)
					}
				}
			})
		}

		t.Run("without the key nobody makes seals that hold", func(t *testing.T) {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(t.Context(), `UPDATE journal_line SET kind = 'contact.edited', seq = NULL, seal = NULL WHERE workspace_id = 1`); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), `DELETE FROM journal_head WHERE workspace_id = 1`); err != nil {
					return err
				}
				forged := secret.New().Key("journal")
				if _, err := journal.Seal(t.Context(), tx, forged, 1, 10); err != nil {
					return err
				}
				if err := walk(t, tx, forged, 1); err != nil {
					t.Error(err)
				}
				return walk(t, tx, key, 1)
			})
			if !errors.Is(err, journal.ErrBroken) {
				t.Errorf("got %v", err)
			}
		})

		t.Run("a place that is broken is told, and what holds before it", func(t *testing.T) {
			undone := errors.New("undone")
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(t.Context(), `UPDATE journal_line SET kind = 'x' WHERE seq = 3`); err != nil {
					return err
				}
				at, err := journal.Verify(t.Context(), tx, key, 1, journal.Place{}, 100)
				if at.Seq != 2 || !errors.Is(err, journal.ErrBroken) {
					t.Error(at.Seq, err)
				}
				return undone
			})
			if !errors.Is(err, undone) {
				t.Error(err)
			}
		})
	})
}

// key is the installation's; the tests have one.
var key = secret.New().Key("journal")

func seal(t *testing.T, db *sqldb.DB, w id.Workspace, size int) {
	t.Helper()
	for n := 1; n > 0; {
		update(t, db, func(tx *sqldb.Tx) (err error) { n, err = journal.Seal(t.Context(), tx, key, w, size); return err })
	}
}

func verify(t *testing.T, db *sqldb.DB, w id.Workspace) error {
	t.Helper()
	return db.View(t.Context(), func(tx *sqldb.Tx) error { return walk(t, tx, key, w) })
}

// walk verifies the whole chain, two lines at a time.
func walk(t *testing.T, tx *sqldb.Tx, key secret.Key, w id.Workspace) error {
	t.Helper()
	var at journal.Place
	for {
		next, err := journal.Verify(t.Context(), tx, key, w, at, 2)
		if err != nil || next.Seq == at.Seq {
			return err
		}
		at = next
	}
}
