package login_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestWeekOf(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for day, monday := range map[string]string{
		"2026-11-16": "2026-11-16", "2026-11-20": "2026-11-16", "2026-11-22": "2026-11-16", "2026-11-23": "2026-11-23",
		"2027-01-01": "2026-12-28", "2026-10-25": "2026-10-19", "2026-03-29": "2026-03-23",
	} {
		at, err := time.ParseInLocation(time.DateOnly, day, paris)
		if err != nil {
			t.Fatal(err)
		}
		if got := login.WeekOf(at.Add(22 * time.Hour)); got.Format(time.RFC3339)[:16] != monday+"T00:00" {
			t.Errorf("%s: %s, want %s", day, got, monday)
		}
	}
}

func TestSignIns(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene.garnier@brenval.example")
		h.workspace(1, l)
		by := actor.Actor{Kind: actor.Staff, Workspace: 1, Login: l.ID, Role: actor.StaffOfficer}
		paris, err := time.LoadLocation("Europe/Paris")
		if err != nil {
			h.Fatal(err)
		}
		counts := func() (n []int) {
			this := login.WeekOf(h.db.Now().In(paris))
			h.view(func(tx *sqldb.Tx) (err error) {
				n, err = login.SignIns(h.Context(), tx, by, []time.Time{this.AddDate(0, 0, -7), this})
				return err
			})
			return n
		}
		h.rule("they are counted by the week of the zone in which they happen", func(h house) {
			count := func() {
				h.update(func(tx *sqldb.Tx) error { login.CountSignIn(tx, 1, paris); return nil })
			}
			count()
			h.clock.Pass(61*time.Hour + 30*time.Minute) // from Friday, 10:00, to Sunday, 23:30 in Paris
			count()
			h.clock.Pass(time.Hour)
			count()
			if n := counts(); n[0] != 2 || n[1] != 1 {
				h.Error(n)
			}
		})
		h.rule("what a room above does at a sign-in is done with it, or neither is", func(h house) {
			var told []id.Login
			h.desk.OnSignIn(func(_ context.Context, _ *sqldb.Tx, who id.Login) error {
				told = append(told, who)
				return nil
			})
			right := login.Credentials{Email: "helene.garnier@brenval.example", Password: good}
			if err := h.try(right); err != nil || len(told) != 1 || told[0] != l.ID {
				h.Errorf("%v, %v", told, err)
			}
			if err := h.try(login.Credentials{Email: right.Email, Password: bad}); !fault.Is(err, fault.Invalid) || len(told) != 1 {
				h.Errorf("%v, %v", told, err)
			}
			h.desk.OnSignIn(func(context.Context, *sqldb.Tx, id.Login) error { return io.ErrUnexpectedEOF })
			if err := h.try(right); !errors.Is(err, io.ErrUnexpectedEOF) {
				h.Error(err)
			}
		})
		h.rule("whoever has no role in the workspace is not told", func(h house) {
			h.view(func(tx *sqldb.Tx) error {
				if _, err := login.SignIns(h.Context(), tx, actor.Actor{Workspace: 1}, nil); !fault.Is(err, fault.Forbidden) {
					h.Error(err)
				}
				return nil
			})
		})
	})
}
