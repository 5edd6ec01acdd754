package surface

import (
	"context"
	"database/sql"
	"encoding/binary"
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

// row is one, with all of it in a row of bytes by which rows are compared: thousands are read to see that nothing changed.
type row struct {
	raw     string
	columns []string // of the table
	values  []string // parts of raw
}

// value is that of a column, "" when the table has no such column.
func (r row) value(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 {
		return r.values[i]
	}
	return ""
}

// text is the row for a reader, and to search in.
func (r row) text() string {
	var b strings.Builder
	for i, v := range r.values {
		fmt.Fprintf(&b, "%s=%q ", r.columns[i], v)
	}
	return b.String()
}

// passing are the tables that change without anybody changing anything.
var passing = []string{"session", "throttle", "schedule", "goose_db_version"}

func (in *installation) dump() dump {
	in.t.Helper()
	d := in.dumpOf(nil)
	if len(d) < 10 {
		in.t.Fatalf("only %d tables: %v", len(d), d)
	}
	return d
}

// dumpOf is of these tables alone; nil = of all but those that change by themselves.
func (in *installation) dumpOf(these []string) dump {
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
			if slices.Contains(passing, table) || these != nil && !slices.Contains(these, table) {
				continue
			}
			if d[table], err = rows(ctx, tx, table); err != nil {
				return err
			}
		}
		return nil
	})
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
		list = append(list, rowOf(columns, values))
	}
	slices.SortFunc(list, byRaw)
	return list, found.Err()
}

// rowOf keeps the values, each behind its length, so that two rows with the same bytes are the same.
func rowOf[T ~string | ~[]byte](columns []string, values []T) row {
	var raw []byte
	ends := make([]int, len(values))
	for i, v := range values {
		raw = append(binary.AppendUvarint(raw, uint64(len(v))), v...)
		ends[i] = len(raw)
	}
	r := row{raw: string(raw), columns: columns, values: make([]string, len(values))}
	for i, v := range values {
		r.values[i] = r.raw[ends[i]-len(v) : ends[i]]
	}
	return r
}

func byRaw(a, b row) int { return strings.Compare(a.raw, b.raw) }

// forget leaves what stands in a column of a table out.
func (d dump) forget(table, column string) {
	for i, r := range d[table] {
		values := slices.Clone(r.values)
		values[slices.Index(r.columns, column)] = ""
		d[table][i] = rowOf(r.columns, values)
	}
	slices.SortFunc(d[table], byRaw)
}

// forgetSignIns leaves out that people are told of sign-ins from a browser which they never used, and the jobs that tell them.
func (d dump) forgetSignIns() {
	told := map[string]bool{}
	d["notice_event"] = slices.DeleteFunc(d["notice_event"], func(r row) bool {
		gone := r.value("kind") == string(notice.SignedIn)
		if gone {
			of := r.value("id") // SQLite gives its bytes
			if len(of) == len(id.UUID{}) {
				of = id.UUID([]byte(of)).String()
			}
			told[of] = true
		}
		return gone
	})
	d["job"] = slices.DeleteFunc(d["job"], func(r row) bool {
		var args struct{ Event string }
		return r.value("kind") == "notice.spread" && json.Unmarshal([]byte(r.value("args")), &args) == nil && told[args.Event]
	})
}

// against says which rows are new or gone since.
func (d dump) against(after dump) (diff string) {
	for table, rows := range after {
		if slices.EqualFunc(d[table], rows, func(a, b row) bool { return a.raw == b.raw }) {
			continue
		}
		for _, r := range rows {
			if _, found := slices.BinarySearchFunc(d[table], r, byRaw); !found {
				diff += fmt.Sprintf("+ %s %.300s\n", table, r.text())
			}
		}
		for _, r := range d[table] {
			if _, found := slices.BinarySearchFunc(rows, r, byRaw); !found {
				diff += fmt.Sprintf("- %s %.300s\n", table, r.text())
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

// shaped are the tables that it tells of.
var shaped = []string{"workspace", "staff", "login", "organization", "account", "contact", "journal_line", "job"}

// shape says what became of things: which are new, with what; which columns changed; which are gone. Two scenes of
// the same kind have the same.
func (d dump) shape(after dump) string {
	var lines []string
	for _, table := range shaped {
		old := map[string]row{}
		for _, r := range d[table] {
			old[r.value("id")+r.value("login_id")] = r
		}
		for _, r := range after[table] {
			key := r.value("id") + r.value("login_id")
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
	for i, value := range after.values {
		switch column := after.columns[i]; {
		case value == before.value(column):
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
