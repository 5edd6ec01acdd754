package login_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

// browser holds a session's token as a cookie would, and goes through scs as the faces do.
type browser struct {
	h       house
	manager *scs.SessionManager
	client  login.Client
	token   string
	known   string // the long-lived cookie
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

func newBrowser(h house) *browser {
	limits := login.DefaultLimits()
	limits.SessionIdle = 2 * time.Hour
	m := scs.New()
	m.Store, m.Codec, m.HashTokenInStore = login.NewStore(h.db, limits, nil), login.Codec{}, true
	return &browser{h: h, manager: m, client: login.Client{Agent: firefox, Address: "192.0.2.7"}}
}

// request is what one request sees of the session before its answer is written.
func (b *browser) request() context.Context {
	b.h.Helper()
	ctx, err := b.manager.Load(login.WithClient(b.h.Context(), b.client), b.token)
	if err != nil {
		b.h.Fatal(err)
	}
	return ctx
}

func (b *browser) session(ctx context.Context) login.Session {
	return login.SessionOf(b.manager.Get(ctx, login.SessionKey))
}

// commit ends a request that changed the session.
func (b *browser) commit(ctx context.Context) error {
	token, _, err := b.manager.Commit(ctx)
	if err == nil {
		b.token = token
	}
	return err
}

// visit opens a page that changes nothing.
func (b *browser) visit() login.Session {
	b.h.Helper()
	return b.session(b.request())
}

// put takes what the desk returned into a session with a new token.
func (b *browser) put(e login.Entry) {
	b.h.Helper()
	ctx := b.request()
	if err := b.manager.RenewToken(ctx); err != nil {
		b.h.Fatal(err)
	}
	b.manager.Put(ctx, login.SessionKey, e.Session)
	if err := b.commit(ctx); err != nil {
		b.h.Fatal(err)
	}
	b.known = e.Browser
}

func (b *browser) signIn(l login.Login) {
	b.h.Helper()
	e, err := b.h.desk.SignIn(b.h.Context(), login.Credentials{Email: l.Email.String(), Password: good, Browser: b.known, Address: b.client.Address})
	if err != nil {
		b.h.Fatal(err)
	}
	b.put(e)
}

func (h house) devices(l login.Login, current id.Session) (list []login.Device) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) (err error) {
		list, err = login.Sessions(h.Context(), tx, self(l), current)
		return err
	})
	return list
}

