package delegation

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Gift is what somebody is about to give: to a new contact, or to one that is there by a change of it.
type Gift struct {
	Admin   bool          // the role
	Login   bool          // a login that was off
	Address email.Address // by which one comes in from now on, if that is another than it was; zero = as it was
}

// Bounds are an envelope as it binds one caller, with the words for refusing: nothing binds staff.
type Bounds struct {
	Envelope
	Host string // the workspace's name, which the refusals say
}

// Of reads what binds the caller in the organisation. Who acts by it holds the organisation.
// Permission: SeeOrganizations, of one's own organisation SeeColleaguesAccess.
func Of(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization) (Bounds, error) {
	if by.Kind != actor.Contact {
		return Bounds{Envelope: everything}, by.Need(actor.SeeOrganizations)
	}
	e, err := Get(ctx, tx, by, organization)
	if err != nil || e.Version == 0 {
		return Bounds{Envelope: e}, err
	}
	host, err := workspace.Get(ctx, tx, by.Workspace)
	return Bounds{e, host.Name}, err
}

// Add is nil if contacts may be added; else a fault.Forbidden that says whom to ask.
func (b Bounds) Add() error { return b.unless(b.AddContacts, "delegation.contacts_by_host") }

// Admin is nil if the role admin may be given; else a fault.Forbidden that says whom to ask.
func (b Bounds) Admin() error { return b.unless(b.GiveAdmin, "delegation.admin_by_host") }

// Login is nil if one more login may be switched on where others are on already; else a fault.Forbidden that says whom to
// ask.
func (b Bounds) Login(others int64) error {
	if b.MaxLogins > 0 && others >= b.MaxLogins && b.GiveLogins {
		return fault.New(fault.Forbidden, "delegation.max_logins", "N", b.MaxLogins, "Host", b.Host)
	}
	return b.Addresses()
}

// Addresses is nil if login e-mails may be given and changed; else a fault.Forbidden that says whom to ask.
func (b Bounds) Addresses() error { return b.unless(b.GiveLogins, "delegation.logins_by_host") }

// Address is nil if one may come in by the address; else a fault.Forbidden that says by which, and whom to ask.
func (b Bounds) Address(a email.Address) error {
	if len(b.LoginDomains) == 0 || slices.Contains(b.LoginDomains, a.Domain()) {
		return b.Addresses()
	}
	if err := b.Addresses(); err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "delegation.domain", "Domains", b.LoginDomains, "Host", b.Host)
}

func (b Bounds) unless(allowed bool, key string) error {
	if allowed {
		return nil
	}
	return fault.New(fault.Forbidden, key, "Host", b.Host)
}

// Check puts what is refused of the gift beside its field: role, login_enabled, login_email. Others are the logins that
// are on already.
func (b Bounds) Check(faults *fault.Fields, g Gift, others int64) {
	add := func(field string, err error) {
		if f := fault.As(err); f != nil && !faults.Has(field) {
			faults.Add(field, f.Message)
		}
	}
	if g.Admin {
		add("role", b.Admin())
	}
	if g.Login {
		add("login_enabled", b.Login(others))
	}
	if !g.Address.IsZero() {
		add("login_email", b.Address(g.Address))
	}
}
