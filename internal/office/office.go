// Package office is the back office: the pages by which a host's staff keep organisations and their contacts
// (screens.md, « Back office »; the first manual). This package is its entrance: menu, dashboard, search, and the
// organisations. The rest stands below, a face each: contacts, sending, transfers, history, settings.
//
// It turns requests into the rooms' verbs and their answers into pages, and holds no rule of the business and no SQL.
// routes.go is its whole surface.
package office

import "github.com/entregent/entregent/internal/web"

// Mount gives the site the face's routes, and the back office its menu and search.
func Mount(site *web.Site) {
	site.Mount(routes()...)
	site.Navigation = navigation
}

// navigation is the menu. An item is shown to whoever may open the page that it leads to.
var navigation = web.Navigation{
	Items: []web.MenuItem{
		{Key: "dashboard", Text: "office.nav.dashboard", Icon: "gauge"},
		{Key: "organizations", Text: "office.nav.organizations", Icon: "building", Path: "/organizations"},
		{Key: "contacts", Text: "office.nav.contacts", Icon: "users", Path: "/contacts"},
		{Key: "offers", Text: "office.nav.offers", Icon: "doc", Path: "/offers", Offers: true},
		{Key: "requests", Text: "office.nav.requests", Icon: "talk", Path: "/requests"},
		{Key: "invoices", Text: "office.nav.invoices", Icon: "receipt", Path: "/invoices"},
		{Key: "transfers", Text: "office.nav.transfers", Icon: "swap", Path: "/import", Rule: true},
		{Key: "journal", Text: "office.nav.journal", Icon: "clock", Path: "/journal"},
		{Key: "settings", Text: "office.nav.settings", Icon: "sliders", Path: "/settings"},
	},
	Search: "/search",
}
