package contact_test

import (
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// TestIdentityHoldsWhateverIsDone creates, renames and deletes at random in two workspaces that share SIRETs, with
// names that differ only in what folding takes away, and looks at the tables after each step.
func TestIdentityHoldsWhateverIsDone(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		school, vendor := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		hosts := []actor.Actor{school, vendor}
		orgs := [][]id.Organization{
			{newOrganization(t, db, school, "81245739800020"), newOrganization(t, db, school, "")},
			{newOrganization(t, db, vendor, "81245739800020"), newOrganization(t, db, vendor, "")},
		}
		families := []string{"Le Gall", "LE-GALL", "le gall", "L’Hostis", "l hostis", "Œuvrard", "oeuvrard"}
		givens := []string{"Maëlle", "MAELLE", "Anne-Marie", "anne marie"}
		rapid.Check(t, func(r *rapid.T) {
			for range rapid.IntRange(1, 12).Draw(r, "steps") {
				h := rapid.IntRange(0, 1).Draw(r, "workspace")
				org := orgs[h][rapid.IntRange(0, 1).Draw(r, "organisation")]
				in := person(rapid.SampledFrom(families).Draw(r, "family"), rapid.SampledFrom(givens).Draw(r, "given"))
				people := everybody(t, db, hosts[h])
				what := rapid.SampledFrom([]string{"create", "rename", "replace", "delete"}).Draw(r, "act")
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					if what == "create" || len(people) == 0 {
						_, err := contact.Create(t.Context(), tx, hosts[h], org, in)
						return err
					}
					c := people[rapid.IntRange(0, len(people)-1).Draw(r, "whom")]
					if what == "delete" {
						return contact.Delete(t.Context(), tx, hosts[h], c.ID, anyOther(people, c).ID)
					}
					_, err := contact.Rename(t.Context(), tx, hosts[h], c.ID, contact.NewName{
						FamilyName: in.FamilyName, GivenName: in.GivenName, Another: what == "replace", Version: c.Version})
					return err
				})
				if err != nil && !fault.Is(err, fault.Conflict) {
					r.Fatalf("%s: %v", what, err)
				}
				accountsFit(r, t, db)
			}
		})
	})
}

// anyOther is somebody of the same organisation, if there is one.
func anyOther(people []contact.Contact, but contact.Contact) contact.Contact {
	for _, c := range people {
		if c.ID != but.ID && c.Organization == but.Organization {
			return c
		}
	}
	return contact.Contact{}
}

// accountsFit looks at the rules of product.md §3 in the tables themselves.
func accountsFit(r *rapid.T, t *testing.T, db *sqldb.DB) {
	for says, query := range map[string]string{
		"an account that nobody uses stayed": `SELECT count(*) FROM account a WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.account_id = a.id)`,
		"a key has two accounts":             `SELECT count(*) - count(DISTINCT key) FROM account`,
		"a contact's account is not that of its name": `SELECT count(*) FROM contact c JOIN account a ON a.id = c.account_id
			WHERE a.key NOT LIKE '%-' || c.family_key || '-' || c.given_key`,
		"a workspace has an account twice": `SELECT count(*) FROM (SELECT 1 FROM contact GROUP BY account_id, workspace_id HAVING count(*) > 1) d`,
		"a primary contact is not of its organisation": `SELECT count(*) FROM organization o WHERE o.primary_contact_id IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.workspace_id = o.workspace_id AND c.organization_id = o.id AND c.id = o.primary_contact_id)`,
		"an organisation with contacts has no primary one": `SELECT count(*) FROM organization o WHERE o.primary_contact_id IS NULL
			AND EXISTS (SELECT 1 FROM contact c WHERE c.workspace_id = o.workspace_id AND c.organization_id = o.id)`,
		"values of somebody deleted stayed": `SELECT count(*) FROM journal_value v JOIN journal_line l ON l.workspace_id = v.workspace_id AND l.id = v.line_id
			WHERE l.subject_kind = 'contact' AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.workspace_id = v.workspace_id AND c.id = v.subject_id)`,
		"the total of contacts is wrong": `SELECT COALESCE((SELECT CAST(SUM(n) AS BIGINT) FROM tally WHERE name = 'contacts'), 0) - (SELECT count(*) FROM contact)`,
	} {
		if n := countOf(t, db, query); n != 0 {
			r.Fatalf("%s (%d)", says, n)
		}
	}
}

