package surface

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// staffs posts as a member of the team, where else one of the board's people does.
const staffs = -1

// attack is a form that could end an organisation's super_admins, or help others to.
type attack struct {
	by   int // who posts it
	path string
	form url.Values
}

// attacks are made of whom they are aimed at, as the contact was a moment ago, and of the offer that is open.
var attacks = []struct {
	name string
	make func(b *board, of, other int, c contact.Contact, o handover.Offer) attack
}{
	{"accepts", func(b *board, _, _ int, _ contact.Contact, o handover.Offer) attack {
		return attack{b.index(o.To.ID), b.portal("/handovers/" + o.ID.String() + "/acceptance"), url.Values{"password": {password}}}
	}},
	{"transfers", func(b *board, of, other int, c contact.Contact, _ handover.Offer) attack {
		of, other = of%2, 2+other%3
		return attack{staffs, b.office(of, "/handover"), url.Values{"to": {b.people[other].ID.String()}, "reason": {"course"}, "switch_off": {"1"}, "password": {password}}}
	}},
	{"demotes", func(b *board, of, _ int, c contact.Contact, _ handover.Offer) attack {
		return attack{rand.IntN(2), b.portal("/contacts/" + c.ID.String() + "/edit"), b.sheet(c, contact.User)}
	}},
	{"switches off", func(b *board, of, _ int, c contact.Contact, _ handover.Offer) attack {
		form := b.sheet(c, c.Role)
		form.Set("login_enabled", "no")
		return attack{rand.IntN(5), b.portal("/contacts/" + c.ID.String() + "/edit"), form}
	}},
	{"deletes", func(b *board, of, other int, c contact.Contact, _ handover.Offer) attack {
		return attack{rand.IntN(5), b.portal("/contacts/" + c.ID.String() + "/deletion"), url.Values{"successor": {b.people[other].ID.String()}}}
	}},
	{"replaces", func(b *board, of, _ int, c contact.Contact, _ handover.Offer) attack {
		return attack{rand.IntN(5), b.portal("/contacts/" + c.ID.String() + "/name"), b.anotherName(c)}
	}},
	{"staff switch off", func(b *board, of, _ int, c contact.Contact, _ handover.Offer) attack {
		form := b.sheet(c, []contact.Role{contact.User, contact.Admin}[rand.IntN(2)])
		form.Del("login_enabled") // the back office's box
		return attack{staffs, b.office(of, ""), form}
	}},
	{"staff delete", func(b *board, of, other int, c contact.Contact, _ handover.Offer) attack {
		return attack{staffs, b.office(of, "/deletion"), url.Values{"successor": {b.people[other].ID.String()}}}
	}},
	{"staff replace", func(b *board, of, _ int, c contact.Contact, _ handover.Offer) attack {
		return attack{staffs, b.office(of, "/name"), b.anotherName(c)}
	}},
	{"offers", func(b *board, of, _ int, c contact.Contact, _ handover.Offer) attack {
		return attack{rand.IntN(2), b.portal("/contacts/" + c.ID.String() + "/handover"), url.Values{"password": {password}}}
	}},
	{"withdraws", func(b *board, _, _ int, _ contact.Contact, o handover.Offer) attack {
		return attack{b.index(o.From.ID), b.portal("/handovers/" + o.ID.String() + "/withdrawal"), nil}
	}},
}

func (b *board) portal(below string) string { return "/brenval/portal/" + b.at.ID.String() + below }

func (b *board) office(of int, below string) string {
	return "/brenval/office/contacts/" + b.people[of].ID.String() + below
}

// anotherName puts another person in the contact's place.
func (b *board) anotherName(c contact.Contact) url.Values {
	return url.Values{
		"family_name": {fmt.Sprintf("Autre %c%c", 'a'+rand.IntN(26), 'a'+rand.IntN(26))}, "given_name": {"Yaël"}, "person": {"another"}, "version": {fmt.Sprint(c.Version)},
	}
}

// index is which of the board's people it is.
func (b *board) index(of id.Contact) int {
	b.Helper()
	for i, c := range b.people {
		if c.ID == of {
			return i
		}
	}
	b.Fatal("nobody of the board")
	return 0
}

// look is one of the board's people as kept, if still there.
func (b *board) look(i int) (c contact.Contact, there bool) {
	b.Helper()
	err := b.db.View(b.Context(), func(tx *sqldb.Tx) (err error) {
		c, err = contact.Get(b.Context(), tx, actor.OfProgram(1), b.people[i].ID)
		return err
	})
	if err != nil && !fault.Is(err, fault.NotFound) {
		b.Fatal(err)
	}
	return c, err == nil
}

