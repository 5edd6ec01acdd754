package app

import (
	"context"
	"net"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/entregent/entregent/internal/access/writer"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/inbound"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// mails is where answers to letters come in.
type mails struct {
	*inbound.Server
	listener net.Listener
}

// takeMails listens where the configuration says; nil = letters cannot be answered by mail.
func (b *Base) takeMails(ctx context.Context, baseURL *url.URL, counts prometheus.Registerer, ended chan<- error) (*mails, error) {
	c := b.config.Inbound
	if c.Address.IsZero() {
		return nil, nil
	}
	l, err := listen(ctx, c.Address.Addr)
	if err != nil {
		return nil, err
	}
	m := &mails{listener: l, Server: inbound.New(inbound.Options{
		DB: b.db, Files: b.files, Secret: b.secret, Addresses: b.replies(), Host: baseURL.Hostname(), Log: b.log,
		Limits: inbound.Limits{
			LMTP: c.Address.LMTP, Bytes: c.Largest, Connections: c.Connections, Idle: c.Idle.Duration(), Lifetime: c.Lifetime.Duration(),
			Timeout: c.Timeout.Duration(), Wrong: c.Wrong, Mails: c.Mails, Window: c.Window.Duration(),
		},
		Find: findWriter, Take: takeReply,
	})}
	counts.MustRegister(m)
	go func() {
		if err := m.Serve(l); err != nil {
			select {
			case ended <- err:
			default:
			}
		}
	}()
	return m, nil
}

// stop takes no more mails, see inbound.Server.Stop.
func (m *mails) stop(ctx context.Context) error {
	if m == nil {
		return nil
	}
	return m.Stop(ctx)
}

// replies are the addresses that letters are answered at; without a configured domain there are none.
func (b *Base) replies() inbound.Addresses {
	return inbound.NewAddresses(b.secret, b.config.Inbound.Domain)
}

// replyTo implements notice.Options.ReplyTo.
func (b *Base) replyTo(to notice.Person, request int64) email.Address {
	return b.replies().Of(inbound.Place{Workspace: to.By.Workspace, Request: request, Contact: to.Number, Person: inbound.PersonOf(to.By.Login)})
}

// findWriter implements inbound.Options.Find. What was written to somebody is answered by them alone: not by whoever had the
// contact before (« Une autre personne », « Changer de connexion »).
func findWriter(ctx context.Context, tx *sqldb.Tx, at inbound.Place) (inbound.Sender, error) {
	by, known, err := writer.Of(ctx, tx, at.Workspace, at.Contact)
	if err == nil && inbound.PersonOf(by.Login) != at.Person {
		err = fault.Missing()
	}
	if err == nil {
		_, err = request.ByNumber(ctx, tx, by, at.Request)
	}
	return inbound.Sender{By: by, Known: known}, err
}

// takeReply implements inbound.Options.Take: the answer becomes a comment with its files. That it came from an address that
// nobody knew is a line of the history.
func takeReply(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in inbound.Reply) (again bool, err error) {
	r, err := request.ByNumber(ctx, tx, by, in.Request)
	if err != nil {
		return false, err
	}
	if len(in.Files) > 0 {
		if in.Text, err = withFiles(ctx, tx, by.Workspace, in.Text); err != nil {
			return false, err
		}
	}
	e, err := request.Say(ctx, tx, by, r.ID, request.Remark{Text: in.Text, Files: in.Files, Source: request.Mail, Submission: in.Submission})
	again = err == nil && e.At != tx.Now()
	if err != nil || again || !in.Elsewhere {
		return again, err
	}
	return false, journal.Record(ctx, tx, by, journal.Entry{
		Kind: "request.answered_elsewhere", Subject: journal.Subject{Kind: "request", ID: r.ID.UUID, Number: r.Label()}, Organization: by.Organization,
	})
}

// withFiles is the text of a mail that has files; one that has only those gets a text. Where each file wants it confirmed that it
// holds nobody's health, which no mail can do, none is taken.
func withFiles(ctx context.Context, tx *sqldb.Tx, of id.Workspace, text string) (string, error) {
	w, err := workspace.Get(ctx, tx, of)
	switch {
	case err != nil:
		return "", err
	case w.Kind == workspace.Vendor:
		return "", fault.New(fault.Invalid, "inbound.refused.files")
	case text == "":
		text = locale.For(w.Locale, w.OrganizationNoun, w.HostNoun(), w.Zone()).Text("inbound.files_alone")
	}
	return text, nil
}

var mailsDesc = prometheus.NewDesc("entregent_inbound_mails_total", "Mails that came in, and addresses that were refused, by what became of them.", []string{"outcome"}, nil)

// Describe names what Collect gives.
func (m *mails) Describe(to chan<- *prometheus.Desc) { to <- mailsDesc }

// Collect gives the counts of this process.
func (m *mails) Collect(to chan<- prometheus.Metric) {
	for outcome, n := range m.Counts() {
		to <- prometheus.MustNewConstMetric(mailsDesc, prometheus.CounterValue, float64(n), outcome)
	}
}
