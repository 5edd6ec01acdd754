// Package invoices is a face of the portal, « Factures »: the admins of an organisation read its invoices and credit notes, open
// their PDFs, and see what remains to pay.
//
// It turns requests into the room's verbs and their answers into pages, and holds no rule of the business and no SQL. The list is
// web/billing's, which the back office shows too. Nothing is changed here.
package invoices

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/billing"
	"github.com/entregent/entregent/internal/web/takeout"
	"github.com/entregent/entregent/internal/web/ui"
)

// Mount gives the site the face's routes.
func Mount(site *web.Site) { site.Mount(routes()...) }

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	at := func(path string, handle web.Handler) web.Route {
		return web.Route{Pattern: "GET /{workspace}/portal/{organization}/invoices" + path, Door: web.Contact, Needs: actor.SeeInvoices, Handle: handle}
	}
	return []web.Route{at("", list), at("/export", export), at("/{invoice}/file", billing.Serve)}
}

// invoices is the list as it is shown.
type invoices struct{ billing.List }

func list(r *web.Request) error {
	v := invoices{billing.List{R: r, At: r.Portal("/invoices"), Files: r.Portal("/invoices/")}}
	if err := r.View(v.Read); err != nil {
		return err
	}
	return v.Answer(v.page())
}

// exit is the way out for the list, which asks for the password (product.md §5).
var exit = takeout.Exit{
	At: (*web.Request).Portal, Shell: web.Portal, Current: "invoices", Home: "/invoices",
	Crumb: func(r *web.Request) []ui.Link {
		return []ui.Link{{Text: r.P.Text("billing.title"), URL: r.Portal("/invoices")}}
	},
}

func export(r *web.Request) error {
	return exit.Whole(r, func() error { return billing.Export(r) })
}
