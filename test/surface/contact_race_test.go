package surface

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

// page is what stands below a contact's page, at a process.
func (b *board) page(r *running, of id.Contact, below string) string {
	return r.base + "/brenval/portal/" + b.at.ID.String() + "/contacts/" + of.String() + below
}

// sheet is the form « Modifier les informations » of a contact as it is now.
func (b *board) sheet(c contact.Contact, role contact.Role) url.Values {
	return url.Values{
		"civility": {"ms"}, "phone": {"01 99 00 12 34"}, "email": {c.Email.String()}, "version": {fmt.Sprint(c.Version)},
		"role": {string(role)}, "login_enabled": {"yes"}, "login_email": {c.LoginEmail.String()},
	}
}

// post sends a form and gives the answer's status.
func (b *board) post(c *http.Client, address string, form url.Values) int {
	a, err := c.PostForm(address, form)
	if err != nil {
		b.Error(err)
		return 0
	}
	a.Body.Close()
	if a.StatusCode >= 500 {
		b.Errorf("%s: %d", address, a.StatusCode)
	}
	return a.StatusCode
}

// An admin who was demoted a moment ago promotes nobody, at whichever process either is asked for.
func TestDemotedOverProcesses(t *testing.T) {
	overProcesses(t, func(t *testing.T, b *board, nodes [2]*running) {
		boss := b.client(nodes[0], "a@corvenne.example")
		var admin [2]*http.Client
		for n, r := range nodes {
			admin[n] = b.client(r, "c@corvenne.example")
		}
		for range often(20, 100) {
			b.roles(contact.SuperAdmin, contact.User, contact.Admin, contact.User, contact.User, contact.User)
			users := []int{1, 3, 4, 5}
			forms := map[int]url.Values{}
			for _, i := range users {
				forms[i] = b.sheet(b.now(i), contact.Admin)
			}
			down := b.sheet(b.now(2), contact.User)
			var demoted atomic.Bool
			var early [6]atomic.Bool // asked for before the demotion was answered
			promote := func(n, i int) {
				late := demoted.Load()
				if !late {
					early[i].Store(true)
				}
				if status := b.post(admin[n%2], b.page(nodes[n%2], b.people[i].ID, "/edit"), forms[i]); late && status == http.StatusSeeOther {
					t.Errorf("promoted by who is no admin any more")
				}
			}
			var all sync.WaitGroup
			for n := range often(16, 64) {
				i := users[rand.IntN(len(users))]
				all.Go(func() {
					if n == 5 {
						if status := b.post(boss, b.page(nodes[0], b.people[2].ID, "/edit"), down); status != http.StatusSeeOther {
							t.Errorf("not demoted: %d", status)
						}
						demoted.Store(true)
					}
					promote(n, i)
				})
			}
			all.Wait()
			for n, i := range users {
				promote(n, i)
				if c := b.now(i); c.Role != contact.User && !early[i].Load() {
					t.Errorf("%s was promoted", c.FamilyName)
				}
			}
			if c := b.now(2); c.Role != contact.User {
				t.Errorf("still %s", c.Role)
			}
		}
	})
}

// newcomer is somebody new of the board, who has joined with a login of their own.
func (b *board) newcomer(n int) (c contact.Contact) {
	b.Helper()
	b.update(func(ctx context.Context, tx *sqldb.Tx) error {
		l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: fmt.Sprintf("new%d@corvenne.example", n), Name: "Inês Da Costa"}, b.hash)
		if err != nil {
			return err
		}
		c, err = contact.Create(ctx, tx, actor.OfProgram(1), b.at.ID, contact.Input{
			Civility: "ms", FamilyName: fmt.Sprintf("Da Costa %d", n), GivenName: "Inês", Phone: "01 99 00 12 34", Email: l.Email.String(), Source: contact.Form,
		})
		if err != nil {
			return err
		}
		err = contact.Imagine(ctx, tx, actor.OfProgram(1), c.ID, contact.Past{
			Role: contact.User, LoginEmail: l.Email, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: l.ID, AuthorizedAt: tx.Now(),
		})
		c.LoginEmail = l.Email
		return err
	})
	return c
}

