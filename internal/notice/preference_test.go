package notice_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func off(list ...notice.Kind) map[notice.Kind]bool {
	set := make(map[notice.Kind]bool)
	for _, k := range list {
		set[k] = true
	}
	return set
}

func (h *town) preference(by actor.Actor, of id.Contact) (p notice.Preference, err error) {
	err = h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		p, _, err = h.desk.PreferenceOf(ctx, tx, by, of)
		return err
	})
	return p, err
}

func TestPreference(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization()
		ada, bea, cleo := h.person(org, "Ada", contact.SuperAdmin), h.person(org, "Bea", contact.User), h.person(org, "Cléo", contact.Admin)
		t.Run("all is on at first", func(t *testing.T) {
			p, err := h.preference(h.as(bea), bea.ID)
			if err != nil || len(p.BellOff)+len(p.MailOff) != 0 || p.Daily {
				t.Errorf("%+v, %v", p, err)
			}
		})
		t.Run("each channel is switched off by itself, and access does not follow", func(t *testing.T) {
			if err := h.prefer(h.as(bea), bea, notice.Preference{BellOff: off(notice.RequestComment), MailOff: off(notice.RequestState)}); err != nil {
				t.Fatal(err)
			}
			h.tell(h.staff, notice.RequestComment, org, bea)
			h.tell(h.staff, notice.RequestState, org, bea)
			h.run()
			if list := h.bell(bea); len(list) != 1 || list[0].Kind != notice.RequestState || !slices.Equal(h.letters(bea), []string{comment}) {
				t.Errorf("%+v, %q", list, h.letters(bea))
			}
			if now := h.now(bea.ID); now.Role != contact.User || !now.LoginEnabled || now.AuthorizedAt.IsZero() {
				t.Errorf("%+v", now)
			}
		})
		t.Run("a message that brings another state is told once to whoever wants either, and to nobody who wants neither", func(t *testing.T) {
			for kinds, want := range map[string]int{"": 1, string(notice.RequestComment): 1, string(notice.RequestState): 1, "both": 0} {
				reader := h.person(org, "Nora", contact.User)
				silent := off(notice.Kind(kinds))
				if kinds == "both" {
					silent = off(notice.RequestComment, notice.RequestState)
				}
				delete(silent, "")
				if err := h.prefer(h.as(reader), reader, notice.Preference{BellOff: silent, MailOff: silent}); err != nil {
					t.Fatal(err)
				}
				h.must(func(ctx context.Context, tx *sqldb.Tx) error {
					return notice.Tell(ctx, tx, h.staff, notice.Event{
						Kind: notice.RequestComment, Detail: "resolved", Subject: journal.Subject{Kind: "request", ID: id.NewContact().UUID}, Organization: org.ID, To: []id.Contact{reader.ID},
					})
				})
				h.run()
				if bell, mails := h.bell(reader), h.letters(reader); len(bell) != want || len(mails) != want {
					t.Errorf("without %q: %d in the bell, letters %q", kinds, len(bell), mails)
				}
			}
		})
		t.Run("security cannot be switched off, nor what the role is not told of", func(t *testing.T) {
			if err := h.prefer(h.as(bea), bea, notice.Preference{BellOff: off(notice.OwnRole, notice.InvoiceNew), MailOff: off(notice.SignedIn)}); err != nil {
				t.Fatal(err)
			}
			if p, _ := h.preference(h.as(bea), bea.ID); p.BellOff[notice.OwnRole] || p.BellOff[notice.InvoiceNew] || p.MailOff[notice.SignedIn] {
				t.Errorf("%+v", p)
			}
			before := len(h.bell(bea))
			subject := bea.Subject()
			subject.Kind = notice.OwnLogin
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return notice.Tell(ctx, tx, h.as(bea), notice.Event{Kind: notice.SignedIn, Subject: subject, Organization: org.ID, To: []id.Contact{bea.ID}})
			})
			h.run()
			if len(h.bell(bea)) != before+1 {
				t.Error("not told")
			}
		})
		t.Run("admins edit another's, a super_admin's too; users their own alone", func(t *testing.T) {
			for _, of := range []contact.Contact{ada, bea} {
				if err := h.prefer(h.as(cleo), of, notice.Preference{Daily: true, Hour: 6}); err != nil {
					t.Error(err)
				}
				if p, _ := h.preference(h.as(of), of.ID); !p.Daily || p.Hour != 6 {
					t.Errorf("%+v", p)
				}
			}
			if err := h.prefer(h.as(bea), ada, notice.Preference{}); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
		t.Run("a contact of another organisation, or one that has not joined, has none", func(t *testing.T) {
			stranger, invited := h.person(h.organization(), "Zoé", contact.User), h.person(org, "Léa", contact.User)
			h.set(invited, "joined_at", nil)
			for _, of := range []contact.Contact{stranger, invited} {
				if err := h.prefer(h.as(ada), of, notice.Preference{}); !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
			}
		})
		t.Run("an hour that is none is refused", func(t *testing.T) {
			for _, hour := range []int{-1, 24} {
				if err := h.prefer(h.as(bea), bea, notice.Preference{Hour: hour}); !fault.Is(err, fault.Invalid) {
					t.Error(err)
				}
			}
		})
		t.Run("the history says who changed whose, once", func(t *testing.T) {
			for range 2 {
				if err := h.prefer(h.as(cleo), ada, notice.Preference{Daily: true, Hour: 9}); err != nil {
					t.Fatal(err)
				}
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				page, err := journal.Find(ctx, tx, h.staff, journal.Filter{Subject: ada.ID.UUID, Kind: "contact.preferences_changed"})
				if len(page.Lines) != 2 || page.Lines[0].Actor != cleo.ID.UUID {
					t.Errorf("%+v", page.Lines)
				}
				return err
			})
		})
	})
}

