// Package offers is a face of the back office, the offers (« missions ») of the organisations: the list of all of them and that of one
// organisation, how one is added, edited, accepted or rejected, made active or inactive, given contacts and a file, and deleted.
//
// It turns requests into the room's verbs and their answers into pages, and holds no rule of the business and no SQL. routes.go is
// its whole surface; the list is web/offering's, which the portal shows too.
package offers

import (
	"net/http"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/offering"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/support"
	"github.com/entregent/entregent/internal/web/ui"
)

// Mount gives the site the face's routes.
func Mount(site *web.Site) { site.Mount(routes()...) }

// address is that of an offer's page, or of what hangs below it.
func address(r *web.Request, of id.Offer, below string) string {
	return r.Office("/offers/" + of.String() + below)
}

// all is the list of the workspace's.
type all struct {
	offering.List
	deposits ui.Link // « À modérer », while deposits wait
}

func listOffers(r *web.Request) error {
	v := all{List: offering.List{R: r, At: r.Office("/offers"), Pages: r.Office("/offers/"), Add: r.Office("/offers/new")}}
	err := r.View(func(tx *sqldb.Tx) error {
		if who := (id.Contact{UUID: r.QueryID("contact")}); !who.IsZero() {
			rows, err := contact.Rows(r.Context(), tx, r.By, []id.Contact{who})
			if err != nil {
				return err
			}
			if row, there := rows[who]; there {
				v.Whose = web.FullName(r.P, row)
			}
		}
		n, more, err := deposit.Count(r.Context(), tx, r.By)
		if err != nil {
			return err
		}
		if n > 0 {
			v.deposits = ui.Link{Text: r.P.Count("office.offer.deposits", n, "Figure", web.Figures(r.P, n, more)), URL: r.Office("/deposits"), Icon: "list"}
		}
		return v.Read(tx)
	})
	if err != nil {
		return err
	}
	return v.Answer(v.page())
}

// tab is « Offres » of one organisation.
type tab struct {
	staff.Organization
	list offering.List
}

func organizationOffers(r *web.Request) error {
	of, err := r.Organization("organization")
	if err != nil {
		return err
	}
	v := tab{list: offering.List{
		R: r, Of: of, At: staff.OrganizationURL(r, of, "/offers"), Pages: r.Office("/offers/"), Add: r.Office("/offers/new?organization=" + of.String()),
	}}
	err = r.View(func(tx *sqldb.Tx) (err error) {
		if v.Organization, err = staff.ReadOrganization(r, tx, of, staff.OffersTab); err != nil {
			return err
		}
		return v.list.Read(tx)
	})
	if err != nil {
		return err
	}
	return v.list.Answer(v.page())
}

// exportOffers takes along what the list's search and filters find.
func exportOffers(r *web.Request) error {
	return staff.Exit.Whole(r, func() error { return offering.Export(r) })
}

// adding is « Ajouter une offre ».
type adding struct {
	r    *web.Request
	form *ui.Form
	org  organization.Organization // whose it is; zero = to be typed
}

func askOffer(r *web.Request) error {
	return showAdding(r, r.NewForm("offer").Set("organization", r.Query("organization")).Set("posts", "1"), http.StatusOK)
}

func showAdding(r *web.Request, form *ui.Form, status int) error {
	v := adding{r: r, form: form}
	form.Labels = offering.Labels(r)
	if of := (id.Organization{UUID: id.Read(form.Value("organization"))}); !of.IsZero() {
		err := r.View(func(tx *sqldb.Tx) (err error) {
			v.org, err = organization.Get(r.Context(), tx, r.By, of)
			return err
		})
		if err != nil {
			return err
		}
	}
	return r.Render(status, v.page())
}

// addOffer adds it, with its file if one came along; the same form sent twice adds one.
func addOffer(r *web.Request) error {
	form, files, err := support.Uploads(r, "offer")
	if err != nil {
		return err
	}
	var made offer.Offer
	err = r.Update(func(tx *sqldb.Tx) error {
		of, err := staff.OrganizationOf(r, tx, form.Value("organization"))
		if err != nil {
			return withRest(err, form)
		}
		if made, err = offer.Create(r.Context(), tx, r.By, of, offering.InputOf(form)); err != nil || len(files) == 0 {
			return err
		}
		_, err = offer.SetFile(r.Context(), tx, r.By, made.ID, offering.Last(files))
		return err
	})
	if form.Fail(err) {
		return showAdding(r, form, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	r.Toast("office.offer.added", "Number", made.Label())
	return r.SeeOther(address(r, made.ID, ""))
}

// withRest tells all that is wrong at once, also where nobody knows whose the offer is.
func withRest(err error, form *ui.Form) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		return err
	}
	joined := *f
	_, rest := offering.InputOf(form).Parse()
	if other := fault.As(rest); other != nil {
		joined.Fields = append(joined.Fields, other.Fields...)
	}
	return &joined
}

// nameOf is an organisation as a form shows it.
func nameOf(o organization.Organization) string { return o.Name + " (" + o.Label() + ")" }
