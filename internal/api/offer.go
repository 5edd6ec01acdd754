package api

import (
	"strconv"
	"time"

	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Offer is an offer as programs see it.
type Offer struct {
	ID           string    `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d97"`
	Number       string    `json:"number" example:"O-000042"`
	Organization string    `json:"organization_id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	State        string    `json:"state" enum:"pending,active,inactive,rejected" example:"active"`
	Reason       string    `json:"reason" doc:"Why it was rejected; empty if none was given."`
	Contract     string    `json:"contract" enum:"apprenticeship,professionalization,internship,permanent,fixed_term,temporary,student_job,other" example:"apprenticeship"`
	Title        string    `json:"title" example:"Back-end developer"`
	StartsOn     string    `json:"starts_on" doc:"Empty = as soon as possible." example:"2026-09-01"`
	EndsOn       string    `json:"ends_on" doc:"Empty = open." example:"2028-08-31"`
	Duration     string    `json:"duration" example:"24 months"`
	Rhythm       string    `json:"rhythm" example:"3 weeks / 1 week"`
	Posts        int64     `json:"posts" example:"2"`
	Place        string    `json:"place" example:"Quimper"`
	Description  string    `json:"description" example:"In a team of five."`
	Profile      string    `json:"profile" example:"Curious."`
	Source       string    `json:"source" enum:"office,portal,landing,api" example:"api"`
	CreatedAt    time.Time `json:"created_at" example:"2026-03-02T09:30:00Z"`
	UpdatedAt    time.Time `json:"updated_at" example:"2026-03-02T09:30:00Z"`
	Version      int64     `json:"version" doc:"Rises with each change; the ETag begins with it." example:"1"`
}

func (o Offer) version() int64   { return o.Version }
func (o Offer) location() string { return "/offers/" + o.ID }

func showOffer(o offer.Offer) Offer {
	return Offer{
		ID: o.ID.String(), Number: o.Label(), Organization: o.Organization.String(), State: string(o.State), Reason: o.Reason, Contract: string(o.Contract), Title: o.Title,
		StartsOn: string(o.StartsOn), EndsOn: string(o.EndsOn), Duration: o.Duration, Rhythm: o.Rhythm, Posts: o.Posts, Place: o.Place, Description: o.Description,
		Profile: o.Profile, Source: string(o.Source), CreatedAt: o.CreatedAt.Time().UTC(), UpdatedAt: o.UpdatedAt.Time().UTC(), Version: o.Version,
	}
}

// Offers is a page of the list.
type Offers struct {
	Items []Offer `json:"items" nullable:"false"`
	Next  string  `json:"next" doc:"The cursor of the next page; empty at the end."`
}

type listOffersInput struct {
	Paged
	Query        string `query:"q" maxLength:"200" doc:"A number, words of title and place, or the beginning of an organization." example:"developer"`
	Organization string `query:"organization" format:"uuid" doc:"Only this organization's." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Contact      string `query:"contact" format:"uuid" doc:"Only those to which this contact is attached." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	State        string `query:"state" enum:"pending,active,inactive,rejected"`
	Contract     string `query:"contract" enum:"apprenticeship,professionalization,internship,permanent,fixed_term,temporary,student_job,other"`
	Sort         string `query:"sort" enum:"recent,oldest" default:"recent" doc:"By number."`
}

func listOffers(r *Request, tx *sqldb.Tx, in *listOffersInput) (out Offers, err error) {
	var after behind
	if err := readCursor(in.Cursor, &after); err != nil {
		return out, err
	}
	part, err := offer.Find(r, tx, r.By, offer.Filter{
		Query: in.Query, Organization: id.Organization{UUID: id.Read(in.Organization)}, Contact: id.Contact{UUID: id.Read(in.Contact)}, State: offer.State(in.State),
		Contract: offer.Contract(in.Contract), Sort: offer.Sort(in.Sort), After: id.Offer{UUID: after.ID}, Ask: paging.Ask{Page: after.Page, Most: in.Limit},
	})
	out.Items = make([]Offer, len(part.Items))
	for i, o := range part.Items {
		out.Items[i] = showOffer(o.Offer)
	}
	out.Next = cursor(next(part, func(o offer.Listed) id.UUID { return o.ID.UUID }))
	return out, err
}

// OfferPath names an offer.
type OfferPath struct {
	Offer string `path:"offer" format:"uuid" doc:"The offer's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d97"`
}

func (p OfferPath) id() id.Offer { return id.Offer{UUID: id.Read(p.Offer)} }

func getOffer(r *Request, tx *sqldb.Tx, in *OfferPath) (Offer, error) {
	o, err := offer.Get(r, tx, r.By, in.id())
	return showOffer(o), err
}

// NewOffer is what an offer is made from.
type NewOffer struct {
	Title       string `json:"title" maxLength:"1000" example:"Back-end developer"`
	Contract    string `json:"contract" enum:"apprenticeship,professionalization,internship,permanent,fixed_term,temporary,student_job,other" example:"apprenticeship"`
	Description string `json:"description" maxLength:"50000" example:"In a team of five."`
	StartsOn    string `json:"starts_on,omitempty" maxLength:"40" doc:"Empty = as soon as possible." example:"2026-09-01"`
	EndsOn      string `json:"ends_on,omitempty" maxLength:"40" doc:"Empty = open." example:"2028-08-31"`
	Duration    string `json:"duration,omitempty" maxLength:"1000" example:"24 months"`
	Rhythm      string `json:"rhythm,omitempty" maxLength:"1000" example:"3 weeks / 1 week"`
	Posts       int64  `json:"posts,omitempty" minimum:"1" doc:"1 if nothing is said." example:"2"`
	Place       string `json:"place,omitempty" maxLength:"1000" example:"Quimper"`
	Profile     string `json:"profile,omitempty" maxLength:"50000" example:"Curious."`
}

type createOfferInput struct {
	OrganizationPath
	Body NewOffer
}

func createOffer(r *Request, tx *sqldb.Tx, in *createOfferInput) (Offer, error) {
	b, posts := in.Body, ""
	if b.Posts > 0 {
		posts = strconv.FormatInt(b.Posts, 10)
	}
	o, err := offer.Create(r, tx, r.By, in.OrganizationPath.id(), offer.Input{Source: offer.API, Text: offer.Text{
		Title: b.Title, Contract: b.Contract, StartsOn: b.StartsOn, EndsOn: b.EndsOn, Duration: b.Duration, Rhythm: b.Rhythm, Posts: posts, Place: b.Place,
		Description: b.Description, Profile: b.Profile,
	}})
	return showOffer(o), err
}

// OfferChange is what an edit may change; what is left out stays, an empty text clears.
type OfferChange struct {
	Title       *string `json:"title,omitempty" nullable:"false" maxLength:"1000" example:"Back-end developer"`
	Contract    *string `json:"contract,omitempty" nullable:"false" enum:"apprenticeship,professionalization,internship,permanent,fixed_term,temporary,student_job,other"`
	Description *string `json:"description,omitempty" nullable:"false" maxLength:"50000" example:"In a team of five."`
	StartsOn    *string `json:"starts_on,omitempty" nullable:"false" maxLength:"40" example:"2026-09-01"`
	EndsOn      *string `json:"ends_on,omitempty" nullable:"false" maxLength:"40" example:"2028-08-31"`
	Duration    *string `json:"duration,omitempty" nullable:"false" maxLength:"1000" example:"24 months"`
	Rhythm      *string `json:"rhythm,omitempty" nullable:"false" maxLength:"1000" example:"3 weeks / 1 week"`
	Posts       *int64  `json:"posts,omitempty" nullable:"false" minimum:"1" example:"2"`
	Place       *string `json:"place,omitempty" nullable:"false" maxLength:"1000" example:"Quimper"`
	Profile     *string `json:"profile,omitempty" nullable:"false" maxLength:"50000" example:"Curious."`
}

type editOfferInput struct {
	OfferPath
	Body OfferChange
}

func editOffer(r *Request, tx *sqldb.Tx, in *editOfferInput) (Offer, error) {
	now, err := offer.Get(r, tx, r.By, in.id())
	if err != nil {
		return Offer{}, err
	}
	b := in.Body
	o, err := offer.Edit(r, tx, r.By, in.id(), offer.Input{Version: r.Version, Text: offer.Text{
		Title: or(b.Title, now.Title), Contract: or(b.Contract, string(now.Contract)), StartsOn: or(b.StartsOn, string(now.StartsOn)), EndsOn: or(b.EndsOn, string(now.EndsOn)),
		Duration: or(b.Duration, now.Duration), Rhythm: or(b.Rhythm, now.Rhythm), Posts: strconv.FormatInt(or(b.Posts, now.Posts), 10), Place: or(b.Place, now.Place),
		Description: or(b.Description, now.Description), Profile: or(b.Profile, now.Profile),
	}})
	return showOffer(o), err
}

func acceptOffer(r *Request, tx *sqldb.Tx, in *OfferPath) (Offer, error) {
	o, err := deposit.AcceptOffer(r, tx, r.By, in.id())
	return showOffer(o), err
}

func activateOffer(r *Request, tx *sqldb.Tx, in *OfferPath) (Offer, error) {
	o, err := offer.Activate(r, tx, r.By, in.id())
	return showOffer(o), err
}

func deactivateOffer(r *Request, tx *sqldb.Tx, in *OfferPath) (Offer, error) {
	o, err := offer.Deactivate(r, tx, r.By, in.id())
	return showOffer(o), err
}

// Rejection says why an offer is turned down.
type Rejection struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"At most 500 characters; whoever deposited it reads it." example:"Outside our programmes"`
}

type rejectOfferInput struct {
	OfferPath
	Body Rejection
}

func rejectOffer(r *Request, tx *sqldb.Tx, in *rejectOfferInput) (Offer, error) {
	o, err := deposit.RejectOffer(r, tx, r.By, in.id(), in.Body.Reason)
	return showOffer(o), err
}

func deleteOffer(r *Request, tx *sqldb.Tx, in *OfferPath) (nothing, error) {
	n, err := deposit.DeleteOffer(r, tx, r.By, in.id())
	if err == nil && n == 0 {
		err = fault.Missing()
	}
	return nothing{}, err
}
