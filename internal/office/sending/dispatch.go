package sending

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/dispatch"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// dispatches is where bulk sendings are found again.
type dispatches struct {
	r      *web.Request
	past   []dispatch.Dispatch
	people map[id.Login]string
}

func listDispatches(r *web.Request) error {
	v := dispatches{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.past, err = dispatch.Find(r.Context(), tx, r.By); err != nil {
			return err
		}
		starters := make([]id.Login, len(v.past))
		for i, d := range v.past {
			starters[i] = d.StartedBy
		}
		v.people, err = login.Names(r.Context(), tx, starters)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// dispatched is the page of one bulk sending: its progress, what became of each contact and of each letter.
type dispatched struct {
	r        *web.Request
	dispatch dispatch.Dispatch
	by       string
	letters  map[mail.State]int
	some     dispatch.Some
	rows     []sentRow
	next     int           // the row after which the next ones are; 0 = none
	waits    bool          // letters do, for want of a mail server
	follow   time.Duration // see Options.Follow
}

// sentRow is one contact of it.
type sentRow struct {
	dispatch.Row
	contact      contact.Row // zero when it was deleted
	organization string
	delivery     invitation.Delivery // "" = there is no letter, or it is no longer kept
}

// sentSize is how many rows a page shows.
const sentSize = 50

// dispatchPart is the id of the part of the page that follows the work.
const dispatchPart = "dispatch"

func (o Options) showDispatch(r *web.Request) error {
	of, err := r.Dispatch("dispatch")
	if err != nil {
		return err
	}
	v := dispatched{r: r, some: someRows(r), waits: o.Post.Waits(), follow: o.Follow}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.dispatch, err = dispatch.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		names, err := login.Names(r.Context(), tx, []id.Login{v.dispatch.StartedBy})
		if err != nil {
			return err
		}
		v.by = names[v.dispatch.StartedBy]
		if v.letters, err = dispatch.Letters(r.Context(), tx, r.By, v.dispatch); err != nil {
			return err
		}
		return v.readRows(tx)
	})
	if err != nil {
		return err
	}
	if r.Fragment() == dispatchPart {
		return r.Render(http.StatusOK, v.part())
	}
	return r.Render(http.StatusOK, v.page())
}

// someRows reads the filter of rows off the address; what names nothing is as if it were not there.
func someRows(r *web.Request) dispatch.Some {
	words := []string{string(dispatch.Unsent), string(dispatch.Undelivered)}
	for _, result := range dispatch.Results() {
		words = append(words, string(result))
	}
	return dispatch.Some(r.QueryOneOf("result", words))
}

func (v *dispatched) readRows(tx *sqldb.Tx) error {
	ctx, by := v.r.Context(), v.r.By
	list, err := dispatch.Rows(ctx, tx, by, v.dispatch, v.some, v.r.QueryInt("after", 1, 1<<30, 0), sentSize+1)
	if err != nil {
		return err
	}
	if len(list) > sentSize {
		list = list[:sentSize]
		v.next = list[sentSize-1].N
	}
	people, letters := make([]id.Contact, len(list)), make([]id.Letter, 0, len(list))
	for i, row := range list {
		people[i] = row.Contact
		if !row.Letter.IsZero() {
			letters = append(letters, row.Letter)
		}
	}
	known, err := contact.Rows(ctx, tx, by, people)
	if err != nil {
		return err
	}
	places := make([]id.Organization, 0, len(known))
	for _, c := range known {
		places = append(places, c.Organization)
	}
	names, err := organization.Names(ctx, tx, by, places)
	if err != nil {
		return err
	}
	fates, err := access.Fates(ctx, tx, by, letters)
	for _, row := range list {
		c := known[row.Contact]
		v.rows = append(v.rows, sentRow{row, c, names[c.Organization], fates[row.Letter]})
	}
	return err
}

func cancelDispatch(r *web.Request) error {
	of, err := r.Dispatch("dispatch")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error { return dispatch.Cancel(r.Context(), tx, r.By, of) })
	if err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return r.SeeOther(r.Office("/dispatches/" + of.String()))
}

// dispatchTitle is what a bulk sending is called: to how many, and when.
func dispatchTitle(r *web.Request, d dispatch.Dispatch) string {
	return r.P.Count("office.dispatch.title", d.Total)
}

