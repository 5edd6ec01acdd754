package login_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

const bad = "wrong wrong wrong"

func (h house) try(c login.Credentials) error {
	_, err := h.desk.SignIn(h.Context(), c)
	return err
}

// wait is how long a refusal tells one to wait; 0 if it is another answer.
func wait(err error) time.Duration {
	if f := fault.As(err); f != nil && f.Kind == fault.TooMany {
		return f.Message.Args["Wait"].(time.Duration)
	}
	return 0
}

func TestSignIn(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene.garnier@brenval.example")
		h.rule("address and password let in, in any case and with blanks around the address", func(h house) {
			for _, typed := range []string{"helene.garnier@brenval.example", " Helene.Garnier@BRENVAL.example\t"} {
				e, err := h.desk.SignIn(h.Context(), login.Credentials{Email: typed, Password: good})
				if err != nil || e.Login != l || e.Session.Login != l.ID || e.Browser == "" {
					h.Errorf("%+v %v", e, err)
				}
			}
		})
		h.rule("unknown address, no address and wrong password are one answer", func(h house) {
			for _, c := range []login.Credentials{
				{Email: l.Email.String(), Password: bad},
				{Email: l.Email.String(), Password: good + " "},
				{Email: l.Email.String(), Password: strings.ToUpper(good)},
				{Email: l.Email.String(), Password: strings.Repeat("x", 100_000)},
				{Email: "nobody@brenval.example", Password: good},
				{Email: "no address", Password: good},
				{Email: "a\x00\xff' OR 1=1 --@x.fr" + strings.Repeat("é", 10_000), Password: "\x00\xff"},
			} {
				h.want(h.try(c), "invalid login.wrong")
			}
		})
		h.rule("empty fields are named and cost no try", func(h house) {
			h.want(h.try(login.Credentials{Email: "  "}), "invalid email=fault.required password=fault.required")
		})
		h.rule("an accented letter is the same however the keyboard composes it", func(h house) {
			p := h.person("nfc@brenval.example")
			_, err := h.desk.ChangePassword(h.Context(), self(p), login.PasswordChange{Current: good, New: "m\u00e9sange pelote grésil"})
			if err != nil {
				h.Fatal(err)
			}
			if err := h.try(login.Credentials{Email: p.Email.String(), Password: "me\u0301sange pelote gre\u0301sil"}); err != nil {
				h.Error(err)
			}
		})
		h.rule("a hash of another cost is made anew at sign-in, and nothing else changes", func(h house) {
			dearer := cheap
			dearer.Passes, dearer.Memory = 2, 16
			desk := login.NewDesk(h.db, secret.New(), login.DefaultLimits(), dearer)
			stored := func() (phc string) {
				h.view(func(tx *sqldb.Tx) (err error) {
					phc, err = sqldb.One(h.Context(), tx, sqldb.Value[string], `SELECT password_hash FROM login WHERE id = $1`, l.ID)
					return err
				})
				return phc
			}
			before := stored()
			if _, err := desk.SignIn(h.Context(), login.Credentials{Email: l.Email.String(), Password: good}); err != nil {
				h.Fatal(err)
			}
			after := stored()
			if !strings.HasPrefix(before, "$argon2id$v=19$m=8,t=1,p=1$") || !strings.HasPrefix(after, "$argon2id$v=19$m=16,t=2,p=1$") {
				h.Errorf("%s → %s", before, after)
			}
			if _, err := desk.SignIn(h.Context(), login.Credentials{Email: l.Email.String(), Password: good}); err != nil || stored() != after {
				h.Errorf("again: %v", err)
			}
		})
		h.rule("who gives up waiting for a turn is told so, and it counts for nothing", func(h house) {
			ctx, cancel := context.WithCancel(h.Context())
			none := cheap
			none.Concurrent = 0 // nobody's turn ever comes
			desk := login.NewDesk(h.db, secret.New(), login.DefaultLimits(), none)
			var all sync.WaitGroup
			for range 30 {
				all.Go(func() {
					if _, err := desk.Hash(ctx, good); !errors.Is(err, context.Canceled) {
						h.Error(err)
					}
				})
			}
			cancel()
			all.Wait()
			for range 12 {
				ctx, cancel := context.WithTimeout(h.Context(), 20*time.Millisecond)
				_, err := desk.SignIn(ctx, login.Credentials{Email: "busy@brenval.example", Password: bad, Address: "192.0.2.77"})
				cancel()
				if !errors.Is(err, context.DeadlineExceeded) {
					h.Error(err)
				}
			}
		})
	})
}

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

