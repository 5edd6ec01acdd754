package requests

import (
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// queue is a list of requests as it is shown: the workspace's, or one organisation's.
type queue struct {
	r      *web.Request
	in     *staff.Organization // nil = of the whole workspace
	filter docket.Filter
	part   paging.Part[request.Listed]
	chosen contact.Row // for whom they are; zero = whomever
	whose  string      // the name of the organisation that the filter chose; "" = any
	team   []request.Person
	form   *ui.Form // of what is done with the ticked ones
	done   []done   // what became of them; nil = nothing was done
}

// What the address has for whom a request is assigned to, beside a member of the team.
const (
	mine   = "me"
	nobody = "nobody"
)

func showQueue(r *web.Request) error { return showList(&queue{r: r}, id.Organization{}) }

func showOrganization(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	return showList(&queue{r: r, in: &staff.Organization{}}, of)
}

func showList(v *queue, of id.Organization) error {
	v.form = v.r.NewForm("many")
	return v.answer(http.StatusOK, of)
}

func (v *queue) answer(status int, of id.Organization) error {
	err := v.r.View(func(tx *sqldb.Tx) error { return v.read(tx, of) })
	if err != nil {
		return err
	}
	if v.r.Fragment() == support.Part {
		return v.r.Render(status, v.list())
	}
	return v.r.Render(status, v.page())
}

func (v *queue) read(tx *sqldb.Tx, of id.Organization) (err error) {
	v.filter = filterOf(v.r)
	if v.in != nil {
		v.filter.Organization = of
		if *v.in, err = staff.ReadOrganization(v.r, tx, of, staff.RequestsTab); err != nil {
			return err
		}
		if v.filter.Sort == docket.Queue {
			v.filter.Sort = docket.Newest
		}
	}
	if v.part, err = docket.Find(v.r.Context(), tx, v.r.By, v.filter); err != nil {
		return err
	}
	if err = v.name(tx); err != nil {
		return err
	}
	v.team, err = request.Team(v.r.Context(), tx, v.r.By)
	return err
}

// name reads whom and what the filter names by an identifier.
func (v *queue) name(tx *sqldb.Tx) error {
	if who := v.filter.Contact; !who.IsZero() {
		rows, err := contact.Rows(v.r.Context(), tx, v.r.By, []id.Contact{who})
		if err != nil {
			return err
		}
		v.chosen = rows[who]
	}
	if of := v.filter.Organization; v.in == nil && !of.IsZero() {
		names, err := organization.Names(v.r.Context(), tx, v.r.By, []id.Organization{of})
		if err != nil {
			return err
		}
		v.whose = names[of]
	}
	return nil
}

// filterOf reads search, filters, order and page off the address; what names nothing is as if it were not there. Who asks
// for nothing in particular sees what waits for the host, what waits longest first.
func filterOf(r *web.Request) docket.Filter {
	f := docket.Filter{
		Query:   r.Searched(),
		State:   support.AskedState(r.Query("state")),
		Kind:    support.AskedKind(r.Query("kind")),
		Contact: id.Contact{UUID: r.QueryID("contact")}, Organization: id.Organization{UUID: r.QueryID("organization")},
		Sort: docket.Order(r.QueryOneOf("sort", orders)),
		Ask:  r.Asked(web.DefaultSize),
	}
	switch r.Query("assignee") {
	case mine:
		f.Assignee = r.By.Login
	case nobody:
		f.Unassigned = true
	default:
		f.Assignee.UUID = r.QueryID("assignee")
	}
	if f.Sort == "" {
		f.Sort = docket.Newest
		if f.Query == "" && f.State == "" && f.Contact.IsZero() && f.Organization.IsZero() {
			f.Sort = docket.Queue
		}
	}
	if f.Query == "" {
		f.After.UUID = r.QueryID("after")
	}
	return f
}

var orders = []string{string(docket.Queue), string(docket.Newest), string(docket.Activity)}

// url is the address of the list without any filter.
func (v *queue) url() string {
	if v.in != nil {
		return v.in.URL("/requests")
	}
	return v.r.Office("/requests")
}

// pager goes on by keyset where it can: the next page begins behind the last row of this one.
func (v *queue) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("support.pages"), support.Part, func(page int) string {
		after := ""
		if page == v.part.Page+1 && v.filter.Query == "" {
			after = v.part.Items[len(v.part.Items)-1].ID.String()
		}
		return v.r.With("page", strconv.Itoa(page), "after", after)
	})
}

