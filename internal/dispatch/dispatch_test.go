package dispatch

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
)

// everyKind is a contact for each result, in the order of the results that it names.
func (h *town) everyKind(x host) (people []id.Contact, want []Result) {
	h.Helper()
	add := func(c contact.Contact, r Result) {
		people, want = append(people, c.ID), append(want, r)
	}
	joined := h.contact(x, x.organization, "own")
	h.join(x, joined)
	off := h.contact(x, x.organization, "own")
	h.join(x, off)
	h.switchOff(x, off.ID)
	signsIn := h.contact(x, x.organization, "accueil@corvenne.example")
	h.join(x, signsIn)
	var closed id.Organization
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		closed, err = newOrganization(ctx, tx, x, "Forges")
		return err
	})
	archived := h.contact(x, closed, "own")
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := contact.Archive(ctx, tx, x.admin, closed)
		return err
	})
	add(h.contact(x, x.organization, "own"), Invited)
	add(joined, Reminded)
	add(off, SwitchedOff)
	add(h.contact(x, x.organization, ""), NoAddress)
	add(h.contact(x, x.organization, "accueil@corvenne.example"), AddressTaken)
	add(h.contact(x, x.organization, "standard@corvenne.example"), Invited)
	add(h.contact(x, x.organization, "standard@corvenne.example"), AddressTaken)
	add(archived, Archived)
	return append(people, id.NewContact()), append(want, Deleted)
}

// switchOff is the sheet's box, by an officer.
func (h *town) switchOff(x host, of id.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := contact.Get(ctx, tx, x.officer, of)
		if err != nil {
			return err
		}
		_, err = contact.Edit(ctx, tx, x.officer, of, contact.Input{
			Civility: string(c.Civility), Phone: c.Phone.String(), Email: c.Email.String(), Version: c.Version, Login: "off",
		})
		return err
	})
}

func resultsOf(rows []Row) (list []Result) {
	for _, r := range rows {
		list = append(list, r.Result)
	}
	return list
}

func TestResults(t *testing.T) {
	each(t, mailtest.Options{}, func(t *testing.T, h *town) {
		people, want := h.everyKind(h.school)
		t.Run("what is foreseen is what then becomes of each", func(t *testing.T) {
			var foreseen []Result
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				list, err := Foresee(ctx, tx, h.school.officer, people)
				for _, p := range list {
					foreseen = append(foreseen, p.Result)
				}
				return err
			})
			before := len(h.server.Letters())
			d := h.start(h.school.officer, people...)
			h.deliver()
			got := resultsOf(h.rows(h.school, d, All))
			if !slices.Equal(got, want) || !slices.Equal(foreseen, want) {
				t.Errorf("got %v, foreseen %v, want %v", got, foreseen, want)
			}
			now := h.now(h.school, d)
			if now.State != Done || now.Position != len(people) || now.Counts.Sent() != 3 || now.Counts.Unsent() != 6 || now.Percent() != 100 {
				t.Errorf("%+v", now)
			}
			if sent := len(h.server.Letters()) - before; sent != 3 {
				t.Errorf("%d letters", sent)
			}
			if unsent := h.rows(h.school, d, Unsent); len(unsent) != 6 || len(h.rows(h.school, d, Some(AddressTaken))) != 2 || len(h.rows(h.school, d, Undelivered)) != 0 {
				t.Errorf("%+v", unsent)
			}
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				counts, err := Letters(ctx, tx, h.school.officer, now)
				if counts[mail.Sent] != 3 || len(counts) != 1 {
					t.Errorf("%v", counts)
				}
				return err
			})
			h.fates(t, h.school, d, invitation.Sent, invitation.Sent, invitation.Sent)
		})
		t.Run("those whom somebody switched off are switched on where that was wanted", func(t *testing.T) {
			d, err := h.starting(h.school.officer, New{Contacts: people, SwitchOn: true})
			if err != nil {
				t.Fatal(err)
			}
			h.deliver()
			want[2] = Reminded
			if got := resultsOf(h.rows(h.school, d, All)); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	})
}

// fates fails unless those with letters have come so far.
func (h *town) fates(t *testing.T, x host, d Dispatch, want ...invitation.Delivery) {
	t.Helper()
	var letters []id.Letter
	for _, r := range h.rows(x, d, All) {
		if r.Result.Sent() {
			letters = append(letters, r.Letter)
		}
	}
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		fates, err := access.Fates(ctx, tx, x.officer, letters)
		for i, l := range letters {
			if fates[l] != want[i] {
				t.Errorf("letter %d: %s, want %s", i, fates[l], want[i])
			}
		}
		return err
	})
}

