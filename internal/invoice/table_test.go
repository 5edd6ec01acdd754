package invoice_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// random files so many invoices at random, of both organisations, and gives them as they were filed.
func (s *scene) random(most int) (all reference) {
	s.Helper()
	dice := rand.New(rand.NewPCG(20, 11))
	for n := range most {
		issued := time.Date(2024, 11, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, dice.IntN(25)*30) // many on one day; two years and a bit
		i := invoice.Invoice{
			ID: id.NewInvoice(), Organization: []id.Organization{s.org, s.other}[min(1, dice.IntN(3))],
			Number: fmt.Sprintf("%c-%d-%04d", 'F'+rune(dice.IntN(2)), issued.Year(), n), Kind: invoice.Bill, State: invoice.Unpaid,
			Reference: fmt.Sprintf("Cde %d", dice.IntN(9)), NetAmount: 100, AmountDue: 120, Currency: "EUR",
			IssuedOn: day.Of(issued), DueOn: day.Of(issued.AddDate(0, 0, dice.IntN(3)*30)),
		}
		if dice.IntN(4) == 0 {
			i.Kind, i.NetAmount, i.AmountDue = invoice.CreditNote, -100, -120
		}
		if dice.IntN(2) == 0 {
			i.State = invoice.Paid
		}
		all = append(all, i)
	}
	s.update(func(tx *sqldb.Tx) error {
		return invoice.AddImagined(s.Context(), tx, actor.OfProgram(s.staff.Workspace), slices.Clone(all))
	})
	return all
}

// reference says of some invoices, in plain words, which of them a filter means and in which order.
type reference []invoice.Invoice

func (all reference) find(s *scene, by actor.Actor, f invoice.Filter) (numbers []string) {
	var found reference
	for _, i := range all {
		own := by.Kind == actor.Staff || i.Organization == by.Organization
		of := by.Kind != actor.Staff || f.Organization.IsZero() || i.Organization == f.Organization
		name := ""
		if by.Kind == actor.Staff && f.Organization.IsZero() {
			name = map[id.Organization]string{s.org: "ateliers corvenne", s.other: "ebenisterie garnier"}[i.Organization]
		}
		if own && of && meant(f, i) && says(i, f.Query, name) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b invoice.Invoice) int {
		x, y := a.IssuedOn, b.IssuedOn
		if f.State == invoice.Overdue {
			x, y = a.DueOn, b.DueOn
		}
		order := cmp.Or(cmp.Compare(y, x), cmp.Compare(b.ID.String(), a.ID.String()))
		if f.Sort == invoice.Oldest {
			return -order
		}
		return order
	})
	for _, i := range found {
		numbers = append(numbers, i.Number)
	}
	return numbers
}

// meant: overdue is what is not paid, no credit note, and was due before the clock's 20 November 2026.
func meant(f invoice.Filter, i invoice.Invoice) bool {
	state := f.State == "" || i.State == f.State
	if f.State == invoice.Overdue {
		state = i.State == invoice.Unpaid && i.Kind == invoice.Bill && i.DueOn < "2026-11-20"
	}
	return state && (f.Kind == "" || i.Kind == f.Kind) && (f.Year == 0 || strings.HasPrefix(string(i.IssuedOn), strconv.Itoa(f.Year)))
}

// says: the number begins or ends so, the reference begins so, or, for staff who look at all, the organisation's name.
func says(i invoice.Invoice, query, organization string) bool {
	query = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(query)), "é", "e")
	number, digits := strings.ToLower(i.Number), strings.TrimLeft(query, "0")
	_, err := strconv.Atoi(query)
	last := i.Number[strings.LastIndex(i.Number, "-")+1:]
	return query == "" || strings.HasPrefix(number, strings.ReplaceAll(query, " ", "")) ||
		err == nil && strings.TrimLeft(last, "0") == digits && strings.HasSuffix(last, query) ||
		strings.HasPrefix(strings.ToLower(i.Reference), query) || organization != "" && strings.HasPrefix(organization, query)
}

