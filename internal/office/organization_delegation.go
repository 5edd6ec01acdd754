package office

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/delegation"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/told"
	"github.com/entregent/entregent/internal/web/ui"
)

// envelope is the tab « Délégation » of an organisation: what its own people may give, who of them awaits the staff's
// word, and how that came to be.
type envelope struct {
	staff.Organization
	stored   delegation.Envelope
	form     *ui.Form
	loginsOn int64
	awaiting paging.Part[contact.Listed]
	lines    []told.Line // the last changes
}

// recentEnvelopes are the changes that the tab itself shows.
const recentEnvelopes = 5

func showDelegation(r *web.Request) error { return showEnvelope(r, http.StatusOK, nil) }

// showEnvelope shows the tab, with the stored values or with a form that was refused.
func showEnvelope(r *web.Request, status int, form *ui.Form) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	v := envelope{form: form}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.Organization, err = staff.ReadOrganization(r, tx, of, staff.DelegationTab); err != nil {
			return err
		}
		return v.read(tx)
	})
	if err != nil {
		return err
	}
	if v.form == nil {
		v.form = envelopeForm(r, v.stored)
	}
	if e := v.form.Error; e != nil && e.Message.Key == "fault.version" {
		v.compare()
	}
	v.form.Labels, v.Organization.Form = map[string]string{}, v.form
	for _, field := range envelopeFields {
		v.form.Labels[field] = r.P.Text("office.delegation." + field)
	}
	return r.Render(status, v.page())
}

func (v *envelope) read(tx *sqldb.Tx) (err error) {
	ctx, by, of := v.R.Context(), v.R.By, v.Org.ID
	if v.stored, err = delegation.Get(ctx, tx, by, of); err != nil {
		return err
	}
	if v.loginsOn, err = contact.LoginsOn(ctx, tx, by, of); err != nil {
		return err
	}
	v.awaiting, err = directory.Find(ctx, tx, by, directory.Filter{Organization: of, Authorized: directory.Awaiting, Ask: paging.Ask{Size: paging.Sizes[0]}})
	if err != nil {
		return err
	}
	page, err := journal.Find(ctx, tx, by, journal.Filter{Organization: of, Kind: "organization.delegated", Size: recentEnvelopes})
	if err != nil {
		return err
	}
	v.lines, err = told.Tell(v.R, tx, page.Lines, of)
	return err
}

// envelopeFields in the order of the form.
var envelopeFields = []string{"add_contacts", "give_logins", "give_admin", "max_logins", "login_domains", "approval"}

func envelopeForm(r *web.Request, e delegation.Envelope) *ui.Form {
	f := &ui.Form{P: r.P}
	f.Set("add_contacts", answer(e.AddContacts)).Set("give_logins", answer(e.GiveLogins)).Set("give_admin", answer(e.GiveAdmin))
	f.Set("max_logins", most(e)).Set("login_domains", strings.Join(e.LoginDomains, "\n")).Set("approval", answer(e.Approval))
	return f.SetVersion(e.Version)
}

func answer(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// most is the number of logins as the form has it.
func most(e delegation.Envelope) string {
	if e.MaxLogins == 0 {
		return ""
	}
	return strconv.FormatInt(e.MaxLogins, 10)
}

func setDelegation(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	in, err := envelopeInput(form)
	if err == nil {
		err = r.Update(func(tx *sqldb.Tx) error {
			_, err := delegation.Set(r.Context(), tx, r.By, of, in)
			return err
		})
	}
	if form.Fail(err) {
		return showEnvelope(r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	r.Toast("office.delegation.saved")
	return r.SeeOther(staff.OrganizationURL(r, of, "/delegation"))
}

// envelopeInput reads the form. A question without an answer is a fault: nothing may be taken for « Non ».
func envelopeInput(form *ui.Form) (delegation.Input, error) {
	var faults fault.Fields
	yes := func(name string) bool {
		typed := form.Value(name)
		if typed != answer(true) && typed != answer(false) {
			faults.Add(name, fault.M("fault.choice"))
		}
		return typed == answer(true)
	}
	in := delegation.Input{
		AddContacts: yes("add_contacts"), GiveLogins: yes("give_logins"), GiveAdmin: yes("give_admin"), Approval: yes("approval"),
		MaxLogins: form.Value("max_logins"), LoginDomains: form.Value("login_domains"), Version: form.Version(),
	}
	return in, faults.Err()
}

// compare puts beside each field what somebody else stored meanwhile.
func (v envelope) compare() {
	p, f := v.R.P, v.form
	for name, on := range map[string]bool{
		"add_contacts": v.stored.AddContacts, "give_logins": v.stored.GiveLogins, "give_admin": v.stored.GiveAdmin, "approval": v.stored.Approval,
	} {
		f.Compare(name, answer(on), p.Text("office.delegation."+name+"."+answer(on)))
	}
	f.Compare("max_logins", most(v.stored), ui.OrMissing(p, most(v.stored)))
	if strings.Join(strings.Fields(f.Value("login_domains")), " ") != strings.Join(v.stored.LoginDomains, " ") {
		f.Compare("login_domains", strings.Join(v.stored.LoginDomains, "\n"), ui.OrMissing(p, p.List(v.stored.LoginDomains)))
	}
	f.SetVersion(v.stored.Version)
}

// choice is a question of two answers, in the order in which it reads.
func (v envelope) choice(name string, answers ...string) ui.Choices {
	c := ui.Choices{Name: name, Label: v.R.P.Text("office.delegation." + name), Width: ui.Full, Boxed: true}
	for _, a := range answers {
		c.Options = append(c.Options, ui.Option{Value: a, Text: v.R.P.Text("office.delegation." + name + "." + a)})
	}
	return c
}

// approval is the question whom staff authorise themselves.
func (v envelope) approval() ui.Choices {
	c := v.choice("approval", "no", "yes")
	c.Hint = v.R.P.Text("office.delegation.approval.hint")
	return c
}
