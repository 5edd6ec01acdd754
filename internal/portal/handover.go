package portal

import (
	"net/http"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// offers are those of the role super_admin that are the reader's business, as the cards on « Accueil » and on a contact's
// page show them.
type offers struct {
	r    *web.Request
	list []handover.Offer
}

func offersOf(r *web.Request, tx *sqldb.Tx) (offers, error) {
	list, err := handover.Mine(r.Context(), tx, r.By)
	return offers{r, list}, err
}

// about keeps those that the page of a contact shows: on one's own page all, on another's those between the two.
func (v offers) about(c contact.Row) offers {
	kept := offers{r: v.r}
	for _, o := range v.list {
		if c.ID == v.r.By.Contact || o.From.ID == c.ID || o.To.ID == c.ID {
			kept.list = append(kept.list, o)
		}
	}
	return kept
}

// isGiven reports whether it is the reader's own offer.
func (v offers) isGiven(o handover.Offer) bool { return o.From.ID == v.r.By.Contact }

// mayOffer reports whether the reader may offer the contact their role now.
func (v offers) mayOffer(c contact.Row) bool {
	return v.r.By.May(actor.OfferSuperAdmin) && len(v.list) == 0 && handover.Eligible(c) == nil
}

// until is until when the offer can be accepted, in the reader's own time.
func (v offers) until(o handover.Offer) string { return v.r.P.LongDateTime(o.ExpiresAt.Time()) }

func offerURL(r *web.Request, o handover.Offer, below string) string {
	return r.Portal("/handovers/" + o.ID.String() + below)
}

// handingOver is one of the two short pages that ask for the password: to offer the role, and to accept it.
type handingOver struct {
	r     *web.Request
	title string
	text  string
	act   string // of the button
	to    string // where the form is posted
	back  string
	form  *ui.Form
}

func (v handingOver) show(status int) error {
	v.form.Labels = map[string]string{"password": v.r.P.Text("portal.form.password")}
	return v.r.Render(status, v.page())
}

// askOffer says what it means to hand the role over, and asks for the password.
func askOffer(r *web.Request) error { return showOffer(r, http.StatusOK, r.NewForm("handover")) }

func showOffer(r *web.Request, status int, form *ui.Form) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	var c contact.Contact
	err = r.View(func(tx *sqldb.Tx) (err error) {
		c, err = contact.Colleague(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	if refused := fault.As(handover.Eligible(c.Row)); refused != nil && form.Error == nil {
		form.Error = refused
	}
	return handingOver{
		r: r, title: r.P.Text("portal.handover.offer"), text: r.P.Text("portal.handover.offer.text", "Name", nameOf(r, c.Row)),
		act: r.P.Text("portal.handover.offer.act"), to: contactURL(r, c.Row) + "/handover", back: contactURL(r, c.Row), form: form,
	}.show(status)
}

func (o Options) offer(r *web.Request) error {
	of, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("handover")
	if err != nil {
		return err
	}
	var made handover.Offer
	if err = r.ConfirmBy(form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) (err error) {
			made, err = o.Handovers.Offer(r.Context(), tx, r.By, of)
			return err
		})
	}
	if form.Refused(err) {
		return showOffer(r, web.RefusedStatus(form), form)
	}
	if err != nil {
		return err
	}
	r.Toast("portal.handover.offered", "Name", nameOf(r, made.To.Row))
	return r.SeeOther(contactURL(r, made.To.Row))
}

// withdrawOffer is « Retirer ».
func (o Options) withdrawOffer(r *web.Request) error {
	return o.answer(r, "portal.handover.withdrawn", func(tx *sqldb.Tx) error {
		of, err := r.Handover("handover")
		if err == nil {
			_, err = o.Handovers.Withdraw(r.Context(), tx, r.By, of)
		}
		return err
	})
}

// refuseOffer is « Refuser ».
func (o Options) refuseOffer(r *web.Request) error {
	return o.answer(r, "portal.handover.refused", func(tx *sqldb.Tx) error {
		of, err := r.Handover("handover")
		if err == nil {
			_, err = o.Handovers.Refuse(r.Context(), tx, r.By, of)
		}
		return err
	})
}

// answer ends an offer by one press. One that holds no more is told as such on the first page.
func (o Options) answer(r *web.Request, done string, act func(tx *sqldb.Tx) error) error {
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err := r.Update(act)
	switch {
	case fault.Is(err, fault.Conflict):
		r.Toast(fault.As(err).Message.Key)
	case err != nil:
		return err
	default:
		r.Toast(done)
	}
	return r.SeeOther(r.Portal(""))
}

// askAcceptance says what accepting means, and asks for the password.
func askAcceptance(r *web.Request) error {
	return showAcceptance(r, http.StatusOK, r.NewForm("handover"))
}

func showAcceptance(r *web.Request, status int, form *ui.Form) error {
	of, err := r.Handover("handover")
	if err != nil {
		return err
	}
	v := handingOver{r: r, title: r.P.Text("portal.handover.accept"), act: r.P.Text("portal.handover.accept.act"), back: r.Portal(""), form: form}
	err = r.View(func(tx *sqldb.Tx) error {
		mine, err := offersOf(r, tx)
		for _, o := range mine.list {
			if o.ID == of && !mine.isGiven(o) {
				v.text, v.to = r.P.Text("portal.handover.accept.text", "Name", nameOf(r, o.From.Row)), offerURL(r, o, "/acceptance")
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if v.to == "" { // it holds no more, or never was the reader's
		if form.Error == nil {
			return fault.Missing()
		}
		r.Toast(form.Error.Message.Key)
		return r.SeeOther(r.Portal(""))
	}
	return v.show(status)
}

// accept is « Accepter ». Pressed twice it is done once, and says so both times.
func (o Options) accept(r *web.Request) error {
	of, err := r.Handover("handover")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("handover")
	if err != nil {
		return err
	}
	if err = r.ConfirmBy(form); err == nil {
		err = r.Update(func(tx *sqldb.Tx) error {
			_, err := o.Handovers.Accept(r.Context(), tx, r.By, of)
			return err
		})
	}
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Conflict) {
		if done, unread := isDone(r, of); unread != nil || done {
			err = unread
		}
	}
	if form.Refused(err) {
		return showAcceptance(r, web.RefusedStatus(form), form)
	}
	if err != nil {
		return err
	}
	r.Toast("portal.handover.accepted")
	return r.SeeOther(r.Portal(""))
}

// isDone reports whether the reader has accepted that offer already.
func isDone(r *web.Request, of id.Handover) (done bool, err error) {
	err = r.View(func(tx *sqldb.Tx) (err error) {
		done, err = handover.IsDone(r.Context(), tx, r.By, of)
		return err
	})
	return done, err
}