func (v *queue) sizes() []ui.Link {
	return web.Sizes(v.part.Ask, support.Part, func(size string) string { return v.r.With("size", size, "page", "", "after", "") })
}

// sorts are the orders; what waits for the host is one of the whole workspace alone.
func (v *queue) sorts() []ui.Link {
	var links []ui.Link
	for _, order := range orders {
		if v.in != nil && order == string(docket.Queue) {
			continue
		}
		links = append(links, ui.Link{
			Text: v.r.P.Text("office.requests.sort." + order), URL: v.r.With("sort", order, "page", "", "after", ""), Current: string(v.filter.Sort) == order, Swap: support.Part,
		})
	}
	return links
}

// narrowed reports whether a filter other than the search is in use.
func (v *queue) narrowed() bool {
	f := v.filter
	return f.State != "" || f.Kind != "" || !f.Contact.IsZero() || v.in == nil && !f.Organization.IsZero() || !f.Assignee.IsZero() || f.Unassigned
}

func (v *queue) plain() bool { return !v.narrowed() && v.filter.Query == "" }

// title is how many there are, with their noun.
func (v *queue) title() string {
	switch {
	case v.filter.Sort != docket.Queue:
		return support.Count(v.r.P, v.part)
	case v.part.More:
		return v.r.P.Text("office.requests.queue.more", "N", v.part.Total)
	}
	return v.r.P.Count("office.requests.queue", v.part.Total)
}

func (v *queue) filters() ui.Filters {
	p := v.r.P
	assignee := ui.Question{Name: "assignee", Label: p.Text("office.requests.assignee"), Any: p.Text("office.requests.assignee.any"), Chosen: v.r.Query("assignee"), Options: []ui.Option{
		{Value: mine, Text: p.Text("office.requests.assignee.me")}, {Value: nobody, Text: p.Text("office.requests.assignee.nobody")},
	}}
	for _, m := range v.team {
		if m.ID != v.r.By.Login.UUID {
			assignee.Options = append(assignee.Options, ui.Option{Value: m.ID.String(), Text: m.Name})
		}
	}
	more := []ui.Question{assignee}
	if v.whose != "" {
		of := v.filter.Organization.String()
		more = append(more, ui.Question{
			Name: "organization", Label: p.Text("office.contacts.column.organization"), Any: p.Text("office.requests.organization.any"), Chosen: of,
			Options: []ui.Option{{Value: of, Text: v.whose}},
		})
	}
	if !v.chosen.ID.IsZero() {
		more = append(more, support.For(v.r, v.chosen))
	}
	return support.Filters(v.r, v.filter, v.narrowed(), more...)
}

// newURL is where a request is made, for the contact whose requests are shown.
func (v *queue) newURL() string {
	if v.chosen.ID.IsZero() {
		return v.r.Office("/requests/new")
	}
	return v.r.Office("/requests/new?number=" + v.chosen.Label())
}

// exports offer what the list has found.
func (v *queue) exports() []ui.Link {
	q := v.r.Pick("q", "state", "kind", "contact", "organization", "assignee")
	q.Set("sort", string(v.filter.Sort))
	if v.in != nil {
		q.Set("organization", v.in.Org.ID.String())
	}
	return support.Exports(v.r, v.r.Office("/requests"), q)
}

// exportRequests takes along what the list's search and filters find.
func exportRequests(r *web.Request) error { return support.Export(r, staff.Exit, filterOf(r)) }

func (v *queue) mayExport() bool { return v.r.By.May(actor.ExportRequests) && len(v.part.Items) > 0 }

func (v *queue) mayHandle() bool { return v.r.By.May(actor.HandleRequests) }
