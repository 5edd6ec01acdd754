package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/api"
	"github.com/entregent/entregent/internal/office/officetest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/token"
	"github.com/entregent/entregent/test/stories/client"
)

func TestMain(m *testing.M) { officetest.Main(m) }

// How much the other program brings.
var (
	organizations = size(200, 10_000)
	contacts      = 5 // of each
)

func size(short, full int) int {
	if os.Getenv("ENTREGENT_TEST_FULL") != "" {
		return full
	}
	return short
}

func TestClientIsFresh(t *testing.T) {
	made, err := os.ReadFile("openapi.json")
	if err != nil || string(made) != string(api.New(api.Options{}).Document()) {
		t.Errorf("the client was made from another document: run scripts/client (%v)", err)
	}
}

// TestBringing is another program's story: by a client that a public generator made of the OpenAPI document it brings all its
// organisations and contacts, twice, over a connection that is cut again and again; and nothing is doubled or lost.
func TestBringing(t *testing.T) {
	officetest.Each(t, func(t *testing.T, h *officetest.House) {
		server := httptest.NewServer(at(h))
		defer server.Close()
		cut := &cutting{next: http.DefaultTransport}
		c, err := client.NewClientWithResponses(server.URL+"/api/v1", client.WithHTTPClient(&http.Client{Transport: cut}), client.WithRequestEditorFn(bearing(secret(t, h))))
		if err != nil {
			t.Fatal(err)
		}
		for run := range 2 {
			b := bringing{TB: t, c: c, run: run}
			b.all()
			t.Logf("run %d: %d made, %d there already, %d cuts so far", run+1, b.made.Load(), b.there.Load(), cut.cuts.Load())
			if run == 0 && (b.made.Load() != int64(organizations*(1+contacts)) || b.there.Load() != 0) {
				t.Errorf("the first time %d were made, %d were there", b.made.Load(), b.there.Load())
			}
			if run == 1 && b.made.Load() != 0 {
				t.Errorf("the second time %d were made", b.made.Load())
			}
		}
		if cut.cuts.Load() < int64(organizations) {
			t.Errorf("the connection was cut %d times only", cut.cuts.Load())
		}
		counted(t, c)
	})
}

// at has the house answer under its own name, whatever the test's server is called.
func at(h *officetest.House) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = officetest.Base[len("https://"):]
		h.Site.ServeHTTP(w, r)
	})
}

func secret(t *testing.T, h *officetest.House) (secret string) {
	t.Helper()
	h.Update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		_, secret, err = token.Create(ctx, tx, h.School.Admin.Actor, token.Input{Name: "ERP", Rights: []string{string(actor.OrganizationsWrite), string(actor.ContactsWrite)}})
		return err
	})
	return secret
}

func bearing(secret string) client.RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+secret)
		return nil
	}
}

var errCut = errors.New("the connection was cut")

// cutting loses one request in three on its way, and of one in three the answer.
type cutting struct {
	next    http.RoundTripper
	n, cuts atomic.Int64
}

func (c *cutting) RoundTrip(r *http.Request) (*http.Response, error) {
	turn := c.n.Add(1) % 3
	if r.Method == http.MethodGet || turn == 0 {
		return c.next.RoundTrip(r)
	}
	c.cuts.Add(1)
	if turn == 1 {
		return nil, errCut
	}
	answer, err := c.next.RoundTrip(r)
	if err == nil {
		answer.Body.Close()
	}
	return nil, errCut
}

// bringing is one run of the other program.
type bringing struct {
	testing.TB
	c           *client.ClientWithResponses
	run         int
	made, there atomic.Int64
}

// all brings everything, eight at a time.
func (b *bringing) all() {
	work := make(chan int)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for n := range work {
				b.organization(n)
			}
		})
	}
	for n := range organizations {
		work <- n
	}
	close(work)
	workers.Wait()
}

// key names a request, so that it is the same when it is sent again; the second run knows nothing of the first.
func (b *bringing) key(what string, n ...int) *string {
	key := fmt.Sprint(b.run, " ", what, n)
	return &key
}

// again sends until there is an answer.
func again[A any](send func() (A, error)) A {
	for {
		answer, err := send()
		if err == nil {
			return answer
		}
		if !errors.Is(err, errCut) {
			panic(err)
		}
	}
}

func (b *bringing) count(status int) {
	switch status {
	case http.StatusCreated:
		b.made.Add(1)
	case http.StatusConflict:
		b.there.Add(1)
	default:
		b.Errorf("status %d", status)
	}
}

func (b *bringing) organization(n int) {
	number := fmt.Sprintf("ERP-%06d", n)
	made := again(func() (*client.CreateOrganizationResponse, error) {
		return b.c.CreateOrganizationWithResponse(b.Context(), &client.CreateOrganizationParams{IdempotencyKey: b.key("organization", n)},
			client.CreateOrganizationJSONRequestBody{Name: fmt.Sprintf("Société %06d", n), CustomerNumber: &number})
	})
	b.count(made.StatusCode())
	one := made.JSON201
	if one == nil { // it was there: it is found by its number
		found, err := b.c.ListOrganizationsWithResponse(b.Context(), &client.ListOrganizationsParams{Q: &number})
		if err != nil || found.JSON200 == nil || len(found.JSON200.Items) != 1 {
			b.Errorf("%s is found %v times", number, found)
			return
		}
		one = &found.JSON200.Items[0]
	}
	for i := range contacts {
		b.contact(*one, n, i)
	}
}

func (b *bringing) contact(of client.Organization, n, i int) {
	civility, email, phone := "ms", fmt.Sprintf("p%d@s%06d.example", i, n), "02 61 91 40 10"
	made := again(func() (*client.CreateContactResponse, error) {
		return b.c.CreateContactWithResponse(b.Context(), of.Id, &client.CreateContactParams{IdempotencyKey: b.key("contact", n, i)},
			client.CreateContactJSONRequestBody{Civility: &civility, FamilyName: fmt.Sprintf("Le Gall %s", letters(n)), GivenName: "Anne " + letters(i), Email: &email, Phone: &phone})
	})
	b.count(made.StatusCode())
}

// letters writes a number as a name.
func letters(n int) string {
	name := ""
	for range 4 {
		name += string(rune('a' + n%26))
		n /= 26
	}
	return name
}

// counted walks over all there is, page by page.
func counted(t *testing.T, c *client.ClientWithResponses) {
	t.Helper()
	limit, cursor, seen := int64(100), "", map[string]int{}
	for {
		page, err := c.ListContactsWithResponse(t.Context(), &client.ListContactsParams{Limit: &limit, Cursor: &cursor})
		if err != nil || page.JSON200 == nil {
			t.Fatal(err, page)
		}
		for _, p := range page.JSON200.Items {
			seen[p.Email]++
		}
		if cursor = page.JSON200.Next; cursor == "" {
			break
		}
	}
	for email, n := range seen {
		if n != 1 {
			t.Errorf("%s is there %d times", email, n)
		}
	}
	if len(seen) != organizations*contacts {
		t.Errorf("%d contacts", len(seen))
	}
	cursor, bodies := "", map[string]bool{}
	for {
		page, err := c.ListOrganizationsWithResponse(t.Context(), &client.ListOrganizationsParams{Limit: &limit, Cursor: &cursor})
		if err != nil || page.JSON200 == nil {
			t.Fatal(err, page)
		}
		for _, o := range page.JSON200.Items {
			bodies[o.CustomerNumber] = true
		}
		if cursor = page.JSON200.Next; cursor == "" {
			break
		}
	}
	if len(bodies) != organizations {
		t.Errorf("%d organisations", len(bodies))
	}
}
