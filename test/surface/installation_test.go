// Package surface tests the whole program as HTTP shows it: every route, as whoever may ask, on both engines, with
// what people, programs and attackers send. The site is the one that package app puts together, on a real database.
//
// Rules are tested where they stand, in the rooms, and pages in their faces; here is only what must hold for all
// routes at once, and what takes several requests, processes or faults to show.
package surface

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/workspace"
)

var rewrite = flag.Bool("rewrite", false, "write the golden tables anew")

// full says that there is an hour (make test-full): the long tests then do more of the same.
var full = os.Getenv("ENTREGENT_TEST_FULL") != ""

// often chooses how often something is done, in make test and in make test-full.
func often(usually, long int) int {
	if full {
		return long
	}
	return usually
}

const (
	base     = "https://entregent.example"
	password = "lanterne violette du quai"
)

// host is a workspace with its team.
type host struct {
	workspace.Workspace
	by      actor.Actor // its admin
	admin   string      // addresses by which they sign in
	officer string
}

// installation is a school and a vendor that know nothing of each other, in one program without the network.
type installation struct {
	t       testing.TB
	db      *sqldb.DB
	files   *file.Store
	folder  string // where they stand
	clock   *sqldbtest.Clock
	secret  *secret.Secret
	config  config.Config
	site    *web.Site
	log     *records
	homes   map[string]contact.Contact // through whom a person of the portal comes in, by address
	school  host
	vendor  host
	numbers atomic.Int64 // of what was made, so that nothing has the name of another
}

// records is what was logged.
type records struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *records) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *records) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// each runs the test on both engines, in an installation of its own, beside others.
func each(t *testing.T, test func(t *testing.T, in *installation)) {
	t.Helper()
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) { test(t, furnish(t, db, clock)) })
}

// settings are the program's own, with quick passwords.
func settings() config.Config {
	c := config.Default()
	c.Passwords.Passes, c.Passwords.Memory, c.Passwords.Concurrent = 1, 64, 4
	c.Mail.SMTP = config.MailServer{Host: "127.0.0.1", Port: 1, TLS: "none"} // letters are queued; nobody sends them here
	c.Deposits.PerAddress, c.Deposits.PerHour = 1_000_000, 10_000_000        // their limits have tests of their own
	c.Mail.From = "entregent@brenval.example"
	c.Server.TrustedProxies = config.Prefixes{netip.MustParsePrefix("10.0.0.0/8")}
	return c
}

// furnish makes the two workspaces.
func furnish(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock) *installation {
	t.Helper()
	in := &installation{t: t, db: db, clock: clock, secret: secret.New(), config: settings(), log: &records{}, homes: map[string]contact.Contact{}}
	var err error
	in.folder = t.TempDir()
	if in.files, err = file.Open(in.folder, file.Settings{Clock: clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.files.Close() })
	in.site = in.node(db)
	in.school = in.host("brenval", "École Brenval", workspace.School)
	in.vendor = in.host("orvane", "Orvane Santé", workspace.Vendor)
	in.opened(in.school)
	return in
}

// blobs counts what stands in the folder of files.
func (in *installation) blobs() (n int) {
	in.t.Helper()
	err := filepath.WalkDir(in.folder, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		in.t.Fatal(err)
	}
	return n
}

// node is one of the programs that serve the installation.
func (in *installation) node(db *sqldb.DB) *web.Site {
	in.t.Helper()
	address, err := url.Parse(base)
	if err != nil {
		in.t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(in.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	site, err := app.Over(in.config, in.secret, db, in.files, log).Site(address, nil, nil)
	if err != nil {
		in.t.Fatal(err)
	}
	return site
}

func (in *installation) host(slug, name string, kind workspace.Kind) (h host) {
	in.t.Helper()
	h.admin, h.officer = "admin@"+slug+".example", "officer@"+slug+".example"
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		h.Workspace, err = workspace.Add(ctx, tx, workspace.New{Slug: slug, Name: name, Kind: string(kind)})
		return err
	})
	person := in.staff(h, h.admin, "Nadia Kessler", "admin")
	in.staff(h, h.officer, "Paul Roy", "officer")
	h.by = actor.Actor{Kind: actor.Staff, Workspace: h.ID, Login: person.ID, Role: actor.StaffAdmin}
	return h
}

