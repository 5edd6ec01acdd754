package organization

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/phone"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Input is what a form, a file or a program says of an organisation, as text. Country is where phone numbers
// without a country code are from: the workspace's.
type Input struct {
	Name           string
	SIRET          string // Create only
	CustomerNumber string
	Address        string
	Postcode       string
	City           string
	Phone          string
	Website        string
	Submission     id.UUID // Create: the form's own number, so that a repeated POST makes nothing twice; zero = none
	Version        int64   // Edit: the version that the person saw
}

// How long the lines may be, in characters.
const (
	maxName     = 200
	maxCustomer = 50
	maxAddress  = 255
	maxPostcode = 12
	maxCity     = 100
	maxWebsite  = 255
)

// parse turns the text into values, or gives every fault at once.
func (in Input) parse(country string) (o Organization, err error) {
	var faults fault.Fields
	o.Name = line(&faults, "name", in.Name, maxName)
	if o.Name == "" && !faults.Has("name") {
		faults.Add("name", fault.M("fault.required"))
	}
	if strings.TrimSpace(in.SIRET) != "" {
		o.SIRET, err = siret.Parse(in.SIRET)
		faults.Add("siret", err)
	}
	o.CustomerNumber = line(&faults, "customer_number", in.CustomerNumber, maxCustomer)
	o.Address = line(&faults, "address", in.Address, maxAddress)
	o.Postcode = line(&faults, "postcode", in.Postcode, maxPostcode)
	o.City = line(&faults, "city", in.City, maxCity)
	if strings.TrimSpace(in.Phone) != "" {
		o.Phone, err = phone.Parse(in.Phone, country)
		faults.Add("phone", err)
	}
	o.Website, err = website(in.Website)
	faults.Add("website", err)
	return o, faults.Err()
}

func line(faults *fault.Fields, field, s string, most int) string {
	v, err := name.Line(s, most)
	faults.Add(field, err)
	return v
}

// website takes a web address as people type it, with or without «https://», and refuses other schemes.
func website(s string) (string, error) {
	s, err := name.Line(s, maxWebsite)
	if err != nil || s == "" {
		return "", err
	}
	full := s
	if !strings.Contains(full, "://") {
		full = "https://" + full
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") || strings.ContainsAny(s, " \"<>") {
		return "", fault.M("organization.website_invalid")
	}
	return full, nil
}

// Create adds an organisation. SIRET and customer number are each unique in the workspace: a taken one is a
// fault.Conflict on its field with a link to the organisation that bears it. If neither is given it gets a
// customer number. Permission: EditOrganizations.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in Input) (Organization, error) {
	if err := by.Need(actor.EditOrganizations); err != nil {
		return Organization{}, err
	}
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err != nil {
		return Organization{}, err
	}
	o, err := in.parse(host.Country)
	if err != nil {
		return Organization{}, err
	}
	o.ID, o.Submission, o.Version = id.NewOrganization(), in.Submission, 1
	o.CreatedAt, o.UpdatedAt, o.UpdatedBy = tx.Now(), tx.Now(), by.Login
	if earlier, err := unique(ctx, tx, by, o, host.Slug); err != nil || !earlier.ID.IsZero() {
		return earlier, err
	}
	if o.SIRET.IsZero() && o.CustomerNumber == "" {
		if o.CustomerNumber, err = draw(ctx, tx, by); err != nil {
			return Organization{}, err
		}
	}
	if err := insert(ctx, tx, by.Workspace, o); err != nil {
		return Organization{}, err
	}
	return o, journal.Record(ctx, tx, by, journal.Entry{
		Kind: "organization.created", Subject: o.Subject(), Organization: o.ID, Changes: changes(Organization{}, o),
	})
}

func insert(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, o Organization) error {
	_, err := tx.Exec(ctx, `INSERT INTO organization (workspace_id, name_key, city_key, customer_key, `+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		workspace, name.Fold(o.Name), name.Fold(o.City), null(CustomerKey(o.CustomerNumber)),
		o.ID, o.Name, o.SIRET, null(o.CustomerNumber), o.Address, o.Postcode, o.City, o.Phone, o.Website,
		o.Primary, o.ArchivedAt, o.Submission, o.Version, o.CreatedAt, o.UpdatedAt, o.UpdatedBy)
	tx.Tally(workspace, "organizations", 1)
	return err
}

