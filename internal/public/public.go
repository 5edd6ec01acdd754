// Package public is the face that needs no workspace: signing in and out, a forgotten password, one's own profile, the
// set-up of an empty installation, the choice of a language, help, and what machines ask (health, robots).
//
// It holds no rule: who may sign in is login's business, what a set-up makes is workspace's.
package public

import (
	"net/http"
	"slices"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/static"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/workspace"
)

// Options are what the face needs besides the site's own.
type Options struct {
	Desk     *login.Desk
	Secret   *secret.Secret
	Door     *invitation.Door // takes invitations; nil = one with the limits of a configuration that says nothing
	Letters  bool             // letters are sent, or can be read here
	Stopping func() bool      // true once the process is told to stop: /readyz says no from then on
}

type face struct {
	Options
	word  secret.Key
	links link.Maker
}

// weighed is the largest form with a password that is judged while it is typed, in bytes.
const weighed = 16 << 10

// setUpKey is the purpose of the key behind the set-up word.
const setUpKey = "set-up word"

// SetUpWord is the word that opens the set-up page of an empty installation. The program prints it on its
// console; whoever can read that owns the installation.
func SetUpWord(s *secret.Secret) string { return s.Key(setUpKey).Word() }

// Mount adds the face's routes to the site: this is its whole surface.
func Mount(site *web.Site, o Options) {
	if o.Door == nil {
		maker := invitation.NewMaker(o.Secret, invitation.LimitsOf(config.Default().Invitations))
		o.Door = invitation.NewDoor(site.DB, o.Desk, maker, access.NewInviter(maker, login.Links(o.Secret, site.Limits)), team.NewInviter(maker))
	}
	f := &face{o, o.Secret.Key(setUpKey), login.Links(o.Secret, site.Limits)}
	site.SignInPage = f.signInAgain
	site.Mount(
		web.Route{Pattern: "GET /{$}", Door: web.Anybody, Handle: f.start},
		web.Route{Pattern: "GET /{workspace}", Door: web.Anybody, Handle: f.workspace},
		web.Route{Pattern: "GET /{workspace}/{$}", Door: web.Anybody, Handle: f.workspace},
		web.Route{Pattern: "GET /sign-in", Door: web.Anybody, Handle: f.signInPage},
		web.Route{Pattern: "POST /sign-in", Door: web.Anybody, Handle: f.signIn},
		web.Route{Pattern: "POST /sign-out", Door: web.Anybody, Handle: f.signOut, Beside: true},
		web.Route{Pattern: "GET /forgotten-password", Door: web.Anybody, Handle: f.forgottenPassword},
		web.Route{Pattern: "POST /forgotten-password", Door: web.Anybody, Handle: f.askLink},
		web.Route{Pattern: "GET /password/{token}", Door: web.Anybody, Handle: f.choosePage, OneTime: true},
		web.Route{Pattern: "POST /password/{token}", Door: web.Anybody, Handle: f.choose, OneTime: true},
		web.Route{Pattern: "POST /password/{token}/strength", Door: web.Anybody, Handle: f.weighChoice, OneTime: true, Body: weighed},
		web.Route{Pattern: "GET /activate", Door: web.Anybody, Handle: f.codePage, OneTime: true},
		web.Route{Pattern: "POST /activate", Door: web.Anybody, Handle: f.takeCode, OneTime: true},
		web.Route{Pattern: "GET /activate/{token}", Door: web.Anybody, Handle: f.activationPage, OneTime: true},
		web.Route{Pattern: "POST /activate/{token}", Door: web.Anybody, Handle: f.activate, OneTime: true},
		web.Route{Pattern: "POST /activate/{token}/strength", Door: web.Anybody, Handle: f.weighActivation, OneTime: true, Body: weighed},
		web.Route{Pattern: "POST /activate/{token}/sign-out", Door: web.Anybody, Handle: f.leaveToActivate, OneTime: true},
		web.Route{Pattern: "POST /activate/{token}/refusal", Door: web.Anybody, Handle: f.declineInvitation, OneTime: true},
		web.Route{Pattern: "POST /activate/{token}/renewal", Door: web.Anybody, Handle: f.renewInvitation, OneTime: true},
		web.Route{Pattern: "GET /address/{token}", Door: web.Anybody, Handle: f.confirmAddressPage, OneTime: true},
		web.Route{Pattern: "POST /address/{token}", Door: web.Anybody, Handle: f.confirmAddress, OneTime: true},
		web.Route{Pattern: "GET /setup", Door: web.Anybody, Handle: f.setUpPage},
		web.Route{Pattern: "POST /setup", Door: web.Anybody, Handle: f.setUp},
		web.Route{Pattern: "GET /profile", Door: web.SignedIn, Handle: f.profile},
		web.Route{Pattern: "POST /profile", Door: web.SignedIn, Handle: f.editProfile},
		web.Route{Pattern: "POST /profile/password", Door: web.SignedIn, Handle: f.changePassword},
		web.Route{Pattern: "POST /profile/password/strength", Door: web.SignedIn, Handle: f.weighOwn, Body: weighed},
		web.Route{Pattern: "POST /profile/address", Door: web.SignedIn, Handle: f.askAddress},
		web.Route{Pattern: "POST /profile/address/withdrawal", Door: web.SignedIn, Handle: f.withdrawAddress},
		web.Route{Pattern: "POST /profile/sessions/{session}/end", Door: web.SignedIn, Handle: f.endSession},
		web.Route{Pattern: "POST /profile/sessions/end", Door: web.SignedIn, Handle: f.endSessions},
		web.Route{Pattern: "POST /language", Door: web.Anybody, Handle: f.language, Beside: true},
		web.Route{Pattern: "GET /help", Door: web.Anybody, Handle: page("public.help.")},
		web.Route{Pattern: "GET /accessibility", Door: web.Anybody, Handle: page("public.accessibility.")},
		web.Route{Pattern: "GET /privacy", Door: web.Anybody, Handle: page("public.privacy.")},
		web.Route{Pattern: "GET /healthz", Door: web.Anybody, Handle: healthy},
		web.Route{Pattern: "GET /readyz", Door: web.Anybody, Handle: f.ready},
		web.Route{Pattern: "GET /favicon.ico", Door: web.Anybody, Handle: favicon},
		web.Route{Pattern: "GET /robots.txt", Door: web.Anybody, Handle: robots},
	)
}

