package contact

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Input is what a form, a file or a program says of a contact, as text (manual 1, figure 1 and the dialog
// « Ajouter un contact »). Every path parses it here, so that the same rule holds on each.
type Input struct {
	Civility   string // mr, ms; kind vendor also dr
	FamilyName string // Create only; see Rename
	GivenName  string // Create only; see Rename
	JobTitle   string // optional
	Mobile     string // optional
	Phone      string
	Email      string
	Locale     string // "" = the workspace's
	TimeZone   string // "" = the workspace's
	Role       string // "" = user (Create), unchanged (Edit)
	Login      string // "on"; "off", on Edit "" = unchanged
	Primary    bool   // Edit: name it the primary contact; false leaves it as it is

	LoginEmail *string // Create: nil = none, "" = as Email; Edit: nil = unchanged, "" = none: credentials then go to Email

	Source     Source  // Create
	Submission id.UUID // Create: the form's own number, so that a repeated POST makes nothing twice; zero = none
	Version    int64   // Edit: the version that the person saw
}

// MaxJobTitle is the length of a function, in characters.
const MaxJobTitle = 255

// optional says what may stay empty: what always may, what an import may leave «à compléter», and on an edit
// what was empty before (product.md §1, « Required »).
func (in Input) optional(host workspace.Workspace, before *Contact) (civility, phone, email bool) {
	if before == nil {
		imported := in.Source == Import
		return imported, imported || !host.PhoneRequired, imported
	}
	return before.Civility.IsZero(), before.Phone.IsZero() || !host.PhoneRequired, before.Email.IsZero()
}

// parse turns the text into values over c, which holds what was before, or gives every fault at once.
func (in Input) parse(host workspace.Workspace, before *Contact, c *Contact) fault.Fields {
	var faults fault.Fields
	noCivility, noPhone, noEmail := in.optional(host, before)
	var err error
	if filled(&faults, "civility", in.Civility, noCivility) {
		c.Civility, err = name.ParseCivility(in.Civility, host.Kind == workspace.Vendor)
		faults.Add("civility", err)
	} else {
		c.Civility = name.Civility("")
	}
	if before == nil {
		c.FamilyName, err = name.ParsePart(in.FamilyName)
		faults.Add("family_name", err)
		c.GivenName, err = name.ParsePart(in.GivenName)
		faults.Add("given_name", err)
	}
	c.Mobile = number(&faults, "mobile", in.Mobile, host.Country, true)
	c.Phone = number(&faults, "phone", in.Phone, host.Country, noPhone)
	c.JobTitle, err = name.Line(in.JobTitle, MaxJobTitle)
	faults.Add("job_title", err)
	c.Email = email.Address{}
	if filled(&faults, "email", in.Email, noEmail) {
		c.Email, err = email.Parse(in.Email)
		faults.Add("email", err)
	}
	in.parsePlace(&faults, c)
	return faults
}

// unpropose takes back the proposal of an e-mail that is another contact's address (product.md §3). The login e-mail has
// its own rule, see parseLoginEmail.
func unpropose(ctx context.Context, tx *sqldb.Tx, by actor.Actor, faults *fault.Fields, self id.Contact) error {
	address := faults.Proposal("email")
	if address == "" {
		return nil
	}
	owners, err := emailsInUse(ctx, tx, by, []string{address})
	for _, owner := range owners[address] {
		if owner != self {
			faults.Withdraw("email")
		}
	}
	return err
}

// parsePlace reads language and time zone.
func (in Input) parsePlace(faults *fault.Fields, c *Contact) {
	c.Locale, c.TimeZone = "", ""
	if in.Locale != "" {
		language, ok := locale.ParseLanguage(in.Locale)
		if !ok {
			faults.Add("locale", fault.M("fault.choice"))
		}
		c.Locale = string(language)
	}
	if in.TimeZone != "" {
		if _, ok := locale.ParseZone(in.TimeZone); !ok {
			faults.Add("time_zone", fault.M("fault.choice"))
		}
		c.TimeZone = in.TimeZone
	}
}

// filled reports whether there is something to parse; nothing where something must be is a fault.
func filled(faults *fault.Fields, field, s string, mayBeEmpty bool) bool {
	if strings.TrimSpace(s) != "" {
		return true
	}
	if !mayBeEmpty {
		faults.Add(field, fault.M("fault.required"))
	}
	return false
}

func number(faults *fault.Fields, field, s, country string, mayBeEmpty bool) phone.Number {
	if !filled(faults, field, s, mayBeEmpty) {
		return phone.Number{}
	}
	n, err := phone.Parse(s, country)
	faults.Add(field, err)
	return n
}
