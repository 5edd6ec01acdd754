package invoice_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// on is an input that differs from whole in its day, in days before it is due, and in what it asks.
func on(number, issued string, change func(*invoice.Input)) invoice.Input {
	in := whole(number)
	in.IssuedOn, in.DueOn, in.Reference = issued, issued, "CMD-"+number
	if change != nil {
		change(&in)
	}
	return in
}

// TestKeysetTellsNothing: where a page begins is asked for by an identifier that anybody may type.
func TestKeysetTellsNothing(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		for _, n := range []string{"A-1", "A-2", "A-3"} {
			s.must(whole(n))
		}
		theirs := s.mustOf(s.other, whole("B-1"))
		t.Run("attack: another organisation's invoice is no place in the list, as one that does not exist is none", func(t *testing.T) {
			f := invoice.Filter{Ask: paging.Ask{Page: 2, Size: 2}}
			admin := s.of(s.org, actor.PortalAdmin)
			plain, _ := s.find(admin, f)
			for _, after := range []id.Invoice{theirs.ID, {UUID: id.NewJob().UUID}} {
				f.After = after
				if got, part := s.find(admin, f); !slices.Equal(got, plain) || part.Total != 3 {
					t.Error(got, plain, part.Total)
				}
			}
		})
	})
}

func TestFind(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { // on 20 November 2026
		s := newScene(t, db, clock)
		s.must(on("F-2024-0042", "2024-03-01", func(in *invoice.Input) { in.State = "paid" }))
		s.must(on("F-2026-0001", "2026-11-10", func(in *invoice.Input) { in.DueOn = "2026-12-10" }))
		s.must(on("F-2026-0142", "2026-11-01", func(in *invoice.Input) { in.DueOn = "2026-11-08"; in.Currency, in.AmountDue = "CHF", "80" }))
		s.must(on("A-2026-7", "2026-10-01", func(in *invoice.Input) { in.Kind, in.AmountDue = "credit_note", "200" }))
		s.mustOf(s.other, on("G-1", "2026-11-19", nil))
		elsewhere := s.host("orvane")
		if _, err := s.create(elsewhere, s.organization(elsewhere, "Ateliers Corvenne"), on("F-2026-0042", "2026-11-01", nil), s.pdf()); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			what string
			by   actor.Actor
			f    invoice.Filter
			want []string
		}{
			{"staff see all, newest first", s.staff, invoice.Filter{}, []string{"G-1", "F-2026-0001", "F-2026-0142", "A-2026-7", "F-2024-0042"}},
			{"or oldest first", s.staff, invoice.Filter{Sort: invoice.Oldest}, []string{"F-2024-0042", "A-2026-7", "F-2026-0142", "F-2026-0001", "G-1"}},
			{"of one organisation", s.staff, invoice.Filter{Organization: s.other}, []string{"G-1"}},
			{"an admin theirs", s.admin, invoice.Filter{}, []string{"F-2026-0001", "F-2026-0142", "A-2026-7", "F-2024-0042"}},
			{"paid", s.staff, invoice.Filter{State: invoice.Paid}, []string{"F-2024-0042"}},
			{"unpaid", s.admin, invoice.Filter{State: invoice.Unpaid}, []string{"F-2026-0001", "F-2026-0142", "A-2026-7"}},
			{"overdue, what was due last first", s.staff, invoice.Filter{State: invoice.Overdue}, []string{"G-1", "F-2026-0142"}},
			{"overdue of one's own", s.admin, invoice.Filter{State: invoice.Overdue}, []string{"F-2026-0142"}},
			{"credit notes", s.staff, invoice.Filter{Kind: invoice.CreditNote}, []string{"A-2026-7"}},
			{"credit notes are never overdue", s.staff, invoice.Filter{Kind: invoice.CreditNote, State: invoice.Overdue}, nil},
			{"of a year", s.admin, invoice.Filter{Year: 2026}, []string{"F-2026-0001", "F-2026-0142", "A-2026-7"}},
			{"of a year without any", s.staff, invoice.Filter{Year: 2025}, nil},
			{"all at once", s.staff, invoice.Filter{Year: 2026, Kind: invoice.Bill, State: invoice.Unpaid, Organization: s.org}, []string{"F-2026-0001", "F-2026-0142"}},
			{"by the number's beginning", s.staff, invoice.Filter{Query: " f-2026 "}, []string{"F-2026-0001", "F-2026-0142"}},
			{"by the digits at its end", s.staff, invoice.Filter{Query: "42"}, []string{"F-2024-0042"}},
			{"by its end, the nought too", s.admin, invoice.Filter{Query: "0042"}, []string{"F-2024-0042"}},
			{"by reference", s.admin, invoice.Filter{Query: "cmd a-2026"}, []string{"A-2026-7"}},
			{"by organisation", s.staff, invoice.Filter{Query: "ebenisterie"}, []string{"G-1"}},
			{"an admin not by organisation", s.admin, invoice.Filter{Query: "ateliers"}, nil},
			{"an admin not another's number", s.admin, invoice.Filter{Query: "G-1"}, nil},
			{"a search with a filter", s.staff, invoice.Filter{Query: "f-", State: invoice.Paid}, []string{"F-2024-0042"}},
			{"a search with a year", s.staff, invoice.Filter{Query: "f-", Year: 2026}, []string{"F-2026-0001", "F-2026-0142"}},
			{"signs that mean something to SQL mean themselves", s.staff, invoice.Filter{Query: "%"}, nil},
			{"signs that mean something to SQL mean themselves, at the end too", s.staff, invoice.Filter{Query: "_042"}, nil},
		} {
			t.Run(x.what, func(t *testing.T) {
				got, part := s.find(x.by, x.f)
				if !slices.Equal(got, x.want) || part.Total != len(x.want) || part.More {
					t.Error(got, part.Total)
				}
				n := 0
				if err := invoice.Each(t.Context(), db, exporter(x.by), x.f, func(l invoice.Listed) error {
					if n >= len(got) || l.Number != got[n] {
						t.Error("an export has", l.Number)
					}
					n++
					return nil
				}); err != nil || n != len(got) {
					t.Error("an export has", n, err)
				}
			})
		}
		t.Run("what is overdue depends on the reader's zone", func(t *testing.T) {
			noumea, err := time.LoadLocation("Pacific/Noumea")
			if err != nil {
				t.Fatal(err)
			}
			s.must(on("ZONE", "2026-11-20", nil)) // 20 November, 20 h in Nouméa; tomorrow there is the 21st
			clock.Pass(5 * time.Hour)
			here, _ := s.find(s.admin, invoice.Filter{State: invoice.Overdue})
			there, _ := s.find(s.admin, invoice.Filter{State: invoice.Overdue, Zone: noumea})
			if slices.Contains(here, "ZONE") || !slices.Contains(there, "ZONE") {
				t.Error(here, there)
			}
		})
		t.Run("what remains to pay is summed for each currency, credit notes taken off", func(t *testing.T) {
			s.view(func(tx *sqldb.Tx) error {
				sums, err := invoice.Remaining(t.Context(), tx, s.admin, s.other)
				if want := []money.Sum{{Amount: 8000, Currency: "CHF"}, {Amount: 120000 + 120000 - 20000, Currency: "EUR"}}; !slices.Equal(sums, want) {
					t.Error(sums)
				}
				return err
			})
		})
		t.Run("the years are those that occur, the last first", func(t *testing.T) {
			s.view(func(tx *sqldb.Tx) error {
				own, err := invoice.Years(t.Context(), tx, s.admin, s.other)
				all, err2 := invoice.Years(t.Context(), tx, s.staff, s.other)
				if !slices.Equal(own, []int{2026, 2024}) || !slices.Equal(all, []int{2026}) {
					t.Error(own, all)
				}
				return cmpOr(err, err2)
			})
		})
	})
}

