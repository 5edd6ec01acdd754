// Package offers is a face of the portal, « Offres »: the people of an organisation see its offers, deposit one, and edit or withdraw
// what they deposited while it waits to be accepted; a guest sees what they deposited themselves.
//
// It turns requests into the room's verbs and their answers into pages, and holds no rule of the business and no SQL. The list is
// web/offering's, which the back office shows too. Where the workspace works without offers, none of its pages exists.
package offers

import (
	"net/http"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/member"
	"github.com/entregent/entregent/internal/web/offering"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// Mount gives the site the face's routes. The menu's item is the portal's.
func Mount(site *web.Site) { site.Mount(routes()...) }

// routes is the face's whole surface: where, who may, what answers.
func routes() []web.Route {
	at := func(where string, needs actor.Permission, handle web.Handler) web.Route {
		return member.At(where, needs, offered(handle))
	}
	return []web.Route{
		at("GET /offers", actor.SeeOwnDeposits, list),
		at("GET /offers/new", actor.DepositOffers, askNew),
		at("POST /offers", actor.DepositOffers, depositOffer).WithFiles(),
		at("GET /offers/{offer}", actor.SeeOwnDeposits, show),
		at("GET /offers/{offer}/edit", actor.DepositOffers, askEdit),
		at("POST /offers/{offer}", actor.DepositOffers, edit).WithFiles(),
		at("GET /offers/{offer}/withdrawal", actor.DepositOffers, askWithdrawal),
		at("POST /offers/{offer}/withdrawal", actor.DepositOffers, withdraw),
		at("GET /offers/{offer}/file", actor.SeeOwnDeposits, offering.Serve),
	}
}

// offered is the handler where the workspace works with offers.
func offered(handle web.Handler) web.Handler {
	return func(r *web.Request) error {
		if !r.Workspace.Offers {
			return fault.Missing()
		}
		return handle(r)
	}
}

func address(r *web.Request, of id.Offer, below string) string {
	return r.Portal("/offers/" + of.String() + below)
}

// crumbs lead to a page below « Offres ».
func crumbs(r *web.Request, more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Text: r.P.Text("offering.title.list"), URL: r.Portal("/offers")}}, more...)
}

// listing is the list as it is shown.
type listing struct{ offering.List }

func list(r *web.Request) error {
	v := listing{offering.List{R: r, At: r.Portal("/offers"), Pages: r.Portal("/offers/")}}
	if r.By.May(actor.DepositOffers) {
		v.Add = r.Portal("/offers/new")
	}
	if err := r.View(v.Read); err != nil {
		return err
	}
	return v.Answer(v.page())
}

// one is the page of an offer.
type one struct {
	r        *web.Request
	offer    offer.Offer
	contacts []offer.Attached
	held     []ui.Attachment
}

func read(r *web.Request) (v one, err error) {
	v.r = r
	of, err := r.Offer("offer")
	if err != nil {
		return v, err
	}
	return v, r.View(func(tx *sqldb.Tx) (err error) {
		if v.offer, err = offer.Get(r.Context(), tx, r.By, of); err != nil {
			return err
		}
		found, err := offer.Contacts(r.Context(), tx, r.By, of)
		if err != nil {
			return err
		}
		v.contacts = found[of]
		files, err := file.Of(r.Context(), tx, r.By, v.offer.Owner())
		v.held = ui.Attachments(files, func(file.File) string { return address(r, of, "/file") })
		return err
	})
}

func show(r *web.Request) error {
	v, err := read(r)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// part is what a contact has to do with the offer, in words.
func (v one) part(p offer.Part) string { return v.r.P.Text("offer.part." + string(p)) }

// writing is the form in which an offer is deposited, or edited while it waits.
type writing struct {
	*ui.Form
	r     *web.Request
	offer offer.Offer // zero = a new one
	self  contact.Contact
	held  []ui.Attachment
}

func askNew(r *web.Request) error {
	return writing{Form: r.NewForm("").Set("posts", "1"), r: r}.show(http.StatusOK)
}

// show reads who deposits, as whose contact the form is filled in.
func (v writing) show(status int) error {
	v.Form.Labels = offering.Labels(v.r)
	err := v.r.View(func(tx *sqldb.Tx) (err error) {
		v.self, err = contact.Own(v.r.Context(), tx, v.r.By)
		return err
	})
	if err != nil {
		return err
	}
	return v.r.Render(status, v.page())
}

func depositOffer(r *web.Request) error {
	form, files, err := support.Uploads(r, "")
	if err != nil {
		return err
	}
	var made offer.Offer
	err = r.Update(func(tx *sqldb.Tx) error {
		if made, err = offer.Create(r.Context(), tx, r.By, r.By.Organization, offering.InputOf(form)); err != nil || len(files) == 0 {
			return err
		}
		_, err := offer.SetFile(r.Context(), tx, r.By, made.ID, offering.Last(files))
		return err
	})
	if form.Fail(err) {
		return writing{Form: form, r: r}.show(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("portal.offer.deposited", "Workspace", r.Workspace.Name)
	return r.SeeOther(address(r, made.ID, ""))
}

// askEdit shows the form of one's own while it waits; what is another's, or was accepted, has none.
func askEdit(r *web.Request) error {
	v, err := read(r)
	if err != nil {
		return err
	}
	if !v.offer.MayChange(r.By) {
		return r.SeeOther(address(r, v.offer.ID, ""))
	}
	return writing{Form: offering.Fill(r.NewForm(""), v.offer), r: r, offer: v.offer, held: v.held}.show(http.StatusOK)
}

func edit(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	form, files, err := support.Uploads(r, "")
	if err != nil {
		return err
	}
	var now offer.Offer
	err = r.Update(func(tx *sqldb.Tx) error {
		if now, err = offer.Edit(r.Context(), tx, r.By, of, offering.InputOf(form)); err != nil || len(files) == 0 {
			return err
		}
		_, err := offer.SetFile(r.Context(), tx, r.By, of, offering.Last(files))
		return err
	})
	if form.Fail(err) {
		if form.Error.Message.Key == "fault.version" {
			offering.Compare(r, form, now)
		}
		v, err := read(r)
		if err != nil {
			return err
		}
		return writing{Form: form, r: r, offer: v.offer, held: v.held}.show(http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("portal.offer.edited")
	return r.SeeOther(address(r, of, ""))
}

// withdrawal asks before an offer is withdrawn.
func askWithdrawal(r *web.Request) error {
	v, err := read(r)
	if err != nil {
		return err
	}
	if !v.offer.MayChange(r.By) {
		return r.SeeOther(address(r, v.offer.ID, ""))
	}
	q := web.Question{
		R: r, Shell: web.Portal, Current: "offers", Part: web.DialogPart, Title: r.P.Text("portal.offer.withdraw.title", "Title", v.offer.Title), Small: true, Back: address(r, v.offer.ID, ""),
		Crumbs: crumbs(r, ui.Link{Text: v.offer.Label(), URL: address(r, v.offer.ID, "")}), Form: &ui.Form{P: r.P, ID: "withdrawal"},
	}
	q.Body = withdrawal(&q, v.offer)
	return q.Show(http.StatusOK)
}

func withdraw(r *web.Request) error {
	of, err := r.Offer("offer")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm("withdrawal"); err != nil {
		return err
	}
	if err := r.Update(func(tx *sqldb.Tx) error { return deposit.WithdrawOffer(r.Context(), tx, r.By, of) }); err != nil {
		return err
	}
	r.Toast("portal.offer.withdrawn")
	return r.SeeOther(r.Portal("/offers"))
}
