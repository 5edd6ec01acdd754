package sqldb_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// The tables that belong to no workspace.
var ofTheInstallation = []string{"account", "deposit_count", "deposit_letter", "installation", "job", "login", "login_link", "schedule", "session", "throttle", "workspace"}

// The indexes of a workspace's tables that begin with something else, and why. docs/scale.md says what becomes of them where
// workspaces are spread. Beside them there are those that begin with a moment (…_at): by them the jobs sweep all workspaces.
var acrossWorkspaces = []string{
	"contact by account_id",     // does another workspace use the account
	"contact by login_id",       // what somebody who signs in has joined
	"deposit by link_digest",    // a link of a letter, before anything else is known
	"file by id",                // what lies on the disk
	"file by login_id",          // what somebody uploads at the moment
	"invitation by email",       // what waits for somebody who signs in
	"invitation by link_digest", // a link of a letter
	"letter by id",              // the queue of letters is the installation's
	"letter by login_id",        // letters about somebody's own login
	"letter by state",           // what is to be sent next
	"staff by login_id",         // the workspaces of somebody who signs in
	"token by id",               // another program, which shows nothing but its token
}

// firstColumns asks for every index, with its table and its first column.
var firstColumns = map[string]string{
	"sqlite": `SELECT m.name, l.name, COALESCE(i.name, '') FROM sqlite_master m, pragma_index_list(m.name) l, pragma_index_info(l.name) i WHERE m.type = 'table' AND i.seqno = 0`,
	"postgres": `SELECT t.relname, i.relname, COALESCE((SELECT attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[0]), '')
		FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = current_schema() AND t.relkind = 'r'`,
}

var tablesAndColumns = map[string]string{
	"sqlite":   `SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`,
	"postgres": `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`,
}

// TestDistribution: a workspace is what an installation can be divided by, since nothing of it is found but by it.
func TestDistribution(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		owned := map[string]bool{} // by table, whether it has the column
		var foreign []string
		err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			columns, err := sqldb.List(t.Context(), tx, func(row sqldb.Scanner) (c [2]string, err error) { return c, row.Scan(&c[0], &c[1]) }, tablesAndColumns[db.Engine()])
			if err != nil {
				return err
			}
			for _, c := range columns {
				owned[c[0]] = owned[c[0]] || c[1] == "workspace_id"
			}
			indexes, err := sqldb.List(t.Context(), tx, func(row sqldb.Scanner) (i [3]string, err error) { return i, row.Scan(&i[0], &i[1], &i[2]) }, firstColumns[db.Engine()])
			for _, i := range indexes {
				if owned[i[0]] && i[2] != "workspace_id" && !strings.HasSuffix(i[2], "_at") {
					foreign = append(foreign, i[0]+" by "+i[2])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Run("every table belongs to a workspace, but those of the installation", func(t *testing.T) {
			var shared []string
			for table, has := range owned {
				if !has && !strings.HasPrefix(table, "goose") {
					shared = append(shared, table)
				}
			}
			if slices.Sort(shared); !slices.Equal(shared, ofTheInstallation) {
				t.Errorf("%q", shared)
			}
		})
		t.Run("every index of a workspace's table begins with it, but those named and those of moments", func(t *testing.T) {
			slices.Sort(foreign)
			if foreign = slices.Compact(foreign); !slices.Equal(foreign, acrossWorkspaces) {
				t.Errorf("%q", foreign)
			}
		})
	})
}
