// Package folder is what the faces share of documents: an organisation's list with its search and filters, how a document's kind and
// who sees it are told, its versions, and its files.
//
// It has no page and no route of its own, and changes nothing; those are the faces'. What the reader may not see, package document
// keeps from it.
package folder

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// Part is the id of the element that follows search, filters and paging.
const Part = "list"

// MostLatest is how many documents Latest is given.
const MostLatest = 3

// List is an organisation's list of documents as it is shown.
type List struct {
	R      *web.Request
	At     string          // its address
	Files  string          // what stands before a document's identifier in the addresses of its pages
	Of     id.Organization // whose list it is, for staff
	Add    string          // where some are added; "" = nowhere
	Filter document.Filter
	Page   paging.Part[document.Listed]
	Years  []int
}

// Read reads the page that the address asks for, and what stands around it.
func (l *List) Read(tx *sqldb.Tx) (err error) {
	r := l.R
	l.Filter = document.Filter{
		Query: r.Searched(), Organization: l.Of, Kind: document.Kind(r.QueryOneOf("kind", words(document.Kinds()))), Visibility: document.Visibility(r.QueryOneOf("visibility", words(l.visibilities()))),
		Year: r.QueryInt("year", 1990, 2199, 0), Sort: document.Sort(r.QueryOneOf("sort", []string{string(document.Oldest), string(document.ByTitle)})), Ask: r.Asked(web.DefaultSize),
	}
	l.Filter.After.UUID = r.QueryID("after")
	if l.Page, err = document.Find(r.Context(), tx, r.By, l.Filter); err != nil {
		return err
	}
	l.Years, err = document.Years(r.Context(), tx, r.By, l.Of)
	return err
}

func words[T ~string](list []T) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = string(v)
	}
	return texts
}

// visibilities are those that the reader can tell apart; none where there is one alone.
func (l *List) visibilities() []document.Visibility {
	switch {
	case l.staff():
		return document.Visibilities()
	case l.R.By.May(actor.SeeAdminsDocuments):
		return document.Visibilities()[1:]
	}
	return nil
}

func (l *List) staff() bool { return l.R.By.Kind == actor.Staff }

// Answer renders the page, or the list alone where a script asks for that.
func (l *List) Answer(page templ.Component) error {
	if l.R.Fragment() == Part {
		return l.R.Render(http.StatusOK, l.Rest())
	}
	return l.R.Render(http.StatusOK, page)
}

// narrowed reports whether a filter other than the search is in use.
func (l *List) narrowed() bool {
	return l.Filter.Kind != "" || l.Filter.Visibility != "" || l.Filter.Year != 0
}

// heading is how many there are, with their noun.
func (l *List) heading() string {
	if l.Page.More {
		return l.R.P.Text("folder.more", "N", l.Page.Total)
	}
	return l.R.P.Count("folder.count", l.Page.Total)
}

// none says that there are none yet; customers, who files them.
func (l *List) none() string {
	if l.staff() {
		return l.R.P.Text("folder.none")
	}
	return l.R.P.Text("folder.none.own", "Workspace", l.R.Workspace.Name)
}

func (l *List) search() ui.Search {
	p := l.R.P
	return ui.Search{Action: l.At, Label: p.Text("folder.search"), Placeholder: p.Text("folder.search.hint"), Value: l.Filter.Query, Keep: l.R.Pick("sort", "size"), Swap: Part}
}

