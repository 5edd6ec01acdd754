package portal

import (
	"net/http"
	"slices"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/told"
	"github.com/entregent/entregent/internal/web/ui"
)

// past is a part of « Historique des accès » as a page shows it: of the reader's own organisation, or of one contact of it.
type past struct {
	r       *web.Request
	org     organization.Organization
	person  *profile // whose page it is; nil = the organisation's
	at      string   // address of the page, without a query
	lines   []told.Line
	older   string // address of the lines before these; "" at the end
	newest  string // address of the first page; "" on it
	authors []ui.Option
	many    bool // more contacts are called as is asked for than it can be about
}

// pastPart is the id of the element that follows filter and paging.
const pastPart = "history"

// pastFilters are the names of the filters in the address.
var pastFilters = []string{"kind", "q", "person", "from", "to"}

// Authors who are no contacts.
const (
	theHost    = "host"
	theProgram = "program"
)

func listHistory(r *web.Request) error {
	v := past{r: r, at: r.Portal("/history")}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.org, err = organization.Own(r.Context(), tx, r.By); err != nil {
			return err
		}
		if v.authors, err = authors(r, tx); err != nil {
			return err
		}
		f, many, err := askedOf(r, tx)
		if err != nil {
			return err
		}
		v.many = many
		return v.read(tx, f)
	})
	if err != nil {
		return err
	}
	if r.Fragment() == pastPart {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.page())
}

// contactHistory is the tab of one contact: what is told about them, or what they did.
func contactHistory(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	v := past{r: r, person: &profile{habits: habitsOf(r)}, at: r.Portal("/contacts/" + of.String() + "/history")}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.person.Contact, err = contact.Colleague(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		f := journal.OwnFilter{About: []id.UUID{of.UUID}}
		if v.did() {
			f = journal.OwnFilter{Actor: of.UUID}
		}
		f.Group, f.From, f.Until = groupAndPeriod(r)
		return v.read(tx, f)
	})
	if err != nil {
		return err
	}
	if r.Fragment() == pastPart {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.contactPage())
}

// read reads the page's lines, behind the last one seen so far (after).
func (v *past) read(tx *sqldb.Tx, f journal.OwnFilter) error {
	f.After.UUID = v.r.QueryID("after")
	if !f.After.IsZero() {
		v.newest = v.r.With("after", "")
	}
	page, err := journal.Own(v.r.Context(), tx, v.r.By, f)
	if err != nil {
		return err
	}
	if !page.Next.IsZero() {
		v.older = v.r.With("after", page.Next.String())
	}
	v.lines, err = told.TellOwn(v.r, tx, page.Lines)
	return err
}

// askedOf reads the filter off the address of the organisation's history; what means nothing is as if it were not there. Many
// tells that the name is that of more contacts than a filter holds.
func askedOf(r *web.Request, tx *sqldb.Tx) (f journal.OwnFilter, many bool, err error) {
	f.Group, f.From, f.Until = groupAndPeriod(r)
	switch r.Query("person") {
	case theHost:
		f.By = actor.Staff
	case theProgram:
		f.By = actor.Program
	default:
		f.Actor = r.QueryID("person")
	}
	q := r.Searched()
	if q == "" {
		return f, false, nil
	}
	if number, ok := directory.ParseLabel(q); ok {
		f.Number = contact.Label(number) // who bore it may be deleted
	}
	found, err := directory.Whom(r.Context(), tx, r.By, directory.Filter{Query: q})
	f.About = make([]id.UUID, min(len(found), journal.MostAbout))
	for i := range f.About {
		f.About[i] = found[i].UUID
	}
	return f, len(found) > len(f.About), err
}

// groupAndPeriod are the filters that both histories have. Days are those of the reader's time zone, the last one whole.
func groupAndPeriod(r *web.Request) (group string, from, until sqldb.Time) {
	day := func(name string, more int) sqldb.Time {
		t, err := time.ParseInLocation(time.DateOnly, r.Query(name), r.P.Zone())
		if err != nil {
			return 0
		}
		return sqldb.At(t.AddDate(0, 0, more))
	}
	return r.QueryOneOf("kind", journal.OwnGroups()), day("from", 0), day("to", 1)
}

// authors are those by whom the history can be filtered: the host, the program, and whoever leads the organisation. Any other
// contact that the address names is among them.
func authors(r *web.Request, tx *sqldb.Tx) ([]ui.Option, error) {
	list := []ui.Option{{Value: theHost, Text: r.Workspace.Name}, {Value: theProgram, Text: r.P.Text("told.program")}}
	leaders, err := directory.Leaders(r.Context(), tx, r.By)
	if err != nil {
		return nil, err
	}
	for _, c := range leaders {
		list = append(list, ui.Option{Value: c.ID.String(), Text: nameOf(r, c.Row)})
	}
	asked := id.Contact{UUID: r.QueryID("person")}
	if asked.IsZero() || slices.ContainsFunc(leaders, func(c contact.Neighbour) bool { return c.ID == asked }) {
		return list, nil
	}
	named, err := contact.ColleaguesOf(r.Context(), tx, r.By, []id.Contact{asked})
	if c, there := named[asked]; there {
		list = append(list, ui.Option{Value: asked.String(), Text: nameOf(r, c)})
	}
	return list, err
}

// filters are by act and, in the organisation's history, by author.
func (v past) filters() ui.Filters {
	p := v.r.P
	kind := ui.Question{Name: "kind", Label: p.Text("portal.history.kind"), Any: p.Text("portal.history.kind.any"), Chosen: v.r.Query("kind")}
	for _, g := range journal.OwnGroups() {
		kind.Options = append(kind.Options, ui.Option{Value: g, Text: p.Text("portal.history.kind." + g)})
	}
	f := ui.Filters{Label: p.Text("portal.history.filters"), Open: v.narrowed(), Questions: []ui.Question{kind}}
	if v.person == nil {
		f.Questions = append(f.Questions, ui.Question{
			Name: "person", Label: p.Text("portal.history.person"), Any: p.Text("portal.history.person.any"), Chosen: v.r.Query("person"), Options: v.authors,
		})
	}
	return f
}

// narrowed reports whether the address asks for some of the lines.
func (v past) narrowed() bool {
	return slices.ContainsFunc(pastFilters, func(name string) bool { return v.r.Query(name) != "" })
}

// did reports whether what the contact did is shown, and not what is told about them.
func (v past) did() bool { return v.r.Query("view") == "did" }

// sides are the two halves of a contact's history.
func (v past) sides() []ui.Link {
	return []ui.Link{
		{Text: v.r.P.Text("portal.history.about"), URL: v.r.With("view", "", "after", ""), Current: !v.did(), Swap: pastPart},
		{Text: v.r.P.Text("portal.history.did"), URL: v.r.With("view", "did", "after", ""), Current: v.did(), Swap: pastPart},
	}
}

// export is where the lines that the filter finds can be taken along; on a contact's page that names the contact.
func (v past) export() string {
	var whose []string
	switch {
	case v.person != nil && v.did():
		whose = []string{"person", v.person.ID.String()}
	case v.person != nil:
		whose = []string{"q", v.person.Label()}
	}
	return v.r.Portal("/history/export") + v.r.Carry(pastFilters, whose...)
}
