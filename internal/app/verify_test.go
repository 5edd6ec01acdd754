package app

import (
	"bytes"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func TestHistoryIsVerified(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		var log bytes.Buffer
		b := Over(config.Default(), secret.New(), db, nil, Logger(config.Log{Level: "info", Format: "text"}, &log))
		update := func(fn func(tx *sqldb.Tx) error) {
			t.Helper()
			if err := db.Update(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		for _, slug := range []string{"brenval", "orvane"} {
			update(func(tx *sqldb.Tx) error {
				_, err := workspace.Add(t.Context(), tx, workspace.New{Slug: slug, Name: "Brenval", Kind: "school"})
				return err
			})
		}
		check := func() string {
			t.Helper()
			log.Reset()
			if err := b.verify(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			return log.String()
		}
		if err := b.seal(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		t.Run("an untouched history holds", func(t *testing.T) {
			if got := check(); strings.Contains(got, "ERROR") || !strings.Contains(got, "workspace=1 lines=1") {
				t.Error(got)
			}
		})
		t.Run("one that was tampered with is logged with workspace and place, and counted; the others are checked too", func(t *testing.T) {
			before := breaks.Load()
			update(func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE journal_line SET kind = 'x' WHERE workspace_id = 1 AND seq = 1`)
				return err
			})
			got := check()
			if !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "workspace=1 place=1") || !strings.Contains(got, "workspace=2 lines=1") {
				t.Error(got)
			}
			if breaks.Load() == before {
				t.Error("not counted")
			}
		})
	})
}
