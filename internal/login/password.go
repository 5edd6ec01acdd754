package login

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/password"
	"github.com/entregent/entregent/internal/sqldb"
)

// PasswordChange is a person's choice of a new password for their own login.
type PasswordChange struct {
	Current, New string
	Session      Session // the one it is asked in; it stays, all others end
	Browser      string  // as in Credentials
	Address      string  // as in Credentials
}

// ChangePassword asks for the current password, judges the new one, ends all other sessions and all links of the login,
// tells its owner by a letter and the histories. The entry's session is to be put into a session with a new token. Faults are
// fault.Invalid on current_password and new_password, both at once; fault.TooMany as with Confirm.
func (d *Desk) ChangePassword(ctx context.Context, by actor.Actor, in PasswordChange) (Entry, error) {
	c, err := d.approachOwn(ctx, by.Login, in.Address)
	if err != nil {
		return Entry{}, err
	}
	right, err := d.look(ctx, c, in.Current)
	if err != nil {
		return Entry{}, err
	}
	about, err := d.about(ctx, by.Login)
	if err != nil {
		return Entry{}, err
	}
	if err := in.judge(about, right.phc != ""); err != nil {
		if right.phc != "" {
			err = d.unlooked(ctx, c.on, err)
		}
		return Entry{}, err
	}
	chosen, err := d.hasher.hash(ctx, in.New)
	if err != nil {
		return Entry{}, d.unlooked(context.WithoutCancel(ctx), c.on, err)
	}
	var e Entry
	err = d.db.Update(ctx, func(tx *sqldb.Tx) error {
		admitted, err := d.admit(ctx, tx, c, c.hash, in.Browser)
		if err != nil {
			return err
		}
		e, err = d.replace(ctx, tx, by, admitted.Login, chosen, in.Session.ID, in.Browser)
		return err
	})
	return e, err
}

func (in PasswordChange) judge(about []string, right bool) error {
	var faults fault.Fields
	if !right {
		faults.Add("current_password", fault.M("login.password.wrong"))
	}
	if right && password.Normal(in.New) == password.Normal(in.Current) {
		faults.Add("new_password", fault.M("login.password.same"))
	} else {
		faults.Add("new_password", password.Judge(in.New, about...))
	}
	return faults.Err()
}

// replace stores a new password of a login that the caller holds the lock of, with all that follows from it; the session
// keep, if any, goes on. The moment of change rises even if the clocks of two nodes differ, since new sessions are
// held against it.
func (d *Desk) replace(ctx context.Context, tx *sqldb.Tx, by actor.Actor, l Login, chosen Hash, keep id.Session, browser string) (Entry, error) {
	l.PasswordChangedAt = max(tx.Now(), l.PasswordChangedAt+1)
	_, err := tx.Exec(ctx, `UPDATE login SET password_hash = $1, password_changed_at = $2 WHERE id = $3`, chosen.phc, l.PasswordChangedAt, l.ID)
	if err != nil {
		return Entry{}, err
	}
	if _, err := endOthers(ctx, tx, l.ID, keep); err != nil {
		return Entry{}, err
	}
	if err := link.EndAll(ctx, tx, l.ID); err != nil {
		return Entry{}, err
	}
	if _, err := mail.Queue(ctx, tx, mail.New{Kind: LetterPasswordChanged, Login: l.ID}); err != nil {
		return Entry{}, err
	}
	if err := d.alarmed(ctx, tx, l.ID, NewPassword); err != nil {
		return Entry{}, err
	}
	return d.entry(l, browser, l.PasswordChangedAt), recordAll(ctx, tx, by, "login.password_changed", l.ID, nil)
}
