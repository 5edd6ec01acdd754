// Package link keeps the one-time links of logins: to choose a new password, to confirm a new address.
//
// A link's secret is derived from its identifier whenever its letter is written; the table holds a keyed digest of it
// and nothing else that opens anything. Whoever brings the secret reads the mailbox that the letter went to: once, until
// the link expires, is ended, or a newer one of the same purpose is made. What they may then do is package login's
// business.
package link

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Purpose is what a link is for. It also is the first step of the link's path.
type Purpose string

// The purposes.
const (
	Password Purpose = "password" // to choose a new one
	Address  Purpose = "address"  // to confirm a new e-mail address
)

// Link is one link as kept.
type Link struct {
	ID        id.Link
	Login     id.Login // zero: nobody's, made for an address that has no login
	Purpose   Purpose
	Address   email.Address // that is to be confirmed
	Former    email.Address // whose place Address took; zero until then
	CreatedAt sqldb.Time
	ExpiresAt sqldb.Time
	EndedAt   sqldb.Time // used, or made void; zero while it is neither
}

// Opens reports whether the link opens anything at that moment.
func (l Link) Opens(now sqldb.Time) bool {
	return !l.Login.IsZero() && l.EndedAt.IsZero() && now < l.ExpiresAt
}

// Maker makes links and finds them again by their secret. It is safe for concurrent use.
type Maker struct {
	keys      secret.Links
	lifetimes map[Purpose]time.Duration
}

// NewMaker makes a Maker; nodes that share a database share the secret and the lifetimes.
func NewMaker(s *secret.Secret, lifetimes map[Purpose]time.Duration) Maker {
	return Maker{s.Links(), lifetimes}
}

// New is a link to be made.
type New struct {
	Login   id.Login // zero: for an address that has no login; it opens nothing
	Purpose Purpose
	Address email.Address // to be confirmed, with that purpose
}

// Make makes a link and ends the login's older one of the same purpose. The caller holds the login's lock.
func (m Maker) Make(ctx context.Context, tx *sqldb.Tx, n New) (Link, error) {
	all, err := m.MakeAll(ctx, tx, []New{n})
	if err != nil {
		return Link{}, err
	}
	return all[0], nil
}

// MakeAll makes links of one purpose as Make would one after the other: of a login that is named twice the last one opens
// something. The caller holds the logins, some hundred at most.
func (m Maker) MakeAll(ctx context.Context, tx *sqldb.Tx, all []New) ([]Link, error) {
	if len(all) == 0 {
		return nil, nil
	}
	logins, last := make([]id.Login, len(all)), make(map[id.Login]int, len(all))
	for i, n := range all {
		logins[i], last[n.Login] = n.Login, i
	}
	if err := end(ctx, tx, all[0].Purpose, logins); err != nil {
		return nil, err
	}
	links, rows := make([]Link, len(all)), make([][]any, len(all))
	for i, n := range all {
		l := Link{ID: id.NewLink(), Login: n.Login, Purpose: n.Purpose, Address: n.Address, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(m.lifetimes[n.Purpose])}
		if last[n.Login] != i {
			l.EndedAt = tx.Now()
		}
		links[i] = l
		rows[i] = []any{l.ID, l.Login, string(l.Purpose), m.digest(l.Purpose, m.secret(l)), l.Address, l.CreatedAt, l.ExpiresAt, l.EndedAt}
	}
	return links, tx.InsertAll(ctx, `login_link (id, login_id, purpose, digest, address, created_at, expires_at, ended_at)`, rows)
}

func (m Maker) secret(l Link) string { return m.keys.Token(string(l.Purpose), l.ID.UUID) }

func (m Maker) digest(p Purpose, token string) []byte { return m.keys.Digest(string(p), token) }

// Path is where the link leads, below the base URL, with its secret: for its letter alone.
func (m Maker) Path(l Link) string { return "/" + string(l.Purpose) + "/" + m.secret(l) }

const columns = `id, login_id, purpose, address, former, created_at, expires_at, ended_at`

func scan(row sqldb.Scanner) (l Link, err error) {
	var purpose string
	err = row.Scan(&l.ID, &l.Login, &purpose, &l.Address, &l.Former, &l.CreatedAt, &l.ExpiresAt, &l.EndedAt)
	l.Purpose = Purpose(purpose)
	return l, err
}

// over is the one answer for a secret that opens nothing, whatever the reason.
func over() error { return fault.New(fault.NotFound, "login.link.over") }

// Find reads the link of that secret and changes nothing. One that is used, void, expired or never was is a
// fault.NotFound «login.link.over».
func (m Maker) Find(ctx context.Context, tx *sqldb.Tx, p Purpose, token string) (Link, error) {
	l, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM login_link WHERE digest = $1 AND purpose = $2`, m.digest(p, token), string(p))
	if fault.Is(err, fault.NotFound) || err == nil && !l.Opens(tx.Now()) {
		return Link{}, over()
	}
	return l, err
}

// Get reads a link by its identifier, for its letter; none is a fault.NotFound.
func Get(ctx context.Context, tx *sqldb.Tx, link id.Link) (Link, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM login_link WHERE id = $1`, link)
}

// Open reads the login's link of that purpose that still opens something; none is a fault.NotFound.
func Open(ctx context.Context, tx *sqldb.Tx, login id.Login, p Purpose) (Link, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM login_link WHERE login_id = $1 AND purpose = $2 AND ended_at IS NULL AND expires_at > $3`,
		login, string(p), tx.Now())
}

// Use ends the link, because it has done what it was for; former is the address whose place its own took, zero with
// other purposes. Of many at once one succeeds; for the others it is over, as with Find.
func Use(ctx context.Context, tx *sqldb.Tx, l Link, former email.Address) error {
	n, err := tx.Exec(ctx, `UPDATE login_link SET ended_at = $1, former = $2 WHERE id = $3 AND ended_at IS NULL AND expires_at > $4`, tx.Now(), former, l.ID, tx.Now())
	if err == nil && n == 0 {
		return over()
	}
	return err
}

// End makes the login's link of that purpose void.
func End(ctx context.Context, tx *sqldb.Tx, login id.Login, p Purpose) error {
	return end(ctx, tx, p, []id.Login{login})
}

func end(ctx context.Context, tx *sqldb.Tx, p Purpose, logins []id.Login) error {
	rows := make([][]any, len(logins))
	for i, l := range logins {
		rows[i] = []any{tx.Now(), l, string(p)}
	}
	_, err := tx.ExecEach(ctx, `UPDATE login_link SET ended_at = $1 WHERE login_id = $2 AND purpose = $3 AND ended_at IS NULL`, rows)
	return err
}

// EndAll makes all of the login's links void: what proved who somebody is has changed.
func EndAll(ctx context.Context, tx *sqldb.Tx, login id.Login) error {
	_, err := tx.Exec(ctx, `UPDATE login_link SET ended_at = $1 WHERE login_id = $2 AND ended_at IS NULL`, tx.Now(), login)
	return err
}

// Sweep removes up to size links that expired before that moment, and says how many.
func Sweep(ctx context.Context, tx *sqldb.Tx, before sqldb.Time, size int) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM login_link WHERE id IN (SELECT id FROM login_link WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)`, before, size)
}
