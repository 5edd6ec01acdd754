package transfer_test

import (
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
)

func TestSettings(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHost(t, db, "brenval", "school")
		t.Run("a table is as wide, and a row as long, as the settings say", func(t *testing.T) {
			for _, s := range []transfer.Settings{{Columns: 4}, {Row: 10}} {
				_, err := imports(t.Context(), db, h.by, s, transfer.Contacts, transfer.Options{}, true, file("SIRET;Nom;Prénom;Email;Fonction"))
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("%+v: %v", s, err)
				}
			}
		})
		t.Run("what never arrived whole is removed when the settings say so", func(t *testing.T) {
			if _, err := h.receive("", lines("SIRET;Nom;Prénom;Email;Fonction", "x;y;z;;")); err != nil {
				t.Fatal(err)
			}
			h.update(func(tx *sqldb.Tx) error { // as if the program had ended meanwhile
				_, err := tx.Exec(t.Context(), `UPDATE transfer SET state = 'receiving' WHERE workspace_id = $1`, h.by.Workspace)
				return err
			})
			for _, left := range []int64{1, 0} {
				clock.Pass(2 * time.Hour)
				if err := transfer.Sweep(t.Context(), db, transfer.Settings{Abandoned: 3 * time.Hour}); err != nil || h.count("transfer") != left {
					t.Errorf("%d are left, want %d (%v)", h.count("transfer"), left, err)
				}
			}
		})
	})
}
