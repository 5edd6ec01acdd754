package main

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver «pgx»
	_ "modernc.org/sqlite"             // the driver «sqlite»
)

// bare runs, through the product's own driver and on its own tables, the queries that an operation cannot do
// without: prepared once, scanned into plain types, nothing around them.
type bare struct {
	db        *sql.DB
	conn      *sql.Conn
	workspace int64
	database  process // PostgreSQL's first process; 0 = SQLite
	written   int
}

func openBare(ctx context.Context, p *product) (*bare, error) {
	driver, source := "pgx", p.dsn
	if source == "" {
		driver = "sqlite"
		source = "file:" + p.sqlite() + "?_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
			"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=cache_size(-32768)&_pragma=wal_autocheckpoint(0)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, err
	}
	b := &bare{db: db}
	if b.conn, err = db.Conn(ctx); err != nil {
		return nil, err
	}
	err = b.conn.QueryRowContext(ctx, "SELECT id FROM workspace WHERE slug = $1", slug).Scan(&b.workspace)
	if err == nil && p.dsn != "" {
		err = b.findServer(ctx)
	}
	return b, err
}

// findServer finds PostgreSQL's first process when it runs on this machine, by that of our own connection.
func (b *bare) findServer(ctx context.Context) error {
	var pid int
	if err := b.conn.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return err
	}
	if first, err := process(pid).parent(); err == nil {
		b.database = first
	}
	return nil
}

// promises tells of PostgreSQL what its figures rest on.
func (b *bare) promises(ctx context.Context) (string, error) {
	var said []string
	for _, name := range []string{"server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers"} {
		var value string
		if err := b.conn.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return "", err
		}
		said = append(said, name+" "+value)
	}
	return strings.Join(said, ", "), nil
}

// sirets are some of the organisations' numbers.
func (b *bare) sirets(ctx context.Context) (list []string, err error) {
	found, err := b.conn.QueryContext(ctx, `SELECT siret FROM organization WHERE workspace_id = $1 AND siret IS NOT NULL AND archived_at IS NULL LIMIT 5000`, b.workspace)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var siret string
		if err := found.Scan(&siret); err != nil {
			return nil, err
		}
		list = append(list, siret)
	}
	return list, found.Err()
}

func (b *bare) close() {
	b.conn.Close()
	b.db.Close()
}

// columns of a row as lists show it.
const columns = `c.id, c.organization_id, c.number, c.civility, c.family_name, c.given_name, c.job_title, c.mobile, c.phone, c.email,
	c.role, c.source, c.joined_at, c.login_enabled, c.authorized_at, c.credentials_sent_at, o.name`

const rows = `SELECT ` + columns + ` FROM (SELECT id FROM contact WHERE workspace_id = $1 %s LIMIT %d %s) i
	CROSS JOIN contact c CROSS JOIN organization o
	WHERE c.workspace_id = $1 AND c.id = i.id AND o.workspace_id = $1 AND o.id = c.organization_id`

// within reads the first 24 whose family name holds some letters, by the ends of names.
const within = `SELECT ` + columns + ` FROM (SELECT id FROM (SELECT key FROM name_part WHERE workspace_id = $1 AND part >= $2 AND part < $3 AND given = 0 LIMIT 1000) n
		CROSS JOIN contact WHERE workspace_id = $1 AND archived = 0 AND family_key = key LIMIT 24) i
	CROSS JOIN contact c CROSS JOIN organization o
	WHERE c.workspace_id = $1 AND c.id = i.id AND o.workspace_id = $1 AND o.id = c.organization_id`

// reads are the bare queries by name, with what changes from one run to the next.
func (b *bare) reads(p *places) map[string]read {
	const visible, ordered = "AND archived = 0 ", " ORDER BY family_key, given_key, id"
	return map[string]read{
		"one": {fmt.Sprintf(rows, "AND organization_id = $2"+ordered, 24, ""), func(n int) []any {
			return []any{identifier(p.organizations[n%len(p.organizations)])}
		}},
		"first": {fmt.Sprintf(rows, visible+ordered, 48, ""), func(int) []any { return nil }},
		"deep": {fmt.Sprintf(rows, visible+"AND (family_key, given_key) > ($2, $3)"+ordered, 48, ""), func(n int) []any {
			who := p.people[n%len(p.people)]
			return []any{strings.ToLower(who.family), strings.ToLower(who.given)}
		}},
		"broad":   {fmt.Sprintf(rows, visible+"AND family_key >= $2 AND family_key < $3"+ordered, 24, ""), between(p.broad())},
		"narrow":  {fmt.Sprintf(rows, visible+"AND family_key >= $2 AND family_key < $3"+ordered, 24, ""), between(p.narrow())},
		"jump":    {fmt.Sprintf(rows, visible+ordered, 48, "OFFSET $2"), func(n int) []any { return []any{n * 7919 * 48 % max(48, p.contacts-48)} }},
		"last":    {fmt.Sprintf(rows, visible+ordered, 48, "OFFSET $2"), func(int) []any { return []any{p.contacts - p.contacts%48 - 48} }},
		"contact": {fmt.Sprintf(rows, "AND id = $2", 1, ""), func(n int) []any { return []any{identifier(p.people[n%len(p.people)].id)} }},
		"siret":   {fmt.Sprintf(rows, "AND organization_id = (SELECT id FROM organization WHERE workspace_id = $1 AND siret = $2)"+ordered, 24, ""), func(n int) []any { return []any{p.sirets[n%len(p.sirets)]} }},
		"rare":    {within, between(p.rare)},
		"common":  {within, between(p.common)},
		"number":  {fmt.Sprintf(rows, "AND number = $2", 1, ""), func(n int) []any { return []any{1 + n*7919%p.contacts} }},
	}
}

