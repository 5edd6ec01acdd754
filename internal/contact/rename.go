package contact

import (
	"context"

	"github.com/entregent/entregent/internal/account"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
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
// The same person keeps login, role and authorisation. For another person login, joining, credentials and the
// date of the last sign-in are cleared, which is refused for a super_admin. A version that is no longer the current
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
	if after.key(by, org) == before.key(by, org) {
		return after, after.saveName(ctx, tx, by, before, "contact.respelled")
	}
	if to.Another {
		if before.Role == SuperAdmin {
			return before, fault.New(fault.Conflict, "contact.super_admin_stays")
		}
		after.clearPerson()
	}
	if err := after.rekey(ctx, tx, after.key(by, org)); err != nil {
		return before, err
	}
	kind := "contact.renamed"
	if to.Another {
		kind = "contact.replaced"
	}
	if err := after.saveName(ctx, tx, by, before, kind); err != nil || !to.Another {
		return after, err
	}
	return after, dropLogin(ctx, tx, before.Login)
}

func (c Contact) key(by actor.Actor, org organization.Organization) string {
	return name.AccountKey(c.FamilyName, c.GivenName, org.Identifier(by.Workspace))
}

// clearPerson forgets how the former person came in; what the host decided about the contact stays.
func (c *Contact) clearPerson() {
	c.Login, c.JoinedAt, c.CredentialsSentAt, c.LastSignInAt = id.Login{}, 0, 0, 0
}

// rekey moves the contact to the account of the key, which nobody may bear yet.
func (c *Contact) rekey(ctx context.Context, tx *sqldb.Tx, key string) error {
	if err := account.Lock(ctx, tx, c.Account); err != nil {
		return err
	}
	fresh, free, err := account.Take(ctx, tx, key)
	if err != nil {
		return err
	}
	if !free {
		return fault.OnField(fault.Conflict, "family_name", fault.M("contact.account_exists"))
	}
	others, err := used(ctx, tx, c.Account, c.ID)
	if err != nil {
		return err
	}
	if others {
		c.Account = fresh
		return nil
	}
	if err := account.Remove(ctx, tx, fresh); err != nil {
		return err
	}
	return account.Modify(ctx, tx, c.Account, key)
}

// used reports whether any contact but this one, in whichever workspace, uses the account.
func used(ctx context.Context, tx *sqldb.Tx, a id.Account, but id.Contact) (bool, error) {
	n, err := sqldb.One(ctx, tx, sqldb.Value[int64],
		`SELECT count(*) FROM (SELECT 1 FROM contact WHERE account_id = $1 AND id <> $2 LIMIT 1) u`, a, but)
	return n > 0, err
}

// saveName writes the name and what came with it.
func (c *Contact) saveName(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before Contact, kind string) error {
	differing := changes(before, *c)
	if len(differing) > 0 {
		c.Version, c.UpdatedAt, c.UpdatedBy = before.Version+1, tx.Now(), by.Login
	}
	_, err := tx.Exec(ctx, `UPDATE contact SET family_name = $1, given_name = $2, family_key = $3, given_key = $4, account_id = $5, login_id = $6,
			joined_at = $7, credentials_sent_at = $8, last_sign_in_at = $9, version = $10, updated_at = $11, updated_by = $12
		WHERE workspace_id = $13 AND id = $14`,
		c.FamilyName, c.GivenName, c.FamilyName.Key(), c.GivenName.Key(), c.Account, c.Login,
		c.JoinedAt, c.CredentialsSentAt, c.LastSignInAt, c.Version, c.UpdatedAt, c.UpdatedBy, by.Workspace, c.ID)
	if err != nil || len(differing) == 0 {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: c.Subject(), Organization: c.Organization, Changes: differing})
}
