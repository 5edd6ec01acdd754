package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The house, from the top down (docs/design.md). A package may import those below it, never one above or beside it
// on a line of faces. Each face is one package: what several of them need stands below, in web.
var (
	faces = []string{
		"office", "office/contacts", "office/requests", "office/sending", "office/transfers", "office/history", "office/settings", "office/invoices", "office/documents", "office/offers",
		"portal", "portal/bell", "portal/invoices", "portal/documents", "portal/offers", "portal/assist", "public", "public/deposits", "office/moderation", "api",
	}
	shared = "web"
	rooms  = []string{"deposit", "document", "offer", "invoice", "transfer", "docket", "request", "canned", "dispatch", "team", "handover", "access", "directory", "contact", "account", "delegation", "organization", "invitation", "idempotency", "token", "webhook", "workspace", "login", "inbound", "file", "notice"}
	cellar = []string{"mail", "job", "journal", "actor", "sqldb", "secret", "sample", "config", "paging", "locale", "email", "phone", "siret", "name", "money", "day", "password", "quota", "id", "fault"}
)

// above is the storey over the highest room.
var above = 21 + len(rooms)

const module = "github.com/entregent/entregent/"

// storey says how high a package lives, 0 at the bottom; ok is false for a place that the plan does not know.
func storey(pkg string) (height int, ok bool) {
	name := strings.TrimPrefix(pkg, "internal/")
	top, _, _ := strings.Cut(name, "/")
	if i := slices.Index(rooms, top); i >= 0 {
		return 20 + len(rooms) - i, true
	}
	switch {
	case strings.HasPrefix(pkg, "cmd/"):
		return above + 19, true
	case name == "app" || name == "office/officetest": // both mount all faces: for people, and for tests
		return above + 9, true
	case slices.Contains(faces, name):
		return above + 1, true
	case top == shared:
		return above, true
	case slices.Contains(cellar, top):
		return 10, true
	}
	return 0, false
}

