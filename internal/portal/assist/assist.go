// Package assist is « Assistance » in the portal: the requests of an organisation's people, as lists and one by one
// (screens.md, « Portal »; the second manual, « Demandes d’assistance »).
//
// It is a face: who may see and do what, package request says. Internal notes and assignments never come as far as here.
package assist

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/member"
	"github.com/entregent/entregent/internal/web/ui"
)

// Mount gives the site the pages of « Assistance ». The menu's item is the portal's.
func Mount(site *web.Site) { site.Mount(routes()...) }

func routes() []web.Route {
	at := member.At
	return []web.Route{
		at("GET /requests", actor.SeeOwnRequests, list),
		at("GET /requests/export", actor.ExportRequests, export),
		at("GET /requests/new", actor.AskTechnical, askNew),
		withFiles(at("POST /requests", actor.AskTechnical, create)),
		at("GET /requests/{request}", actor.SeeOwnRequests, show),
		withFiles(at("POST /requests/{request}/comments", actor.SeeOwnRequests, comment)),
		at("POST /requests/{request}/withdrawal", actor.SeeOwnRequests, withdraw),
		at("POST /requests/{request}/reopening", actor.SeeOwnRequests, reopen),
		at("POST /requests/{request}/watching", actor.SeeOwnRequests, watch),
		at("POST /requests/{request}/watchers", actor.AskForColleagues, addWatcher),
		at("POST /requests/{request}/watchers/{contact}/removal", actor.AskForColleagues, removeWatcher),
		at("GET /requests/{request}/files/{file}", actor.SeeOwnRequests, open),
	}
}

func withFiles(route web.Route) web.Route {
	route.Files = true
	return route
}

// listing is the list as it is shown.
type listing struct {
	r      *web.Request
	query  string
	state  request.State
	kind   request.Kind
	of     id.Contact // for whom; zero = whomever
	look   member.Look
	part   paging.Part[request.Listed]
	people []ui.Option // for whom requests are, on offer to who sees them all
}

// listPart is the id of the element that follows search, filters, order and paging.
const listPart = "list"

var orders = []string{string(docket.Newest), string(docket.Activity), string(docket.Oldest)}

func list(r *web.Request) error {
	v := listing{r: r, query: r.Searched(), look: member.ReadLook(r, "requests", orders, "state", "kind")}
	v.state, v.kind = readState(v.look.Filters["state"]), readKind(v.look.Filters["kind"])
	if r.By.May(actor.SeeColleaguesRequests) {
		v.of = id.Contact{UUID: r.QueryID("contact")}
	}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		f := v.filter()
		f.Ask = paging.Ask{Page: r.Asked(v.look.Size).Page, Size: v.look.Size}
		if v.part, err = docket.Find(r.Context(), tx, r.By, f); err != nil || v.of.IsZero() {
			return err
		}
		c, err := contact.Colleague(r.Context(), tx, r.By, v.of)
		if err == nil {
			v.people = []ui.Option{{Value: c.ID.String(), Text: web.Name(r.P, c.Row)}}
		}
		return err
	})
	if err != nil {
		return err
	}
	if r.Fragment() == listPart {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.page())
}

func (v listing) filter() docket.Filter {
	return docket.Filter{Query: v.query, State: v.state, Kind: v.kind, Contact: v.of, Sort: docket.Order(v.look.Sort)}
}

// readState reads the filter by state: one of them, or those that are open.
func readState(s string) request.State {
	if state := request.State(s); state == docket.OpenOnes || slices.Contains(request.States(), state) {
		return state
	}
	return ""
}

func readKind(s string) request.Kind {
	if kind := request.Kind(s); kind == request.Technical || kind == request.Administrative {
		return kind
	}
	return ""
}

// search is what the list can be searched for; its order and size are remembered.
func (v listing) search() ui.Search {
	p := v.r.P
	return ui.Search{Action: v.r.Portal("/requests"), Label: p.Text("assist.search"), Placeholder: p.Text("assist.search.hint"), Value: v.query, Swap: listPart}
}

