package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// BenchmarkAPI is the complete product without the network: token, right, query, JSON (design/performance.md, operation d: one
// contact at most 0.16 ms of CPU; a list of 48 at most 0.8 ms).
func BenchmarkAPI(b *testing.B) {
	clock := sqldbtest.NewClock()
	h := officetest.New(b, sqldbtest.Open(b, "sqlite", clock.Now), clock)
	c := all(b, h, h.School)
	of := h.Organization(h.School, "Corvenne", "73282932000074").ID.String()
	path := ""
	for n := range 500 {
		path = "/contacts/" + c.post("/organizations/"+of+"/contacts", person(n)).want(http.StatusCreated).text("id")
	}
	n := 1000
	for _, x := range []struct {
		name, method, path string
		status             int
		body               func() string
	}{
		{"one contact", "GET", path, http.StatusOK, nil},
		{"list of 48", "GET", "/contacts?limit=48", http.StatusOK, nil},
		{"organizations", "GET", "/organizations?limit=48", http.StatusOK, nil},
		{"create", "POST", "/organizations/" + of + "/contacts", http.StatusCreated, func() string { n++; return person(n) }},
	} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			before := processor(b)
			for b.Loop() {
				body := ""
				if x.body != nil {
					body = x.body()
				}
				r := httptest.NewRequest(x.method, officetest.Base+"/api/v1"+x.path, strings.NewReader(body))
				r.Header.Set("Authorization", "Bearer "+c.secret)
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				h.Site.ServeHTTP(w, r)
				if w.Code != x.status {
					b.Fatal(w.Code, w.Body)
				}
			}
			b.ReportMetric(float64((processor(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

// person is a body that makes somebody whom nobody made before.
func person(n int) string {
	name := ""
	for left := n; left > 0; left /= 26 {
		name += string(rune('a' + left%26))
	}
	return fmt.Sprintf(`{"civility":"ms","family_name":"Le Gall %s","given_name":"Anne","email":"a%d@corvenne.example","phone":"02 61 91 40 10"}`, name, n)
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