func TestRefusedLetters(t *testing.T) {
	refuse := func(to string) error {
		if strings.HasPrefix(to, "standard") {
			return mailtest.Refuse(550, "no such user here")
		}
		return nil
	}
	each(t, mailtest.Options{Rcpt: refuse}, func(t *testing.T, h *town) {
		first, second := h.contact(h.school, h.school.organization, "own"), h.contact(h.school, h.school.organization, "standard@corvenne.example")
		d := h.start(h.school.officer, first.ID, second.ID)
		if err := h.run(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		t.Run("the letters are followed from the queue to the mail server's answer", func(t *testing.T) {
			h.fates(t, h.school, d, invitation.Queued, invitation.Queued)
			h.deliver()
			h.fates(t, h.school, d, invitation.Sent, invitation.Refused)
			if rows := h.rows(h.school, d, Undelivered); len(rows) != 1 || rows[0].Contact != second.ID {
				t.Errorf("%+v", rows)
			}
		})
		t.Run("a later sending voids what this one sent", func(t *testing.T) {
			h.start(h.school.officer, first.ID)
			h.deliver()
			h.fates(t, h.school, d, invitation.Void, invitation.Refused)
		})
	})
}

func TestStart(t *testing.T) {
	each(t, mailtest.Options{}, func(t *testing.T, h *town) {
		t.Run("a form that is posted twice starts one dispatch", func(t *testing.T) {
			c := h.contact(h.school, h.school.organization, "own")
			in := New{Contacts: []id.Contact{c.ID}, Submission: id.NewJob().UUID}
			first, err := h.starting(h.school.officer, in)
			if err != nil {
				t.Fatal(err)
			}
			second, err := h.starting(h.school.officer, in)
			if err != nil || first.ID != second.ID {
				t.Errorf("%v and %v: %v", first.ID, second.ID, err)
			}
			h.deliver()
			if all, _ := h.invitations(h.school); all != 1 {
				t.Errorf("%d invitations", all)
			}
		})
		t.Run("posted twice at the same moment, it is one too", func(t *testing.T) {
			in := New{Contacts: []id.Contact{h.contact(h.school, h.school.organization, "own").ID}, Submission: id.NewJob().UUID}
			var all sync.WaitGroup
			found := make([]id.Dispatch, 8)
			for i := range found {
				all.Go(func() {
					d, err := h.starting(h.school.officer, in)
					if err != nil {
						t.Error(err)
					}
					found[i] = d.ID
				})
			}
			all.Wait()
			if len(slices.Compact(found)) != 1 {
				t.Errorf("%v", found)
			}
			h.deliver()
		})
		t.Run("who is named twice is sent to once", func(t *testing.T) {
			c := h.contact(h.school, h.school.organization, "own")
			before, _ := h.invitations(h.school)
			d := h.start(h.school.officer, c.ID, c.ID, id.Contact{})
			h.deliver()
			if all, _ := h.invitations(h.school); all != before+1 || h.now(h.school, d).Total != 1 {
				t.Errorf("%d invitations", all-before)
			}
		})
		t.Run("nobody, and too many, are refused", func(t *testing.T) {
			_, err := h.starting(h.school.officer, New{})
			isRefused(t, err, fault.Invalid, "dispatch.none")
			many := make([]id.Contact, Most+1)
			for i := range many {
				many[i] = id.NewContact()
			}
			_, err = h.starting(h.school.officer, New{Contacts: many})
			isRefused(t, err, fault.Invalid, "dispatch.too_many")
		})
		t.Run("who has no right to send has none here", func(t *testing.T) {
			stranger := actor.Actor{Workspace: h.school.officer.Workspace, Role: actor.PortalAdmin}
			_, err := h.starting(stranger, New{Contacts: []id.Contact{id.NewContact()}})
			isRefused(t, err, fault.Forbidden, "fault.forbidden")
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := Find(ctx, tx, stranger)
				isRefused(t, err, fault.Forbidden, "fault.forbidden")
				_, err = Foresee(ctx, tx, stranger, nil)
				isRefused(t, err, fault.Forbidden, "fault.forbidden")
				_, err = Rows(ctx, tx, stranger, Dispatch{}, All, 0, 1)
				isRefused(t, err, fault.Forbidden, "fault.forbidden")
				_, err = Letters(ctx, tx, stranger, Dispatch{})
				isRefused(t, err, fault.Forbidden, "fault.forbidden")
				return nil
			})
		})
		t.Run("another workspace's dispatch does not exist, and its contacts are sent nothing", func(t *testing.T) {
			c := h.contact(h.school, h.school.organization, "own")
			own := h.start(h.school.officer, c.ID)
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := Get(ctx, tx, h.vendor.admin, own.ID)
				isRefused(t, err, fault.NotFound, "fault.not_found")
				list, err := Find(ctx, tx, h.vendor.admin)
				if len(list) != 0 {
					t.Errorf("%+v", list)
				}
				return err
			})
			isRefused(t, h.try(func(ctx context.Context, tx *sqldb.Tx) error { return Cancel(ctx, tx, h.vendor.admin, own.ID) }), fault.NotFound, "fault.not_found")
			foreign := h.start(h.vendor.officer, c.ID)
			h.deliver()
			if got := resultsOf(h.rows(h.vendor, foreign, All)); !slices.Equal(got, []Result{Deleted}) {
				t.Errorf("%v", got)
			}
			if h.now(h.school, own).Counts[Invited] != 1 {
				t.Error("the own one was not sent")
			}
		})
	})
}

