package login_test

import (
	"context"
	"errors"
	"strings"
	"sync"
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
				{login.PasswordChange{Current: bad, New: "court"}, "invalid current_password=login.password.wrong new_password=password.short"},
				{login.PasswordChange{Current: bad, New: next}, "invalid current_password=login.password.wrong"},
				{login.PasswordChange{Current: good, New: good}, "invalid new_password=login.password.same"},
				{login.PasswordChange{Current: good, New: "HeleneGarnier2026"}, "invalid new_password=password.guessable.personal"},
				{login.PasswordChange{Current: good, New: "brenval-lundi-2026"}, "invalid new_password=password.guessable.personal"},
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