// place is the room or face that a package is part of. A face below another is a place of its own.
func place(pkg string) string {
	if slices.Contains(faces, strings.TrimPrefix(pkg, "internal/")) {
		return pkg
	}
	parts := strings.SplitN(pkg, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

type source struct {
	path string // from the top of the repository
	pkg  string
	file *ast.File
	fset *token.FileSet
	text string
}

// sources parses every Go file of the program itself: no tests, nothing generated.
func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	for _, root := range []string{"../cmd", "../internal"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, text, parser.ParseComments)
			if err != nil {
				return err
			}
			rel := filepath.ToSlash(strings.TrimPrefix(path, "../"))
			list = append(list, source{rel, filepath.ToSlash(filepath.Dir(rel)), f, fset, string(text)})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func imports(s source) (list []string) {
	for _, i := range s.file.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		list = append(list, path)
	}
	return list
}

func TestHouse(t *testing.T) {
	list := sources(t)
	t.Run("imports run downward only", func(t *testing.T) {
		for _, s := range list {
			here, ok := storey(s.pkg)
			if !ok {
				t.Errorf("%s: %s is not in the plan of the house", s.path, s.pkg)
			}
			for _, path := range imports(s) {
				other, mine := strings.CutPrefix(path, module)
				if !mine {
					continue
				}
				there, _ := storey(other)
				inside := place(other) == place(s.pkg)
				beside := here == there && here != 10 && !inside
				if there > here || beside {
					t.Errorf("%s imports %s, which is not below it", s.path, other)
				}
			}
		}
	})
	t.Run("what is made for tests is imported by tests alone", func(t *testing.T) {
		for _, s := range list {
			for _, path := range imports(s) {
				if strings.HasPrefix(path, module) && strings.HasSuffix(path, "test") && !strings.HasSuffix(s.pkg, "test") {
					t.Errorf("%s imports %s", s.path, path)
				}
			}
		}
	})
	t.Run("HTTP and pages stay in the faces and in app, drivers in sqldb, SQL below the faces", func(t *testing.T) {
		for _, s := range list {
			here, _ := storey(s.pkg)
			for _, path := range imports(s) {
				web := path == "net/http" || strings.HasPrefix(path, "github.com/a-h/templ")
				if web && here < above && s.pkg != "internal/webhook/wire" { // which asks others, and answers nobody
					t.Errorf("%s imports %s", s.path, path)
				}
				if driver := strings.Contains(path, "modernc.org/sqlite") || strings.Contains(path, "jackc/pgx"); driver && !strings.HasPrefix(s.pkg, "internal/sqldb") {
					t.Errorf("%s imports the driver %s", s.path, path)
				}
			}
			if here >= above && here < above+19 {
				for _, word := range []string{"SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM"} {
					if strings.Contains(s.text, word) {
						t.Errorf("%s holds SQL: %q", s.path, word)
					}
				}
			}
		}
	})
	t.Run("rooms ask their transaction for the time", func(t *testing.T) {
		for _, s := range list {
			if here, _ := storey(s.pkg); here > 20 && here < above && strings.Contains(s.text, "time.Now()") {
				t.Errorf("%s calls time.Now", s.path)
			}
		}
	})
	t.Run("every package says what it is", func(t *testing.T) {
		said := map[string]bool{}
		for _, s := range list {
			if s.file.Doc != nil && len(s.file.Doc.Text()) > 60 {
				said[s.pkg] = true
			}
		}
		for _, s := range list {
			if !said[s.pkg] {
				t.Errorf("%s has no doc comment", s.pkg)
				said[s.pkg] = true
			}
		}
	})
	t.Run("no package is named after nothing", func(t *testing.T) {
		for _, s := range list {
			for _, word := range []string{"util", "common", "helper", "manager", "service", "model", "impl", "base", "misc"} {
				if filepath.Base(s.pkg) == word || filepath.Base(s.pkg) == word+"s" {
					t.Errorf("%s", s.pkg)
				}
			}
		}
	})
	t.Run("every statement on a tenant's table names the workspace", func(t *testing.T) { tenants(t, list) })
	t.Run("every exception to that has a reason and still stands where it is said to", func(t *testing.T) {
		for _, e := range everywhere {
			there := slices.ContainsFunc(list, func(s source) bool {
				return s.path == e.path && strings.Contains(strings.Join(strings.Fields(s.text), " "), e.text)
			})
			if !there || e.why == "" {
				t.Errorf("%s: %s", e.path, e.text)
			}
		}
	})
}

// written finds the statements that write authorized_at.
var written = regexp.MustCompile(`(?s)\bSET\b.*?\bauthorized_at = (.*)`)

// TestAuthorizationIsWrittenOnce: what staff have authorised stays so, whatever else is done (product.md §2). So every
// statement that writes it writes it only where there is nothing.
func TestAuthorizationIsWrittenOnce(t *testing.T) {
	found := 0
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			match := written.FindStringSubmatch(text)
			if match == nil {
				return true
			}
			found++
			once := strings.HasPrefix(match[1], "COALESCE(authorized_at,") || strings.HasPrefix(match[1], "authorized_at ") || strings.Contains(match[1], "AND authorized_at IS NULL")
			if !once && s.path != "internal/contact/past.go" { // of invented people, by this program alone
				t.Errorf("%s: %.80q", s.fset.Position(lit.Pos()), text)
			}
			return true
		})
	}
	if found < 4 {
		t.Errorf("only %d statements write it", found)
	}
}

