// Package billing is what the faces share of invoices: the list with its search and filters, and how an invoice's state, days
// and amounts are told. Staff see whose each is and can tick some; an organisation's own admins see theirs, and what remains to pay.
//
// It has no page and no route of its own, and changes nothing; those are the faces'.
package billing

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/invoice/books"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// Part is the id of the element that follows search, filters and paging.
const Part = "list"

// The words that the filters know, in the order in which they are offered.
var (
	States = []string{string(invoice.Unpaid), string(invoice.Overdue), string(invoice.Paid)}
	Kinds  = []string{string(invoice.Bill), string(invoice.CreditNote)}
)

// Names are the filters' in the address.
var Names = []string{"q", "state", "year", "kind", "sort"}

// List is a list of invoices as it is shown.
type List struct {
	R      *web.Request
	At     string          // its address
	Files  string          // what stands before an invoice's identifier in the addresses of its pages
	Of     id.Organization // whose list it is, for staff; zero = all of the workspace
	Filter invoice.Filter
	Page   paging.Part[invoice.Listed]
	Years  []int
	Sums   []money.Sum // what remains to pay of the organisation's
	Add    string      // where one is added; "" = nowhere
	today  day.Day
}

// Read reads the page that the address asks for, and what stands around it.
func (l *List) Read(tx *sqldb.Tx) (err error) {
	r := l.R
	l.Filter, l.today = FilterOf(r), day.Of(r.Now.In(r.P.Zone()))
	l.Filter.Organization = l.Of
	if l.Page, err = invoice.Find(r.Context(), tx, r.By, l.Filter); err != nil {
		return err
	}
	if l.Years, err = invoice.Years(r.Context(), tx, r.By, l.Of); err != nil {
		return err
	}
	if !l.Staff() || !l.Of.IsZero() {
		l.Sums, err = invoice.Remaining(r.Context(), tx, r.By, l.Of)
	}
	return err
}

// FilterOf reads search, filters, order and page off the address; what names nothing is as if it were not there.
func FilterOf(r *web.Request) invoice.Filter {
	f := invoice.Filter{
		Query: r.Searched(), State: invoice.State(r.QueryOneOf("state", States)), Kind: invoice.Kind(r.QueryOneOf("kind", Kinds)),
		Year: r.QueryInt("year", 1990, 2199, 0), Zone: r.P.Zone(), Sort: invoice.Sort(r.QueryOneOf("sort", []string{string(invoice.Oldest)})), Ask: r.Asked(web.DefaultSize),
	}
	if f.Query == "" {
		f.After.UUID = r.QueryID("after")
	}
	return f
}

// Answer renders the page, or the list alone where a script asks for that.
func (l *List) Answer(page templ.Component) error {
	if l.R.Fragment() == Part {
		return l.R.Render(http.StatusOK, l.Rest())
	}
	return l.R.Render(http.StatusOK, page)
}

// Staff reports whether the reader is one of the host's.
func (l *List) Staff() bool { return l.R.By.Kind == actor.Staff }

func (l *List) plain() bool {
	f := l.Filter
	f.Organization = id.Organization{}
	return f.Plain()
}

// narrowed reports whether a filter other than the search is in use.
func (l *List) narrowed() bool {
	return l.Filter.State != "" || l.Filter.Kind != "" || l.Filter.Year != 0
}

// heading is how many there are, with their noun.
func (l *List) heading() string {
	if l.Page.More {
		return l.R.P.Text("billing.more", "N", l.Page.Total)
	}
	return l.R.P.Count("billing.count", l.Page.Total)
}

// none says that there are none yet; customers, who files them.
func (l *List) none() string {
	if l.Staff() {
		return l.R.P.Text("billing.none")
	}
	return l.R.P.Text("billing.none.own", "Workspace", l.R.Workspace.Name)
}

// remaining tells what remains to pay, a sum for each currency.
func (l *List) remaining() string {
	sums := make([]string, len(l.Sums))
	for i, s := range l.Sums {
		sums[i] = s.In(l.R.P)
	}
	return l.R.P.List(sums)
}

// search is what the list can be searched for.
func (l *List) search() ui.Search {
	return ui.Search{Action: l.At, Label: l.R.P.Text("billing.search"), Placeholder: l.hint(), Value: l.Filter.Query, Keep: l.R.Pick("sort", "size"), Swap: Part}
}

