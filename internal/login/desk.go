package login

import (
	"context"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/password"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Desk is where passwords are looked at. Its verbs take no transaction: hashing takes long and stands between
// two short ones that the desk opens itself. It is safe for concurrent use; an installation has one a process.
type Desk struct {
	db       *sqldb.DB
	hasher   *hasher
	limits   Limits
	throttle secret.Key
	browser  secret.Key
	links    link.Maker
	steps    chan struct{} // before the door; see approach
	signedIn func(ctx context.Context, tx *sqldb.Tx, login id.Login) error
	moved    func(ctx context.Context, tx *sqldb.Tx, login id.Login, to email.Address) error
	alarmed  func(ctx context.Context, tx *sqldb.Tx, login id.Login, what Alarm) error
}

// mostSteps are the sign-ins that are counted at once on this node. Those of one client address wait for one row, and
// many would do so on all connections to the database that there are for pages.
const mostSteps = 2

// NewDesk makes the desk; nodes that share a database share the secret too, else they count apart.
func NewDesk(db *sqldb.DB, s *secret.Secret, limits Limits, cost Hashing) *Desk {
	return &Desk{
		db: db, hasher: newHasher(cost), limits: limits, throttle: s.Key("throttle"), browser: s.Key("browser"), links: Links(s, limits),
		steps:    make(chan struct{}, mostSteps),
		signedIn: func(context.Context, *sqldb.Tx, id.Login) error { return nil },
		moved:    func(context.Context, *sqldb.Tx, id.Login, email.Address) error { return nil },
		alarmed:  func(context.Context, *sqldb.Tx, id.Login, Alarm) error { return nil },
	}
}

// OnSignIn names what a room above has to do in the transaction of each sign-in that succeeds, by password or by the
// link to a new one; its error undoes the sign-in. It is called before anybody signs in.
func (d *Desk) OnSignIn(do func(ctx context.Context, tx *sqldb.Tx, login id.Login) error) {
	d.signedIn = do
}

// OnMove names what a room above has to do in the transaction in which a login gets another address, before the login is
// held; its error undoes the change. It is called before anybody signs in.
func (d *Desk) OnMove(do func(ctx context.Context, tx *sqldb.Tx, login id.Login, to email.Address) error) {
	d.moved = do
}

// Alarm is what its owner should know of that has happened to a login.
type Alarm string

// The alarms.
const (
	NewBrowser  Alarm = "new_browser" // somebody signed in by password, from a browser that is not known to have done so since the password was chosen
	NewPassword Alarm = "new_password"
	NewAddress  Alarm = "new_address"
)

// OnAlarm names what a room above has to do in the transaction of each Alarm; its error undoes the act. It is called before
// anybody signs in.
func (d *Desk) OnAlarm(do func(ctx context.Context, tx *sqldb.Tx, login id.Login, what Alarm) error) {
	d.alarmed = do
}

// Links makes and finds the installation's one-time links.
func Links(s *secret.Secret, limits Limits) link.Maker {
	return link.NewMaker(s, map[link.Purpose]time.Duration{link.Password: limits.PasswordLink, link.Address: limits.AddressLink})
}

// Hash judges a new password (see password.Judge, whose fault.Message is the error) and hashes it, which may have to wait
// for others; the end of ctx ends the waiting.
func (d *Desk) Hash(ctx context.Context, typed string, about ...string) (Hash, error) {
	if err := password.Judge(typed, about...); err != nil {
		return Hash{}, err
	}
	return d.hasher.hash(ctx, typed)
}

// Credentials is what somebody signs in with.
type Credentials struct {
	Email, Password string // as typed
	Browser         string // the value of the browser's long-lived cookie, "" if it has none
	Address         string // the client's IP address, "" if unknown
	Link            string // what proved that the person reads the mailbox of Email, counted instead of Email; "" if nothing did
}

// Entry is what somebody gets who typed the right password.
type Entry struct {
	Login   Login
	Session Session // to be put into a session with a new token
	Browser string  // the new value of the browser's long-lived cookie
}

// candidate is a sign-in whose password is still to be looked at.
type candidate struct {
	login Login
	hash  Hash
	on    counters
}

// SignIn looks at address and password. An unknown address and a wrong password are the same
// fault.Invalid «login.wrong», after the same work; too many tries are a fault.TooMany with the time to wait.
// A hash of another cost than today's is made anew.
func (d *Desk) SignIn(ctx context.Context, in Credentials) (Entry, error) {
	if err := in.check(); err != nil {
		return Entry{}, err
	}
	c, err := d.approach(ctx, in)
	if err != nil {
		return Entry{}, err
	}
	fresh, err := d.look(ctx, c, in.Password)
	if err != nil {
		return Entry{}, err
	}
	if fresh.phc == "" {
		return Entry{}, fault.New(fault.Invalid, "login.wrong")
	}
	var e Entry
	err = d.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		if err := d.signedIn(ctx, tx, c.login.ID); err != nil { // first: who deletes a contact holds its row before its login
			return err
		}
		if e, err = d.admit(ctx, tx, c, fresh, in.Browser); err != nil {
			return err
		}
		if _, known := d.recognise(in.Browser, c.login, tx.Now()); !known {
			err = d.alarmed(ctx, tx, c.login.ID, NewBrowser)
		}
		return err
	})
	return e, err
}

