package login_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestThrottle(t *testing.T) {
	each(t, func(h house) {
		limits := login.DefaultLimits()
		fail := func(h house, c login.Credentials, times int) {
			h.Helper()
			for range times {
				h.want(h.try(c), "invalid login.wrong")
			}
		}
		h.rule("after ten wrong tries the login waits, longer each time, and the right password waits too", func(h house) {
			l := h.person("ten@brenval.example")
			c := login.Credentials{Email: l.Email.String(), Password: bad}
			right := login.Credentials{Email: l.Email.String(), Password: good}
			fail(h, c, 10)
			for _, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
				err := h.try(right)
				if got := wait(err); got != want {
					h.Errorf("wait %v, want %v (%v)", got, want, err)
				}
				h.clock.Pass(want)
				fail(h, c, 1)
			}
			h.clock.Pass(15 * time.Minute)
			if err := h.try(right); err != nil {
				h.Error(err)
			}
			fail(h, c, 10)
			if wait(h.try(c)) == 0 {
				h.Error("the count did not begin anew")
			}
		})
		h.rule("an unknown address waits just the same, by however it is written", func(h house) {
			fail(h, login.Credentials{Email: "nobody@brenval.example", Password: bad}, 9)
			fail(h, login.Credentials{Email: "Nobody@Brenval.example ", Password: bad}, 1)
			if got := wait(h.try(login.Credentials{Email: "nobody@brenval.example", Password: bad})); got != 30*time.Second {
				h.Error(got)
			}
		})
		h.rule("wrong tries are forgotten after the window", func(h house) {
			l := h.person("window@brenval.example")
			c := login.Credentials{Email: l.Email.String(), Password: bad}
			fail(h, c, 9)
			h.clock.Pass(limits.FailureWindow)
			fail(h, c, 10)
			if wait(h.try(c)) == 0 {
				h.Error("no wait")
			}
		})
		h.rule("a browser that signed in before has its own count: strangers lock nobody out", func(h house) {
			l := h.person("own@brenval.example")
			e, err := h.desk.SignIn(h.Context(), login.Credentials{Email: l.Email.String(), Password: good})
			if err != nil {
				h.Fatal(err)
			}
			fail(h, login.Credentials{Email: l.Email.String(), Password: bad}, 10)
			known := login.Credentials{Email: l.Email.String(), Password: good, Browser: e.Browser}
			if err := h.try(known); err != nil {
				h.Error(err)
			}
			known.Password = bad
			fail(h, known, 10)
			if wait(h.try(known)) == 0 {
				h.Error("the browser's own count has no end")
			}
		})
		h.rule("a browser is known for its own logins alone, for the password of then, unforged and not for ever", func(h house) {
			a, b := h.person("a@brenval.example"), h.person("b@brenval.example")
			e, err := h.desk.SignIn(h.Context(), login.Credentials{Email: a.Email.String(), Password: good})
			if err != nil {
				h.Fatal(err)
			}
			both, err := h.desk.SignIn(h.Context(), login.Credentials{Email: b.Email.String(), Password: good, Browser: e.Browser})
			if err != nil {
				h.Fatal(err)
			}
			fail(h, login.Credentials{Email: a.Email.String(), Password: bad}, 10)
			fail(h, login.Credentials{Email: b.Email.String(), Password: bad}, 10)
			if wait(h.try(login.Credentials{Email: b.Email.String(), Password: good, Browser: e.Browser})) == 0 {
				h.Error("known for another's login")
			}
			for _, forged := range []string{"x", e.Browser + "x", secret.New().Key("browser").Sign("[]"), strings.Repeat("A", 100_000)} {
				if wait(h.try(login.Credentials{Email: a.Email.String(), Password: good, Browser: forged})) == 0 {
					h.Errorf("forged: %.20s", forged)
				}
			}
			if err := h.try(login.Credentials{Email: a.Email.String(), Password: good, Browser: both.Browser}); err != nil {
				h.Errorf("forgotten when another signed in: %v", err)
			}
			if _, err := h.desk.ChangePassword(h.Context(), self(a), login.PasswordChange{Current: good, New: "marmite girofle 17 essieu"}); err != nil {
				h.Fatal(err)
			}
			fail(h, login.Credentials{Email: a.Email.String(), Password: good, Browser: both.Browser}, 0)
			if wait(h.try(login.Credentials{Email: a.Email.String(), Password: good, Browser: both.Browser})) == 0 {
				h.Error("known for an older password")
			}
			h.clock.Pass(limits.BrowserLifetime)
			fail(h, login.Credentials{Email: b.Email.String(), Password: bad, Browser: both.Browser}, 10)
			if wait(h.try(login.Credentials{Email: b.Email.String(), Password: good})) == 0 {
				h.Error("known for ever: its tries were not the login's")
			}
		})
		h.rule("an address waits for the end of its window after a hundred wrong tries, whatever logins they name", func(h house) {
			l := h.person("hundred@brenval.example")
			from := func(address string, n int) login.Credentials {
				return login.Credentials{Email: "n" + strings.Repeat("x", n) + "@brenval.example", Password: bad, Address: address}
			}
			right := login.Credentials{Email: l.Email.String(), Password: good, Address: "192.0.2.1"}
			for n := range 100 {
				fail(h, from("192.0.2.1", n%50), 1)
				if n == 50 { // who is right gives the try back
					if err := h.try(right); err != nil {
						h.Error(err)
					}
				}
			}
			if got := wait(h.try(right)); got <= 14*time.Minute || got > 15*time.Minute {
				h.Errorf("waits %v", got)
			}
			right.Address = "::ffff:192.0.2.1"
			if wait(h.try(right)) == 0 {
				h.Error("another way to write the address")
			}
			right.Address = "192.0.2.2"
			if err := h.try(right); err != nil {
				h.Errorf("another address: %v", err)
			}
			right.Address = "192.0.2.1"
			h.clock.Pass(15 * time.Minute)
			if err := h.try(right); err != nil {
				h.Errorf("after the window: %v", err)
			}
		})
		h.rule("an IPv6 network counts as one address", func(h house) {
			for n := range 100 {
				fail(h, login.Credentials{Email: "m" + strings.Repeat("x", n%50) + "@brenval.example", Password: bad, Address: "2001:db8:1:2::" + strings.Repeat("f", n%4+1)}, 1)
			}
			if wait(h.try(login.Credentials{Email: "z@brenval.example", Password: bad, Address: "2001:db8:1:2:a:b:c:d"})) == 0 {
				h.Error("no wait")
			}
			h.want(h.try(login.Credentials{Email: "z@brenval.example", Password: bad, Address: "2001:db8:1:3::1"}), "invalid login.wrong")
		})
		h.rule("many at once get no more looks than one after the other", func(h house) {
			l := h.person("atonce@brenval.example")
			var looked atomic.Int64
			var all sync.WaitGroup
			for range 40 {
				all.Go(func() {
					switch err := h.try(login.Credentials{Email: l.Email.String(), Password: bad, Address: "198.51.100.7"}); {
					case keys(err) == "invalid login.wrong":
						looked.Add(1)
					case wait(err) == 0:
						h.Error(err)
					}
				})
			}
			all.Wait()
			if looked.Load() != 10 {
				h.Errorf("%d looks", looked.Load())
			}
		})
		h.rule("no address and no login stand in the counts", func(h house) {
			h.view(func(tx *sqldb.Tx) error {
				names, err := sqldb.List(h.Context(), tx, sqldb.Value[string], `SELECT key FROM throttle`)
				for _, name := range names {
					if len(name) != 43 || strings.ContainsAny(name, "@.:") {
						h.Errorf("%q", name)
					}
				}
				if len(names) == 0 {
					h.Error("no counts")
				}
				return err
			})
		})
		h.rule("other acts are counted by person and act, and can be handed back", func(h house) {
			a, b := h.person("act-a@brenval.example"), h.person("act-b@brenval.example")
			for range 10 {
				if err := h.desk.Try(h.Context(), self(a), "rename"); err != nil {
					h.Fatal(err)
				}
			}
			if wait(h.desk.Try(h.Context(), self(a), "rename")) == 0 {
				h.Error("no wait")
			}
			if err := errors.Join(h.desk.Try(h.Context(), self(b), "rename"), h.desk.Try(h.Context(), self(a), "other")); err != nil {
				h.Error(err)
			}
			for range 30 {
				if err := errors.Join(h.desk.Try(h.Context(), self(b), "free"), h.desk.Undo(h.Context(), self(b), "free")); err != nil {
					h.Fatal(err)
				}
			}
		})
	})
}
