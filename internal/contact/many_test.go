package contact_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

// TestManyAtOnce corrects the SIRET of an organisation of thousands, and deletes it: the one writer must not be held for
// a statement a contact.
func TestManyAtOnce(t *testing.T) {
	const people, most = 2000, 150
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			var statements atomic.Int64
			o.Trace = func(string, []any) { statements.Add(1) }
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			by, other := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
			org := newOrganization(t, db, by, "81245739800020")
			update(t, db, func(tx *sqldb.Tx) error {
				host, err := workspace.Get(t.Context(), tx, by.Workspace)
				if err != nil {
					return err
				}
				list := make([]contact.Addition, people)
				for n := range list {
					c, err := person(letters("Nom ", n), "Anne").Parse(host)
					if err != nil {
						return err
					}
					list[n] = contact.Addition{Contact: c, At: getOrganization(t, db, by, org)}
				}
				return contact.AddAll(t.Context(), tx, by, contact.Import, list)
			})
			shared := create(t, db, other, newOrganization(t, db, other, "81245739800020"), person(letters("Nom ", 7), "Anne"))
			few := func(what string, fn func(*sqldb.Tx) error) {
				t.Helper()
				statements.Store(0)
				update(t, db, fn)
				if n := statements.Load(); n > most {
					t.Errorf("%s: %d statements", what, n)
				}
			}
			identify := func(siret string) func(*sqldb.Tx) error {
				version := getOrganization(t, db, by, org).Version
				return func(tx *sqldb.Tx) error {
					_, err := contact.Identify(t.Context(), tx, by, org, organization.Identity{SIRET: siret, Reason: "faute de frappe", Version: version})
					return err
				}
			}

			t.Run("another SIRET gives everybody the account of the new key, by few statements", func(t *testing.T) {
				few("corrected", identify("35600000000048"))
				if n := countOf(t, db, `SELECT count(*) FROM contact c JOIN account a ON a.id = c.account_id
					WHERE c.workspace_id = 1 AND a.key = '35600000000048-' || c.family_key || '-' || c.given_key`); n != people {
					t.Errorf("%d of %d", n, people)
				}
				if n := countOf(t, db, `SELECT count(*) FROM account`); n != people+1 {
					t.Errorf("%d accounts", n)
				}
				if now := get(t, db, other, shared.ID); now.Account != shared.Account {
					t.Error("another workspace's contact got another account")
				}
			})
			t.Run("one whose account exists under the new SIRET is named, and nobody is changed", func(t *testing.T) {
				create(t, db, other, newOrganization(t, db, other, "73282932000074"), person(letters("Nom ", 1234), "Anne"))
				err := db.Update(t.Context(), identify("73282932000074"))
				f := fault.As(err)
				if f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "contact.account_exists_for" || !strings.Contains(fmt.Sprint(f.Fields[0].Args), letters("Nom ", 1234)+" Anne") {
					t.Errorf("%v", err)
				}
				if n := countOf(t, db, `SELECT count(*) FROM account WHERE key LIKE '35600000000048-%'`); n != people {
					t.Errorf("%d of %d", n, people)
				}
			})
			t.Run("deleted it goes with everybody's accounts, logins and values, by few statements", func(t *testing.T) {
				staff := logins(t, db, by.Workspace, 30)[0]
				update(t, db, func(tx *sqldb.Tx) error {
					_, err := tx.Exec(t.Context(), `INSERT INTO staff (workspace_id, login_id, role, created_at) VALUES ($1, $2, 'officer', $3)`, other.Workspace, staff, tx.Now())
					return err
				})
				few("deleted", func(tx *sqldb.Tx) error { return contact.DeleteOrganization(t.Context(), tx, by, org) })
				for says, query := range map[string]string{
					"contacts": `SELECT count(*) FROM contact WHERE workspace_id = 1`,
					"accounts": `SELECT count(*) - 2 FROM account`,
					"logins":   `SELECT count(*) - 1 FROM login`,
					"values":   `SELECT count(*) FROM journal_value v JOIN journal_line l ON l.workspace_id = v.workspace_id AND l.id = v.line_id WHERE v.workspace_id = 1 AND l.subject_kind = 'contact'`,
					"lines":    fmt.Sprintf(`SELECT count(*) - %d FROM journal_line WHERE workspace_id = 1 AND kind = 'contact.deleted'`, people),
					"total":    `SELECT CAST(SUM(n) AS BIGINT) FROM tally WHERE workspace_id = 1 AND name = 'contacts'`,
				} {
					if n := countOf(t, db, query); n != 0 {
						t.Errorf("%s: %d", says, n)
					}
				}
			})
		})
	}
}

// letters is a number in letters behind a word.
func letters(word string, n int) string {
	return word + strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(n))
}

// logins lets the first n contacts of the workspace join, each with a login of its own.
func logins(t *testing.T, db *sqldb.DB, of id.Workspace, n int) []id.Login {
	t.Helper()
	list := make([]id.Login, n)
	update(t, db, func(tx *sqldb.Tx) error {
		people, err := sqldb.List(t.Context(), tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE workspace_id = $1 ORDER BY id LIMIT $2`, of, n)
		if err != nil {
			return err
		}
		for i, c := range people {
			list[i] = id.NewLogin()
			if _, err := tx.Exec(t.Context(), `INSERT INTO login (id, email, password_hash, name, locale, time_zone, theme, version, created_at, password_changed_at)
				VALUES ($1, $2, 'x', 'x', 'fr', 'Europe/Paris', '', 1, $3, $3)`, list[i], fmt.Sprintf("l%d@corvenne.example", i), tx.Now()); err != nil {
				return err
			}
			if _, err := tx.Exec(t.Context(), `UPDATE contact SET login_id = $1, joined_at = $2 WHERE workspace_id = $3 AND id = $4`, list[i], tx.Now(), of, c); err != nil {
				return err
			}
		}
		return nil
	})
	return list
}
