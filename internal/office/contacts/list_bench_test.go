package contacts_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

const list = "/brenval/office/organizations"

// BenchmarkOrganizationPage is one organisation's contacts through the complete product: session, permission,
// query, page (design/performance.md, operation a: at most 0.4 ms of CPU; 90 KB for 48 rows).
func BenchmarkOrganizationPage(b *testing.B) {
	clock := sqldbtest.NewClock()
	h := officetest.New(b, sqldbtest.Open(b, "sqlite", clock.Now), clock)
	fill(h, 2, 104) // 52 each
	small := h.Organization(h.School, "Petit atelier", "")
	for _, family := range []string{"Garnier", "Oliveira", "Tanguy", "Petit", "Moreau", "Kervella", "Nguyen", "Diallo", "Abgrall", "Salaün"} {
		h.Contact(h.School, small.ID, family, "Loïc")
	}
	var large organization.Organization
	var one contact.Row
	h.View(func(ctx context.Context, tx *sqldb.Tx) error {
		part, err := organization.Find(ctx, tx, h.School.Admin.Actor, organization.Filter{Query: "Atelier 0"})
		if err != nil {
			return err
		}
		large = part.Items[0]
		people, err := contact.Of(ctx, tx, h.School.Admin.Actor, small.ID, paging.Ask{})
		one = people.Items[0]
		return err
	})
	admin := h.As(h.School.Admin)
	for _, page := range []struct{ name, path, part string }{
		{"10 closed", list + "/" + small.ID.String() + "/contacts", ""},
		{"48 closed", list + "/" + large.ID.String() + "/contacts?size=48", ""},
		{"10, one open", list + "/" + small.ID.String() + "/contacts?open=" + one.ID.String(), ""},
		{"one row opened by a script", list + "/" + small.ID.String() + "/contacts?open=" + one.ID.String(), strings.ToLower(one.Label())},
		{"general information", list + "/" + small.ID.String(), ""},
	} {
		b.Run(page.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", officetest.Base+page.path, nil)
			r.Header.Set("X-Fragment", page.part)
			for name, value := range admin.Cookies {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			b.ReportAllocs()
			var bytes int
			for b.Loop() {
				w := httptest.NewRecorder()
				h.Site.ServeHTTP(w, r)
				if bytes = w.Body.Len(); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
			b.ReportMetric(float64(bytes), "bytes/page")
		})
	}
}
