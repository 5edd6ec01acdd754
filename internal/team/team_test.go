package team_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact/logins"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/workspace"
)

const anne = "anne@brenval.example"

func TestInvite(t *testing.T) {
	each(t, func(t *testing.T, h *hosts) {
		t.Run("all faults of the fields come at once", func(t *testing.T) {
			err := h.tryInvite(h.school.admin, team.New{Name: " ", Email: "Ännë@x", Role: "owner", Locale: "xx"})
			if f := fault.As(err); f == nil || len(f.Fields) != 4 {
				t.Error(err)
			}
		})
		t.Run("the letter names who invites, to what, and leads to a page on which a password is chosen", func(t *testing.T) {
			h.invite(h.school.admin, newcomer(anne, "officer"))
			l := h.letter(anne)
			for _, want := range []string{"Camille Roux vous invite dans l’équipe de École Brenval", "Gestionnaire", "Anne Le Goff", "Votre code"} {
				if !strings.Contains(l.Text, want) {
					t.Errorf("no %q in %s", want, l.Text)
				}
			}
			if l.Subject(t) != "École Brenval vous invite dans son équipe" || !strings.Contains(l.HTML, "Rejoindre l’équipe") {
				t.Error(l.Subject(t), l.HTML)
			}
			if list := h.list(h.school); len(list) != 1 || list[0].Delivery != invitation.Sent || list[0].Name != "Anne Le Goff" || h.lines(h.school, "staff.invited") != 1 {
				t.Errorf("%+v", list)
			}
			done, err := h.activate(h.token(anne))
			if err != nil || done.Kind != invitation.Staff || done.Host.Slug != "brenval" || done.Entry.Login.Name != "Anne Le Goff" {
				t.Fatalf("%+v %v", done, err)
			}
			if h.role(h.school, done.Entry.Login.ID) != actor.StaffOfficer || h.role(h.vendor, done.Entry.Login.ID) != 0 || len(h.list(h.school)) != 0 || h.lines(h.school, "staff.joined") != 1 {
				t.Errorf("%v %+v", h.role(h.school, done.Entry.Login.ID), h.list(h.school))
			}
			h.isOver(t, h.token(anne))
		})
		t.Run("somebody who belongs to the team is not invited, in whatever role", func(t *testing.T) {
			for _, role := range []string{"officer", "admin"} {
				isRefused(t, h.tryInvite(h.school.admin, newcomer(anne, role)), fault.Conflict, "email", "team.member_already")
			}
		})
		t.Run("somebody who works for another host signs in to accept; inviting them answers as for anybody", func(t *testing.T) {
			h.invite(h.school.admin, newcomer(h.vendor.email, "officer"))
			token := h.token(h.vendor.email)
			_, err := h.door.Activate(t.Context(), invitation.Activation{Token: token, Password: "another good passphrase here"})
			isRefused(t, err, fault.Invalid, "password", "login.password.wrong")
			_, err = h.door.Activate(t.Context(), invitation.Activation{Token: token, Login: h.school.admin.Login})
			isRefused(t, err, fault.Conflict, "", "invitation.signed_in_otherwise")
			if done, err := h.activate(token); err != nil || done.Entry.Login.ID != h.vendor.admin.Login {
				t.Errorf("%+v %v", done, err)
			}
			if h.role(h.school, h.vendor.admin.Login) != actor.StaffOfficer || h.role(h.vendor, h.vendor.admin.Login) != actor.StaffAdmin {
				t.Error("roles")
			}
		})
		t.Run("address and code open the page as the link does; ten wrong ones void the code, not the link", func(t *testing.T) {
			h.invite(h.school.admin, newcomer("code@brenval.example", "officer"))
			unlock := func(code string) (string, error) {
				return h.door.Unlock(t.Context(), invitation.Code{Email: "code@brenval.example", Code: code})
			}
			if token, err := unlock(h.code("code@brenval.example")); err != nil || token != h.token("code@brenval.example") {
				t.Error(token, err)
			}
			for range 10 {
				_, err := unlock("aaaa-aaaa")
				isRefused(t, err, fault.Invalid, "", "invitation.code.wrong")
				h.clock.Pass(time.Hour)
			}
			_, err := unlock(h.code("code@brenval.example"))
			isRefused(t, err, fault.Invalid, "", "invitation.code.wrong")
			if _, err := h.activate(h.token("code@brenval.example")); err != nil {
				t.Error(err)
			}
		})
		t.Run("a form that is sent twice invites once", func(t *testing.T) {
			in := newcomer("twice@brenval.example", "officer")
			in.Submission = id.NewJob().UUID
			h.invite(h.school.admin, in)
			token := h.token(in.Email)
			h.invite(h.school.admin, in)
			if h.token(in.Email) != token || len(h.list(h.school)) != 1 {
				t.Error("another one")
			}
		})
		t.Run("the letter is written in the language that was chosen, and no workspace words it itself", func(t *testing.T) {
			in := newcomer("eve@brenval.example", "admin")
			in.Locale = "en"
			h.invite(h.school.admin, in)
			if l := h.letter(in.Email); l.Subject(t) != "École Brenval invites you into its team" || !strings.Contains(l.Text, "Administrator") {
				t.Error(l.Subject(t), l.Text)
			}
			for _, k := range h.inviter.Kinds() {
				if k.Own {
					t.Error(k.Name)
				}
			}
		})
	})
}

