package assist

import (
	"io"
	"time"

	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/transfer"
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

var exportFormats = []transfer.Format{transfer.CSV, transfer.XLSX}

// export takes along what the list's search and filters find.
func export(r *web.Request) error {
	format, ok := transfer.ParseFormat(r.Query("format"))
	if !ok || format == transfer.JSONL {
		return fault.Missing()
	}
	f := docket.Filter{Query: r.Searched(), State: support.AskedState(r.Query("state")), Kind: support.AskedKind(r.Query("kind")), Contact: id.Contact{UUID: r.QueryID("contact")}}
	return exit.Whole(r, func() error {
		name := r.P.Text("assist.export.name", "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + "." + string(format)
		return r.Download(name, format.MediaType(), func(w io.Writer) error {
			_, err := transfer.ExportRequests(r.Context(), r.Site().DB, r.By, f, format, w, r.P)
			return err
		})
	})
}