// unique refuses a SIRET or customer number that another organisation of the workspace bears. When that other
// one was made by this very form, it is the answer to a repeated POST, and confirmed by a write.
func unique(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Organization, slug string) (earlier Organization, err error) {
	var faults fault.Fields
	look := func(field, key string, find func() (Organization, error)) error {
		other, err := find()
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil || other.ID == o.ID {
			return err
		}
		if !o.Submission.IsZero() && other.Submission == o.Submission {
			earlier = other
			return nil
		}
		m := fault.M(key, "Name", other.Name)
		m.Link = "/" + slug + "/office/organizations/" + other.ID.String()
		faults.Add(field, m)
		return nil
	}
	if !o.SIRET.IsZero() {
		err = look("siret", "organization.siret_taken", func() (Organization, error) { return BySIRET(ctx, tx, by, o.SIRET) })
	}
	if err == nil && o.CustomerNumber != "" {
		err = look("customer_number", "organization.customer_number_taken", func() (Organization, error) { return ByCustomerNumber(ctx, tx, by, o.CustomerNumber) })
	}
	if err != nil {
		return Organization{}, err
	}
	if err := faults.Err(); err != nil {
		taken := fault.As(err)
		taken.Kind = fault.Conflict
		return Organization{}, taken
	}
	if earlier.ID.IsZero() && o.SIRET.IsZero() && o.CustomerNumber == "" && !o.Submission.IsZero() {
		return bySubmission(ctx, tx, by, o)
	}
	if !earlier.ID.IsZero() {
		return earlier, touch(ctx, tx, by, earlier)
	}
	return Organization{}, nil
}

