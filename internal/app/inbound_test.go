package app_test

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/inbound"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// asked is a request in a running installation, and the contact whom it is for.
type asked struct {
	*testing.T
	db        *sqldb.DB
	addresses inbound.Addresses
	hash      login.Hash
	staff     actor.Actor
	contact   contact.Contact
	request   request.Request
	addr      string
}

func (a *asked) update(fn func(ctx context.Context, tx *sqldb.Tx) error) {
	a.Helper()
	if err := a.db.Update(a.Context(), func(tx *sqldb.Tx) error { return fn(a.Context(), tx) }); err != nil {
		a.Fatal(err)
	}
}

// ask makes a host of the kind with a contact that has all its gates open and asks for something.
func ask(t *testing.T, c config.Config, kind string) *asked {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Options{Path: c.Store.SQLite(), DSN: c.Store.Database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	key, err := secret.Open(c.Store.Secret())
	if err != nil {
		t.Fatal(err)
	}
	a := &asked{T: t, db: db, addresses: inbound.NewAddresses(key, c.Inbound.Domain)}
	hash, err := login.NewDesk(db, key, login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 1}).Hash(t.Context(), "lanterne violette du quai")
	if err != nil {
		t.Fatal(err)
	}
	a.hash = hash
	a.update(func(ctx context.Context, tx *sqldb.Tx) error {
		w, err := workspace.Add(ctx, tx, workspace.New{Slug: kind, Name: "Brenval " + kind, Kind: kind})
		if err != nil {
			return err
		}
		a.staff = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffAdmin}
		org, err := organization.Create(ctx, tx, a.staff, organization.Input{Name: "Ateliers Corvenne", CustomerNumber: "1"})
		if err != nil {
			return err
		}
		address, _ := email.Parse("ada." + kind + "@corvenne.example")
		l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: address.String(), Name: "Ada Corvenne"}, hash)
		if err != nil {
			return err
		}
		made, err := contact.Create(ctx, tx, a.staff, org.ID, contact.Input{Civility: "ms", FamilyName: "Corvenne", GivenName: "Ada", Phone: "02 61 91 40 10", Email: address.String(), Source: contact.Form})
		if err != nil {
			return err
		}
		if err := contact.Imagine(ctx, tx, actor.OfProgram(w.ID), made.ID, contact.Past{
			Role: contact.SuperAdmin, LoginEmail: address, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: l.ID, AuthorizedAt: tx.Now(),
		}); err != nil {
			return err
		}
		a.contact, err = contact.Get(ctx, tx, a.staff, made.ID)
		return err
	})
	a.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		a.request, err = request.Create(ctx, tx, a.by(), request.Input{Kind: "technical", Subject: "Imprimante", Text: "Elle ne répond plus."})
		return err
	})
	return a
}

// by is the contact as it comes in.
func (a *asked) by() actor.Actor {
	return actor.Actor{
		Kind: actor.Contact, Workspace: a.staff.Workspace, Login: a.contact.Login, Contact: a.contact.ID, Organization: a.contact.Organization,
		Role: actor.RoleOfContact(string(a.contact.Role), true),
	}
}

// answer sends a mail to the address of the request and tells what the server said, "" = yes.
func (a *asked) answer(number, from, body string) string {
	a.Helper()
	conn, err := net.Dial("tcp", a.addr)
	if err != nil {
		a.Fatal(err)
	}
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	to := a.addresses.Of(inbound.Place{Workspace: a.staff.Workspace, Request: a.request.Number, Contact: a.contact.Number, Person: inbound.PersonOf(a.contact.Login)}).String()
	mail := "From: " + from + "\r\nMessage-ID: <" + number + "@corvenne.example>\r\n" + body
	if err := c.SendMail(from, []string{to}, strings.NewReader(mail)); err != nil {
		return err.Error()
	}
	return ""
}

// thread is what was said, with the names of the files.
func (a *asked) thread() (list []string) {
	a.Helper()
	a.update(func(ctx context.Context, tx *sqldb.Tx) error {
		list = nil
		entries, _, err := request.Thread(ctx, tx, a.staff, a.request.ID, 0)
		for _, e := range entries {
			if e.Kind != request.Comment || err != nil {
				continue
			}
			line := string(e.Source) + ": " + e.Text
			var files map[id.Entry][]file.File
			if files, err = request.Files(ctx, tx, a.staff, []request.Entry{e}); err == nil {
				for _, f := range files[e.ID] {
					line += " [" + f.Name + "]"
				}
			}
			list = append(list, line)
		}
		return err
	})
	return list
}