type read struct {
	query string
	args  func(n int) []any // behind the workspace
}

func between(words []string) func(int) []any {
	return func(n int) []any {
		word := strings.ToLower(words[n%len(words)])
		return []any{word, word + "\U0010FFFF"}
	}
}

// identifier gives the 16 bytes of a UUID.
func identifier(text string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	if err != nil {
		panic("bench: " + text + " is no identifier")
	}
	return b
}

// measure runs a query for that long and gives the CPU of one, PostgreSQL's included.
func (b *bare) measure(ctx context.Context, r read, lasts time.Duration) (time.Duration, error) {
	if r.args == nil {
		return 0, errors.New("there is no such bare query")
	}
	s, err := b.conn.PrepareContext(ctx, r.query)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	return b.cost(lasts, func(n int) error {
		list, err := s.QueryContext(ctx, append([]any{b.workspace}, r.args(n)...)...)
		if err != nil {
			return err
		}
		return drain(list)
	})
}

// drain scans every row as a program must.
func drain(list *sql.Rows) error {
	defer list.Close()
	var id, organization []byte
	var number, enabled int64
	var family, given, job, role, source, name string
	var civility, mobile, phone, email sql.NullString
	var joined, authorized, sent sql.NullInt64
	for list.Next() {
		err := list.Scan(&id, &organization, &number, &civility, &family, &given, &job, &mobile, &phone, &email,
			&role, &source, &joined, &enabled, &authorized, &sent, &name)
		if err != nil {
			return err
		}
	}
	return list.Err()
}

// cost runs do over and over for that long.
func (b *bare) cost(lasts time.Duration, do func(n int) error) (time.Duration, error) {
	before, err := b.used()
	if err != nil {
		return 0, err
	}
	n := 0
	for until := time.Now().Add(lasts); n == 0 || time.Now().Before(until); n++ {
		if err := do(n); err != nil {
			return 0, err
		}
	}
	after, err := b.used()
	return (after - before) / time.Duration(n), err
}

// used is the CPU of this process, which does nothing else meanwhile, and of PostgreSQL.
func (b *bare) used() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	own := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	if b.database == 0 {
		return own, nil
	}
	other, err := b.database.cpu()
	return own + other, err
}

