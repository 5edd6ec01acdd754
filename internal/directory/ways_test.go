package directory_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// everyWay makes a colleague of each way in, and one of somebody else's organisation.
func everyWay(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) (by actor.Actor, org id.Organization) {
	t.Helper()
	by = newHost(t, db, "brenval", "school")
	org = newOrganization(t, db, by, "81245739800020")
	key := secret.New()
	inviter := access.NewInviter(invitation.NewMaker(key, invitation.LimitsOf(config.Default().Invitations)), login.Links(key, login.DefaultLimits()))
	made := func(at id.Organization, family, given string, past contact.Past) contact.Contact {
		in := person(family, given)
		in.Email = strings.ToLower(family+"."+given) + "@corvenne.example"
		c := create(t, db, by, at, in)
		update(t, db, func(tx *sqldb.Tx) error {
			past.Role = contact.User
			return contact.Imagine(t.Context(), tx, actor.OfProgram(by.Workspace), c.ID, past)
		})
		return c
	}
	invited := func(family, given string) contact.Contact {
		c := made(org, family, given, contact.Past{})
		update(t, db, func(tx *sqldb.Tx) error {
			_, err := inviter.SendCredentials(t.Context(), tx, by, c.ID, access.Sending{})
			return err
		})
		return c
	}
	set := func(text string, args ...any) {
		update(t, db, func(tx *sqldb.Tx) error { _, err := tx.Exec(t.Context(), text, args...); return err })
	}
	now := sqldb.At(clock.Now())
	invited("Expire", "Anne")
	seen := invited("Vu", "Expire")
	set(`UPDATE invitation SET opened_at = $1 WHERE workspace_id = $2 AND contact_id = $3`, now, by.Workspace, seen.ID)
	both := invited("Refus", "Expire")
	set(`UPDATE letter SET state = 'refused' WHERE workspace_id = $1 AND contact_id = $2`, by.Workspace, both.ID)
	clock.Pass(30 * 24 * time.Hour)
	refused := invited("Refus", "Luc")
	set(`UPDATE letter SET state = 'refused' WHERE workspace_id = $1 AND contact_id = $2`, by.Workspace, refused.ID)
	opened := invited("Refus", "Ouvert")
	set(`UPDATE letter SET state = 'refused' WHERE workspace_id = $1 AND contact_id = $2`, by.Workspace, opened.ID)
	set(`UPDATE invitation SET opened_at = $1 WHERE workspace_id = $2 AND contact_id = $3`, now, by.Workspace, opened.ID)
	invited("Invite", "Paul")
	declined := invited("Decline", "Zoe")
	set(`UPDATE invitation SET ended = 'declined', ended_at = $1 WHERE workspace_id = $2 AND contact_id = $3`, now, by.Workspace, declined.ID)
	off := invited("Ferme", "Jean")
	set(`UPDATE contact SET login_enabled = 0, login_disabled_by = 'staff', credentials_sent_at = $1 WHERE workspace_id = $2 AND id = $3`, now, by.Workspace, off.ID)
	made(org, "Actif", "Ana", contact.Past{LoginEnabled: true, JoinedAt: now, CredentialsSentAt: now})
	made(org, "Ferme", "Ana", contact.Past{JoinedAt: now, CredentialsSentAt: now, LoginDisabledBy: "portal"})
	made(org, "Sans", "Eva", contact.Past{})
	made(newOrganization(t, db, by, "35600000000048"), "Ailleurs", "Eva", contact.Past{})
	depositor := person("Depot", "Paul")
	depositor.Source = contact.Landing
	create(t, db, by, org, depositor)
	return by, org
}

