package portal_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestPageSizes: a page of 48 people is at most 90 KB of HTML, and 15 KB on the wire, in each layout and order.
func TestPageSizes(t *testing.T) {
	clock := sqldbtest.NewClock()
	p := newPractice(t, sqldbtest.Open(t, "sqlite", clock.Now), 200)
	for _, query := range []string{"", "&view=grid", "&sort=recent", "&q=garn&view=list", "&state=without_login", "&state=without_login&view=grid&page=2"} {
		t.Run("48 people fit"+query, func(t *testing.T) {
			w := httptest.NewRecorder()
			p.site.ServeHTTP(w, p.request("GET", p.path+"/contacts?size=48"+query, nil))
			var small bytes.Buffer
			z, err := gzip.NewWriterLevel(&small, gzip.BestSpeed)
			if err != nil {
				t.Fatal(err)
			}
			_, err = z.Write(w.Body.Bytes())
			if err != nil || z.Close() != nil || w.Code != http.StatusOK {
				t.Fatal(w.Code, err)
			}
			if w.Body.Len() > 90_000 || small.Len() > 15_000 {
				t.Errorf("%d bytes, %d compressed", w.Body.Len(), small.Len())
			}
			t.Logf("%d bytes, %d compressed", w.Body.Len(), small.Len())
		})
	}
}
