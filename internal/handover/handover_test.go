package handover_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

func (h *town) roles(t *testing.T, want contact.Role, people ...contact.Contact) {
	t.Helper()
	for _, c := range people {
		if got := h.now(c.ID).Role; got != want {
			t.Errorf("%s is %s, want %s", c.GivenName, got, want)
		}
	}
}

func TestOffer(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, ali, eva := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin), h.person(at, "Eva", contact.Admin)
		var o handover.Offer
		t.Run("an offer changes no role; both see it, and whom it is made to gets a letter with a link", func(t *testing.T) {
			o = h.offered(nora, ali)
			h.roles(t, contact.SuperAdmin, nora)
			h.roles(t, contact.Admin, ali)
			if mine := h.mine(h.as(nora)); len(mine) != 1 || mine[0].To.ID != ali.ID || mine[0].ExpiresAt != o.CreatedAt.Add(7*24*time.Hour) {
				t.Errorf("%+v", mine)
			}
			if mine := h.mine(h.as(ali)); len(mine) != 1 || mine[0].From.GivenName.String() != "Nora" {
				t.Errorf("%+v", mine)
			}
			if mine := h.mine(h.as(eva)); len(mine) != 0 {
				t.Errorf("a third sees %+v", mine)
			}
			if text := h.text(ali); !strings.Contains(text, "Nora Corvenne") || !strings.Contains(text, "https://entregent.example/brenval/portal/"+at.ID.String()) {
				t.Error(text)
			}
		})
		t.Run("the same offer again confirms the one that is open; another one is refused", func(t *testing.T) {
			if again, err := h.offer(nora, ali); err != nil || again.ID != o.ID || len(h.lines(ali, "contact.super_admin_offered")) != 1 {
				t.Errorf("%+v, %v", again, err)
			}
			_, err := h.offer(nora, eva)
			isRefused(t, err, fault.Conflict, "", "handover.open")
		})
		t.Run("nobody but the two answers it or takes it back", func(t *testing.T) {
			isRefused(t, h.accept(h.as(eva), o), fault.NotFound, "", "fault.not_found")
			isRefused(t, h.refuse(h.as(eva), o), fault.NotFound, "", "fault.not_found")
			isRefused(t, h.accept(h.as(nora), o), fault.Forbidden, "", "fault.forbidden")
			isRefused(t, h.withdraw(h.as(ali), o), fault.Forbidden, "", "fault.forbidden")
			another := h.person(at, "Ines", contact.SuperAdmin)
			isRefused(t, h.withdraw(h.as(another), o), fault.NotFound, "", "fault.not_found")
			elsewhere := h.person(h.organization(), "Jan", contact.Admin)
			isRefused(t, h.accept(h.as(elsewhere), o), fault.NotFound, "", "fault.not_found")
		})
		t.Run("accepting swaps the roles; both are told, and the history has a line about each", func(t *testing.T) {
			if err := h.accept(h.as(ali), o); err != nil {
				t.Fatal(err)
			}
			h.roles(t, contact.SuperAdmin, ali)
			h.roles(t, contact.Admin, nora)
			for _, c := range []contact.Contact{nora, ali} {
				if subjects := h.told(c); !slices.Contains(subjects, "Le rôle de Super-Admin a été transmis") && !strings.Contains(h.text(c), "passé de Nora Corvenne") {
					t.Errorf("%s: %v", c.GivenName, subjects)
				}
			}
			if len(h.lines(ali, "contact.super_admin_accepted")) != 1 || len(h.lines(nora, "contact.super_admin_handed_over")) != 1 {
				t.Error("lines are missing")
			}
		})
		t.Run("pressed again it is known to be done, and does nothing", func(t *testing.T) {
			if fault.As(h.accept(h.as(ali), o)) == nil || fault.As(h.accept(h.as(h.now(ali.ID)), o)) == nil {
				t.Error("accepted twice")
			}
			now := h.now(ali.ID)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				for c, want := range map[contact.Contact]bool{now: true, nora: false, eva: false} {
					if done, err := handover.IsDone(ctx, tx, h.as(c), o.ID); err != nil || done != want {
						t.Errorf("%s: %v, %v", c.GivenName, done, err)
					}
				}
				return nil
			})
			h.roles(t, contact.SuperAdmin, ali)
			h.roles(t, contact.Admin, nora)
		})
	})
}

