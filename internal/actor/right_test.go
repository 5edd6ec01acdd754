package actor_test

import (
	"slices"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
)

// withheld is what staff may and no token may be given: people and what lets them in, settings and words, and letters to a whole
// selection at once, which staff look at before they send them (a program sends them one by one).
var withheld = []actor.Permission{
	actor.SendToMany, actor.Import, actor.SeeTeam, actor.EditTeam, actor.EditSettings, actor.EditTokens, actor.EditWebhooks, actor.SeeLetters, actor.EditLetters,
	actor.EditCannedAnswers, actor.EditOfferForm,
}

func holding(list ...actor.Right) actor.Actor {
	var names []string
	for _, r := range list {
		names = append(names, string(r))
	}
	set, _ := actor.ReadRights(names)
	return actor.OfToken(1, id.NewToken(), set)
}

func TestRights(t *testing.T) {
	staff := func(role actor.Role) actor.Actor {
		return actor.Actor{Kind: actor.Staff, Workspace: 1, Login: id.NewLogin(), Role: role}
	}
	officer, admin := staff(actor.StaffOfficer), staff(actor.StaffAdmin)
	t.Run("a right covers what officers may, and one for admins what admins alone may besides", func(t *testing.T) {
		for _, r := range actor.AllRights() {
			for _, p := range actor.Permissions() {
				if !holding(r).May(p) {
					continue
				}
				if !admin.May(p) || !officer.May(p) && !r.IsForAdmins() {
					t.Errorf("%s: %s", r, p)
				}
			}
		}
	})
	t.Run("everything that staff may is covered by a right or withheld from all tokens, never both", func(t *testing.T) {
		all := holding(actor.AllRights()...)
		for _, p := range actor.Permissions() {
			if all.May(p) == slices.Contains(withheld, p) && admin.May(p) {
				t.Errorf("%s: a token may: %t", p, all.May(p))
			}
			if all.May(p) && !admin.May(p) {
				t.Errorf("%s", p)
			}
		}
	})
	t.Run("who writes a noun reads it", func(t *testing.T) {
		for write, read := range map[actor.Right]actor.Right{actor.OrganizationsWrite: actor.OrganizationsRead, actor.ContactsWrite: actor.ContactsRead,
			actor.OffersWrite: actor.OffersRead, actor.DocumentsWrite: actor.DocumentsRead, actor.RequestsWrite: actor.RequestsRead, actor.InvoicesWrite: actor.InvoicesRead, actor.JournalWrite: actor.JournalRead} {
			for _, p := range actor.Permissions() {
				if holding(read).May(p) && !holding(write).May(p) {
					t.Errorf("%s: %s", write, p)
				}
			}
		}
	})
	t.Run("contacts are no business of who may only see organisations", func(t *testing.T) {
		if by := holding(actor.OrganizationsRead, actor.OrganizationsWrite, actor.InvoicesWrite); by.May(actor.SeeContacts) || !by.May(actor.EditOrganizations) {
			t.Error(by.Rights.Names())
		}
	})
	t.Run("without rights, without a token, without a workspace, or in another role nothing is allowed", func(t *testing.T) {
		full := holding(actor.AllRights()...)
		bare, homeless, raised := full, full, full
		bare.Token, homeless.Workspace, raised.Role = id.Token{}, 0, actor.ProgramRole
		for _, by := range []actor.Actor{holding(), bare, homeless, raised} {
			for _, p := range actor.Permissions() {
				if by.May(p) {
					t.Errorf("%+v: %s", by, p)
				}
			}
		}
	})
	t.Run("rights are read from their texts, and unknown ones told", func(t *testing.T) {
		set, unknown := actor.ReadRights([]string{"contacts:write", "export", "contacts:read"})
		if unknown != "" || !slices.Equal(set.Names(), []string{"contacts:read", "contacts:write", "export"}) || !set.Has(actor.ContactsRead) || set.Has(actor.InvoicesRead) {
			t.Errorf("%v, %q", set.Names(), unknown)
		}
		if set, unknown := actor.ReadRights([]string{"contacts:read", "contacts:*"}); set != 0 || unknown != "contacts:*" {
			t.Errorf("%v, %q", set.Names(), unknown)
		}
	})
	t.Run("the history keeps the token", func(t *testing.T) {
		if by := holding(); by.Who() != by.Token.UUID {
			t.Error(by.Who())
		}
	})
}