// dispatchBadge is how far a bulk sending is.
func dispatchBadge(r *web.Request, d dispatch.Dispatch) templ.Component {
	text := r.P.Text("office.dispatch.state." + string(d.State))
	switch d.State {
	case dispatch.Done:
		return ui.Badge(ui.OK, "ok", text)
	case dispatch.Failed:
		return ui.Badge(ui.Danger, "alert", text)
	case dispatch.Cancelled:
		return ui.Badge(ui.Plain, "none", text)
	}
	return ui.Badge(ui.Info, "clock", text)
}

// resultBadge is what became, or would become, of a contact.
func resultBadge(r *web.Request, result dispatch.Result) templ.Component {
	text := r.P.Text("office.dispatch.result." + string(result))
	switch result {
	case dispatch.Invited, dispatch.Reminded:
		return ui.Badge(ui.OK, "send", text)
	case dispatch.SwitchedOff:
		return ui.Badge(ui.Warn, "pause", text)
	case dispatch.Deleted, dispatch.Archived:
		return ui.Badge(ui.Plain, "none", text)
	}
	return ui.Badge(ui.Warn, "alert", text)
}

// why says what stood in the way of a contact that was sent nothing; "" when something was.
func (v dispatched) why(row sentRow) string {
	switch {
	case row.Result.Sent():
		return ""
	case row.Result == dispatch.Refused:
		return v.r.P.Message(row.Fault)
	}
	return v.r.P.Text("office.dispatch.why." + string(row.Result))
}

// figures count the results, and the letters by how far they are.
func (v dispatched) figures() []ui.Figure {
	p, c := v.r.P, v.dispatch.Counts
	list := []ui.Figure{{N: c.Sent(), What: p.Text("office.dispatch.sent")}, {N: c.Unsent(), What: p.Text("office.dispatch.unsent"), Warn: c.Unsent() > 0}}
	for _, state := range []mail.State{mail.Queued, mail.Sent, mail.Refused} {
		if n := v.letters[state]; n > 0 {
			list = append(list, ui.Figure{N: n, What: p.Count("office.dispatch.letters."+string(state), n), Warn: state == mail.Refused})
		}
	}
	return list
}

// choices are the filters of the rows that find something, with how many.
func (v dispatched) choices() []ui.Option {
	p, c := v.r.P, v.dispatch.Counts
	var list []ui.Option
	add := func(value, text string, n int) {
		if n > 0 || value == string(v.some) {
			list = append(list, ui.Option{Value: value, Text: p.Text("office.dispatch.filter.counted", "Text", text, "N", n)})
		}
	}
	add("", p.Text("office.dispatch.filter.all"), c.All())
	add(string(dispatch.Unsent), p.Text("office.dispatch.filter.unsent"), c.Unsent())
	add(string(dispatch.Undelivered), p.Text("office.dispatch.filter.undelivered"), v.letters[mail.Refused])
	for _, result := range dispatch.Results() {
		add(string(result), p.Text("office.dispatch.result."+string(result)), c[result])
	}
	return list
}

// refresh is how many seconds after which the page asks again; 0 = it does not.
func (v dispatched) refresh() int {
	switch {
	case v.dispatch.State == dispatch.Sending:
		return 2
	case v.letters[mail.Queued] > 0 && !v.waits && v.r.Now.Sub(v.dispatch.ChangedAt.Time()) < v.follow:
		return 4
	}
	return 0
}

func (v dispatched) url(below string) string {
	return v.r.Office("/dispatches/" + v.dispatch.ID.String() + below)
}

// older is the address of the rows that follow.
func (v dispatched) older() string { return v.r.With("after", strconv.Itoa(v.next)) }

// beyond reports whether the first rows are not shown.
func (v dispatched) beyond() bool { return v.r.Query("after") != "" }

// progress says how far the work is.
func (v dispatched) progress() string {
	return v.r.P.Text("office.dispatch.progress", "Percent", v.dispatch.Percent(), "Done", v.dispatch.Position, "Total", v.dispatch.Total)
}

// account is a short one, for the list.
func (v dispatches) account(d dispatch.Dispatch) string {
	if d.State == dispatch.Sending {
		return v.r.P.Text("office.dispatch.progress", "Percent", d.Percent(), "Done", d.Position, "Total", d.Total)
	}
	return v.r.P.Text("office.dispatch.account", "Sent", d.Counts.Sent(), "Unsent", d.Counts.Unsent(), "Left", d.Total-d.Position)
}

// refresh is how many seconds after which the list asks again, as long as one of them is being sent; 0 = it does not.
func (v dispatches) refresh() int {
	if slices.ContainsFunc(v.past, func(d dispatch.Dispatch) bool { return d.State == dispatch.Sending }) {
		return 4
	}
	return 0
}
