package access_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// ear hears the statements that the database is asked.
type ear struct {
	mu    sync.Mutex
	heard []string
}

func (e *ear) hear(query string, _ []any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, strings.Join(strings.Fields(query), " "))
}

// during gives those of an act.
func (e *ear) during(act func()) []string {
	e.mu.Lock()
	e.heard = nil
	e.mu.Unlock()
	act()
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.heard)
}

// TestNothingTellsByItsWork: whether a person, an address or a login is known elsewhere makes no statement more or less in
// what a host or a stranger does, so that neither the answer nor its time tells.
func TestNothingTellsByItsWork(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			e, clock, o := &ear{}, sqldbtest.NewClock(), sqldbtest.Options(t, engine)
			o.Clock, o.Trace = clock.Now, e.hear
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			h := newTown(t, db, clock, mailtest.Options{})
			h.join(h.vendor, h.contact(h.vendor, "Connu", "Karl", "karl@corvenne.example"))
			h.contact(h.school, "Premier", "Paul", "paul@corvenne.example") // who is the organisation's primary contact
			same := func(t *testing.T, known, unknown []string) {
				t.Helper()
				if len(known) == 0 || !slices.Equal(known, unknown) {
					t.Errorf("of what is known elsewhere:\n%s\nof what is not:\n%s", strings.Join(known, "\n"), strings.Join(unknown, "\n"))
				}
			}
			var known, unknown contact.Contact
			t.Run("creating a contact who is one elsewhere", func(t *testing.T) {
				same(t, e.during(func() { known = h.contact(h.school, "Connu", "Karl", "karl@corvenne.example") }),
					e.during(func() { unknown = h.contact(h.school, "Borel", "Ivan", "ivan@corvenne.example") }))
			})
			t.Run("sending credentials to an address that has a login elsewhere", func(t *testing.T) {
				send := func(c contact.Contact) func() {
					return func() {
						if err := h.sending(h.school.officer, c.ID, access.Sending{}); err != nil {
							t.Error(err)
						}
					}
				}
				same(t, e.during(send(known)), e.during(send(unknown)))
			})
			t.Run("typing a code for an address that is invited, that has a login, that is neither, that is no address", func(t *testing.T) {
				try := func(address string) []string {
					return e.during(func() {
						if _, err := h.door.Unlock(t.Context(), invitation.Code{Email: address, Code: "0000-0000"}); !fault.Is(err, fault.Invalid) {
							t.Error(err)
						}
					})
				}
				invited := try("ivan@corvenne.example")
				for _, address := range []string{"karl@corvenne.example", "nobody@corvenne.example", "no address"} {
					same(t, try(address), invited)
				}
			})
			t.Run("looking at a link that is over and at one that never was", func(t *testing.T) {
				h.deliver()
				over := h.token("ivan@corvenne.example")
				h.update(func(ctx context.Context, tx *sqldb.Tx) error { return h.door.Decline(ctx, tx, over) })
				look := func(token string) []string {
					return e.during(func() {
						if _, err := h.look(token); !invitation.IsOver(err) {
							t.Error(err)
						}
					})
				}
				same(t, look(over), look("AAAAAAAAAAAAAAAAAAAAAAAAAAA"))
			})
		})
	}
}
