// Package settings is a face of the back office, « Paramètres »: how the workspace is called and looks, who works for
// it, the letters that it sent and how they are worded, which programs come in and which are told.
//
// It turns requests into the rooms' verbs and their answers into pages, and holds no rule of the business and no SQL.
// routes.go is its whole surface.
package settings

import (
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/webhook"
)

// Options are what the pages need besides a request; all of them.
type Options struct {
	Post     *mail.Post    // the letters
	Team     *team.Inviter // invites into the team
	Webhooks *webhook.Desk // makes webhooks
}

// Mount gives the site the face's routes.
func Mount(site *web.Site, o Options) { site.Mount(routes(o)...) }
