// Package offering is what the faces share of offers: the list with its search and filters, the fields of an offer's form, and how
// an offer is told to either side.
//
// It has no page and no route of its own, and changes nothing; those are the faces'.
package offering

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/offer/roll"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// Part is the id of the element that follows search, filters and paging.
const Part = "list"

// names are the filters' in the address.
var names = []string{"q", "state", "contract", "source", "year", "whose", "contact", "sort"}

// List is a list of offers as it is shown.
type List struct {
	R       *web.Request
	At      string          // its address
	Pages   string          // what stands before an offer's identifier in the addresses of its pages
	Of      id.Organization // whose list it is, for staff; zero = all of the workspace
	Add     string          // where one is added; "" = nowhere
	Filter  offer.Filter
	Page    paging.Part[offer.Listed]
	Years   []int
	pending string // how many wait to be accepted, for staff
	Whose   string // the name of the contact to whom they are attached; "" = any
}

// Read reads the page that the address asks for, and what stands around it.
func (l *List) Read(tx *sqldb.Tx) (err error) {
	r := l.R
	l.Filter = filterOf(r)
	l.Filter.Organization = l.Of
	if l.Page, err = offer.Find(r.Context(), tx, r.By, l.Filter); err != nil || !l.Staff() {
		return err
	}
	if l.Years, err = offer.Years(r.Context(), tx, r.By); err != nil {
		return err
	}
	n, more, err := offer.Count(r.Context(), tx, r.By, offer.Filter{State: offer.Pending, Organization: l.Of})
	if n > 0 {
		l.pending = web.Figures(r.P, n, more)
	}
	return err
}

func words[T ~string](values []T) (list []string) {
	for _, v := range values {
		list = append(list, string(v))
	}
	return list
}

