package assist

import (
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/takeout"
	"github.com/entregent/entregent/internal/web/ui"
)

// exit asks for the password on the portal's page for that.
var exit = takeout.Exit{
	At: (*web.Request).Portal, Shell: web.Portal, Current: "requests", Home: "/requests",
	Crumb: func(r *web.Request) []ui.Link {
		return []ui.Link{{Text: r.P.Text("assist.title"), URL: r.Portal("/requests")}}
	},
}

// export takes along what the list's search and filters find, in its order.
func export(r *web.Request) error {
	return support.Export(r, exit, docket.Filter{
		Query: r.Searched(), State: support.AskedState(r.Query("state")), Kind: support.AskedKind(r.Query("kind")), Contact: id.Contact{UUID: r.QueryID("contact")},
		Sort: docket.Order(r.QueryOneOf("sort", orders)),
	})
}