func TestLifeOfAnInvitation(t *testing.T) {
	each(t, func(t *testing.T, h *hosts) {
		only := func(t *testing.T) team.Invited {
			t.Helper()
			list := h.list(h.school)
			if len(list) != 1 {
				t.Fatalf("%d: %+v", len(list), list)
			}
			return list[0]
		}
		renew := func(x host, of id.Invitation) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := h.inviter.Renew(ctx, tx, x.admin, of)
				return err
			})
		}
		withdraw := func(x host, of id.Invitation) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := h.inviter.Withdraw(ctx, tx, x.admin, of)
				return err
			})
		}
		t.Run("a renewed one kills the older", func(t *testing.T) {
			h.invite(h.school.admin, newcomer(anne, "officer"))
			old, first := h.token(anne), only(t)
			if err := renew(h.school, first.ID); err != nil {
				t.Fatal(err)
			}
			h.deliver()
			h.isOver(t, old)
			if err := renew(h.school, first.ID); !fault.Is(err, fault.NotFound) {
				t.Error("the older one again:", err)
			}
			h.invite(h.school.admin, newcomer(anne, "admin"))
			if i := only(t); i.Role != "admin" || i.ID == first.ID {
				t.Errorf("%+v", i)
			}
		})
		t.Run("another host's is not there", func(t *testing.T) {
			for _, err := range []error{renew(h.vendor, only(t).ID), withdraw(h.vendor, only(t).ID)} {
				if !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
			}
		})
		t.Run("one that has expired can be asked for again by who holds it, once, and goes to the stored address", func(t *testing.T) {
			old := h.token(anne)
			h.clock.Pass(8 * 24 * time.Hour)
			h.isOver(t, old)
			if d := only(t).Delivery; d != invitation.Expired {
				t.Error(d)
			}
			for range 2 {
				h.update(func(ctx context.Context, tx *sqldb.Tx) error { return h.door.AskFresh(ctx, tx, old, "192.0.2.1") })
			}
			h.deliver()
			if i := only(t); i.Role != "admin" || i.CreatedBy != h.school.admin.Login || h.token(anne) == old || h.lines(h.school, "staff.asked_again") != 1 {
				t.Errorf("%+v", i)
			}
		})
		t.Run("« Cette invitation n'est pas pour moi » ends it, tells the team, and leaves it to be renewed or withdrawn", func(t *testing.T) {
			token := h.token(anne)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { return h.door.Decline(ctx, tx, token) })
			h.isOver(t, token)
			if i := only(t); i.Delivery != invitation.NotMine || h.lines(h.school, "staff.declined") != 1 {
				t.Errorf("%+v", i)
			}
			if err := renew(h.school, only(t).ID); err != nil {
				t.Fatal(err)
			}
			h.deliver()
			if i := only(t); i.Delivery != invitation.Sent {
				t.Errorf("%+v", i)
			}
		})
		t.Run("a withdrawn one opens nothing, its letter does not leave, and nothing is kept of whom it was for", func(t *testing.T) {
			token := h.token(anne)
			if err := renew(h.school, only(t).ID); err != nil { // its letter waits
				t.Fatal(err)
			}
			i := only(t)
			if err := withdraw(h.school, i.ID); err != nil {
				t.Fatal(err)
			}
			h.deliver()
			if h.token(anne) != token {
				t.Error("the letter left")
			}
			h.isOver(t, token)
			if len(h.list(h.school)) != 0 || h.lines(h.school, "staff.withdrawn") != 1 {
				t.Errorf("%+v", h.list(h.school))
			}
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				n, err := sqldb.One(ctx, tx, sqldb.Value[int], `SELECT (SELECT count(*) FROM invitation WHERE email = $1) + (SELECT count(*) FROM journal_value WHERE content LIKE $2)`, anne, "%"+anne+"%")
				if n != 0 {
					t.Errorf("%d rows still", n)
				}
				return err
			})
			if err := withdraw(h.school, i.ID); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("who was taken into the team otherwise meanwhile is told so, and stays what they are", func(t *testing.T) {
			h.invite(h.school.admin, newcomer("late@brenval.example", "admin"))
			late := h.member(h.school, "late@brenval.example", "officer")
			_, err := h.activate(h.token("late@brenval.example"))
			isRefused(t, err, fault.Conflict, "", "workspace.member_already")
			if h.role(h.school, late.Login) != actor.StaffOfficer {
				t.Error(h.role(h.school, late.Login))
			}
		})
	})
}

