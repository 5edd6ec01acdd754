package offers

import (
	"net/http"

	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// uploads reads the form that brings the offer's file.
func uploads(r *web.Request) (*ui.Form, []file.Received, error) { return support.Uploads(r, "file") }

// moveOffer does what the pressed button asks for: « Accepter », « Activer », « Désactiver ».
func moveOffer(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	var now offer.Offer
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		switch form.Value("act") {
		case "accept":
			now, err = deposit.AcceptOffer(r.Context(), tx, r.By, of)
		case "activate":
			now, err = offer.Activate(r.Context(), tx, r.By, of)
		case "deactivate":
			now, err = offer.Deactivate(r.Context(), tx, r.By, of)
		default:
			if now, err = offer.Get(r.Context(), tx, r.By, of); err == nil {
				err = fault.New(fault.Invalid, "fault.choice")
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	r.Toast("office.offer.moved."+form.Value("act"), "Number", now.Label())
	return r.SeeOther(address(r, of, ""))
}

// question asks before something is done to an offer.
func question(r *web.Request, form *ui.Form, title string) (q web.Question, o offer.Offer, err error) {
	of, err := r.Offer("offer")
	if err != nil {
		return q, o, err
	}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		o, err = offer.Get(r.Context(), tx, r.By, of)
		return err
	})
	return web.Question{
		R: r, Shell: web.Office, Current: "offers", Part: web.DialogPart, Title: r.P.Text(title, "Number", o.Label()), Small: true, Back: address(r, of, ""),
		Crumbs: []ui.Link{{Text: r.P.Text("office.nav.offers"), URL: r.Office("/offers")}, {Text: o.Label(), URL: address(r, of, "")}}, Form: form,
	}, o, err
}

func askRejection(r *web.Request) error {
	return showRejection(r, r.NewForm("rejection"), http.StatusOK)
}

func showRejection(r *web.Request, form *ui.Form, status int) error {
	form.Labels = map[string]string{"reason": r.P.Text("office.offer.reason")}
	q, o, err := question(r, form, "office.offer.reject.title")
	if err != nil {
		return err
	}
	q.Body = rejection(&q, o)
	return q.Show(status)
}

func rejectOffer(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("rejection")
	if err != nil {
		return err
	}
	var now offer.Offer
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		now, err = deposit.RejectOffer(r.Context(), tx, r.By, of, form.Value("reason"))
		return err
	})
	if form.Fail(err) {
		return showRejection(r, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.offer.rejected", "Number", now.Label())
	return r.SeeOther(address(r, of, ""))
}

// attachContact gives a contact its part; a tutor who then has too many apprentices is warned of on the page.
func attachContact(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("attach")
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		o, err := offer.Get(r.Context(), tx, r.By, of)
		if err != nil {
			return err
		}
		whom, err := directory.Meant(r.Context(), tx, r.By, o.Organization, "contact", form.Value("contact"), id.Contact{})
		if err != nil {
			return err
		}
		_, err = offer.Attach(r.Context(), tx, r.By, of, offer.Attachment{
			Contact: whom, Part: form.Value("part"), Apprentices: form.Value("apprentices"), Repeating: form.Value("repeating"),
		})
		return err
	})
	if form.Fail(err) {
		return sheet{r: r, attach: form}.show(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.offer.attached")
	return r.SeeOther(address(r, of, "") + "#contacts")
}

func detachContact(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	whom, err := r.Contact("contact")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error {
		return offer.Detach(r.Context(), tx, r.By, of, whom, offer.Part(form.Value("part")))
	})
	if err != nil {
		return err
	}
	r.Toast("office.offer.detached")
	return r.SeeOther(address(r, of, "") + "#contacts")
}

func askDeletion(r *web.Request) error {
	q, o, err := question(r, &ui.Form{P: r.P, ID: "deletion"}, "office.offer.delete.title")
	if err != nil {
		return err
	}
	q.Body = deletion(&q, o)
	return q.Show(http.StatusOK)
}

func deleteOffer(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm("deletion"); err != nil {
		return err
	}
	var gone offer.Offer
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		if gone, err = offer.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		_, err = deposit.DeleteOffer(r.Context(), tx, r.By, of)
		return err
	})
	if err != nil {
		return err
	}
	r.Toast("office.offer.deleted", "Number", gone.Label())
	return r.SeeOther(r.Office("/organizations/" + gone.Organization.String() + "/offers"))
}
