// Package transfers is a face of the back office, « Importer / Exporter »: a file brought in, with its dry run, its
// progress and what was refused; files taken out, and the question for the password before.
//
// It turns requests into the rooms' verbs and their answers into pages, and holds no rule of the business and no SQL.
// routes.go is its whole surface.
package transfers

import (
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
)

// Options are what the pages need besides a request; all of them.
type Options struct {
	Transfers transfer.Settings // bounds of imports; Bytes is also the largest file that is taken
}

// Mount gives the site the face's routes.
func Mount(site *web.Site, o Options) { site.Mount(routes(o)...) }
