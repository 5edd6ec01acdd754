package settings

import (
	"net/http"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/told"
	"github.com/entregent/entregent/internal/web/ui"
	"github.com/entregent/entregent/internal/webhook"
)

// webhooks is « Webhooks »: where other programs are told by themselves what has changed.
type webhooks struct {
	r    *web.Request
	list []webhook.Webhook
}

func webhookURL(r *web.Request, below string) string { return r.Office("/settings/webhooks" + below) }

func listWebhooks(r *web.Request) error {
	v := webhooks{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		v.list, err = webhook.Find(r.Context(), tx, r.By)
		return err
	})
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// hook is one webhook: its page, and the form by which it is made or edited.
type hook struct {
	r      *web.Request
	stored webhook.Webhook // the zero value is a new one
	form   *ui.Form
}

func (v hook) url(below string) string { return webhookURL(v.r, "/"+v.stored.ID.String()+below) }

func (v hook) crumbs(last string) []ui.Link {
	list := []ui.Link{{Text: v.r.P.Text("office.nav.settings"), URL: v.r.Office("/settings")}, {Text: v.r.P.Text("office.webhooks.title"), URL: webhookURL(v.r, "")}}
	if !v.stored.ID.IsZero() && last != v.name() {
		list = append(list, ui.Link{Text: v.name(), URL: v.url("")})
	}
	return append(list, ui.Link{Text: last})
}

// name is what people call it: by its description, or its host.
func (v hook) name() string { return titleOf(v.stored) }

func titleOf(w webhook.Webhook) string {
	if w.Description != "" {
		return w.Description
	}
	return w.Label()
}

// badge says how a webhook is.
func badge(w webhook.Webhook) (tone ui.Tone, icon, key string) {
	switch {
	case !w.StoppedAt.IsZero():
		return ui.Danger, "alert", "office.webhooks.state.stopped"
	case !w.Enabled:
		return ui.Plain, "pause", "office.webhooks.state.off"
	case !w.FailingSince.IsZero():
		return ui.Warn, "alert", "office.webhooks.state.failing"
	}
	return ui.OK, "check", "office.webhooks.state.on"
}

// kindGroup are the kinds of events of one group, with the words for all of a noun.
type kindGroup struct {
	told.Group
	nouns []string // «contact.*»
}

// kindGroups are all kinds as the form offers them.
func (v hook) kindGroups() (list []kindGroup) {
	for _, g := range told.Groups(v.r.P, nil) {
		k := kindGroup{Group: g}
		for _, o := range g.Kinds {
			noun, _, _ := strings.Cut(o.Value, ".")
			if !slices.Contains(k.nouns, noun+".*") {
				k.nouns = append(k.nouns, noun+".*")
			}
		}
		list = append(list, k)
	}
	return list
}

// chosen reports whether something of the group is ticked: then it is shown.
func (v hook) chosen(g kindGroup) bool {
	return slices.ContainsFunc(v.form.Values["kinds"], func(kind string) bool {
		return slices.Contains(g.nouns, kind) || slices.ContainsFunc(g.Kinds, func(o ui.Option) bool { return o.Value == kind })
	})
}

func (v hook) ticked(kind string) bool { return slices.Contains(v.form.Values["kinds"], kind) }

func (v hook) render(status int) error {
	v.form.Labels = map[string]string{"password": v.r.P.Text("office.password")}
	for _, field := range []string{"url", "description", "kinds"} {
		v.form.Labels[field] = v.r.P.Text("office.webhooks." + field)
	}
	return v.r.Render(status, v.editing())
}

func newWebhook(r *web.Request) error {
	v := hook{r: r, form: r.NewForm("").Set("submission", id.NewWebhook().String())}
	return v.render(http.StatusOK)
}

// storedWebhook reads the one that the address names.
func storedWebhook(r *web.Request) (v hook, err error) {
	of, err := r.Webhook("webhook")
	if err != nil {
		return v, err
	}
	v.r = r
	err = r.View(func(tx *sqldb.Tx) (err error) {
		v.stored, err = webhook.Get(r.Context(), tx, r.By, of)
		return err
	})
	return v, err
}

func editWebhook(r *web.Request) error {
	v, err := storedWebhook(r)
	if err != nil {
		return err
	}
	v.form = r.NewForm("").Set("url", v.stored.URL).Set("description", v.stored.Description).SetVersion(v.stored.Version)
	v.form.Values["kinds"] = v.stored.Kinds
	return v.render(http.StatusOK)
}

