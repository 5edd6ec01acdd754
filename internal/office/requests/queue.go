package requests

import (
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// queue is a list of requests as it is shown: the workspace's, or one organisation's.
type queue struct {
	r      *web.Request
	in     *staff.Organization // nil = of the whole workspace
	filter docket.Filter
	part   paging.Part[request.Listed]
	team   []request.Person
	form   *ui.Form // of what is done with the ticked ones
	done   []done   // what became of them; nil = nothing was done
}

// listPart is the id of the element that follows search, filters and paging.
const listPart = "list"

// The words of the filters, in the order in which they are offered, and what the address has for whom a request is assigned
// to beside a member of the team.
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
	if v.r.Fragment() == listPart {
		return v.r.Render(status, v.list())
	}
	return v.r.Render(status, v.page())
}

func (v *queue) read(tx *sqldb.Tx, of id.Organization) (err error) {
	v.filter = filterOf(v.r)
	v.filter.Organization = of
	if v.in != nil {
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
	v.team, err = request.Team(v.r.Context(), tx, v.r.By)
	return err
}

// filterOf reads search, filters, order and page off the address; what names nothing is as if it were not there. Who asks
// for nothing in particular sees what waits for the host, what waits longest first.
func filterOf(r *web.Request) docket.Filter {
	f := docket.Filter{
		Query:   r.Searched(),
		State:   request.State(r.QueryOneOf("state", states())),
		Kind:    request.Kind(r.QueryOneOf("kind", kinds)),
		Contact: id.Contact{UUID: r.QueryID("contact")},
		Sort:    docket.Order(r.QueryOneOf("sort", orders)),
		Ask:     r.Asked(web.DefaultSize),
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
		if f.Query == "" && f.State == "" && f.Contact.IsZero() {
			f.Sort = docket.Queue
		}
	}
	if f.Query == "" {
		f.After.UUID = r.QueryID("after")
	}
	return f
}

var (
	orders = []string{string(docket.Queue), string(docket.Newest), string(docket.Activity)}
	kinds  = []string{string(request.Technical), string(request.Administrative)}
)

func states() []string {
	list := []string{string(docket.OpenOnes)}
	for _, s := range request.States() {
		list = append(list, string(s))
	}
	return list
}

// url is the address of the list without any filter.
func (v *queue) url() string {
	if v.in != nil {
		return v.in.URL("/requests")
	}
	return v.r.Office("/requests")
}

// pager goes on by keyset where it can: the next page begins behind the last row of this one.
func (v *queue) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("office.requests.pages"), listPart, func(page int) string {
		after := ""
		if page == v.part.Page+1 && v.filter.Query == "" {
			after = v.part.Items[len(v.part.Items)-1].ID.String()
		}
		return v.r.With("page", strconv.Itoa(page), "after", after)
	})
}

func (v *queue) sizes() []ui.Link {
	return web.Sizes(v.part.Ask, listPart, func(size string) string { return v.r.With("size", size, "page", "", "after", "") })
}

// sorts are the orders; what waits for the host is one of the whole workspace alone.
func (v *queue) sorts() []ui.Link {
	var links []ui.Link
	for _, order := range orders {
		if v.in != nil && order == string(docket.Queue) {
			continue
		}
		links = append(links, ui.Link{
			Text: v.r.P.Text("office.requests.sort." + order), URL: v.r.With("sort", order, "page", "", "after", ""), Current: string(v.filter.Sort) == order, Swap: listPart,
		})
	}
	return links
}

// narrowed reports whether a filter other than the search is in use.
func (v *queue) narrowed() bool {
	f := v.filter
	return f.State != "" || f.Kind != "" || !f.Contact.IsZero() || !f.Assignee.IsZero() || f.Unassigned
}

func (v *queue) plain() bool { return !v.narrowed() && v.filter.Query == "" }

// title is how many there are, with their noun.
func (v *queue) title() string {
	key := "office.requests.count"
	if v.filter.Sort == docket.Queue {
		key = "office.requests.queue"
	}
	if v.part.More {
		return v.r.P.Text(key+".more", "N", v.part.Total)
	}
	return v.r.P.Count(key, v.part.Total)
}

// search is what the list can be searched for.
func (v *queue) search() ui.Search {
	p := v.r.P
	return ui.Search{
		Action: v.url(), Label: p.Text("office.requests.search"), Placeholder: p.Text("office.requests.search.hint"), Value: v.filter.Query,
		Keep: v.r.Pick("sort", "size", "contact"), Swap: listPart,
	}
}

func (v *queue) filters() ui.Filters {
	p := v.r.P
	ask := func(name, chosen string) ui.Question {
		return ui.Question{Name: name, Label: p.Text("office.requests." + name), Any: p.Text("office.requests." + name + ".any"), Chosen: chosen}
	}
	state, kind, assignee := ask("state", string(v.filter.State)), ask("kind", string(v.filter.Kind)), ask("assignee", v.r.Query("assignee"))
	for _, s := range states() {
		state.Options = append(state.Options, ui.Option{Value: s, Text: p.Text("office.request.state." + s)})
	}
	kind.Options = kindOptions(p)
	assignee.Options = []ui.Option{{Value: mine, Text: p.Text("office.requests.assignee.me")}, {Value: nobody, Text: p.Text("office.requests.assignee.nobody")}}
	for _, m := range v.team {
		if m.ID != v.r.By.Login.UUID {
			assignee.Options = append(assignee.Options, ui.Option{Value: m.ID.String(), Text: m.Name})
		}
	}
	return ui.Filters{Label: p.Text("office.requests.filters"), Open: v.narrowed(), Questions: []ui.Question{state, kind, assignee}}
}

func (v *queue) mayHandle() bool { return v.r.By.May(actor.HandleRequests) }

// called is how a person of a request is shown: a contact that is gone by its number.
func called(r *web.Request, p request.Person) string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Kind == actor.Contact:
		return r.P.Text("office.request.contact_gone", "Number", contact.Label(p.Number))
	case p.Kind == actor.Program:
		return r.P.Text("office.request.program")
	}
	return r.P.Text("office.request.staff_gone")
}
