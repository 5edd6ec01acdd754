package deposit_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestSubmit(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("a deposit is one row and one letter, and nothing else until it is confirmed", func(t *testing.T) {
			h.submit(h.typed())
			for query, want := range map[string]int64{
				`SELECT count(*) FROM deposit`: 1, `SELECT count(*) FROM organization`: 0, `SELECT count(*) FROM contact`: 0, `SELECT count(*) FROM offer`: 0,
			} {
				if n := h.count(query); n != want {
					t.Errorf("%s: %d", query, n)
				}
			}
			letters := h.letters(deposit.LetterConfirmation)
			if len(letters) != 1 {
				t.Fatalf("%d letters", len(letters))
			}
			m, err := h.written(letters[0])
			if err != nil {
				t.Fatal(err)
			}
			if m.To.String() != "anais@corvenne.example" {
				t.Error(m.To)
			}
			for _, typed := range []string{"Corvenne", "Le Goff", "Anaïs", "technicienne", "machines", "Brest"} {
				if strings.Contains(m.Text+m.Subject+m.ToName, typed) {
					t.Errorf("the letter says %q: %s", typed, m.Text)
				}
			}
		})
		t.Run("the same form sent twice makes one", func(t *testing.T) {
			s := h.typed()
			s.Email = "twice@corvenne.example"
			h.submit(s)
			h.submit(s)
			if n := h.count(`SELECT count(*) FROM deposit WHERE email = $1`, s.Email); n != 1 {
				t.Errorf("%d rows", n)
			}
		})
		t.Run("every fault of every field comes back at once, whatever the database holds", func(t *testing.T) {
			s := h.typed()
			s.Input, s.Consent = deposit.Input{SIRET: "1", Email: "É@x"}, false
			err := h.desk.Submit(t.Context(), h.staff.Workspace, s)
			for field, key := range map[string]string{
				"name": "fault.required", "city": "fault.required", "family_name": "name.required", "phone": "fault.required", "title": "fault.required",
				"contract": "fault.required", "consent": "deposit.consent",
			} {
				refused(t, err, fault.Invalid, field, key)
			}
			s = h.typed()
			s.SIRET = ""
			refused(t, h.desk.Submit(t.Context(), h.staff.Workspace, s), fault.Invalid, "siret", "fault.required")
		})
		t.Run("a form that came too fast, lay open too long, or is another's, is not taken", func(t *testing.T) {
			s := h.typed()
			s.Stamp = h.desk.Stamp(h.staff.Workspace, s.Form, sqldb.At(h.clock.Now()))
			refused(t, h.desk.Submit(t.Context(), h.staff.Workspace, s), fault.Invalid, "", "deposit.too_fast")
			h.clock.Pass(13 * time.Hour)
			refused(t, h.desk.Submit(t.Context(), h.staff.Workspace, s), fault.Invalid, "", "deposit.stale")
			other := h.host("autre")
			for _, stamp := range []string{"", "x", h.desk.Stamp(other.Workspace, s.Form, sqldb.At(h.clock.Now())), h.desk.Stamp(h.staff.Workspace, id.NewJob().UUID, sqldb.At(h.clock.Now()))} {
				h.clock.Pass(time.Minute)
				s.Stamp = stamp
				refused(t, h.desk.Submit(t.Context(), h.staff.Workspace, s), fault.Invalid, "", "deposit.stale")
			}
			refused(t, h.desk.Submit(t.Context(), other.Workspace, h.typed()), fault.NotFound, "", "fault.not_found")
		})
		t.Run("who fills in what nobody sees gets the same answer, and leaves nothing", func(t *testing.T) {
			s := h.typed()
			s.Email, s.Trap = "robot@corvenne.example", "https://robot.example"
			h.submit(s)
			if n := h.count(`SELECT count(*) FROM deposit WHERE email = $1`, s.Email); n != 0 {
				t.Errorf("%d rows", n)
			}
		})
	})
}

func TestLetters(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("an address gets one letter an hour and three a day, whichever forms it is typed into", func(t *testing.T) {
			other := h.host("autre")
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := deposit.EditForm(ctx, tx, other, deposit.FormInput{Enabled: true, Confirmed: true, Months: "3"})
				return err
			})
			count := func() int64 { return h.count(`SELECT count(*) FROM letter WHERE kind = 'deposit'`) }
			at, want := 0, []int64{1, 1, 1, 2, 2, 2, 3, 3, 3} // every 20 minutes for three hours
			for range 72 * 2 {
				s := h.typed()
				s.Client = fmt.Sprintf("198.51.100.%d", at%250)
				if at%2 == 1 {
					s.Stamp = h.desk.Stamp(other.Workspace, s.Form, sqldb.At(h.clock.Now().Add(-5*time.Second)))
					if err := h.desk.Submit(t.Context(), other.Workspace, s); err != nil {
						t.Fatal(err)
					}
				} else {
					h.submit(s)
				}
				if at < len(want) && count() != want[at] {
					t.Errorf("%d letters after %d deposits, want %d", count(), at+1, want[at])
				}
				at++
				h.clock.Pass(20*time.Minute - 10*time.Second)
			}
			if n := count(); n != 6 {
				t.Errorf("%d letters in two days, want 6", n)
			}
			if n := h.count(`SELECT max(n) FROM (SELECT count(*) AS n FROM deposit WHERE link_digest IS NULL GROUP BY workspace_id) x`); n != 20 {
				t.Errorf("%d deposits of one address wait without a letter, want 20", n)
			}
		})
	})
}

