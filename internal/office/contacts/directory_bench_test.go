package contacts_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// BenchmarkDirectory is the list of 48 contacts over the whole workspace, through the complete product: session,
// permission, query, page (design/performance.md, operation b: at most 1 ms of CPU).
func BenchmarkDirectory(b *testing.B) {
	clock := sqldbtest.NewClock()
	h := officetest.New(b, sqldbtest.Open(b, "sqlite", clock.Now), clock)
	fill(h, 100, 3000)
	admin := h.As(h.School.Admin)
	page := admin.Get("/brenval/office/contacts?size=48").Want(http.StatusOK)
	for name, path := range map[string]string{
		"first page": "/brenval/office/contacts?size=48", "next page": next(page), "page 50": "/brenval/office/contacts?size=48&page=50",
		"filter": "/brenval/office/contacts?size=48&authorized=no", "prefix": "/brenval/office/contacts?size=24&q=garn",
		"dashboard": "/brenval/office", "history": "/brenval/office/journal", "search": "/brenval/office/search?q=garn",
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", officetest.Base+path, nil)
			for name, value := range admin.Cookies {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			b.ReportAllocs()
			before := processor(b)
			for b.Loop() {
				w := httptest.NewRecorder()
				h.Site.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
			b.ReportMetric(float64((processor(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

// processor is the time that this process has spent computing: on a shared machine the clock on the wall says little.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fill gives the school some organisations with so many people in all.
func fill(h *officetest.House, organizations, people int) {
	h.Helper()
	families := strings.Fields("Garnier Oliveira Tanguy Petit Moreau Kervella Nguyen Diallo Le-Gall Roussel Abgrall Salaün Garnaud")
	for o := range organizations {
		org := h.Organization(h.School, fmt.Sprintf("Atelier %d", o), "")
		h.Update(func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range people / organizations {
				_, err := contact.Create(ctx, tx, h.School.Admin.Actor, org.ID, contact.Input{
					Civility: "mr", FamilyName: families[(o+i)%len(families)], GivenName: fmt.Sprintf("Loïc %c%c", 'a'+i/26, 'a'+i%26),
					JobTitle: "Tuteur", Mobile: "06 39 98 12 34", Phone: "02 61 91 40 10", Email: fmt.Sprintf("loic.%d.%d@atelier.example", o, i), Source: contact.Form,
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
}