func TestSession(t *testing.T) {
	each(t, func(h house) {
		l, other := h.person("helene@brenval.example"), h.person("other@brenval.example")

		h.rule("who signs in is known on the next request, under a new token", func(h house) {
			b := newBrowser(h)
			ctx := b.request()
			b.manager.Put(ctx, "back", "/brenval/office")
			if err := b.commit(ctx); err != nil {
				h.Fatal(err)
			}
			before := b.token
			if s := b.visit(); !s.Login.IsZero() || s.ID.IsZero() || b.manager.GetString(b.request(), "back") != "/brenval/office" {
				h.Errorf("%+v", s)
			}
			b.signIn(l)
			s := b.visit()
			if s.Login != l.ID || s.ID.IsZero() || s.ConfirmedAt.IsZero() || b.token == before || b.manager.GetString(b.request(), "back") != "/brenval/office" {
				h.Errorf("%+v", s)
			}
			b.token = before
			if s := b.visit(); !s.Login.IsZero() || !s.ID.IsZero() {
				h.Error("the token from before lives on")
			}
		})
		h.rule("a login under an old token is refused, whoever set it", func(h house) {
			b := newBrowser(h)
			ctx := b.request()
			b.manager.Put(ctx, "x", "y")
			if err := b.commit(ctx); err != nil {
				h.Fatal(err)
			}
			e, err := h.desk.SignIn(h.Context(), login.Credentials{Email: l.Email.String(), Password: good})
			if err != nil {
				h.Fatal(err)
			}
			ctx = b.request()
			b.manager.Put(ctx, login.SessionKey, e.Session)
			if err := b.commit(ctx); err == nil {
				h.Error("stored")
			}
			ctx = b.request()
			s := b.session(ctx)
			s.Login = l.ID
			b.manager.Put(ctx, login.SessionKey, s)
			if err := b.commit(ctx); err == nil {
				h.Error("stored")
			}
			if s := b.visit(); !s.Login.IsZero() {
				h.Errorf("%+v", s)
			}
		})
		h.rule("a session without proof of a password is not made", func(h house) {
			b := newBrowser(h)
			ctx := b.request()
			b.manager.Put(ctx, login.SessionKey, login.Session{Login: l.ID})
			if err := b.commit(ctx); err == nil {
				h.Error("stored")
			}
		})
		h.rule("opening pages writes «last seen» once a minute at most", func(h house) {
			b := newBrowser(h)
			b.signIn(l)
			s := b.visit()
			seen := func() sqldb.Time {
				for _, d := range h.devices(l, s.ID) {
					if d.Current {
						return d.LastSeen
					}
				}
				return 0
			}
			first := seen()
			h.clock.Pass(59 * time.Second)
			b.visit()
			if seen() != first {
				h.Error("written too early")
			}
			h.clock.Pass(time.Second)
			b.client.Address = "192.0.2.99"
			b.visit()
			if got := seen(); got.Sub(first) < time.Minute {
				h.Errorf("not written: %v", got.Sub(first))
			}
			if d := h.devices(l, s.ID)[0]; d.Address != "192.0.2.99" || !d.Current {
				h.Errorf("%+v", d)
			}
		})
		h.rule("a session ends after its idle time, and after its lifetime however busy it is", func(h house) {
			b := newBrowser(h)
			b.signIn(l)
			h.clock.Pass(2*time.Hour + time.Second)
			if s := b.visit(); !s.Login.IsZero() {
				h.Error("idle, still signed in")
			}
			b.signIn(l)
			for n := range 8 {
				h.clock.Pass(90 * time.Minute)
				if s := b.visit(); s.Login.IsZero() != (n == 7) {
					h.Errorf("after %d × 90 min: %v", n+1, s.Login)
				}
			}
		})
		h.rule("an ended session is not brought back by a request that still runs", func(h house) {
			b := newBrowser(h)
			b.signIn(l)
			running := b.request()
			s := b.session(running)
			h.update(func(tx *sqldb.Tx) error { return login.End(h.Context(), tx, self(l), s.ID) })
			b.manager.Put(running, "x", "y")
			if err := b.commit(running); err != nil {
				h.Fatal(err)
			}
			if s := b.visit(); !s.Login.IsZero() {
				h.Error("came back")
			}
			running = b.request()
			b.manager.Put(running, login.SessionKey, s)
			if err := b.commit(running); err == nil && !b.visit().Login.IsZero() {
				h.Error("came back under a new token")
			}
		})
		h.rule("a password changed between typing and signing in is a password too old", func(h house) {
			b := newBrowser(h)
			p := h.person("race@brenval.example")
			e, err := h.desk.SignIn(h.Context(), login.Credentials{Email: p.Email.String(), Password: good})
			if err != nil {
				h.Fatal(err)
			}
			if _, err := h.desk.ChangePassword(h.Context(), self(p), login.PasswordChange{Current: good, New: "marmite girofle 17 essieu"}); err != nil {
				h.Fatal(err)
			}
			b.put(e)
			if s := b.visit(); !s.Login.IsZero() {
				h.Error("signed in with the old password")
			}
		})
		h.rule("values that are no texts, and hostile clients, do no harm", func(h house) {
			b := newBrowser(h)
			ctx := b.request()
			b.manager.Put(ctx, "n", 1)
			if err := b.commit(ctx); err == nil {
				h.Error("a number was stored")
			}
			b = newBrowser(h)
			b.client = login.Client{Agent: "\x00\xff\u202e<script>" + strings.Repeat("é", 10_000), Address: "not\x00an address"}
			b.signIn(other)
			d := h.devices(other, id.Session{})[0]
			if d.Browser != "" || d.System != "" || d.Address != "notan address" || d.Name().Key != "login.device.unknown" {
				h.Errorf("%+v", d)
			}
			for _, token := range []string{"", "x", strings.Repeat("A", 100_000), "' OR 1=1 --", "\x00\xff"} {
				b.token = token
				if s := b.visit(); !s.Login.IsZero() {
					h.Errorf("%q is a session", token)
				}
			}
		})
	})
}