func TestWays(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		by, org := everyWay(t, db, clock)
		self := create(t, db, by, org, person("Soi", "Anne"))
		admin, user := through(by, self, actor.PortalAdmin), through(by, self, actor.PortalUser)
		all := colleagues(t, db, admin, directory.Filter{Ask: paging.Ask{Size: 48}})
		rows := make([]contact.Row, len(all.Items))
		for i, n := range all.Items {
			rows[i] = n.Row
		}
		var deliveries map[id.Contact]invitation.Delivery
		view(t, db, func(tx *sqldb.Tx) (err error) {
			deliveries, err = access.DeliveriesOfColleagues(t.Context(), tx, admin, rows)
			return err
		})
		shown := func(way directory.Way) (ids []id.Contact) { // as the badges say
			for _, c := range rows {
				is := directory.Way(c.State()) == way
				if d := deliveries[c.ID]; way == directory.Unreached || way == directory.Expired {
					is = c.State() == contact.Invited && string(d) == string(way)
				}
				if is {
					ids = append(ids, c.ID)
				}
			}
			return ids
		}
		t.Run("the list of each way has those whose badge says so; its figure is their number", func(t *testing.T) {
			for way, want := range map[directory.Way]int{
				directory.WithoutLogin: 2, directory.Invited: 7, directory.Unreached: 2, directory.Expired: 2, directory.Active: 1, directory.Disabled: 2,
			} {
				var got []id.Contact
				for _, n := range colleagues(t, db, admin, directory.Filter{Way: way, Ask: paging.Ask{Size: 48}}).Items {
					got = append(got, n.ID)
				}
				var figure int
				view(t, db, func(tx *sqldb.Tx) (err error) {
					figure, _, err = directory.CountColleagues(t.Context(), tx, admin, directory.Filter{Way: way})
					return err
				})
				if !slices.Equal(got, shown(way)) || len(got) != want || figure != want {
					t.Errorf("%s: %d listed, %d counted, %d shown, want %d", way, len(got), figure, len(shown(way)), want)
				}
			}
		})
		t.Run("with a query it finds those of them who are called so", func(t *testing.T) {
			if got := called(colleagues(t, db, admin, directory.Filter{Way: directory.Unreached, Query: "refus"})); got != "Refus Expire, Refus Luc" {
				t.Error(got)
			}
		})
		t.Run("to a user the question says nothing, and the answer neither", func(t *testing.T) {
			for _, way := range directory.Ways() {
				if got := colleagues(t, db, user, directory.Filter{Way: way}); got.Total != len(rows) {
					t.Errorf("%s: %d", way, got.Total)
				}
			}
		})
		t.Run("the leaders are the admins and super_admins", func(t *testing.T) {
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE contact SET role = 'admin' WHERE workspace_id = $1 AND id = $2`, by.Workspace, self.ID)
				return err
			})
			view(t, db, func(tx *sqldb.Tx) error {
				list, err := directory.Leaders(t.Context(), tx, admin)
				if len(list) != 1 || list[0].ID != self.ID {
					t.Errorf("%+v", list)
				}
				return err
			})
		})
	})
}

// TestWaysAreReadByTheirIndexes looks at the plans, without statistics and with.
func TestWaysAreReadByTheirIndexes(t *testing.T) {
	sqldbtest.EachWatched(t, "contact", func(t *testing.T, w *sqldbtest.Watched) {
		by, org := everyWay(t, w.DB, w.Clock)
		admin := through(by, create(t, w.DB, by, org, person("Soi", "Anne")), actor.PortalAdmin)
		look := func(named bool) {
			for _, way := range []directory.Way{directory.WithoutLogin, directory.Invited, directory.Active, directory.Disabled, directory.Unreached, directory.Expired, ""} {
				w.Plans(t, func() {
					view(t, w.DB, func(tx *sqldb.Tx) error {
						if way == "" {
							_, err := directory.Leaders(t.Context(), tx, admin)
							return err
						}
						_, err := directory.Colleagues(t.Context(), tx, admin, directory.Filter{Way: way})
						if err != nil {
							return err
						}
						_, _, err = directory.CountColleagues(t.Context(), tx, admin, directory.Filter{Way: way})
						return err
					})
				}, func(query, plan string) {
					index := "contact_organization"
					if strings.HasSuffix(query, contact.Unseen) {
						index = "contact_unseen" // whether there are any at all
					}
					if walked := strings.Contains(plan, "Seq Scan on") || strings.Contains(plan, "SCAN contact\n") || strings.Contains(plan, "SCAN i\n"); walked || named && !strings.Contains(plan, index) {
						t.Errorf("%q not by %s:\n%s\n%s", way, index, query, plan)
					}
				})
			}
		}
		look(w.Engine == "sqlite") // in so small a table, statistics speak for any index
		w.Analyze(t)
		look(false)
	})
}