func inputOf(form *ui.Form) webhook.Input {
	return webhook.Input{URL: form.Value("url"), Description: form.Value("description"), Kinds: form.Values["kinds"], Version: form.Version(), Submission: form.Submission()}
}

// unproven is what is said once nothing else is wrong to somebody who typed their password a while ago: where events go is not for
// whoever finds a browser open.
func unproven(r *web.Request, err error) error {
	if err == nil && !r.Confirmed() {
		err = fault.OnField(fault.Invalid, "password", fault.M("office.webhooks.password.why"))
	}
	return err
}

// createWebhook makes it and shows its secret, this once, as createToken does.
func (o Options) createWebhook(r *web.Request) error {
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	v := hook{r: r, form: form}
	var secret string
	if err = proven(r, form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			v.stored, secret, err = o.Webhooks.Create(r.Context(), tx, r.By, inputOf(form))
			return unproven(r, err)
		})
	}
	if form.Refused(err) {
		v.stored = webhook.Webhook{}
		return v.render(web.RefusedStatus(form))
	}
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.secret(secret, r.P.Text("office.webhooks.made", "Name", v.name())))
}

func (o Options) saveWebhook(r *web.Request) error {
	v, err := storedWebhook(r)
	if err != nil {
		return err
	}
	if v.form, err = r.ReadForm(""); err != nil {
		return err
	}
	var now webhook.Webhook
	if err = proven(r, v.form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			now, err = o.Webhooks.Edit(r.Context(), tx, r.By, v.stored.ID, inputOf(v.form))
			return unproven(r, err)
		})
	}
	if v.form.Refused(err) {
		if fault.Is(err, fault.Conflict) && !now.ID.IsZero() { // somebody else has changed it meanwhile
			v.form.Compare("url", now.URL, now.URL)
			v.form.Compare("description", now.Description, now.Description)
			v.form.SetVersion(now.Version)
		}
		return v.render(web.RefusedStatus(v.form))
	}
	if err != nil {
		return err
	}
	r.Toast("office.webhooks.saved")
	return r.SeeOther(v.url(""))
}

// asking is a question about the webhook.
func (v hook) asking(title string) *web.Question {
	crumbs := v.crumbs("")
	return &web.Question{
		R: v.r, Shell: web.Office, Current: "settings", Part: web.DialogPart, Title: title, Small: true, Back: v.url(""), Form: v.form, Crumbs: crumbs[:len(crumbs)-1],
	}
}

func askWebhookRenewal(r *web.Request) error {
	v, err := storedWebhook(r)
	if err != nil {
		return err
	}
	v.form = r.NewForm("").Set("submission", id.NewWebhook().String())
	return v.showRenewal(http.StatusOK)
}

func (v hook) showRenewal(status int) error {
	v.form.Labels = map[string]string{"password": v.r.P.Text("office.password")}
	q := v.asking(v.r.P.Text("office.webhooks.renewal.title", "Name", v.name()))
	q.Body = v.renewal(q)
	return q.Show(status)
}

func (o Options) renewWebhook(r *web.Request) error {
	v, err := storedWebhook(r)
	if err != nil {
		return err
	}
	if v.form, err = r.ReadForm(""); err != nil {
		return err
	}
	var secret string
	if err = proven(r, v.form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			_, secret, err = o.Webhooks.Renew(r.Context(), tx, r.By, v.stored.ID, v.form.Submission())
			return unproven(r, err)
		})
	}
	if v.form.Refused(err) {
		return v.showRenewal(web.RefusedStatus(v.form))
	}
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.secret(secret, r.P.Text("office.webhooks.renewed", "Name", v.name())))
}

func askWebhookDeletion(r *web.Request) error {
	v, err := storedWebhook(r)
	if err != nil {
		return err
	}
	v.form = r.NewForm("")
	q := v.asking(r.P.Text("office.webhooks.deletion.title", "Name", v.name()))
	q.Body = v.deletion(q)
	return q.Show(http.StatusOK)
}

func deleteWebhook(r *web.Request) error {
	of, err := r.Webhook("webhook")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	if err := r.Update(func(tx *sqldb.Tx) error { return webhook.Delete(r.Context(), tx, r.By, of) }); err != nil {
		return err
	}
	r.Toast("office.webhooks.deleted")
	return r.SeeOther(webhookURL(r, ""))
}
