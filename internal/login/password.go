package login

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/password"
	"github.com/entregent/entregent/internal/sqldb"
)

// PasswordChange is a person's choice of a new password for their own login.
type PasswordChange struct {
	Current, New string
	Session      Session  // the one it is asked in; it stays, all others end
	Browser      string   // as in Credentials
	Address      string   // as in Credentials
	About        []string // what else the password must not be made of: names of the person's workspaces
}

// ChangePassword asks for the current password, judges the new one, ends all other sessions of the login and
// tells the histories. The entry's session is to be put into a session with a new token. Faults are
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
	if err := in.judge(c.login, right.phc != ""); err != nil {
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
		var err error
		if e, err = d.admit(ctx, tx, c, chosen, in.Browser); err != nil {
			return err
		}
		return d.changed(ctx, tx, by, &e, in)
	})
	return e, err
}

func (in PasswordChange) judge(l Login, right bool) error {
	var faults fault.Fields
	if !right {
		faults.Add("current_password", fault.M("login.password.wrong"))
	}
	about := append([]string{l.Name, l.Email.String()}, in.About...)
	if right && password.Normal(in.New) == password.Normal(in.Current) {
		faults.Add("new_password", fault.M("login.password.same"))
	} else {
		faults.Add("new_password", password.Judge(in.New, about...))
	}
	return faults.Err()
}

// changed does what follows from a new password, which admit has stored. The moment of change rises even if the
// clocks of two nodes differ, since new sessions are held against it.
func (d *Desk) changed(ctx context.Context, tx *sqldb.Tx, by actor.Actor, e *Entry, in PasswordChange) error {
	at := max(tx.Now(), e.Login.PasswordChangedAt+1)
	if _, err := tx.Exec(ctx, `UPDATE login SET password_changed_at = $1 WHERE id = $2`, at, e.Login.ID); err != nil {
		return err
	}
	if _, err := endOthers(ctx, tx, e.Login.ID, in.Session.ID); err != nil {
		return err
	}
	l := e.Login
	l.PasswordChangedAt = at
	*e = d.entry(l, in.Browser, at)
	return recordAll(ctx, tx, by, "login.password_changed", l.ID, nil)
}