func TestDevices(t *testing.T) {
	each(t, func(h house) {
		l, other := h.person("helene@brenval.example"), h.person("other@brenval.example")
		a, b, c, foreign := newBrowser(h), newBrowser(h), newBrowser(h), newBrowser(h)
		b.client.Agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
		for _, x := range []*browser{a, b, c} {
			x.signIn(l)
			h.clock.Pass(time.Second)
		}
		foreign.signIn(other)

		h.rule("a person sees their own open sessions, the one seen last first", func(h house) {
			list := h.devices(l, a.visit().ID)
			if len(list) != 3 || list[0].Session != c.visit().ID || !list[2].Current || list[1].Current || list[1].Browser != "Safari" || list[1].System != "iPhone" || list[2].FirstSeen != list[2].LastSeen {
				h.Errorf("%+v", list)
			}
		})
		h.rule("one that is ended is signed out at once; another's does not exist", func(h house) {
			end := func(session id.Session) error {
				return h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return login.End(h.Context(), tx, self(l), session) })
			}
			gone := b.visit().ID
			if err := end(gone); err != nil || !b.visit().Login.IsZero() {
				h.Errorf("%v", err)
			}
			for _, session := range []id.Session{gone, foreign.visit().ID, id.NewSession(), {}} {
				if err := end(session); !fault.Is(err, fault.NotFound) {
					h.Errorf("%v", err)
				}
			}
			if foreign.visit().Login != other.ID {
				h.Error("another's was ended")
			}
		})
		h.rule("all others are ended at once", func(h house) {
			b.signIn(l)
			h.update(func(tx *sqldb.Tx) error {
				n, err := login.EndOthers(h.Context(), tx, self(l), a.visit().ID)
				if n != 2 {
					h.Errorf("%d ended", n)
				}
				return err
			})
			if a.visit().Login != l.ID || !b.visit().Login.IsZero() || !c.visit().Login.IsZero() || foreign.visit().Login != other.ID {
				h.Error("the wrong ones")
			}
		})
		h.rule("what is over is swept, what lives is not", func(h house) {
			h.clock.Pass(11 * time.Hour)
			fresh := newBrowser(h)
			fresh.signIn(l)
			h.clock.Pass(90 * time.Minute)
			h.update(func(tx *sqldb.Tx) error {
				n, err := login.Sweep(h.Context(), tx, login.DefaultLimits(), 1)
				if n == 0 || n > 2 {
					h.Errorf("%d swept", n)
				}
				return err
			})
			h.update(func(tx *sqldb.Tx) error {
				_, err := login.Sweep(h.Context(), tx, login.DefaultLimits(), 1000)
				return err
			})
			h.view(func(tx *sqldb.Tx) error {
				n, err := sqldb.One(h.Context(), tx, sqldb.Value[int64], `SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM throttle)`)
				if n != 1 || fresh.visit().Login != l.ID {
					h.Errorf("%d left", n)
				}
				return err
			})
		})
	})
}

func TestAgents(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene@brenval.example")
		h.rule("devices are named by browser and system", func(h house) {
			for agent, want := range map[string]string{
				firefox: "Firefox Linux",
				"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":     "Edge Windows",
				"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":             "Chrome macOS",
				"Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile":      "Samsung Internet Android",
				"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1": "Chrome iPad",
				"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0":      "Opera ChromeOS",
				"curl/8.5": "curl ",
			} {
				b := newBrowser(h)
				b.client.Agent = agent
				b.signIn(l)
				list := h.devices(l, b.visit().ID)
				at := slices.IndexFunc(list, func(d login.Device) bool { return d.Current })
				if got := list[at].Browser + " " + list[at].System; got != want {
					h.Errorf("%s: %q", want, got)
				}
			}
		})
	})
}

func TestSessionsAtOnce(t *testing.T) {
	each(t, func(h house) {
		h.rule("a password change leaves no session of the old password, however many sign in meanwhile", func(h house) {
			l := h.person("busy@brenval.example")
			browsers := make([]*browser, 16)
			var all sync.WaitGroup
			for i := range browsers {
				browsers[i] = newBrowser(h)
				all.Go(func() {
					e, err := h.desk.SignIn(h.Context(), login.Credentials{Email: l.Email.String(), Password: good})
					if err == nil {
						browsers[i].put(e)
					}
				})
			}
			all.Go(func() {
				if _, err := h.desk.ChangePassword(h.Context(), self(l), login.PasswordChange{Current: good, New: "marmite girofle 17 essieu"}); err != nil {
					h.Error(err)
				}
			})
			all.Wait()
			for _, b := range browsers {
				if !b.visit().Login.IsZero() {
					h.Error("a session of the old password lives")
				}
			}
		})
	})
}
