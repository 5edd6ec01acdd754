package notice_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

const comment = "Nouveau message dans la demande D-000001."

func TestTell(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization()
		ada, bea := h.person(org, "Ada", contact.SuperAdmin), h.person(org, "Bea", contact.User)
		t.Run("whoever is named is told once, in the bell and by one letter; whoever did it is not", func(t *testing.T) {
			subject := h.tell(h.as(ada), notice.RequestComment, org, ada, bea, bea)
			h.run()
			got := h.bell(bea)
			if len(got) != 1 || got[0].Subject.ID != subject || got[0].Path != "/requests/"+subject.String() || len(h.bell(ada)) != 0 || h.unread(bea) != 1 {
				t.Errorf("%+v, %+v", got, h.bell(ada))
			}
			if l := h.letters(bea); !slices.Equal(l, []string{comment}) || len(h.letters(ada)) != 0 {
				t.Errorf("%q", l)
			}
		})
		t.Run("a letter about what may be answered says where, for its reader alone", func(t *testing.T) {
			list := h.server.Letters()
			want := replyTo(notice.Person{Number: bea.Number, By: h.as(bea)}, 1).String()
			if to := list[len(list)-1].Read(t).Header.Get("Reply-To"); !strings.HasSuffix(to, "<"+want+">") {
				t.Error(to)
			}
		})
		t.Run("what was undone is told to nobody", func(t *testing.T) {
			undo := errors.New("undo")
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				err := notice.Tell(ctx, tx, h.staff, notice.Event{Kind: notice.RequestComment, Subject: journal.Subject{Kind: "request", ID: id.NewContact().UUID}, Organization: org.ID, To: []id.Contact{bea.ID}})
				return errors.Join(err, undo)
			})
			h.run()
			if !errors.Is(err, undo) || len(h.bell(bea)) != 1 {
				t.Error(err, h.bell(bea))
			}
		})
		t.Run("the event itself is removed once it was told", func(t *testing.T) {
			if n := h.count(`SELECT count(*) FROM notice_event`); n != 0 {
				t.Error(n)
			}
		})
		t.Run("the organisation's admins are told, and of what is theirs nobody else, whoever is named", func(t *testing.T) {
			before := len(h.bell(bea))
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return notice.Tell(ctx, tx, h.staff, notice.Event{
					Kind: notice.ContactAdded, Subject: bea.Subject(), Organization: org.ID, To: []id.Contact{bea.ID, ada.ID}, Leaders: true,
				})
			})
			h.run()
			if got := h.bell(ada); len(got) != 1 || got[0].Kind != notice.ContactAdded || got[0].Label == "" || len(h.bell(bea)) != before {
				t.Errorf("%+v, %+v", got, h.bell(bea))
			}
		})
		t.Run("what a greater act tells in several transactions is told once, and of the next act again", func(t *testing.T) {
			for _, act := range []struct {
				once  id.UUID
				times int
			}{{id.NewJob().UUID, 3}, {id.NewJob().UUID, 1}} {
				before := len(h.bell(ada))
				for n := range act.times {
					h.must(func(ctx context.Context, tx *sqldb.Tx) error {
						return notice.Tell(ctx, tx, h.staff, notice.Event{Kind: notice.ContactAdded, Detail: "import", Subject: bea.Subject(), Organization: org.ID, Leaders: true, Once: act.once})
					})
					if n > 0 { // the first two come before the job has run, the third behind it
						h.run()
					}
				}
				h.run()
				if got := len(h.bell(ada)); got != before+1 {
					t.Errorf("%d more", got-before)
				}
			}
		})
		t.Run("nobody of another organisation is told, although an event names them", func(t *testing.T) {
			stranger := h.person(h.organization(), "Cléo", contact.User)
			h.tell(h.staff, notice.RequestComment, org, stranger)
			h.run()
			if len(h.bell(stranger)) != 0 || len(h.letters(stranger)) != 0 {
				t.Error(h.bell(stranger), h.letters(stranger))
			}
		})
		t.Run("who may not see the subject is not told of it", func(t *testing.T) {
			before := len(h.bell(bea))
			subject := h.tell(h.staff, notice.RequestComment, org, bea)
			h.unseen[subject] = true
			h.run()
			if h.unseen[subject] = false; len(h.bell(bea)) != before {
				t.Error(h.bell(bea))
			}
		})
		t.Run("each gate that is shut keeps the news away", func(t *testing.T) {
			for column, value := range map[string]any{"login_enabled": 0, "authorized_at": nil, "joined_at": nil} {
				zoe := h.person(org, "Zoé", contact.User)
				h.set(zoe, column, value)
				h.tell(h.staff, notice.RequestComment, org, zoe)
				h.run()
				if n := h.count(`SELECT count(*) FROM notice WHERE contact_id = $1`, zoe.ID); n != 0 || len(h.letters(zoe)) != 0 {
					t.Errorf("%s: told", column)
				}
			}
		})
	})
}

func TestMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization()
		ada := h.person(org, "Ada", contact.SuperAdmin)
		// spread tells, but keeps the letters from leaving.
		spread := func(bea contact.Contact, kind notice.Kind) id.UUID {
			subject := h.tell(h.staff, kind, org, bea)
			if _, err := h.teller.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			return subject
		}
		t.Run("whose role changed between event and letter is told nothing of what is the admins'", func(t *testing.T) {
			bea := h.person(org, "Bea", contact.Admin)
			spread(bea, notice.InvoiceNew)
			if n := h.unread(bea); n != 1 {
				t.Fatal(n)
			}
			h.set(bea, "role", "user")
			bea = h.now(bea.ID)
			h.run()
			if len(h.letters(bea)) != 0 || len(h.bell(bea)) != 0 || h.unread(bea) != 0 {
				t.Error(h.letters(bea), h.bell(bea))
			}
		})
		t.Run("a gate that was shut meanwhile, or a subject not to be seen any more, ends the letter", func(t *testing.T) {
			bea, cleo := h.person(org, "Bea", contact.User), h.person(org, "Cléo", contact.User)
			spread(bea, notice.RequestComment)
			h.unseen[spread(cleo, notice.RequestComment)] = true
			h.set(bea, "login_enabled", 0)
			h.run()
			if len(h.letters(bea)) != 0 || len(h.letters(cleo)) != 0 || len(h.bell(cleo)) != 0 || h.unread(cleo) != 0 {
				t.Error("told")
			}
		})
		t.Run("who switches a kind off meanwhile, or removes the notice, gets no letter", func(t *testing.T) {
			bea, cleo := h.person(org, "Bea", contact.User), h.person(org, "Cléo", contact.User)
			spread(bea, notice.RequestComment)
			spread(cleo, notice.RequestComment)
			if err := h.prefer(h.as(bea), bea, notice.Preference{MailOff: map[notice.Kind]bool{notice.RequestComment: true}}); err != nil {
				t.Fatal(err)
			}
			theirs := h.bell(cleo)[0].ID
			h.must(func(ctx context.Context, tx *sqldb.Tx) error { return notice.Remove(ctx, tx, h.as(cleo), theirs) })
			h.run()
			if len(h.letters(bea)) != 0 || len(h.letters(cleo)) != 0 {
				t.Error(h.letters(bea), h.letters(cleo))
			}
		})
		t.Run("a node that dies while it tells is followed by another, and nobody is told twice", func(t *testing.T) {
			bea, cleo := h.person(org, "Bea", contact.User), h.person(org, "Cléo", contact.User)
			h.tell(h.staff, notice.RequestComment, org, bea, cleo)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error { // as if bea had been told just before
				_, err := tx.Exec(ctx, `INSERT INTO notice (workspace_id, id, event_id, contact_id, kind, detail, subject_kind, subject_id, bell, digest, created_at, changed_at)
					SELECT workspace_id, $1, id, $2, kind, detail, subject_kind, subject_id, 1, 0, created_at, created_at FROM notice_event`, id.NewNotice(), bea.ID)
				return err
			})
			h.run()
			if len(h.bell(bea)) != 1 || len(h.bell(cleo)) != 1 || len(h.letters(bea)) != 0 || len(h.letters(cleo)) != 1 {
				t.Error(h.bell(bea), h.bell(cleo), h.letters(bea), h.letters(cleo))
			}
		})
		t.Run("who takes somebody's place (« Une autre personne ») reads none of their news, and chooses anew", func(t *testing.T) {
			former := h.person(org, "Yann", contact.User)
			if err := h.prefer(h.as(former), former, notice.Preference{MailOff: off(notice.RequestComment)}); err != nil {
				t.Fatal(err)
			}
			h.tell(h.staff, notice.RequestComment, org, former)
			h.run()
			if len(h.bell(former)) != 1 {
				t.Fatal(h.bell(former))
			}
			version := h.now(former.ID).Version
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Rename(ctx, tx, h.staff, former.ID, contact.NewName{FamilyName: "Kervella", GivenName: "Rozenn", Another: true, Version: version})
				return err
			})
			if left := h.count(`SELECT (SELECT count(*) FROM notice WHERE contact_id = $1) + (SELECT count(*) FROM preference WHERE contact_id = $1)`, former.ID); left != 0 {
				t.Errorf("%d rows are left", left)
			}
		})
		t.Run("with a contact go its notices and what it chose, in the same transaction", func(t *testing.T) {
			bea := h.person(org, "Bea", contact.User)
			spread(bea, notice.RequestComment)
			if err := h.prefer(h.as(ada), bea, notice.Preference{Daily: true, Hour: 7}); err != nil {
				t.Fatal(err)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return contact.Delete(ctx, tx, h.staff, bea.ID, id.Contact{})
			})
			if n := h.count(`SELECT (SELECT count(*) FROM notice WHERE contact_id = $1) + (SELECT count(*) FROM preference WHERE contact_id = $1)`, bea.ID); n != 0 {
				t.Error(n)
			}
			h.run()
			if len(h.letters(bea)) != 0 {
				t.Error("a letter to who is gone")
			}
		})
		t.Run("what others were told of a contact goes with it too, also what waits for a letter of the day", func(t *testing.T) {
			daily, zoe := h.person(org, "Dora", contact.Admin), h.person(org, "Zoé", contact.User)
			if err := h.prefer(h.as(ada), daily, notice.Preference{Daily: true, Hour: 7}); err != nil {
				t.Fatal(err)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return notice.Tell(ctx, tx, h.staff, notice.Event{Kind: notice.ContactAdded, Subject: zoe.Subject(), Organization: org.ID, Leaders: true})
			})
			if _, err := h.teller.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			about := func() int { return h.count(`SELECT count(*) FROM notice WHERE subject_id = $1`, zoe.ID) }
			if n := about(); n != 2 {
				t.Fatal(n)
			}
			before := len(h.letters(ada))
			h.must(func(ctx context.Context, tx *sqldb.Tx) error { // told again while it is being deleted
				if err := contact.Delete(ctx, tx, h.staff, zoe.ID, id.Contact{}); err != nil {
					return err
				}
				return notice.Tell(ctx, tx, h.staff, notice.Event{Kind: notice.ContactAdded, Subject: zoe.Subject(), Organization: org.ID, Leaders: true})
			})
			if n := about(); n != 0 {
				t.Error(n)
			}
			h.clock.Pass(25 * time.Hour)
			h.run()
			if n := about(); n != 0 || len(h.letters(ada)) != before || len(h.letters(daily)) != 0 {
				t.Error(n, h.letters(ada), h.letters(daily))
			}
		})
	})
}

