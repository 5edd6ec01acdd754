// Package moderation is a face of the back office, « À modérer »: what companies deposited through the public form, with what the
// workspace has of them already, and what staff do with it, one by one or many at once.
//
// It turns requests into the rooms' verbs and their answers into pages, and holds no rule of the business and no SQL.
package moderation

import (
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/staff"
	"github.com/entregent/entregent/internal/web/ui"
)

// Mount gives the site the face's routes: this is its whole surface.
func Mount(site *web.Site) {
	site.Mount(
		staff.At("GET /deposits", actor.ModerateOffers, list),
		staff.At("GET /deposits/decision", actor.ModerateOffers, ask),
		staff.At("POST /deposits/decision", actor.ModerateOffers, decide),
		staff.At("GET /deposits/{deposit}", actor.ModerateOffers, show),
		staff.At("GET /deposits/{deposit}/attachment", actor.ModerateOffers, choose),
		staff.At("POST /deposits/{deposit}/attachment", actor.ModerateOffers, attach),
		staff.At("POST /deposits/{deposit}/address", actor.ModerateOffers, replaceAddress),
		staff.At("GET /deposits/{deposit}/files/{file}", actor.ModerateOffers, serve),
	)
}

// pending is the list of what waits.
type pending struct {
	r    *web.Request
	part paging.Part[deposit.Matched]
}

// listPart is what a script replaces when the list is leafed through.
const listPart = "deposits"

func list(r *web.Request) error {
	v := pending{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		v.part, err = deposit.Find(r.Context(), tx, r.By, r.Asked(12))
		return err
	})
	if err != nil {
		return err
	}
	if r.IsFetch() {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.page())
}

func (v pending) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("office.deposit.pages"), listPart, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

// one is a deposit with its page.
type one struct {
	r *web.Request
	deposit.Matched
}

func url(r *web.Request, d id.Deposit, below string) string {
	return r.Office("/deposits/" + d.String() + below)
}

func (v one) url(below string) string { return url(v.r, v.ID, below) }

func read(r *web.Request) (one, error) {
	v := one{r: r}
	of, err := r.Deposit("deposit")
	if err != nil {
		return v, err
	}
	err = r.View(func(tx *sqldb.Tx) error {
		d, err := deposit.Get(r.Context(), tx, r.By, of)
		if err == nil {
			v.Matched, err = deposit.Match(r.Context(), tx, r.By, d)
		}
		return err
	})
	return v, err
}

// show is a deposit's page; of one that is decided it says what was decided.
func show(r *web.Request) error {
	v, err := read(r)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

// replaceAddress is « Remplacer l'adresse ».
func replaceAddress(r *web.Request) error {
	of, err := r.Deposit("deposit")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm(""); err != nil {
		return err
	}
	err = r.Update(func(tx *sqldb.Tx) error { return deposit.ReplaceAddress(r.Context(), tx, r.By, of) })
	if err != nil {
		return err
	}
	r.Toast("office.deposit.address.done")
	return r.SeeOther(url(r, of, ""))
}

// serve gives the file that came along.
func serve(r *web.Request) error {
	of, err := r.Deposit("deposit")
	if err != nil {
		return err
	}
	wanted, err := r.File("file")
	if err != nil {
		return err
	}
	var v deposit.Matched
	err = r.View(func(tx *sqldb.Tx) (err error) {
		v.File, err = deposit.FileOf(r.Context(), tx, r.By, of, wanted)
		return err
	})
	if err != nil {
		return err
	}
	return r.ServeFile(v.File)
}

// choice is the page on which staff say where a deposit belongs.
type choice struct {
	one
	found  []organization.Organization
	place  organization.Organization // chosen already; its contacts are offered
	people []contact.Listed
}

func choose(r *web.Request) error {
	v, err := readChoice(r)
	if err != nil {
		return err
	}
	return r.Render(http.StatusOK, v.page())
}

func readChoice(r *web.Request) (v choice, err error) {
	if v.one, err = read(r); err != nil {
		return v, err
	}
	if v.State != deposit.Pending {
		return v, fault.New(fault.Conflict, "deposit.decided")
	}
	err = r.View(func(tx *sqldb.Tx) error {
		if of := (id.Organization{UUID: r.QueryID("organization")}); !of.IsZero() {
			return v.readPeople(tx, of)
		}
		if r.Searched() == "" {
			v.found = v.proposed()
			return nil
		}
		part, err := organization.Find(r.Context(), tx, r.By, organization.Filter{Query: r.Searched(), Ask: paging.Ask{Size: 12}})
		v.found = part.Items
		return err
	})
	return v, err
}

func (v *choice) readPeople(tx *sqldb.Tx, of id.Organization) (err error) {
	if v.place, err = organization.Get(v.r.Context(), tx, v.r.By, of); err != nil {
		return err
	}
	v.people, err = directory.Choosable(v.r.Context(), tx, v.r.By, of)
	return err
}

// proposed are the organisations that are like the deposit's.
func (v *choice) proposed() (list []organization.Organization) {
	seen := map[id.Organization]bool{}
	for _, some := range [][]organization.Organization{v.Alike, v.SameDomain} {
		for _, o := range some {
			if !seen[o.ID] {
				seen[o.ID] = true
				list = append(list, o)
			}
		}
	}
	return list
}

// same is the answer that leaves it at the depositor.
func (v choice) same() string {
	return v.r.P.Text("office.deposit.elsewhere.same", "Name", v.GivenName+" "+v.FamilyName)
}

// named is the form in which a contact is named, where there are too many to choose from.
func (v choice) named() *ui.Form { return &ui.Form{P: v.r.P, ID: "attachment"} }

func attach(r *web.Request) error {
	of, err := r.Deposit("deposit")
	if err != nil {
		return err
	}
	form, err := r.ReadForm("")
	if err != nil {
		return err
	}
	to := id.Organization{UUID: id.Read(form.Value("organization"))}
	err = r.Update(func(tx *sqldb.Tx) error {
		whom, err := directory.Meant(r.Context(), tx, r.By, to, "contact", form.Value("contact"), id.Contact{})
		if err != nil {
			return err
		}
		return deposit.Attach(r.Context(), tx, r.By, of, to, whom)
	})
	if err != nil {
		return err
	}
	r.Toast("office.deposit.attached")
	return r.SeeOther(url(r, of, ""))
}

// day is a day as people read it; what is none stays as it was typed.
func (v one) day(typed string) string {
	d, err := day.Parse(typed)
	if err != nil || d.IsZero() {
		return typed
	}
	return d.In(v.r.P)
}

// files is what came along.
func (v one) files() []ui.Attachment {
	if v.File.ID.IsZero() {
		return nil
	}
	return ui.Attachments([]file.File{v.File}, func(f file.File) string { return v.url("/files/" + f.ID.String()) })
}
