package portal

import (
	"io"
	"net/url"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/takeout"
	"github.com/entregent/entregent/internal/web/ui"
)

// exit is the portal's way out for its data, which asks for the password (product.md §5).
var exit = takeout.Exit{
	At: (*web.Request).Portal, Shell: web.Portal, Current: "contacts", Home: "/contacts",
	Crumb: func(r *web.Request) []ui.Link {
		return []ui.Link{{Text: r.P.Text("portal.nav.organization"), URL: r.Portal("/contacts")}}
	},
}

// exportFormats are the files in which an organisation's contacts can be taken along.
var exportFormats = []list.Format{list.CSV, list.XLSX}

// exports offer what the list's search has found, in its order.
func (v contacts) exports() []ui.Link {
	links := make([]ui.Link, len(exportFormats))
	for i, format := range exportFormats {
		q := url.Values{"format": {string(format)}, "sort": {string(v.sort)}}
		if v.query != "" {
			q.Set("q", v.query)
		}
		if v.way != "" {
			q.Set("state", string(v.way))
		}
		links[i] = ui.Link{Text: v.r.P.Text("portal.contacts.export." + string(format)), URL: v.r.Portal("/contacts/export?" + q.Encode()), Icon: "doc"}
	}
	return links
}

func (v contacts) mayExport() bool {
	return v.r.By.May(actor.ExportColleagues) && len(v.part.Items) > 0
}

// exportContacts takes along what the list's search and filter find.
func exportContacts(r *web.Request) error {
	format, ok := list.ParseFormat(r.Query("format"))
	if !ok || format == list.JSONL {
		return fault.Missing()
	}
	filter := directory.Filter{Query: r.Searched(), Way: askedWay(r)}
	if r.Query("sort") == string(directory.Newest) {
		filter.Sort = directory.Newest
	}
	return exit.Whole(r, func() error { return downloadContacts(r, filter, format) })
}

func downloadContacts(r *web.Request, filter directory.Filter, format list.Format) error {
	name := r.P.Text("portal.contacts.export.name", "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + "." + string(format)
	return r.Download(name, format.MediaType(), func(w io.Writer) error {
		_, err := transfer.ExportColleagues(r.Context(), r.Site().DB, r.By, filter, format, w, r.P)
		return err
	})
}
