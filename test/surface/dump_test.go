package surface

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// dump is all that the database holds but sessions and counts of tries: the rows by table, in order.
type dump map[string][]row

type row struct {
	text   string
	values map[string]string // by column
}

// passing are the tables that change without anybody changing anything.
var passing = []string{"session", "throttle", "schedule", "goose_db_version"}

func (in *installation) dump() dump {
	in.t.Helper()
	d := dump{}
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		query := `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
		if in.db.Engine() == "sqlite" {
			query = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
		}
		tables, err := sqldb.List(ctx, tx, sqldb.Value[string], query)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if slices.Contains(passing, table) {
				continue
			}
			if d[table], err = rows(ctx, tx, table); err != nil {
				return err
			}
		}
		return nil
	})
	if len(d) < 10 {
		in.t.Fatalf("only %d tables: %v", len(d), d)
	}
	return d
}

func rows(ctx context.Context, tx *sqldb.Tx, table string) (list []row, err error) {
	found, err := tx.Query(ctx, `SELECT * FROM `+table)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		r := row{values: map[string]string{}}
		for i, v := range values {
			r.values[columns[i]] = string(v)
			r.text += fmt.Sprintf("%s=%q ", columns[i], v)
		}
		list = append(list, r)
	}
	slices.SortFunc(list, byText)
	return list, found.Err()
}

func byText(a, b row) int { return strings.Compare(a.text, b.text) }

// forget leaves a column out of a table.
func (d dump) forget(table, column string) {
	for i, r := range d[table] {
		d[table][i].text = strings.Replace(r.text, fmt.Sprintf("%s=%q ", column, r.values[column]), "", 1)
	}
	slices.SortFunc(d[table], byText)
}

// forgetSignIns leaves out that people are told of sign-ins from a browser which they never used, and the jobs that tell them.
func (d dump) forgetSignIns() {
	told := map[string]bool{}
	d["notice_event"] = slices.DeleteFunc(d["notice_event"], func(r row) bool {
		gone := r.values["kind"] == string(notice.SignedIn)
		if gone {
			of := r.values["id"] // SQLite gives its bytes
			if len(of) == len(id.UUID{}) {
				of = id.UUID([]byte(of)).String()
			}
			told[of] = true
		}
		return gone
	})
	d["job"] = slices.DeleteFunc(d["job"], func(r row) bool {
		var args struct{ Event string }
		return r.values["kind"] == "notice.spread" && json.Unmarshal([]byte(r.values["args"]), &args) == nil && told[args.Event]
	})
}

// against says which rows are new or gone since.
func (d dump) against(after dump) (diff string) {
	for table, rows := range after {
		for _, r := range rows {
			if _, found := slices.BinarySearchFunc(d[table], r, byText); !found {
				diff += fmt.Sprintf("+ %s %.300s\n", table, r.text)
			}
		}
		for _, r := range d[table] {
			if _, found := slices.BinarySearchFunc(rows, r, byText); !found {
				diff += fmt.Sprintf("- %s %.300s\n", table, r.text)
			}
		}
	}
	return diff
}

// varying are the columns of which only counts whether they are empty: they differ from one scene to the next.
var varying = []string{
	"id", "number", "key", "family_name", "given_name", "family_key", "given_key", "name", "name_key", "email", "login_email", "siret", "customer_number", "customer_key", "subject_number",
	"submission", "brand", "digest", "version", "updated_by", "authorized_by", "password_hash", "last", "args",
}

// shape says what became of things: which are new, with what; which columns changed; which are gone. Two scenes of
// the same kind have the same.
func (d dump) shape(after dump) string {
	var lines []string
	for _, table := range []string{"workspace", "staff", "login", "organization", "account", "contact", "journal_line", "job"} {
		old := map[string]row{}
		for _, r := range d[table] {
			old[r.values["id"]+r.values["login_id"]] = r
		}
		for _, r := range after[table] {
			key := r.values["id"] + r.values["login_id"]
			before, known := old[key]
			delete(old, key)
			if line := told(before, r); line != "" {
				lines = append(lines, fmt.Sprintf("%s known %v:%s", table, known, line))
			}
		}
		for range old {
			lines = append(lines, table+" gone")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// told lists the columns that differ.
func told(before, after row) (line string) {
	var columns []string
	for column, value := range after.values {
		switch {
		case value == before.values[column]:
		case value != "" && (slices.Contains(varying, column) || strings.HasSuffix(column, "_at") || strings.HasSuffix(column, "_id") || column == "at"):
			columns = append(columns, column)
		default:
			columns = append(columns, fmt.Sprintf("%s=%q", column, value))
		}
	}
	slices.Sort(columns)
	for _, c := range columns {
		line += " " + c
	}
	return line
}
