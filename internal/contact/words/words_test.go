package words_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func TestWords(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		update := func(fn func(tx *sqldb.Tx) error) {
			t.Helper()
			if err := db.Update(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		kept := func() (list []string) {
			t.Helper()
			update(func(tx *sqldb.Tx) (err error) {
				list, err = sqldb.List(t.Context(), tx, sqldb.Value[string], `SELECT words FROM contact_word WHERE workspace_id > 0 ORDER BY words`)
				return err
			})
			return list
		}
		var by actor.Actor
		update(func(tx *sqldb.Tx) error {
			w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: "brenval", Name: "École Brenval", Kind: "school"})
			if err != nil {
				return err
			}
			by = actor.OfProgram(w.ID)
			org, err := organization.Create(t.Context(), tx, by, organization.Input{Name: "Ateliers Corvenne", SIRET: "81245739800020"})
			if err != nil {
				return err
			}
			for i, n := range [][2]string{{"Petit", "Anne"}, {"Da Costa e Silva", "Émile-Jean"}, {"Jean", "Jean d’Œuvre"}, {"Luc Luc", "Jean-Luc"}} {
				_, err := contact.Create(t.Context(), tx, by, org.ID, contact.Input{
					Civility: "mr", FamilyName: n[0], GivenName: n[1], Phone: "01 99 00 12 34", Email: fmt.Sprintf("p%d@corvenne.example", i), Source: contact.Form,
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		want := []string{"costa e silva", "d oeuvre", "e silva", "jean", "luc", "oeuvre", "silva"}
		t.Run("what stands behind each blank of a name is kept, folded, once for a contact", func(t *testing.T) {
			if got := kept(); !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
		})
		t.Run("a base of before gets the same by its migration", func(t *testing.T) {
			text, err := os.ReadFile("../../sqldb/migrations/00025_contact_word.sql")
			if err != nil {
				t.Fatal(err)
			}
			_, insert, _ := strings.Cut(string(text), "INSERT INTO contact_word")
			insert, _, _ = strings.Cut(insert, ";")
			insert = regexp.MustCompile(`/\* `+db.Engine()+`: (.*?) \*/`).ReplaceAllString("INSERT INTO contact_word"+insert, "$1")
			insert = regexp.MustCompile(`/\*.*?\*/`).ReplaceAllString(insert, "")
			update(func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(t.Context(), `DELETE FROM contact_word WHERE workspace_id > 0`); err != nil {
					return err
				}
				_, err := tx.Exec(t.Context(), insert)
				return err
			})
			if got := kept(); !slices.Equal(got, want) {
				t.Errorf("%q", got)
			}
		})
	})
}