func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, ali, eva := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin), h.person(at, "Eva", contact.Admin)
		t.Run("refused: nothing changes, who offered is told, and the role can be offered anew", func(t *testing.T) {
			o := h.offered(nora, ali)
			for range 2 {
				if err := h.refuse(h.as(ali), o); err != nil {
					t.Fatal(err)
				}
			}
			if subjects := h.told(nora); len(subjects) != 1 || !strings.Contains(h.text(nora), "Ali Corvenne") {
				t.Errorf("%v", subjects)
			}
			isRefused(t, h.accept(h.as(ali), o), fault.Conflict, "", "handover.over")
			isRefused(t, h.withdraw(h.as(nora), o), fault.Conflict, "", "handover.over")
			if len(h.lines(ali, "contact.super_admin_refused")) != 1 {
				t.Error("not one line")
			}
		})
		t.Run("withdrawn: whom it was made to is told, and accepts nothing", func(t *testing.T) {
			o := h.offered(nora, eva)
			h.told(eva)
			for range 2 {
				if err := h.withdraw(h.as(nora), o); err != nil {
					t.Fatal(err)
				}
			}
			isRefused(t, h.accept(h.as(eva), o), fault.Conflict, "", "handover.over")
			if subjects := h.told(eva); len(subjects) != 2 || len(h.lines(eva, "contact.super_admin_withdrawn")) != 1 {
				t.Errorf("%v", subjects)
			}
		})
		t.Run("a letter about an offer that was withdrawn before it left is not sent", func(t *testing.T) {
			kim := h.person(at, "Kim", contact.Admin)
			o := h.offered(nora, kim)
			if err := h.withdraw(h.as(nora), o); err != nil {
				t.Fatal(err)
			}
			if subjects := h.told(kim); len(subjects) != 1 {
				t.Errorf("%v", subjects)
			}
		})
		t.Run("after seven days it has expired: nobody accepts it, and both are told once", func(t *testing.T) {
			o := h.offered(nora, ali)
			h.clock.Pass(7*24*time.Hour - time.Second)
			if h.sweep() != 0 || len(h.mine(h.as(ali))) != 1 {
				t.Error("over too early")
			}
			h.clock.Pass(time.Second)
			isRefused(t, h.accept(h.as(ali), o), fault.Conflict, "", "handover.over")
			before := len(h.told(nora))
			if h.sweep() != 1 || h.sweep() != 0 || len(h.told(nora)) != before+1 || len(h.lines(ali, "contact.super_admin_lapsed")) != 1 {
				t.Error("not told once")
			}
		})
		t.Run("an offer that has expired is in nobody's way", func(t *testing.T) {
			h.offered(nora, ali)
			h.clock.Pass(8 * 24 * time.Hour)
			o := h.offered(nora, eva)
			if o.To.ID != eva.ID || len(h.mine(h.as(ali))) != 0 || len(h.lines(ali, "contact.super_admin_lapsed")) != 2 {
				t.Errorf("%+v", o)
			}
		})
	})
}

func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, ali := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin)
		uma := h.person(at, "Uma", contact.User)
		t.Run("only a super_admin offers, and only to an admin who comes in and is authorised", func(t *testing.T) {
			for _, by := range []contact.Contact{ali, uma} {
				_, err := h.offer(by, ali)
				isRefused(t, err, fault.Forbidden, "", "fault.forbidden")
			}
			for _, to := range []contact.Contact{uma, nora, h.person(at, "Sam", contact.SuperAdmin)} {
				_, err := h.offer(nora, to)
				isRefused(t, err, fault.Conflict, "", "handover.to_admins")
			}
			off := h.person(at, "Otto", contact.Admin)
			h.edit(off.ID, contact.Admin, "off")
			_, err := h.offer(nora, off)
			isRefused(t, err, fault.Conflict, "", "handover.to_whoever_comes_in")
		})
		t.Run("whom the caller may not know of does not exist", func(t *testing.T) {
			_, err := h.offer(nora, h.person(h.organization(), "Jan", contact.Admin))
			isRefused(t, err, fault.NotFound, "", "fault.not_found")
			_, err = h.offer(nora, contact.Contact{Row: contact.Row{ID: id.NewContact()}})
			isRefused(t, err, fault.NotFound, "", "fault.not_found")
		})
		t.Run("staff neither offer, accept, refuse nor withdraw", func(t *testing.T) {
			o := h.offered(nora, ali)
			for _, err := range []error{h.accept(h.staff, o), h.refuse(h.staff, o), h.withdraw(h.staff, o)} {
				isRefused(t, err, fault.Forbidden, "", "fault.forbidden")
			}
		})
		t.Run("several super_admins offer each their own role, and touch no other's", func(t *testing.T) {
			at := h.organization()
			one, two, taker := h.person(at, "Una", contact.SuperAdmin), h.person(at, "Doa", contact.SuperAdmin), h.person(at, "Tom", contact.Admin)
			first, second := h.offered(one, taker), h.offered(two, taker)
			if len(h.mine(h.as(taker))) != 2 || len(h.mine(h.as(one))) != 1 {
				t.Error("each has one, the admin both")
			}
			if err := h.accept(h.as(taker), first); err != nil {
				t.Fatal(err)
			}
			h.roles(t, contact.SuperAdmin, two, taker)
			h.roles(t, contact.Admin, one)
			isRefused(t, h.accept(h.as(h.now(taker.ID)), second), fault.Forbidden, "", "fault.forbidden")
			isRefused(t, h.withdraw(h.as(two), second), fault.Conflict, "", "handover.over")
		})
	})
}

