// Package contacts is a face of the back office, the contacts of the host: the list of all of them, with its search,
// filters and export, and those of one organisation, each with its sheet and what is done with it (manual 1, figures
// 1 to 10).
//
// It turns requests into the rooms' verbs and their answers into pages, and holds no rule of the business and no SQL.
// routes.go is its whole surface.
package contacts

import (
	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/web"
)

// Options are what the pages need besides a request; all of them.
type Options struct {
	Inviter   *access.Inviter // sends credentials
	Handovers *handover.Desk  // transfers the role super_admin
	Post      *mail.Post      // the letters
}

// Mount gives the site the face's routes.
func Mount(site *web.Site, o Options) { site.Mount(routes(o)...) }
