package contact

import (
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/account"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact/logins"
	"github.com/entregent/entregent/internal/contact/words"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// NewName is what the pencil's dialog asks (manual 1, figure 2; product.md §3, « Rename »).
type NewName struct {
	FamilyName string
	GivenName  string
	Another    bool  // « Une autre personne »: login and credentials of the former one are cleared
	Version    int64 // the version that the person saw
}

// Rename gives the contact another name. The same key is another spelling of the same name and changes that only.
// A name whose account exists already is a fault.Conflict «contact.account_exists» on family_name, and nothing is
// changed: the face counts these refusals, since they are the one answer that tells of other workspaces. Otherwise
// the account is modified if no other contact uses it, or this contact gets a new one; nothing tells which.
// The same person keeps login, role and authorisation. For another person login, its e-mail, joining, credentials,
// pending invitations and the date of the last sign-in are cleared, which is refused for a super_admin. A version that is no longer the current
// one is a fault.Conflict «fault.version» with the contact as it is now, unless it bears the wanted name already.
// Permission: EditContacts.
func Rename(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact, to NewName) (Contact, error) {
	if err := by.Need(actor.EditContacts); err != nil {
		return Contact{}, err
	}
	before, org, err := Hold(ctx, tx, by, contact)
	if err != nil {
		return Contact{}, err
	}
	after := before
	var faults fault.Fields
	after.FamilyName, err = name.ParsePart(to.FamilyName)
	faults.Add("family_name", err)
	after.GivenName, err = name.ParsePart(to.GivenName)
	faults.Add("given_name", err)
	if err := faults.Err(); err != nil {
		return before, err
	}
	if before.Version != to.Version && len(changes(before, after)) > 0 {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	act := Respell
	if to.Another {
		act = Replace
	}
	m := move{&after, before.Key(org.Identifier(by.Workspace)), after.Key(org.Identifier(by.Workspace))}
	if m.from == m.to {
		act = Respell // another spelling is the same person's, whatever was said
	}
	if err := before.Allow(by, act); err != nil {
		return before, err
	}
	if m.from == m.to {
		return after, after.saveName(ctx, tx, by, before, "contact.respelled")
	}
	if to.Another {
		after.clearPerson(tx.Now())
		if err := mayReplace(ctx, tx, by, before, after); err != nil {
			return before, err
		}
	}
	refused, err := rekey(ctx, tx, by, []move{m})
	if err == nil && len(refused) > 0 {
		err = fault.OnField(fault.Conflict, "family_name", fault.M("contact.account_exists"))
	}
	if err != nil {
		return before, err
	}
	kind := "contact.renamed"
	if to.Another {
		kind = "contact.replaced"
	}
	if err := after.saveName(ctx, tx, by, before, kind); err != nil || !to.Another {
		return after, err
	}
	if err := invitation.ForgetContact(ctx, tx, by.Workspace, after.ID); err != nil { // they hold no more (LoginEpoch); now they are gone
		return after, err
	}
	if err := notice.ForgetReader(ctx, tx, by.Workspace, after.ID); err != nil {
		return after, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM request_party WHERE workspace_id = $1 AND contact_id = $2`, by.Workspace, after.ID); err != nil {
		return after, err // whose requests they followed was somebody else
	}
	return after, logins.Drop(ctx, tx, before.Login)
}

// clearPerson forgets how the former person came in, also where their letters went; what the host decided about the
// contact stays.
func (c *Contact) clearPerson(now sqldb.Time) {
	c.replacedAt = now
	c.LoginEmail, c.Login, c.JoinedAt, c.CredentialsSentAt, c.LastSignInAt = email.Address{}, id.Login{}, 0, 0, 0
	c.LoginEpoch++
}

// move is a contact whose account gets another key.
type move struct {
	contact  *Contact
	from, to string
}

// rekey gives each contact the account of its other key, which nobody may bear yet: its own, modified, if no other
// contact uses that, else a new one. Whose key somebody bears already is refused, and then
// nothing may stay. Accounts and keys are held in the order of the keys, whichever are the lower.
func rekey(ctx context.Context, tx *sqldb.Tx, by actor.Actor, moves []move) (refused []*Contact, err error) {
	if len(moves) == 0 {
		return nil, nil
	}
	slices.SortFunc(moves, func(a, b move) int { return strings.Compare(a.to, b.to) })
	accounts, keys := make([]id.Account, len(moves)), make([]string, len(moves))
	for i, m := range moves {
		accounts[i], keys[i] = m.contact.Account, m.to
	}
	var fresh map[string]id.Account
	steps := []func() error{
		func() error { return account.Lock(ctx, tx, accounts) },
		func() (err error) { fresh, err = account.Take(ctx, tx, keys); return err },
	}
	if moves[0].to < moves[0].from {
		slices.Reverse(steps)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	for _, m := range moves {
		if _, free := fresh[m.to]; !free {
			refused = append(refused, m.contact)
		}
	}
	if len(refused) > 0 {
		return refused, nil
	}
	return nil, settle(ctx, tx, by, moves, accounts, fresh)
}

// settle modifies the accounts that no other contact uses, and gives fresh ones to the contacts of the others.
func settle(ctx context.Context, tx *sqldb.Tx, by actor.Actor, moves []move, accounts []id.Account, fresh map[string]id.Account) error {
	elsewhere, err := usedElsewhere(ctx, tx, by, accounts)
	if err != nil {
		return err
	}
	var own, spare, given []id.Account
	var keys []string
	var to []id.Contact
	for _, m := range moves {
		if elsewhere[m.contact.Account] {
			m.contact.Account = fresh[m.to]
			to, given = append(to, m.contact.ID), append(given, m.contact.Account)
			continue
		}
		own, keys, spare = append(own, m.contact.Account), append(keys, m.to), append(spare, fresh[m.to])
	}
	if err := account.Remove(ctx, tx, spare); err != nil {
		return err
	}
	if err := account.Modify(ctx, tx, own, keys); err != nil {
		return err
	}
	for len(to) > 0 {
		n := min(sqldb.Many, len(to))
		in, args := sqldb.In(tx, []any{by.Workspace}, to[:n])
		each, args := sqldb.Case(args, "id", to[:n], "account_id", given[:n])
		if _, err := tx.Exec(ctx, `UPDATE contact SET account_id = `+each+` WHERE workspace_id = $1 AND id `+in, args...); err != nil {
			return err
		}
		to, given = to[n:], given[n:]
	}
	return nil
}

// usedElsewhere tells which of the accounts contacts of other workspaces use: in its own, an account has one contact.
func usedElsewhere(ctx context.Context, tx *sqldb.Tx, by actor.Actor, accounts []id.Account) (map[id.Account]bool, error) {
	found := make(map[id.Account]bool)
	for chunk := range slices.Chunk(accounts, sqldb.Many) {
		in, args := sqldb.In(tx, []any{by.Workspace}, chunk)
		list, err := sqldb.List(ctx, tx, sqldb.Value[id.Account], `SELECT account_id FROM contact WHERE workspace_id <> $1 AND account_id `+in, args...)
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			found[a] = true
		}
	}
	return found, nil
}

// saveName writes the name and what came with it.
func (c *Contact) saveName(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before Contact, kind string) error {
	differing := changes(before, *c)
	if len(differing) > 0 {
		c.Version, c.UpdatedAt, c.UpdatedBy = before.Version+1, tx.Now(), by.Who()
	}
	_, err := tx.Exec(ctx, `UPDATE contact SET family_name = $1, given_name = $2, family_key = $3, given_key = $4, account_id = $5, login_id = $6,
			joined_at = $7, credentials_sent_at = $8, `+lastSignIn("$7", "$9")+`, login_email = $10, login_epoch = $11, version = $12, updated_at = $13, updated_by = $14,
			replaced_at = COALESCE($15, replaced_at)
		WHERE workspace_id = $16 AND id = $17`,
		c.FamilyName, c.GivenName, c.FamilyName.Key(), c.GivenName.Key(), c.Account, c.Login,
		c.JoinedAt, c.CredentialsSentAt, c.LastSignInAt, c.LoginEmail, c.LoginEpoch, c.Version, c.UpdatedAt, c.UpdatedBy, c.replacedAt, by.Workspace, c.ID)
	if err != nil || len(differing) == 0 {
		return err
	}
	if err := words.Replace(ctx, tx, by.Workspace, before.named(), c.named()); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: c.Subject(), Organization: c.Organization, Changes: differing})
}
