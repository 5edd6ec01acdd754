package inbound_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/inbound"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// office is a server that takes answers into a table, in a workspace in which contact 7 may write about request 123.
type office struct {
	*testing.T
	db        *sqldb.DB
	clock     *sqldbtest.Clock
	store     *file.Store
	dir       string // the store's
	secret    *secret.Secret
	addresses inbound.Addresses
	server    *inbound.Server
	addr      string
	lmtp      bool
	log       *record
	by        actor.Actor

	mu   sync.Mutex
	shut bool  // the contact's gates
	fail error // of Take, after it has written
}

var there = inbound.Place{Workspace: 1, Request: 123, Contact: 7}

const domain = "reply.example.com"

// limits are wide, for tests of something else.
func limits() inbound.Limits {
	return inbound.Limits{Bytes: 1 << 20, Connections: 64, Idle: time.Minute, Timeout: time.Minute, Lifetime: time.Minute, Wrong: 20, Mails: 1000, Window: time.Hour}
}

// each runs the test on both engines, over LMTP and over SMTP.
func each(t *testing.T, l inbound.Limits, test func(o *office)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		for _, lmtp := range []bool{true, false} {
			t.Run(map[bool]string{true: "LMTP", false: "SMTP"}[lmtp], func(t *testing.T) {
				l := l
				l.LMTP = lmtp
				test(start(t, db, clock, l))
			})
		}
	})
}

// start opens an office; its workspace and its table are made once a database.
func start(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock, l inbound.Limits) *office {
	t.Helper()
	o := &office{T: t, db: db, clock: clock, secret: secret.New(), lmtp: l.LMTP, log: &record{}, dir: filepath.Join(t.TempDir(), "files")}
	o.addresses = inbound.NewAddresses(o.secret, domain)
	o.by = actor.Actor{Kind: actor.Contact, Workspace: 1, Contact: id.NewContact(), Organization: id.NewOrganization(), Role: actor.RoleOfContact("user", true)}
	var err error
	if o.store, err = file.Open(o.dir, file.Settings{Clock: clock.Now, PerOwner: 3}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.store.Close() })
	o.update(func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO workspace (id, slug, name, kind, organization_noun, country, locale, time_zone, brand, phone_required, created_at, version)
			VALUES (1, 'brenval', 'École Brenval', 'school', 'company', 'FR', 'fr', 'Europe/Paris', '{}', 0, 0, 1) ON CONFLICT (id) DO NOTHING`)
		if err == nil {
			_, err = tx.Exec(t.Context(), `CREATE TABLE IF NOT EXISTS answer (submission TEXT, request BIGINT, content TEXT, files BIGINT, elsewhere BIGINT)`)
		}
		if err == nil {
			_, err = tx.Exec(t.Context(), `DELETE FROM answer`)
		}
		return err
	})
	o.server = inbound.New(inbound.Options{
		DB: db, Files: o.store, Secret: o.secret, Addresses: o.addresses, Host: "contacts.example.com", Limits: l, Find: o.find, Take: o.take,
		Log: slog.New(slog.NewTextHandler(o.log, nil)),
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.addr = listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- o.server.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := o.server.Stop(ctx); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return o
}

func (o *office) update(fn func(*sqldb.Tx) error) {
	o.Helper()
	if err := o.db.Update(o.Context(), fn); err != nil {
		o.Fatal(err)
	}
}

func (o *office) set(shut bool, fail error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shut, o.fail = shut, fail
}

func (o *office) find(_ context.Context, _ *sqldb.Tx, at inbound.Place) (inbound.Sender, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at != there || o.shut {
		return inbound.Sender{}, fault.Missing()
	}
	known, err := email.Parse("anne.martin@example.org")
	return inbound.Sender{By: o.by, Known: []email.Address{known}}, err
}

func (o *office) take(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r inbound.Reply) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE answer SET request = request WHERE submission = $1`, r.Submission.String())
	if err != nil || n > 0 {
		return true, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO answer (submission, request, content, files, elsewhere) VALUES ($1, $2, $3, $4, $5)`, r.Submission.String(), r.Request, r.Text, int64(len(r.Files)), r.Elsewhere)
	for _, f := range r.Files {
		if err == nil {
			_, err = file.Attach(ctx, tx, by, file.Owner{Kind: "answer", ID: r.Submission}, f)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		err = o.fail
	}
	return false, err
}

// answer is one as it was taken.
type answer struct {
	Request, Files int64
	Text           string
	Elsewhere      bool
}

func (o *office) answers() []answer {
	o.Helper()
	var list []answer
	err := o.db.View(o.Context(), func(tx *sqldb.Tx) (err error) {
		list, err = sqldb.List(o.Context(), tx, func(row sqldb.Scanner) (a answer, err error) {
			return a, row.Scan(&a.Request, &a.Text, &a.Files, &a.Elsewhere)
		}, `SELECT request, content, files, elsewhere FROM answer ORDER BY content`)
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return list
}

// onDisk counts the files that the store has.
func (o *office) onDisk() (n int) {
	o.Helper()
	err := filepath.WalkDir(o.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return n
}

// client is a connection that has said who it is.
func (o *office) client() *smtp.Client {
	o.Helper()
	c, err := net.Dial("tcp", o.addr)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { c.Close() })
	if o.lmtp {
		return smtp.NewClientLMTP(c)
	}
	return smtp.NewClient(c)
}

// send gives a mail over; "" = it was taken, else the answer's code and text.
func (o *office) send(from, to, mail string) string {
	o.Helper()
	c := o.client()
	defer c.Close()
	return deliver(c, from, to, strings.NewReader(strings.ReplaceAll(mail, "\n", "\r\n")))
}

func deliver(c *smtp.Client, from, to string, mail io.Reader) string {
	err := c.Mail(from, nil)
	if err == nil {
		err = c.Rcpt(to, nil)
	}
	if err != nil {
		return told(err)
	}
	w, err := c.Data()
	if err != nil {
		return told(err)
	}
	if _, err := io.Copy(w, mail); err != nil {
		return told(err)
	}
	return told(w.Close())
}

func told(err error) string {
	if err == nil {
		return ""
	}
	if many, ok := err.(smtp.LMTPDataError); ok {
		for _, one := range many {
			return told(one)
		}
	}
	if e, ok := err.(*smtp.SMTPError); ok {
		return fmt.Sprint(e.Code, " ", e.EnhancedCode, " ", strings.TrimPrefix(e.Message, "<"))
	}
	return err.Error()
}

// mail is a plain one.
func mail(number, text string) string {
	return "From: Anne <Anne.Martin@example.org>\nMessage-ID: <" + number + "@example.org>\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n"
}

// record is a log to look into.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}
