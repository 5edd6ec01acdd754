package settings

import (
	"net/http"
	"strconv"
	"time"

	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/webhook"
)

// hookLog is a webhook with what was sent to it.
type hookLog struct {
	hook
	part  paging.Part[webhook.Delivery]
	state webhook.State
}

// hookLogPart is what a script replaces when the log is filtered, leafed through or renewed.
const hookLogPart = "deliveries"

var deliveryStates = []webhook.State{webhook.Pending, webhook.Delivered, webhook.Failed}

func showWebhook(r *web.Request) error {
	return showLog(r, r.NewForm("").Set("since", string(day.Of(r.Now.In(r.Workspace.Zone()).AddDate(0, 0, -7)))), http.StatusOK)
}

func showLog(r *web.Request, form *ui.Form, status int) error {
	stored, err := storedWebhook(r)
	if err != nil {
		return err
	}
	form.Labels = map[string]string{"since": r.P.Text("office.webhooks.since")}
	v := hookLog{hook: stored}
	v.form = form
	for _, s := range deliveryStates {
		if r.Query("state") == string(s) {
			v.state = s
		}
	}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		v.part, err = webhook.Deliveries(r.Context(), tx, r.By, webhook.Filter{Webhook: v.stored.ID, State: v.state, Ask: r.Asked(web.DefaultSize)})
		return err
	})
	if err != nil {
		return err
	}
	if r.IsFetch() && status == http.StatusOK {
		return r.Render(status, v.log())
	}
	return r.Render(status, v.page())
}

func (v hookLog) filter() []ui.Link {
	ways := []web.Way{{Value: "", Text: v.r.P.Text("office.webhooks.delivery.all")}}
	for _, s := range deliveryStates {
		ways = append(ways, web.Way{Value: string(s), Text: v.r.P.Text("office.webhooks.delivery." + string(s))})
	}
	return web.Choice(v.r, "state", hookLogPart, ways...)
}

func (v hookLog) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("office.webhooks.pages"), hookLogPart, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

// refresh is after how many seconds the log is looked at again: while something is on its way for the first time.
func (v hookLog) refresh() int {
	for _, d := range v.part.Items {
		if v.stored.Enabled && d.State == webhook.Pending && d.Attempts == 0 && sqldb.At(v.r.Now).Sub(d.ChangedAt) < time.Minute {
			return 2
		}
	}
	return 0
}

// outcome is how the last try of a delivery went, in words.
func (v hookLog) outcome(d webhook.Delivery) string {
	p := v.r.P
	switch {
	case d.Reason == webhook.ByStatus || d.Reason == webhook.ByRedirect || d.Reason == "" && d.Status != 0:
		text := p.Text("office.webhooks.status", "Status", strconv.Itoa(d.Status), "Took", p.Number(int(d.Took.Milliseconds())))
		if d.Reason == webhook.ByRedirect {
			text += " – " + p.Text("office.webhooks.reason.redirect")
		}
		return text
	case d.Reason != "":
		return p.Text("office.webhooks.reason." + d.Reason)
	}
	return p.Text("office.webhooks.untried")
}

// kindText is the kind of an event in words.
func (v hook) kindText(kind string) string {
	if kind == webhook.TestKind {
		return v.r.P.Text("office.webhooks.test")
	}
	if key := "told.kind." + kind; v.r.P.Has(key) {
		return v.r.P.Text(key)
	}
	return kind
}

// acted answers an act about the webhook that the address names: its page, with what was done or why not.
func acted(r *web.Request, do func(tx *sqldb.Tx, v hook) error, done func()) error {
	v, err := storedWebhook(r)
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error { return do(tx, v) })
	if f := fault.As(err); f != nil && f.Kind == fault.Conflict {
		r.Toast(f.Message.Key)
	} else if err != nil {
		return err
	} else {
		done()
	}
	return r.SeeOther(v.url(""))
}

func switchWebhook(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	on, said := form.Value("enabled") == "1", "office.webhooks.disabled"
	switch {
	case on:
		said = "office.webhooks.enabled"
	case form.Value("enabled") != "0":
		return fault.New(fault.Invalid, "fault.choice")
	}
	return acted(r, func(tx *sqldb.Tx, v hook) error {
		return webhook.Switch(r.Context(), tx, r.By, v.stored.ID, on, form.Bool("missed"))
	}, func() { r.Toast(said) })
}

func tryWebhook(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	return acted(r, func(tx *sqldb.Tx, v hook) error {
		return webhook.Try(r.Context(), tx, r.By, v.stored.ID, form.Submission())
	}, func() { r.Toast("office.webhooks.tried") })
}

func replayDelivery(r *web.Request) error {
	of, err := r.Delivery("delivery")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	return acted(r, func(tx *sqldb.Tx, v hook) error {
		return webhook.Replay(r.Context(), tx, r.By, v.stored.ID, of)
	}, func() { r.ToastCount("office.webhooks.replayed", 1) })
}

func replayFailed(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	since, err := sinceOf(r, form.Value("since"))
	if form.Fail(err) {
		return showLog(r, form, http.StatusUnprocessableEntity)
	}
	n := 0
	return acted(r, func(tx *sqldb.Tx, v hook) (err error) {
		n, err = webhook.ReplayFailed(r.Context(), tx, r.By, v.stored.ID, since)
		return err
	}, func() { r.ToastCount("office.webhooks.replayed", n) })
}

// sinceOf is when a day began where the workspace is.
func sinceOf(r *web.Request, text string) (sqldb.Time, error) {
	var faults fault.Fields
	first, err := day.Parse(text)
	faults.Add("since", err)
	if err := faults.Err(); err != nil {
		return 0, err
	}
	at, err := time.ParseInLocation(time.DateOnly, string(first), r.Workspace.Zone())
	return sqldb.At(at), err
}
