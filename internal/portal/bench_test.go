package portal_test

import (
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// BenchmarkContacts is the list of an organisation of 2,000 as its people see it, through the complete product: session,
// gates, query, page (at most 1 ms of CPU each).
func BenchmarkContacts(b *testing.B) {
	clock := sqldbtest.NewClock()
	p := newPractice(b, sqldbtest.Open(b, "sqlite", clock.Now), 2000)
	for _, page := range []struct{ name, query string }{
		{"12", "?size=12"}, {"24", "?size=24"}, {"48", "?size=48"}, {"48 in a grid", "?size=48&view=grid"}, {"newest", "?size=48&sort=recent"},
		{"last page", "?size=12&page=167"}, {"search", "?size=48&q=garn"}, {"two words", "?size=12&q=loic+petit"}, {"nobody", "?q=zzz"}, {"number", "?q=C-000123"}, {"without login", "?size=48&state=without_login"}, {"expired", "?state=expired"},
	} {
		b.Run(page.name, func(b *testing.B) {
			r := p.request("GET", p.path+"/contacts"+page.query, nil)
			b.ReportAllocs()
			var bytes int
			before := processor(b)
			for b.Loop() {
				w := httptest.NewRecorder()
				p.site.ServeHTTP(w, r)
				if bytes = w.Body.Len(); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
			b.ReportMetric(float64((processor(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(bytes), "bytes/page")
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