func isRefused(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != kind || f.Message.Key != key {
		t.Errorf("got %v, want %v %s", err, kind, key)
	}
}

func TestCancel(t *testing.T) {
	each(t, mailtest.Options{}, func(t *testing.T, h *town) {
		people := h.contacts(h.school, 60)
		cancel := func(d Dispatch) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return Cancel(ctx, tx, h.school.officer, d.ID) })
		}
		t.Run("cancelled between two batches, it sends nothing more, and what was sent stays so", func(t *testing.T) {
			d := h.start(h.school.officer, people...)
			b := batch{work: work{d.workspace, d.ID}, inviter: h.inviter, db: h.db, size: 20}
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { return b.take(ctx, tx) })
			for range 2 {
				if err := cancel(d); err != nil {
					t.Fatal(err)
				}
			}
			h.deliver()
			if now := h.now(h.school, d); now.State != Cancelled || now.Position != 20 || now.Counts[Invited] != 20 {
				t.Errorf("%+v", now)
			}
			if all, open := h.invitations(h.school); all != 20 || open != 20 {
				t.Errorf("%d invitations, %d open", all, open)
			}
		})
		t.Run("what has ended already stays as it is", func(t *testing.T) {
			d := h.start(h.school.officer, people[:1]...)
			h.deliver()
			if err := cancel(d); err != nil || h.now(h.school, d).State != Done {
				t.Errorf("%v, %+v", err, h.now(h.school, d))
			}
		})
	})
}

func TestRights(t *testing.T) {
	each(t, mailtest.Options{}, func(t *testing.T, h *town) {
		people := h.contacts(h.school, 30)
		d := h.start(h.school.officer, people...)
		b := batch{work: work{d.workspace, d.ID}, inviter: h.inviter, db: h.db, size: 10}
		h.update(func(ctx context.Context, tx *sqldb.Tx) error { return b.take(ctx, tx) })
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM staff WHERE workspace_id = $1 AND login_id = $2`, h.school.officer.Workspace, h.school.officer.Login)
			return err
		})
		h.deliver()
		t.Run("who loses their right meanwhile sends nothing more, and the dispatch says why", func(t *testing.T) {
			now := h.now(h.school, d)
			if now.State != Failed || now.Failure.Key != "dispatch.right_lost" || now.Position != 10 {
				t.Errorf("%+v", now)
			}
			if all, _ := h.invitations(h.school); all != 10 {
				t.Errorf("%d invitations", all)
			}
		})
	})
}

func TestSweep(t *testing.T) {
	each(t, mailtest.Options{}, func(t *testing.T, h *town) {
		old := h.start(h.school.officer, h.contacts(h.school, 3)...)
		h.deliver()
		h.clock.Pass(29 * 24 * time.Hour)
		waiting := h.start(h.school.officer, h.contacts(h.school, 1)...)
		t.Run("a dispatch that ended goes with its rows when its time is over", func(t *testing.T) {
			for _, step := range []struct {
				pass time.Duration
				left int
			}{{0, 2}, {2 * 24 * time.Hour, 1}, {60 * 24 * time.Hour, 1}} {
				h.clock.Pass(step.pass)
				if err := Sweep(t.Context(), h.db, Settings{}); err != nil {
					t.Fatal(err)
				}
				h.view(func(ctx context.Context, tx *sqldb.Tx) error {
					list, err := Find(ctx, tx, h.school.officer)
					if len(list) != step.left || list[0].ID != waiting.ID {
						t.Errorf("%d dispatches, want %d", len(list), step.left)
					}
					return err
				})
			}
			if rows := h.rows(h.school, old, All); len(rows) != 0 {
				t.Errorf("%d rows", len(rows))
			}
		})
	})
}