// Whatever changes a role or a gate of either voids the offer, for good.
func TestVoid(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		edit := func(role contact.Role, on string) func(*testing.T, contact.Contact, contact.Contact) {
			return func(_ *testing.T, _, taker contact.Contact) { h.edit(taker.ID, role, on) }
		}
		staff := h.staff
		for name, change := range map[string][2]func(t *testing.T, giver, taker contact.Contact){
			"the admin's role":  {edit(contact.User, ""), edit(contact.Admin, "")},
			"the admin's login": {edit("", "off"), edit("", "on")},
			"the archive": {func(*testing.T, contact.Contact, contact.Contact) {}, func(_ *testing.T, giver, _ contact.Contact) {
				h.must(func(ctx context.Context, tx *sqldb.Tx) error {
					if _, err := contact.Archive(ctx, tx, staff, giver.Organization); err != nil {
						return err
					}
					_, err := contact.Restore(ctx, tx, staff, giver.Organization)
					return err
				})
			}},
			"the super_admin's role": {
				func(t *testing.T, giver, taker contact.Contact) {
					third := h.person(h.at(giver), "Tess", contact.Admin)
					if err := h.transfer(staff, giver, handover.Transfer{To: third.ID, Reason: "départ"}); err != nil {
						t.Fatal(err)
					}
				},
				func(t *testing.T, giver, _ contact.Contact) { h.edit(giver.ID, contact.SuperAdmin, "") },
			},
			"the super_admin's login": {func(t *testing.T, giver, _ contact.Contact) { h.changeLogin(giver) }, nil},
			"the admin's person": {func(_ *testing.T, _, taker contact.Contact) {
				version := h.now(taker.ID).Version
				h.must(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := contact.Rename(ctx, tx, staff, taker.ID, contact.NewName{FamilyName: "Tout Autre", GivenName: letters(h.made), Another: true, Version: version})
					return err
				})
			}, nil},
			"the address of the admin's login": {func(_ *testing.T, _, taker contact.Contact) {
				h.must(func(ctx context.Context, tx *sqldb.Tx) error {
					to, _ := email.Parse("neuf" + taker.Email.String())
					return access.Moved(ctx, tx, taker.Login, to)
				})
			}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				at := h.organization()
				giver, taker := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin)
				o := h.offered(giver, taker)
				change[0](t, giver, taker)
				if change[1] != nil {
					change[1](t, giver, taker)
				}
				now := h.now(taker.ID)
				err := h.accept(h.as(now), o)
				if f := fault.As(err); f == nil || f.Message.Key != "handover.over" && f.Kind != fault.Forbidden && f.Kind != fault.NotFound {
					t.Errorf("accepted: %v", err)
				}
				if len(h.mine(h.as(now))) != 0 {
					t.Error("still offered")
				}
				if h.sweep() != 1 {
					t.Error("not swept")
				}
				h.roles(t, contact.SuperAdmin, h.holders(giver)...)
			})
		}
		t.Run("deleting the admin voids the offer, and whoever made it is told by the number that is left", func(t *testing.T) {
			at := h.organization()
			giver, taker := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin)
			h.offered(giver, taker)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return contact.Delete(ctx, tx, staff, taker.ID, id.Contact{})
			})
			if len(h.mine(h.as(giver))) != 0 {
				t.Error("still offered")
			}
			if n := h.sweep(); n != 1 || h.sweep() != 0 {
				t.Errorf("%d swept", n)
			}
			if subjects := h.told(giver); len(subjects) != 1 {
				t.Errorf("%v", subjects)
			}
			if text := h.text(giver); !strings.Contains(text, taker.Label()) || strings.Contains(text, taker.GivenName.String()) {
				t.Error(text)
			}
		})
		t.Run("an admin who was demoted a moment ago accepts nothing and promotes nobody", func(t *testing.T) {
			at := h.organization()
			giver, taker, uma := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Ali", contact.Admin), h.person(at, "Uma", contact.User)
			o := h.offered(giver, taker)
			before := h.as(taker) // as they came in
			h.edit(taker.ID, contact.User, "")
			isRefused(t, h.accept(before, o), fault.Forbidden, "", "fault.forbidden")
			isRefused(t, h.refuse(before, o), fault.Forbidden, "", "fault.forbidden")
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Edit(ctx, tx, before, uma.ID, sheet(uma, contact.Admin, ""))
				return err
			})
			isRefused(t, err, fault.Forbidden, "", "fault.forbidden")
			h.roles(t, contact.User, taker, uma)
		})
	})
}

