package surface

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// board is an organisation of a plant's, whose people act on each other in several processes at once.
type board struct {
	*testing.T
	p      *plant
	db     *sqldb.DB // beside the processes
	at     organization.Organization
	people []contact.Contact
	hash   login.Hash // of everybody's password
}

var boardRoles = []contact.Role{contact.SuperAdmin, contact.SuperAdmin, contact.Admin, contact.Admin, contact.Admin, contact.User}

func newBoard(t *testing.T, p *plant) *board {
	t.Helper()
	db, err := sqldb.Open(t.Context(), p.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	key, err := secret.Open(filepath.Join(p.data, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	hash, err := login.NewDesk(db, key, login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 2}).Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	b := &board{T: t, p: p, db: db, hash: hash}
	b.update(func(ctx context.Context, tx *sqldb.Tx) error {
		if b.at, err = organization.Create(ctx, tx, actor.OfProgram(1), organization.Input{Name: "Ateliers Corvenne", SIRET: siret(1)}); err != nil {
			return err
		}
		for i := range boardRoles {
			c, err := b.person(ctx, tx, i)
			if err != nil {
				return err
			}
			b.people = append(b.people, c)
		}
		return nil
	})
	b.reset()
	return b
}

// person is one of the organisation's, with a login that nothing else holds.
func (b *board) person(ctx context.Context, tx *sqldb.Tx, i int) (c contact.Contact, err error) {
	name := string(rune('a' + i))
	l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: name + "@corvenne.example", Name: "Maël Kerannic"}, b.hash)
	if err != nil {
		return c, err
	}
	return b.contact(ctx, tx, b.at.ID, i, l.ID)
}

// contact is that person as an organisation's contact.
func (b *board) contact(ctx context.Context, tx *sqldb.Tx, of id.Organization, i int, l id.Login) (contact.Contact, error) {
	name := string(rune('a' + i))
	c, err := contact.Create(ctx, tx, actor.OfProgram(1), of, contact.Input{
		Civility: "ms", FamilyName: "Kerannic " + name, GivenName: "Maël", Phone: "01 99 00 12 34", Email: name + "@corvenne.example", Source: contact.Form,
	})
	c.Login = l
	return c, err
}

func (b *board) update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	b.Helper()
	if err := b.db.Update(b.Context(), func(tx *sqldb.Tx) error { return fn(b.Context(), tx) }); err != nil {
		b.Fatal(err)
	}
}

// reset gives everybody the role and the open gates that they began with.
func (b *board) reset() { b.Helper(); b.roles(boardRoles...) }

// roles gives everybody a role, and open gates.
func (b *board) roles(roles ...contact.Role) {
	b.Helper()
	b.update(func(ctx context.Context, tx *sqldb.Tx) error {
		for i, c := range b.people {
			address, err := email.Parse(string(rune('a'+i)) + "@corvenne.example")
			if err != nil {
				return err
			}
			if err := contact.Imagine(ctx, tx, actor.OfProgram(1), c.ID, contact.Past{
				Role: roles[i], LoginEmail: address, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: c.Login, AuthorizedAt: tx.Now(),
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// now is a contact as it is kept.
func (b *board) now(i int) (c contact.Contact) {
	b.Helper()
	b.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Get(ctx, tx, actor.OfProgram(1), b.people[i].ID)
		return err
	})
	return c
}

// offer has one of them offer the role to another.
func (b *board) offer(from, to int) (o handover.Offer) {
	b.Helper()
	giver := b.now(from)
	by := actor.Actor{Kind: actor.Contact, Workspace: 1, Login: giver.Login, Contact: giver.ID, Organization: b.at.ID, Role: actor.PortalSuperAdmin}
	b.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		o, err = handover.NewDesk(config.Default().Handover).Offer(ctx, tx, by, b.people[to].ID)
		return err
	})
	return o
}

// client signs somebody in at a process.
func (b *board) client(r *running, address string) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := c.PostForm(r.base+"/sign-in", url.Values{"email": {address}, "password": {password}})
	if err != nil || a.StatusCode != http.StatusSeeOther {
		b.Fatal(a, err)
	}
	a.Body.Close()
	return c
}

// overProcesses runs a test on each engine, with two programs on one database, which are told some values.
func overProcesses(t *testing.T, test func(t *testing.T, b *board, nodes [2]*running), values ...string) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, engine)
			p.environment = append(p.environment, values...)
			p.setUp(t)
			test(t, newBoard(t, p), [2]*running{p.serve(), p.serve()})
		})
	}
}

