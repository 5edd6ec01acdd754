package contact

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/account"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// What the import and the export need: many contacts at once.

// Parse reads the input as Create does, with every fault of every field, in the order of the form.
func (in Input) Parse(host workspace.Workspace) (Contact, error) {
	var c Contact
	faults := in.parse(host, nil, &c)
	return c, faults.Err()
}

// ByKeys reads those contacts of the workspace whose account bears one of the keys (see name.AccountKey).
// Permission: SeeContacts.
func ByKeys(ctx context.Context, tx *sqldb.Tx, by actor.Actor, keys []string) (map[string]Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil || len(keys) == 0 {
		return nil, err
	}
	type owner struct {
		key     string
		contact id.Contact
	}
	// A subquery rather than a join: PostgreSQL without statistics would walk over both tables.
	in, args := sqldb.In([]any{by.Workspace}, keys)
	owners, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (o owner, err error) { return o, row.Scan(&o.key, &o.contact) },
		`SELECT a.key, (SELECT c.id FROM contact c WHERE c.account_id = a.id AND c.workspace_id = $1) FROM account a WHERE a.key `+in, args...)
	if err != nil {
		return nil, err
	}
	keyOf := make(map[id.Contact]string, len(owners))
	for _, o := range owners {
		if !o.contact.IsZero() { // else it is another workspace's alone
			keyOf[o.contact] = o.key
		}
	}
	found := make(map[string]Contact, len(keyOf))
	if len(keyOf) == 0 {
		return found, nil
	}
	in, args = sqldb.In([]any{by.Workspace}, slices.Collect(maps.Keys(keyOf)))
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND id `+in, args...)
	for _, c := range list {
		found[keyOf[c.ID]] = c
	}
	return found, err
}

// ByNumbers reads those contacts of the workspace that bear one of the numbers. Permission: SeeContacts.
func ByNumbers(ctx context.Context, tx *sqldb.Tx, by actor.Actor, numbers []int64) (map[int64]Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil || len(numbers) == 0 {
		return nil, err
	}
	in, args := sqldb.In([]any{by.Workspace}, numbers)
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND number `+in, args...)
	found := make(map[int64]Contact, len(list))
	for _, c := range list {
		found[c.Number] = c
	}
	return found, err
}

// EmailsInUse tells which of the addresses are the professional one of which contacts. Permission: SeeContacts.
func EmailsInUse(ctx context.Context, tx *sqldb.Tx, by actor.Actor, addresses []string) (map[string][]id.Contact, error) {
	if err := by.Need(actor.SeeContacts); err != nil || len(addresses) == 0 {
		return nil, err
	}
	in, args := sqldb.In([]any{by.Workspace}, addresses)
	found := make(map[string][]id.Contact)
	_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (struct{}, error) {
		var address string
		var contact id.Contact
		err := row.Scan(&address, &contact)
		found[address] = append(found[address], contact)
		return struct{}{}, err
	}, `SELECT email, id FROM contact WHERE workspace_id = $1 AND email `+in, args...)
	return found, err
}

// prefixedAll are the columns of a contact beside those of other tables.
var prefixedAll = "c." + strings.ReplaceAll(columns, ", ", ", c.")

// Exported is a contact with what identifies its organisation.
type Exported struct {
	Contact
	OrganizationName string
	SIRET            siret.SIRET
	CustomerNumber   string
	Primary          bool
}

// Each calls fn with every contact that the filter finds, page, size and order apart: by age, or a query's matches by
// name. It reads some hundred at a time, each in a transaction of its own: what is changed meanwhile may be seen or not.
// Without any filter it is everybody, also of archived organisations. Permission: Export.
func Each(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(Exported) error) error {
	if err := by.Need(actor.Export); err != nil {
		return err
	}
	if f.Plain() {
		f.Shown = Everybody
	}
	next := f.younger
	if strings.TrimSpace(f.Query) != "" {
		matches, err := f.matches(ctx, db, by)
		if err != nil {
			return err
		}
		next = matches.next
	}
	var last Exported
	for {
		var chunk []Exported
		err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
			chunk, err = next(ctx, tx, by, last.ID)
			return err
		})
		if err != nil || len(chunk) == 0 {
			return err
		}
		for _, last = range chunk {
			if err := fn(last); err != nil {
				return err
			}
		}
	}
}

