package file_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// cabinet is a store with two workspaces, each with somebody who sends files.
type cabinet struct {
	*testing.T
	db         *sqldb.DB
	clock      *sqldbtest.Clock
	store      *file.Store
	dir        string
	by, foe    actor.Actor
	colleague  actor.Actor // of by's workspace
	ofWhatever file.Owner
}

func each(t *testing.T, s file.Settings, test func(c *cabinet)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		c := &cabinet{T: t, db: db, clock: clock, dir: filepath.Join(t.TempDir(), "files"), ofWhatever: file.Owner{Kind: "request", ID: id.NewJob().UUID}}
		s.Clock = clock.Now
		c.store = open(t, c.dir, s)
		c.by, c.colleague, c.foe = c.staff(1, "brenval"), c.staff(1, ""), c.staff(2, "orvane")
		test(c)
	})
}

func open(t testing.TB, dir string, s file.Settings) *file.Store {
	t.Helper()
	store, err := file.Open(dir, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// staff puts somebody into the tables, below the rooms that do so for the program.
func (c *cabinet) staff(workspace id.Workspace, slug string) actor.Actor {
	c.Helper()
	by := actor.Actor{Kind: actor.Staff, Workspace: workspace, Login: id.NewLogin(), Role: actor.StaffOfficer}
	c.must(c.update(func(tx *sqldb.Tx) error {
		if slug != "" {
			_, err := tx.Exec(c.Context(), `INSERT INTO workspace (id, slug, name, kind, organization_noun, country, locale, time_zone, brand, phone_required, created_at, version)
				VALUES ($1, $2, 'Brenval', 'school', 'company', 'FR', 'fr', 'Europe/Paris', '', 1, $3, 1)`, workspace, slug, tx.Now())
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(c.Context(), `INSERT INTO login (id, email, name, password_hash, locale, time_zone, theme, created_at, password_changed_at, version)
			VALUES ($1, $2, 'Somebody', '', 'fr', 'Europe/Paris', '', $3, $3, 1)`, by.Login, by.Login.String()+"@brenval.example", tx.Now())
		return err
	}))
	return by
}

func (c *cabinet) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *cabinet) update(fn func(tx *sqldb.Tx) error) error { return c.db.Update(c.Context(), fn) }

// receive takes content in.
func (c *cabinet) receive(name, content string) file.Received {
	c.Helper()
	in, err := c.store.Receive(c.Context(), strings.NewReader(content), name)
	c.must(err)
	return in
}

func (c *cabinet) attach(by actor.Actor, of file.Owner, in file.Received) (f file.File, err error) {
	err = c.update(func(tx *sqldb.Tx) (err error) { f, err = file.Attach(c.Context(), tx, by, of, in); return err })
	return f, err
}

func (c *cabinet) keep(by actor.Actor, in file.Received) (file.Received, error) {
	err := c.update(func(tx *sqldb.Tx) (err error) { in, err = file.Keep(c.Context(), tx, by, in); return err })
	return in, err
}

func (c *cabinet) kept(by actor.Actor, files ...id.File) (list []file.Received) {
	c.Helper()
	c.must(c.db.View(c.Context(), func(tx *sqldb.Tx) (err error) { list, err = c.store.Kept(c.Context(), tx, by, files); return err }))
	return list
}

func (c *cabinet) of(by actor.Actor, owners ...file.Owner) (names []string) {
	c.Helper()
	c.must(c.db.View(c.Context(), func(tx *sqldb.Tx) error {
		list, err := file.Of(c.Context(), tx, by, owners...)
		for _, f := range list {
			names = append(names, f.Name)
		}
		return err
	}))
	return names
}

func (c *cabinet) get(by actor.Actor, f id.File) (got file.File, err error) {
	err = c.db.View(c.Context(), func(tx *sqldb.Tx) (err error) { got, err = file.Get(c.Context(), tx, by, f); return err })
	return got, err
}

func (c *cabinet) sweep() {
	c.Helper()
	c.must(c.store.Sweep(c.Context(), c.db))
}

// blobs counts the files on the disk.
func (c *cabinet) blobs() int { return blobs(c.T, c.dir) }

func blobs(t testing.TB, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// wantFault wants a refusal of the field «files» with this key.
func wantFault(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	e := fault.As(err)
	if e == nil || e.Kind != kind || len(e.Fields) != 1 || e.Fields[0].Name != file.Field || e.Fields[0].Key != key {
		t.Errorf("got %v, want %v: %s=%s", err, kind, file.Field, key)
	}
}

// random is content that means nothing, as long as wanted.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	b[0] = 0
	return b
}

// read gives a file's bytes.
func (c *cabinet) read(f file.File) []byte {
	c.Helper()
	r, err := c.store.Read(f)
	c.must(err)
	defer r.Close()
	b, err := io.ReadAll(r)
	c.must(err)
	return b
}

// onDisk is the path of a file's bytes.
func (c *cabinet) onDisk(f id.File) string {
	return filepath.Join(c.dir, f.String()[34:], f.String())
}

func (c *cabinet) wantMode(path string, mode os.FileMode) {
	c.Helper()
	info, err := os.Stat(path)
	c.must(err)
	if info.Mode().Perm() != mode {
		c.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), mode)
	}
}

// aPDF is a small one, complete.
var aPDF = pdf("")

// pdf is a small PDF with more in its trailer.
func pdf(trailer string) string {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n")
	at := b.Len()
	b.WriteString("xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \ntrailer\n<< /Size 3 /Root 1 0 R " + trailer + ">>\n")
	b.WriteString("startxref\n" + itoa(at) + "\n%%EOF\n")
	return b.String()
}
