package portal

import (
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// card is something that waits for the person: how much of it, and where it is done.
type card struct {
	n    int
	more bool // counting stopped at n
	what string
	url  string
}

// waiting puts together what waits for the person, most of it nothing: each part gives its cards. Offers of a role stand above
// them, being questions to answer.
func (o Options) waiting(r *web.Request, tx *sqldb.Tx, self contact.Contact) (cards []card, err error) {
	for _, part := range []func(*web.Request, *sqldb.Tx, contact.Contact) ([]card, error){o.unreadNotices, repliesAwaited, unpaidInvoices, ownGaps, waysShut} {
		more, err := part(r, tx, self)
		if err != nil {
			return nil, err
		}
		cards = append(cards, more...)
	}
	return cards, nil
}

// repliesAwaited are the requests in which the host waits for the customer.
func repliesAwaited(r *web.Request, tx *sqldb.Tx, _ contact.Contact) ([]card, error) {
	n, more, err := docket.Count(r.Context(), tx, r.By, docket.Filter{State: request.WaitingCustomer})
	if err != nil || n == 0 {
		return nil, err
	}
	url := r.Portal("/requests?kind=&state=" + string(request.WaitingCustomer))
	return []card{{n: n, more: more, what: r.P.Count("portal.home.waiting.replies", n), url: url}}, nil
}

// unpaidInvoices are, for whoever may know, those that are overdue, and all that are to be paid.
func unpaidInvoices(r *web.Request, tx *sqldb.Tx, _ contact.Contact) (cards []card, err error) {
	if !r.By.May(actor.SeeInvoices) {
		return nil, nil
	}
	for _, state := range []invoice.State{invoice.Overdue, invoice.Unpaid} {
		n, more, err := invoice.Count(r.Context(), tx, r.By, invoice.Filter{State: state, Kind: invoice.Bill, Zone: r.P.Zone()})
		if err != nil {
			return nil, err
		}
		if n > 0 {
			url := r.Portal("/invoices?state=" + string(state) + "&kind=" + string(invoice.Bill))
			cards = append(cards, card{n: n, more: more, what: r.P.Count("portal.home.waiting."+string(state), n), url: url})
		}
	}
	return cards, nil
}

// ownGaps are the details that the person's own sheet lacks, of those that every form asks for.
func ownGaps(r *web.Request, _ *sqldb.Tx, self contact.Contact) ([]card, error) {
	n := directory.Lacking(r.Workspace.PhoneRequired).Gaps(self.Row)
	if n == 0 || self.Allow(r.By, contact.EditDetails) != nil {
		return nil, nil
	}
	return []card{{n: n, what: r.P.Count("portal.home.waiting.own", n), url: contactURL(r, self.Row) + "/edit"}}, nil
}

// waysShut are, for whoever may know, the colleagues who cannot come in: each figure is that of the list which it leads to.
func waysShut(r *web.Request, tx *sqldb.Tx, _ contact.Contact) (cards []card, err error) {
	if !r.By.May(actor.SeeColleaguesAccess) {
		return nil, nil
	}
	for _, way := range []directory.Way{directory.Unreached, directory.Expired, directory.WithoutLogin} {
		n, more, err := directory.CountColleagues(r.Context(), tx, r.By, directory.Filter{Way: way})
		if err != nil {
			return nil, err
		}
		if n > 0 {
			cards = append(cards, card{n: n, more: more, what: r.P.Count("portal.home.waiting."+string(way), n), url: r.Portal("/contacts?state=" + string(way))})
		}
	}
	return cards, nil
}

// shortcuts are what the person does most.
func (v home) shortcuts() (links []ui.Link) {
	if v.mayAdd {
		links = append(links, ui.Link{Text: v.r.P.Text("portal.add"), URL: addURL(v.r), Icon: "plus"})
	}
	if v.r.By.May(actor.SeeColleaguesHistory) {
		links = append(links, ui.Link{Text: v.r.P.Text("portal.history"), URL: v.r.Portal("/history"), Icon: "clock"})
	}
	return append(links, ui.Link{Text: v.r.P.Text("portal.contacts"), URL: v.r.Portal("/contacts"), Icon: "users"})
}

// unreadNotices are, on « Accueil », what the bell has.
func (o Options) unreadNotices(r *web.Request, tx *sqldb.Tx, _ contact.Contact) ([]card, error) {
	n, more, err := o.Notices.Unread(r.Context(), tx, r.By)
	if err != nil || n == 0 {
		return nil, err
	}
	return []card{{n: n, more: more, what: r.P.Count("portal.home.todo.notices", n), url: r.Portal("/notifications")}}, nil
}
