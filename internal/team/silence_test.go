package team_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestNothingTellsOfALogin: whether an address has a login elsewhere makes no statement more or less in inviting, renewing
// and withdrawing, so that neither the answer nor its time tells.
func TestNothingTellsOfALogin(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var heard []string
			clock, o := sqldbtest.NewClock(), sqldbtest.Options(t, engine)
			o.Clock, o.Trace = clock.Now, func(query string, _ []any) {
				mu.Lock()
				defer mu.Unlock()
				heard = append(heard, strings.Join(strings.Fields(query), " "))
			}
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			h := newHosts(t, db, clock)
			acts := func(address string) []string {
				heard = nil
				if err := h.tryInvite(h.school.admin, newcomer(address, "officer")); err != nil {
					t.Error(err)
				}
				of := h.list(h.school)[0].ID
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := h.inviter.Renew(ctx, tx, h.school.admin, of)
					return err
				})
				of = h.list(h.school)[0].ID
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := h.inviter.Withdraw(ctx, tx, h.school.admin, of)
					return err
				})
				return slices.Clone(heard)
			}
			known, unknown := acts(h.vendor.email), acts("nobody@orvane.example")
			if len(known) == 0 || !slices.Equal(known, unknown) {
				t.Errorf("of an address with a login:\n%s\nwithout:\n%s", strings.Join(known, "\n"), strings.Join(unknown, "\n"))
			}
		})
	}
}