func (in Credentials) check() error {
	var faults fault.Fields
	if strings.TrimSpace(in.Email) == "" {
		faults.Add("email", fault.M("fault.required"))
	}
	if in.Password == "" {
		faults.Add("password", fault.M("fault.required"))
	}
	return faults.Err()
}

// approach finds the login and counts the try, doing the same whether there is one or not.
func (d *Desk) approach(ctx context.Context, in Credentials) (c candidate, err error) {
	select {
	case d.steps <- struct{}{}:
	case <-ctx.Done():
		return c, ctx.Err()
	}
	defer func() { <-d.steps }()
	typed := strings.ToLower(strings.TrimSpace(in.Email))
	err = d.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
		neighbour, err := d.neighbour(ctx, tx, typed)
		if err != nil {
			return err
		}
		c = candidate{hash: d.hasher.dummy(neighbour), on: counters{d.ofClient("address", in.Address), d.throttle.Name("login", typed)}}
		if in.Link != "" { // strangers, who know the address alone, keep nobody waiting
			c.on.login = d.throttle.Name("link", in.Link)
		}
		address, parsed := email.Parse(typed)
		if parsed != nil { // as much work for what is no address
			address = email.Address{}
		}
		found, err := find(ctx, tx, "email = $1", address.String())
		switch {
		case err == nil:
			c.login, c.hash = found.login, found.hash
			if own, ok := d.recognise(in.Browser, found.login, tx.Now()); ok {
				c.on.login = d.throttle.Name("browser", own, found.login.ID.String())
			}
		case !fault.Is(err, fault.NotFound):
			return err
		}
		return d.count(ctx, tx, c.on, d.limits.AddressFailures, d.limits.Failures)
	})
	return c, err
}

// neighbour is the stored hash of somebody whom the address picks, always the same one, in a way that nobody else can work
// out; none if there is no login at all. It is read for its cost alone.
func (d *Desk) neighbour(ctx context.Context, tx *sqldb.Tx, typed string) (Hash, error) {
	place := d.throttle.Sum("neighbour", typed)[:8]
	for i := range place {
		place[i] = 'a' + place[i]%26
	}
	phc, err := sqldb.One(ctx, tx, sqldb.Value[string], `SELECT COALESCE((SELECT password_hash FROM login WHERE email >= $1 ORDER BY email LIMIT 1),
		(SELECT password_hash FROM login ORDER BY email LIMIT 1), '')`, string(place)) // behind the last one comes the first
	return Hash{phc}, err
}

