package notice

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// Preference is what a contact is told of, and how. The zero value is everything at once, by both channels.
type Preference struct {
	BellOff, MailOff map[Kind]bool
	Daily            bool // one letter a day instead of one each
	Hour             int  // of the person's day, at which that is written
	Version          int64

	digestAt   sqldb.Time
	digestedAt sqldb.Time
}

// defaultHour is when the letter of the day is written unless somebody says otherwise.
const defaultHour = 8

// want is by which channels an event is told.
type want struct{ bell, mail, daily bool }

func (p Preference) wants(e event) want {
	if e.Kind.Security() {
		return want{bell: true, mail: e.letters}
	}
	w := want{bell: anyOn(p.BellOff, e.Kind, e.Detail), mail: e.letters && p.mails(e.Kind, e.Detail)}
	w.daily = w.mail && p.Daily
	return w
}

// mails reports whether a letter about that is still wanted.
func (p Preference) mails(k Kind, detail string) bool {
	return k.Security() || anyOn(p.MailOff, k, detail)
}

// anyOn reports whether a channel is on for that. A message that came with another state, which is its detail, is told once, to
// whoever wants to know of either.
func anyOn(off map[Kind]bool, k Kind, detail string) bool {
	return !off[k] || k == RequestComment && detail != "" && !off[RequestState]
}

// preferencesOf reads those of several contacts; who has chosen nothing has the zero value.
func preferencesOf(ctx context.Context, tx *sqldb.Tx, in id.Workspace, of []id.Contact) (map[id.Contact]Preference, error) {
	clause, args := sqldb.In(tx, []any{in}, of)
	found := make(map[id.Contact]Preference, len(of))
	_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (struct{}, error) {
		var c id.Contact
		var bell, mail string
		p := Preference{}
		err := row.Scan(&c, &bell, &mail, &p.Daily, &p.Hour, &p.digestAt, &p.digestedAt, &p.Version)
		p.BellOff, p.MailOff = readKinds(bell), readKinds(mail)
		found[c] = p
		return struct{}{}, err
	}, `SELECT contact_id, bell_off, mail_off, daily, hour, digest_at, digested_at, updated_at FROM preference WHERE workspace_id = $1 AND contact_id `+clause, args...)
	return found, err
}

// need asks whether the caller may choose for the contact.
func need(by actor.Actor, of id.Contact) error {
	if by.Contact == of {
		return by.Need(actor.EditOwnPreferences)
	}
	return by.Need(actor.EditTheirPreferences)
}

// read asks for the contact, who must be of the caller's own organisation and have a way to come in; else there is none
// (fault.NotFound).
func (d *Desk) read(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact) (Person, error) {
	people, err := d.o.People(ctx, tx, by.Workspace, []id.Contact{of})
	if err != nil {
		return Person{}, err
	}
	p, ok := people[of]
	if !ok || p.By.Organization != by.Organization || by.Organization.IsZero() {
		return p, fault.Missing()
	}
	return p, nil
}

// PreferenceOf reads what a contact of the caller's own organisation is told of; fault.NotFound for any other, and for one that has
// not joined. Permission: EditOwnPreferences, of a colleague EditTheirPreferences.
func (d *Desk) PreferenceOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact) (Preference, Person, error) {
	if err := need(by, of); err != nil {
		return Preference{}, Person{}, err
	}
	person, err := d.read(ctx, tx, by, of)
	if err != nil {
		return Preference{}, person, err
	}
	found, err := preferencesOf(ctx, tx, by.Workspace, []id.Contact{of})
	p, chosen := found[of]
	if !chosen {
		p.Hour = defaultHour
	}
	return p, person, err
}

