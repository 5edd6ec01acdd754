package staff

import (
	"io"
	"slices"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/takeout"
	"github.com/entregent/entregent/internal/web/ui"
)

// ExportFormats are the files that an export writes, in the order in which they are offered.
var ExportFormats = []string{string(list.CSV), string(list.XLSX), string(list.JSONL)}

// ExportLinks offer every format of an export at path, with the named parts of this address and more of its own.
func ExportLinks(r *web.Request, path string, names []string, more ...string) []ui.Link {
	links := make([]ui.Link, len(ExportFormats))
	for i, format := range ExportFormats {
		links[i] = ui.Link{
			Text: r.P.Text("office.export.format." + format), Icon: "doc",
			URL: r.Office(path) + r.Carry(names, append(slices.Clone(more), "format", format)...),
		}
	}
	return links
}

// Exit is the back office's way out for its data, which asks for the password (product.md §5).
var Exit = takeout.Exit{
	At: (*web.Request).Office, Shell: web.Office, Current: "transfers", Home: "/import",
	Crumb: func(r *web.Request) []ui.Link {
		return []ui.Link{{Text: r.P.Text("office.nav.transfers"), URL: r.Office("/import")}}
	},
}

// ExportWhole takes along what a filter finds, see takeout.Exit.Whole.
func ExportWhole(r *web.Request, s transfer.Selection) error {
	return Exit.Whole(r, func() error { return Export(r, s) })
}

// Export answers with what the selection finds, in the format that the address asks for.
func Export(r *web.Request, s transfer.Selection) error {
	format, ok := list.ParseFormat(r.Query("format"))
	if !ok {
		return fault.Missing()
	}
	name := r.P.Text("office.export.name."+string(s.Noun), "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + "." + string(format)
	return r.Download(name, format.MediaType(), func(w io.Writer) error {
		_, err := transfer.Export(r.Context(), r.Site().DB, r.By, s, format, w, r.P)
		return err
	})
}