func TestTwoWhoChoose(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization()
		cleo, bea := h.person(org, "Cléo", contact.Admin), h.person(org, "Bea", contact.User)
		choose := func(by contact.Contact, p notice.Preference) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return h.desk.Prefer(ctx, tx, h.as(by), bea.ID, p) })
		}
		stale := func(t *testing.T, err error) {
			t.Helper()
			if f := fault.As(err); f == nil || f.Kind != fault.Conflict || f.Message.Key != "fault.version" {
				t.Error(err)
			}
		}
		t.Run("the first choice of all: whoever comes second overwrites nothing", func(t *testing.T) {
			if err := choose(cleo, notice.Preference{Daily: true, Hour: 6}); err != nil {
				t.Fatal(err)
			}
			stale(t, choose(bea, notice.Preference{Daily: true, Hour: 21}))
			if p, _ := h.preference(h.as(bea), bea.ID); p.Hour != 6 || p.Version == 0 {
				t.Errorf("%+v", p)
			}
		})
		t.Run("what is there as wanted is confirmed, and whoever has seen it changes it", func(t *testing.T) {
			if err := choose(bea, notice.Preference{Daily: true, Hour: 6}); err != nil {
				t.Error(err)
			}
			p, _ := h.preference(h.as(bea), bea.ID)
			if err := choose(bea, notice.Preference{Hour: 8, Version: p.Version}); err != nil {
				t.Error(err)
			}
			stale(t, choose(cleo, notice.Preference{Hour: 9, Version: p.Version}))
		})
		t.Run("of many at the same moment one is kept", func(t *testing.T) {
			for range 5 {
				seen, _ := h.preference(h.as(bea), bea.ID)
				var done atomic.Int64
				var all sync.WaitGroup
				for i := range 6 {
					all.Go(func() {
						if err := choose(cleo, notice.Preference{Daily: !seen.Daily, Hour: 10 + i, Version: seen.Version}); err == nil {
							done.Add(1)
						} else {
							stale(t, err)
						}
					})
				}
				if all.Wait(); done.Load() != 1 {
					t.Error(done.Load())
				}
			}
		})
	})
}