// filterOf reads search, filters, order and page off the address; what names nothing is as if it were not there.
func filterOf(r *web.Request) offer.Filter {
	f := offer.Filter{
		Query: r.Searched(), State: offer.State(r.QueryOneOf("state", words(offer.States()))), Contract: offer.Contract(r.QueryOneOf("contract", words(offer.Contracts()))), Source: offer.Source(r.QueryOneOf("source", words(offer.Sources()))),
		Year: r.QueryInt("year", 1990, 2199, 0), Own: r.QueryOneOf("whose", []string{"mine"}) != "" && r.By.Kind == actor.Contact, Contact: id.Contact{UUID: r.QueryID("contact")},
		Sort: offer.Sort(r.QueryOneOf("sort", []string{string(offer.Oldest)})), Ask: r.Asked(web.DefaultSize),
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

// narrowed reports whether a filter other than the search, and for staff the state, which has a row of its own, is in use.
func (l *List) narrowed() bool {
	f := l.Filter
	return f.Contract != "" || f.Source != "" || f.Year != 0 || f.Own || l.Whose != "" || !l.Staff() && f.State != ""
}

// heading is how many there are, with their noun.
func (l *List) heading() string {
	if l.Page.More {
		return l.R.P.Text("offering.more", "N", l.Page.Total)
	}
	return l.R.P.Count("offering.count", l.Page.Total)
}

// none says that there are none yet.
func (l *List) none() string {
	switch {
	case l.Staff():
		return l.R.P.Text("offering.none")
	case l.R.By.May(actor.SeeOwnOffers):
		return l.R.P.Text("offering.none.own", "Workspace", l.R.Workspace.Name)
	}
	return l.R.P.Text("offering.none.guest")
}

func (l *List) search() ui.Search {
	hint := l.R.P.Text("offering.search.hint")
	if l.Staff() && l.Of.IsZero() {
		hint = l.R.P.Text("offering.search.hint.staff")
	}
	return ui.Search{Action: l.At, Label: l.R.P.Text("offering.search"), Placeholder: hint, Value: l.Filter.Query, Keep: l.R.Pick(l.kept()...), Swap: Part}
}

// kept is what stays in the address when something else is looked for.
func (l *List) kept() []string {
	if l.Staff() {
		return []string{"state", "contact", "sort", "size"}
	}
	return []string{"sort", "size"}
}

func (l *List) filters() ui.Filters {
	p := l.R.P
	contract := ui.Question{Name: "contract", Label: p.Text("offering.contract"), Any: p.Text("offering.contract.any"), Chosen: string(l.Filter.Contract), Options: Contracts(p)}
	questions := []ui.Question{contract}
	if l.Staff() {
		year := ui.Question{Name: "year", Label: p.Text("offering.year"), Any: p.Text("offering.year.any")}
		for _, y := range l.Years {
			year.Options = append(year.Options, ui.Option{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
		}
		if l.Filter.Year != 0 {
			year.Chosen = strconv.Itoa(l.Filter.Year)
		}
		source := ui.Question{Name: "source", Label: p.Text("offering.source"), Any: p.Text("offering.source.any"), Chosen: string(l.Filter.Source)}
		for _, s := range offer.Sources() {
			source.Options = append(source.Options, ui.Option{Value: string(s), Text: p.Text("offering.source." + string(s))})
		}
		questions = append(questions, year, source)
	} else {
		state := ui.Question{Name: "state", Label: p.Text("offering.state"), Any: p.Text("offering.state.any"), Chosen: string(l.Filter.State)}
		for _, s := range offer.States() {
			state.Options = append(state.Options, ui.Option{Value: string(s), Text: State(l.R, s)})
		}
		questions = append(questions, state)
		if l.R.By.May(actor.SeeOwnOffers) {
			questions = append(questions, ui.Question{Name: "whose", Label: p.Text("offering.whose"), Any: p.Text("offering.whose.any"), Chosen: l.R.Query("whose"),
				Options: []ui.Option{{Value: "mine", Text: p.Text("offering.whose.mine")}}})
		}
	}
	return ui.Filters{Label: p.Text("offering.filters"), Open: l.narrowed(), Questions: questions}
}

// states are the tabs of the staff's list.
func (l *List) states() []ui.Link {
	ways := []web.Way{{Value: "", Text: l.R.P.Text("offering.state.all")}}
	for _, s := range offer.States() {
		ways = append(ways, web.Way{Value: string(s), Text: l.R.P.Text("offering.states." + string(s))})
	}
	links := web.Choice(l.R, "state", Part, ways...)
	links[1].Count = l.pending
	return links
}

func (l *List) sorts() []ui.Link {
	p := l.R.P
	return web.Choice(l.R, "sort", Part, web.Way{Value: "", Text: p.Text("offering.sort.recent")}, web.Way{Value: string(offer.Oldest), Text: p.Text("offering.sort.oldest")})
}

func (l *List) sizes() []ui.Link {
	return web.Sizes(l.Page.Ask, Part, func(size string) string { return l.R.With("size", size, "page", "", "after", "") })
}

// pager goes on by keyset where it can: the next page begins behind the last row of this one.
func (l *List) pager() ui.Paging {
	return web.Pager(l.R, l.Page, l.R.P.Text("offering.pages"), Part, func(page int) string {
		after := ""
		if page == l.Page.Page+1 && l.Filter.Query == "" {
			after = l.Page.Items[len(l.Page.Items)-1].ID.String()
		}
		return l.R.With("page", strconv.Itoa(page), "after", after)
	})
}

func (l *List) columns() (list []ui.Column) {
	p := l.R.P
	list = append(list, ui.Column{Title: p.Text("offering.offer"), Class: "lead-column"})
	if l.Staff() && l.Of.IsZero() {
		list = append(list, ui.Column{Title: p.Text("offering.organization")})
	}
	return append(list, ui.Column{Title: p.Text("offering.contract")}, ui.Column{Title: p.Text("offering.starts_on")}, ui.Column{Title: p.Text("offering.posts"), Class: "number"},
		ui.Column{Title: p.Text("offering.state")})
}

// mayExport: staff take all of the workspace's along, by the permission for that.
func (l *List) mayExport() bool {
	return l.Staff() && len(l.Page.Items) > 0 && l.Of.IsZero() && l.R.By.May(actor.Export)
}

// exports are the files in which the list can be taken along.
func (l *List) exports() (links []ui.Link) {
	for _, format := range []list.Format{list.CSV, list.XLSX} {
		links = append(links, ui.Link{Text: l.R.P.Text("offering.export." + string(format)), Icon: "doc", URL: l.At + "/export" + l.R.Carry(names, "format", string(format))})
	}
	return links
}

// Export answers with what the address's filter finds.
func Export(r *web.Request) error {
	format, ok := list.ParseFormat(r.Query("format"))
	if !ok || format == list.JSONL {
		return fault.Missing()
	}
	name := r.P.Text("offering.export.name", "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + "." + string(format)
	return r.Download(name, format.MediaType(), func(w io.Writer) error {
		_, err := roll.Export(r.Context(), r.Site().DB, r.By, filterOf(r), format, w, r.P)
		return err
	})
}

// Serve answers with the file of an offer that the reader may see.
func Serve(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	var held file.File
	err = r.View(func(tx *sqldb.Tx) (err error) {
		held, _, err = offer.File(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	return r.ServeFile(held)
}

// State is a state in words, as the reader says it: what staff moderate, people wait for.
func State(r *web.Request, s offer.State) string {
	if r.By.Kind == actor.Contact && s == offer.Pending {
		return r.P.Text("offering.state.waiting")
	}
	return r.P.Text("offer.state." + string(s))
}

// Badge is an offer's state in words and a picture.
func Badge(r *web.Request, s offer.State) templ.Component {
	switch s {
	case offer.Pending:
		return ui.Badge(ui.Warn, "clock", State(r, s))
	case offer.Active:
		return ui.Badge(ui.OK, "check", State(r, s))
	case offer.Rejected:
		return ui.Badge(ui.Danger, "close", State(r, s))
	}
	return ui.Badge(ui.Plain, "none", State(r, s))
}

// Contract is a type of contract in words.
func Contract(p *locale.Printer, c offer.Contract) string {
	return p.Text("offer.contract." + string(c))
}

// Contracts are the answers to what is offered, kind after kind.
func Contracts(p *locale.Printer) (list []ui.Option) {
	for _, k := range terms.Kinds() {
		for _, c := range k.Contracts() {
			list = append(list, ui.Option{Value: string(c), Text: Contract(p, c)})
		}
	}
	return list
}

// fields are those of the form, in its order.
var fields = []string{"organization", "title", "contract", "starts_on", "ends_on", "duration", "rhythm", "posts", "place", "description", "profile"}

// Labels name the fields in the summary of faults.
func Labels(r *web.Request) map[string]string {
	labels := map[string]string{file.Field: r.P.Text("offering.file"), "no_health_data": r.P.Text("support.no_health_data.short")}
	for _, field := range fields {
		labels[field] = r.P.Text("offering." + field)
	}
	return labels
}

// InputOf is what a form says.
func InputOf(f *ui.Form) offer.Input {
	return offer.Input{Submission: f.Submission(), Version: f.Version(), Text: offer.Text{
		Title: f.Value("title"), Contract: f.Value("contract"), StartsOn: f.Value("starts_on"), EndsOn: f.Value("ends_on"), Duration: f.Value("duration"), Rhythm: f.Value("rhythm"),
		Posts: f.Value("posts"), Place: f.Value("place"), Description: f.Value("description"), Profile: f.Value("profile"),
	}}
}

// stored are the fields as what is stored fills them.
func stored(o offer.Offer) map[string]string {
	return map[string]string{
		"title": o.Title, "contract": string(o.Contract), "starts_on": string(o.StartsOn), "ends_on": string(o.EndsOn), "duration": o.Duration, "rhythm": o.Rhythm,
		"posts": strconv.FormatInt(o.Posts, 10), "place": o.Place, "description": o.Description, "profile": o.Profile,
	}
}

// Fill has the form say what the offer says.
func Fill(f *ui.Form, o offer.Offer) *ui.Form {
	for field, value := range stored(o) {
		f.Set(field, value)
	}
	return f.SetVersion(o.Version)
}

// Compare shows both values of what somebody else changed meanwhile; who then saves has seen them.
func Compare(r *web.Request, f *ui.Form, now offer.Offer) {
	for field, value := range stored(now) {
		shown := value
		switch field {
		case "contract":
			shown = Contract(r.P, now.Contract)
		case "starts_on", "ends_on":
			shown = day.Day(value).In(r.P)
		}
		f.Compare(field, value, ui.OrMissing(r.P, shown))
	}
	f.SetVersion(now.Version)
}

// Last is the file that was chosen last; zero for none.
func Last(files []file.Received) (last file.Received) {
	if len(files) > 0 {
		last = files[len(files)-1]
	}
	return last
}

// Author says who deposited or added the offer; "" where nobody need know.
func Author(r *web.Request, o offer.Offer) string {
	switch {
	case o.Author.Kind == actor.Contact && o.Author.Name != "":
		return r.P.Text("offering.author", "Name", o.Author.Name)
	case o.Author.Kind == actor.Contact && r.By.Kind == actor.Contact:
		return ""
	case o.Author.Kind == actor.Contact:
		return r.P.Text("offering.author.gone", "Number", o.AuthorLabel())
	case o.Author.Name != "":
		return r.P.Text("offering.author.staff", "Name", o.Author.Name)
	case r.By.Kind == actor.Contact:
		return r.P.Text("offering.author.host", "Workspace", r.Workspace.Name)
	}
	return ""
}

// Start is when it begins, in words.
func Start(p *locale.Printer, o offer.Offer) string {
	if o.StartsOn.IsZero() {
		return p.Text("offering.starts_on.soon")
	}
	return o.StartsOn.In(p)
}

// Switches are the kinds of notifications that somebody may switch off: nothing of offers where the workspace works without them.
func Switches(r *web.Request, leader bool) []notice.Kind {
	return slices.DeleteFunc(notice.Switches(leader), func(k notice.Kind) bool { return k == notice.OfferState && !r.Workspace.Offers })
}
