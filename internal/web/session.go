package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

const (
	sessionCookie  = "session"
	browserCookie  = "browser"
	languageCookie = "language"
)

// newSessions sets scs up as package login asks for. The cookie is written here (SignIn), not by scs.
func newSessions(store scs.Store, lifetime time.Duration) *scs.SessionManager {
	return &scs.SessionManager{Store: store, Codec: login.Codec{}, HashTokenInStore: true, Lifetime: lifetime}
}

// resumed is how a kept form's request knows who has just signed in: their cookie is only on its way.
type resumed struct {
	login login.Login
	back  string
}

// newRequest is a request of nobody, in the language that the browser asks for.
func (s *Site) newRequest(x *exchange, h *http.Request) *Request {
	r := s.unidentified(x, h)
	r.P = r.printer()
	return r
}

// unidentified is a request without a language yet; identify gives it one.
func (s *Site) unidentified(x *exchange, h *http.Request) *Request {
	return &Request{Request: h, site: s, x: x, Now: s.DB.Now()}
}

// identify finds out who asks, for which workspace, in which language, and whether they may.
func (r *Request) identify() error {
	err := r.recognise()
	if err == nil {
		err = r.enter()
	}
	r.P = r.printer()
	r.x.login, r.x.workspace = r.Login.ID, r.Workspace.ID
	return err
}

