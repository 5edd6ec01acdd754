// Package office is the back office: the pages by which a host's staff keep organisations and their contacts
// (screens.md, « Back office »; the first manual).
//
// It is a face: it turns requests into the rooms' verbs and their answers into pages. It holds no rule of the
// business and no SQL. routes.go is its whole surface; each noun has a file, with its pages in a .templ beside it.
package office

import (
	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
)

// Options are what the pages need besides a request; the zero value works.
type Options struct {
	Transfers transfer.Settings // bounds of imports; Bytes is also the largest file that is taken in [64 MiB]
	Post      *mail.Post        // the letters; nil = no kind is known, and all wait
	Inviter   *access.Inviter   // sends credentials; nil = one with the limits of a configuration that says nothing
	Team      *team.Inviter     // invites into the team; nil = likewise
}

// Mount gives the site the back office's routes, menu and search.
func Mount(site *web.Site, o Options) {
	if o.Transfers.Bytes == 0 {
		o.Transfers.Bytes = 64 << 20
	}
	if o.Post == nil {
		o.Post = mail.NewPost(mail.Options{BaseURL: site.BaseURL})
	}
	maker := invitation.NewMaker(site.Secret, invitation.LimitsOf(config.Default().Invitations))
	if o.Team == nil {
		o.Team = team.NewInviter(maker)
	}
	if o.Inviter == nil {
		o.Inviter = access.NewInviter(maker, login.Links(site.Secret, site.Limits))
	}
	site.Mount(routes(o)...)
	site.Navigation = navigation
}

// navigation is the menu. An item is shown to whoever may open the page that it leads to.
var navigation = web.Navigation{
	Items: []web.MenuItem{
		{Key: "dashboard", Text: "office.nav.dashboard", Icon: "gauge"},
		{Key: "organizations", Text: "office.nav.organizations", Icon: "building", Path: "/organizations"},
		{Key: "contacts", Text: "office.nav.contacts", Icon: "users", Path: "/contacts"},
		{Key: "transfers", Text: "office.nav.transfers", Icon: "swap", Path: "/import", Rule: true},
		{Key: "journal", Text: "office.nav.journal", Icon: "clock", Path: "/journal"},
		{Key: "settings", Text: "office.nav.settings", Icon: "sliders", Path: "/settings"},
	},
	Search: "/search",
}