func TestWhoInvited(t *testing.T) {
	each(t, func(t *testing.T, h *hosts) {
		t.Run("an officer invites nobody, changes and removes nobody", func(t *testing.T) {
			officer := h.member(h.school, "officer@brenval.example", "officer")
			for _, err := range []error{
				h.tryInvite(officer, newcomer(anne, "admin")), h.change(officer, officer.Login, "admin"), h.remove(officer, h.school.admin.Login), h.remove(officer, officer.Login),
			} {
				if !fault.Is(err, fault.Forbidden) {
					t.Error(err)
				}
			}
		})
		t.Run("the invitations of an admin who was removed or is one no longer are void, and stay so when they come back", func(t *testing.T) {
			ways := map[string]func(of actor.Actor) error{
				"removed@brenval.example": func(of actor.Actor) error { return h.remove(h.school.admin, of.Login) },
				"demoted@brenval.example": func(of actor.Actor) error { return h.change(h.school.admin, of.Login, "officer") },
			}
			for address, way := range ways {
				second := h.member(h.school, address, "admin")
				h.invite(second, newcomer("guest-of-"+address, "admin"))
				token := h.token("guest-of-" + address)
				if err := way(second); err != nil {
					t.Fatal(err)
				}
				h.isOver(t, token)
				if fault.Is(h.change(h.school.admin, second.Login, "admin"), fault.NotFound) {
					h.member(h.school, address, "admin")
				}
				h.isOver(t, token)
				if _, err := h.door.Unlock(t.Context(), invitation.Code{Email: "guest-of-" + address, Code: h.code("guest-of-" + address)}); !fault.Is(err, fault.Invalid) {
					t.Error(err)
				}
			}
			if h.lines(h.school, "staff.withdrawn") != 2 {
				t.Error(h.lines(h.school, "staff.withdrawn"))
			}
		})
		t.Run("even one whose row went by another path is void: the inviter's right is read again", func(t *testing.T) {
			third := h.member(h.school, "third@brenval.example", "admin")
			h.invite(third, newcomer("guest@third.example", "admin"))
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE staff SET role = 'officer' WHERE login_id = $1`, third.Login)
				return err
			})
			h.isOver(t, h.token("guest@third.example"))
			if err := h.tryInvite(third, newcomer(anne, "admin")); !fault.Is(err, fault.Forbidden) {
				t.Error("a right that was taken after it was read:", err)
			}
		})
	})
}

func TestLastAdmin(t *testing.T) {
	each(t, func(t *testing.T, h *hosts) {
		program := actor.OfProgram(h.school.admin.Workspace)
		last := h.school.admin.Login
		t.Run("the last admin is neither removed nor made an officer, not by themselves, not by the command line", func(t *testing.T) {
			h.member(h.school, "officer@brenval.example", "officer")
			for _, by := range []actor.Actor{h.school.admin, program} {
				isRefused(t, h.remove(by, last), fault.Conflict, "", "workspace.last_admin")
				isRefused(t, h.change(by, last, "officer"), fault.Conflict, "", "workspace.last_admin")
				err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					return workspace.AddStaff(ctx, tx, program, last, "officer")
				})
				isRefused(t, err, fault.Conflict, "role", "workspace.staff_already")
			}
			if h.role(h.school, last) != actor.StaffAdmin {
				t.Error(h.role(h.school, last))
			}
		})
		t.Run("their login does not go either, with whatever contact it has joined as", func(t *testing.T) {
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { return logins.Drop(ctx, tx, last) })
			if h.role(h.school, last) != actor.StaffAdmin {
				t.Error("gone")
			}
		})
		t.Run("the same role again changes nothing and adds no line", func(t *testing.T) {
			if err := h.change(h.school.admin, last, "admin"); err != nil || h.lines(h.school, "staff.role_changed") != 0 {
				t.Error(err, h.lines(h.school, "staff.role_changed"))
			}
			isRefused(t, h.change(h.school.admin, last, "owner"), fault.Invalid, "role", "fault.choice")
		})
		t.Run("another host's people do not exist", func(t *testing.T) {
			for _, err := range []error{h.remove(h.vendor.admin, last), h.change(h.vendor.admin, last, "officer")} {
				if !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
			}
		})
		t.Run("with a second admin one leaves, or steps down", func(t *testing.T) {
			second := h.member(h.school, "second@brenval.example", "admin")
			if err := h.change(second, second.Login, "officer"); err != nil || h.role(h.school, second.Login) != actor.StaffOfficer || h.lines(h.school, "staff.role_changed") != 1 {
				t.Error(err)
			}
			if err := h.change(h.school.admin, second.Login, "admin"); err != nil {
				t.Error(err)
			}
			if err := h.remove(second, second.Login); err != nil || h.role(h.school, second.Login) != 0 || h.lines(h.school, "staff.left") != 1 {
				t.Error(err)
			}
		})
	})
}

func TestRemove(t *testing.T) {
	each(t, func(t *testing.T, h *hosts) {
		exists := func(l id.Login) bool {
			err := h.db.View(t.Context(), func(tx *sqldb.Tx) error {
				_, err := login.Get(t.Context(), tx, l)
				return err
			})
			return err == nil
		}
		t.Run("a login that holds nothing more goes", func(t *testing.T) {
			gone := h.member(h.school, "gone@brenval.example", "officer")
			if err := h.remove(h.school.admin, gone.Login); err != nil || exists(gone.Login) || h.lines(h.school, "staff.removed") != 1 {
				t.Error(err, exists(gone.Login))
			}
		})
		t.Run("one that works for another host stays there", func(t *testing.T) {
			both := h.member(h.school, h.vendor.email, "officer")
			if err := h.remove(h.school.admin, both.Login); err != nil || !exists(both.Login) || h.role(h.vendor, both.Login) != actor.StaffAdmin {
				t.Error(err)
			}
		})
		t.Run("one that another host invites waits for it", func(t *testing.T) {
			waited := h.member(h.school, "waited@brenval.example", "officer")
			h.invite(h.vendor.admin, newcomer("waited@brenval.example", "officer"))
			if err := h.remove(h.school.admin, waited.Login); err != nil || !exists(waited.Login) {
				t.Error(err)
			}
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := h.inviter.Withdraw(ctx, tx, h.vendor.admin, h.list(h.vendor)[0].ID)
				return err
			})
			if exists(waited.Login) {
				t.Error("it holds nothing more")
			}
		})
	})
}

func TestRecoveryOfStaff(t *testing.T) {
	each(t, func(t *testing.T, h *hosts) {
		t.Run("somebody who was invited recovers as everybody does, and the letter goes to their login", func(t *testing.T) {
			h.invite(h.school.admin, newcomer(anne, "admin"))
			done, err := h.activate(h.token(anne))
			if err != nil {
				t.Fatal(err)
			}
			if err := h.desk.Recover(t.Context(), login.Recovery{Email: anne}); err != nil {
				t.Fatal(err)
			}
			h.deliver()
			token := strings.TrimPrefix(h.letter(anne).Link(base+"/"+string(link.Password)+"/"), base+"/"+string(link.Password)+"/")
			e, err := h.desk.ChoosePassword(t.Context(), login.PasswordChoice{Token: token, New: "trois mouettes au large de Sein"})
			if err != nil || e.Login.ID != done.Entry.Login.ID || h.role(h.school, e.Login.ID) != actor.StaffAdmin {
				t.Errorf("%+v %v", e, err)
			}
		})
	})
}

// TestRacesOfAdmins lets two admins remove each other, demote each other and leave at once, on two nodes: one always stays. And
// it lets an admin be removed while somebody accepts their invitation.
func TestRacesOfAdmins(t *testing.T) {
	rounds := 10
	if os.Getenv("ENTREGENT_TEST_FULL") != "" {
		rounds = 100
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock, options := sqldbtest.NewClock(), sqldbtest.Options(t, engine)
			options.Clock = clock.Now
			var dbs [2]*sqldb.DB
			for n := range dbs {
				db, err := sqldb.Open(t.Context(), options)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				dbs[n] = db
			}
			h := newHosts(t, dbs[0], clock)
			type act func(ctx context.Context, tx *sqldb.Tx, by, other actor.Actor) error
			remove := func(ctx context.Context, tx *sqldb.Tx, by, other actor.Actor) error {
				return team.Remove(ctx, tx, by, other.Login)
			}
			demote := func(ctx context.Context, tx *sqldb.Tx, by, other actor.Actor) error {
				return team.ChangeRole(ctx, tx, by, other.Login, "officer")
			}
			leave := func(ctx context.Context, tx *sqldb.Tx, by, _ actor.Actor) error {
				return team.Remove(ctx, tx, by, by.Login)
			}
			for round := range rounds {
				for _, pair := range [][2]act{{remove, remove}, {demote, demote}, {leave, leave}, {remove, demote}, {remove, leave}} {
					people := [2]actor.Actor{h.school.admin, h.member(h.school, "second@brenval.example", "admin")}
					var won atomic.Int64
					var all sync.WaitGroup
					for n := range 2 {
						all.Go(func() {
							err := dbs[n].Update(t.Context(), func(tx *sqldb.Tx) error { return pair[n](t.Context(), tx, people[n], people[1-n]) })
							switch {
							case err == nil:
								won.Add(1)
							case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound):
								t.Error(err)
							}
						})
					}
					all.Wait()
					if admins := h.admins(h.school); won.Load() != 1 || admins != 1 {
						t.Fatalf("round %d: %d won, %d admins", round, won.Load(), admins)
					}
					h.school.admin.Login = h.reset(h.school, "rachel@brenval.example", "second@brenval.example")
				}
			}
			t.Run("of 64 who accept one invitation at once one joins", func(t *testing.T) {
				for range rounds / 5 {
					h.invite(h.school.admin, newcomer("once@brenval.example", "officer"))
					token, doors := h.token("once@brenval.example"), []*invitation.Door{h.door, h.on(dbs[1]).door}
					var won atomic.Int64
					var all sync.WaitGroup
					for n := range 64 {
						all.Go(func() {
							_, err := doors[n%2].Activate(t.Context(), invitation.Activation{Token: token, Password: password})
							if err == nil {
								won.Add(1)
							} else if !invitation.IsOver(err) && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.TooMany) {
								t.Error(err)
							}
						})
					}
					all.Wait()
					if won.Load() != 1 || h.lines(h.school, "staff.joined") == 0 {
						t.Errorf("%d won", won.Load())
					}
					h.reset(h.school, "rachel@brenval.example", "once@brenval.example")
				}
			})
			t.Run("an invitation is accepted before its inviter goes, or not at all", func(t *testing.T) {
				for range rounds {
					second := h.member(h.school, "second@brenval.example", "admin")
					h.invite(second, newcomer("racer@brenval.example", "admin"))
					token := h.token("racer@brenval.example")
					var all sync.WaitGroup
					var accepted, removed error
					all.Go(func() {
						_, accepted = h.on(dbs[1]).door.Activate(t.Context(), invitation.Activation{Token: token, Password: password})
					})
					all.Go(func() { removed = h.remove(h.school.admin, second.Login) })
					all.Wait()
					if removed != nil || accepted != nil && !invitation.IsOver(accepted) {
						t.Error(removed, accepted)
					}
					h.isOver(t, token)
					if accepted == nil && h.admins(h.school) != 2 || accepted != nil && h.admins(h.school) != 1 {
						t.Error(accepted, h.admins(h.school))
					}
					h.reset(h.school, "rachel@brenval.example", "racer@brenval.example")
				}
			})
		})
	}
}

func (h *hosts) admins(x host) (n int) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM staff WHERE workspace_id = $1 AND role = 'admin'`, x.admin.Workspace)
		return err
	})
	return n
}

// reset makes the first the only member and gives their login.
func (h *hosts) reset(x host, first, second string) id.Login {
	h.Helper()
	program := actor.OfProgram(x.admin.Workspace)
	for _, address := range []string{first, second} {
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE staff SET role = 'admin' WHERE login_id IN (SELECT id FROM login WHERE email = $1)`, address)
			return err
		})
	}
	one := h.member(x, first, "admin")
	var members []workspace.Member
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		members, err = workspace.Team(ctx, tx, program)
		return err
	})
	for _, m := range members {
		if m.Login == one.Login {
			continue
		}
		if err := h.remove(program, m.Login); err != nil {
			h.Fatal(err)
		}
	}
	return one.Login
}
