// Package assist is « Assistance » in the portal: the requests of an organisation's people, as lists and one by one
// (screens.md, « Portal »; the second manual, « Demandes d’assistance »).
//
// It is a face: who may see and do what, package request says. Internal notes and assignments never come as far as here.
package assist

import (
	"net/http"
	"net/url"
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
	"github.com/entregent/entregent/internal/web/support"
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
		at("POST /requests", actor.AskTechnical, create).WithFiles(),
		at("GET /requests/{request}", actor.SeeOwnRequests, show),
		at("POST /requests/{request}/comments", actor.SeeOwnRequests, comment).WithFiles(),
		at("POST /requests/{request}/withdrawal", actor.SeeOwnRequests, withdraw),
		at("POST /requests/{request}/reopening", actor.SeeOwnRequests, reopen),
		at("POST /requests/{request}/watching", actor.SeeOwnRequests, watch),
		at("POST /requests/{request}/watchers", actor.AskForColleagues, addWatcher),
		at("POST /requests/{request}/watchers/{contact}/removal", actor.AskForColleagues, removeWatcher),
		at("GET /requests/{request}/files/{file}", actor.SeeOwnRequests, support.ServeFile),
	}
}

// listing is the list as it is shown.
type listing struct {
	r      *web.Request
	filter docket.Filter
	look   member.Look
	part   paging.Part[request.Listed]
	chosen contact.Row      // for whom they are; zero = whomever
	people []request.Person // whom they may be for, of whoever may choose
}

var orders = []string{string(docket.Newest), string(docket.Activity), string(docket.Oldest)}

func list(r *web.Request) error {
	look := member.ReadLook(r, "requests", orders, "state", "kind")
	v := listing{r: r, look: look, filter: docket.Filter{
		Query: r.Searched(), State: support.AskedState(look.Filters["state"]), Kind: support.AskedKind(look.Filters["kind"]), Sort: docket.Order(look.Sort),
		Ask: paging.Ask{Page: r.Asked(look.Size).Page, Size: look.Size},
	}}
	if r.By.May(actor.SeeColleaguesRequests) {
		v.filter.Contact.UUID = r.QueryID("contact")
	}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.part, err = docket.Find(r.Context(), tx, r.By, v.filter); err != nil {
			return err
		}
		if r.By.May(actor.SeeColleaguesRequests) && r.Fragment() != support.Part {
			if v.people, err = docket.People(r.Context(), tx, r.By); err != nil {
				return err
			}
		}
		if v.filter.Contact.IsZero() {
			return nil
		}
		c, err := contact.Colleague(r.Context(), tx, r.By, v.filter.Contact)
		v.chosen = c.Row
		return err
	})
	if err != nil {
		return err
	}
	if r.Fragment() == support.Part {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.page())
}

func (v listing) filters() ui.Filters {
	if v.chosen.ID.IsZero() && len(v.people) == 0 {
		return support.Filters(v.r, v.filter, v.narrowed())
	}
	return support.Filters(v.r, v.filter, v.narrowed(), support.For(v.r, v.chosen, v.people...))
}

func (v listing) sorts() []ui.Link {
	links := make([]ui.Link, len(orders))
	for i, order := range orders {
		links[i] = ui.Link{Text: v.r.P.Text("assist.sort." + order), URL: v.r.With("sort", order, "page", ""), Current: order == v.look.Sort, Swap: support.Part}
	}
	return links
}

func (v listing) sizes() []ui.Link {
	return web.Sizes(v.part.Ask, support.Part, func(size string) string { return v.r.With("size", size, "page", "") })
}

func (v listing) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("support.pages"), support.Part, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

// narrowed reports whether a filter other than the search is in use.
func (v listing) narrowed() bool {
	return v.filter.State != "" || v.filter.Kind != "" || !v.filter.Contact.IsZero()
}

func (v listing) columns() []ui.Column {
	p := v.r.P
	return []ui.Column{
		{Title: p.Text("request.field.subject"), Class: "lead-column"}, {Title: p.Text("request.field.state")},
		{Title: p.Text("request.field.kind")}, {Title: p.Text("request.field.contact")}, {Title: p.Text("request.field.activity_at")},
	}
}

// exports offer what the list's search and filters have found, some of which the address does not say.
func (v listing) exports() []ui.Link {
	f := v.filter
	q := url.Values{"q": {f.Query}, "state": {string(f.State)}, "kind": {string(f.Kind)}, "sort": {string(f.Sort)}}
	if !f.Contact.IsZero() {
		q.Set("contact", f.Contact.String())
	}
	return support.Exports(v.r, v.r.Portal("/requests"), q)
}

// newURL is where a request is made, for the contact or, zero, for oneself.
func newURL(r *web.Request, of id.Contact) string {
	if of.IsZero() || of == r.By.Contact {
		return r.Portal("/requests/new")
	}
	return r.Portal("/requests/new?contact=" + of.String())
}

func requestURL(r *web.Request, of id.Request) string { return r.Portal("/requests/" + of.String()) }
