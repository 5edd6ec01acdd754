package staff

import (
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// ExportFormats are the files that an export writes, in the order in which they are offered.
var ExportFormats = []string{string(transfer.CSV), string(transfer.XLSX), string(transfer.JSONL)}

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

// AskPassword sends whoever takes a whole list or history along to where the password is asked for (product.md §5), and from
// there back to this address, or to the page that they came from.
func AskPassword(r *web.Request) error {
	return r.SeeOther(ConfirmationURL(r, r.URL.RequestURI(), OwnPage(r, r.CameFrom())))
}

// ConfirmationURL is where the password is asked for, before next; back is where giving up leads, "" = nowhere.
func ConfirmationURL(r *web.Request, next, back string) string {
	q := url.Values{"next": {next}}
	if back != "" {
		q.Set("back", back)
	}
	return r.Office("/export/confirmation?" + q.Encode())
}

// OwnPage is an address if it leads to a page of this back office, else "".
func OwnPage(r *web.Request, address string) string {
	if !web.Own(address) || !strings.HasPrefix(address, r.Office("/")) {
		return ""
	}
	return address
}

// ExportWhole takes along what a filter finds, which may be everything or nearly so: whoever asks for it types their
// password, unless they did a short while ago (product.md §5).
func ExportWhole(r *web.Request, s transfer.Selection) error {
	if !r.Confirmed() {
		return AskPassword(r)
	}
	return Export(r, s)
}

// Export answers with what the selection finds, in the format that the address asks for.
func Export(r *web.Request, s transfer.Selection) error {
	format, ok := transfer.ParseFormat(r.Query("format"))
	if !ok {
		return fault.Missing()
	}
	name := r.P.Text("office.export.name."+string(s.Noun), "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + "." + string(format)
	return r.Download(name, format.MediaType(), func(w io.Writer) error {
		_, err := transfer.Export(r.Context(), r.Site().DB, r.By, s, format, w, r.P)
		return err
	})
}