// chunkSize is how many rows one transaction of Each reads.
const chunkSize = 500

const withOrganization = ` CROSS JOIN organization o WHERE o.workspace_id = c.workspace_id AND o.id = c.organization_id`

var exportedColumns = prefixedAll + `, o.name, o.siret, COALESCE(o.customer_number, ''), o.primary_contact_id`

func scanExported(row sqldb.Scanner) (e Exported, err error) {
	var primary id.Contact
	e.Contact, err = scan(followedBy{row, []any{&e.OrganizationName, &e.SIRET, &e.CustomerNumber, &primary}})
	e.Primary = primary == e.ID
	return e, err
}

// followedBy reads some columns after those of a contact.
type followedBy struct {
	sqldb.Scanner
	rest []any
}

func (f followedBy) Scan(dest ...any) error { return f.Scanner.Scan(append(dest, f.rest...)...) }

// younger reads the contacts that came to be after the last one.
func (f Filter) younger(ctx context.Context, tx *sqldb.Tx, by actor.Actor, last id.Contact) ([]Exported, error) {
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	if !last.IsZero() {
		where += ` AND id > ` + q.arg(last)
	}
	return sqldb.List(ctx, tx, scanExported, `SELECT `+exportedColumns+` FROM (SELECT * FROM contact WHERE `+where+` ORDER BY id LIMIT `+q.arg(chunkSize)+`) c`+
		withOrganization+` ORDER BY c.id`, q.args...)
}

// matches are the identifiers of what a query found, still to be read.
type matches []id.Contact

// matches finds all that the query means: what Find's pages show, or, beyond its cap, every beginning.
func (f Filter) matches(ctx context.Context, db *sqldb.DB, by actor.Actor) (*matches, error) {
	var ids matches
	f.Ask = paging.Ask{Page: 1, Size: paging.Sizes[len(paging.Sizes)-1]}
	err := db.View(ctx, func(tx *sqldb.Tx) error {
		for ; ; f.Page++ {
			part, err := Find(ctx, tx, by, f)
			if err != nil {
				return err
			}
			if part.More {
				return ids.beyond(ctx, tx, by, f)
			}
			for _, l := range part.Items {
				ids = append(ids, l.ID)
			}
			if !part.HasNext() {
				return nil
			}
		}
	})
	return &ids, err
}

// beyond finds without a cap.
func (ids *matches) beyond(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) error {
	*ids, f.uncapped = nil, true
	for _, t := range f.beginnings(by) {
		if err := ids.add(ctx, tx, t); err != nil {
			return err
		}
	}
	if len(*ids) > 0 {
		return nil
	}
	return ids.add(ctx, tx, f.within(by, nil))
}