// bySubmission finds what this form made before, where neither SIRET nor customer number tells: among those of
// the same name. None is no error.
func bySubmission(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Organization) (Organization, error) {
	earlier, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND name_key = $2 AND submission = $3`,
		by.Workspace, name.Fold(o.Name), o.Submission)
	if fault.Is(err, fault.NotFound) {
		return Organization{}, nil
	}
	if err != nil {
		return Organization{}, err
	}
	return earlier, touch(ctx, tx, by, earlier)
}

// touch confirms by a write what is there already, so that the answer is as durable as the first one was.
func touch(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Organization) error {
	_, err := tx.Exec(ctx, `UPDATE organization SET version = version WHERE workspace_id = $1 AND id = $2`, by.Workspace, o.ID)
	return err
}

// draw gives a customer number that nobody typed before: "N-000123".
func draw(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (string, error) {
	for {
		n, err := tx.Next(ctx, by.Workspace, "customer")
		if err != nil {
			return "", err
		}
		s := fmt.Sprintf("N-%06d", n)
		_, err = ByCustomerNumber(ctx, tx, by, s)
		if fault.Is(err, fault.NotFound) {
			return s, nil
		}
		if err != nil {
			return "", err
		}
	}
}

// Edit changes the general information. The SIRET is not among it (see contact.Identify), nor is the customer
// number of an organisation without SIRET, which identifies its contacts. A version that is no longer the
// current one is a fault.Conflict «fault.version» that comes with the current values, and nothing is overwritten;
// but what is there already as wanted (a form sent twice) is confirmed. Permission: EditOrganizations.
func Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization, in Input) (Organization, error) {
	if err := by.Need(actor.EditOrganizations); err != nil {
		return Organization{}, err
	}
	before, err := Lock(ctx, tx, by, organization)
	if err != nil {
		return Organization{}, err
	}
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err != nil {
		return Organization{}, err
	}
	in.SIRET = ""
	after, err := in.parse(host.Country)
	if before.SIRET.IsZero() && CustomerKey(in.CustomerNumber) != CustomerKey(before.CustomerNumber) {
		err = join(err, "customer_number", fault.M("organization.customer_number_identifies"))
	}
	if err != nil {
		return Organization{}, err
	}
	o := before
	o.Name, o.CustomerNumber, o.Address, o.Postcode, o.City, o.Phone, o.Website =
		after.Name, after.CustomerNumber, after.Address, after.Postcode, after.City, after.Phone, after.Website
	if before.Version != in.Version && len(changes(before, o)) > 0 {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	if _, err := unique(ctx, tx, by, o, host.Slug); err != nil {
		return Organization{}, err
	}
	return o, o.save(ctx, tx, by, before, "organization.edited", "")
}

// join adds one more fault to what parse found, if anything.
func join(err error, field string, m fault.Message) error {
	var faults fault.Fields
	if f := fault.As(err); f != nil {
		for _, x := range f.Fields {
			faults.Add(x.Name, x.Message)
		}
	} else if err != nil {
		return err
	}
	faults.Add(field, m)
	return faults.Err()
}

// save writes what differs from before, with its line in the history; nothing differing writes no line.
func (o *Organization) save(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before Organization, kind, comment string) error {
	differing := changes(before, *o)
	if len(differing) == 0 {
		return touch(ctx, tx, by, *o)
	}
	o.Version, o.UpdatedAt, o.UpdatedBy = before.Version+1, tx.Now(), by.Login
	n, err := tx.Exec(ctx, `UPDATE organization SET name = $1, name_key = $2, siret = $3, customer_number = $4, customer_key = $5, address = $6,
			postcode = $7, city = $8, city_key = $9, phone = $10, website = $11, archived_at = $12, version = $13, updated_at = $14, updated_by = $15
		WHERE workspace_id = $16 AND id = $17 AND version = $18`,
		o.Name, name.Fold(o.Name), o.SIRET, null(o.CustomerNumber), null(CustomerKey(o.CustomerNumber)), o.Address,
		o.Postcode, o.City, name.Fold(o.City), o.Phone, o.Website, o.ArchivedAt, o.Version, o.UpdatedAt, o.UpdatedBy,
		by.Workspace, o.ID, before.Version)
	if err != nil {
		return err
	}
	if n != 1 {
		return errors.New("organization: changed in spite of its lock")
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: o.Subject(), Organization: o.ID, Changes: differing, Comment: comment})
}

// Archive hides the organisation and shuts its people out until Restore. Doing it again changes nothing.
// Permission: ArchiveOrganizations.
func Archive(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization) (Organization, error) {
	return archive(ctx, tx, by, organization, tx.Now(), "organization.archived")
}

// Restore undoes Archive.
func Restore(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization) (Organization, error) {
	return archive(ctx, tx, by, organization, 0, "organization.restored")
}

func archive(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization, at sqldb.Time, kind string) (Organization, error) {
	if err := by.Need(actor.ArchiveOrganizations); err != nil {
		return Organization{}, err
	}
	before, err := Lock(ctx, tx, by, organization)
	if err != nil {
		return Organization{}, err
	}
	if before.ArchivedAt.IsZero() == at.IsZero() {
		return before, touch(ctx, tx, by, before)
	}
	o := before
	o.ArchivedAt = at
	return o, o.save(ctx, tx, by, before, kind, "")
}

// SetPrimary writes which contact is the primary one; zero = none. Package contact alone calls it.
func SetPrimary(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization, contact id.Contact) error {
	_, err := tx.Exec(ctx, `UPDATE organization SET primary_contact_id = $1 WHERE workspace_id = $2 AND id = $3`, contact, by.Workspace, organization)
	return err
}

// FirstPrimary makes the contact the primary one if there is none, and reports whether it did.
func FirstPrimary(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization, contact id.Contact) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE organization SET primary_contact_id = $1 WHERE workspace_id = $2 AND id = $3 AND primary_contact_id IS NULL`,
		contact, by.Workspace, organization)
	return n == 1, err
}

// Remove takes the organisation away when package contact has emptied it, with its values in the history.
func Remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Organization) error {
	if err := journal.Erase(ctx, tx, by.Workspace, o.ID.UUID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM organization WHERE workspace_id = $1 AND id = $2`, by.Workspace, o.ID); err != nil {
		return err
	}
	tx.Tally(by.Workspace, "organizations", -1)
	return journal.Record(ctx, tx, by, journal.Entry{Kind: "organization.deleted", Subject: o.Subject(), Organization: o.ID})
}

// changes lists what differs, in the order of the form.
func changes(a, b Organization) (list journal.Changes) {
	list.Add("name", a.Name, b.Name)
	list.Add("siret", a.SIRET.Plain(), b.SIRET.Plain())
	list.Add("customer_number", a.CustomerNumber, b.CustomerNumber)
	list.Add("address", a.Address, b.Address)
	list.Add("postcode", a.Postcode, b.Postcode)
	list.Add("city", a.City, b.City)
	list.Add("phone", a.Phone.String(), b.Phone.String())
	list.Add("website", a.Website, b.Website)
	list.Add("archived", flag(a.Archived()), flag(b.Archived()))
	return list
}

func flag(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
