package login

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// AskAddress asks for another e-mail address for the caller's own login: a letter goes there, and it takes the place of
// the old one once ConfirmAddress is called with the letter's link. An address that has a login already gets a letter
// that says so, and the caller the same answer. An older wish is ended. What is no address, and one's own, is a
// fault.Invalid on email; too many wishes, by one login or for one address, are a fault.TooMany. The face has had
// the password typed (Session.Confirmed).
func (d *Desk) AskAddress(ctx context.Context, by actor.Actor, typed string) error {
	address, err := email.Parse(typed)
	if err == nil && address.IsZero() {
		err = fault.M("fault.required")
	}
	var faults fault.Fields
	if faults.Add("email", err); err != nil {
		return faults.Err()
	}
	return d.db.Update(ctx, func(tx *sqldb.Tx) error {
		l, err := lock(ctx, tx, by.Login)
		if err != nil {
			return err
		}
		if l.Email == address {
			return fault.OnField(fault.Invalid, "email", fault.M("login.address.same"))
		}
		for _, count := range []string{d.throttle.Name("letters of", l.ID.String()), d.throttle.Name("letters to", address.String())} {
			if _, err := d.countOn(ctx, tx, count, d.limits.Recoveries); err != nil {
				return err
			}
		}
		return d.offerAddress(ctx, tx, l, address)
	})
}

// offerAddress makes the link and queues the letter, which is of another kind and to another login if the address has one.
func (d *Desk) offerAddress(ctx context.Context, tx *sqldb.Tx, l Login, address email.Address) error {
	letter := mail.New{Kind: LetterAddress, Login: l.ID}
	other, err := FindByEmail(ctx, tx, address)
	if err == nil {
		letter = mail.New{Kind: LetterKnown, Login: other.ID}
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	made, err := d.links.Make(ctx, tx, link.New{Login: l.ID, Purpose: link.Address, Address: address})
	if err != nil {
		return err
	}
	letter.Subject = made.ID.UUID
	_, err = mail.Queue(ctx, tx, letter)
	return err
}

// WantedAddress is the address that the caller has asked for and that is not confirmed yet, with its moment and end;
// none is a fault.NotFound.
func WantedAddress(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (link.Link, error) {
	return link.Open(ctx, tx, by.Login, link.Address)
}

// WithdrawAddress ends the caller's wish for another address; none is as wanted.
func WithdrawAddress(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	return link.End(ctx, tx, by.Login, link.Address)
}

// ConfirmAddress uses a link to another address, which takes the place of the login's old one: letters to the old one
// say so, all other links of the login end, and the histories tell of it. Sessions go on. A link that opens nothing is a
// fault.NotFound «login.link.over», an address that has got another login meanwhile a fault.Conflict on email. Nobody needs
// to be signed in: the link shows that the mailbox is theirs, the wish came from who had just typed the password.
func (d *Desk) ConfirmAddress(ctx context.Context, tx *sqldb.Tx, token string) (Login, error) {
	wish, err := d.links.Find(ctx, tx, link.Address, token)
	if err != nil {
		return Login{}, err
	}
	if err := d.moved(ctx, tx, wish.Login, wish.Address); err != nil { // before the login's lock, as in SignIn
		return Login{}, err
	}
	before, err := lock(ctx, tx, wish.Login)
	if err != nil {
		return Login{}, err
	}
	if err := link.Use(ctx, tx, wish, before.Email); err != nil {
		return Login{}, err
	}
	if _, err := FindByEmail(ctx, tx, wish.Address); !fault.Is(err, fault.NotFound) {
		if err == nil {
			err = fault.OnField(fault.Conflict, "email", fault.M("conflict.login.email"))
		}
		return Login{}, err
	}
	after := before
	after.Email = wish.Address
	if _, err := tx.Exec(ctx, `UPDATE login SET email = $1 WHERE id = $2`, after.Email, after.ID); err != nil {
		return Login{}, err
	}
	if err := link.EndAll(ctx, tx, after.ID); err != nil {
		return Login{}, err
	}
	if _, err := mail.Queue(ctx, tx, mail.New{Kind: LetterAddressChanged, Login: after.ID, Subject: wish.ID.UUID}); err != nil {
		return Login{}, err
	}
	if err := d.alarmed(ctx, tx, after.ID, NewAddress); err != nil {
		return Login{}, err
	}
	return after, recordAll(ctx, tx, self(after), "login.address_changed", after.ID, changes(before, after))
}

// OfLink reads the link of that secret and its login, and changes nothing: for the page that it leads to. One that
// opens nothing is a fault.NotFound «login.link.over».
func OfLink(ctx context.Context, tx *sqldb.Tx, links link.Maker, p link.Purpose, token string) (link.Link, Login, error) {
	l, err := links.Find(ctx, tx, p, token)
	if err != nil {
		return l, Login{}, err
	}
	holder, err := Get(ctx, tx, l.Login)
	return l, holder, err
}

// lock holds the login and reads it; none is a fault.NotFound.
func lock(ctx context.Context, tx *sqldb.Tx, login id.Login) (Login, error) {
	if err := tx.Lock(ctx, "login", "id = $1", login); err != nil {
		return Login{}, err
	}
	return Get(ctx, tx, login)
}

// self is the person behind a login, as the caller of what follows from their link.
func self(l Login) actor.Actor { return actor.Actor{Kind: actor.Staff, Login: l.ID} }
