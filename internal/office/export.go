package office

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// exportFormats are the files that an export writes, in the order in which they are offered.
var exportFormats = []string{string(transfer.CSV), string(transfer.XLSX), string(transfer.JSONL)}

// exportContacts takes along the contacts of the list's search and filters, or the ticked ones alone.
func exportContacts(r *web.Request) error {
	s := transfer.Selection{Noun: transfer.Contacts, Contacts: contactFilter(r)}
	if r.Query("selected") != "" {
		if s.Only = ticked(r); len(s.Only) == 0 {
			e := fault.New(fault.Invalid, "office.contacts.selection.none")
			e.Message.Link = r.Office("/contacts")
			return e
		}
		return export(r, s)
	}
	return exportWhole(r, s)
}

// exportWhole takes along what a filter finds, which may be everything or nearly so: whoever asks for it types their
// password, unless they did a short while ago (product.md §5).
func exportWhole(r *web.Request, s transfer.Selection) error {
	if !r.Confirmed() {
		return askPassword(r)
	}
	return export(r, s)
}

// ticked are the contacts whose boxes are ticked; what names none is passed over.
func ticked(r *web.Request) (list []id.Contact) {
	for _, text := range r.URL.Query()["contact"] {
		if c := (id.Contact{UUID: id.Read(text)}); !c.IsZero() {
			list = append(list, c)
		}
	}
	return list
}

// exportNoun takes contacts or organisations along: those of a list, by its search and filters, or all that there is,
// archived or not, where nothing is asked for.
func exportNoun(r *web.Request) error {
	noun, ok := transfer.ParseNoun(r.Query("noun"))
	if !ok {
		return fault.Missing()
	}
	s := transfer.Selection{Noun: noun, Contacts: contactFilter(r), Organizations: organizationFilter(r)}
	if noun == transfer.Contacts && s.Contacts.Plain() || noun == transfer.Organizations && s.Organizations.Query == "" && r.Query("state") == "" {
		s = transfer.Everything(noun)
	}
	return exportWhole(r, s)
}

// exportLinks offer every format of an export at path, with the named parts of this address and more of its own.
func exportLinks(r *web.Request, path string, names []string, more ...string) []ui.Link {
	links := make([]ui.Link, len(exportFormats))
	for i, format := range exportFormats {
		links[i] = ui.Link{
			Text: r.P.Text("office.export.format." + format), Icon: "doc",
			URL: r.Office(path) + r.Carry(names, append(slices.Clone(more), "format", format)...),
		}
	}
	return links
}

func export(r *web.Request, s transfer.Selection) error {
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

// askPassword sends whoever takes a whole list or history along to where the password is asked for (product.md §5), and from
// there back to this address, or to the page that they came from.
func askPassword(r *web.Request) error {
	return r.SeeOther(confirmationURL(r, r.URL.RequestURI(), ownPage(r, r.CameFrom())))
}

func confirmationURL(r *web.Request, next, back string) string {
	q := url.Values{"next": {next}}
	if back != "" {
		q.Set("back", back)
	}
	return r.Office("/export/confirmation?" + q.Encode())
}

// ownPage is an address if it leads to a page of this back office, else "".
func ownPage(r *web.Request, address string) string {
	if !web.Own(address) || !strings.HasPrefix(address, r.Office("/")) {
		return ""
	}
	return address
}

// exportConfirmation asks for the password; once it is typed, it offers the file.
type exportConfirmation struct {
	r    *web.Request
	form *ui.Form
	next string
	back string // where « Annuler » and « Revenir » lead
}

func newConfirmation(r *web.Request, form *ui.Form, next, back string) exportConfirmation {
	form.Labels = map[string]string{"password": r.P.Text("office.password")}
	return exportConfirmation{r, form, cmp.Or(ownPage(r, next), r.Office("/import")), cmp.Or(ownPage(r, back), r.Office("/import"))}
}

func showExportConfirmation(r *web.Request) error {
	return r.Render(http.StatusOK, newConfirmation(r, r.NewForm(""), r.Query("next"), r.Query("back")).page())
}

func confirmExport(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	v := newConfirmation(r, form, form.Value("next"), form.Value("back"))
	err = r.ConfirmBy(form)
	if form.Fail(err) || fault.Is(err, fault.TooMany) {
		form.Error = fault.As(err)
		return r.Render(web.RefusedStatus(form), v.page())
	}
	if err != nil {
		return err
	}
	return r.SeeOther(confirmationURL(r, v.next, v.back))
}