// Prefer says what a contact of the caller's own organisation is told of. Kinds that cannot be switched off, or that the contact's role is
// not told of, stay as they are whatever is said. What waits for the letter of the day is written at the new hour, or at once
// where there is no such letter any more. Access is not touched. A version that is no longer the current one is a fault.Conflict
// «fault.version», and nothing is overwritten; but what is there already as wanted is confirmed. The other faults and the permission are
// those of PreferenceOf, and fault.Invalid on hour.
func (d *Desk) Prefer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, in Preference) error {
	before, person, err := d.hold(ctx, tx, by, of)
	if err != nil {
		return err
	}
	if in.Hour < 0 || in.Hour > 23 {
		return fault.OnField(fault.Invalid, "hour", fault.M("fault.choice"))
	}
	in.BellOff = merge(before.BellOff, in.BellOff, person)
	in.MailOff = merge(before.MailOff, in.MailOff, person)
	in.digestAt = tx.Now()
	if in.Daily {
		in.digestAt = nextDigest(tx.Now(), before.digestedAt, in.Hour, person.P.Zone())
	}
	bell, mail := writeKinds(in.BellOff), writeKinds(in.MailOff)
	if bell == writeKinds(before.BellOff) && mail == writeKinds(before.MailOff) && in.Daily == before.Daily && in.Hour == before.Hour {
		_, err := tx.Exec(ctx, `UPDATE preference SET hour = hour WHERE workspace_id = $1 AND contact_id = $2`, by.Workspace, of)
		return err
	}
	if in.Version != before.Version {
		return fault.New(fault.Conflict, "fault.version")
	}
	_, err = tx.Exec(ctx, `UPDATE preference SET bell_off = $3, mail_off = $4, daily = $5, hour = $6,
			digest_at = CASE WHEN digest_at IS NULL THEN NULL ELSE CAST($7 AS BIGINT) END, updated_at = $8, updated_by = $9 WHERE workspace_id = $1 AND contact_id = $2`,
		by.Workspace, of, bell, mail, in.Daily, in.Hour, in.digestAt, max(int64(tx.Now()), before.Version+1), by.Who())
	if err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: "contact.preferences_changed", Subject: person.Subject, Organization: by.Organization})
}

// hold is PreferenceOf for a change: until the transaction ends nobody else changes it. Whoever has chosen nothing yet is given a row that
// says so, of version 0.
func (d *Desk) hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact) (Preference, Person, error) {
	p, person, err := d.PreferenceOf(ctx, tx, by, of)
	if err != nil {
		return p, person, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO preference (workspace_id, contact_id, bell_off, mail_off, daily, hour, updated_at) VALUES ($1, $2, '', '', 0, $3, 0)
		ON CONFLICT (workspace_id, contact_id) DO NOTHING`, by.Workspace, of, defaultHour)
	if err == nil {
		err = tx.Lock(ctx, "preference", "workspace_id = $1 AND contact_id = $2", by.Workspace, of)
	}
	if err != nil {
		return p, person, err
	}
	found, err := preferencesOf(ctx, tx, by.Workspace, []id.Contact{of})
	return found[of], person, err
}

// merge takes from the form what the person's role has a switch for, and keeps the rest.
func merge(before, typed map[Kind]bool, person Person) map[Kind]bool {
	set := make(map[Kind]bool, len(order))
	for k, off := range before {
		set[k] = off
	}
	for _, k := range Switches(person.Leads) {
		set[k] = typed[k]
	}
	return set
}

// nextDigest is the next time that it is that hour of the person's day, on no day that had its letter. An hour that the clock
// leaves out in spring is the next one; of one that comes twice in autumn either counts, and the other not.
func nextDigest(now, last sqldb.Time, hour int, zone *time.Location) sqldb.Time {
	y, m, d := now.Time().In(zone).Date()
	at := time.Date(y, m, d, hour, 0, 0, 0, zone)
	ly, lm, ld := last.Time().In(zone).Date()
	had := !last.IsZero() && ly == y && lm == m && ld == d
	if had || !at.After(now.Time()) {
		at = time.Date(y, m, d+1, hour, 0, 0, 0, zone)
	}
	return sqldb.At(at)
}
