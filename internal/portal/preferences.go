package portal

import (
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/offering"
	"github.com/entregent/entregent/internal/web/ui"
)

// wishes is the tab « Paramètres de notification » of a contact (manual 2).
type wishes struct {
	profile
	form   *ui.Form
	person notice.Person
}

// Fields of the form: a box for each kind and channel, digest and hour.
const (
	bellPrefix = "bell_"
	mailPrefix = "mail_"
)

// ownPreferences leads to one's own.
func ownPreferences(r *web.Request) error {
	return r.SeeOther(r.Portal("/contacts/" + r.By.Contact.String() + "/preferences"))
}

func (o Options) askPreferences(r *web.Request) error {
	return o.showPreferences(r, http.StatusOK, nil)
}

// showPreferences shows what is kept, or the form as it was typed.
func (o Options) showPreferences(r *web.Request, status int, form *ui.Form) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	v := wishes{profile: profile{habits: habitsOf(r)}, form: form}
	var p notice.Preference
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if p, v.person, err = o.Notices.PreferenceOf(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		v.Contact, err = contact.Colleague(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	if form == nil {
		v.form = v.filled(p)
	} else if form.Error.Message.Key == "fault.version" {
		v.compare(p)
	}
	v.form.Labels = v.labels()
	return r.Render(status, v.page())
}

// filled is the form with what is kept.
func (v wishes) filled(p notice.Preference) *ui.Form {
	form := v.r.NewForm("preferences")
	for _, k := range offering.Switches(v.r, v.person.Leads) {
		form.SetBool(bellPrefix+string(k), !p.BellOff[k])
		form.SetBool(mailPrefix+string(k), !p.MailOff[k])
	}
	return form.Set("digest", digestOf(p)).Set("hour", strconv.Itoa(p.Hour)).SetVersion(p.Version)
}

// digestOf is the answer to « Envoi des e-mails ».
func digestOf(p notice.Preference) string {
	if p.Daily {
		return "daily"
	}
	return "now"
}

// compare puts beside each field what somebody else stored meanwhile.
func (v wishes) compare(p notice.Preference) {
	f, t := v.form, v.r.P.Text
	for _, k := range offering.Switches(v.r, v.person.Leads) {
		f.CompareBool(bellPrefix+string(k), !p.BellOff[k], "portal.preferences.")
		f.CompareBool(mailPrefix+string(k), !p.MailOff[k], "portal.preferences.")
	}
	f.Compare("digest", digestOf(p), t("portal.preferences.digest."+digestOf(p)))
	hour := strconv.Itoa(p.Hour)
	f.Compare("hour", hour, t("portal.preferences.hour.option", "N", hour))
	f.SetVersion(p.Version)
}

// labels name the fields in what is wrong with them.
func (v wishes) labels() map[string]string {
	t := v.r.P.Text
	names := map[string]string{"digest": t("portal.preferences.digest"), "hour": t("portal.preferences.hour")}
	for _, k := range offering.Switches(v.r, v.person.Leads) {
		names[bellPrefix+string(k)], names[mailPrefix+string(k)] = v.switchName(k, "portal.preferences.bell"), v.switchName(k, "portal.preferences.mail")
	}
	return names
}

// switchName says what a box is for.
func (v wishes) switchName(k notice.Kind, channel string) string {
	return v.r.P.Text("portal.preferences.switch", "Kind", v.r.P.Text("notice.kind."+string(k)), "Channel", v.r.P.Text(channel))
}

func (o Options) savePreferences(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("preferences")
	if err != nil {
		return err
	}
	for _, k := range offering.Switches(r, true) {
		form.AcceptBox(bellPrefix + string(k))
		form.AcceptBox(mailPrefix + string(k))
	}
	err = r.Update(func(tx *sqldb.Tx) error { return o.Notices.Prefer(r.Context(), tx, r.By, of, preferenceOf(r, form)) })
	if form.Fail(err) {
		return o.showPreferences(r, web.RefusedStatus(form), form)
	}
	if err != nil {
		return err
	}
	r.Toast("portal.preferences.saved")
	return r.SeeOther(r.Portal("/contacts/" + of.String() + "/preferences"))
}

// preferenceOf is what was typed: a box that is not ticked is off.
func preferenceOf(r *web.Request, form *ui.Form) notice.Preference {
	p := notice.Preference{BellOff: map[notice.Kind]bool{}, MailOff: map[notice.Kind]bool{}, Daily: form.Value("digest") == "daily", Version: form.Version()}
	for _, k := range offering.Switches(r, true) {
		p.BellOff[k] = !form.Bool(bellPrefix + string(k))
		p.MailOff[k] = !form.Bool(mailPrefix + string(k))
	}
	hour, err := strconv.Atoi(form.Value("hour"))
	if err != nil {
		hour = -1 // refused, by its field
	}
	p.Hour = hour
	return p
}

func (v wishes) always() (names []string) {
	for _, k := range notice.Always() {
		names = append(names, v.r.P.Text("notice.kind."+string(k)))
	}
	return names
}

func (v wishes) digests() []ui.Option {
	t := v.r.P.Text
	return []ui.Option{
		{Value: "now", Text: t("portal.preferences.digest.now")},
		{Value: "daily", Text: t("portal.preferences.digest.daily")},
	}
}

func (v wishes) hours() (list []ui.Option) {
	for n := range 24 {
		list = append(list, ui.Option{Value: strconv.Itoa(n), Text: v.r.P.Text("portal.preferences.hour.option", "N", strconv.Itoa(n))})
	}
	return list
}

// lead says whose they are.
func (v wishes) lead() string {
	if v.isOwn() {
		return v.r.P.Text("portal.preferences.lead.own")
	}
	return v.r.P.Text("portal.preferences.lead.other", "Name", nameOf(v.r, v.Row))
}

// mayPrefer reports whether the tab is offered: of whoever has joined, to themselves and to admins.
func mayPrefer(r *web.Request, c contact.Row) bool {
	if c.ID == r.By.Contact {
		return r.By.May(actor.EditOwnPreferences)
	}
	return !c.JoinedAt.IsZero() && r.By.May(actor.EditTheirPreferences)
}
