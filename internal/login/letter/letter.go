// Package letter says what stands in the letters about signing in: the link to choose a new password, the one that confirms
// a new address, and the news of both to the login's owner.
//
// It reads everything when a letter is sent (see package mail) and changes nothing. No workspace words these letters
// itself, and none of their texts holds what a stranger has typed.
package letter

import (
	"cmp"
	"context"

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

// password withdraws the letter of a link that opens nothing any more, and that of nobody's link.
func (w writer) password(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	l, err := opening(ctx, tx, m)
	if err != nil {
		return mail.Facts{}, err
	}
	_, f, err := facts(ctx, tx, l.Login, m)
	f.URL, f.Until = w.links.Path(l), l.ExpiresAt
	return f, err
}

func (w writer) passwordChanged(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	_, f, err := facts(ctx, tx, m.Login, m)
	f.URL = "/forgotten-password"
	return f, err
}

// address goes to a mailbox that may be a stranger's: it names nobody.
func (w writer) address(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	l, err := opening(ctx, tx, m)
	if err != nil {
		return mail.Facts{}, err
	}
	_, f, err := facts(ctx, tx, l.Login, m)
	f.To, f.Name, f.URL, f.Until = l.Address, "", w.links.Path(l), l.ExpiresAt
	return f, err
}

// addressChanged goes to the address that the login had before.
func (w writer) addressChanged(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	l, err := link.Get(ctx, tx, id.Link{UUID: m.Subject})
	if err == nil && l.Former.IsZero() {
		err = mail.ErrWithdrawn
	}
	if err != nil {
		return mail.Facts{}, err
	}
	_, f, err := facts(ctx, tx, l.Login, m)
	f.To = l.Former
	return f, err
}

// known goes to the login that has the address already, as long as somebody wants it.
func (w writer) known(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (mail.Facts, error) {
	l, err := opening(ctx, tx, m)
	if err != nil {
		return mail.Facts{}, err
	}
	owner, f, err := facts(ctx, tx, m.Login, m)
	if err == nil && owner.Email != l.Address {
		err = mail.ErrWithdrawn
	}
	f.URL = "/sign-in"
	return f, err
}

// opening is the link that the letter carries, as long as it opens something.
func opening(ctx context.Context, tx *sqldb.Tx, m mail.Letter) (link.Link, error) {
	l, err := link.Get(ctx, tx, id.Link{UUID: m.Subject})
	if err == nil && !l.Opens(tx.Now()) {
		err = mail.ErrWithdrawn
	}
	return l, err
}

// facts are what every letter to a login begins with: its address, language and time zone, and when the act was done that
// the letter is about.
func facts(ctx context.Context, tx *sqldb.Tx, of id.Login, m mail.Letter) (login.Login, mail.Facts, error) {
	l, err := login.Get(ctx, tx, of)
	if err != nil {
		return l, mail.Facts{}, err
	}
	language := cmp.Or(m.Language, l.Locale)
	p := locale.For(language, locale.Organization, locale.School, l.Zone())
	return l, mail.Facts{To: l.Email, Name: l.Name, P: p, Values: map[string]string{"name": l.Name, "moment": p.LongDateTime(m.CreatedAt.Time())}}, nil
}