func (l *List) filters() ui.Filters {
	p := l.R.P
	kind := ui.Question{Name: "kind", Label: p.Text("folder.kind"), Any: p.Text("folder.kind.any"), Chosen: string(l.Filter.Kind), Options: Kinds(p)}
	year := ui.Question{Name: "year", Label: p.Text("folder.year"), Any: p.Text("folder.year.any")}
	for _, y := range l.Years {
		year.Options = append(year.Options, ui.Option{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
	}
	if l.Filter.Year != 0 {
		year.Chosen = strconv.Itoa(l.Filter.Year)
	}
	questions := []ui.Question{kind, year}
	if who := l.visibilities(); len(who) > 0 {
		q := ui.Question{Name: "visibility", Label: p.Text("folder.visibility"), Any: p.Text("folder.visibility.any"), Chosen: string(l.Filter.Visibility)}
		for _, v := range who {
			q.Options = append(q.Options, ui.Option{Value: string(v), Text: p.Text("document.visibility." + string(v))})
		}
		questions = append(questions, q)
	}
	return ui.Filters{Label: p.Text("folder.filters"), Open: l.narrowed(), Questions: questions}
}

func (l *List) sorts() []ui.Link {
	p := l.R.P
	return web.Choice(l.R, "sort", Part, web.Way{Value: "", Text: p.Text("folder.sort.recent")}, web.Way{Value: string(document.Oldest), Text: p.Text("folder.sort.oldest")},
		web.Way{Value: string(document.ByTitle), Text: p.Text("folder.sort.title")})
}

func (l *List) sizes() []ui.Link {
	return web.Sizes(l.Page.Ask, Part, func(size string) string { return l.R.With("size", size, "page", "", "after", "") })
}

// pager goes on by keyset: the next page begins behind the last row of this one.
func (l *List) pager() ui.Paging {
	return web.Pager(l.R, l.Page, l.R.P.Text("folder.pages"), Part, func(page int) string {
		after := ""
		if page == l.Page.Page+1 {
			after = l.Page.Items[len(l.Page.Items)-1].ID.String()
		}
		return l.R.With("page", strconv.Itoa(page), "after", after)
	})
}

// Kinds are the answers to what a document is.
func Kinds(p *locale.Printer) (options []ui.Option) {
	for _, k := range document.Kinds() {
		options = append(options, ui.Option{Value: string(k), Text: Kind(p, k)})
	}
	return options
}

// Kind is a kind in words.
func Kind(p *locale.Printer, k document.Kind) string { return p.Text("document.kind." + string(k)) }

// Visibilities are the answers to who sees a document, as staff choose one.
func Visibilities(p *locale.Printer) (options []ui.Option) {
	for _, v := range document.Visibilities() {
		options = append(options, ui.Option{Value: string(v), Text: p.Text("document.visibility." + string(v)), Hint: p.Text("folder.visibility." + string(v) + ".hint")})
	}
	return options
}

// Badge is who sees a document, in a word and a picture.
func Badge(p *locale.Printer, v document.Visibility) templ.Component {
	text := p.Text("document.visibility." + string(v))
	switch v {
	case document.ForAll:
		return ui.Badge(ui.OK, "users", text)
	case document.ForAdmins:
		return ui.Badge(ui.Info, "shield", text)
	}
	return ui.Badge(ui.Plain, "lock", text)
}

// Serve answers with the file of the document that the address names, if the reader may see it.
func Serve(r *web.Request) error {
	return serve(r, func(tx *sqldb.Tx, of id.Document) (file.File, error) { return document.File(r.Context(), tx, r.By, of) })
}

// ServeVersion is Serve of the version whose number the address names.
func ServeVersion(r *web.Request) error {
	n, err := strconv.ParseInt(r.PathValue("version"), 10, 64)
	if err != nil || r.PathValue("version") != strconv.FormatInt(n, 10) {
		return fault.Missing()
	}
	return serve(r, func(tx *sqldb.Tx, of id.Document) (file.File, error) {
		return document.FileOf(r.Context(), tx, r.By, of, n)
	})
}

func serve(r *web.Request, find func(*sqldb.Tx, id.Document) (file.File, error)) error {
	of, err := r.Document("document")
	if err != nil {
		return err
	}
	var f file.File
	err = r.View(func(tx *sqldb.Tx) (err error) {
		f, err = find(tx, of)
		return err
	})
	if err != nil {
		return err
	}
	return r.ServeFile(f)
}