// killed ends a program while somebody accepts, some times: the roles have changed places or not, and the offer says the same.
func (b *board) killed(t *testing.T, first *running) {
	for round := range often(3, 30) {
		r := first
		if round > 0 {
			r = b.p.serve()
		}
		b.reset()
		o := b.offer(0, 2)
		c := b.client(r, "c@corvenne.example")
		begun := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			close(begun)
			a, err := c.PostForm(r.base+"/brenval/portal/"+b.at.ID.String()+"/handovers/"+o.ID.String()+"/acceptance", url.Values{"password": {password}})
			if err == nil {
				a.Body.Close()
			}
		})
		<-begun
		if err := r.Process.Kill(); err != nil {
			t.Error(err)
		}
		all.Wait()
		r.Wait() //nolint:errcheck // it was killed
		giver, taker := b.now(0), b.now(2)
		ended := ""
		b.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			ended, err = sqldb.One(ctx, tx, sqldb.Value[string], `SELECT ended FROM handover WHERE workspace_id = $1 AND id = $2`, 1, o.ID)
			return err
		})
		accepted := giver.Role == contact.Admin && taker.Role == contact.SuperAdmin
		if refused := giver.Role == contact.SuperAdmin && taker.Role == contact.Admin; accepted == refused || accepted != (ended == "accepted") {
			t.Errorf("%s and %s, the offer is %q", giver.Role, taker.Role, ended)
		}
		b.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM handover WHERE workspace_id = $1`, 1)
			return err
		})
	}
}

// The portal's presses: pressed twice they have one effect and the same answer, and nobody else's offer exists.
func TestHandOver(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		boss, own := in.visitor(in.school, contact.SuperAdmin, nil)
		_, letters := in.next()
		second := letters + "@leaders.example"
		taker := in.join(in.school, in.newLogin(in.school, second, "Maël Kerannic"), in.person(in.school, own.Organization), contact.Admin, nil)
		home := portalOf(in.school, own)
		giver, heir := in.as(boss), in.as(second)
		open := func() string {
			t.Helper()
			for range 2 {
				if a := giver.post(home+"/contacts/"+taker.ID.String()+"/handover", url.Values{"password": {password}}); a.location() != home+"/contacts/"+taker.ID.String() {
					t.Fatal(a.status, a.text())
				}
			}
			var found id.UUID
			in.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				found, err = sqldb.One(ctx, tx, sqldb.Value[id.UUID], `SELECT id FROM handover WHERE workspace_id = $1 AND ended_at IS NULL AND to_contact = $2`, in.school.ID, taker.ID)
				return err
			})
			return home + "/handovers/" + found.String()
		}
		t.Run("refused or withdrawn twice it is so once", func(t *testing.T) {
			for act, by := range map[string]*browser{"/refusal": heir, "/withdrawal": giver} {
				offer := open()
				for range 2 {
					if a := by.post(offer+act, nil); a.location() != home {
						t.Errorf("%s: %d %s", act, a.status, a.text())
					}
				}
				if a := heir.get(offer + "/acceptance"); a.status != http.StatusNotFound {
					t.Errorf("still to be accepted: %d", a.status)
				}
			}
		})
		t.Run("an offer that is somebody else's is as one that never was", func(t *testing.T) {
			offer, unknown := open(), home+"/handovers/"+id.NewHandover().String()
			stranger, c := in.visitor(in.school, contact.Admin, nil)
			b := in.as(stranger)
			for _, path := range []string{offer, unknown} {
				there := portalOf(in.school, c) + path[len(home):]
				if a := b.post(there+"/acceptance", url.Values{"password": {password}}); a.status != http.StatusNotFound {
					t.Errorf("%s: %d", there, a.status)
				}
			}
			if a := giver.post(offer+"/withdrawal", nil); a.status != http.StatusSeeOther {
				t.Error(a.status)
			}
		})
		t.Run("accepted eight times at once and once more, the roles have changed places once", func(t *testing.T) {
			offer := open()
			for _, a := range together(heir, 8, func(b *browser, _ int) answer { return b.post(offer+"/acceptance", url.Values{"password": {password}}) }) {
				if a.location() != home {
					t.Errorf("%d: %s", a.status, a.text())
				}
			}
			if a := heir.post(offer+"/acceptance", url.Values{"password": {password}}); a.location() != home {
				t.Errorf("%d: %s", a.status, a.text())
			}
			if n := in.lines("contact.super_admin_accepted", taker.ID.UUID); n != 1 {
				t.Errorf("%d lines", n)
			}
			if in.get(in.school, own.ID).Role != contact.Admin || in.get(in.school, taker.ID).Role != contact.SuperAdmin {
				t.Error("the roles have not changed places")
			}
		})
	})
}
