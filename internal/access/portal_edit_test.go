package access_test

import (
	"context"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// save is the form of an organisation's own people, as it is sent when fn has been typed.
func (h *town) save(x host, by actor.Actor, of id.Contact, fn func(in *contact.Input)) (c contact.Contact, sent bool, err error) {
	h.Helper()
	in := h.sheet(x, of, fn)
	err = h.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, sent, err = h.inviter.Edit(ctx, tx, by, of, in)
		return err
	})
	return c, sent, err
}

// letters are how many the mail server took.
func (h *town) letters() int {
	h.Helper()
	h.deliver()
	return len(h.server.Letters())
}

func to(address string) func(in *contact.Input) {
	return func(in *contact.Input) { in.Login, in.LoginEmail = "on", &address }
}

func TestEditInPortal(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		boss := h.one(h.school, contact.Admin, "Petit")
		t.Run("switching the login on of who has not joined invites them, once", func(t *testing.T) {
			c := h.contact(h.school, "Kervella", "Yann", "yann@corvenne.example")
			n := h.letters()
			in := h.sheet(h.school, c.ID, to("yann.kervella@corvenne.example"))
			for _, want := range []bool{true, false} { // the same form twice
				var sent bool
				h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
					_, sent, err = h.inviter.Edit(ctx, tx, boss, c.ID, in)
					return err
				})
				if sent != want {
					t.Errorf("sent: %v", sent)
				}
			}
			if m := h.letters(); m != n+1 || h.letter("yann.kervella@corvenne.example").Text == "" || h.now(h.school, c.ID).UpdatedBy != boss.Contact.UUID {
				t.Errorf("%d letters, were %d", m, n)
			}
			token := h.token("yann.kervella@corvenne.example")
			t.Run("switching it off voids the link and keeps the role", func(t *testing.T) {
				done, sent, err := h.save(h.school, boss, c.ID, func(in *contact.Input) { in.Login = "off" })
				if err != nil || sent || done.LoginDisabledBy != "portal" || done.Role != contact.User || h.letters() != n+1 {
					t.Errorf("%v %v %+v", err, sent, done)
				}
				h.isOver(t, token)
			})
			t.Run("on again sends a new one", func(t *testing.T) {
				_, sent, err := h.save(h.school, boss, c.ID, func(in *contact.Input) { in.Login = "on" })
				if err != nil || !sent || h.letters() != n+2 {
					t.Error(err, sent)
				}
			})
		})
		t.Run("another address for who has joined changes the login; the old one is told, and what it opens elsewhere stays", func(t *testing.T) {
			c, far := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example"), h.contact(h.vendor, "Salaün", "Enora", "enora@corvenne.example")
			l := h.join(h.school, c)
			h.send(h.vendor, far.ID)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET login_id = $1, joined_at = $2 WHERE workspace_id = $3 AND id = $4`, l.ID, tx.Now(), h.vendor.officer.Workspace, far.ID)
				return err
			})
			h.letters()
			stale := h.sheet(h.school, c.ID, to("enora.salaun@corvenne.example"))
			stale.Version--
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, _, err := h.inviter.Edit(ctx, tx, boss, c.ID, stale)
				return err
			})
			isRefused(t, err, fault.Conflict, "", "fault.version")
			_, _, err = h.save(h.school, boss, c.ID, func(in *contact.Input) { to("Pas une adresse")(in); in.Phone = "12" })
			if f := fault.As(err); f == nil || len(f.Fields) != 2 {
				t.Errorf("not all faults at once: %v", err)
			}
			if h.now(h.school, c.ID).Login != l.ID {
				t.Fatal("a refusal changed the login")
			}
			done, sent, err := h.save(h.school, boss, c.ID, func(in *contact.Input) { to("enora.salaun@corvenne.example")(in); in.JobTitle = "Tutrice" })
			h.deliver()
			if err != nil || !sent || !done.JoinedAt.IsZero() || !done.Login.IsZero() || done.JobTitle != "Tutrice" || !strings.Contains(h.letter("enora@corvenne.example").Text, "Vous n’y entrez plus") {
				t.Errorf("%v %v %+v", err, sent, done)
			}
			h.token("enora.salaun@corvenne.example")
			if h.now(h.vendor, far.ID).Login != l.ID {
				t.Error("what the login opens elsewhere is gone")
			}
		})
		t.Run("what staff switched off only staff switch on", func(t *testing.T) {
			c := h.contact(h.school, "Abgrall", "Loïc", "loic@corvenne.example")
			h.send(h.school, c.ID)
			h.switchOff(h.school, c.ID)
			_, _, err := h.save(h.school, boss, c.ID, func(in *contact.Input) { in.Login = "on" })
			isRefused(t, err, fault.Invalid, "login_enabled", "contact.switched_off_by_host")
		})
	})
}

func TestDeletedInPortal(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		boss := h.one(h.school, contact.Admin, "Petit")
		c := h.contact(h.school, "Kervella", "Yann", "yann@corvenne.example")
		for address, role := range map[string]string{"nadia@brenval.example": "admin", "rachel@brenval.example": "officer"} {
			l := h.person(address)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				return workspace.AddStaff(ctx, tx, actor.OfProgram(h.school.officer.Workspace), l.ID, role)
			})
		}
		n := h.letters()
		h.update(func(ctx context.Context, tx *sqldb.Tx) error { return access.Delete(ctx, tx, boss, c.ID, id.Contact{}) })
		h.deliver()
		t.Run("the whole team of the host is told, by number and organisation only", func(t *testing.T) {
			list := h.server.Letters()[n:]
			if len(list) != 2 || list[0].To[0] == list[1].To[0] {
				t.Fatalf("%d letters", len(list))
			}
			text := list[0].Read(t).Text
			if !strings.Contains(text, c.Label()) || strings.Contains(text, "Kervella") || strings.Contains(text, "yann") || !strings.Contains(text, "/office/organizations/") {
				t.Error(text)
			}
		})
		t.Run("whom staff delete nobody is told", func(t *testing.T) {
			other := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example")
			before := h.letters()
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				return access.Delete(ctx, tx, h.school.officer, other.ID, id.Contact{})
			})
			if h.letters() != before {
				t.Error("a letter")
			}
		})
	})
}

// An admin who was demoted, switched off or deleted a moment ago does nothing more, even in a request that had begun.
func TestDemotedAMomentAgo(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		chief := h.one(h.school, contact.SuperAdmin, "Superbe")
		c := h.contact(h.school, "Kervella", "Yann", "yann@corvenne.example")
		for what, lose := range map[string]func(in *contact.Input){
			"demoted": func(in *contact.Input) { in.Role = "user" }, "switched off": func(in *contact.Input) { in.Login = "off" },
		} {
			t.Run(what, func(t *testing.T) {
				was := h.one(h.school, contact.Admin, "Petit"+strings.ReplaceAll(what, " ", ""))
				if _, _, err := h.save(h.school, chief, was.Contact, lose); err != nil {
					t.Fatal(err)
				}
				before := h.fingerprint()
				x := &cast{h: h, handovers: handover.NewDesk(config.Default().Handover), giver: chief}
				for _, group := range matrixActs {
					for _, a := range group.acts {
						if got := x.outcome(was, c.ID, a); got != "forbidden" && got != "." {
							t.Errorf("%s: %s", a.name, got)
						}
					}
				}
				if h.fingerprint() != before {
					t.Error("something stayed")
				}
			})
		}
	})
}
