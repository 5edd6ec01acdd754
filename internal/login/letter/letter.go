// Package letter says what stands in the letters about signing in: the link to choose a new password, the one that confirms
// a new address, and the news of both to the login's owner.
//
// It reads everything when a letter is sent (see package mail) and changes nothing. No workspace words these letters
// itself, and none of their texts holds what a stranger has typed.
package letter

import (
	"context"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Kinds are those of the letters that package login queues, for mail's Post.
func Kinds(links link.Maker) []mail.Kind {
	w := writer{links}
	return []mail.Kind{
		{Name: login.LetterPassword, Variables: []string{"name"}, Facts: w.password},
		{Name: login.LetterPasswordChanged, Variables: []string{"name", "moment"}, Facts: w.passwordChanged},
		{Name: login.LetterAddress, Facts: w.address},
		{Name: login.LetterAddressChanged, Variables: []string{"name", "moment"}, Facts: w.addressChanged},
		{Name: login.LetterKnown, Variables: []string{"name"}, Facts: w.known},
	}
}

type writer struct{ links link.Maker }

// facts are what every letter to a login begins with.
func facts(l login.Login, to email.Address, in locale.Language, at sqldb.Time) mail.Facts {
	if in == "" {
		in = l.Locale
	}
	p := locale.For(in, locale.Organization, locale.School, l.Zone())
	return mail.Facts{To: to, Name: l.Name, P: p, Values: map[string]string{"name": l.Name, "moment": p.DateTime(at.Time())}}
}

// password withdraws the letter of a link that opens nothing any more, and that of nobody's link.
func (w writer) password(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	l, err := w.open(ctx, tx, m)
	if err != nil {
		return mail.Facts{}, err
	}
	to, err := login.Get(ctx, tx, l.Login)
	f := facts(to, to.Email, m.Language, m.CreatedAt)
	f.URL, f.Until = w.links.Path(l), l.ExpiresAt
	return f, err
}

func (w writer) passwordChanged(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	to, err := login.Get(ctx, tx, m.Login)
	f := facts(to, to.Email, m.Language, m.CreatedAt)
	f.URL = "/forgotten-password"
	return f, err
}

// address goes to a mailbox that may be a stranger's: it names nobody.
func (w writer) address(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	l, err := w.open(ctx, tx, m)
	if err != nil {
		return mail.Facts{}, err
	}
	asks, err := login.Get(ctx, tx, l.Login)
	f := facts(asks, l.Address, m.Language, m.CreatedAt)
	f.Name, f.URL, f.Until = "", w.links.Path(l), l.ExpiresAt
	return f, err
}

// addressChanged goes to the address that the login had before.
func (w writer) addressChanged(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	l, err := link.Get(ctx, tx, id.Link{UUID: m.Subject})
	if err != nil {
		return mail.Facts{}, err
	}
	if l.Former.IsZero() {
		return mail.Facts{}, mail.ErrWithdrawn
	}
	to, err := login.Get(ctx, tx, l.Login)
	return facts(to, l.Former, m.Language, m.CreatedAt), err
}

// known goes to the login that has the address already, as long as somebody wants it.
func (w writer) known(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	l, err := w.open(ctx, tx, m)
	if err != nil {
		return mail.Facts{}, err
	}
	to, err := login.Get(ctx, tx, m.Login)
	if err == nil && to.Email != l.Address {
		err = mail.ErrWithdrawn
	}
	f := facts(to, to.Email, m.Language, m.CreatedAt)
	f.URL = "/sign-in"
	return f, err
}

// open is the link that the letter carries, as long as it opens something.
func (w writer) open(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (link.Link, error) {
	l, err := link.Get(ctx, tx, id.Link{UUID: m.Subject})
	if err == nil && !l.Opens(tx.Now()) {
		err = mail.ErrWithdrawn
	}
	return l, err
}
