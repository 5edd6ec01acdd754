package surface

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
)

// nodes are two programs that serve one installation, each with a database connection of its own; trace may be nil.
func nodes(t *testing.T, test func(t *testing.T, in *installation, second *web.Site)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock := sqldbtest.NewClock()
			o := sqldbtest.Options(t, engine)
			o.Clock = clock.Now
			open := func() *sqldb.DB {
				db, err := sqldb.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
				return db
			}
			first := open()
			if err := first.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			in := furnish(t, first, clock)
			test(t, in, in.node(open()))
		})
	}
}

// try signs in with whatever password from an address of one's own.
func try(b *browser, remote, who, typed string) int {
	c := b.again()
	c.remote = remote
	return c.post("/sign-in", url.Values{"email": {who}, "password": {typed}}).status
}

func TestThrottleOverTwoNodes(t *testing.T) {
	nodes(t, func(t *testing.T, in *installation, second *web.Site) {
		pair := []*browser{in.browser(), in.browserAt(second)}
		limit := in.config.SignIn.Failures
		t.Run("wrong passwords for one login are counted over both", func(t *testing.T) {
			for i := range limit {
				if status := try(pair[i%2], "198.51.100."+string(rune('1'+i%9))+":1", in.school.admin, "wrong"); status != http.StatusUnprocessableEntity {
					t.Fatalf("try %d: %d", i+1, status)
				}
			}
			for i, b := range pair {
				if status := try(b, "198.51.100.200:1", in.school.admin, password); status != http.StatusTooManyRequests {
					t.Errorf("node %d looks at the next one: %d", i+1, status)
				}
			}
			if status := try(pair[1], "198.51.100.200:1", strings.ToUpper(in.school.admin)+" ", password); status != http.StatusTooManyRequests {
				t.Errorf("written otherwise it is another login: %d", status)
			}
		})
		t.Run("an address without a login is slowed down alike", func(t *testing.T) {
			for i := range limit {
				try(pair[i%2], "198.51.100.60:1", "nobody@brenval.example", "wrong")
			}
			for _, b := range pair {
				if status := try(b, "198.51.100.61:1", "nobody@brenval.example", "wrong"); status != http.StatusTooManyRequests {
					t.Errorf("status %d: so one is told from the other", status)
				}
			}
		})
		t.Run("after the delay the right password comes in, on either node", func(t *testing.T) {
			in.clock.Pass(in.config.SignIn.FirstDelay.Duration())
			if status := try(pair[1], "198.51.100.200:1", in.school.admin, password); status != http.StatusSeeOther {
				t.Errorf("status %d", status)
			}
		})
		t.Run("of many tries at once on both nodes no more are looked at than one after the other", func(t *testing.T) {
			var mu sync.Mutex
			looked, slowed := 0, 0
			var all sync.WaitGroup
			for i := range 4 * limit {
				all.Go(func() {
					status := try(pair[i%2], "198.51.100.70:1", in.school.officer, "wrong")
					mu.Lock()
					defer mu.Unlock()
					switch status {
					case http.StatusUnprocessableEntity:
						looked++
					case http.StatusTooManyRequests:
						slowed++
					default:
						t.Errorf("status %d", status)
					}
				})
			}
			all.Wait()
			if looked != limit || slowed != 3*limit {
				t.Errorf("%d looked at, %d slowed down", looked, slowed)
			}
		})
		t.Run("a browser that came in before is not kept out by strangers", func(t *testing.T) {
			who := in.somebody(in.school, "admin")
			known := in.as(who)
			for i := range limit + 1 {
				try(pair[i%2], "198.51.100.80:1", who, "wrong")
			}
			delete(known.cookies, sessionCookie)
			if status := try(known, "198.51.100.81:1", who, password); status != http.StatusSeeOther {
				t.Errorf("status %d", status)
			}
		})
		t.Run("one client address gets a bounded number of tries over all logins, and says who it is by itself", func(t *testing.T) {
			in.patient()
			looked := 0
			for i := range in.config.SignIn.AddressFailures + 10 {
				_, letters := in.next()
				b := pair[i%2].again()
				b.header.Set("X-Forwarded-For", "192.0.2."+string(rune('1'+i%9))) // nobody’s word for it
				if try(b, "203.0.113.99:1", letters+"@nobody.example", "wrong") == http.StatusUnprocessableEntity {
					looked++
				}
			}
			if looked != in.config.SignIn.AddressFailures {
				t.Errorf("%d tries were looked at", looked)
			}
			if status := try(pair[0], "203.0.113.98:1", in.school.admin, password); status != http.StatusSeeOther {
				t.Errorf("another address: %d", status)
			}
		})
		t.Run("letters for a forgotten password are counted over both, by address and by client", func(t *testing.T) {
			in.patient()
			ask := func(i int, remote, address string) int {
				b := pair[i%2].again()
				b.remote = remote
				return b.post("/forgotten-password", url.Values{"email": {address}}).status
			}
			for _, address := range []string{in.school.officer, "nobody@brenval.example"} {
				for i := range in.config.SignIn.Recoveries {
					if status := ask(i, "198.51.100."+string(rune('1'+i))+":1", address); status != http.StatusSeeOther {
						t.Errorf("letter %d: %d", i+1, status)
					}
				}
				for i := range 2 {
					if status := ask(i, "198.51.100.9:1", strings.ToUpper(address)); status != http.StatusTooManyRequests {
						t.Errorf("%s, node %d: %d", address, i+1, status)
					}
				}
			}
			sent := 0
			for i := range in.config.SignIn.AddressAsks + 5 {
				_, letters := in.next()
				if ask(i, "203.0.113.99:1", letters+"@nobody.example") == http.StatusSeeOther {
					sent++
				}
			}
			if sent != in.config.SignIn.AddressAsks {
				t.Errorf("%d letters", sent)
			}
		})
		t.Run("guessing who else knows a person is counted over both", func(t *testing.T) {
			in.patient()
			who := in.somebody(in.school, "officer")
			a := in.as(who)
			b := a.again()
			b.site = second
			taken := in.contact(in.school)
			probe := in.person(in.school, taken.Organization)
			form := url.Values{"family_name": {taken.FamilyName.String()}, "given_name": {taken.GivenName.String()}, "person": {"same"}, "version": {"1"}}
			refused := 0
			for i := range in.config.SignIn.Renames + 4 {
				switch status := []*browser{a, b}[i%2].post("/brenval/office/contacts/"+probe.ID.String()+"/name", form).status; status {
				case http.StatusUnprocessableEntity:
					refused++
				case http.StatusTooManyRequests:
				default:
					t.Errorf("status %d", status)
				}
			}
			if refused != in.config.SignIn.Renames {
				t.Errorf("%d times told", refused)
			}
		})
	})
}

