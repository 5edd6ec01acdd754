package staff

import (
	"net/url"
	"slices"
	"strings"

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
