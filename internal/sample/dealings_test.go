package sample

import (
	"fmt"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/name"
)

func TestDealings(t *testing.T) {
	s := New(1, School, 1000, 10_000)
	d := s.Dealings(10_000, 100_000, 20_000)
	t.Run("requests and invoices are shared out among organisations, one has very many", func(t *testing.T) {
		for what, list := range map[string]struct {
			shares
			all, most int
		}{"requests": {d.requests, 10_000, 500}, "invoices": {d.invoices, 20_000, 1000}} {
			has := map[int]int{}
			for i := range list.shares.all() {
				has[list.owner(i)]++
			}
			sum, largest := 0, 0
			for _, n := range has {
				sum, largest = sum+n, max(largest, n)
			}
			if sum != list.all || largest < list.most || len(has) < 700 || has[s.biggest()] != largest {
				t.Errorf("%s: %d, %d organisations, %d at most", what, sum, len(has), largest)
			}
		}
	})
	t.Run("all comments are shared out, and one request has a hundred", func(t *testing.T) {
		comments, longest := 0, 0
		for i := range d.Requests() {
			said := -1
			for _, e := range d.Request(i).Thread {
				if e.Text != "" {
					said++
				}
			}
			comments, longest = comments+said, max(longest, said)
		}
		if comments != 100_000 || longest < 100 || d.requests.owner(d.long) != s.biggest() {
			t.Error(comments, longest)
		}
	})
	t.Run("nothing is shared out where nothing is wanted, and the last and the only one are right", func(t *testing.T) {
		if none := s.Dealings(0, 0, 0); none.Requests() != 0 || none.Invoices() != 0 {
			t.Error(none.Requests(), none.Invoices())
		}
		one := New(1, Vendor, 1, 1).Dealings(1, 7, 1)
		if q := one.Request(0); q.Contact != 0 || len(q.Thread) < 8 || one.Invoice(0).Issued <= 0 {
			t.Errorf("%+v", q)
		}
	})
	t.Run("dealings of nobody are refused", func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("taken")
			}
		}()
		New(1, School, 5, 0).Dealings(1, 0, 0)
	})
	t.Run("the data are the same for ever", func(t *testing.T) {
		h := fnv.New64a()
		for i := range 200 {
			fmt.Fprintln(h, d.Request(i*49), d.Invoice(i*99))
		}
		if got, want := fmt.Sprintf("%016x", h.Sum64()), "2302bc3af60d5df0"; got != want {
			t.Errorf("%s; if that is meant, write it here", got)
		}
	})
}

// steps are the changes of state that there are (request/state.go), of the host, the contact and the program.
var steps = map[string]string{
	"new in_progress": "h", "new waiting_customer": "h", "new resolved": "h", "new withdrawn": "c",
	"in_progress waiting_customer": "h", "in_progress resolved": "h", "in_progress withdrawn": "c",
	"waiting_customer in_progress": "hc", "waiting_customer resolved": "h", "waiting_customer withdrawn": "c", "resolved closed": "p",
}

func TestRequests(t *testing.T) {
	s := New(2, Vendor, 300, 3000)
	d := s.Dealings(4000, 30_000, 0)
	kinds := map[string]int{}
	before := 1000 * day
	for i := range d.Requests() {
		q := d.Request(i)
		if err := whole(s, q); err != nil {
			t.Fatalf("%d: %v: %+v", i, err, q)
		}
		if q.Thread[0].Ago > before {
			t.Fatalf("%d is older than the one before it", i)
		}
		before = q.Thread[0].Ago
		kinds[q.State]++
		kinds[q.Kind]++
		kinds[q.Thread[0].Source]++
		kinds[fmt.Sprint("watched ", len(q.Watchers) > 0)]++
		kinds[fmt.Sprint("assigned ", q.Assignee > 0)]++
	}
	t.Run("requests of every kind and state are among them", func(t *testing.T) {
		for _, k := range []string{"new", "in_progress", "waiting_customer", "resolved", "closed", "withdrawn", "technical", "administrative", "portal", "office", "mail", "watched true", "assigned true", "assigned false"} {
			if kinds[k] == 0 {
				t.Errorf("no %s: %v", k, kinds)
			}
		}
	})
}

// whole looks through one request.
func whole(s *Source, q Request) error {
	if subject, err := name.Line(q.Subject, 200); err != nil || subject != q.Subject {
		return fmt.Errorf("subject: %w", err)
	}
	first, n := s.Members(q.Organization)
	for _, who := range append(q.Watchers, q.Contact) {
		if who < first || who >= first+n || contains(q.Watchers, q.Contact) {
			return fmt.Errorf("contact %d is not of the organisation, or watches twice", who)
		}
	}
	if c := s.Contact(q.Contact); c.Source == "landing" && c.Authorized == 0 {
		return fmt.Errorf("for somebody whom the portal does not show")
	}
	now := "new"
	for i, e := range q.Thread {
		by := "c"
		switch {
		case e.Author == Host:
			by = "h"
		case e.Author == Program:
			by = "p"
		case e.Author != q.Contact || !s.Contact(e.Author).invited():
			return fmt.Errorf("entry %d is somebody else's", i)
		}
		if i > 0 && e.Ago > q.Thread[i-1].Ago || e.Ago <= 0 || e.Ago%time.Second != 0 || i == 0 && e.Text == "" {
			return fmt.Errorf("entry %d stands where it cannot", i)
		}
		if e.Text != "" {
			continue
		}
		if e.Before != now || !strings.Contains(steps[now+" "+e.After], by) {
			return fmt.Errorf("%s takes %s to %s", by, now, e.After)
		}
		now = e.After
	}
	if now != q.State {
		return fmt.Errorf("%s after all", now)
	}
	return nil
}

func TestInvoices(t *testing.T) {
	d := New(2, School, 300, 3000).Dealings(0, 0, 6000)
	seen, kinds := map[string]bool{}, map[string]int{}
	before := 2000 * day
	for i := range d.Invoices() {
		v := d.Invoice(i)
		if seen[v.Number] || v.Issued > before || v.Issued <= 0 || v.CreditNote != (v.Net < 0) || v.CreditNote != (v.Term == 0) || (v.Due < 0) != (v.Net < 0) {
			t.Fatalf("%d: %+v", i, v)
		}
		seen[v.Number], before = true, v.Issued
		kinds[fmt.Sprint("credit ", v.CreditNote)]++
		kinds[fmt.Sprint("paid ", v.Paid)]++
		kinds[fmt.Sprint("overdue ", !v.Paid && v.Issued > v.Term)]++
		kinds[fmt.Sprint("reference ", v.Reference != "")]++
	}
	t.Run("invoices of every kind and state are among them, no number twice", func(t *testing.T) {
		if len(kinds) != 8 {
			t.Error(kinds)
		}
	})
}