// holders are the super_admins of the contact's organisation; none is a failure.
func (h *town) holders(of contact.Contact) (list []contact.Contact) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		list, err = active(ctx, tx, h.staff, of.Organization)
		return err
	})
	if len(list) == 0 {
		h.Fatal("no active super_admin is left")
	}
	return list
}

func (h *town) changeLogin(c contact.Contact) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.inviter.ChangeLogin(ctx, tx, h.staff, c.ID, "autre"+c.Email.String(), id.UUID{})
		return err
	})
}

func TestTransfer(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, uma := h.person(at, "Nora", contact.SuperAdmin), h.person(at, "Uma", contact.User)
		form := handover.Transfer{To: uma.ID, Reason: "Départ à la retraite", SwitchOff: true, Submission: id.NewJob().UUID}
		t.Run("only staff admins transfer, with a reason, to a contact of the organisation whose login is on", func(t *testing.T) {
			officer := h.staff
			officer.Role = actor.StaffOfficer
			for _, by := range []actor.Actor{officer, h.as(nora), h.as(uma)} {
				isRefused(t, h.transfer(by, nora, form), fault.Forbidden, "", "fault.forbidden")
			}
			isRefused(t, h.transfer(h.host("orvane"), nora, form), fault.NotFound, "", "fault.not_found")
			off, elsewhere := h.person(at, "Otto", contact.Admin), h.person(h.organization(), "Jan", contact.Admin)
			h.edit(off.ID, contact.Admin, "off")
			for _, c := range []struct {
				to     id.Contact
				reason string
				field  string
				key    string
			}{
				{uma.ID, " ", "reason", "fault.required"}, {id.Contact{}, "x", "to", "fault.required"}, {elsewhere.ID, "x", "to", "fault.choice"},
				{off.ID, "x", "to", "contact.super_admin_needs_login"}, {nora.ID, "x", "to", "handover.super_admin_already"},
			} {
				isRefused(t, h.transfer(h.staff, nora, handover.Transfer{To: c.to, Reason: c.reason}), fault.Invalid, c.field, c.key)
			}
			isRefused(t, h.transfer(h.staff, uma, handover.Transfer{To: nora.ID, Reason: "x"}), fault.Conflict, "", "handover.not_super_admin")
		})
		t.Run("in one act it swaps the roles, switches the old one off, and tells both the reason; the same form again does nothing", func(t *testing.T) {
			for range 2 {
				if err := h.transfer(h.staff, nora, form); err != nil {
					t.Fatal(err)
				}
			}
			h.roles(t, contact.SuperAdmin, uma)
			h.roles(t, contact.Admin, nora)
			if c := h.now(nora.ID); c.LoginEnabled || c.LoginDisabledBy != "staff" {
				t.Error("still on")
			}
			for c, kind := range map[contact.Contact]string{nora: "contact.super_admin_taken", uma: "contact.super_admin_transferred"} {
				if subjects := h.told(c); len(subjects) != 1 || !strings.Contains(h.text(c), "Départ à la retraite") {
					t.Errorf("%s was told %v", c.GivenName, subjects)
				}
				if lines := h.lines(c, kind); len(lines) != 1 || lines[0].Comment != "Départ à la retraite" {
					t.Errorf("%+v", lines)
				}
			}
		})
		t.Run("of several super_admins the other one keeps the role", func(t *testing.T) {
			at := h.organization()
			one, two, taker := h.person(at, "Una", contact.SuperAdmin), h.person(at, "Doa", contact.SuperAdmin), h.person(at, "Tom", contact.User)
			if err := h.transfer(h.staff, one, handover.Transfer{To: taker.ID, Reason: "x"}); err != nil {
				t.Fatal(err)
			}
			h.roles(t, contact.SuperAdmin, two, taker)
			h.roles(t, contact.Admin, one)
		})
	})
}
