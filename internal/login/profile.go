package login

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Profile is what a person may change of their login, as text.
type Profile struct {
	Name, Locale, TimeZone, Theme string
	Version                       int64 // that the person saw
}

// MaxName is the length of a person's whole name, in characters.
const MaxName = 200

func (in Profile) parse(l *Login, faults *fault.Fields) {
	var err error
	l.Name, err = name.Line(in.Name, MaxName)
	if err == nil && l.Name == "" {
		err = fault.M("fault.required")
	}
	faults.Add("name", err)
	var ok bool
	if l.Locale, ok = locale.ParseLanguage(in.Locale); !ok {
		faults.Add("locale", fault.M("fault.choice"))
	}
	if _, ok := locale.ParseZone(in.TimeZone); !ok {
		faults.Add("time_zone", fault.M("fault.choice"))
	}
	l.TimeZone = in.TimeZone
	if in.Theme != "" && in.Theme != "light" && in.Theme != "dark" {
		faults.Add("theme", fault.M("fault.choice"))
	}
	l.Theme = in.Theme
}

// Edit changes one's own profile. A version that is no longer the current one is a fault.Conflict
// «fault.version» that comes with the current values, and nothing is overwritten; but what is there already as
// wanted is confirmed. The history of each workspace that the person works for has a line. Who may: the person
// themselves, this program.
func Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, login id.Login, in Profile) (Login, error) {
	if err := own(by, login); err != nil {
		return Login{}, err
	}
	if err := tx.Lock(ctx, "login", "id = $1", login); err != nil {
		return Login{}, err
	}
	before, err := Get(ctx, tx, login)
	if err != nil {
		return Login{}, err
	}
	after, faults := before, fault.Fields{}
	in.parse(&after, &faults)
	if err := faults.Err(); err != nil {
		return before, err
	}
	if after == before {
		_, err := tx.Exec(ctx, `UPDATE login SET version = version WHERE id = $1`, login)
		return before, err
	}
	if before.Version != in.Version {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	after.Version++
	_, err = tx.Exec(ctx, `UPDATE login SET name = $1, locale = $2, time_zone = $3, theme = $4, version = $5 WHERE id = $6`,
		after.Name, string(after.Locale), after.TimeZone, after.Theme, after.Version, login)
	if err != nil {
		return before, err
	}
	return after, recordAll(ctx, tx, by, "login.edited", login, changes(before, after))
}

// own is nil for the person themselves and for this program.
func own(by actor.Actor, login id.Login) error {
	if by.Kind == actor.Program || !login.IsZero() && by.Login == login {
		return nil
	}
	return fault.New(fault.Forbidden, "fault.forbidden")
}

// changes lists what differs and is anybody's business; the theme is not.
func changes(before, after Login) (list []journal.Change) {
	add := func(field, b, a string) {
		if b != a {
			list = append(list, journal.Change{Field: field, Before: b, After: a})
		}
	}
	add("email", before.Email.String(), after.Email.String())
	add("name", before.Name, after.Name)
	add("locale", string(before.Locale), string(after.Locale))
	add("time_zone", before.TimeZone, after.TimeZone)
	return list
}

// recordAll tells the history of each workspace that the login works for. Reading the table of the room above
// is the price of a line that nobody has to remember to write.
func recordAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, login id.Login, changed []journal.Change) error {
	workspaces, err := sqldb.List(ctx, tx, sqldb.Value[id.Workspace], `SELECT workspace_id FROM staff WHERE login_id = $1 ORDER BY workspace_id`, login)
	if err != nil {
		return err
	}
	return record(ctx, tx, by, workspaces, kind, login, changed)
}

func record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, workspaces []id.Workspace, kind string, login id.Login, changed []journal.Change) error {
	if len(changed) == 0 && kind == "login.edited" {
		return nil
	}
	for _, w := range workspaces {
		if w == 0 { // the program outside of any workspace
			continue
		}
		by.Workspace = w
		err := journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: journal.Subject{Kind: "login", ID: login.UUID}, Changes: changed})
		if err != nil {
			return err
		}
	}
	return nil
}