// TestTable asks both faces' lists every search with every filter in either order.
func TestTable(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		all := s.random(70)
		elsewhere := *s
		elsewhere.staff = s.host("orvane")
		elsewhere.org, elsewhere.other = s.organization(elsewhere.staff, "Ateliers Corvenne"), s.organization(elsewhere.staff, "Ailleurs")
		elsewhere.random(20) // somebody else's, of whom nobody hears
		filters := []invoice.Filter{
			{}, {State: invoice.Unpaid}, {State: invoice.Paid}, {State: invoice.Overdue}, {Kind: invoice.Bill}, {Kind: invoice.CreditNote}, {Year: 2024}, {Year: 2025}, {Year: 2026}, {Year: 2023},
			{Kind: invoice.CreditNote, State: invoice.Overdue}, {Kind: invoice.Bill, State: invoice.Paid, Year: 2025}, {Organization: s.other}, {Organization: s.org, State: invoice.Unpaid, Kind: invoice.Bill},
			{Organization: s.org, State: invoice.Overdue}, {Organization: s.other, Year: 2026},
		}
		for _, by := range []actor.Actor{exporter(s.staff), s.admin} {
			t.Run(fmt.Sprintf("what role %d finds is what the reference says, by page number and by keyset, there and back, and as a file", by.Role), func(t *testing.T) {
				s.TB = t
				for _, f := range filters {
					for _, f.Query = range []string{"", "F-2025", "g - 2026-00", "7", "0042", "cde 3", "Ébénis", "zzz", "%"} {
						for _, f.Sort = range []invoice.Sort{invoice.Newest, invoice.Oldest} {
							if !t.Failed() {
								s.compare(by, f, all.find(s, by, f))
							}
						}
					}
				}
			})
		}
	})
}

// compare reads the list on every way and holds it against what is wanted.
func (s *scene) compare(by actor.Actor, f invoice.Filter, want []string) {
	s.Helper()
	f.Ask = paging.Ask{Page: 1, Size: 12}
	last := max(1, (len(want)+11)/12)
	var rows []invoice.Listed
	read := func(way string, g invoice.Filter) []invoice.Listed {
		got, part := s.find(by, g)
		page := want[min(len(want), 12*(g.Page-1)):min(len(want), 12*g.Page)]
		if !slices.Equal(got, page) || part.Total != len(want) || part.More || part.Pages() != last {
			s.Errorf("%+v, page %d by %s: %v (%d), want %v (%d)", f, g.Page, way, got, part.Total, page, len(want))
		}
		return part.Items
	}
	g := f
	for ; g.Page <= last; g.Page++ {
		items := read("keyset", g)
		rows = append(rows, items...)
		if len(items) > 0 {
			g.After = items[len(items)-1].ID
		}
	}
	for g.After, g.Page = (id.Invoice{}), g.Page-1; g.Page > 0; g.Page-- {
		read("number", g)
	}
	var file []invoice.Listed
	f.Page = 2 // a file has all of them
	err := invoice.Each(s.Context(), s.db, by, f, func(l invoice.Listed) error { file = append(file, l); return nil })
	if err != nil || !reflect.DeepEqual(file, rows) {
		s.Errorf("%+v: the file has %d, the list %d: %v", f, len(file), len(rows), err)
	}
	s.view(func(tx *sqldb.Tx) error {
		n, more, err := invoice.Count(s.Context(), tx, by, f)
		if n != len(want) || more {
			s.Errorf("%+v: %d counted, want %d", f, n, len(want))
		}
		return err
	})
}

// TestFile: a file takes its time, and invoices are deleted and filed meanwhile.
func TestFile(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s := newScene(t, db, clock)
		var many []invoice.Invoice
		for n := range 1100 {
			many = append(many, imagined(n, s.org))
		}
		s.update(func(tx *sqldb.Tx) error {
			return invoice.AddImagined(t.Context(), tx, actor.OfProgram(s.staff.Workspace), many)
		})
		for n, query := range []string{"", "f-"} {
			t.Run(fmt.Sprintf("searched for %q, nothing comes twice and nothing is left out where the last that was read is gone before the next", query), func(t *testing.T) {
				var want, got []string
				read := func(into *[]string, at func(invoice.Listed)) error {
					return invoice.Each(t.Context(), db, s.admin, invoice.Filter{Query: query}, func(l invoice.Listed) error {
						if *into = append(*into, l.Number); len(*into) == 512 {
							at(l)
						}
						return nil
					})
				}
				if err := read(&want, func(invoice.Listed) {}); err != nil || len(want) != 1100-n {
					t.Fatal(len(want), err)
				}
				err := read(&got, func(l invoice.Listed) {
					s.update(func(tx *sqldb.Tx) error {
						_, err := tx.Exec(t.Context(), `DELETE FROM invoice WHERE workspace_id = $1 AND id = $2`, s.staff.Workspace, l.ID)
						return err
					})
				})
				if err != nil || !slices.Equal(got, want) {
					t.Error(len(got), len(want), err)
				}
			})
		}
	})
}
