package surface

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// accident fails unless the answer is a page that says that something went wrong on our side (or that the disk is
// full), with the number under which the log says what.
func (in *installation) accident(t *testing.T, a answer, what string) {
	t.Helper()
	says := map[int]string{http.StatusInternalServerError: "de notre côté", http.StatusInsufficientStorage: "espace de stockage"}[a.status]
	if says == "" {
		t.Errorf("%s: status %d: %s", what, a.status, a.text())
		return
	}
	for _, number := range requestNumber.FindAllString(a.body, -1) {
		if strings.Contains(in.log.String(), `"request":"`+number+`"`) && strings.Contains(a.body, says) {
			return
		}
	}
	t.Errorf("%s: no number that the log knows: %s", what, a.text())
}

// create adds an organisation over HTTP and gives its SIRET.
func (in *installation) create(b *browser) (number string, a answer) {
	n, letters := in.next()
	return siret(n), b.post("/brenval/office/organizations", url.Values{"name": {"Forges " + letters}, "siret": {siret(n)}})
}

// kept fails unless each of the organisations is there.
func (in *installation) kept(t *testing.T, b *browser, numbers []string) {
	t.Helper()
	for _, number := range numbers {
		if a := b.get("/brenval/office/search?q=" + number); !strings.Contains(a.location(), "/organizations/") {
			t.Errorf("%s was acknowledged and is gone: %d", number, a.status)
		}
	}
}

// writer runs a statement on the one connection that writes, between two transactions of others.
func (in *installation) writer(statement string) {
	in.t.Helper()
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		rows, err := tx.Query(ctx, statement)
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		return rows.Close()
	})
}

func TestFullDisk(t *testing.T) {
	in := furnish(t, sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now), sqldbtest.NewClock())
	b := in.as(in.school.admin)
	number, a := in.create(b)
	acknowledged := []string{number}
	if a.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.status, a.text())
	}
	in.writer("PRAGMA max_page_count = 1") // no page more than there are: SQLite then says that the disk is full
	refused := 0
	for range 200 {
		number, a := in.create(b)
		if a.status == http.StatusSeeOther {
			acknowledged = append(acknowledged, number)
			continue
		}
		if refused++; refused == 1 {
			in.accident(t, a, "a write")
		}
	}
	t.Run("writes fail with a page that says so", func(t *testing.T) {
		if refused == 0 {
			t.Error("the disk never was full")
		}
	})
	t.Run("reading goes on", func(t *testing.T) {
		in.clock.Pass(time.Hour) // «last seen» wants to be written
		for _, path := range []string{"/brenval/office", "/brenval/office/contacts", "/brenval/office/organizations", "/profile"} {
			if a := b.get(path); a.status != http.StatusOK {
				t.Errorf("%s: %d", path, a.status)
			}
		}
	})
	in.writer("PRAGMA max_page_count = 4294967294")
	t.Run("with room again, writes go on and nothing acknowledged is lost", func(t *testing.T) {
		for range 20 {
			number, a := in.create(b)
			if a.status != http.StatusSeeOther {
				t.Errorf("status %d: %s", a.status, a.text())
			}
			acknowledged = append(acknowledged, number)
		}
		in.kept(t, b, acknowledged)
		in.whole(t)
	})
}

