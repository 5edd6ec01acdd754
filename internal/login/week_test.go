package login_test

import (
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
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

func TestSignInsAreCountedByWeek(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene.garnier@brenval.example")
		h.workspace(1, l)
		h.workspace(2, l)
		by := actor.Actor{Kind: actor.Staff, Workspace: 1, Login: l.ID, Role: actor.StaffOfficer}
		counts := func() (n []int) {
			paris, _ := time.LoadLocation("Europe/Paris")
			this := login.WeekOf(h.db.Now().In(paris))
			h.view(func(tx *sqldb.Tx) (err error) {
				n, err = login.SignIns(h.Context(), tx, by, []time.Time{this.AddDate(0, 0, -7), this})
				return err
			})
			return n
		}
		signIn := func(password string) {
			h.Helper()
			if err := h.try(login.Credentials{Email: "helene.garnier@brenval.example", Password: password}); (err == nil) != (password == good) {
				h.Fatal(err)
			}
		}
		h.rule("a sign-in counts once in each workspace, in the week of its time zone; a wrong password does not", func(h house) {
			signIn(good)
			signIn(bad)
			signIn(good)
			if n := counts(); n[0] != 0 || n[1] != 2 {
				h.Error(n)
			}
			h.clock.Pass(61*time.Hour + 30*time.Minute) // from Friday, 10:00, to Sunday, 23:30 in Paris
			signIn(good)
			h.clock.Pass(time.Hour)
			signIn(good)
			if n := counts(); n[0] != 3 || n[1] != 1 {
				h.Error(n)
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
