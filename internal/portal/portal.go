// Package portal is the portal: the pages by which the people of an organisation see it and themselves, as contacts of
// the host's workspace (screens.md, « Portal »; the second manual).
//
// It is a face: it turns requests into the rooms' verbs and their answers into pages. Who comes in, and as what, package
// web has read from the gates before a page is asked for; the verbs ask again, and confine themselves to the caller's
// own organisation.
package portal

import (
	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/access/audience"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/web"
)

// Options are what the pages need besides a request; the zero value works.
type Options struct {
	Post      *mail.Post      // the letters; nil = all wait
	Inviter   *access.Inviter // sends credentials; nil = one with the limits of a configuration that says nothing
	Handovers *handover.Desk  // passes the role super_admin on; nil = one as Inviter
	Notices   *notice.Desk    // what people are told; nil = one that knows contacts alone
}

// Mount gives the site the portal's routes and menu.
func Mount(site *web.Site, o Options) {
	if o.Post == nil {
		o.Post = mail.NewPost(mail.Options{BaseURL: site.BaseURL})
	}
	if o.Inviter == nil {
		maker := invitation.NewMaker(site.Secret, invitation.LimitsOf(config.Default().Invitations))
		o.Inviter = access.NewInviter(maker, login.Links(site.Secret, site.Limits))
	}
	if o.Handovers == nil {
		o.Handovers = handover.NewDesk(config.Default().Handover)
	}
	if o.Notices == nil {
		o.Notices = notice.NewDesk(notice.Options{People: audience.People, Leaders: audience.Leaders})
		o.Notices.Add(audience.Sources()...)
	}
	site.Mount(routes(o)...)
	site.Portal = navigation
}

// navigation is the menu. An item is shown to whoever may open the page that it leads to.
var navigation = web.Navigation{
	Items: []web.MenuItem{
		{Key: "home", Text: "portal.nav.home", Icon: "home"},
		{Key: "contacts", Text: "portal.nav.organization", Icon: "building", Path: "/contacts"},
		{Key: "invoices", Text: "portal.nav.invoices", Icon: "receipt", Path: "/invoices"},
		{Key: "requests", Text: "assist.title", Icon: "talk", Path: "/requests"},
		{Key: "documents", Text: "portal.nav.documents", Icon: "doc", Path: "/documents"},
		{Key: "offers", Text: "portal.nav.offers", Icon: "doc", Path: "/offers", Offers: true},
	},
}
