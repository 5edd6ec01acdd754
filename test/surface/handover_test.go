package surface

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// leader is somebody new of the organisation who has joined with that role.
func (in *installation) leader(h host, of id.Organization, role contact.Role) contact.Contact {
	in.t.Helper()
	_, letters := in.next()
	c := in.join(h, in.newLogin(h, letters+"@leaders.example", "Maël Kerannic"), in.person(h, of), role, nil)
	return in.get(h, c.ID)
}

// archived reports whether the contact's organisation is.
func (in *installation) archived(h host, c contact.Contact) (archived bool) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		o, err := organization.Get(ctx, tx, h.by, c.Organization)
		archived = o.Archived()
		return err
	})
	return archived
}

// offer is one of the role super_admin that the person has made, or was made; where they can do neither, one between others.
func (s *scene) offer() id.Handover {
	s.in.t.Helper()
	if home, ok := s.in.homes[s.who]; ok && !s.in.archived(s.host, home) {
		switch c := s.in.get(s.host, home.ID); c.Role {
		case contact.SuperAdmin:
			if o, ok := s.in.offered(s.host, c, s.in.leader(s.host, c.Organization, contact.Admin)); ok {
				return o.ID
			}
		case contact.Admin:
			if o, ok := s.in.offered(s.host, s.in.leader(s.host, c.Organization, contact.SuperAdmin), c); ok {
				return o.ID
			}
		}
	}
	of := s.in.organization(s.host).ID
	o, _ := s.in.offered(s.host, s.in.leader(s.host, of, contact.SuperAdmin), s.in.leader(s.host, of, contact.Admin))
	return o.ID
}

// offered has the one offer their role to the other, in place of the offer that is open; false where that is refused.
func (in *installation) offered(h host, giver, taker contact.Contact) (o handover.Offer, ok bool) {
	in.t.Helper()
	by := actor.Actor{
		Kind: actor.Contact, Workspace: h.ID, Login: giver.Login, Contact: giver.ID, Organization: giver.Organization,
		Role: actor.RoleOfContact(string(giver.Role), !giver.AuthorizedAt.IsZero()),
	}
	desk := handover.NewDesk(config.Default().Handover)
	err := in.db.Update(in.t.Context(), func(tx *sqldb.Tx) error {
		open, err := handover.Mine(in.t.Context(), tx, by)
		for _, earlier := range open {
			if _, err := desk.Withdraw(in.t.Context(), tx, by, earlier.ID); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		o, err = desk.Offer(in.t.Context(), tx, by, taker.ID)
		return err
	})
	return o, err == nil
}
