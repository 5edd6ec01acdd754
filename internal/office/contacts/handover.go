package contacts

import (
	"github.com/a-h/templ"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// readTakers reads whom the role super_admin of the contact may be given.
func (t *task) readTakers(tx *sqldb.Tx) (err error) {
	t.heirs, err = contact.Takers(t.R.Context(), tx, t.R.By, t.org.ID)
	return err
}

// handoverButton is « Transférer le rôle de Super-Admin », on the sheet of whoever has it.
func (v people) handoverButton() templ.Component {
	if v.open.Role != contact.SuperAdmin || !v.R.By.May(actor.NameSuperAdmin) {
		return nil
	}
	return v.handoverLink()
}

// askHandover asks to whom the role passes, and why.
func askHandover(r *web.Request) error {
	return ask(r, func(t *task) { t.handOver(r.NewForm("handover")) }, (*task).readTakers)
}

func (t *task) handOver(form *ui.Form) {
	form.Labels = map[string]string{
		"to": t.R.P.Text("office.handover.to"), "reason": t.R.P.Text("office.handover.reason"), "password": t.R.P.Text("office.password"),
	}
	t.Title, t.Form = t.R.P.Text("office.handover.title", "Name", t.name()), form
	t.Body = t.handoverFields()
}

func (o Options) handOver(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("handover")
	if err != nil {
		return err
	}
	in := handover.Transfer{
		To: id.Contact{UUID: id.Read(form.Value("to"))}, Reason: form.Value("reason"), SwitchOff: form.Bool("switch_off"), Submission: form.Submission(),
	}
	var taker contact.Contact
	if err = r.ConfirmBy(form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) error {
			if err := o.Handovers.Transfer(r.Context(), tx, r.By, of, in); err != nil {
				return err
			}
			taker, err = contact.Get(r.Context(), tx, r.By, in.To)
			return err
		})
	}
	if form.Refused(err) {
		t, err := readTask(r, of, func(t *task) { t.handOver(form) }, (*task).readTakers)
		if err != nil {
			return err
		}
		return t.Show(web.RefusedStatus(form))
	}
	if err != nil {
		return err
	}
	r.Toast("office.handover.done", "Name", web.FullName(r.P, taker.Row))
	return r.SeeOther(openURL(r, taker.Row))
}