func TestFlood(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("the more come, the fewer each address may send; what is over leaves no row and no letter", func(t *testing.T) {
			took := map[string]int{}
			send := func(client string) error {
				s := h.typed()
				s.Client, s.Email = client, fmt.Sprintf("p%d@corvenne.example", h.made)
				h.made++
				err := h.desk.Submit(t.Context(), h.staff.Workspace, s)
				if err == nil {
					took[client]++
				} else if !fault.Is(err, fault.TooMany) {
					t.Fatal(err)
				}
				return err
			}
			for range 15 {
				send("192.0.2.1") //nolint:errcheck // most are refused
			}
			refused(t, send("192.0.2.1"), fault.TooMany, "", "deposit.too_many")
			for n := range 15 {
				send(fmt.Sprintf("2001:db8:1:1::%d", n)) //nolint:errcheck // one network, however many addresses
			}
			if took["192.0.2.1"] != 10 || h.count(`SELECT count(*) FROM deposit`) != 20 {
				t.Errorf("%v", took)
			}
			for n := range 120 { // ten seconds apart, within the hour
				send(fmt.Sprintf("198.51.100.%d", n)) //nolint:errcheck // those who come first
			}
			for range 5 {
				send("203.0.113.9") //nolint:errcheck // some are refused
			}
			if took["203.0.113.9"] != 3 {
				t.Errorf("%d from one address in a flood, want 3", took["203.0.113.9"])
			}
			h.clock.Pass(time.Hour)
			if err := send("192.0.2.1"); err != nil {
				t.Error(err)
			}
		})
		t.Run("ten thousand at once make no more rows and letters than an hour has", func(t *testing.T) {
			h.clock.Pass(2 * time.Hour)
			before, letters := h.count(`SELECT count(*) FROM deposit`), h.count(`SELECT count(*) FROM letter`)
			s := h.typed()
			var all sync.WaitGroup
			for worker := range 8 {
				all.Go(func() {
					for n := range 10_000 / 8 {
						mine := s
						mine.Form = id.NewJob().UUID
						mine.Stamp = h.desk.Stamp(h.staff.Workspace, mine.Form, sqldb.At(h.clock.Now().Add(-time.Minute)))
						mine.Client, mine.Email = fmt.Sprintf("10.%d.%d.%d", worker, n/250, n%250), fmt.Sprintf("p%d.%d@flood.example", worker, n)
						err := h.db.View(t.Context(), func(tx *sqldb.Tx) error {
							return h.desk.Room(t.Context(), tx, h.staff.Workspace, mine.Client)
						})
						if err == nil {
							err = h.desk.Submit(t.Context(), h.staff.Workspace, mine)
						}
						if err != nil && !fault.Is(err, fault.TooMany) {
							t.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			if n := h.count(`SELECT count(*) FROM deposit`) - before; n != 400 {
				t.Errorf("%d rows", n)
			}
			if n := h.count(`SELECT count(*) FROM letter`) - letters; n != 400 {
				t.Errorf("%d letters", n)
			}
		})
	})
}

func TestForm(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		edit := func(in deposit.FormInput) (f deposit.Form, err error) {
			err = h.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				f, err = deposit.EditForm(ctx, tx, h.admin, in)
				return err
			})
			return f, err
		}
		t.Run("sites that may show it are addresses and nothing else", func(t *testing.T) {
			now := h.open(deposit.FormInput{Enabled: true, Confirmed: true, Months: "24", Origins: "https://www.Ecole.example/\nhttp://localhost:8080 https://www.ecole.example"})
			if got := strings.Join(now.Origins, " "); got != "https://www.ecole.example http://localhost:8080" {
				t.Error(got)
			}
			for _, wrong := range []string{"*", "https://*", "ecole.example", "javascript:alert(1)", "https://a.example/page", "https://a.example;script-src", "https://a.example?x", "https://u@a.example",
				"https://a.example,https://b.example", "'self'", "https://", "https://a.example:99999", "https://a.example:", "data:"} {
				_, err := edit(deposit.FormInput{Enabled: true, Months: "24", Origins: wrong, Version: now.Version})
				refused(t, err, fault.Invalid, "origins", "deposit.origin")
			}
			_, err := edit(deposit.FormInput{Months: "0", Version: now.Version})
			refused(t, err, fault.Invalid, "months", "deposit.months")
		})
		t.Run("an old version overwrites nothing; officers change nothing", func(t *testing.T) {
			_, err := edit(deposit.FormInput{Months: "3"})
			refused(t, err, fault.Conflict, "", "fault.version")
			err = h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := deposit.EditForm(ctx, tx, h.staff, deposit.FormInput{Months: "3"})
				return err
			})
			refused(t, err, fault.Forbidden, "", "fault.forbidden")
		})
		t.Run("a form that is closed takes nothing", func(t *testing.T) {
			h.open(deposit.FormInput{Confirmed: true, Months: "24"})
			refused(t, h.desk.Submit(t.Context(), h.staff.Workspace, h.typed()), fault.NotFound, "", "fault.not_found")
			h.open(deposit.FormInput{Enabled: true, Confirmed: true, Months: "24"})
		})
		t.Run("what a depositor agreed to is kept word for word", func(t *testing.T) {
			h.open(deposit.FormInput{Enabled: true, Months: "24", ConsentFR: "Nos mots."})
			h.submit(h.typed())
			if d := h.pending()[0]; d.Consent != "Nos mots." {
				t.Error(d.Consent)
			}
		})
	})
}