// tenants looks at the SQL texts for tables that belong to a workspace.
func tenants(t *testing.T, list []source) {
	tables := []string{"staff", "organization", "contact", "contact_word", "name_part", "journal_line", "journal_value", "journal_head", "tally", "series", "transfer", "transfer_chunk", "transfer_refusal", "letter", "letter_text", "invitation", "handover", "dispatch", "dispatch_chunk", "dispatch_row", "delegation", "file", "file_gone", "document", "document_version", "invoice", "offer", "offer_word", "offer_contact", "notice_event", "notice", "preference", "request", "request_word", "request_entry", "request_party", "canned_answer", "deposit", "deposit_form", "token", "idempotency", "webhook", "webhook_delivery"}
	for _, s := range list {
		if here, _ := storey(s.pkg); here >= above || strings.HasPrefix(s.pkg, "internal/sqldb/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			for _, table := range tables {
				for _, verb := range []string{"FROM ", "UPDATE ", "INTO ", "JOIN "} {
					if strings.Contains(text+" ", verb+table+" ") && !oneWorkspace.MatchString(text) && !allowed(s.path, text) && !joined(s.text, lit.Value) {
						t.Errorf("%s: no workspace in %.80q", s.fset.Position(lit.Pos()), text)
					}
				}
			}
			return true
		})
	}
}

// oneWorkspace is the condition, or the column of a new row, that keeps a statement inside one workspace.
var oneWorkspace = regexp.MustCompile(`\bworkspace_id = (\$\d|\w+\.workspace_id)|\(workspace_id,`)

