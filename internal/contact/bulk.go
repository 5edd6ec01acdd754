package contact

import (
	"context"
	"maps"
	"slices"

	"github.com/entregent/entregent/internal/account"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact/words"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

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
	in, args := sqldb.In(tx, []any{by.Workspace}, keys)
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
	in, args = sqldb.In(tx, []any{by.Workspace}, slices.Collect(maps.Keys(keyOf)))
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
	in, args := sqldb.In(tx, []any{by.Workspace}, numbers)
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
	return emailsInUse(ctx, tx, by, addresses)
}

// emailsInUse tells an organisation's own people of those whom the portal shows them alone.
func emailsInUse(ctx context.Context, tx *sqldb.Tx, by actor.Actor, addresses []string) (map[string][]id.Contact, error) {
	within, args := ``, []any{by.Workspace}
	if by.Kind == actor.Contact {
		within, args = ` AND organization_id = $2 AND NOT (`+Unseen+`)`, append(args, by.Organization)
	}
	in, args := sqldb.In(tx, args, addresses)
	found := make(map[string][]id.Contact)
	_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (struct{}, error) {
		var address string
		var contact id.Contact
		err := row.Scan(&address, &contact)
		found[address] = append(found[address], contact)
		return struct{}{}, err
	}, `SELECT email, id FROM contact WHERE workspace_id = $1`+within+` AND email `+in, args...)
	return found, err
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
// Permission: Import.
func AddAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, source Source, list []Addition) error {
	if err := by.Need(actor.Import); err != nil {
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
	rows, entries, named := make([][]any, len(list)), make([]journal.Entry, len(list)), make([]words.Named, len(list))
	for i := range list {
		c := &list[i].Contact
		c.Organization, c.Account, c.Version, c.UpdatedAt, c.UpdatedBy = list[i].At.ID, accounts[i], 1, tx.Now(), by.Who()
		if c.ID.IsZero() {
			c.ID = id.NewContact()
		}
		if c.Number, err = tx.Next(ctx, by.Workspace, "contact"); err != nil {
			return err
		}
		rows[i], entries[i], named[i] = c.values(by), c.created("contact.created"), c.named()
	}
	if err := tx.InsertAll(ctx, `contact (`+insertColumns+`)`, rows); err != nil {
		return err
	}
	if err := words.Add(ctx, tx, by.Workspace, named...); err != nil {
		return err
	}
	for i := range list {
		tally(tx, by, list[i].At.ID, 1, false)
	}
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