func (l *List) filters() ui.Filters {
	p := l.R.P
	state := ui.Question{Name: "state", Label: p.Text("billing.state"), Any: p.Text("billing.state.any"), Chosen: string(l.Filter.State)}
	for _, s := range States {
		state.Options = append(state.Options, ui.Option{Value: s, Text: p.Text("invoice.state." + s)})
	}
	kind := ui.Question{Name: "kind", Label: p.Text("billing.kind"), Any: p.Text("billing.kind.any"), Chosen: string(l.Filter.Kind)}
	for _, k := range Kinds {
		kind.Options = append(kind.Options, ui.Option{Value: k, Text: p.Text("invoice.kind." + k)})
	}
	year := ui.Question{Name: "year", Label: p.Text("billing.year"), Any: p.Text("billing.year.any")}
	for _, y := range l.Years {
		year.Options = append(year.Options, ui.Option{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
	}
	if l.Filter.Year != 0 {
		year.Chosen = strconv.Itoa(l.Filter.Year)
	}
	return ui.Filters{Label: p.Text("billing.filters"), Open: l.narrowed(), Questions: []ui.Question{state, year, kind}}
}

func (l *List) sorts() []ui.Link {
	p := l.R.P
	return web.Choice(l.R, "sort", Part, web.Way{Value: "", Text: p.Text("billing.sort.recent")}, web.Way{Value: string(invoice.Oldest), Text: p.Text("billing.sort.oldest")})
}

func (l *List) sizes() []ui.Link {
	return web.Sizes(l.Page.Ask, Part, func(size string) string { return l.R.With("size", size, "page", "", "after", "") })
}

// pager goes on by keyset where it can: the next page begins behind the last row of this one.
func (l *List) pager() ui.Paging {
	return web.Pager(l.R, l.Page, l.R.P.Text("billing.pages"), Part, func(page int) string {
		after := ""
		if page == l.Page.Page+1 && l.Filter.Query == "" {
			after = l.Page.Items[len(l.Page.Items)-1].ID.String()
		}
		return l.R.With("page", strconv.Itoa(page), "after", after)
	})
}

// exports are the files in which the list can be taken along.
func (l *List) exports() (links []ui.Link) {
	for _, format := range []list.Format{list.CSV, list.XLSX} {
		links = append(links, ui.Link{Text: l.R.P.Text("billing.export." + string(format)), Icon: "doc", URL: l.At + "/export" + l.R.Carry(Names, "format", string(format))})
	}
	return links
}

// mayExport: staff take all of the workspace's along, by the permission for that; an admin their organisation's.
func (l *List) mayExport() bool {
	return len(l.Page.Items) > 0 && l.Of.IsZero() && (!l.Staff() || l.R.By.May(actor.Export))
}

func (l *List) mayEdit() bool { return l.R.By.May(actor.EditInvoices) }

// Export answers with what the address's filter finds.
func Export(r *web.Request) error {
	format, ok := list.ParseFormat(r.Query("format"))
	if !ok || format == list.JSONL {
		return fault.Missing()
	}
	name := r.P.Text("billing.export.name", "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + "." + string(format)
	return r.Download(name, format.MediaType(), func(w io.Writer) error {
		_, err := books.Export(r.Context(), r.Site().DB, r.By, FilterOf(r), format, w, r.P)
		return err
	})
}

// Serve answers with the PDF of an invoice that the reader may see.
func Serve(r *web.Request) error {
	of, err := r.Invoice("invoice")
	if err != nil {
		return err
	}
	var paper file.File
	err = r.View(func(tx *sqldb.Tx) (err error) {
		paper, _, err = invoice.File(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	return r.ServeFile(paper)
}

// Key is the key of a text that speaks of an invoice, as it speaks of one of that kind.
func Key(key string, kind invoice.Kind) string {
	if kind == invoice.CreditNote {
		return key + ".credit_note"
	}
	return key
}

// Badge is an invoice's state in words and a picture; of what is overdue, by how many days.
func Badge(p *locale.Printer, i invoice.Invoice, today day.Day) templ.Component {
	if late := i.Late(today); late > 0 {
		return ui.Badge(ui.Danger, "alert", p.Count("invoice.late", late))
	}
	key := Key("invoice.state."+string(i.State), i.Kind)
	if i.State == invoice.Paid {
		return ui.Badge(ui.OK, "check", p.Text(key))
	}
	return ui.Badge(ui.Info, "clock", p.Text(key))
}

// hint says what can be searched for.
func (l *List) hint() string {
	if l.Staff() && l.Of.IsZero() {
		return l.R.P.Text("billing.search.hint.staff")
	}
	return l.R.P.Text("billing.search.hint")
}
