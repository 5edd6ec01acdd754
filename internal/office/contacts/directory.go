package contacts

import (
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// contacts is the list of all contacts of the workspace as it is shown.
type contacts struct {
	r      *web.Request
	filter directory.Filter
	part   paging.Part[contact.Listed]

	deliveries map[id.Contact]invitation.Delivery // of those who are invited
	waits      bool                               // letters do, for want of a mail server
}

// listPart is the id of the element that follows search, filters and paging.
const listPart = "list"

func (o Options) listContacts(r *web.Request) error {
	v := contacts{r: r, filter: staff.ContactFilter(r), waits: o.Post.Waits()}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.part, err = directory.Find(r.Context(), tx, r.By, v.filter); err != nil {
			return err
		}
		rows := make([]contact.Row, len(v.part.Items))
		for i, l := range v.part.Items {
			rows[i] = l.Row
		}
		v.deliveries, err = staff.DeliveriesOf(r, tx, rows)
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

// pager goes on by keyset where it can: the next page begins behind the last row of this one.
func (v contacts) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("office.contacts.pages"), listPart, func(page int) string {
		after := ""
		if page == v.part.Page+1 && v.filter.Query == "" {
			after = v.part.Items[len(v.part.Items)-1].ID.String()
		}
		return v.r.With("page", strconv.Itoa(page), "after", after)
	})
}

func (v contacts) sizes() []ui.Link {
	return web.Sizes(v.part.Ask, listPart, func(size string) string { return v.r.With("size", size, "page", "", "after", "") })
}

func (v contacts) sorts() []ui.Link {
	p := v.r.P
	return web.Choice(v.r, "sort", listPart, web.Way{Value: "", Text: p.Text("office.contacts.sort.name")}, web.Way{Value: string(directory.Newest), Text: p.Text("office.contacts.sort.recent")})
}

// narrowed reports whether a filter other than the search is in use.
func (v contacts) narrowed() bool {
	f := v.filter
	f.Query = ""
	return !f.Plain()
}

// title is how many there are, with their noun.
func (v contacts) title() string {
	if v.part.More {
		return v.r.P.Text("office.contacts.more", "N", v.part.Total)
	}
	return v.r.P.Count("office.contacts.count", v.part.Total)
}

// search is what the list can be searched for.
func (v contacts) search() ui.Search {
	p := v.r.P
	return ui.Search{
		Action: v.r.Office("/contacts"), Label: p.Text("office.contacts.search"), Placeholder: p.Text("office.contacts.search.hint"), Value: v.filter.Query,
		Keep: v.r.Pick("sort", "size"), Swap: listPart,
	}
}

// filters are those that are selects.
func (v contacts) filters() ui.Filters {
	p := v.r.P
	ask := func(name, chosen, prefix string, words []string) ui.Question {
		q := ui.Question{Name: name, Label: p.Text("office.contacts.filter." + name), Any: p.Text("office.contacts.filter." + name + ".any"), Chosen: chosen}
		for _, word := range words {
			q.Options = append(q.Options, ui.Option{Value: word, Text: p.Text(prefix + word)})
		}
		return q
	}
	return ui.Filters{Label: p.Text("office.contacts.filters"), Open: v.narrowed(), Questions: []ui.Question{
		ask("state", string(v.filter.State), "contact.state.", staff.States),
		ask("authorized", v.filter.Authorized, "office.contacts.filter.authorized.", staff.Authorizations),
		ask("role", string(v.filter.Role), "contact.role.", staff.Roles),
		ask("credentials", string(v.filter.Credentials), "office.contacts.filter.credentials.", staff.Fates),
		ask("source", string(v.filter.Source), "office.source.", staff.Sources),
	}}
}

// exports are the files in which the contacts of the current filter can be taken along.
func (v contacts) exports() []ui.Link {
	return staff.ExportLinks(v.r, "/contacts/export", staff.FilterNames)
}

func (v contacts) maySend() bool { return v.r.By.May(actor.SendToMany) }

func (v contacts) mayExport() bool { return v.r.By.May(actor.Export) }
