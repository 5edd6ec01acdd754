package app

import (
	"context"
	"net/netip"
	"net/url"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/access/audience"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/handover"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/invoice"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/letter"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/team"
	"github.com/entregent/entregent/internal/workspace"
)

// post is the one that writes and sends the letters of all rooms; it is made at the first call, for the base URL that
// every link begins with.
func (b *Base) post(baseURL *url.URL) *mail.Post {
	b.posted.Do(func() {
		c := b.config.Mail
		from, _ := email.Parse(c.From) // config has looked at it
		b.letters = mail.NewPost(mail.Options{
			BaseURL: baseURL, From: from, Transport: b.transport(baseURL), Parallel: c.Parallel, Attempts: c.Attempts, Log: b.log,
			Colleague: workspace.ToColleague,
		})
		b.letters.Add(workspace.Letters()...)
		b.letters.Add(b.inviter().Kinds()...)
		b.letters.Add(b.handovers().Kinds()...)
		b.letters.Add(b.colleagues().Kinds()...)
		b.letters.Add(b.notices().Kinds()...)
		b.letters.Add(b.deposits().Kinds()...)
		b.letters.Add(letter.Kinds(login.Links(b.secret, b.limits()))...)
	})
	return b.letters
}

// invitations makes them, for the rooms that invite.
func (b *Base) invitations() invitation.Maker {
	return invitation.NewMaker(b.secret, invitation.LimitsOf(b.config.Invitations))
}

// inviter invites contacts.
func (b *Base) inviter() *access.Inviter {
	return access.NewInviter(b.invitations(), login.Links(b.secret, b.limits()))
}

// handovers passes the role super_admin on.
func (b *Base) handovers() *handover.Desk { return handover.NewDesk(b.config.Handover) }

// deposits takes the offers that strangers deposit.
func (b *Base) deposits() *deposit.Desk {
	return deposit.NewDesk(b.db, b.secret, deposit.LimitsOf(b.config.Deposits))
}

// notices tells people what concerns them; the rooms above say who they are and what they see.
func (b *Base) notices() *notice.Desk {
	d := notice.NewDesk(notice.Options{
		People: audience.People, Leaders: audience.Leaders, ReplyTo: b.replyTo, Retention: b.config.Notices.Retention.Duration(),
	})
	d.Add(audience.Sources()...)
	d.Add(request.Told(), invoice.Told(), offer.Told(), document.Told())
	return d
}

// colleagues invites people into teams.
func (b *Base) colleagues() *team.Inviter { return team.NewInviter(b.invitations()) }

// door is where invitations are redeemed; people sign in at the desk.
func (b *Base) door(desk *login.Desk) *invitation.Door {
	return invitation.NewDoor(b.db, desk, b.invitations(), b.inviter(), b.colleagues())
}

// tellOfLetters says in the log why no letter leaves, where none does.
func (b *Base) tellOfLetters() {
	switch none := b.config.Mail.SMTP.IsZero(); {
	case b.outbox && !none:
		b.log.Warn("the demo keeps letters in its outbox; ENTREGENT_SMTP is not used")
	case !b.outbox && none:
		b.log.Info("no mail server is configured (ENTREGENT_SMTP): letters wait")
	}
}

// transport is how letters leave: into the demo's outbox, to the mail server, or not at all.
func (b *Base) transport(baseURL *url.URL) mail.Transport {
	c := b.config.Mail
	switch {
	case b.outbox:
		return mail.Outbox{Alone: demoAlone}
	case c.SMTP.IsZero():
		return nil
	}
	return mail.NewSMTP(mailServer(c, baseURL.Hostname()))
}

func mailServer(c config.Mail, host string) mail.Server {
	return mail.Server{
		Host: c.SMTP.Host, Port: c.SMTP.Port, User: c.SMTP.User, Password: c.SMTP.Password, Encryption: mail.Encryption(c.SMTP.TLS),
		Hello: helloOf(host), Dial: c.Dial.Duration(), Answer: c.Answer.Duration(), Idle: c.Idle.Duration(),
	}
}

// helloOf is what we call ourselves to the mail server: our name, or our address as SMTP writes it (RFC 5321, 4.1.3).
func helloOf(host string) string {
	a, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return host
	case a.Is4():
		return "[" + host + "]"
	}
	return "[IPv6:" + host + "]"
}

// sweepLetters removes the letters that ended longer ago than they are kept.
func (b *Base) sweepLetters(ctx context.Context, db *sqldb.DB) error {
	return inBatches(ctx, db, sweepSize, func(tx *sqldb.Tx) (int64, error) {
		return mail.Sweep(ctx, tx, tx.Now().Add(-b.config.Mail.Retention.Duration()), sweepSize)
	})
}
