// Package login holds how people prove who they are: e-mail address and password, the sessions that follow, and
// the counts of wrong tries that slow guessing down.
//
// A login is a person at a keyboard, on the whole installation; what they may do follows from rows of higher
// rooms (staff of a workspace, contact of an organisation). The package knows no HTTP: Store and Codec are what
// scs asks for, cookies are texts that a face hands in and out. Passwords are hashed by a Desk, outside of
// transactions; it is the one thing here that opens its own.
package login

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// Login is somebody who may sign in. Its password is not in it.
type Login struct {
	ID                id.Login
	Email             email.Address // unique on the installation
	Name              string        // as the person writes it
	Locale            locale.Language
	TimeZone          string // IANA's name
	Theme             string // "" = the system's, "light", "dark"
	Looks             string // how they want to see lists, see package look
	Version           int64  // of the profile, for Edit
	CreatedAt         sqldb.Time
	PasswordChangedAt sqldb.Time
}

// Zone is the time zone, for a locale.Printer.
func (l Login) Zone() *time.Location {
	zone, _ := locale.ParseZone(l.TimeZone)
	return zone
}

// What a login begins with, and what is read of one.
const (
	columns = `id, email, name, locale, time_zone, theme, version, created_at, password_changed_at`
	kept    = columns + `, looks`
)

func scan(row sqldb.Scanner) (l Login, err error) {
	err = row.Scan(&l.ID, &l.Email, &l.Name, &l.Locale, &l.TimeZone, &l.Theme, &l.Version, &l.CreatedAt, &l.PasswordChangedAt, &l.Looks)
	return l, err
}

// New is what a login begins with, as text. The language may be empty for French, the time zone for Paris.
type New struct{ Email, Name, Locale, TimeZone string }

// Check reports every fault of the fields email, name, locale and time_zone at once; nil if there is none.
func (in New) Check() error {
	_, err := in.parse()
	return err
}

func (in New) parse() (l Login, err error) {
	var faults fault.Fields
	l.Email, err = email.Parse(in.Email)
	if err == nil && l.Email.IsZero() {
		err = fault.M("fault.required")
	}
	faults.Add("email", err)
	p := Profile{Name: in.Name, Locale: in.Locale, TimeZone: in.TimeZone}
	if p.Locale == "" {
		p.Locale = string(locale.French)
	}
	if p.TimeZone == "" {
		p.TimeZone = "Europe/Paris"
	}
	p.parse(&l, &faults)
	return l, faults.Err()
}

// Create adds a login with the password that Desk.Hash made. An address that has one already is a
// fault.Conflict on email. Who may: this program (set-up, command line, a redeemed invitation), which tells the
// history of the workspace that it acts in.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in New, password Hash) (Login, error) {
	if by.Kind != actor.Program {
		return Login{}, fault.New(fault.Forbidden, "fault.forbidden")
	}
	l, err := in.parse()
	if err != nil {
		return Login{}, err
	}
	if password.phc == "" {
		return Login{}, errors.New("login: a login without password")
	}
	if _, err := FindByEmail(ctx, tx, l.Email); !fault.Is(err, fault.NotFound) {
		if err == nil {
			err = fault.OnField(fault.Conflict, "email", fault.M("conflict.login.email"))
		}
		return Login{}, err
	}
	l.ID, l.Version, l.CreatedAt, l.PasswordChangedAt = id.NewLogin(), 1, tx.Now(), tx.Now()
	_, err = tx.Exec(ctx, `INSERT INTO login (password_hash, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		password.phc, l.ID, l.Email, l.Name, string(l.Locale), l.TimeZone, l.Theme, l.Version, l.CreatedAt, l.PasswordChangedAt)
	if err != nil {
		return Login{}, err
	}
	return l, record(ctx, tx, by, []id.Workspace{by.Workspace}, "login.created", l.ID, changes(Login{}, l))
}

// Get reads one login; none of that identifier is a fault.NotFound.
func Get(ctx context.Context, tx *sqldb.Tx, login id.Login) (Login, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+kept+` FROM login WHERE id = $1`, login)
}

// FindByEmail reads the login of that address; none is a fault.NotFound, which is for nobody's eyes: whether an
// address has a login is never told.
func FindByEmail(ctx context.Context, tx *sqldb.Tx, address email.Address) (Login, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+kept+` FROM login WHERE email = $1`, address)
}

// List reads several logins; those that are gone are left out.
func List(ctx context.Context, tx *sqldb.Tx, logins []id.Login) (map[id.Login]Login, error) {
	found := make(map[id.Login]Login, len(logins))
	for chunk := range slices.Chunk(logins, 128) {
		in, args := sqldb.In(tx, nil, chunk)
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+kept+` FROM login WHERE id `+in, args...)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			found[l.ID] = l
		}
	}
	return found, nil
}

// Names tells what the people behind the lines of a history are called; those that are gone are left out.
func Names(ctx context.Context, tx *sqldb.Tx, logins []id.Login) (map[id.Login]string, error) {
	list, err := List(ctx, tx, logins)
	names := make(map[id.Login]string, len(list))
	for login, l := range list {
		names[login] = l.Name
	}
	return names, err
}

// Remove deletes logins that hold nothing any more; their sessions end and what histories kept of their values is
// erased. The caller holds their locks and has found no contact, staff membership or open invitation (product.md §6).
func Remove(ctx context.Context, tx *sqldb.Tx, logins ...id.Login) error {
	for chunk := range slices.Chunk(logins, sqldb.Many) {
		subjects := make([]id.UUID, len(chunk))
		for i, l := range chunk {
			subjects[i] = l.UUID
		}
		if err := journal.EraseEverywhere(ctx, tx, subjects...); err != nil {
			return err
		}
		in, args := sqldb.In(tx, nil, chunk)
		if _, err := tx.Exec(ctx, `DELETE FROM login WHERE id `+in, args...); err != nil {
			return err
		}
	}
	return nil
}
