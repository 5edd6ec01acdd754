// Package documents is a face of the portal, « Documents »: the people of an organisation read and download what the host shares with
// them; its admins also what is meant for admins, and earlier versions.
//
// It turns requests into the room's verbs and their answers into pages, and holds no rule of the business and no SQL. The list is
// web/folder's, which the back office shows too. Nothing is changed here.
package documents

import (
	"net/http"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/folder"
	"github.com/entregent/entregent/internal/web/member"
)

// Mount gives the site the face's routes. The menu's item is the portal's.
func Mount(site *web.Site) { site.Mount(routes()...) }

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	return []web.Route{
		member.At("GET /documents", actor.SeeDocuments, list),
		member.At("GET /documents/{document}", actor.SeeDocuments, show),
		member.At("GET /documents/{document}/file", actor.SeeDocuments, folder.Serve),
		member.At("GET /documents/{document}/versions/{version}", actor.SeeDocuments, folder.ServeVersion),
	}
}

// documents is the list as it is shown.
type documents struct{ folder.List }

func list(r *web.Request) error {
	v := documents{folder.List{R: r, At: r.Portal("/documents"), Files: r.Portal("/documents/")}}
	if err := r.View(v.Read); err != nil {
		return err
	}
	return v.Answer(v.page())
}

// sheet is the page of one document.
type sheet struct {
	r        *web.Request
	document document.Document
	versions []document.Version
}

func show(r *web.Request) error {
	of, err := r.Document("document")
	if err != nil {
		return err
	}
	v := sheet{r: r}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		v.document, v.versions, err = document.Versions(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

func (v sheet) url(below string) string {
	return v.r.Portal("/documents/" + v.document.ID.String() + below)
}

// nobody: who of the host brought a version, its customers are not told.
func nobody(document.Version) string { return "" }