// identifyQuietly is for a path without a route: the page that says so speaks the reader's language and, below
// a workspace of theirs, stands in its shell.
func (r *Request) identifyQuietly() {
	if r.recognise() != nil {
		return
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if below, ok := strings.CutPrefix(rest, "portal/"); ok {
		organization, _, _ := strings.Cut(below, "/")
		r.visit(first, organization) //nolint:errcheck // whoever is not admitted stays outside
	} else {
		r.join(first)
	}
	r.P = r.printer()
	r.x.login, r.x.workspace = r.Login.ID, r.Workspace.ID
}

// join puts the person to work in the workspace of that slug, if it is one of theirs.
func (r *Request) join(slug string) {
	for _, m := range r.memberships {
		if m.Workspace.Slug == slug {
			r.Workspace = m.Workspace
			r.By.Workspace, r.By.Role = m.Workspace.ID, m.Role
		}
	}
}

// recognise reads the session and, when it is somebody's, the login and its workspaces.
func (r *Request) recognise() error {
	if r.x.resumed != nil {
		r.replay, r.broken = true, errKept
		return r.become(r.x.resumed.login)
	}
	ctx := login.WithClient(r.Context(), login.Client{Agent: r.UserAgent(), Address: r.x.client, Watching: r.watching})
	login.OnFound(ctx, r.load)
	ctx, err := r.site.sessions.Load(ctx, r.cookie(sessionCookie))
	if err != nil {
		return err
	}
	r.Request = r.WithContext(ctx)
	r.session = login.SessionOf(r.site.sessions.Get(ctx, login.SessionKey))
	return nil
}

// become makes the request that of a person whose session was not read.
func (r *Request) become(person login.Login) error {
	return r.View(func(tx *sqldb.Tx) error { return r.load(tx, person) })
}

// load makes the request that of a person, with the workspaces that they work for and the places that they have joined.
func (r *Request) load(tx *sqldb.Tx, person login.Login) (err error) {
	r.Login = person
	r.By = actor.Actor{Kind: actor.Staff, Login: person.ID}
	r.memberships, r.places, err = access.Entrances(r.Context(), tx, person.ID)
	return err
}

// enter goes through the route's door. A workspace is found among those that the person works for, or has joined as
// a contact; for everybody else it does not exist, whether it does or not.
func (r *Request) enter() error {
	slug := r.PathValue("workspace")
	if r.route.Door != Anybody && r.Login.ID.IsZero() {
		return fault.New(fault.Unauthenticated, "fault.unauthenticated")
	}
	if r.route.Door == Contact {
		err := r.visit(slug, r.PathValue("organization"))
		if err == nil {
			r.rememberPlace()
		}
		return err
	}
	r.join(slug)
	switch {
	case r.route.Door == Staff && r.By.Role == 0:
		return fault.Missing()
	case r.route.Door == Staff:
		return r.By.Need(r.route.Needs)
	case r.route.Door == Anybody && slug != "" && r.Workspace.ID == 0:
		return r.View(func(tx *sqldb.Tx) (err error) {
			r.Workspace, err = workspace.GetBySlug(r.Context(), tx, slug)
			return err
		})
	}
	return nil
}

// printer speaks the person's language, else the one chosen in this browser, else the workspace's, else the
// one that the browser asks for.
func (r *Request) printer() *locale.Printer {
	language := r.Login.Locale
	if language == "" {
		language, _ = locale.ParseLanguage(r.cookie(languageCookie))
		if _, ok := locale.ParseLanguage(string(language)); !ok {
			language = r.Workspace.Locale
		}
	}
	if language == "" {
		language = locale.Match(r.Header.Get("Accept-Language"))
	}
	zone, _ := locale.ParseZone(r.Workspace.TimeZone)
	if !r.Login.ID.IsZero() {
		zone = r.Login.Zone()
	}
	return locale.For(language, r.Workspace.OrganizationNoun, r.Workspace.HostNoun(), zone)
}

// Confirmed reports whether the person has typed their password so short ago that nobody asks for it again.
func (r *Request) Confirmed() bool {
	return r.session.Confirmed(sqldb.At(r.Now), r.site.Limits)
}

// SessionID is the session that the request came with; zero when nobody is signed in.
func (r *Request) SessionID() id.Session { return r.session.ID }

// Credentials are what the form of the sign-in page says, with what the browser remembers.
func (r *Request) Credentials(email, password string) login.Credentials {
	return login.Credentials{Email: email, Password: password, Browser: r.cookie(browserCookie), Address: r.x.client}
}

// SignIn opens a session for whoever the desk let in, under a new token, and makes the request theirs.
func (r *Request) SignIn(e login.Entry) error {
	if err := r.putSession(e.Session); err != nil {
		return err
	}
	r.setCookie(browserCookie, e.Browser, r.browserSeconds())
	r.setCookie(authorCookie, r.site.author.Sign(e.Login.ID.String()), r.browserSeconds())
	if err := r.become(e.Login); err != nil {
		return err
	}
	r.P = r.printer()
	r.x.login = r.Login.ID
	return nil
}

// browserSeconds is how long this browser remembers who signed in, and their language.
func (r *Request) browserSeconds() int { return int(r.site.Limits.BrowserLifetime.Seconds()) }

// putSession stores the session under a new token, so that nobody who knew the old one comes along.
func (r *Request) putSession(s login.Session) error {
	ctx, sessions := r.Context(), r.site.sessions
	if err := sessions.RenewToken(ctx); err != nil {
		return err
	}
	sessions.Put(ctx, login.SessionKey, s)
	token, _, err := sessions.Commit(ctx)
	if err != nil {
		return err
	}
	r.session = s
	r.setCookie(sessionCookie, token, int(r.site.Limits.SessionLifetime.Seconds()))
	return nil
}

// Confirm looks at the password that the person was asked for once more; from then on Confirmed is true for a
// while. Its faults are those of login.Desk.Confirm.
func (r *Request) Confirm(password string) error {
	if r.broken != nil {
		return r.broken
	}
	s, err := r.site.Desk.Confirm(r.Context(), r.By, r.session, password, r.x.client)
	if err != nil {
		return err
	}
	return r.putSession(s)
}

// ConfirmBy is Confirm with the form's field «password», unless the person typed theirs a short while ago.
func (r *Request) ConfirmBy(form *ui.Form) error {
	if err := r.Ready(); err != nil || r.Confirmed() {
		return err
	}
	return r.Confirm(form.Value("password"))
}

// SignOut ends the session, and forgets in this browser who it was.
func (r *Request) SignOut() error {
	if err := r.site.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	r.setCookie(sessionCookie, "", -1)
	r.setCookie(authorCookie, "", -1)
	r.Login, r.By, r.memberships, r.places = login.Login{}, actor.Actor{}, nil, nil
	return nil
}

// SetLanguage keeps a language in this browser, for when nobody is signed in. What the request says from now on,
// a toast for one, is in it.
func (r *Request) SetLanguage(l locale.Language) {
	r.setCookie(languageCookie, string(l), r.browserSeconds())
	r.Login.Locale = l
	r.P = r.printer()
}

// ChangePassword changes the person's own password at the desk and goes on under a new token; its faults are
// those of login.Desk.ChangePassword.
func (r *Request) ChangePassword(in login.PasswordChange) error {
	if r.broken != nil {
		return r.broken
	}
	in.Session, in.Browser, in.Address = r.session, r.cookie(browserCookie), r.x.client
	entry, err := r.site.Desk.ChangePassword(r.Context(), r.By, in)
	if err != nil {
		return err
	}
	return r.SignIn(entry)
}