// TestRaceForOneName lets many create one person, and rename others to it, in two workspaces and through two
// handles on the same database (as two processes have): one account comes of it, one contact a workspace.
func TestRaceForOneName(t *testing.T) {
	rounds, runners := 20, 16
	if full() {
		rounds, runners = 500, 64
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dbs := twoHandles(t, engine)
			hosts := []actor.Actor{newHost(t, dbs[0], "brenval", "school"), newHost(t, dbs[0], "orvane", "vendor")}
			orgs := []id.Organization{newOrganization(t, dbs[0], hosts[0], "81245739800020"), newOrganization(t, dbs[0], hosts[1], "81245739800020")}
			for round := range rounds {
				family := fmt.Sprintf("Course%c%c", 'a'+round/26%26, 'a'+round%26)
				var others [2]contact.Contact
				for h := range hosts {
					others[h] = create(t, dbs[0], hosts[h], orgs[h], person("Autre"+family, "Jean"))
				}
				raceOnce(t, dbs, hosts, orgs, others, runners, family)
				key := "81245739800020-" + fold(family) + "-anne"
				if n := countOf(t, dbs[1], `SELECT count(*) FROM account WHERE key = '`+key+`'`); n != 1 {
					t.Fatalf("%s: %d accounts of one key", family, n)
				}
				if n := countOf(t, dbs[1], `SELECT count(*) FROM contact WHERE family_key = '`+fold(family)+`' AND given_key = 'anne'`); n < 1 || n > 2 {
					t.Fatalf("%s: %d contacts of one key in two workspaces", family, n)
				}
			}
		})
	}
}

func raceOnce(t *testing.T, dbs [2]*sqldb.DB, hosts []actor.Actor, orgs []id.Organization, others [2]contact.Contact, runners int, family string) {
	var all sync.WaitGroup
	for n := range runners {
		h := n / 2 % 2
		all.Go(func() {
			err := dbs[n%2].Update(t.Context(), func(tx *sqldb.Tx) error {
				if n%3 == 0 {
					_, err := contact.Rename(t.Context(), tx, hosts[h], others[h].ID, contact.NewName{FamilyName: family, GivenName: "Anne", Version: others[h].Version})
					return err
				}
				_, err := contact.Create(t.Context(), tx, hosts[h], orgs[h], person(family, "Anne"))
				return err
			})
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Errorf("%d: %v", n, err)
			}
		})
	}
	all.Wait()
}

// TestRaceWithTheSIRET lets contacts be added while their organisation's SIRET is corrected, and while it is archived and
// deleted: whoever is there in the end bears the account of the organisation's own number.
func TestRaceWithTheSIRET(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dbs := twoHandles(t, engine)
			by := newHost(t, dbs[0], "brenval", "school")
			for round := range 12 {
				org := newOrganization(t, dbs[0], by, "")
				var all sync.WaitGroup
				for n := range 8 {
					all.Go(func() {
						err := dbs[n%2].Update(t.Context(), func(tx *sqldb.Tx) error {
							_, err := contact.Create(t.Context(), tx, by, org, person(fmt.Sprintf("Nom%c", 'a'+n), "Anne"))
							return err
						})
						if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
							t.Error(err)
						}
					})
				}
				all.Go(func() { endIn(t, dbs[1], by, org, round) })
				all.Wait()
				if n := countOf(t, dbs[0], `SELECT count(*) FROM contact c JOIN organization o ON o.workspace_id = c.workspace_id AND o.id = c.organization_id
					JOIN account a ON a.id = c.account_id WHERE o.siret IS NOT NULL AND a.key <> o.siret || '-' || c.family_key || '-' || c.given_key`); n != 0 {
					t.Fatalf("%d contacts under another number's account", n)
				}
				if n := countOf(t, dbs[0], `SELECT count(*) FROM contact c JOIN organization o ON o.workspace_id = c.workspace_id AND o.id = c.organization_id
					WHERE (o.archived_at IS NOT NULL) <> (c.archived = 1)`); n != 0 {
					t.Fatalf("%d contacts are hidden and should not be, or the reverse", n)
				}
				update(t, dbs[0], func(tx *sqldb.Tx) error {
					err := contact.DeleteOrganization(t.Context(), tx, by, org)
					if fault.Is(err, fault.NotFound) {
						return nil
					}
					return err
				})
			}
		})
	}
}

// endIn corrects the SIRET, archives or deletes, by turns.
func endIn(t *testing.T, db *sqldb.DB, by actor.Actor, org id.Organization, round int) {
	err := db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
		switch round % 3 {
		case 0:
			_, err = contact.Identify(t.Context(), tx, by, org, organization.Identity{SIRET: "81245739800020", Version: 1})
		case 1:
			_, err = contact.Archive(t.Context(), tx, by, org)
		default:
			err = contact.DeleteOrganization(t.Context(), tx, by, org)
		}
		return err
	})
	if err != nil && !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
}