// exporter is the same, with the right to take all along.
func exporter(by actor.Actor) actor.Actor {
	if by.Kind == actor.Staff {
		by.Role = actor.StaffAdmin
	}
	return by
}

func TestPages(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		var all []string
		for n := range 100 {
			i := imagined(n, s.org)
			all = append(all, i.Number)
			s.update(func(tx *sqldb.Tx) error {
				return invoice.AddImagined(t.Context(), tx, actor.OfProgram(s.staff.Workspace), []invoice.Invoice{i})
			})
		}
		slices.Reverse(all)
		for _, size := range paging.Sizes {
			for _, by := range []actor.Actor{s.staff, s.admin} {
				var counted, keyed []string
				f := invoice.Filter{Ask: paging.Ask{Page: 1, Size: size}}
				for {
					numbers, _ := s.find(by, f)
					counted = append(counted, numbers...)
					if len(numbers) == 0 {
						break
					}
					f.Page++
				}
				f.Page = 1
				for {
					numbers, part := s.find(by, f)
					keyed = append(keyed, numbers...)
					if part.Total != 100 || part.More {
						t.Fatal(part.Total)
					}
					if !part.HasNext() {
						break
					}
					f.Page, f.After = f.Page+1, part.Items[len(part.Items)-1].ID
				}
				if !slices.Equal(counted, all) || !slices.Equal(keyed, all) {
					t.Errorf("%d: %v\n%v", size, counted, keyed)
				}
			}
		}
		t.Run("an export has all of a broad search, beyond what a page counts", func(t *testing.T) {
			var more []invoice.Invoice
			for n := range 700 {
				more = append(more, imagined(1000+n, s.org))
			}
			s.update(func(tx *sqldb.Tx) error {
				return invoice.AddImagined(t.Context(), tx, actor.OfProgram(s.staff.Workspace), more)
			})
			n := 0
			if err := invoice.Each(t.Context(), db, s.admin, invoice.Filter{Query: "f-"}, func(invoice.Listed) error { n++; return nil }); err != nil || n != 800 {
				t.Error(n, err)
			}
			if _, part := s.find(s.admin, invoice.Filter{Query: "f-"}); !part.More || len(part.Items) != 24 {
				t.Errorf("%d %v", part.Total, part.More)
			}
		})
	})
}

// imagined is the nth of many: a day later than the one before.
func imagined(n int, of id.Organization) invoice.Invoice {
	issued := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n%2800)
	i := invoice.Invoice{
		Organization: of, Number: fmt.Sprintf("F-%06d", n), Kind: invoice.Bill, State: invoice.Paid, Reference: fmt.Sprintf("CMD %d", n%977),
		NetAmount: int64(n * 100), AmountDue: int64(n * 120), Currency: "EUR",
	}
	i.IssuedOn, i.DueOn = day.Of(issued), day.Of(issued.AddDate(0, 0, 30))
	switch {
	case n%20 == 3:
		i.Kind, i.NetAmount, i.AmountDue = invoice.CreditNote, -i.NetAmount, -i.AmountDue
	case n%10 == 7:
		i.State = invoice.Unpaid
	}
	return i
}
