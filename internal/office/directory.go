package office

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

func (o Options) listContacts(r *web.Request) error {
	v := contacts{r: r, filter: contactFilter(r), waits: o.Post.Waits()}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.part, err = directory.Find(r.Context(), tx, r.By, v.filter); err != nil {
			return err
		}
		rows := make([]contact.Row, len(v.part.Items))
		for i, l := range v.part.Items {
			rows[i] = l.Row
		}
		v.deliveries, err = deliveriesOf(r, tx, rows)
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

// contactFilter reads search, filters, order and page off the address; what names nothing is as if it were not
// there.
func contactFilter(r *web.Request) directory.Filter {
	f := directory.Filter{
		Query:         r.Searched(),
		State:         contact.State(r.QueryOneOf("state", states)),
		Authorized:    r.QueryOneOf("authorized", authorizations),
		Role:          contact.Role(r.QueryOneOf("role", roles)),
		Source:        contact.Source(r.QueryOneOf("source", sources)),
		NeverSignedIn: r.Query("never_signed_in") != "",
		Incomplete:    r.Query("incomplete") != "",
		Credentials:   directory.Credentials(r.QueryOneOf("credentials", fates)),
		Ask:           r.Asked(web.DefaultSize),
	}
	if f.Credentials != "" {
		f.At = sqldb.At(r.Now)
	}
	if r.Query("sort") == string(directory.Newest) {
		f.Sort = directory.Newest
	}
	if f.Query == "" {
		f.After.UUID = r.QueryID("after")
	}
	return f
}

// The words that the filters know, in the order in which they are offered.
var (
	states         = []string{string(contact.WithoutLogin), string(contact.Invited), string(contact.Active), string(contact.Disabled)}
	authorizations = []string{"yes", "no"}
	fates          = []string{string(directory.Refused), string(directory.Unused)}
	roles          = []string{string(contact.User), string(contact.Admin), string(contact.SuperAdmin)}
	sources        = []string{string(contact.Form), string(contact.Landing), string(contact.Import), string(contact.API), string(contact.Portal)}
)

// filterNames are the filters' names in the address.
var filterNames = []string{"q", "state", "authorized", "role", "source", "never_signed_in", "incomplete", "credentials"}

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
	return web.Choice(v.r, "sort", listPart, web.Way{"", p.Text("office.contacts.sort.name")}, web.Way{string(directory.Newest), p.Text("office.contacts.sort.recent")})
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

// question is one of the filters that are selects.
type filterQuestion struct {
	name, label, any, chosen string
	options                  []ui.Option
}

func (v contacts) questions() []filterQuestion {
	p := v.r.P
	ask := func(name, chosen, prefix string, words []string) filterQuestion {
		q := filterQuestion{name: name, label: p.Text("office.contacts.filter." + name), any: p.Text("office.contacts.filter." + name + ".any"), chosen: chosen}
		for _, word := range words {
			q.options = append(q.options, ui.Option{Value: word, Text: p.Text(prefix + word)})
		}
		return q
	}
	return []filterQuestion{
		ask("state", string(v.filter.State), "contact.state.", states),
		ask("authorized", v.filter.Authorized, "office.contacts.filter.authorized.", authorizations),
		ask("role", string(v.filter.Role), "contact.role.", roles),
		ask("credentials", string(v.filter.Credentials), "office.contacts.filter.credentials.", fates),
		ask("source", string(v.filter.Source), "office.source.", sources),
	}
}

// exports are the files in which the contacts of the current filter can be taken along.
func (v contacts) exports() []ui.Link {
	return exportLinks(v.r, "/contacts/export", filterNames)
}

func (v contacts) maySend() bool { return v.r.By.May(actor.SendToMany) }

func (v contacts) mayExport() bool { return v.r.By.May(actor.Export) }
