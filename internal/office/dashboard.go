package office

import (
	"net/http"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/told"
	"github.com/entregent/entregent/internal/webhook"
)

// dashboard is what waits for a person today, what happened, and how much the workspace is used.
type dashboard struct {
	r       *web.Request
	waiting []figure
	usage   usage
	recent  []told.Line
}

// figure is something that waits: how much of it, and where it is listed.
type figure struct {
	n    int
	more bool // counting stopped at n
	what string
	note string // "" = none
	late bool   // the note is a warning
	url  string
}

// recentLines of the history stand on the dashboard.
const recentLines = 5

func showDashboard(r *web.Request) error {
	v := dashboard{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.waiting, err = waiting(r, tx); err != nil {
			return err
		}
		if v.usage, err = readUsage(r, tx); err != nil {
			return err
		}
		page, err := journal.Find(r.Context(), tx, r.By, journal.Filter{Size: recentLines, NoSignIns: true})
		if err != nil {
			return err
		}
		v.recent, err = told.Tell(r, tx, page.Lines, id.Organization{})
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// waiting counts, each up to a cap, what somebody should look at.
func waiting(r *web.Request, tx *sqldb.Tx) ([]figure, error) {
	var list []figure
	var err error
	add := func(key, query string, f directory.Filter) int {
		if err != nil {
			return 0
		}
		var n int
		var more bool
		n, more, err = directory.Count(r.Context(), tx, r.By, f)
		list = append(list, figure{n: n, more: more, what: r.P.Count(key, n), url: r.Office("/contacts?" + query)})
		return n
	}
	add("office.dashboard.waiting.unauthorized", "authorized=no", directory.Filter{Authorized: "no"})
	add("office.dashboard.waiting.incomplete", "incomplete=1", directory.Filter{Incomplete: directory.Lacking(r.Workspace.PhoneRequired)})
	add("office.dashboard.waiting.unused", "credentials=unused", directory.Filter{Credentials: directory.Unused, At: sqldb.At(r.Now)})
	if err != nil {
		return nil, err
	}
	landed, more, err := directory.Count(r.Context(), tx, r.By, directory.Filter{Authorized: "no", Source: contact.Landing})
	if err != nil {
		return nil, err
	}
	if landed > 0 {
		list[0].note, list[0].late = r.P.Count("office.dashboard.waiting.landing", landed, "Figure", web.Figures(r.P, landed, more)), true
	}
	awaiting, more, err := directory.Count(r.Context(), tx, r.By, directory.Filter{Authorized: directory.Awaiting})
	if err != nil {
		return nil, err
	}
	if awaiting > 0 { // whom organisations added: most hosts do not want to be asked
		list = slices.Insert(list, 1, figure{
			n: awaiting, more: more, what: r.P.Count("office.dashboard.waiting.awaiting", awaiting), url: r.Office("/contacts?authorized=" + directory.Awaiting),
			note: r.P.Text("office.dashboard.waiting.awaiting.note"), late: true,
		})
	}
	without, err := withoutPrimary(r, tx)
	if err != nil {
		return nil, err
	}
	asked, err := unanswered(r, tx)
	if err != nil {
		return nil, err
	}
	deposited, err := deposited(r, tx)
	if err != nil {
		return nil, err
	}
	pending, err := toModerate(r, tx)
	if err != nil {
		return nil, err
	}
	late, err := overdue(r, tx)
	if err != nil {
		return nil, err
	}
	stopped, err := stoppedWebhooks(r, tx)
	return slices.Concat(asked, deposited, pending, list, []figure{without}, late, stopped), err
}

// stoppedWebhooks counts those that the program has switched off by itself, for who may do something about it, if there are any.
func stoppedWebhooks(r *web.Request, tx *sqldb.Tx) ([]figure, error) {
	if !r.By.May(actor.EditWebhooks) {
		return nil, nil
	}
	n, err := webhook.Stopped(r.Context(), tx, r.By)
	if err != nil || n == 0 {
		return nil, err
	}
	return []figure{{n: n, what: r.P.Count("office.dashboard.waiting.webhooks", n), note: r.P.Text("office.dashboard.waiting.webhooks.note"), late: true, url: r.Office("/settings/webhooks")}}, nil
}

// unanswered counts the requests that wait for the host, and those of them that the reader has taken on.
func unanswered(r *web.Request, tx *sqldb.Tx) ([]figure, error) {
	n, more, err := docket.Count(r.Context(), tx, r.By, docket.Filter{Sort: docket.Queue})
	if err != nil {
		return nil, err
	}
	own, ownMore, err := docket.Count(r.Context(), tx, r.By, docket.Filter{Sort: docket.Queue, Assignee: r.By.Login})
	f := figure{n: n, more: more, what: r.P.Count("office.dashboard.waiting.requests", n), url: r.Office("/requests")}
	if own > 0 {
		f.note = r.P.Count("office.dashboard.waiting.requests.own", own, "Figure", web.Figures(r.P, own, ownMore))
	}
	return []figure{f}, err
}

// deposited counts the offers of the public form that wait, if any does.
func deposited(r *web.Request, tx *sqldb.Tx) ([]figure, error) {
	n, more, err := deposit.Count(r.Context(), tx, r.By)
	if err != nil || n == 0 {
		return nil, err
	}
	return []figure{{n: n, more: more, what: r.P.Count("office.dashboard.waiting.deposits", n), url: r.Office("/deposits")}}, nil
}

// toModerate counts the offers from the portal that wait to be accepted, if any do; those of the public form wait as deposits.
func toModerate(r *web.Request, tx *sqldb.Tx) ([]figure, error) {
	n, more, err := offer.Count(r.Context(), tx, r.By, offer.Filter{State: offer.Pending, Source: offer.Portal})
	if err != nil || n == 0 {
		return nil, err
	}
	return []figure{{n: n, more: more, what: r.P.Count("office.dashboard.waiting.offers", n), url: r.Office("/offers?state=" + string(offer.Pending) + "&source=" + string(offer.Portal))}}, nil
}

// overdue counts the invoices whose day has passed, if any has.
func overdue(r *web.Request, tx *sqldb.Tx) ([]figure, error) {
	n, more, err := invoice.Count(r.Context(), tx, r.By, invoice.Filter{State: invoice.Overdue, Zone: r.P.Zone()})
	if err != nil || n == 0 {
		return nil, err
	}
	return []figure{{n: n, more: more, what: r.P.Count("office.dashboard.waiting.overdue", n), url: r.Office("/invoices?state=" + string(invoice.Overdue))}}, nil
}

// withoutPrimary counts the organisations of which nobody is the primary contact.
func withoutPrimary(r *web.Request, tx *sqldb.Tx) (figure, error) {
	n, more, err := organization.Count(r.Context(), tx, r.By, organization.Filter{WithoutPrimary: true})
	if err != nil {
		return figure{}, err
	}
	all, _, err := organization.Count(r.Context(), tx, r.By, organization.Filter{})
	return figure{
		n: n, more: more, what: r.P.Count("office.dashboard.waiting.without_primary", n),
		note: r.P.Count("office.dashboard.waiting.of_all", all), url: r.Office("/organizations?state=without_primary"),
	}, err
}

// greeting speaks to the person by the first word of their name, and says which day it is for them.
func (v dashboard) greeting() string {
	first, _, _ := strings.Cut(v.r.Login.Name, " ")
	return v.r.P.Text("office.dashboard.greeting", "Name", first, "Day", v.r.P.LongDate(v.r.Now))
}