// size is how many bytes the database takes on the disk.
func (b *bare) size(ctx context.Context) (n int64, err error) {
	query := `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`
	if b.database != 0 {
		query = `SELECT pg_database_size(current_database())`
	}
	err = b.conn.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

// everyone reads all contacts, as an export has to, and gives how many there are and the CPU of one.
func (b *bare) everyone(ctx context.Context) (n int, each time.Duration, err error) {
	err = b.conn.QueryRowContext(ctx, `SELECT count(*) FROM contact WHERE workspace_id = $1`, b.workspace).Scan(&n)
	if err != nil {
		return 0, 0, err
	}
	all, err := b.cost(0, func(int) error {
		list, err := b.conn.QueryContext(ctx, `SELECT `+columns+` FROM contact c CROSS JOIN organization o
			WHERE c.workspace_id = $1 AND o.workspace_id = $1 AND o.id = c.organization_id ORDER BY c.id`, b.workspace)
		if err != nil {
			return err
		}
		return drain(list)
	})
	return n, all / time.Duration(max(n, 1)), err
}

// The statements by which somebody new comes into the tables: what a create cannot do without. The contact takes
// what is not said from another one.
var inserts = []string{
	`INSERT INTO account (id, key, created_at) VALUES ($1, $2, $3)`,
	`INSERT INTO contact (workspace_id, id, organization_id, account_id, number, civility, family_name, given_name, family_key, given_key, job_title,
		mobile, phone, email, locale, time_zone, role, source, login_enabled, login_disabled_by, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, 'ms', $6, 'Essai', $7, 'essai', 'Responsable des essais', '+33639981234', '+33199001234', $8, '', '', 'user', 'form', 0, '', 1, $9, $9)`,
	`INSERT INTO journal_line (workspace_id, id, at, actor_kind, subject_kind, subject_id, subject_number, organization_id, kind, fields, digest)
		VALUES ($1, $2, $3, 'staff', 'contact', $4, $5, $6, 'contact.created', 'civility,family_name,given_name,mobile,phone,job_title,email,role', $7)`,
	`INSERT INTO journal_value (workspace_id, subject_id, line_id, salt, content) VALUES ($1, $2, $3, $4, $5)`,
}

// within finds letters that stand in few names of many people's, and in many: never at the beginning of one.
func (b *bare) within(ctx context.Context) (rare, common []string, err error) {
	found, err := b.conn.QueryContext(ctx, `SELECT n, letters FROM (SELECT count(DISTINCT key) AS n, substr(part, 1, 4) AS letters FROM name_part p
		WHERE workspace_id = $1 AND part <> key AND length(part) > 3 AND part NOT LIKE '% %'
		GROUP BY substr(part, 1, 4)) l
		WHERE NOT EXISTS (SELECT 1 FROM name_part h WHERE h.workspace_id = $1 AND h.part >= letters AND h.part < letters || '~' AND h.part = h.key)
		ORDER BY n, letters`, b.workspace)
	if err != nil {
		return nil, nil, err
	}
	defer found.Close()
	var all []string
	for found.Next() {
		var n int
		var letters string
		if err := found.Scan(&n, &letters); err != nil {
			return nil, nil, err
		}
		all = append(all, letters)
	}
	if len(all) < 40 {
		return nil, nil, fmt.Errorf("letters within names: %d found; %w", len(all), found.Err())
	}
	return all[:20], all[len(all)-20:], found.Err()
}

// save changes one contact's function, and says so in the history, in one durable transaction.
func (w *writer) save(ctx context.Context, who person) error {
	w.written++
	line, now, digest := rising(), time.Now().UnixMicro(), make([]byte, 32)
	return w.durably(ctx, func() error {
		if _, err := w.conn.ExecContext(ctx, `UPDATE contact SET job_title = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2`,
			w.workspace, identifier(who.id), "Banc "+letters(w.written), now); err != nil {
			return err
		}
		for i, args := range [][]any{
			{w.workspace, line, now, identifier(who.id), "C-1", identifier(who.organization), digest},
			{w.workspace, identifier(who.id), line, digest[:16], `{"changes":[["job_title","Banc","Banc ` + letters(w.written) + `"]]}`},
		} {
			if _, err := w.statements[2+i].ExecContext(ctx, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// writer has the statements prepared.
type writer struct {
	*bare
	statements []*sql.Stmt
}

func (b *bare) writer(ctx context.Context) (*writer, error) {
	w := &writer{bare: b}
	for _, text := range inserts {
		s, err := b.conn.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		w.statements = append(w.statements, s)
	}
	return w, nil
}

func (w *writer) close() {
	for _, s := range w.statements {
		s.Close()
	}
}

// add writes so many new contacts in one durable transaction.
func (w *writer) add(ctx context.Context, p *places, people int) error {
	return w.durably(ctx, func() error {
		for range people {
			if err := w.one(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// durably does something in one transaction.
func (w *writer) durably(ctx context.Context, do func() error) error {
	begin := "BEGIN"
	if w.database == 0 {
		begin = "BEGIN IMMEDIATE"
	}
	if _, err := w.conn.ExecContext(ctx, begin); err != nil {
		return err
	}
	if err := do(); err != nil {
		_, _ = w.conn.ExecContext(ctx, "ROLLBACK")
		return err
	}
	_, err := w.conn.ExecContext(ctx, "COMMIT")
	return err
}

func (w *writer) one(ctx context.Context, p *places) error {
	w.written++
	n, now := firstNew+w.written, time.Now().UnixMicro()
	who := letters(n)
	organization := identifier(p.organizations[n%len(p.organizations)])
	account, contact, line := rising(), rising(), rising()
	digest := make([]byte, 32)
	content := `{"changes":[["civility","","ms"],["family_name","","Nu ` + who + `"],["given_name","","Essai"],["mobile","","+33639981234"],["phone","","+33199001234"],` +
		`["job_title","","Responsable des essais"],["email","","nu.` + who + `@brenval.example"],["role","","user"]]}`
	for i, args := range [][]any{
		{account, "bench " + who, now},
		{w.workspace, contact, organization, account, 1_000_000_000 + n, "Nu " + who, "nu " + who, "nu." + who + "@brenval.example", now},
		{w.workspace, line, now, contact, "C-" + strconv.Itoa(1_000_000_000+n), organization, digest},
		{w.workspace, contact, line, digest[:16], content},
	} {
		if _, err := w.statements[i].ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// rising is a new UUIDv7.
func rising() []byte {
	b := identifier(newUUID())
	now := time.Now().UnixMilli()
	for i := range 6 {
		b[i] = byte(now >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	return b
}