// An unknown address and a wrong password cost the same: the same statements, and a hash as large. Durations are not
// asserted.
func TestSameWorkForUnknownAddresses(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { // not parallel: it looks at the whole process's memory
			var mu sync.Mutex
			var statements []string
			o := sqldbtest.Options(t, engine)
			clock := sqldbtest.NewClock()
			o.Clock = clock.Now
			o.Trace = func(query string, args []any) {
				mu.Lock()
				defer mu.Unlock()
				statements = append(statements, strings.Join(strings.Fields(query), " "))
			}
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			in := furnish(t, db, clock)
			in.config.Passwords.Memory = 16 << 10
			in.site = in.node(db)
			work := func(who string) (done []string, bytes uint64, a answer) {
				var before, after runtime.MemStats
				runtime.GC()
				statements = nil
				runtime.ReadMemStats(&before)
				a = in.browser().post("/sign-in", url.Values{"email": {who}, "password": {"wrong and long enough"}})
				runtime.ReadMemStats(&after)
				return statements, after.TotalAlloc - before.TotalAlloc, a
			}
			in.update(func(ctx context.Context, tx *sqldb.Tx) error { // a login whose hash is of today's cost
				_, err := tx.Exec(ctx, `UPDATE login SET password_hash = REPLACE(password_hash, 'm=64,', 'm=16384,')`)
				return err
			})
			work(in.school.officer) // whatever is done once only
			known, costs, page := work(in.school.admin)
			for _, who := range []string{"nobody@brenval.example", "not an address", "Élodie@brenval.example", strings.Repeat("x", 3_000) + "@brenval.example"} {
				done, cost, same := work(who)
				if strings.Join(done, "\n") != strings.Join(known, "\n") {
					t.Errorf("%.40s: statements\n%s\n---\n%s", who, strings.Join(done, "\n"), strings.Join(known, "\n"))
				}
				if cost < 16<<20 || costs < 16<<20 {
					t.Errorf("%.40s: %d bytes for it, %d for a known one: there was no hash", who, cost, costs)
				}
				if same.status != page.status || blank(same.body) != blank(page.body) {
					t.Errorf("%.40s: the answer differs", who)
				}
				if s, k := same.header, page.header; len(s) != len(k) || len(s["Set-Cookie"]) != len(k["Set-Cookie"]) {
					t.Errorf("%.40s: headers %v and %v", who, s, k)
				}
			}
		})
	}
}

// blank takes the typed address out of the page.
func blank(body string) string {
	return regexp.MustCompile(`(name="email"[^>]*) value="[^"]*"`).ReplaceAllString(body, "$1")
}

// Who leaves a browser alone is signed out by the idle limit, long before the session's end.
func TestIdleSessions(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		home := "/brenval/office"
		open := func(t *testing.T, b *browser, yes bool) {
			t.Helper()
			if a := b.get(home); (a.status == http.StatusOK) != yes || !yes && !strings.HasPrefix(a.location(), "/sign-in") {
				t.Errorf("%d %s, open %v", a.status, a.location(), yes)
			}
		}
		stays := func(t *testing.T, b *browser, limit time.Duration) {
			t.Helper()
			for range 2 {
				in.clock.Pass(limit - time.Second)
				open(t, b, true)
			}
			in.clock.Pass(limit)
			open(t, b, false)
		}
		t.Run("four hours without a page end a session, if nothing is configured", func(t *testing.T) {
			stays(t, in.as(in.school.admin), 4*time.Hour)
		})
		t.Run("what is configured holds", func(t *testing.T) {
			in.config.SignIn.SessionIdle = config.Seconds(20 * time.Minute)
			b := in.browserAt(in.node(in.db))
			b.signIn(in.school.admin)
			stays(t, b, 20*time.Minute)
		})
	})
}
