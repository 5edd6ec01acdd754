package invoice_test

import (
	"slices"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// events counts what is to be told of an invoice.
func (s *scene) events(kind notice.Kind, of id.Invoice) (n int64) {
	s.Helper()
	s.view(func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(s.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM notice_event WHERE workspace_id = $1 AND kind = $2 AND subject_id = $3 AND leaders = 1`,
			s.staff.Workspace, string(kind), of)
		return err
	})
	return n
}

func (s *scene) sweep() (n int64) {
	s.Helper()
	s.update(func(tx *sqldb.Tx) (err error) {
		n, err = invoice.Sweep(s.Context(), tx, 2)
		return err
	})
	return n
}

func TestTold(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		today := clock.Now().UTC()
		due := func(number string, days int) invoice.Input {
			in := whole(number)
			in.IssuedOn, in.DueOn = today.AddDate(0, 0, -60).Format(time.DateOnly), today.AddDate(0, 0, days).Format(time.DateOnly)
			return in
		}
		open, credit := s.must(due("F-1", 10)), due("A-1", -30)
		credit.Kind = "credit_note"
		paid := due("F-2", -30)
		paid.State = "paid"
		given, settled := s.must(credit), s.must(paid)
		t.Run("the admins are told of what is filed, once, and not of what is paid already", func(t *testing.T) {
			if a, b, c := s.events(notice.InvoiceNew, open.ID), s.events(notice.InvoiceNew, given.ID), s.events(notice.InvoiceNew, settled.ID); a != 1 || b != 1 || c != 0 {
				t.Error(a, b, c)
			}
		})
		t.Run("an invoice is told of when its day has passed, once, and neither what is paid nor a credit note", func(t *testing.T) {
			if n := s.sweep(); n != 0 {
				t.Error(n)
			}
			clock.Pass(9 * 24 * time.Hour)
			if n := s.sweep(); n != 0 {
				t.Error(n)
			}
			clock.Pass(2 * 24 * time.Hour)
			if first, second := s.sweep(), s.sweep(); first != 1 || second != 0 {
				t.Error(first, second)
			}
			clock.Pass(30 * 24 * time.Hour)
			if n := s.sweep(); n != 0 || s.events(notice.InvoiceOverdue, open.ID) != 1 || s.events(notice.InvoiceOverdue, given.ID)+s.events(notice.InvoiceOverdue, settled.ID) != 0 {
				t.Error(n)
			}
		})
		t.Run("one that is put off is told of again when it is overdue again; of one that is paid that is told no more", func(t *testing.T) {
			later := whole("F-1")
			later.DueOn, later.Version = clock.Now().UTC().AddDate(0, 0, 5).Format(time.DateOnly), open.Version
			s.update(func(tx *sqldb.Tx) error {
				_, err := invoice.Edit(t.Context(), tx, s.staff, open.ID, later)
				return err
			})
			if n := s.sweep(); n != 0 {
				t.Error(n)
			}
			clock.Pass(6 * 24 * time.Hour)
			if first, second := s.sweep(), s.sweep(); first != 1 || second != 0 || s.events(notice.InvoiceOverdue, open.ID) != 2 {
				t.Error(first, second, s.events(notice.InvoiceOverdue, open.ID))
			}
			past := func() (list []notice.Kind) {
				s.view(func(tx *sqldb.Tx) error {
					seen, err := invoice.Told().See(t.Context(), tx, s.admin, []id.UUID{open.ID.UUID})
					list = seen[open.ID.UUID].Past
					return err
				})
				return list
			}
			if before := past(); len(before) != 0 {
				t.Error(before)
			}
			s.update(func(tx *sqldb.Tx) error {
				_, err := invoice.SetState(t.Context(), tx, s.staff, invoice.Paid, open.ID)
				return err
			})
			if after := past(); !slices.Equal(after, []notice.Kind{notice.InvoiceOverdue}) {
				t.Error(after)
			}
		})
		t.Run("its own organisation's admins see it, and nobody else", func(t *testing.T) {
			s.view(func(tx *sqldb.Tx) error {
				for _, by := range []actor.Actor{s.of(s.org, actor.PortalUser), s.of(s.other, actor.PortalAdmin), s.staff} {
					if seen, err := invoice.Told().See(t.Context(), tx, by, []id.UUID{open.ID.UUID}); err != nil || len(seen) != 0 {
						t.Error(by.Role, seen, err)
					}
				}
				seen, err := invoice.Told().See(t.Context(), tx, s.admin, []id.UUID{open.ID.UUID})
				if sight := seen[open.ID.UUID]; sight.Label != "F-1" || sight.Path != "/invoices?q=F-1" {
					t.Error(seen)
				}
				return err
			})
		})
		t.Run("nothing is told of invented ones", func(t *testing.T) {
			s.must(due("F-3", -1))
			s.update(func(tx *sqldb.Tx) error { return invoice.Hush(t.Context(), tx, actor.OfProgram(s.staff.Workspace)) })
			if n := s.sweep(); n != 0 {
				t.Error(n)
			}
		})
	})
}
