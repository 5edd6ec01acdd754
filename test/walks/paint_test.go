package walks_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
	"github.com/entregent/entregent/test/browser"
)

var paintedLists = []string{"?size=12&view=list", "?size=24&view=list", "?size=48&view=list", "?size=48&view=grid", "?size=48&view=list&q=an"}

// What an organisation's people see stays where it was painted, wide and narrow, as a list and as a grid.
func TestNothingMoves(t *testing.T) {
	walk(t, func(t *testing.T, at *product) {
		for _, width := range []int{1280, 360} {
			page := at.as(t, karim, browser.Wide(width))
			page.Open(at.address + "/orvane/portal")
			home := page.Address()
			for _, below := range append([]string{"/new", ""}, paintedLists...) {
				page.Open(home + "/contacts" + below)
				page.NoShift()
			}
		}
	})
}

// A page of 48 rows is light, unpacked and on its way, for staff and for an organisation's people.
func TestWeight(t *testing.T) {
	at := start(t, "sqlite")
	page := at.as(t, karim)
	page.Open(at.address + "/orvane/portal")
	home, err := url.Parse(page.Address())
	if err != nil {
		t.Fatal(err)
	}
	crowd(t, at, id.Organization{UUID: id.Read(home.Path[strings.LastIndex(home.Path, "/")+1:])}, 100)
	light := func(page *browser.Page, address string) {
		t.Helper()
		page.Open(address)
		w := page.Weight()
		for what, x := range map[string]struct {
			is          browser.Bytes
			plain, sent int
		}{"HTML": {w.HTML, 90 << 10, 15 << 10}, "CSS": {w.CSS, 55 << 10, 12 << 10}, "JS": {w.JS, 15 << 10, 6 << 10}} {
			if x.is.Sent == 0 || x.is.Plain > x.plain || x.is.Sent > x.sent {
				t.Errorf("%s: %s of %d bytes, at most %d; %d sent, at most %d", address, what, x.is.Plain, x.plain, x.is.Sent, x.sent)
			}
		}
		if w.Requests > 16 {
			t.Errorf("%s takes %d requests", address, w.Requests)
		}
		page.NoShift()
	}
	for _, list := range []string{"?size=48&view=list", "?size=48&view=grid"} {
		light(page, home.String()+"/contacts"+list)
	}
	office := at.as(t, helene)
	light(office, at.vendor("/contacts?size=48"))
	light(office, at.vendor("/organizations?size=48"))
}

// BenchmarkInteraction is how long Chromium takes to show what comes of a key in a list of 48 (at most 100 ms): « / » goes to the search.
func BenchmarkInteraction(b *testing.B) {
	at := start(b, "sqlite")
	page := at.as(b, helene)
	for b.Loop() {
		page.Open(at.vendor("/contacts?size=48"))
		page.Press("/")
		b.ReportMetric(page.Interaction(), "ms/first-input")
	}
}

// BenchmarkFirstPaint is how long Chromium on this machine takes until it paints the first of an organisation's 2,000 contacts (at most
// 200 ms), the window's cache warm.
func BenchmarkFirstPaint(b *testing.B) {
	at := start(b, "sqlite")
	page := at.as(b, karim)
	page.Open(at.address + "/orvane/portal")
	home, err := url.Parse(page.Address())
	if err != nil {
		b.Fatal(err)
	}
	crowd(b, at, id.Organization{UUID: id.Read(home.Path[strings.LastIndex(home.Path, "/")+1:])}, 2000)
	for _, list := range paintedLists {
		b.Run(list, func(b *testing.B) {
			page.During(b)
			var times []float64
			var moved float64
			for b.Loop() {
				page.Open(home.String() + "/contacts" + list)
				p := page.Painting()
				times, moved = append(times, p.First), max(moved, p.Shift)
			}
			slices.Sort(times)
			b.ReportMetric(moved, "shift/most")
			b.ReportMetric(times[len(times)/2], "ms/first-paint")
			b.ReportMetric(times[len(times)-1], "ms/slowest")
		})
	}
}

// crowd adds so many people to an organisation of the vendor's.
func crowd(t testing.TB, at *product, of id.Organization, people int) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Options{Path: at.store.SQLite()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
		w, err := workspace.GetBySlug(t.Context(), tx, "orvane")
		if err != nil {
			return err
		}
		program := actor.OfProgram(w.ID)
		org, err := organization.Get(t.Context(), tx, program, of)
		if err != nil {
			return err
		}
		list := make([]contact.Addition, people)
		for n := range list {
			c, err := contact.Input{
				Civility: "dr", FamilyName: fmt.Sprintf("Kervella %c%c%c", 'a'+n/676, 'a'+n/26%26, 'a'+n%26), GivenName: "Anne", JobTitle: "Médecin généraliste",
				Phone: "02 61 91 40 10", Email: fmt.Sprintf("anne.%d@tilleuls.example", n), Source: contact.Form,
			}.Parse(w)
			if err != nil {
				return err
			}
			list[n] = contact.Addition{Contact: c, At: org}
		}
		return contact.AddAll(t.Context(), tx, program, contact.Form, list)
	})
	if err != nil {
		t.Fatal(err)
	}
}
