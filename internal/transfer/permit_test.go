package transfer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
)

func TestRefusedRenames(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		all, other := newHost(t, db, "brenval", "school"), newHost(t, db, "lannoy", "school")
		mine, theirs := all.organization("Corvenne", corvenne), other.organization("Corvenne", corvenne)
		const header = "Identifiant personnel;SIRET;Nom;Prénom"
		var taken, free []string
		for _, letter := range strings.Split("abcdefghijklmno", "") {
			other.contact(theirs.ID, contact.Input{FamilyName: "Secret " + letter, GivenName: "Max"})
			c := all.contact(mine.ID, contact.Input{FamilyName: "Open " + letter, GivenName: "Max"})
			taken = append(taken, c.Label()+";"+corvenne+";Secret "+letter+";Max")
			c = all.contact(mine.ID, contact.Input{FamilyName: "Free " + letter, GivenName: "Max"})
			free = append(free, c.Label()+";"+corvenne+";New "+letter+";Max")
		}
		person := func() actor.Actor {
			return actor.Actor{Kind: actor.Staff, Workspace: all.by.Workspace, Login: id.NewLogin(), Role: actor.StaffAdmin}
		}
		installation := secret.New()
		desk := func() *login.Desk { // anew, as after a restart
			return login.NewDesk(db, installation, login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 64, Threads: 1, Concurrent: 1})
		}
		run := func(h host, by actor.Actor, rows ...string) string {
			h.Helper()
			o, _ := options("r")
			r, err := imports(h.Context(), db, by, transfer.Settings{Desk: desk()}, transfer.Contacts, o, false, file(append([]string{header}, rows...)...))
			if err != nil {
				h.Fatal(err)
			}
			l := line(r)
			return fmt.Sprintf("%d changed, %d refused, %d not tried", r.Changed, strings.Count(l, "account_exists"), strings.Count(l, "renames_ended"))
		}
		probe := person()
		t.Run("a member of staff has ten in the window, over all files, and then renames nothing, not even what is free", func(t *testing.T) {
			h := all.in(t)
			h.want(run(h, probe, taken[:6]...), "0 changed, 6 refused, 0 not tried")
			h.want(run(h, probe, append([]string{free[0]}, taken...)...), "1 changed, 4 refused, 11 not tried")
			h.want(run(h, probe, free[1], taken[0]), "0 changed, 0 refused, 2 not tried")
		})
		t.Run("the office's dialog counts the same ones", func(t *testing.T) {
			if err := desk().Try(t.Context(), probe, "rename"); !fault.Is(err, fault.TooMany) {
				t.Error(err)
			}
		})
		t.Run("after the wait there is one more", func(t *testing.T) {
			h := all.in(t)
			clock.Pass(30 * time.Second)
			h.want(run(h, probe, free[1], taken[0], taken[1], free[2]), "1 changed, 1 refused, 2 not tried")
		})
		t.Run("another person has a count of their own, and what is not refused is not counted", func(t *testing.T) {
			h, by := all.in(t), person()
			h.want(run(h, by, free[2:]...), "13 changed, 0 refused, 0 not tried")
			h.want(run(h, by, taken...), "0 changed, 10 refused, 5 not tried")
		})
		t.Run("the command line is not counted", func(t *testing.T) {
			h := all.in(t)
			h.want(run(h, h.by, taken...), "0 changed, 15 refused, 0 not tried")
		})
	})
}