// One contact is deleted, renamed and given another login at once, at two processes: whatever comes first, nothing is left that
// belongs to nobody, and what is there is whole.
func TestOneContactOverProcesses(t *testing.T) {
	overProcesses(t, func(t *testing.T, b *board, nodes [2]*running) {
		var clients [2][]*http.Client
		for n, r := range nodes {
			for _, who := range []string{"a", "c", "d"} {
				clients[n] = append(clients[n], b.client(r, who+"@corvenne.example"))
			}
		}
		for round := range often(20, 40) { // each form has a password in it, which takes its time
			c := b.newcomer(round)
			var all sync.WaitGroup
			for n := range often(16, 64) {
				below, form := b.fate(c, n, round)
				r, client := nodes[n%2], clients[n%2][rand.IntN(3)]
				all.Go(func() { b.post(client, b.page(r, c.ID, below), form) })
			}
			all.Wait()
			b.whole(c)
		}
	})
}

// fate is a form that is about to change the contact; in every other round one of them deletes it.
func (b *board) fate(c contact.Contact, n, round int) (below string, form url.Values) {
	version := fmt.Sprint(c.Version + int64(rand.IntN(3)))
	switch {
	case n == 9 && round%2 == 0:
		return "/deletion", nil
	case n%2 == 0:
		person := []string{"same", "another"}[rand.IntN(2)]
		return "/name", url.Values{"family_name": {fmt.Sprintf("De Sousa %d %c", round, 'a'+n)}, "given_name": {"Inês"}, "person": {person}, "version": {version}}
	}
	form = b.sheet(c, contact.User)
	form.Set("login_email", fmt.Sprintf("new%d.%d@corvenne.example", round, n))
	form.Set("version", version)
	form.Set("password", password)
	return "/edit", form
}

// whole fails if anything belongs to nobody, or is not as it should be.
func (b *board) whole(c contact.Contact) {
	b.Helper()
	b.update(func(ctx context.Context, tx *sqldb.Tx) error {
		count := func(query string, args ...any) (n int) {
			n, err := sqldb.One(ctx, tx, sqldb.Value[int], query, args...)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
		for what, query := range map[string]string{
			"accounts":    `SELECT count(*) FROM account WHERE id NOT IN (SELECT account_id FROM contact)`,
			"invitations": `SELECT count(*) FROM invitation WHERE contact_id IS NOT NULL AND contact_id NOT IN (SELECT id FROM contact)`,
			"words":       `SELECT count(*) FROM contact_word WHERE contact_id NOT IN (SELECT id FROM contact)`,
			"names":       `SELECT count(*) FROM name_part p WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.workspace_id = p.workspace_id AND (given = 0 AND family_key = key OR given = 1 AND given_key = key))`,
			"contacts without their names' parts, parts": `SELECT count(*) FROM contact c WHERE NOT EXISTS (SELECT 1 FROM name_part p WHERE p.workspace_id = c.workspace_id AND part = family_key AND key = family_key AND given = 0)`,
		} {
			if n := count(query); n > 0 {
				b.Errorf("%d %s of nobody", n, what)
			}
		}
		there := count(`SELECT count(*) FROM contact WHERE workspace_id = 1 AND id = $1`, c.ID)
		if gone := count(`SELECT count(*) FROM journal_line WHERE workspace_id = 1 AND kind = 'contact.deleted' AND subject_id = $1`, c.ID); gone != 1-there {
			b.Errorf("%d there, deleted %d times", there, gone)
		}
		if there == 0 {
			if n := count(`SELECT count(*) FROM journal_value WHERE workspace_id = 1 AND subject_id = $1`, c.ID); n > 0 {
				b.Errorf("the history keeps %d values of who is deleted", n)
			}
			return nil
		}
		now, err := contact.Get(ctx, tx, actor.OfProgram(1), c.ID)
		if err != nil {
			return err
		}
		key, err := sqldb.One(ctx, tx, sqldb.Value[string], `SELECT key FROM account WHERE id = $1`, now.Account)
		if err != nil || key != now.Key(b.at.Identifier(1)) {
			b.Errorf("%v: %s is the account of %s", err, key, now.FamilyName)
		}
		if now.Login.IsZero() != now.JoinedAt.IsZero() {
			b.Errorf("joined without a login, or the reverse: %+v", now)
		}
		words, err := sqldb.List(ctx, tx, sqldb.Value[string], `SELECT words FROM contact_word WHERE workspace_id = 1 AND contact_id = $1 ORDER BY words`, c.ID)
		if _, behind, _ := strings.Cut(now.FamilyName.Key(), " "); err != nil || !slices.Contains(words, behind) {
			b.Errorf("%v: %q is not found by %q", err, now.FamilyName, words)
		}
		return nil
	})
}