// staff adds somebody to the team of a host, with the tests' password.
func (in *installation) staff(h host, address, name, role string) login.Login {
	in.t.Helper()
	l := in.newLogin(h, address, name)
	in.update(func(ctx context.Context, tx *sqldb.Tx) error {
		return workspace.AddStaff(ctx, tx, actor.OfProgram(h.ID), l.ID, role)
	})
	return l
}

// newLogin is one with the tests' password.
func (in *installation) newLogin(h host, address, name string) (l login.Login) {
	in.t.Helper()
	hash, err := in.desk().Hash(in.t.Context(), password)
	if err != nil {
		in.t.Fatal(err)
	}
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		l, err = login.Create(ctx, tx, actor.OfProgram(h.ID), login.New{Email: address, Name: name}, hash)
		return err
	})
	return l
}

// desk is one that slows nobody down who asks for letters.
func (in *installation) desk() *login.Desk {
	c, limits := in.config.Passwords, login.DefaultLimits()
	limits.Recoveries, limits.AddressAsks = 1_000_000, 1_000_000
	return login.NewDesk(in.db, in.secret, limits, login.Hashing{Passes: c.Passes, Memory: c.Memory, Threads: c.Threads, Concurrent: 1})
}

func (in *installation) update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	in.t.Helper()
	if err := in.db.Update(in.t.Context(), func(tx *sqldb.Tx) error { return fn(in.t.Context(), tx) }); err != nil {
		in.t.Fatal(err)
	}
}

func (in *installation) view(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	in.t.Helper()
	if err := in.db.View(in.t.Context(), func(tx *sqldb.Tx) error { return fn(in.t.Context(), tx) }); err != nil {
		in.t.Fatal(err)
	}
}

// next is a number that nothing has yet, in letters too: names have no digits.
func (in *installation) next() (n int64, letters string) {
	n = in.numbers.Add(1)
	for i := n; i > 0; i /= 26 {
		letters += string(rune('a' + i%26))
	}
	return n, letters
}

// siret is the n-th number of an invented establishment.
func siret(n int64) string {
	body := fmt.Sprintf("81245%08d", n)
	for check := range 10 {
		if s := body + strconv.Itoa(check); luhn(s) {
			return s
		}
	}
	panic("one of ten digits fits")
}

func luhn(s string) bool {
	sum := 0
	for i := range s {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}

// organization makes one at the host.
func (in *installation) organization(h host) (o organization.Organization) {
	in.t.Helper()
	n, letters := in.next()
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = organization.Create(ctx, tx, h.by, organization.Input{Name: "Ateliers " + letters, SIRET: siret(n), City: "Brenval"})
		return err
	})
	return o
}

// contact makes one at a new organisation of the host, where it is not the only one.
func (in *installation) contact(h host) contact.Contact {
	in.t.Helper()
	o := in.organization(h)
	in.person(h, o.ID)
	return in.person(h, o.ID)
}

// person makes a contact of the organisation.
func (in *installation) person(h host, of id.Organization) (c contact.Contact) {
	in.t.Helper()
	_, letters := in.next()
	in.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Create(ctx, tx, h.by, of, contact.Input{
			Civility: "ms", FamilyName: "Kerannic " + letters, GivenName: "Maël", Phone: "01 99 00 12 34", Email: letters + "@corvenne.example", Source: contact.Form,
		})
		return err
	})
	return c
}

// get reads a contact as it is stored.
func (in *installation) get(h host, of id.Contact) (c contact.Contact) {
	in.t.Helper()
	in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Get(ctx, tx, h.by, of)
		return err
	})
	return c
}

func (in *installation) login(ctx context.Context, tx *sqldb.Tx, address string) (login.Login, error) {
	parsed, err := email.Parse(address)
	if err != nil {
		return login.Login{}, err
	}
	return login.FindByEmail(ctx, tx, parsed)
}

func (in *installation) workspace(ctx context.Context, tx *sqldb.Tx, h host) (workspace.Workspace, error) {
	return workspace.Get(ctx, tx, h.ID)
}