// TestFullFileSystem is the same with a real one, where one may be mounted.
func TestFullFileSystem(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("none", small, "tmpfs", 0, "size=6m"); err != nil {
		t.Logf("no file system of one’s own (%v): TestFullDisk stands for it", err)
		return
	}
	t.Cleanup(func() { syscall.Unmount(small, syscall.MNT_DETACH) }) //nolint:errcheck // a test's own
	clock := sqldbtest.NewClock()
	db, err := sqldb.Open(t.Context(), sqldb.Options{Path: filepath.Join(small, "entregent.db"), Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := furnish(t, db, clock)
	b := in.as(in.school.admin)
	ballast := filepath.Join(small, "ballast")
	var acknowledged []string
	for round := range often(2, 10) {
		var fs syscall.Statfs_t
		if err := syscall.Statfs(small, &fs); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(ballast, make([]byte, int64(fs.Bavail)*fs.Bsize-200<<10), 0o600); err != nil {
			t.Fatal(err)
		}
		full := false
		for range 2_000 {
			number, a := in.create(b)
			if a.status != http.StatusSeeOther {
				in.accident(t, a, "a write")
				full = true
				break
			}
			acknowledged = append(acknowledged, number)
		}
		if a := b.get("/brenval/office/organizations"); a.status != http.StatusOK || !full {
			t.Errorf("round %d: full %v, reading %d", round, full, a.status)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		number, a := in.create(b)
		if a.status != http.StatusSeeOther {
			t.Errorf("round %d, with room again: %d: %s", round, a.status, a.text())
		}
		acknowledged = append(acknowledged, number)
	}
	in.kept(t, b, acknowledged)
	in.whole(t)
}

// whole fails when the totals that are kept differ from what is there.
func (in *installation) whole(t *testing.T) {
	t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) error {
		for _, table := range []string{"organization", "contact"} {
			for _, h := range []host{in.school, in.vendor} {
				n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM `+table+` WHERE workspace_id = $1`, h.ID)
				if err != nil {
					return err
				}
				if total, err := sqldb.Total(ctx, tx, h.ID, table+"s"); err != nil || total != n {
					t.Errorf("%s: %d %ss, the total says %d, %v", h.Slug, n, table, total, err)
				}
			}
		}
		return nil
	})
}

// TestReadOnlyDisk: a file system that turned read-only, as they do after an error.
func TestReadOnlyDisk(t *testing.T) {
	in := furnish(t, sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now), sqldbtest.NewClock())
	b := in.as(in.school.admin)
	in.writer("PRAGMA query_only = 1")
	t.Run("writes fail with a page that says so, reading goes on", func(t *testing.T) {
		_, a := in.create(b)
		in.accident(t, a, "a write")
		if a := b.get("/brenval/office/organizations"); a.status != http.StatusOK {
			t.Errorf("reading: %d", a.status)
		}
	})
	t.Run("nobody comes in, and nobody learns why", func(t *testing.T) {
		a := in.browser().post("/sign-in", url.Values{"email": {in.school.admin}, "password": {password}})
		in.accident(t, a, "signing in")
	})
}

// TestBusyDatabase: another program holds the one right to write for longer than one waits.
func TestBusyDatabase(t *testing.T) {
	o := sqldbtest.Options(t, "sqlite")
	clock := sqldbtest.NewClock()
	o.Clock, o.Busy = clock.Now, 50*time.Millisecond
	open := func() *sqldb.DB {
		db, err := sqldb.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	db, other := open(), open()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := furnish(t, db, clock)
	b := in.as(in.school.admin)
	holds, release, released := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		released <- other.Update(context.WithoutCancel(t.Context()), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE workspace SET version = version`)
			close(holds)
			<-release
			return err
		})
	}()
	<-holds
	_, a := in.create(b)
	in.accident(t, a, "a write")
	if a := b.get("/brenval/office/organizations"); a.status != http.StatusOK {
		t.Errorf("reading: %d", a.status)
	}
	close(release)
	if err := <-released; err != nil {
		t.Error(err)
	}
	if _, a := in.create(b); a.status != http.StatusSeeOther {
		t.Errorf("when it is free: %d: %s", a.status, a.text())
	}
}

// load writes and reads in some windows until it is told to stop; it gives what was acknowledged.
func (in *installation) load(t *testing.T, b *browser, windows int, during func(acknowledged func() int)) (numbers []string) {
	t.Helper()
	var stop atomic.Bool
	var mu sync.Mutex
	var all sync.WaitGroup
	for range windows {
		w := b.again()
		all.Go(func() {
			for !stop.Load() {
				number, a := in.create(w)
				switch a.status {
				case http.StatusSeeOther:
					mu.Lock()
					numbers = append(numbers, number)
					mu.Unlock()
				case http.StatusInternalServerError:
					in.accident(t, a, "a write")
				default:
					t.Errorf("a write: %d: %s", a.status, a.text())
				}
				if a := w.get("/brenval/office/organizations"); a.status != http.StatusOK && a.status != http.StatusInternalServerError {
					t.Errorf("reading: %d: %s", a.status, a.text())
				}
			}
		})
	}
	during(func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(numbers)
	})
	stop.Store(true)
	all.Wait()
	return numbers
}

// until waits for a condition that others bring about.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("in vain: %s", what)
		}
	}
}

func TestDatabaseClosedUnderLoad(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			clock := sqldbtest.NewClock()
			o.Clock = clock.Now
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			in := furnish(t, db, clock)
			b := in.as(in.school.admin)
			numbers := in.load(t, b, 6, func(acknowledged func() int) {
				until(t, "some writes", func() bool { return acknowledged() > 20 })
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			_, a := in.create(b)
			in.accident(t, a, "afterwards")
			if in.db, err = sqldb.Open(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			defer in.db.Close()
			in.site = in.node(in.db)
			again := in.as(in.school.admin)
			in.kept(t, again, numbers)
			in.whole(t)
		})
	}
}
