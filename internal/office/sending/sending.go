// Package sending is a face of the back office, credentials sent to many at once: whom a sending would reach, its
// progress, what became of each letter, and the sendings of the past.
//
// It turns requests into the rooms' verbs and their answers into pages, and holds no rule of the business and no SQL.
// routes.go is its whole surface.
package sending

import (
	"cmp"
	"time"

	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/web"
)

// Options are what the pages need besides a request; Post is needed.
type Options struct {
	Post   *mail.Post    // the letters
	Follow time.Duration // how long after its end the page of a sending still follows the letters by itself; 0 = 10 min
}

// Mount gives the site the face's routes.
func Mount(site *web.Site, o Options) {
	o.Follow = cmp.Or(o.Follow, 10*time.Minute)
	site.Mount(routes(o)...)
}
