package api

import (
	"time"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Deposited is what a stranger typed into the public form, as it was typed: nothing of it has been checked but its form.
type Deposited struct {
	Name        string `json:"name" doc:"Of the company." example:"Corvenne SAS"`
	SIRET       string `json:"siret" example:"732 829 320 00074"`
	Address     string `json:"address" example:"12 rue des Lilas"`
	Postcode    string `json:"postcode" example:"75011"`
	City        string `json:"city" example:"Paris"`
	Civility    string `json:"civility" example:"ms"`
	FamilyName  string `json:"family_name" example:"Durand"`
	GivenName   string `json:"given_name" example:"Marie"`
	JobTitle    string `json:"job_title" example:"HR manager"`
	Mobile      string `json:"mobile" example:""`
	Phone       string `json:"phone" example:"02 61 91 40 10"`
	Email       string `json:"email" example:"marie.durand@corvenne.example"`
	Title       string `json:"title" doc:"Of the offer, as all that follow." example:"Back-end developer"`
	Contract    string `json:"contract" example:"apprenticeship"`
	StartsOn    string `json:"starts_on" example:"2026-09-01"`
	EndsOn      string `json:"ends_on" example:"2028-08-31"`
	Duration    string `json:"duration" example:"24 months"`
	Rhythm      string `json:"rhythm" example:"3 weeks / 1 week"`
	Posts       string `json:"posts" example:"2"`
	Place       string `json:"place" example:"Quimper"`
	Description string `json:"description" example:"In a team of five."`
	Profile     string `json:"profile" example:"Curious."`
}

// Deposit is a deposit with what the workspace has of it already.
type Deposit struct {
	ID              string     `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d9a"`
	State           string     `json:"state" enum:"pending,accepted,refused,spam" example:"pending"`
	Typed           Deposited  `json:"typed" doc:"Empty once it is decided."`
	Organization    string     `json:"organization_id" doc:"Where it is attached; empty if there is none." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	NewOrganization bool       `json:"new_organization" doc:"It was made for this deposit." example:"true"`
	Contact         string     `json:"contact_id" doc:"Whom it is attached to; empty for nobody." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
	NewContact      bool       `json:"new_contact" doc:"It was made for this deposit." example:"true"`
	OtherEmail      bool       `json:"other_email" doc:"The contact has another e-mail than the one that was typed." example:"false"`
	Offer           string     `json:"offer_id" doc:"Empty if there is none." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d97"`
	OfferTaken      bool       `json:"offer_taken" doc:"The offer was accepted already, among the offers." example:"false"`
	Similar         []Namesake `json:"similar_organizations" nullable:"false" doc:"Others of a similar name."`
	SameDomain      []Namesake `json:"same_domain" nullable:"false" doc:"Others with people whose e-mails have the depositor's domain."`
	SimilarContacts []Namesake `json:"similar_contacts" nullable:"false" doc:"Others of the organization with a similar name."`
	File            *File      `json:"file,omitempty" doc:"What came along."`
	CreatedAt       time.Time  `json:"created_at" example:"2026-03-02T09:30:00Z"`
	ConfirmedAt     *time.Time `json:"confirmed_at,omitempty" doc:"When the depositor confirmed it by their letter."`
	DecidedAt       *time.Time `json:"decided_at,omitempty"`
}

// Namesake is something that may be the same as what was typed.
type Namesake struct {
	ID   string `json:"id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Name string `json:"name" example:"Corvenne SAS"`
}

func bodies(list []organization.Organization) []Namesake {
	out := make([]Namesake, len(list))
	for i, o := range list {
		out[i] = Namesake{o.ID.String(), o.Name}
	}
	return out
}

func people(list []contact.Row) []Namesake {
	out := make([]Namesake, len(list))
	for i, c := range list {
		out[i] = Namesake{c.ID.String(), c.GivenName.String() + " " + c.FamilyName.String()}
	}
	return out
}

func showDeposit(m deposit.Matched) Deposit {
	return Deposit{
		ID: m.ID.String(), State: string(m.State), Typed: Deposited(m.Input), Organization: m.Organization.String(), NewOrganization: m.NewPlace, Contact: m.Contact.String(),
		NewContact: m.NewContact, OtherEmail: m.OtherAddress, Offer: m.Offer.String(), OfferTaken: m.Taken, Similar: bodies(m.Alike), SameDomain: bodies(m.SameDomain),
		SimilarContacts: people(m.Near), File: showFile(m.File), CreatedAt: m.CreatedAt.Time().UTC(), ConfirmedAt: moment(m.ConfirmedAt), DecidedAt: moment(m.DecidedAt),
	}
}

// Deposits is a page of the list.
type Deposits struct {
	Items []Deposit `json:"items" nullable:"false"`
	Next  string    `json:"next" doc:"The cursor of the next page; empty at the end."`
}

func listDeposits(r *Request, tx *sqldb.Tx, in *Paged) (out Deposits, err error) {
	var after id.Deposit
	if err := readCursor(in.Cursor, &after); err != nil {
		return out, err
	}
	list, more, err := deposit.Walk(r, tx, r.By, after, in.Limit)
	out.Items = make([]Deposit, len(list))
	for i, m := range list {
		out.Items[i] = showDeposit(m)
	}
	if more {
		out.Next = cursor(list[len(list)-1].ID)
	}
	return out, err
}

// DepositPath names a deposit.
type DepositPath struct {
	Deposit string `path:"deposit" format:"uuid" doc:"The deposit's identifier." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d9a"`
}

func (p DepositPath) id() id.Deposit { return id.Deposit{UUID: id.Read(p.Deposit)} }

func readDeposit(r *Request, tx *sqldb.Tx, in DepositPath) (m deposit.Matched, err error) {
	d, err := deposit.Get(r, tx, r.By, in.id())
	if err == nil {
		m, err = deposit.Match(r, tx, r.By, d)
	}
	return m, err
}

func getDeposit(r *Request, tx *sqldb.Tx, in *DepositPath) (Deposit, error) {
	m, err := readDeposit(r, tx, *in)
	return showDeposit(m), err
}

func depositFile(r *Request, tx *sqldb.Tx, in *DepositPath) (file.File, error) {
	m, err := readDeposit(r, tx, *in)
	if err == nil && m.File.ID.IsZero() {
		err = fault.Missing()
	}
	return m.File, err
}

// decided is what an act on a deposit answers with: the deposit as it is then.
func decided(r *Request, tx *sqldb.Tx, in DepositPath, err error) (Deposit, error) {
	if err != nil {
		return Deposit{}, err
	}
	return getDeposit(r, tx, &in)
}

func acceptDeposit(r *Request, tx *sqldb.Tx, in *DepositPath) (Deposit, error) {
	return decided(r, tx, *in, deposit.Accept(r, tx, r.By, in.id()))
}

// Attachment says where a deposit belongs.
type Attachment struct {
	Organization string `json:"organization_id" format:"uuid" example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8e"`
	Contact      string `json:"contact_id,omitempty" format:"uuid" doc:"A contact of that organization; who bears the typed name, made if need be, if nothing is said." example:"0192f1a0-7c4e-7b1a-8d5e-3f2a1b0c9d8f"`
}

type attachDepositInput struct {
	DepositPath
	Body Attachment
}

func attachDeposit(r *Request, tx *sqldb.Tx, in *attachDepositInput) (Deposit, error) {
	to, whom := id.Organization{UUID: id.Read(in.Body.Organization)}, id.Contact{UUID: id.Read(in.Body.Contact)}
	return decided(r, tx, in.DepositPath, deposit.Attach(r, tx, r.By, in.id(), to, whom))
}

func replaceAddress(r *Request, tx *sqldb.Tx, in *DepositPath) (Deposit, error) {
	return decided(r, tx, *in, deposit.ReplaceAddress(r, tx, r.By, in.id()))
}

// DepositRejection says how a deposit is turned down.
type DepositRejection struct {
	Letter bool `json:"letter,omitempty" doc:"Write to the depositor." example:"true"`
}

type rejectDepositInput struct {
	DepositPath
	Body DepositRejection
}

func rejectDeposit(r *Request, tx *sqldb.Tx, in *rejectDepositInput) (Deposit, error) {
	return decided(r, tx, in.DepositPath, deposit.Refuse(r, tx, r.By, in.id(), in.Body.Letter))
}

func markSpam(r *Request, tx *sqldb.Tx, in *DepositPath) (Deposit, error) {
	return decided(r, tx, *in, deposit.MarkSpam(r, tx, r.By, in.id()))
}
