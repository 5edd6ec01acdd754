package login

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/parcel"
	"github.com/entregent/entregent/internal/sqldb"
)

// Store keeps sessions in the database for scs (CtxStore), which must be set to HashTokenInStore and use Codec.
// Finding one is one read by its key, with what OnFound reads beside it; «last seen» is written every Limits.SeenInterval at most. Lifetimes are
// its own and run by the database's clock.
type Store struct {
	db     *sqldb.DB
	limits Limits
	log    *slog.Logger
}

// NewStore makes the store; a nil log is slog.Default.
func NewStore(db *sqldb.DB, limits Limits, log *slog.Logger) *Store {
	if log == nil {
		log = slog.Default()
	}
	return &Store{db, limits, log}
}

type stored struct {
	parcel.Parcel
	person        Login // zero: nobody's session
	created, seen sqldb.Time
}

// readSession reads a session with its person at once: each request wants both. The login's texts are empty, and its
// numbers zero, where it is nobody's.
const readSession = `SELECT s.id, s.login_id, s.confirmed_at, s.data, s.created_at, s.seen_at, s.expires_at,
		l.email, COALESCE(l.name, ''), COALESCE(l.locale, ''), COALESCE(l.time_zone, ''), COALESCE(l.theme, ''), COALESCE(l.version, 0), l.created_at, l.password_changed_at, COALESCE(l.looks, '')
	FROM session s LEFT JOIN login l ON l.id = s.login_id WHERE s.token = $1 AND s.expires_at > $2`

func scanStored(row sqldb.Scanner) (s stored, err error) {
	var data string
	l := &s.person
	err = row.Scan(&s.ID, &s.Login, &s.ConfirmedAt, &data, &s.created, &s.seen, &s.Ends,
		&l.Email, &l.Name, &l.Locale, &l.TimeZone, &l.Theme, &l.Version, &l.CreatedAt, &l.PasswordChangedAt, &l.Looks)
	if err != nil {
		return s, err
	}
	l.ID = s.Login
	if data != "" {
		err = json.Unmarshal([]byte(data), &s.Data)
	}
	return s, err
}

// FindCtx reads the session of a hashed token; false for one that ended or never was.
func (st *Store) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var s stored
	var now sqldb.Time
	var found bool
	err := st.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		now = tx.Now()
		s, err = sqldb.One(ctx, tx, scanStored, readSession, token, now)
		if found = err == nil; !found || s.Login.IsZero() {
			return err
		}
		if c := callerOf(ctx); c != nil && c.onFound != nil {
			return c.onFound(tx, s.person)
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) && !found {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if now.Sub(s.seen) >= st.limits.SeenInterval && !clientOf(ctx).Watching {
		if err := st.touch(ctx, token, s); err != nil { // a full disk is no reason to send anybody away
			st.log.WarnContext(ctx, "last seen not written", "error", err)
		}
	}
	s.Was, s.Token = s.Login, token
	b, err := s.Pack()
	return b, err == nil, err
}

// touch moves «last seen», unless another request has just done it.
func (st *Store) touch(ctx context.Context, token string, s stored) error {
	return st.db.Update(ctx, func(tx *sqldb.Tx) error {
		c := clientOf(ctx)
		_, err := tx.Exec(ctx, `UPDATE session SET seen_at = $1, expires_at = $2, agent = $3, address = $4 WHERE token = $5 AND seen_at = $6`,
			tx.Now(), st.ends(s.created, tx.Now()), c.Agent, c.Address, token, s.seen)
		return err
	})
}

// ends is when a session made and seen at these moments is over.
func (st *Store) ends(created, seen sqldb.Time) sqldb.Time {
	end := created.Add(st.limits.SessionLifetime)
	if st.limits.SessionIdle > 0 {
		end = min(end, seen.Add(st.limits.SessionIdle))
	}
	return end
}

// CommitCtx stores a session. One that was read under this token is only changed, never made again: if it ended
// meanwhile, it stays ended. scs's expiry is not used.
func (st *Store) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	p, err := parcel.Unpack(b)
	if err != nil {
		return err
	}
	data := ""
	if len(p.Data) > 0 {
		text, err := json.Marshal(p.Data)
		if err != nil {
			return err
		}
		data = string(text)
	}
	switch {
	case p.Token == token && p.Login != p.Was:
		return errOldToken
	case p.Token != token && !p.Login.IsZero() && p.Proof.IsZero():
		return errNoProof
	}
	return st.db.Update(ctx, func(tx *sqldb.Tx) error {
		if p.Token == token {
			_, err := tx.Exec(ctx, `UPDATE session SET data = $1, confirmed_at = $2 WHERE token = $3`, data, p.ConfirmedAt, token)
			return err
		}
		return st.insert(ctx, tx, token, p, data)
	})
}

// insert makes a session, unless the password that it rests on was changed since it was typed.
func (st *Store) insert(ctx context.Context, tx *sqldb.Tx, token string, p parcel.Parcel, data string) error {
	if !p.Login.IsZero() {
		err := tx.Lock(ctx, "login", "id = $1 AND password_changed_at = $2", p.Login, p.Proof)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	c, now := clientOf(ctx), tx.Now()
	_, err := tx.Exec(ctx, `INSERT INTO session (token, id, login_id, confirmed_at, data, agent, address, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		token, id.NewSession(), p.Login, p.ConfirmedAt, data, c.Agent, c.Address, now, now, st.ends(now, now))
	return err
}

// DeleteCtx ends the session of a hashed token, if there is one.
func (st *Store) DeleteCtx(ctx context.Context, token string) error {
	return st.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM session WHERE token = $1`, token)
		return err
	})
}

// Find, Commit and Delete are for scs's interface; scs calls the others.
func (st *Store) Find(token string) ([]byte, bool, error) {
	return st.FindCtx(context.Background(), token)
}

// Commit, see Find.
func (st *Store) Commit(token string, b []byte, expiry time.Time) error {
	return st.CommitCtx(context.Background(), token, b, expiry)
}

// Delete, see Find.
func (st *Store) Delete(token string) error { return st.DeleteCtx(context.Background(), token) }
