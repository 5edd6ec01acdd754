// Package api is a face for other programs: the JSON API /api/v1 with its OpenAPI document and the page that explains it.
//
// It turns requests into the rooms' verbs, the same as the pages call, and their answers into JSON; it holds no rule of the
// business and no SQL. routes.go is its whole surface. It knows no session: who asks is whose token comes along.
package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/quota"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/reference"
)

// Where the face stands.
const (
	below = "/api/"
	base  = "/api/v1"
)

// Options are what the operations need besides a request; all of them.
type Options struct {
	DB        *sqldb.DB
	Files     *file.Store
	Desk      *login.Desk     // counts refusals that tell something
	Inviter   *access.Inviter // sends credentials
	Handovers *handover.Desk  // transfers the role super_admin
	Quota     *quota.Quota    // of each token; nil = none
}

// face is the API as mounted.
type face struct {
	Options
	mux      *http.ServeMux
	huma     huma.API
	rows     map[string]*row // by operation
	order    []string        // of the operations, as routes.go has them
	document document
	reading  reference.Reading
}

// Mount gives the site the face.
func Mount(site *web.Site, o Options) { New(o).mount(site) }

// New is the face without a site.
func New(o Options) *Face {
	f := &face{Options: o, mux: http.NewServeMux(), rows: map[string]*row{}}
	f.huma = humago.NewWithPrefix(f.mux, base, configuration())
	f.huma.UseMiddleware(f.admit)
	f.routes()
	f.finish()
	return &Face{f}
}

// Face is the API before it is mounted, for tests and measurements that look at its document.
type Face struct{ *face }

// Document is the OpenAPI document.
func (f *Face) Document() []byte { return f.document.plain }

func (f *Face) mount(site *web.Site) {
	site.MountPrograms(below, f.serve)
	site.Mount(web.Route{Pattern: "GET " + base + "/docs", Door: web.Anybody, Handle: f.showDocs})
}

// showDocs shows the document to people.
func (f *face) showDocs(r *web.Request) error {
	first := "TOKEN=ent_…\nURL=" + r.Site().BaseURL.String() + base + "\ncurl -H \"Authorization: Bearer $TOKEN\" \"$URL/organizations?limit=5\""
	return r.Render(http.StatusOK, f.reading.Page(r, first))
}
