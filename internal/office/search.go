package office

import (
	"net/http"
	"strings"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
)

// found is what the search of the bar finds: organisations and contacts together.
type found struct {
	r             *web.Request
	query         string
	organizations paging.Part[organization.Organization]
	contacts      paging.Part[contact.Listed]
}

// searchSize is how many of each are shown; the lists show the rest.
const searchSize = 12

// searchEverywhere answers the search of the bar. What fits a number exactly, and nothing else does, is gone to
// at once.
func searchEverywhere(r *web.Request) error {
	v := found{r: r, query: r.Searched()}
	if strings.TrimSpace(v.query) == "" {
		return r.Render(http.StatusOK, v.page())
	}
	var exact []string
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if exact, err = exactly(r, tx, v.query); err != nil || len(exact) == 1 {
			return err
		}
		ask := paging.Ask{Page: 1, Size: searchSize}
		if v.organizations, err = organization.Find(r.Context(), tx, r.By, organization.Filter{Query: v.query, Ask: ask}); err != nil {
			return err
		}
		v.contacts, err = directory.Find(r.Context(), tx, r.By, directory.Filter{Query: v.query, Ask: ask})
		return err
	})
	if err != nil {
		return err
	}
	if len(exact) == 1 {
		return r.SeeOther(exact[0])
	}
	return r.Render(http.StatusOK, v.page())
}

// exactly gives the addresses of what bears the query as its number: a personal identifier, a SIRET, a customer
// number.
func exactly(r *web.Request, tx *sqldb.Tx, query string) (addresses []string, err error) {
	take := func(address string, err error) error {
		if err == nil {
			addresses = append(addresses, address)
		}
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	if number, ok := directory.ParseLabel(query); ok {
		c, err := contact.ByNumber(r.Context(), tx, r.By, number)
		if err := take(c.Address(r.Workspace.Slug), err); err != nil {
			return nil, err
		}
	}
	if number, parsed := siret.Parse(query); parsed == nil {
		o, err := organization.BySIRET(r.Context(), tx, r.By, number)
		if err := take(staff.OrganizationURL(r, o.ID, "/contacts"), err); err != nil {
			return nil, err
		}
	}
	o, err := organization.ByCustomerNumber(r.Context(), tx, r.By, query)
	err = take(staff.OrganizationURL(r, o.ID, "/contacts"), err)
	return addresses, err
}

// none reports whether nothing was found.
func (v found) none() bool { return len(v.organizations.Items) == 0 && len(v.contacts.Items) == 0 }

// all is the address of a list with this search.
func (v found) all(list string) string { return v.r.Office(list) + v.r.Carry([]string{"q"}) }

func (v found) title() string {
	if v.query == "" {
		return v.r.P.Text("office.search.title")
	}
	return v.r.P.Text("office.search.title.of", "Query", v.query)
}
