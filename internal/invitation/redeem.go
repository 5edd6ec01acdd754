package invitation

import (
	"context"
	"errors"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/password"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Activation is what somebody accepts an invitation with.
type Activation struct {
	Token    string   // of the link
	Password string   // the one of the address's login, or for a new login the one that is chosen
	Login    id.Login // who is signed in in this browser; zero = nobody
	Browser  string   // as in login.Credentials
	Address  string   // as in login.Credentials
}

// Activated is what came of it.
type Activated struct {
	Kind  Kind
	Host  workspace.Workspace
	Entry login.Entry // to be signed in with; zero when the person was
}

// Activate redeems the invitation « Activer mon accès »: whoever shows it has then joined, with the login of the invitation's
// address, new or not. Of many at once with one link one succeeds. Faults: fault.NotFound «invitation.over»;
// fault.Conflict «invitation.signed_in_otherwise», «invitation.login_exists» (the address has got a login meanwhile) or the
// room's own; fault.Invalid on password, judged or wrong; fault.TooMany as with login.Desk.SignIn.
func (d *Door) Activate(ctx context.Context, in Activation) (Activated, error) {
	x, err := d.lookApart(ctx, in.Token)
	if err != nil {
		return Activated{}, err
	}
	done := Activated{Kind: x.Kind, Host: x.Host}
	switch {
	case in.Login.IsZero() && x.Login.IsZero():
		done.Entry, err = d.withNew(ctx, x, in)
	case in.Login.IsZero():
		done.Entry, err = d.withPassword(ctx, x, in)
	case in.Login == x.Login:
		err = d.with(ctx, in.Token, x.Login)
	default:
		err = fault.New(fault.Conflict, "invitation.signed_in_otherwise")
	}
	return done, err
}

// lookApart is Look in a transaction of its own.
func (d *Door) lookApart(ctx context.Context, token string) (x Invited, err error) {
	err = d.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		x, err = d.Look(ctx, tx, token)
		return err
	})
	return x, err
}

// withNew makes the login.
func (d *Door) withNew(ctx context.Context, x Invited, in Activation) (e login.Entry, err error) {
	hash, err := d.desk.Hash(ctx, in.Password, x.about()...)
	if m := (fault.Message{}); errors.As(err, &m) {
		return e, fault.OnField(fault.Invalid, "password", m)
	} else if err != nil {
		return e, err
	}
	fresh := login.New{Email: x.Email.String(), Name: atMost(x.Person, login.MaxName), Locale: string(x.P.Language()), TimeZone: x.P.Zone().String()}
	err = d.db.Update(ctx, func(tx *sqldb.Tx) error {
		p, i, err := d.holdLive(ctx, tx, in.Token)
		if err != nil {
			return err
		}
		// Outside of any workspace: nobody's history tells whether a login was new.
		l, err := login.Create(ctx, tx, actor.Actor{Kind: actor.Program}, fresh, hash)
		if fault.Is(err, fault.Conflict) {
			return fault.New(fault.Conflict, "invitation.login_exists")
		}
		if err != nil {
			return err
		}
		if err := join(ctx, tx, p, i, l); err != nil {
			return err
		}
		e, err = d.desk.Enter(ctx, tx, l, in.Browser)
		return err
	})
	return e, err
}

// withPassword signs in to accept. Wrong tries are counted by the link: strangers who try the address at the sign-in page
// keep nobody from it.
func (d *Door) withPassword(ctx context.Context, x Invited, in Activation) (login.Entry, error) {
	e, err := d.desk.SignIn(ctx, login.Credentials{Email: x.Email.String(), Password: in.Password, Browser: in.Browser, Address: in.Address, Link: x.ID.String()})
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) == 0 {
		return e, fault.OnField(fault.Invalid, "password", fault.M("login.password.wrong"))
	}
	if err != nil {
		return e, err
	}
	return e, d.with(ctx, in.Token, e.Login.ID)
}

// with joins as a login that has proved itself.
func (d *Door) with(ctx context.Context, token string, of id.Login) error {
	return d.db.Update(ctx, func(tx *sqldb.Tx) error {
		p, i, err := d.holdLive(ctx, tx, token)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "login", "id = $1", of); err != nil {
			return err
		}
		l, err := login.Get(ctx, tx, of)
		if err != nil {
			return err
		}
		return join(ctx, tx, p, i, l)
	})
}

// join ends the invitation and lets the login in: the one place where that is done (product.md §3). The caller holds
// both.
func join(ctx context.Context, tx *sqldb.Tx, p Place, i Invitation, l login.Login) error {
	if l.Email != i.Email { // it got another address meanwhile
		return fault.New(fault.Conflict, "invitation.signed_in_otherwise")
	}
	if err := i.Finish(ctx, tx, Used); err != nil {
		return err
	}
	return p.Join(ctx, tx, i, l)
}

// Decline is « Cette invitation n'est pas pour moi »: it ends the invitation and tells the staff. A link that opens
// nothing gets the same answer.
func (d *Door) Decline(ctx context.Context, tx *sqldb.Tx, token string) error {
	p, i, err := d.holdLive(ctx, tx, token)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := i.Finish(ctx, tx, Declined); err != nil {
		return err
	}
	return p.Declined(ctx, tx, i)
}

// AskFresh is « Demander un nouveau lien »: in place of an invitation that only died of age a new one goes out, to the
// stored address and nowhere else. Any other link gets the same answer and nothing happens, so that each link can
// ask once. Too many wishes, with one link or from one client, are a fault.TooMany.
func (d *Door) AskFresh(ctx context.Context, tx *sqldb.Tx, token, address string) error {
	if err := d.desk.CountGuess(ctx, tx, login.Guess{Act: "fresh", Whom: token, Address: address}); err != nil {
		return err
	}
	i, err := d.find(ctx, tx, token)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p, i, err := d.hold(ctx, tx, i)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || !i.Stands || i.Ended != "" || tx.Now() < i.ExpiresAt {
		return err
	}
	return p.Again(ctx, tx, i)
}

// Weigh says what a password is worth, as Activate judges it, while somebody who is invited types it. It changes
// nothing; a link that opens nothing is a fault.NotFound.
func (d *Door) Weigh(ctx context.Context, token, typed string) (password.Strength, error) {
	x, err := d.lookApart(ctx, token)
	if err != nil {
		return password.Strength{}, err
	}
	return password.Weigh(typed, x.about()...), nil
}

// atMost cuts a text after so many characters.
func atMost(text string, most int) string {
	runes := []rune(text)
	return strings.TrimSpace(string(runes[:min(len(runes), most)]))
}