func (v listing) filters() ui.Filters {
	p := v.r.P
	f := ui.Filters{Label: p.Text("assist.filters"), Open: v.state != "" || v.kind != "" || !v.of.IsZero(), Questions: []ui.Question{
		{Name: "state", Label: p.Text("request.field.state"), Any: p.Text("assist.state.any"), Chosen: string(v.state), Options: v.states()},
		{Name: "kind", Label: p.Text("request.field.kind"), Any: p.Text("assist.kind.any"), Chosen: string(v.kind), Options: kinds(v.r)},
	}}
	if len(v.people) > 0 {
		f.Questions = append(f.Questions, ui.Question{Name: "contact", Label: p.Text("request.field.contact"), Any: p.Text("assist.contact.any"), Chosen: v.of.String(), Options: v.people})
	}
	return f
}

// states are the answers of the filter by state.
func (v listing) states() []ui.Option {
	options := []ui.Option{{Value: string(docket.OpenOnes), Text: v.r.P.Text("assist.state.open")}}
	for _, s := range request.States() {
		options = append(options, ui.Option{Value: string(s), Text: stateText(v.r, s)})
	}
	return options
}

func kinds(r *web.Request) []ui.Option {
	return []ui.Option{
		{Value: string(request.Technical), Text: r.P.Text("request.kind.technical"), Hint: r.P.Text("assist.kind.technical")},
		{Value: string(request.Administrative), Text: r.P.Text("request.kind.administrative"), Hint: r.P.Text("assist.kind.administrative")},
	}
}

func (v listing) sorts() []ui.Link {
	links := make([]ui.Link, len(orders))
	for i, order := range orders {
		links[i] = ui.Link{Text: v.r.P.Text("assist.sort." + order), URL: v.r.With("sort", order, "page", ""), Current: order == v.look.Sort, Swap: listPart}
	}
	return links
}

func (v listing) sizes() []ui.Link {
	return web.Sizes(v.part.Ask, listPart, func(size string) string { return v.r.With("size", size, "page", "") })
}

func (v listing) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("assist.pages"), listPart, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

func (v listing) heading() string {
	if v.part.More {
		return v.r.P.Text("assist.more", "N", v.part.Total)
	}
	return v.r.P.Count("assist.count", v.part.Total)
}

func (v listing) narrowed() bool {
	return v.query != "" || v.state != "" || v.kind != "" || !v.of.IsZero()
}

func (v listing) columns() []ui.Column {
	p := v.r.P
	return []ui.Column{
		{Title: p.Text("request.field.number")}, {Title: p.Text("request.field.subject"), Class: "lead-column"}, {Title: p.Text("request.field.state")},
		{Title: p.Text("request.field.kind")}, {Title: p.Text("request.field.contact")}, {Title: p.Text("request.field.activity_at")},
	}
}

// exports offer what the list's search and filters have found.
func (v listing) exports() []ui.Link {
	var links []ui.Link
	for _, format := range exportFormats {
		q := url.Values{"format": {string(format)}, "q": {v.query}, "state": {string(v.state)}, "kind": {string(v.kind)}, "contact": {v.of.String()}}
		links = append(links, ui.Link{Text: v.r.P.Text("portal.contacts.export." + string(format)), URL: v.r.Portal("/requests/export?" + q.Encode()), Icon: "doc"})
	}
	return links
}

// newURL is where a request is made, for the contact or, zero, for oneself.
func newURL(r *web.Request, of id.Contact) string {
	if of.IsZero() || of == r.By.Contact {
		return r.Portal("/requests/new")
	}
	return r.Portal("/requests/new?contact=" + of.String())
}

func requestURL(r *web.Request, of id.Request) string { return r.Portal("/requests/" + of.String()) }

// stateText is a state as the customer reads it.
func stateText(r *web.Request, s request.State) string { return r.P.Text("request.state." + string(s)) }

// nameOf is what somebody is called: a contact that is gone by its number, whoever of the host's team has left as the host.
func nameOf(r *web.Request, p request.Person) string {
	switch {
	case p.Kind == actor.Contact && p.ID == r.By.Contact.UUID:
		return r.P.Text("assist.you")
	case p.Name != "" && p.Kind == actor.Staff:
		return r.P.Text("assist.of_host", "Name", p.Name, "Workspace", r.Workspace.Name)
	case p.Name != "":
		return p.Name
	case p.Kind == actor.Contact:
		return r.P.Text("told.deleted.contact", "Number", contact.Label(p.Number))
	}
	return r.Workspace.Name
}