func TestDigest(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization()
		paris, _ := time.LoadLocation("Europe/Paris")
		to := func(year int, month time.Month, day, hour, minute int) { // the clock moves on
			h.clock.Pass(time.Date(year, month, day, hour, minute, 0, 0, paris).Sub(h.clock.Now()))
		}
		daily := func(hour int) contact.Contact {
			c := h.person(org, "Bea", contact.User)
			if err := h.prefer(h.as(c), c, notice.Preference{Daily: true, Hour: hour}); err != nil {
				t.Fatal(err)
			}
			return c
		}
		t.Run("what happened during the day stands in one letter, at the chosen hour of the person's own zone", func(t *testing.T) {
			bea := daily(18)
			to(2026, time.November, 21, 10, 0)
			h.tell(h.staff, notice.RequestComment, org, bea)
			h.run()
			to(2026, time.November, 21, 17, 59)
			h.tell(h.staff, notice.RequestState, org, bea)
			h.run()
			if len(h.letters(bea)) != 0 || len(h.bell(bea)) != 2 {
				t.Fatal(h.letters(bea))
			}
			to(2026, time.November, 21, 18, 1)
			h.run()
			if l := h.letters(bea); len(l) != 1 || !strings.Contains(l[0], org.Name) {
				t.Fatalf("%q", l)
			}
			text := h.lastText(bea)
			if !strings.Contains(text, "Nouveau message") || !strings.Contains(text, "changé d’état") {
				t.Error(text)
			}
			to(2026, time.November, 22, 18, 1)
			h.run()
			if l := h.letters(bea); len(l) != 1 {
				t.Errorf("a letter about nothing: %q", l)
			}
		})
		t.Run("of what may not be seen any more the letter says nothing, and where nothing is left there is none", func(t *testing.T) {
			bea := daily(18)
			one, two := h.tell(h.staff, notice.RequestComment, org, bea), h.tell(h.staff, notice.RequestState, org, bea)
			h.run()
			h.unseen[one] = true
			to(2026, time.November, 23, 18, 1)
			h.run()
			if text := h.lastText(bea); strings.Contains(text, "Nouveau message") || !strings.Contains(text, "changé d’état") {
				t.Error(text)
			}
			three := h.tell(h.staff, notice.RequestComment, org, bea)
			h.run()
			h.unseen[two], h.unseen[three] = true, true
			to(2026, time.November, 24, 18, 1)
			h.run()
			if l := h.letters(bea); len(l) != 1 {
				t.Errorf("%q", l)
			}
		})
		t.Run("whose role changed before the letter of the day reads there nothing of what is the admins'", func(t *testing.T) {
			bea := h.person(org, "Bea", contact.Admin)
			if err := h.prefer(h.as(bea), bea, notice.Preference{Daily: true, Hour: 18}); err != nil {
				t.Fatal(err)
			}
			h.tell(h.staff, notice.InvoiceNew, org, bea)
			h.tell(h.staff, notice.RequestState, org, bea)
			h.run()
			h.set(bea, "role", "user")
			h.clock.Pass(24 * time.Hour)
			h.run()
			if text := h.lastText(bea); len(h.letters(bea)) != 1 || strings.Contains(text, "facture") || !strings.Contains(text, "changé d’état") {
				t.Errorf("%q %s", h.letters(bea), text)
			}
		})
		t.Run("the same hour comes to each in their own zone", func(t *testing.T) {
			far := daily(18)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE login SET time_zone = 'Pacific/Auckland' WHERE id = $1`, far.Login)
				return err
			})
			near := daily(18)
			to(2026, time.December, 2, 3, 0) // in Auckland it is 15 o'clock
			h.tell(h.staff, notice.RequestComment, org, far, near)
			h.run()
			to(2026, time.December, 2, 6, 1)
			h.run()
			if len(h.letters(far)) != 1 || len(h.letters(near)) != 0 {
				t.Errorf("%q %q", h.letters(far), h.letters(near))
			}
			to(2026, time.December, 2, 18, 1)
			h.run()
			if len(h.letters(far)) != 1 || len(h.letters(near)) != 1 {
				t.Errorf("%q %q", h.letters(far), h.letters(near))
			}
		})
		t.Run("whoever goes back to letters at once gets what waits at once", func(t *testing.T) {
			bea := daily(18)
			h.tell(h.staff, notice.RequestComment, org, bea)
			h.run()
			if err := h.prefer(h.as(bea), bea, notice.Preference{}); err != nil {
				t.Fatal(err)
			}
			h.clock.Pass(time.Minute)
			h.run()
			if l := h.letters(bea); len(l) != 1 {
				t.Errorf("%q", l)
			}
		})
		t.Run("an hour that spring leaves out is the next one; one that autumn has twice counts once", func(t *testing.T) {
			bea := daily(2)
			to(2027, time.March, 27, 12, 0)
			h.tell(h.staff, notice.RequestComment, org, bea)
			h.run()
			to(2027, time.March, 28, 1, 58) // at 2 o'clock it is 3
			h.run()
			if l := h.letters(bea); len(l) != 0 {
				t.Fatalf("too early: %q", l)
			}
			h.clock.Pass(3 * time.Minute)
			h.run()
			if l := h.letters(bea); len(l) != 1 {
				t.Fatalf("at 3:01: %q", l)
			}
			to(2027, time.October, 30, 12, 0)
			h.tell(h.staff, notice.RequestComment, org, bea)
			h.run()
			h.clock.Pass(time.Date(2027, time.October, 31, 0, 1, 0, 0, time.UTC).Sub(h.clock.Now())) // 2:01, summer time
			h.run()
			h.tell(h.staff, notice.RequestComment, org, bea)
			h.run()
			h.clock.Pass(time.Hour) // 2:01, winter time
			h.run()
			if l := h.letters(bea); len(l) != 2 {
				t.Fatalf("on the day with two: %q", l)
			}
			h.tell(h.staff, notice.RequestComment, org, bea)
			h.run()
			to(2027, time.November, 1, 2, 1)
			h.run()
			if l := h.letters(bea); len(l) != 3 {
				t.Errorf("on the day after: %q", l)
			}
		})
	})
}

// lastText is that of the last letter that somebody got.
func (h *town) lastText(c contact.Contact) (text string) {
	h.Helper()
	for _, l := range h.server.Letters() {
		if slices.Contains(l.To, c.LoginEmail.String()) {
			text = l.Read(h.TB).Text
		}
	}
	return text
}

func TestHub(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newTown(t, db, clock)
		org := h.organization()
		ada, bea := h.person(org, "Ada", contact.User), h.person(org, "Bea", contact.User)
		hub := notice.NewHub(db, time.Hour, nil)
		t.Run("a change wakes the listeners of the contact that it is about, and no others", func(t *testing.T) {
			mine, stop := hub.Listen(bea.ID)
			defer stop()
			theirs, leave := hub.Listen(ada.ID)
			defer leave()
			h.tell(h.staff, notice.RequestComment, org, bea)
			h.run()
			select {
			case <-mine:
			case <-time.After(10 * time.Second):
				t.Fatal("asleep")
			}
			select {
			case <-theirs:
				t.Error("woken for nothing")
			default:
			}
		})
		t.Run("what another node has done is seen at the next look", func(t *testing.T) {
			other := notice.NewHub(db, 10*time.Millisecond, nil)
			clock.Pass(time.Minute)
			mine, stop := other.Listen(bea.ID)
			defer stop()
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error { // as another node would, whose notices this process does not hear
				_, err := tx.Exec(t.Context(), `UPDATE notice SET read_at = $1, changed_at = $1 WHERE contact_id = $2`, tx.Now(), bea.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			select {
			case <-mine:
			case <-time.After(10 * time.Second):
				t.Fatal("asleep")
			}
		})
	})
}
