package office

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// organizations is the list of them as it is shown.
type organizations struct {
	r      *web.Request
	filter organization.Filter
	part   paging.Part[organization.Organization]
	people map[id.Contact]contact.Row // the primary ones
}

// listPart is the id of the element that follows search, filters and paging.
const listPart = "list"

func listOrganizations(r *web.Request) error {
	v := organizations{r: r, filter: staff.OrganizationFilter(r)}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.part, err = organization.Find(r.Context(), tx, r.By, v.filter); err != nil {
			return err
		}
		primary := make([]id.Contact, len(v.part.Items))
		for i, o := range v.part.Items {
			primary[i] = o.Primary
		}
		v.people, err = contact.Rows(r.Context(), tx, r.By, primary)
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

// currentState asks for what is not archived, as no state does in a list.
const currentState = "current"

// exports are the files in which the organisations of the current filter can be taken along.
func (v organizations) exports() []ui.Link {
	state := cmp.Or(v.r.QueryOneOf("state", []string{"without_primary", "archived"}), currentState)
	return staff.ExportLinks(v.r, "/export", []string{"q"}, "noun", string(transfer.Organizations), "state", state)
}

func (v organizations) mayExport() bool { return v.r.By.May(actor.Export) }

func (v organizations) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("office.organization.pages"), listPart, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

func (v organizations) sizes() []ui.Link {
	return web.Sizes(v.part.Ask, listPart, func(size string) string { return v.r.With("size", size, "page", "") })
}

func (v organizations) states() []ui.Link {
	p := v.r.P
	return web.Choice(v.r, "state", listPart, web.Way{Value: "", Text: p.Text("office.organization.state.current")},
		web.Way{Value: "without_primary", Text: p.Text("office.organization.state.without_primary")}, web.Way{Value: "archived", Text: p.Text("office.organization.state.archived")})
}

func (v organizations) sorts() []ui.Link {
	p := v.r.P
	return web.Choice(v.r, "sort", listPart, web.Way{Value: "", Text: p.Text("office.organization.sort.name")},
		web.Way{Value: "city", Text: p.Text("office.organization.sort.city")}, web.Way{Value: "recent", Text: p.Text("office.organization.sort.recent")})
}

// filtered reports whether less than everything is asked for, so that an empty list says why it is empty.
func (v organizations) filtered() bool {
	return v.filter.Query != "" || v.filter.Archived || v.filter.WithoutPrimary
}

func (v organizations) columns() []ui.Column {
	p := v.r.P
	return []ui.Column{
		{Title: p.Text("office.organization.one"), Class: "lead-column"},
		{Title: p.Text("office.organization.number")},
		{Title: p.Text("office.organization.city")},
		{Title: p.Text("office.organization.phone")},
		{Title: p.Text("office.organization.primary")},
	}
}

// number names the organisation to the host: its SIRET in groups, else its customer number.
func numberOf(o organization.Organization) string {
	if !o.SIRET.IsZero() {
		return o.SIRET.Grouped()
	}
	return o.CustomerNumber
}