func (a *asked) state() (r request.Request) {
	a.Helper()
	a.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		r, err = request.Get(ctx, tx, a.staff, a.request.ID)
		return err
	})
	return r
}

func (a *asked) say(then string) {
	a.Helper()
	a.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := request.Say(ctx, tx, a.staff, a.request.ID, request.Remark{Text: "Est-ce réglé ?", Then: then})
		return err
	})
}

const file1 = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nVoir.\r\n--b\r\nContent-Type: text/plain; name=\"devis.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\nVW4gZGV2aXMK\r\n--b--\r\n"

func TestAnswersByMail(t *testing.T) {
	each(t, func(t *testing.T, c config.Config) {
		c.Server.MetricsAddr = "127.0.0.1:0"
		if err := c.Inbound.Address.UnmarshalText([]byte("lmtp://127.0.0.1:0")); err != nil {
			t.Fatal(err)
		}
		c.Inbound.Domain = "reply.example.org"
		c.Files.Dir = filepath.Join(t.TempDir(), "files")
		letters := mailtest.Start(t, mailtest.Options{})
		c.Mail.SMTP, c.Mail.From = config.MailServer{Host: letters.Host, Port: letters.Port, TLS: "none"}, "contacts@example.org"
		running := start(t, c, app.Options{})
		defer stop(t, running)
		a := ask(t, c, "school")
		a.addr = running.InboundAddr()
		const plain = "Content-Type: text/plain; charset=utf-8\r\n\r\n"

		t.Run("the letter about what staff said begins with the line to be answered above, and says where", func(t *testing.T) {
			a.T = t
			a.say("")
			letter := letters.Await(t, 1)[0].Read(t)
			want := a.addresses.Of(inbound.Place{Workspace: a.staff.Workspace, Request: a.request.Number, Contact: a.contact.Number, Person: inbound.PersonOf(a.contact.Login)}).String()
			if to := letter.Header.Get("Reply-To"); !strings.Contains(to, "<"+want+">") || !strings.HasPrefix(letter.Text, "— Répondez au-dessus de cette ligne —") {
				t.Error(to, letter.Text)
			}
			quoted := "Content-Type: text/plain; charset=utf-8\r\n\r\nTout va bien.\r\n\r\n" + strings.ReplaceAll(letter.Text, "\n", "\r\n")
			if got := a.answer("0", "ada.school@corvenne.example", quoted); got != "" {
				t.Error(got)
			}
			if list := a.thread(); list[len(list)-1] != "mail: Tout va bien." {
				t.Error(list)
			}
		})
		t.Run("an answer is a comment, and brings a request that was resolved back to work", func(t *testing.T) {
			a.T = t
			a.say("resolved")
			got := a.answer("1", "ada.school@corvenne.example", plain+"Non, pas encore.\r\n\r\nLe 16/11/2026 à 10:02, École a écrit :\r\n> Est-ce réglé ?\r\n")
			if list := a.thread(); got != "" || list[len(list)-1] != "mail: Non, pas encore." || a.state().State != request.InProgress {
				t.Error(got, list, a.state().State)
			}
		})
		t.Run("files come along; a mail of files alone has a text that says so", func(t *testing.T) {
			a.T = t
			if got := a.answer("2", "ada.school@corvenne.example", "Content-Type: multipart/mixed; boundary=b\r\n\r\n"+file1); got != "" {
				t.Error(got)
			}
			if got := a.answer("3", "ada.school@corvenne.example", "Content-Type: multipart/mixed; boundary=b\r\n\r\n"+strings.Replace(file1, "Voir.", "", 1)); got != "" {
				t.Error(got)
			}
			list := a.thread()
			if n := len(list); list[n-2] != "mail: Voir. [devis.txt]" || list[n-1] != "mail: (Fichiers envoyés par e-mail, sans texte.) [devis.txt]" {
				t.Error(list)
			}
		})
		t.Run("the same mail again adds nothing", func(t *testing.T) {
			a.T = t
			n := len(a.thread())
			if got := a.answer("2", "ada.school@corvenne.example", "Content-Type: multipart/mixed; boundary=b\r\n\r\n"+file1); got != "" || len(a.thread()) != n {
				t.Error(got, a.thread())
			}
		})
		t.Run("an out-of-office notice reopens nothing", func(t *testing.T) {
			a.T = t
			a.say("resolved")
			n := len(a.thread())
			if got := a.answer("4", "ada.school@corvenne.example", "Auto-Submitted: auto-replied\r\n"+plain+"Je suis absente.\r\n"); got != "" || len(a.thread()) != n || a.state().State != request.Resolved {
				t.Error(got, a.state().State)
			}
		})
		t.Run("what comes from another address is taken, and the history says so", func(t *testing.T) {
			a.T = t
			if got := a.answer("5", "ada@home.example", plain+"De chez moi.\r\n"); got != "" {
				t.Error(got)
			}
			var n int
			a.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				n, err = sqldb.One(ctx, tx, sqldb.Value[int], `SELECT COUNT(*) FROM journal_line WHERE workspace_id = $1 AND kind = 'request.answered_elsewhere'`, a.staff.Workspace)
				return err
			})
			if n != 1 {
				t.Error(n)
			}
		})
		t.Run("to a request that was withdrawn nothing is said, with the reason", func(t *testing.T) {
			a.T = t
			a.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE request SET state = 'withdrawn' WHERE workspace_id = $1 AND id = $2`, a.staff.Workspace, a.request.ID)
				return err
			})
			if got := a.answer("6", "ada.school@corvenne.example", plain+"Encore moi.\r\n"); !strings.Contains(got, "554") {
				t.Error(got)
			}
			a.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE request SET state = 'in_progress' WHERE workspace_id = $1 AND id = $2`, a.staff.Workspace, a.request.ID)
				return err
			})
		})
		t.Run("where files want a confirmation a mail brings none; its text alone is taken", func(t *testing.T) {
			v := ask(t, c, "vendor")
			v.addr = a.addr
			if got := v.answer("1", "ada.vendor@corvenne.example", "Content-Type: multipart/mixed; boundary=b\r\n\r\n"+file1); !strings.Contains(got, "554") || !strings.Contains(got, "confirm") {
				t.Error(got)
			}
			if got := v.answer("2", "ada.vendor@corvenne.example", plain+"Bonjour\r\n"); got != "" || len(v.thread()) != 2 {
				t.Error(got, v.thread())
			}
			foreign := *v
			foreign.contact.Number, foreign.staff = a.contact.Number+50, a.staff
			if got := foreign.answer("3", "x@example.org", plain+"x"); !strings.Contains(got, "550") {
				t.Error(got)
			}
		})
		t.Run("whoever signs in as the contact since is answered, whoever did before is not: their letters' addresses open nothing any more", func(t *testing.T) {
			a.T = t
			var next login.Login
			a.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				if next, err = login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: "lina@corvenne.example", Name: "Lina Corvenne"}, a.hash); err == nil {
					_, err = tx.Exec(ctx, `UPDATE contact SET login_id = $3 WHERE workspace_id = $1 AND id = $2`, a.staff.Workspace, a.contact.ID, next.ID)
				}
				return err
			})
			said := len(a.thread())
			if got := a.answer("8", "ada.school@corvenne.example", plain+"C’est encore moi\r\n"); !strings.Contains(got, "550") || len(a.thread()) != said {
				t.Error(got, a.thread())
			}
			a.contact.Login = next.ID
			if got := a.answer("9", "lina@corvenne.example", plain+"Bonjour\r\n"); got != "" || len(a.thread()) != said+1 {
				t.Error(got, a.thread())
			}
		})
		t.Run("somebody who was switched off since does not write any more", func(t *testing.T) {
			a.T = t
			a.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET login_enabled = 0 WHERE workspace_id = $1 AND id = $2`, a.staff.Workspace, a.contact.ID)
				return err
			})
			if got := a.answer("7", "ada.school@corvenne.example", plain+"Bonjour\r\n"); !strings.Contains(got, "550") {
				t.Error(got)
			}
		})
		t.Run("metrics count what became of the mails", func(t *testing.T) {
			status, body := fetch(t, "http://"+running.MetricsAddr()+"/metrics")
			for _, want := range []string{`{outcome="taken"} 7`, `{outcome="again"} 1`, `{outcome="robot"} 1`, `{outcome="refused"} 2`, `{outcome="unknown"} 3`} {
				if status != http.StatusOK || !strings.Contains(body, "entregent_inbound_mails_total"+want) {
					t.Error(status, want)
				}
			}
		})
	})
}