func TestConfirm(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene@brenval.example")
		limits := login.DefaultLimits()
		b := newBrowser(h)
		b.signIn(l)
		h.rule("a password counts as just typed for fifteen minutes, then it is asked for again", func(h house) {
			now := func() sqldb.Time { return sqldb.At(h.clock.Now()) }
			if !b.visit().Confirmed(now(), limits) {
				h.Error("not after signing in")
			}
			h.clock.Pass(15 * time.Minute)
			if b.visit().Confirmed(now(), limits) {
				h.Error("still")
			}
			ctx := b.request()
			s, err := h.desk.Confirm(h.Context(), self(l), b.session(ctx), good, "192.0.2.7")
			if err != nil {
				h.Fatal(err)
			}
			b.manager.Put(ctx, login.SessionKey, s) // under the same token
			if err := b.commit(ctx); err != nil || !b.visit().Confirmed(now(), limits) {
				h.Errorf("not confirmed: %v", err)
			}
			h.clock.Pass(15 * time.Minute)
			s, err = h.desk.Confirm(h.Context(), self(l), b.visit(), good, "")
			if err != nil {
				h.Fatal(err)
			}
			b.put(login.Entry{Session: s}) // under a new one
			if got := b.visit(); got.Login != l.ID || !got.Confirmed(now(), limits) {
				h.Errorf("%+v", got)
			}
			if (login.Session{}).Confirmed(now(), limits) {
				h.Error("nobody's session is confirmed")
			}
		})
		h.rule("wrong ones are counted apart from strangers' and have an end", func(h house) {
			for range 10 {
				h.want(h.try(login.Credentials{Email: l.Email.String(), Password: bad}), "invalid login.wrong")
			}
			for range 10 {
				_, err := h.desk.Confirm(h.Context(), self(l), login.Session{}, bad, "")
				h.want(err, "invalid password=login.password.wrong")
			}
			if _, err := h.desk.Confirm(h.Context(), self(l), login.Session{}, good, ""); wait(err) != 30*time.Second {
				h.Error(err)
			}
		})
	})
}

func TestChangePassword(t *testing.T) {
	each(t, func(h house) {
		const next = "marmite girofle 17 essieu"
		l := h.person("helene@brenval.example")
		h.workspace(1, l)
		b, c := newBrowser(h), newBrowser(h)
		b.signIn(l)
		c.signIn(l)
		change := func(in login.PasswordChange) (login.Entry, error) {
			in.Session = b.visit()
			return h.desk.ChangePassword(h.Context(), self(l), in)
		}
		h.rule("the current one and the new one are judged together", func(h house) {
			for _, x := range []struct {
				in   login.PasswordChange
				want string
			}{
				{login.PasswordChange{Current: bad, New: "court"}, "invalid current_password=login.password.wrong new_password=login.password.short"},
				{login.PasswordChange{Current: bad, New: next}, "invalid current_password=login.password.wrong"},
				{login.PasswordChange{Current: good, New: good}, "invalid new_password=login.password.same"},
				{login.PasswordChange{Current: good, New: "HeleneGarnier2026"}, "invalid new_password=login.guessable.personal"},
				{login.PasswordChange{Current: good, New: "orvane-lundi-2026", About: []string{"Orvane"}}, "invalid new_password=login.guessable.personal"},
			} {
				_, err := change(x.in)
				h.want(err, x.want)
			}
		})
		h.rule("it ends all other sessions, keeps this one under a new token and tells the history", func(h house) {
			e, err := change(login.PasswordChange{Current: good, New: next, Browser: b.known})
			if err != nil {
				h.Fatal(err)
			}
			b.put(e)
			if b.visit().Login != l.ID || !c.visit().Login.IsZero() {
				h.Error("the wrong sessions")
			}
			if lines := h.history(1); len(lines) != 1 || lines[0] != "login.password_changed " {
				h.Errorf("%q", lines)
			}
			h.want(h.try(login.Credentials{Email: l.Email.String(), Password: good}), "invalid login.wrong")
			if err := h.try(login.Credentials{Email: l.Email.String(), Password: next, Browser: b.known}); err != nil {
				h.Error(err)
			}
			if e.Login.PasswordChangedAt <= l.PasswordChangedAt || e.Login.Version != l.Version {
				h.Errorf("%+v", e.Login)
			}
		})
		h.rule("wrong ones have an end", func(h house) {
			for range 10 {
				_, err := change(login.PasswordChange{Current: bad, New: next + " x"})
				if err == nil {
					h.Fatal("changed")
				}
				if wait(err) > 0 {
					return
				}
			}
			if _, err := change(login.PasswordChange{Current: next, New: good}); wait(err) == 0 {
				h.Error(err)
			}
		})
	})
}
