package portal

import (
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// requestsOf is the tab « Demandes d'assistance » of a contact (manual 2): those that are for them. Of others than
// themselves, admins see it.
type requestsOf struct {
	contact.Contact
	r    *web.Request
	part paging.Part[request.Listed]
}

func contactRequests(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	if of != r.By.Contact && !r.By.May(actor.SeeColleaguesRequests) {
		return fault.Missing()
	}
	v := requestsOf{r: r}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.Contact, err = contact.Colleague(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		v.part, err = docket.Find(r.Context(), tx, r.By, docket.Filter{Contact: of, Ask: r.Asked(paging.Sizes[0])})
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// newURL is where one is made for the contact; "" where the reader may not.
func (v requestsOf) newURL() string {
	switch {
	case v.ID == v.r.By.Contact:
		return v.r.Portal("/requests/new")
	case v.r.By.May(actor.AskForColleagues):
		return v.r.Portal("/requests/new?contact=" + v.ID.String())
	}
	return ""
}

// none says that there are none yet.
func (v requestsOf) none() string {
	if v.ID == v.r.By.Contact {
		return v.r.P.Text("assist.none", "Workspace", v.r.Workspace.Name)
	}
	return v.r.P.Text("assist.none_for")
}

func (v requestsOf) columns() []ui.Column {
	p := v.r.P
	return []ui.Column{
		{Title: p.Text("request.field.subject"), Class: "lead-column"},
		{Title: p.Text("request.field.state")}, {Title: p.Text("request.field.kind")}, {Title: p.Text("request.field.activity_at")},
	}
}

func (v requestsOf) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("support.pages"), "", func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}
