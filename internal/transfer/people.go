package transfer

import (
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// people is the intake of contacts.
type people struct {
	*importer
	places   *places
	byKey    map[string]contact.Contact
	byNumber map[int64]contact.Contact
	emails   map[string][]id.Contact // who has the proposed addresses
	claimed  map[string][]id.Contact // who would have them after a dry run
	waiting  []contact.Addition
	added    []id.Organization // to which contacts were added in this batch
}

// person is a row about a contact.
type person struct {
	head
	people    *people
	in        contact.Input
	c         contact.Contact // what the row says, parsed
	place     place
	company   string // what the organisation is called
	number    int64  // personal identifier; 0 = none
	corrected *Fault // of the e-mail, whose proposal stands in c; nil = it was right as it was
}

func (p *people) parse(row sheet.Row) item {
	x := &person{head: head{row: row}, people: p}
	cell := func(field string) string { return p.l.cell(row, field) }
	x.place = p.parsePlace(&x.head)
	x.company = cell("organization")
	x.parseNumber(cell("number"))
	x.in = contact.Input{
		Civility: cell("civility"), FamilyName: cell("family_name"), GivenName: cell("given_name"), JobTitle: cell("job_title"),
		Mobile: cell("mobile"), Phone: cell("phone"), Email: cell("email"), Source: contact.Import,
	}
	c, err := x.in.Parse(p.host)
	x.c = c
	if f := fault.As(err); f != nil {
		x.judge(f.Fields)
	}
	if x.number == 0 && x.place.isZero() && len(x.faults) == 0 {
		x.faults = append(x.faults, newFault(p.column(x.place), fault.M("fault.required")))
	}
	x.identify()
	return x
}

func (x *person) parseNumber(s string) {
	if s == "" {
		return
	}
	n, ok := directory.ParseLabel(s)
	if !ok {
		x.faults = append(x.faults, newFault(x.people.l.name("number"), fault.M("transfer.number_malformed")))
	}
	x.number = n
}

// judge takes over the faults of the fields. Beside a number a row may leave the name out; a correction that is to
// be accepted waits until it is known whose address that is.
func (x *person) judge(fields []fault.Field) {
	nameless := x.number != 0 && x.in.FamilyName == "" && x.in.GivenName == ""
	for _, f := range fields {
		told := newFault(x.people.l.name(f.Name), f.Message)
		switch {
		case nameless && (f.Name == "family_name" || f.Name == "given_name"):
		case f.Name == "email" && f.Message.Proposal != "":
			x.corrected = &told
		default:
			x.faults = append(x.faults, told)
		}
	}
	if x.corrected == nil {
		return
	}
	if len(x.faults) > 0 || !x.people.o.AcceptCorrections {
		x.faults = append(x.faults, *x.corrected)
		return
	}
	x.in.Email = x.corrected.Message.Proposal
	x.c, _ = x.in.Parse(x.people.host)
}

// identify says whom the row is about, and with which values.
func (x *person) identify() {
	if x.number != 0 {
		x.about = append(x.about, newIdentity("number", contact.Label(x.number)))
	}
	if !x.place.isZero() && !x.c.FamilyName.IsZero() {
		where := x.place.siret.Plain()
		if where == "" {
			where = "customer " + x.place.key
		}
		x.about = append(x.about, newIdentity("person", where, x.c.FamilyName.Key(), x.c.GivenName.Key()))
	}
	values := []string{contact.Label(x.number), string(x.c.Civility), x.c.Mobile.String(), x.c.Phone.String(), x.c.JobTitle, x.c.Email.String()}
	if x.number != 0 {
		values = append(values, x.c.FamilyName.String(), x.c.GivenName.String())
	}
	x.values = newIdentity("values", values...)
}

// look reads the organisations, the contacts of these names and numbers, and who has the proposed addresses.
func (p *people) look(ctx context.Context, tx *sqldb.Tx, items []item) error {
	var named []place
	var numbers []int64
	var addresses []string
	for _, it := range items {
		x := it.(*person)
		named = append(named, x.place)
		if x.number != 0 {
			numbers = append(numbers, x.number)
		}
		if x.corrected != nil {
			addresses = append(addresses, x.corrected.Message.Proposal)
		}
	}
	if err := p.places.look(ctx, tx, named); err != nil {
		return err
	}
	var keys []string
	for _, it := range items {
		x := it.(*person)
		if o, ok, _ := p.places.find(x.place); ok && !x.c.FamilyName.IsZero() && !o.ID.IsZero() {
			keys = append(keys, x.c.Key(o.Identifier(p.by.Workspace)))
		}
	}
	var err error
	if p.byNumber, err = contact.ByNumbers(ctx, tx, p.by, numbers); err != nil {
		return err
	}
	if p.byKey, err = contact.ByKeys(ctx, tx, p.by, keys); err != nil {
		return err
	}
	p.waiting, p.added = nil, nil
	if p.emails, err = contact.EmailsInUse(ctx, tx, p.by, addresses); p.emails == nil {
		p.emails = make(map[string][]id.Contact)
	}
	for _, it := range items {
		it.(*person).strike()
	}
	return err
}

func (x *person) take(ctx context.Context, tx *sqldb.Tx) (outcome, []Fault, error) {
	p := x.people
	org, known, wrong := p.places.find(x.place)
	if wrong != nil {
		return 0, []Fault{*wrong}, nil
	}
	if x.number != 0 {
		return x.takeNumbered(ctx, tx, org, known)
	}
	if known {
		if there, ok := p.byKey[x.c.Key(org.Identifier(p.by.Workspace))]; ok {
			return x.update(ctx, tx, there)
		}
		if org.Archived() {
			return 0, []Fault{newFault(p.column(x.place), fault.M("contact.organization_archived"))}, nil
		}
	}
	if f := x.owned(id.Contact{}); f != nil {
		return 0, []Fault{*f}, nil
	}
	if known {
		return added, nil, x.create(ctx, tx, org)
	}
	return x.createBoth(ctx, tx)
}

// owned is the e-mail's fault again when its correction is the address of another contact.
func (x *person) owned(self id.Contact) *Fault {
	if x.corrected == nil {
		return nil
	}
	address := x.corrected.Message.Proposal
	for _, owner := range slices.Concat(x.people.emails[address], x.people.claimed[address]) {
		if owner != self {
			f := *x.corrected
			f.Message.Proposal = ""
			return &f
		}
	}
	return nil
}

// strike takes the proposal off a row that is refused for its e-mail, when it is the address of another contact.
func (x *person) strike() {
	if x.corrected == nil || len(x.faults) == 0 {
		return
	}
	self := x.people.byNumber[x.number].ID
	if org, known, _ := x.people.places.find(x.place); known && self.IsZero() && !x.c.FamilyName.IsZero() {
		self = x.people.byKey[x.c.Key(org.Identifier(x.people.by.Workspace))].ID
	}
	without := x.owned(self)
	for i, f := range x.faults {
		if without != nil && f.Column == without.Column && f.Code == without.Code {
			x.faults[i] = *without
		}
	}
}

// create adds the contact, at the end of the batch; or does as if.
func (x *person) create(ctx context.Context, tx *sqldb.Tx, org organization.Organization) error {
	p, c := x.people, x.c
	c.ID = id.NewContact()
	switch {
	case p.dry:
		p.claim(p.claimed, c)
		return nil
	case p.single:
		made, err := contact.Create(ctx, tx, p.by, org.ID, x.in)
		if err != nil {
			return err
		}
		c.ID = made.ID
		p.added = append(p.added, org.ID)
	default:
		p.waiting = append(p.waiting, contact.Addition{Contact: c, At: org})
		p.added = append(p.added, org.ID)
	}
	p.claim(p.emails, c)
	return nil
}

// claim notes whose address it will be.
func (p *people) claim(emails map[string][]id.Contact, c contact.Contact) {
	if !c.Email.IsZero() {
		emails[c.Email.String()] = append(emails[c.Email.String()], c.ID)
	}
}

func (p *people) add(ctx context.Context, tx *sqldb.Tx) error {
	err := p.places.add(ctx, tx)
	if err == nil && len(p.waiting) > 0 {
		err = contact.AddAll(ctx, tx, p.by, contact.Import, p.waiting)
	}
	if err != nil {
		return err
	}
	return access.TellImported(ctx, tx, p.by, p.once, p.added)
}

// createBoth makes a contact of an organisation that is unknown, if it was told to.
func (x *person) createBoth(ctx context.Context, tx *sqldb.Tx) (outcome, []Fault, error) {
	p := x.people
	if !p.o.CreateOrganizations {
		return 0, []Fault{newFault(p.column(x.place), fault.M("transfer.unknown_organization"))}, nil
	}
	in := organization.Input{Name: x.company, SIRET: x.place.siret.Plain(), CustomerNumber: x.place.customer}
	if in.Name == "" {
		in.Name = strings.ReplaceAll(x.place.siret.Grouped(), "\u00A0", " ")
	}
	if in.Name == "" {
		in.Name = x.place.customer
	}
	if faults := p.places.faults(in); len(faults) > 0 {
		return 0, faults, nil
	}
	org, err := p.places.plan(ctx, tx, in)
	if err != nil {
		return 0, nil, err
	}
	return addedWithPlace, nil, x.create(ctx, tx, org)
}

// takeNumbered takes a row with a personal identifier, which goes before the name.
func (x *person) takeNumbered(ctx context.Context, tx *sqldb.Tx, org organization.Organization, known bool) (outcome, []Fault, error) {
	p := x.people
	there, ok := p.byNumber[x.number]
	switch {
	case !ok:
		return 0, []Fault{newFault(p.l.name("number"), fault.M("transfer.number_unknown"))}, nil
	case !x.place.isZero() && (!known || there.Organization != org.ID):
		return 0, []Fault{newFault(p.column(x.place), fault.M("transfer.other_organization"))}, nil
	case x.c.FamilyName.IsZero() || x.c.FamilyName == there.FamilyName && x.c.GivenName == there.GivenName:
		return x.update(ctx, tx, there)
	case !p.o.Rename:
		name := there.FamilyName.String() + " " + there.GivenName.String()
		return 0, []Fault{newFault(p.l.name("family_name"), fault.M("transfer.other_name", "Name", name))}, nil
	}
	return x.rename(ctx, tx, there, org, known)
}

// rename gives a contact the name of the row, by the rule of contact.Rename, and then its other values.
func (x *person) rename(ctx context.Context, tx *sqldb.Tx, there contact.Contact, org organization.Organization, known bool) (outcome, []Fault, error) {
	p := x.people
	if known {
		if other, ok := p.byKey[x.c.Key(org.Identifier(p.by.Workspace))]; ok && other.ID != there.ID {
			return 0, []Fault{newFault(p.l.name("family_name"), fault.M("contact.account_exists"))}, nil
		}
	}
	if _, faults := x.differences(there); len(faults) > 0 {
		return 0, faults, nil
	}
	if p.dry {
		return changed, nil, nil
	}
	if may, err := p.mayRename(x.row.N); err != nil {
		return 0, nil, err
	} else if !may {
		return 0, []Fault{newFault(p.l.name("family_name"), fault.M("transfer.renames_ended"))}, nil
	}
	to := contact.NewName{FamilyName: x.in.FamilyName, GivenName: x.in.GivenName, Version: there.Version}
	renamed, err := contact.Rename(ctx, tx, p.by, there.ID, to)
	if err != nil {
		return 0, nil, err
	}
	_, faults, err := x.update(ctx, tx, renamed)
	return changed, faults, err
}

// differences lists the columns in which the row says something else than is known; what it leaves empty says nothing.
// Faults are what an import may not change, at all or as it was told.
func (x *person) differences(there contact.Contact) (columns []string, faults []Fault) {
	p := x.people
	var kept []string
	differs := func(list *[]string, field, now, said string) {
		if said != "" && said != now {
			*list = append(*list, p.l.name(field))
		}
	}
	differs(&kept, "civility", string(there.Civility), string(x.c.Civility))
	differs(&kept, "email", there.Email.String(), x.c.Email.String())
	differs(&columns, "mobile", there.Mobile.String(), x.c.Mobile.String())
	differs(&columns, "phone", there.Phone.String(), x.c.Phone.String())
	differs(&columns, "job_title", there.JobTitle, x.c.JobTitle)
	if f := exists(p.o, kept, columns); f != nil {
		return nil, []Fault{*f}
	}
	return columns, nil
}

// exists refuses a row that is known with other values: always in what an import never changes, in the rest unless
// it was told to update.
func exists(o Options, kept, open []string) *Fault {
	var f Fault
	switch {
	case len(kept) > 0 && o.Update:
		f = newFault(kept[0], fault.M("transfer.exists_kept", "Columns", strings.Join(kept, ", ")))
	case len(kept)+len(open) > 0 && !o.Update:
		all := append(kept, open...)
		f = newFault(all[0], fault.M("transfer.exists", "Columns", strings.Join(all, ", ")))
	default:
		return nil
	}
	return &f
}

// update changes phones and function where the row says so and the import was told to.
func (x *person) update(ctx context.Context, tx *sqldb.Tx, there contact.Contact) (outcome, []Fault, error) {
	if x.corrected != nil && there.Email != x.c.Email {
		if f := x.owned(there.ID); f != nil {
			return 0, []Fault{*f}, nil
		}
	}
	columns, faults := x.differences(there)
	if len(faults) > 0 || len(columns) == 0 {
		return unchanged, faults, nil
	}
	if x.people.dry {
		return changed, nil, nil
	}
	in := contact.Input{
		Civility: string(there.Civility), JobTitle: there.JobTitle, Mobile: there.Mobile.String(), Phone: there.Phone.String(),
		Email: there.Email.String(), Locale: there.Locale, TimeZone: there.TimeZone, Version: there.Version,
	}
	said := func(to *string, value string) {
		if value != "" {
			*to = value
		}
	}
	said(&in.Mobile, x.c.Mobile.String())
	said(&in.Phone, x.c.Phone.String())
	said(&in.JobTitle, x.c.JobTitle)
	_, err := contact.Edit(ctx, tx, x.people.by, there.ID, in)
	return changed, nil, err
}