func TestBell(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization()
		bea, cleo := h.person(org, "Bea", contact.User), h.person(org, "Cléo", contact.User)
		for range 3 {
			h.tell(h.staff, notice.RequestComment, org, bea)
		}
		h.run()
		list := h.bell(bea)
		open := func(by contact.Contact, n notice.Notice) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := h.desk.Open(ctx, tx, h.as(by), n.ID)
				return err
			})
		}
		remove := func(by contact.Contact, n notice.Notice) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return notice.Remove(ctx, tx, h.as(by), n.ID) })
		}
		t.Run("another contact's notice does not exist", func(t *testing.T) {
			if err := open(cleo, list[0]); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if err := remove(cleo, list[0]); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error { return notice.ReadAll(ctx, tx, h.as(cleo), id.Notice{}) })
			if n := h.unread(bea); n != 3 {
				t.Error(n)
			}
		})
		t.Run("one is read, then all that were seen, and what came since stays unread", func(t *testing.T) {
			if err := open(bea, list[2]); err != nil || h.unread(bea) != 2 {
				t.Error(err, h.unread(bea))
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error { return notice.ReadAll(ctx, tx, h.as(bea), list[1].ID) })
			if n := h.unread(bea); n != 1 {
				t.Error(n)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error { return notice.ReadAll(ctx, tx, h.as(bea), id.Notice{}) })
			if n := h.unread(bea); n != 0 || h.bell(bea)[0].ReadAt.IsZero() {
				t.Error(n)
			}
		})
		t.Run("what is removed is gone", func(t *testing.T) {
			if err := remove(bea, list[0]); err != nil || len(h.bell(bea)) != 2 {
				t.Error(err)
			}
			if err := remove(bea, list[0]); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("what was told ninety days ago is removed", func(t *testing.T) {
			h.clock.Pass(89 * 24 * time.Hour)
			h.run()
			if n := len(h.bell(bea)); n != 2 {
				t.Fatal(n)
			}
			h.clock.Pass(25 * time.Hour)
			h.run()
			if n := h.count(`SELECT count(*) FROM notice`); n != 0 {
				t.Error(n)
			}
		})
		t.Run("guests and the host's staff have no bell", func(t *testing.T) {
			for _, by := range []actor.Actor{h.staff, {Kind: actor.Contact, Workspace: h.staff.Workspace, Contact: bea.ID, Organization: org.ID, Role: actor.PortalGuest}} {
				err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, _, err := h.desk.Unread(ctx, tx, by)
					return err
				})
				if !fault.Is(err, fault.Forbidden) {
					t.Error(err)
				}
			}
		})
	})
}

func TestOneLetter(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization()
		bea := h.person(org, "Bea", contact.User)
		t.Run("a letter that is tried again has the same Message-ID", func(t *testing.T) {
			h.tell(h.staff, notice.RequestComment, org, bea)
			if _, err := h.teller.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for range 2 {
				h.must(func(ctx context.Context, tx *sqldb.Tx) error {
					list, err := mail.About(ctx, tx, h.staff, bea.ID, 5)
					if err != nil || len(list) != 1 {
						return fmt.Errorf("%d letters: %w", len(list), err)
					}
					m, err := h.post.Compose(ctx, tx, list[0])
					ids = append(ids, m.ID)
					return err
				})
			}
			if ids[0] != ids[1] {
				t.Error(ids)
			}
		})
	})
}

// BenchmarkTell is one event for 500 watchers, as a request or a page waits for it.
func BenchmarkTell(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			clock := sqldbtest.NewClock()
			h := newTown(b, sqldbtest.Open(b, engine, clock.Now), clock)
			org := h.organization()
			to := make([]contact.Contact, 500)
			for i := range to {
				to[i].ID = id.NewContact()
			}
			for b.Loop() {
				h.tell(h.staff, notice.RequestComment, org, to...)
			}
		})
	}
}
