package deposit

import (
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/workspace"
)

// Input is what somebody types into the public form, as text: the company, the seven fields of a contact (manual 1), the offer.
// There is nothing else in it that a deposit could set.
type Input struct {
	Name     string `json:"name,omitempty"`
	SIRET    string `json:"siret,omitempty"` // asked for in France
	Address  string `json:"address,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	City     string `json:"city,omitempty"`

	Civility   string `json:"civility,omitempty"`
	FamilyName string `json:"family_name,omitempty"`
	GivenName  string `json:"given_name,omitempty"`
	JobTitle   string `json:"job_title,omitempty"` // optional
	Mobile     string `json:"mobile,omitempty"`    // optional
	Phone      string `json:"phone,omitempty"`
	Email      string `json:"email,omitempty"`

	Title       string `json:"title,omitempty"`
	Contract    string `json:"contract,omitempty"`
	StartsOn    string `json:"starts_on,omitempty"` // may be left out, as all that follow but for Description
	EndsOn      string `json:"ends_on,omitempty"`
	Duration    string `json:"duration,omitempty"`
	Rhythm      string `json:"rhythm,omitempty"`
	Posts       string `json:"posts,omitempty"`
	Place       string `json:"place,omitempty"`
	Description string `json:"description,omitempty"`
	Profile     string `json:"profile,omitempty"`
}

// offer is the offer of the form.
func (in Input) offer(form id.UUID) offer.Input {
	return offer.Input{Source: offer.Landing, Submission: form, Text: offer.Text{
		Title: in.Title, Contract: in.Contract, StartsOn: in.StartsOn, EndsOn: in.EndsOn, Duration: in.Duration, Rhythm: in.Rhythm, Posts: in.Posts,
		Place: in.Place, Description: in.Description, Profile: in.Profile,
	}}
}

// say has the form say what its offer says by now: it may have been edited while it waits.
func (in *Input) say(o offer.Offer) {
	in.Title, in.Contract, in.StartsOn, in.EndsOn, in.Duration, in.Rhythm = o.Title, string(o.Contract), string(o.StartsOn), string(o.EndsOn), o.Duration, o.Rhythm
	in.Posts, in.Place, in.Description, in.Profile = strconv.FormatInt(o.Posts, 10), o.Place, o.Description, o.Profile
}

// organization is the company of the form.
func (in Input) organization(form id.UUID) organization.Input {
	return organization.Input{Name: in.Name, SIRET: in.SIRET, Address: in.Address, Postcode: in.Postcode, City: in.City, Submission: form}
}

// contact is the person of the form.
func (in Input) contact(form id.UUID) contact.Input {
	return contact.Input{
		Civility: in.Civility, FamilyName: in.FamilyName, GivenName: in.GivenName, JobTitle: in.JobTitle, Mobile: in.Mobile, Phone: in.Phone,
		Email: in.Email, Source: contact.Landing, Submission: form,
	}
}

// AsksSIRET reports whether the form of the host asks for a SIRET.
func AsksSIRET(host workspace.Workspace) bool { return host.Country == "FR" }

// Check judges everything that was typed, as Submit does: for a form whose files are judged beside it.
func Check(host workspace.Workspace, in Input, consent bool) error {
	_, err := in.check(host, consent)
	return err
}

// check judges everything by the rules of the rooms below, and gives every fault of every field, in the order of the form.
// It asks the database nothing, so that no answer tells what is there.
func (in Input) check(host workspace.Workspace, consent bool) (email.Address, error) {
	var all []fault.Field
	add := func(err error) {
		if e := fault.As(err); e != nil {
			all = append(all, e.Fields...)
		}
	}
	_, err := in.organization(id.UUID{}).Parse(host.Country)
	add(err)
	for _, f := range []struct{ name, text string }{{"siret", in.SIRET}, {"address", in.Address}, {"postcode", in.Postcode}, {"city", in.City}} {
		if strings.TrimSpace(f.text) == "" && (f.name != "siret" || AsksSIRET(host)) {
			all = append(all, fault.Field{Name: f.name, Message: fault.M("fault.required")})
		}
	}
	person, err := in.contact(id.UUID{}).Parse(host)
	add(err)
	_, err = in.offer(id.UUID{}).Parse()
	add(err)
	if !consent {
		all = append(all, fault.Field{Name: "consent", Message: fault.M("deposit.consent")})
	}
	if len(all) == 0 {
		return person.Email, nil
	}
	return person.Email, &fault.Error{Kind: fault.Invalid, Message: fault.M("fault.fields"), Fields: all}
}