// add appends what a tier finds and no tier before it.
func (ids *matches) add(ctx context.Context, tx *sqldb.Tx, t tier) error {
	if t.text == "" {
		return nil
	}
	known := make(map[id.Contact]bool, len(*ids))
	for _, contact := range *ids {
		known[contact] = true
	}
	found, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM (`+t.text+`) t ORDER BY `+t.order, t.args...)
	for _, contact := range found {
		if !known[contact] {
			*ids = append(*ids, contact)
		}
	}
	return err
}

func (ids *matches) next(ctx context.Context, tx *sqldb.Tx, by actor.Actor, _ id.Contact) ([]Exported, error) {
	for len(*ids) > 0 {
		n := min(chunkSize, len(*ids))
		in, args := sqldb.In([]any{by.Workspace}, (*ids)[:n])
		list, err := sqldb.List(ctx, tx, scanExported, `SELECT `+exportedColumns+` FROM contact c`+withOrganization+
			` AND c.workspace_id = $1 AND c.id `+in+` ORDER BY c.family_key, c.given_key, c.id`, args...)
		if *ids = (*ids)[n:]; err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}

// Key is what the contact's account is known by when its organisation bears the identifier (see
// organization.Identifier).
func (c Contact) Key(identifier string) string {
	return name.AccountKey(c.FamilyName, c.GivenName, identifier)
}

// Addition is a contact that Parse gave, with the organisation that it is added to.
type Addition struct {
	Contact
	At organization.Organization
}

// AddAll adds contacts that ByKeys did not find, by the rules of Create; who has no identifier yet gets one. When
// somebody was quicker, or two of them are one person, it is a fault.Conflict, and nothing is done.
// Permission: EditContacts.
func AddAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, source Source, list []Addition) error {
	if err := by.Need(actor.EditContacts); err != nil {
		return err
	}
	for i := range list {
		c := &list[i].Contact
		c.Source, c.Role, c.CreatedAt = source, User, tx.Now()
	}
	return addAll(ctx, tx, by, list)
}

// addAll writes the contacts, with their numbers, accounts and first lines in the history.
func addAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Addition) error {
	if err := sameOrganizations(ctx, tx, by, list); err != nil {
		return err
	}
	accounts, err := holdAll(ctx, tx, by, list)
	if err != nil {
		return err
	}
	rows, entries := make([][]any, len(list)), make([]journal.Entry, len(list))
	for i := range list {
		c := &list[i].Contact
		c.Organization, c.Account, c.Version, c.UpdatedAt, c.UpdatedBy = list[i].At.ID, accounts[i], 1, tx.Now(), by.Login
		if c.ID.IsZero() {
			c.ID = id.NewContact()
		}
		if c.Number, err = tx.Next(ctx, by.Workspace, "contact"); err != nil {
			return err
		}
		rows[i] = c.values(by)
		entries[i] = c.created()
	}
	if err := tx.InsertAll(ctx, `contact (`+insertColumns+`)`, rows); err != nil {
		return err
	}
	tx.Tally(by.Workspace, "contacts", int64(len(list)))
	if err := firstPrimaries(ctx, tx, by, list); err != nil {
		return err
	}
	return journal.RecordAll(ctx, tx, by, entries)
}

// sameOrganizations holds the organisations as the caller read them: one that got another identifier since, was archived
// or deleted, is a fault.Conflict.
func sameOrganizations(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Addition) error {
	ids := make([]id.Organization, len(list))
	for i, a := range list {
		ids[i] = a.At.ID
	}
	now, err := organization.HoldAll(ctx, tx, by, ids)
	if err != nil {
		return err
	}
	for _, a := range list {
		o, ok := now[a.At.ID]
		if !ok || o.Archived() || o.Identifier(by.Workspace) != a.At.Identifier(by.Workspace) {
			return fault.New(fault.Conflict, "fault.conflict")
		}
	}
	return nil
}

// holdAll gives the accounts of all, new or not, and holds them: in the order of their keys, so that two imports at
// once wait for each other in the same order.
func holdAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Addition) ([]id.Account, error) {
	place := make(map[string]int, len(list))
	for i, a := range list {
		place[a.Key(a.At.Identifier(by.Workspace))] = i
	}
	if len(place) < len(list) {
		return nil, fault.New(fault.Conflict, "fault.conflict")
	}
	accounts := make([]id.Account, len(list))
	found, err := account.HoldAll(ctx, tx, slices.Sorted(maps.Keys(place)))
	for key, a := range found {
		accounts[place[key]] = a
	}
	return accounts, err
}

// firstPrimaries makes the first of the contacts the primary one where there is none.
func firstPrimaries(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Addition) error {
	seen := make(map[id.Organization]bool)
	for _, a := range list {
		if !a.At.Primary.IsZero() || a.Source == Landing || seen[a.At.ID] {
			continue
		}
		seen[a.At.ID] = true
		if _, err := organization.FirstPrimary(ctx, tx, by, a.At.ID, a.ID); err != nil {
			return err
		}
	}
	return nil
}