// look compares, and makes the hash that is to be stored: the old one, or a new one if the old one's cost is no
// longer today's. None means that the password is wrong.
func (d *Desk) look(ctx context.Context, c candidate, typed string) (fresh Hash, err error) {
	ok, stale, err := d.hasher.matches(ctx, c.hash, typed)
	if err == nil && ok && stale {
		fresh, err = d.hasher.hash(ctx, typed)
	} else if err == nil && ok {
		fresh = c.hash
	}
	if err != nil { // given up waiting: nothing was learned, so nothing is counted
		return Hash{}, d.unlooked(context.WithoutCancel(ctx), c.on, err)
	}
	return fresh, nil
}

func (d *Desk) unlooked(ctx context.Context, on counters, because error) error {
	err := d.db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := giveBack(ctx, tx, on.address); err != nil {
			return err
		}
		return giveBack(ctx, tx, on.login)
	})
	if err != nil {
		return err
	}
	return because
}

// admit takes the try off the counts and makes the entry, unless the password was changed in the meantime.
func (d *Desk) admit(ctx context.Context, tx *sqldb.Tx, c candidate, fresh Hash, browser string) (Entry, error) {
	err := tx.Lock(ctx, "login", "id = $1 AND password_changed_at = $2", c.login.ID, c.login.PasswordChangedAt)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Invalid, "login.wrong")
	}
	if err != nil {
		return Entry{}, err
	}
	if fresh != c.hash {
		if _, err := tx.Exec(ctx, `UPDATE login SET password_hash = $1 WHERE id = $2`, fresh.phc, c.login.ID); err != nil {
			return Entry{}, err
		}
	}
	if err := forgive(ctx, tx, c.on); err != nil {
		return Entry{}, err
	}
	return d.entry(c.login, browser, tx.Now()), nil
}

func (d *Desk) entry(l Login, browser string, now sqldb.Time) Entry {
	return Entry{
		Login:   l,
		Session: Session{Login: l.ID, ConfirmedAt: now, proof: l.PasswordChangedAt},
		Browser: d.remember(browser, l.ID, now),
	}
}

// Confirm looks at the password of somebody who is signed in, before an act that asks for it (product.md §5). It
// returns the session with the new moment, to be put back. Wrong is a fault.Invalid on password. Tries are
// counted by login and apart from those of strangers, who thus cannot keep the person from it.
func (d *Desk) Confirm(ctx context.Context, by actor.Actor, s Session, typed, address string) (Session, error) {
	c, err := d.approachOwn(ctx, by.Login, address)
	if err != nil {
		return s, err
	}
	fresh, err := d.look(ctx, c, typed)
	if err != nil {
		return s, err
	}
	if fresh.phc == "" {
		return s, fault.OnField(fault.Invalid, "password", fault.M("login.password.wrong"))
	}
	err = d.db.Update(ctx, func(tx *sqldb.Tx) error {
		e, err := d.admit(ctx, tx, c, fresh, "")
		s.ConfirmedAt, s.proof = e.Session.ConfirmedAt, e.Session.proof
		return err
	})
	return s, err
}

// approachOwn counts the try of somebody who is signed in.
func (d *Desk) approachOwn(ctx context.Context, login id.Login, address string) (c candidate, err error) {
	err = d.db.Update(ctx, func(tx *sqldb.Tx) error {
		found, err := find(ctx, tx, "id = $1", login)
		if err != nil {
			return err
		}
		c = candidate{found.login, found.hash, counters{d.ofClient("address", address), d.throttle.Name("own", login.String())}}
		return d.count(ctx, tx, c.on, d.limits.AddressFailures, d.limits.Failures)
	})
	return c, err
}

type withHash struct {
	login Login
	hash  Hash
}

func find(ctx context.Context, tx *sqldb.Tx, where string, arg any) (withHash, error) {
	return sqldb.One(ctx, tx, func(row sqldb.Scanner) (w withHash, err error) {
		l := &w.login
		err = row.Scan(&w.hash.phc, &l.ID, &l.Email, &l.Name, &l.Locale, &l.TimeZone, &l.Theme, &l.Version, &l.CreatedAt, &l.PasswordChangedAt, &l.Looks)
		return w, err
	}, `SELECT password_hash, `+kept+` FROM login WHERE `+where, arg)
}
