package login

import (
	"context"
	"errors"
	"strings"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/password"
	"github.com/entregent/entregent/internal/sqldb"
)

// The kinds of letters that this room queues; package letter says what stands in them.
const (
	LetterPassword        = "password"         // the link to choose a new password; its subject is the link
	LetterPasswordChanged = "password_changed" // that it was changed
	LetterAddress         = "address"          // to the new address, to be confirmed; its subject is the link
	LetterAddressChanged  = "address_changed"  // to the one that was before; its subject is the link
	LetterKnown           = "known"            // to an address that was to be confirmed and has a login already; its subject is the link
)

// Recovery is somebody's wish for a link to choose a new password.
type Recovery struct {
	Email   string // as typed
	Browser string // as in Credentials
	Address string // as in Credentials
}

// Recover sends the login of that address a link to choose a new password, which ends the one before. Whether there is
// such a login, the answer, the statements and the rows are the same: an unknown or impossible address gets a link
// of nobody's and a letter that is withdrawn when its turn comes. No address at all is a fault.Invalid on email; too
// many wishes, for one address or from one client, are a fault.TooMany with the time to wait.
func (d *Desk) Recover(ctx context.Context, in Recovery) error {
	typed := strings.ToLower(strings.TrimSpace(in.Email))
	if typed == "" {
		return fault.OnField(fault.Invalid, "email", fault.M("fault.required"))
	}
	address, err := email.Parse(typed)
	if err != nil { // as much work for what is no address
		address = email.Address{}
	}
	return d.db.Update(ctx, func(tx *sqldb.Tx) error {
		found, err := find(ctx, tx, "email = $1"+tx.ForLock(), address.String())
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		on := counters{d.ofClient("letters from", in.Address), d.throttle.Name("letters to", typed)}
		if own, ok := d.recognise(in.Browser, found.login, tx.Now()); ok {
			on.login = d.throttle.Name("letters of browser", own, found.login.ID.String())
		}
		if err := d.count(ctx, tx, on, d.limits.AddressAsks, d.limits.Recoveries); err != nil {
			return err
		}
		l, err := d.links.Make(ctx, tx, link.New{Login: found.login.ID, Purpose: link.Password})
		if err != nil {
			return err
		}
		_, err = mail.Queue(ctx, tx, mail.New{Kind: LetterPassword, Login: l.Login, Subject: l.ID.UUID})
		return err
	})
}

// PasswordChoice is the choice of a new password by whoever holds a link.
type PasswordChoice struct {
	Token   string // the link's secret
	New     string
	Browser string // as in Credentials
}

// ChoosePassword uses the link: it judges and stores the new password, ends all sessions and all links of the login,
// tells its owner by a letter and the histories, and lets them in. Of many at once with one link, one succeeds. A password
// that is refused is a fault.Invalid on new_password and leaves the link as it is; a link that opens nothing is
// a fault.NotFound «login.link.over».
func (d *Desk) ChoosePassword(ctx context.Context, in PasswordChoice) (Entry, error) {
	about, err := d.aboutHolder(ctx, in.Token)
	if err != nil {
		return Entry{}, err
	}
	chosen, err := d.Hash(ctx, in.New, about...)
	if m := (fault.Message{}); errors.As(err, &m) {
		return Entry{}, fault.OnField(fault.Invalid, "new_password", m)
	} else if err != nil {
		return Entry{}, err
	}
	var e Entry
	err = d.db.Update(ctx, func(tx *sqldb.Tx) error {
		l, err := d.links.Find(ctx, tx, link.Password, in.Token)
		if err != nil {
			return err
		}
		if err := d.signedIn(ctx, tx, l.Login); err != nil { // before its lock, as in SignIn
			return err
		}
		holder, err := lock(ctx, tx, l.Login)
		if err != nil {
			return err
		}
		if err := link.Use(ctx, tx, l, email.Address{}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM throttle WHERE key = $1`, d.throttle.Name("login", holder.Email.String())); err != nil {
			return err
		}
		e, err = d.replace(ctx, tx, self(holder), holder, chosen, id.Session{}, in.Browser)
		return err
	})
	return e, err
}

// WeighForHolder says what a password is worth, as ChoosePassword judges it, while the holder of the link types it. It
// changes nothing; a link that opens nothing is a fault.NotFound.
func (d *Desk) WeighForHolder(ctx context.Context, token, typed string) (password.Strength, error) {
	about, err := d.aboutHolder(ctx, token)
	if err != nil {
		return password.Strength{}, err
	}
	return password.Weigh(typed, about...), nil
}

// aboutHolder is what the password of a link's login must not be made of.
func (d *Desk) aboutHolder(ctx context.Context, token string) (about []string, err error) {
	err = d.db.View(ctx, func(tx *sqldb.Tx) error {
		l, err := d.links.Find(ctx, tx, link.Password, token)
		if err != nil {
			return err
		}
		about, err = About(ctx, tx, l.Login)
		return err
	})
	return about, err
}
