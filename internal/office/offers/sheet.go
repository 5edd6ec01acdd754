package offers

import (
	"net/http"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/offering"
	"github.com/entregent/entregent/internal/web/ui"
)

// sheet is the page of one offer.
type sheet struct {
	r        *web.Request
	offer    offer.Offer
	org      organization.Organization
	brought  id.Deposit // by the public form
	waiting  bool       // staff have not decided on that
	contacts []offer.Attached
	loads    map[id.Contact]offer.Load
	people   []contact.Listed // who may be attached
	held     []ui.Attachment
	form     *ui.Form // its fields
	upload   *ui.Form // its file
	attach   *ui.Form // of a contact
}

func showOffer(r *web.Request) error { return sheet{r: r}.show(http.StatusOK) }

// show reads and shows the page, with those of its forms that came back.
func (v sheet) show(status int) error {
	of, err := v.r.Offer("offer")
	if err != nil {
		return err
	}
	if err := v.r.View(func(tx *sqldb.Tx) error { return v.read(tx, of) }); err != nil {
		return err
	}
	r := v.r
	if v.form == nil {
		v.form = offering.Fill(&ui.Form{P: r.P, ID: "offer"}, v.offer)
	}
	if v.upload == nil {
		v.upload = &ui.Form{P: r.P, ID: "file"}
	}
	if v.attach == nil {
		v.attach = &ui.Form{P: r.P, ID: "attach"}
	}
	v.form.Labels, v.upload.Labels = offering.Labels(r), offering.Labels(r)
	v.attach.Labels = map[string]string{
		"contact": r.P.Text("office.offer.contact"), "part": r.P.Text("office.offer.part"), "apprentices": r.P.Text("office.offer.apprentices"), "repeating": r.P.Text("office.offer.repeating"),
	}
	return r.Render(status, v.page())
}

func (v *sheet) read(tx *sqldb.Tx, of id.Offer) (err error) {
	ctx, by := v.r.Context(), v.r.By
	if v.offer, err = offer.Get(ctx, tx, by, of); err != nil {
		return err
	}
	if v.org, err = organization.Get(ctx, tx, by, v.offer.Organization); err != nil {
		return err
	}
	if err := v.readDeposit(tx); err != nil {
		return err
	}
	found, err := offer.Contacts(ctx, tx, by, of)
	if err != nil {
		return err
	}
	v.contacts = found[of]
	var tutors []id.Contact
	for _, c := range v.contacts {
		if c.Part == offer.Tutor {
			tutors = append(tutors, c.ID)
		}
	}
	if v.loads, err = offer.Loads(ctx, tx, by, v.offer, tutors...); err != nil {
		return err
	}
	files, err := file.Of(ctx, tx, by, v.offer.Owner())
	if err != nil {
		return err
	}
	v.held = ui.Attachments(files, func(file.File) string { return address(v.r, of, "/file") })
	if v.mayEdit() {
		v.people, err = directory.Choosable(ctx, tx, by, v.offer.Organization)
	}
	return err
}

// readDeposit finds where the offer came from, if it came by the public form.
func (v *sheet) readDeposit(tx *sqldb.Tx) error {
	if v.offer.Source != offer.Landing || !v.r.By.May(actor.ModerateOffers) {
		return nil
	}
	d, err := deposit.ByOffer(v.r.Context(), tx, v.r.By, v.offer.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	v.brought, v.waiting = d.ID, d.State == deposit.Pending
	return err
}

func (v sheet) mayEdit() bool { return v.r.By.May(actor.EditOffers) }

// apprentices reports whether its tutors are maîtres d'apprentissage.
func (v sheet) apprentices() bool { return v.offer.Contract == terms.Apprenticeship }

func (v sheet) url(below string) string { return address(v.r, v.offer.ID, below) }

// choices are the contacts who may be attached.
func (v sheet) choices() (list []ui.Option) {
	for _, c := range v.people {
		list = append(list, ui.Option{Value: c.ID.String(), Text: web.FullName(v.r.P, c.Row)})
	}
	return list
}

// parts are the answers to what a contact has to do with the offer.
func (v sheet) parts() (list []ui.Option) {
	for _, p := range offer.Parts() {
		list = append(list, ui.Option{Value: string(p), Text: v.part(p)})
	}
	return list
}

func (v sheet) part(p offer.Part) string {
	if p == offer.Tutor && v.apprentices() {
		return v.r.P.Text("offer.part.tutor.apprenticeship")
	}
	return v.r.P.Text("offer.part." + string(p))
}

// exceeding are the tutors who accompany more than the rule lets one person.
func (v sheet) exceeding() (list []offer.Attached) {
	for _, c := range v.contacts {
		if c.Part == offer.Tutor && v.apprentices() && v.loads[c.ID].Exceeds() {
			list = append(list, c)
		}
	}
	return list
}

// accompanies says how many a tutor accompanies, here and in all.
func (v sheet) accompanies(c offer.Attached) string {
	if c.Part != offer.Tutor || !v.apprentices() {
		return ""
	}
	return v.r.P.Count("office.offer.accompanies", int(c.Apprentices), "All", v.loads[c.ID].Apprentices)
}

// contactURL is where a contact stands in its organisation's list, opened.
func (v sheet) contactURL(of id.Contact) string {
	return v.r.Office("/organizations/" + v.offer.Organization.String() + "/contacts?open=" + of.String())
}

func editOffer(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("offer")
	if err != nil {
		return err
	}
	var now offer.Offer
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		now, err = offer.Edit(r.Context(), tx, r.By, of, offering.InputOf(form))
		return err
	})
	if form.Fail(err) {
		if form.Error.Message.Key == "fault.version" {
			offering.Compare(r, form, now)
		}
		return sheet{r: r, form: form}.show(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.offer.edited", "Number", now.Label())
	return r.SeeOther(address(r, of, ""))
}

func setFile(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	form, files, err := uploads(r)
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		_, err := offer.SetFile(r.Context(), tx, r.By, of, offering.Last(files))
		return err
	})
	if form.Fail(err) {
		return sheet{r: r, upload: form}.show(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.offer.file.set")
	return r.SeeOther(address(r, of, ""))
}

func removeFile(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm("file"); err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		_, err := offer.RemoveFile(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	r.Toast("office.offer.file.removed")
	return r.SeeOther(address(r, of, ""))
}