// restore brings back who was deleted, and gives everybody the role, the gates and the login that they began with.
func (b *board) restore() {
	b.Helper()
	for i := range b.people {
		if _, there := b.look(i); there {
			continue
		}
		b.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			b.people[i], err = b.contact(ctx, tx, b.at.ID, i, b.people[i].Login)
			return err
		})
	}
	b.update(func(ctx context.Context, tx *sqldb.Tx) error { // what was left open is in the way
		_, err := tx.Exec(ctx, `DELETE FROM handover WHERE workspace_id = $1`, 1)
		return err
	})
	b.reset()
}

// elsewhere has everybody's login join another organisation too, so that it outlives the contact.
func (b *board) elsewhere() {
	b.Helper()
	b.update(func(ctx context.Context, tx *sqldb.Tx) error {
		o, err := organization.Create(ctx, tx, actor.OfProgram(1), organization.Input{Name: "Annexe", SIRET: siret(2)})
		for i := 0; i < len(b.people) && err == nil; i++ {
			var c contact.Contact
			if c, err = b.contact(ctx, tx, o.ID, i, b.people[i].Login); err == nil {
				err = contact.Imagine(ctx, tx, actor.OfProgram(1), c.ID, contact.Past{
					Role: contact.User, LoginEmail: c.Email, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: c.Login, AuthorizedAt: tx.Now(),
				})
			}
		}
		return err
	})
}

// holders fails unless somebody has the role with a login that is switched on (product.md §5): staff may hand it to who has not
// joined yet.
func (b *board) holders(after string) {
	b.Helper()
	for i := range b.people {
		if c, there := b.look(i); there && c.Role == contact.SuperAdmin && c.LoginEnabled {
			return
		}
	}
	b.Fatalf("nobody has the role any more, after\n%s", after)
}

// sessions are everybody's at both programs; whoever was signed out signs in again.
type sessions [2][]*http.Client

func (s *sessions) renew(b *board, nodes [2]*running) {
	b.Helper()
	for n, r := range nodes {
		for i := range b.people {
			if i == len(s[n]) {
				s[n] = append(s[n], b.client(r, string(rune('a'+i))+"@corvenne.example"))
			}
			a, err := s[n][i].Get(r.base + b.portal("/contacts"))
			if err != nil {
				b.Fatal(err)
			}
			a.Body.Close()
			if a.StatusCode != http.StatusOK {
				s[n][i] = b.client(r, string(rune('a'+i))+"@corvenne.example")
			}
		}
	}
}

// TestSuperAdminOverProcesses has two programs on one database take everything that could end an organisation's super_admins at
// once; then one of them dies while somebody accepts. Each kind of attack succeeds now and then, else it would show nothing.
func TestSuperAdminOverProcesses(t *testing.T) {
	overProcesses(t, func(t *testing.T, b *board, nodes [2]*running) {
		b.elsewhere()
		var people sessions
		var staff [2]*http.Client
		for n, r := range nodes {
			staff[n] = b.client(r, "anne@brenval.example")
		}
		won, told := map[string]int{}, sync.Mutex{}
		for range often(20, 500) {
			b.restore()
			people.renew(b, nodes)
			o := b.offer(rand.IntN(2), 2+rand.IntN(3))
			var all sync.WaitGroup
			var round strings.Builder
			for n := range often(16, 64) {
				kind := attacks[(n+rand.IntN(2)*5)%len(attacks)]
				of, other := rand.IntN(len(b.people)), rand.IntN(len(b.people))
				c, there := b.look(of)
				if !there {
					continue
				}
				x := kind.make(b, of, other, c, o)
				client := staff[n%2]
				if x.by != staffs {
					client = people[n%2][x.by]
				}
				all.Go(func() {
					status := b.post(client, nodes[n%2].base+x.path, x.form)
					told.Lock()
					defer told.Unlock()
					fmt.Fprintln(&round, kind.name, c.FamilyName, c.Role, status)
					if status == http.StatusSeeOther {
						won[kind.name]++
					}
				})
			}
			all.Wait()
			b.holders(round.String())
		}
		b.happened(won)
		b.restore()
		b.killed(t, nodes[0])
	})
}

// happened fails unless each kind of attack was answered as done, and the history tells of each effect.
func (b *board) happened(won map[string]int) {
	b.Helper()
	b.Log(won)
	for _, kind := range attacks {
		if won[kind.name] == 0 {
			b.Errorf("never: %s", kind.name)
		}
	}
	for what, line := range map[string]string{
		"accepted": `kind = 'contact.super_admin_accepted'`, "transferred": `kind = 'contact.super_admin_transferred'`, "deleted": `kind = 'contact.deleted'`,
		"another person": `kind = 'contact.replaced'`, "demoted": `kind = 'contact.edited' AND fields LIKE '%role%'`, "switched off": `kind = 'contact.edited' AND fields LIKE '%login_enabled%'`,
	} {
		b.update(func(ctx context.Context, tx *sqldb.Tx) error {
			n, err := sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM journal_line WHERE workspace_id = 1 AND `+line)
			if n == 0 {
				b.Errorf("nobody was ever %s", what)
			}
			return err
		})
	}
}
