package access_test

import (
	"slices"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/access/verdict"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func TestGates(t *testing.T) {
	t.Run("a person sees the workspace's data if and only if all three gates are open and the organisation is not archived", func(t *testing.T) {
		for n := range 16 {
			g := access.Gates{Joined: n&1 > 0, Enabled: n&2 > 0, Authorized: n&4 > 0, Archived: n&8 > 0}
			if g.Open() != (n == 7) {
				t.Errorf("%+v: open %v", g, g.Open())
			}
			if g.Admit() != (n == 3 || n == 7) {
				t.Errorf("%+v: admits %v", g, g.Admit())
			}
		}
	})
	t.Run("each gate says how it stands, and so often is the answer no as a gate is closed", func(t *testing.T) {
		for n := range 16 {
			var c contact.Contact
			c.LoginEnabled = n&2 > 0
			if n&1 > 0 {
				c.JoinedAt = 1
			}
			if n&4 > 0 {
				c.AuthorizedAt = 1
			}
			closed := 0
			for _, a := range verdict.Of(c, verdict.Standing{Archived: n&8 > 0}) {
				if !a.Open {
					closed++
				}
				for _, language := range locale.Languages() {
					if p := locale.For(language, locale.Company, locale.School, nil); !p.Has(a.Key) {
						t.Errorf("%s has no words for %s", language, a.Key)
					}
				}
			}
			if open := access.Of(c.Row, n&8 > 0).Open(); open != (closed == 0) {
				t.Errorf("%d: open %v with %d closed", n, open, closed)
			}
		}
	})
	t.Run("what is said of a closed gate tells why, in the order of opening", func(t *testing.T) {
		var err error
		keys := func(c contact.Contact, s verdict.Standing) (list []string) {
			for _, a := range verdict.Of(c, s) {
				list = append(list, a.Key)
			}
			return list
		}
		want := []string{"access.archived", "access.enabled.unaddressed", "access.joined.unaddressed", "access.authorized.closed"}
		if got := keys(contact.Contact{}, verdict.Standing{Archived: true}); !slices.Equal(got, want) {
			t.Error(got)
		}
		c := contact.Contact{LoginDisabledBy: "portal"}
		if c.Email, err = email.Parse("yann@corvenne.example"); err != nil {
			t.Fatal(err)
		}
		c.CredentialsSentAt, c.AuthorizedAt = 1, 1
		if got := keys(c, verdict.Standing{}); !slices.Equal(got, []string{"access.enabled.portal", "access.joined.sent", "access.authorized.open"}) {
			t.Error(got)
		}
		if got := keys(c, verdict.Standing{Last: invitation.NotMine}); got[1] != "access.joined.declined" {
			t.Error(got)
		}
		c.JoinedAt, c.LoginEnabled = 1, true
		if got := keys(c, verdict.Standing{Last: invitation.NotMine, Revoked: true}); !slices.Equal(got, []string{"access.enabled.open", "access.joined.open", "access.revoked", "access.authorized.open"}) {
			t.Error(got)
		}
	})
}

func TestAuthorize(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		ctx := t.Context()
		update := func(fn func(*sqldb.Tx) error) {
			t.Helper()
			if err := db.Update(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		var by, stranger actor.Actor
		var c contact.Contact
		update(func(tx *sqldb.Tx) error {
			host, err := workspace.Add(ctx, tx, workspace.New{Slug: "brenval", Name: "École Brenval", Kind: "school"})
			if err != nil {
				return err
			}
			by = actor.Actor{Kind: actor.Staff, Workspace: host.ID, Login: id.NewLogin(), Role: actor.StaffOfficer}
			stranger = by
			if host, err = workspace.Add(ctx, tx, workspace.New{Slug: "orvane", Name: "Orvane", Kind: "vendor"}); err != nil {
				return err
			}
			stranger.Workspace = host.ID
			org, err := organization.Create(ctx, tx, by, organization.Input{Name: "Ateliers Corvenne"})
			if err != nil {
				return err
			}
			c, err = contact.Create(ctx, tx, by, org.ID, contact.Input{FamilyName: "Roussel", GivenName: "Étienne", Source: contact.Import})
			return err
		})
		authorize := func(by actor.Actor) (got contact.Contact, err error) {
			err = db.Update(ctx, func(tx *sqldb.Tx) error { got, err = access.Authorize(ctx, tx, by, c.ID); return err })
			return got, err
		}

		t.Run("it is written once, with who and when", func(t *testing.T) {
			first, err := authorize(by)
			if err != nil || first.AuthorizedAt.IsZero() || first.AuthorizedBy != by.Login {
				t.Fatalf("%+v, %v", first, err)
			}
			clock.Pass(1e9)
			again, err := authorize(by)
			if err != nil || again.AuthorizedAt != first.AuthorizedAt || again.Version != first.Version {
				t.Errorf("%+v, %v", again, err)
			}
			var page journal.Page
			err = db.View(ctx, func(tx *sqldb.Tx) (err error) {
				page, err = journal.Find(ctx, tx, by, journal.Filter{Kind: "contact.authorized"})
				return err
			})
			if err != nil || len(page.Lines) != 1 {
				t.Errorf("%d lines, %v", len(page.Lines), err)
			}
		})
		t.Run("nobody authorises another workspace's contact, nor without the permission", func(t *testing.T) {
			if _, err := authorize(stranger); !fault.Is(err, fault.NotFound) {
				t.Errorf("got %v", err)
			}
			if _, err := authorize(actor.Actor{Workspace: by.Workspace}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("got %v", err)
			}
		})
	})
}