// everywhere are the statements that ask over all workspaces on purpose, by file, with the reason.
var everywhere = []struct{ path, text, why string }{
	{"internal/access/place.go", `, o.id, o.name, o.archived_at, c.id, c.number, c.role, c.joined_at, c.login_enabled, c.authorized_at, c.login_disabled_by FROM contact c CROSS JOIN organization o CROSS JOIN workspace w WHERE c.login_id = $1 AND c.joined_at IS NOT NULL AND o.workspace_id = c.workspace_id AND o.id = c.organization_id AND w.id = c.workspace_id`,
		"a login comes in wherever its own contacts have joined, and nowhere else"},
	{"internal/access/place.go", `UPDATE contact SET last_sign_in_at = $1 WHERE login_id = $2`,
		"the last sign-in of a login is that of all contacts that it has joined as"},
	{"internal/access/move.go", `SELECT workspace_id, id FROM contact WHERE login_id = $1 ORDER BY workspace_id, organization_id`,
		"the contacts that a login has joined as follow it to its new address"},
	{"internal/contact/rename.go", `SELECT account_id FROM contact WHERE workspace_id <> $1 AND account_id `,
		"an account that another workspace uses too is not modified, and one that nobody uses goes"},
	{"internal/contact/logins/logins.go", "SELECT login_id FROM contact WHERE login_id `+in+` UNION SELECT login_id FROM staff WHERE login_id ",
		"a login goes when it holds nothing anywhere"},
	{"internal/journal/journal.go", `DELETE FROM journal_value WHERE workspace_id IN (SELECT id FROM workspace) AND subject_id `,
		"with a login go its values in every workspace's history"},
	{"internal/login/profile.go", `SELECT workspace_id FROM staff WHERE login_id = $1 ORDER BY workspace_id`,
		"what a person does to their login stands in the history of each workspace that they work for"},
	{"internal/login/revoke.go", `UPDATE login SET password_hash = $1, password_changed_at = $2 WHERE id = $3 AND NOT EXISTS (SELECT 1 FROM staff WHERE login_id = $3 AND workspace_id <> $4) AND NOT EXISTS (SELECT 1 FROM contact WHERE login_id = $3 AND workspace_id <> $4)`,
		"a host takes no password that another one's door opens to"},
	{"internal/login/about.go", `SELECT name FROM workspace WHERE id IN (SELECT workspace_id FROM staff WHERE login_id = $1 UNION SELECT workspace_id FROM contact WHERE login_id = $1) ORDER BY name, id`,
		"a password is not made of the names of the workspaces that the person works for or has joined"},
	{"internal/workspace/staff.go", `UPDATE staff SET last_sign_in_at = $1 WHERE login_id = $2`,
		"the last sign-in of a login is that in all teams that it belongs to"},
	{"internal/mail/mail.go", `UPDATE letter SET state = 'refused', reason = CASE WHEN reason = '' THEN 'mail.reason.internal' ELSE reason END, changed_at = $1 WHERE id = $2 AND state = 'queued'`,
		"the worker gives up letters of all workspaces"},
	{"internal/mail/mail.go", `UPDATE letter SET state = 'withdrawn', reason = '', changed_at = $1 WHERE id = $2 AND state = 'queued'`,
		"the worker and whoever queued the letter know it by its identifier; the installation's own letters have no workspace"},
	{"internal/mail/mail.go", `SELECT DISTINCT login_id FROM letter WHERE state = 'queued' AND login_id IS NOT NULL AND login_id `,
		"a login belongs to no workspace; it stays while a letter to it waits, whoever's"},
	{"internal/mail/mail.go", `FROM letter WHERE id = $1`,
		"the worker sends the letters of all workspaces"},
	{"internal/mail/send.go", `UPDATE letter SET state = 'sent', attempts = attempts + 1, reason = '', changed_at = $1 WHERE id = $2 AND state IN ('queued', 'withdrawn')`,
		"the worker notes what it sent, for all workspaces"},
	{"internal/mail/send.go", `UPDATE letter SET state = $1, attempts = attempts + 1, reason = $2, changed_at = $3 WHERE id = $4 AND state = 'queued'`,
		"the worker notes what it could not send, for all workspaces"},
	{"internal/mail/send.go", `DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE state IN ('sent', 'refused', 'withdrawn') AND changed_at < $1 LIMIT $2)`,
		"what is past its time is swept for all workspaces at once"},
	{"internal/mail/send.go", `SELECT state, COUNT(*) FROM letter GROUP BY state ORDER BY state`,
		"whoever watches the installation sees how many letters it has"},
	{"internal/notice/digest.go", `SELECT workspace_id, contact_id FROM preference WHERE digest_at <= $1 ORDER BY digest_at, contact_id LIMIT $2`,
		"the letters of the day are written for all workspaces at once"},
	{"internal/notice/hub.go", `SELECT contact_id, MAX(changed_at) FROM notice WHERE changed_at >= $1 GROUP BY contact_id`,
		"a node looks once for the bells of all open pages, which each read their own"},
	{"internal/notice/digest.go", `SELECT workspace_id, id FROM notice WHERE created_at < $1 ORDER BY created_at LIMIT $2`,
		"what is past its time is swept for all workspaces at once"},
	{"internal/invitation/door.go", `UPDATE invitation SET wrong_codes = wrong_codes + 1 WHERE email = $1 AND ended_at IS NULL`,
		"a code is typed with an address; which hosts have invited it is what the code proves"},
	{"internal/dispatch/sweep.go", `SELECT workspace_id, id FROM dispatch WHERE changed_at < $1 AND state <> 'sending' LIMIT 100`,
		"what is past its time is swept for all workspaces at once"},
	{"internal/file/sweep.go", `SELECT workspace_id, id FROM file_gone LIMIT 200`,
		"what is gone is cleared away for all workspaces at once"},
	{"internal/file/sweep.go", `SELECT workspace_id, id FROM file WHERE owner_kind = 'kept' AND created_at < $1 ORDER BY created_at LIMIT 200`,
		"what is past its time is swept for all workspaces at once"},
	{"internal/file/sweep.go", `SELECT id FROM file WHERE id `,
		"bytes on the disk belong to whichever workspace has their row"},
	{"internal/request/due.go", `SELECT workspace_id, id FROM request WHERE state IN ('waiting_customer', 'resolved') AND state_at <= $1 AND (state = 'waiting_customer' AND (reminded_at IS NULL OR reminded_at <= $2 AND state_at <= $3) OR state = 'resolved' AND state_at <= $3) ORDER BY state_at LIMIT $4`,
		"what has waited its time is looked for in all workspaces at once"},
	{"internal/token/prove.go", `FROM token WHERE id = $1`,
		"the secret that a program shows says of which workspace it is; nothing else does"},
	{"internal/idempotency/idempotency.go", `SELECT workspace_id, token_id, key FROM idempotency WHERE created_at <= $1 ORDER BY created_at LIMIT $2`,
		"what is past its time is swept for all workspaces at once"},
	{"internal/webhook/courier.go", `SELECT workspace_id, id FROM webhook WHERE`,
		"a node serves the webhooks of all workspaces"},
	{"internal/webhook/delivery.go", `SELECT workspace_id, id FROM webhook WHERE deleted_at IS NOT NULL LIMIT 1`,
		"what is gone is cleared away for all workspaces at once"},
	{"internal/transfer/sweep.go", `SELECT workspace_id, id FROM transfer WHERE changed_at < $1 OR state = 'receiving' AND changed_at < $2 LIMIT 100`,
		"what is past its time is swept for all workspaces at once"},
}