// start leads each to where they work.
func (f *face) start(r *web.Request) error {
	if r.Login.ID.IsZero() {
		empty, err := f.empty(r)
		if err != nil {
			return err
		}
		if empty {
			return r.SeeOther("/setup")
		}
		return r.SeeOther("/sign-in")
	}
	open, closed := r.Entrances(), r.Closed()
	switch {
	case len(open) == 1:
		return r.SeeOther(open[0].URL)
	case len(open) == 0 && len(closed) == 1:
		return r.SeeOther(closed[0].URL)
	}
	return r.Render(http.StatusOK, entrancesPage(r, open, closed))
}

func (f *face) empty(r *web.Request) (empty bool, err error) {
	err = r.View(func(tx *sqldb.Tx) (err error) {
		empty, err = workspace.IsEmpty(r.Context(), tx)
		return err
	})
	return empty, err
}

// workspace leads from a workspace's short address to its back office whoever works for it, and its contacts to its
// portal.
func (f *face) workspace(r *web.Request) error {
	slug := r.Workspace.Slug
	if r.Login.ID.IsZero() {
		return r.SeeOther(web.SignInAddress("/" + slug))
	}
	if r.By.Role != 0 {
		return r.SeeOther(r.Office(""))
	}
	if portal := r.PortalStart(slug); portal != "" {
		return r.SeeOther(portal)
	}
	return r.Nowhere()
}

// language keeps the choice in the browser and, for whoever is signed in, in the profile.
func (f *face) language(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	l, ok := locale.ParseLanguage(form.Value("language"))
	if !ok {
		return fault.New(fault.Invalid, "fault.choice")
	}
	if !r.Login.ID.IsZero() {
		in := login.Profile{Name: r.Login.Name, Locale: string(l), TimeZone: r.Login.TimeZone, Theme: r.Login.Theme, Version: r.Login.Version}
		err := r.Update(func(tx *sqldb.Tx) error {
			_, err := login.Edit(r.Context(), tx, r.By, r.Login.ID, in)
			return err
		})
		if err != nil {
			return err
		}
	}
	r.SetLanguage(l)
	return r.SeeOther(form.Value("next"))
}

// page is a page of text: the messages title, lead, and 1 to 9 with their texts, below key.
func page(key string) web.Handler {
	return func(r *web.Request) error { return r.Render(http.StatusOK, textPage(r, key)) }
}

// paragraphs are the parts of a page of text that the catalogue has.
func paragraphs(r *web.Request, key string) (list []paragraph) {
	for _, n := range "123456789" {
		k := key + string(n)
		if !r.P.Has(k) {
			break
		}
		list = append(list, paragraph{r.P.Text(k), r.P.Text(k + ".text")})
	}
	return list
}

type paragraph struct{ title, text string }

func healthy(r *web.Request) error { return r.Text(http.StatusOK, "ok\n") }

// ready reports whether requests should come here: the database answers (it was migrated before anything was
// served) and the process is not about to stop.
func (f *face) ready(r *web.Request) error {
	if f.Stopping != nil && f.Stopping() {
		return r.Text(http.StatusServiceUnavailable, "stopping\n")
	}
	if err := r.Site().DB.Ping(r.Context()); err != nil {
		r.NoteError(err)
		return r.Text(http.StatusServiceUnavailable, "no database\n")
	}
	return r.Text(http.StatusOK, "ready\n")
}

func favicon(r *web.Request) error { return r.SeeOther(static.Path("favicon.svg")) }

func robots(r *web.Request) error { return r.Text(http.StatusOK, "User-agent: *\nDisallow: /\n") }

// only keeps the portals, or the back offices.
func only(list []web.Entrance, portals bool) []web.Entrance {
	return slices.DeleteFunc(slices.Clone(list), func(e web.Entrance) bool { return e.Portal != portals })
}

// options makes answers of a list.
func options[T any](list []T, option func(T) ui.Option) []ui.Option {
	all := make([]ui.Option, len(list))
	for i, x := range list {
		all[i] = option(x)
	}
	return all
}
