// Package web is what the faces share: it takes a request in, finds out who asks and whether they may, runs
// the face's handler, and turns what comes back into a page, a fragment, a redirect or a refusal in the
// person's language. It also holds the shells around every page (layout.templ); their parts are in ui, their
// files in static.
//
// A face is a list of Routes. Package web knows no page's content and no rule of the business.
package web

import (
	"cmp"
	"crypto/cipher"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Options say what a Site stands on. DB, Secret, BaseURL, Desk, Store and Limits are needed, everything else
// has a zero value that works.
type Options struct {
	DB             *sqldb.DB
	Secret         *secret.Secret
	BaseURL        *url.URL       // scheme and host under which people reach the installation
	TrustedProxies []netip.Prefix // whose X-Forwarded-For and X-Forwarded-Host are believed
	BodyLimit      int64          // largest form, in bytes, where the route says nothing; 0 = 1 MiB
	Pace           Pace           // how files move the server's deadlines
	KeptLifetime   time.Duration  // how long a form waits for its author to sign in again; 0 = 24 h
	KeptLimit      int64          // largest form that does, in bytes; 0 = 256 KiB
	ToastLifetime  time.Duration  // how long a toast waits for the next page; 0 = 60 s
	Log            *slog.Logger   // nil = slog.Default
	Observe        func(Observation)
	Files          *file.Store  // of what people send; nil = no route has Files
	Desk           *login.Desk  // where passwords are looked at
	Store          *login.Store // of the sessions
	Limits         login.Limits
	FormParts      int // most fields and files of one form with files; 0 = 1000
	Streams        Streams
}

// Observation is what a request came to, for the metrics. Route is the pattern, so that it is one of few.
type Observation struct {
	Route  string
	Method string
	Status int
	Took   time.Duration
	Bytes  int64
}

// Site answers requests by the routes that the faces have mounted. Make it with New, give it its routes and
// its Navigation, and only then serve.
type Site struct {
	Options

	// Navigation is the back office's menu and search, Portal the portal's menu.
	Navigation Navigation
	Portal     Navigation
	// SignInPage answers a post whose session has ended: the page on which its author signs in again. Kept
	// is what was typed, sealed, for the form to carry along; "" when nothing could be kept.
	SignInPage func(r *Request, kept string) error
	// Bell counts what waits unread for whoever looks at a page of the portal; nil = there is no bell.
	Bell func(r *Request) (Bell, error)

	sessions  *scs.SessionManager
	public    *http.ServeMux              // routes whose first segment is a reserved word
	hosts     *http.ServeMux              // routes below /{workspace}
	hidden    map[string]bool             // patterns of Routes whose forms may come without an origin
	pages     map[string]actor.Permission // what the routes of GET need, by their paths
	routes    []Route
	origin    *http.CrossOriginProtection
	streams   *streams
	below     string // where other programs ask
	programs  Programs
	secure    bool // reached by https
	headers   http.Header
	flash     secret.Key
	author    secret.Key
	place     secret.Key
	files     secret.Key
	kept      cipher.AEAD
	reachable string // the base URL's host and port, as in a Host header
	ownOrigin string // as browsers write it in an Origin header
}

// Handler answers one request. A returned fault becomes the page with its status; any other error a 500 with
// the request's number, logged once.
type Handler func(*Request) error

// Door says who may knock at a route at all. The zero value is the narrowest.
type Door uint8

// The doors.
const (
	Staff    Door = iota // who works for the workspace of the address and has the permission Needs
	Contact              // whom the gates admit as a contact of the organisation of the address, with the permission Needs
	SignedIn             // anybody with a login
	Anybody
)

// Route is one line of a face's surface.
type Route struct {
	Pattern string           // of http.ServeMux: "POST /{workspace}/office/contacts/{contact}/authorization"
	Door    Door             // who may come in; the zero value asks for Needs
	Needs   actor.Permission // with the doors Staff and Contact: never zero there
	Handle  Handler
	Body    int64 // largest request body in bytes; 0 = Options.BodyLimit
	Files   bool  // its form brings files, see Request.Uploads: its body may be as large as they are

	// OneTime says that the path holds the secret of a one-time link, or the form its code: nobody keeps the page, and
	// nobody is told where its reader comes from.
	OneTime bool
	// Beside says that the form stands on the pages of one-time links too, in their frame. Sent by another site it could do
	// little, and a browser does not send our cookies along then (SameSite).
	Beside bool
	// Stream says that the answer goes on for as long as its reader stays, see Request.Stream.
	Stream bool
}

// WithFiles is the route of a form that brings files.
func (r Route) WithFiles() Route {
	r.Files = true
	return r
}

// path is the pattern without its method.
func (r Route) path() string {
	_, path, found := strings.Cut(r.Pattern, " ")
	if !found {
		return r.Pattern
	}
	return path
}

// New makes a site without routes.
func New(o Options) (*Site, error) {
	if o.BodyLimit == 0 {
		o.BodyLimit = 1 << 20
	}
	o.KeptLifetime = cmp.Or(o.KeptLifetime, 24*time.Hour)
	o.KeptLimit = cmp.Or(o.KeptLimit, 256<<10)
	o.ToastLifetime = cmp.Or(o.ToastLifetime, time.Minute)
	o.FormParts = cmp.Or(o.FormParts, 1000)
	o.Streams = o.Streams.withDefaults()
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Observe == nil {
		o.Observe = func(Observation) {}
	}
	s := &Site{
		Options:   o,
		sessions:  newSessions(o.Store, o.Limits.SessionLifetime),
		public:    http.NewServeMux(),
		hosts:     http.NewServeMux(),
		hidden:    make(map[string]bool),
		pages:     make(map[string]actor.Permission),
		origin:    http.NewCrossOriginProtection(),
		streams:   newStreams(o.Streams.Each),
		secure:    o.BaseURL.Scheme == "https",
		flash:     o.Secret.Key("web toast"),
		author:    o.Secret.Key("web author"),
		place:     o.Secret.Key("web place"),
		files:     o.Secret.Key("web kept file"),
		reachable: canonicalHost(o.BaseURL.Host, o.BaseURL.Scheme),
	}
	s.ownOrigin = o.BaseURL.Scheme + "://" + s.reachable
	s.headers = securityHeaders(s.secure)
	if err := s.origin.AddTrustedOrigin(o.BaseURL.Scheme + "://" + o.BaseURL.Host); err != nil {
		return nil, fmt.Errorf("web: base URL: %w", err)
	}
	var err error
	s.kept, err = newSeal(o.Secret.Key("web kept form"))
	return s, err
}

// Mount adds routes. A route that nobody could be refused at by mistake of omission, or that two faces want,
// is a defect and panics.
func (s *Site) Mount(routes ...Route) {
	for _, route := range routes {
		if (route.Door == Staff || route.Door == Contact) != (route.Needs != 0) {
			panic("web: route " + route.Pattern + ": Needs goes with the doors Staff and Contact")
		}
		if route.Door == Contact && !strings.HasPrefix(route.path(), portalPath) {
			panic("web: route " + route.Pattern + ": contacts belong to an organisation")
		}
		if route.Files && s.Files == nil {
			panic("web: route " + route.Pattern + ": there is no store for its files")
		}
		mux := s.public
		if strings.HasPrefix(route.path(), "/{workspace}") {
			mux = s.hosts
		} else if route.Door == Staff {
			panic("web: route " + route.Pattern + ": staff belong to a workspace")
		}
		mux.Handle(route.Pattern, http.HandlerFunc(func(w http.ResponseWriter, h *http.Request) {
			s.answer(w.(*exchange), h, route)
		}))
		s.hidden[route.Pattern] = route.OneTime || route.Beside
		s.routes = append(s.routes, route)
		if method, path, _ := strings.Cut(route.Pattern, " "); method == http.MethodGet {
			s.pages[path] = route.Needs
		}
	}
}

// Routes lists what was mounted, for the tests that walk the whole surface.
func (s *Site) Routes() []Route { return append([]Route(nil), s.routes...) }

// Where the pages of the two faces with a menu stand.
const (
	officePath = "/{workspace}/office"
	portalPath = "/{workspace}/portal/{organization}"
)

// Navigation is what stands around the pages of a face.
type Navigation struct {
	Items  []MenuItem
	Search string // where the bar's search goes, below /{workspace}/office/; "" = no search
}

// MenuItem is one line of the menu. It is shown to whoever may open the route it leads to.
type MenuItem struct {
	Key  string // by which a Page says that it is the current one
	Text string // key of the catalogue
	Icon string
	Path string // below the face's own address, "" or beginning with a slash
	Rule bool   // a line above it

	Offers bool // only where the workspace works with offers
}

// Check reports the first menu item that leads nowhere. App calls it once everything is mounted.
func (s *Site) Check() error {
	for face, n := range map[string]Navigation{officePath: s.Navigation, portalPath: s.Portal} {
		for _, item := range n.Items {
			if _, ok := s.needs(face, item); !ok {
				return fmt.Errorf("web: menu item %s leads to no route", item.Key)
			}
		}
	}
	return nil
}

// needs is the permission of the route that a face's menu item leads to.
func (s *Site) needs(face string, item MenuItem) (actor.Permission, bool) {
	needs, ok := s.pages[face+item.Path]
	return needs, ok
}