// allowed finds a statement in everywhere.
func allowed(path, text string) bool {
	for _, s := range everywhere {
		if s.path == path && s.text == strings.Join(strings.Fields(text), " ") {
			return true
		}
	}
	return false
}

// joined reports whether the literal is the head of a longer text whose condition is built beside it.
func joined(file, literal string) bool {
	if strings.HasSuffix(strings.TrimRight(literal, "`\""), "WHERE ") {
		return true
	}
	i := strings.Index(file, literal)
	return i >= 0 && strings.HasPrefix(strings.TrimSpace(file[i+len(literal):]), "+")
}

// TestPlanIsDrawn holds the plan of this test against the page that explains it.
func TestPlanIsDrawn(t *testing.T) {
	page, err := os.ReadFile("../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]string{faces, {shared}, rooms, cellar} {
		for _, pkg := range list {
			if !regexp.MustCompile(`(?m)^    (?:[a-z]+, )*` + regexp.QuoteMeta(pkg) + `(?:,| )`).Match(page) {
				t.Errorf("docs/design.md does not know %s", pkg)
			}
		}
	}
}

// TestNothingHeavy keeps what was built by accident out of the repository.
func TestNothingHeavy(t *testing.T) {
	ours := map[string]bool{".git": true, "bin": true, "var": true, "node_modules": true, "artifacts": true}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && ours[d.Name()]:
			return fs.SkipDir
		}
		info, err := d.Info()
		if err == nil && info.Size() > 1<<20 && !strings.HasSuffix(path, ".test") && !strings.HasSuffix(path, ".prof") {
			t.Errorf("%s has %d bytes", path, info.Size())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// over are the packages that are larger than a package may be, with the next hundred of lines above what they had when that
// was last looked at: they may shrink, and not grow.
var over = map[string]int{
	"internal/contact":  2500,
	"internal/login":    2100,
	"internal/mail":     1700,
	"internal/request":  1800,
	"internal/sqldb":    1600,
	"internal/transfer": 2800,
}

// TestBudgets holds packages to the plan's numbers, files and functions by a word of warning.
func TestBudgets(t *testing.T) {
	lines := map[string]int{}
	for _, s := range sources(t) {
		n := strings.Count(s.text, "\n")
		lines[s.pkg] += n
		if n > 400 {
			t.Logf("budget: %s has %d lines", s.path, n)
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line; n > 50 {
					t.Logf("budget: %s %s has %d lines", s.path, f.Name.Name, n)
				}
			}
		}
	}
	templates(t, lines)
	for pkg, n := range lines {
		most := 1500
		if h, _ := storey(pkg); h >= above {
			most = 4000
		}
		switch was, excused := over[pkg]; {
		case excused && n <= most:
			t.Errorf("%s has %d lines: it need not be excused any more", pkg, n)
		case n > max(most, was):
			t.Errorf("%s has %d lines, %d at most: move what makes a part of its own to a package below", pkg, n, max(most, was))
		}
	}
}

// templates adds the lines of the pages to those of their packages.
func templates(t *testing.T, lines map[string]int) {
	t.Helper()
	err := filepath.WalkDir("../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		text, err := os.ReadFile(path)
		lines[filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, "../")))] += strings.Count(string(text), "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
