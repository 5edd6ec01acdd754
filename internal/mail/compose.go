package mail

import (
	"context"
	"errors"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail/prose"
	"github.com/entregent/entregent/internal/sqldb"
)

// Compose writes a letter as it would go out now, from what the database says now. What it is about being void or gone
// is ErrWithdrawn. It asks for no permission: the worker calls it, and pages only for whoever may read the letter.
func (p *Post) Compose(ctx context.Context, tx *sqldb.Tx, l Letter) (Message, error) {
	k, err := p.kind(l.Kind)
	if err != nil {
		return Message{}, err
	}
	if l.isSample(k) {
		return p.composeSample(ctx, tx, k, l)
	}
	f, err := k.Facts(ctx, tx, l)
	if err != nil {
		return Message{}, gone(err)
	}
	w, err := k.wording(ctx, tx, l.Workspace, f.P, false)
	if err != nil {
		return Message{}, err
	}
	c := p.content(k, f, w)
	return p.message(tx, l, f, c)
}

// gone takes what does not exist any more as a reason not to write about it.
func gone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return errors.Join(ErrWithdrawn, err)
	}
	return err
}

// wording is the text that a letter is written from.
type wording struct{ subject, body prose.Text }

// wording reads the workspace's own text if it has one that is in use (or any, for a sample), else Entregent's.
func (k Kind) wording(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, p *locale.Printer, any bool) (w wording, err error) {
	if k.Own && workspace != 0 {
		own, err := textOf(ctx, tx, workspace, k.Name, p.Language())
		switch {
		case err == nil && (own.Enabled || any):
			if w.subject, w.body, err = k.read(own.Subject, own.Body); err == nil {
				return w, nil
			} // a variable that it uses is gone from this version: ours is better than none
		case err != nil && !fault.Is(err, fault.NotFound):
			return w, err
		}
	}
	w.subject, w.body, err = k.standard(p)
	return w, err
}

// content is everything that the letter says.
func (p *Post) content(k Kind, f Facts, w wording) Content {
	t := f.P.Text
	c := Content{
		Language: string(f.P.Language()), Subject: w.subject.Line(f.Values), Paragraphs: w.body.Fill(f.Values),
		Footer: t("mail.footer.own", "Site", p.o.BaseURL.Host),
	}
	if f.From != "" {
		c.Footer = t("mail.footer", "From", prose.Harmless(f.From), "Site", p.o.BaseURL.Host)
	}
	if len(f.Items) > 0 {
		c.Paragraphs = append(c.Paragraphs, items(f.Items))
	}
	if !f.ReplyTo.IsZero() {
		c.Above, c.Footer = t("mail.answer_above"), t("mail.footer.answered", "From", prose.Harmless(f.From), "Site", p.o.BaseURL.Host)
		c.Paragraphs = append(c.Paragraphs, []prose.Span{{Text: t("mail.answer_how")}})
	}
	if f.Author != "" {
		c.Paragraphs = append(c.Paragraphs, []prose.Span{{Text: t("mail."+k.Name+".author", "Author", prose.Harmless(f.Author))}})
	}
	if f.URL != "" {
		c.Button, c.Link, c.Copy = t("mail."+k.Name+".button"), p.link(f.URL), t("mail.copy")
	}
	if f.Code != "" {
		c.CodeLabel, c.Code = t("mail.code"), prose.OneLine(f.Code)
		if f.CodeURL != "" {
			c.CodeHint, c.CodeLink = t("mail.code.where"), p.link(f.CodeURL)
		}
	}
	if !f.Until.IsZero() {
		c.Until = until(f)
	}
	if f.Other != "" {
		c.OtherHint, c.Other = t("mail."+k.Name+".other"), p.link(f.Other)
	}
	return c
}

// items is a list, one line each.
func items(list []string) []prose.Span {
	spans := make([]prose.Span, 0, 2*len(list))
	for i, text := range list {
		if i > 0 {
			spans = append(spans, prose.Span{Newline: true})
		}
		spans = append(spans, prose.Span{Text: "• " + prose.Harmless(text)})
	}
	return spans
}

// until says until when link and code hold, in the person's own time.
func until(f Facts) string {
	key := "mail.until.both"
	switch {
	case f.Code == "":
		key = "mail.until.link"
	case f.URL == "":
		key = "mail.until.code"
	}
	at := f.Until.Time()
	return f.P.Text(key, "Moment", f.P.LongDateTime(at), "Zone", f.P.ZoneLabel(f.P.Zone().String(), at))
}

// link is an address of this installation. A path that would lead elsewhere leads to the first page.
func (p *Post) link(path string) string {
	u, err := p.o.BaseURL.Parse(path)
	if err != nil || u.Scheme != p.o.BaseURL.Scheme || u.Host != p.o.BaseURL.Host || u.User != nil {
		return p.o.BaseURL.String()
	}
	return u.String()
}

// message puts the envelope around it.
func (p *Post) message(tx *sqldb.Tx, l Letter, f Facts, c Content) (Message, error) {
	if f.To.IsZero() {
		return Message{}, &Failure{Reason: "mail.reason.no_address", Final: true}
	}
	html, err := c.html()
	if err != nil {
		return Message{}, err
	}
	from := f.From
	if from == "" {
		from = "Entregent"
	}
	return Message{
		ID: l.ID.String() + "@" + p.host(), From: p.o.From, To: f.To, ReplyTo: f.ReplyTo, FromName: prose.OneLine(from), ToName: prose.OneLine(f.Name),
		Language: f.P.Language(), Date: tx.Now(), Subject: c.Subject, Text: c.text(), HTML: html,
	}, nil
}

// isSample reports whether the letter shows a member of staff what a kind looks like.
func (l Letter) isSample(k Kind) bool { return k.Own && l.Contact.IsZero() && !l.Login.IsZero() }

// sampleLife is until when a sample says that its link holds.
const sampleLife = 7 * 24 * time.Hour

// composeSample writes a letter of the kind with invented facts, from the workspace's own text even while it is not in
// use.
func (p *Post) composeSample(ctx context.Context, tx *sqldb.Tx, k Kind, l Letter) (Message, error) {
	f, err := p.o.Colleague(ctx, tx, l)
	if err != nil {
		return Message{}, gone(err)
	}
	w, err := k.wording(ctx, tx, l.Workspace, f.P, true)
	if err != nil {
		return Message{}, err
	}
	c := p.content(k, p.invented(k, f, tx.Now()), w)
	c.Subject = prose.OneLine(f.P.Text("mail.sample.subject", "Subject", c.Subject))
	return p.message(tx, l, f, c)
}

// invented fills facts with what a letter of the kind may say.
func (p *Post) invented(k Kind, f Facts, now sqldb.Time) Facts {
	f.Values = make(map[string]string, len(k.Variables))
	for _, v := range k.Variables {
		f.Values[v] = f.P.Text("mail.sample." + v)
	}
	if f.From != "" {
		f.Values["workspace"] = f.From
	}
	if f.P.Has("mail." + k.Name + ".button") {
		f.URL, f.Until = "/", now.Add(sampleLife)
		if k.Coded {
			f.Code, f.CodeURL = "k7qd-2m9x", "/activate"
		}
	}
	return f
}
