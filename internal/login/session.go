package login

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login/parcel"
	"github.com/entregent/entregent/internal/sqldb"
)

// Session is what a browser's session knows of the person. It stands in the session's values under SessionKey;
// whatever else a face puts there must be a string.
//
// Who signs in, confirms a password or changes it gets one from the Desk; the face renews the token
// (RenewToken) and puts it; it signs out by Destroy, never by Clear. A session that was ended meanwhile, here or on another node, is not brought back to
// life by a request that still runs.
type Session struct {
	ID          id.Session // zero until it is stored
	Login       id.Login   // zero: nobody is signed in
	ConfirmedAt sqldb.Time // when the password was last typed

	token string     // hashed, under which it was read; "" if it was not
	was   id.Login   // whose it was when it was read
	proof sqldb.Time // the change of password that the typed one was of; stored sessions need none
}

// SessionKey is where the Session is among the values.
const SessionKey = "session"

// SessionOf reads the value under SessionKey; nil is a session of nobody.
func SessionOf(value any) Session {
	s, _ := value.(Session)
	return s
}

// Confirmed reports whether the password was typed so short ago that nobody asks for it again.
func (s Session) Confirmed(now sqldb.Time, limits Limits) bool {
	return !s.ConfirmedAt.IsZero() && now.Sub(s.ConfirmedAt) < limits.Confirmed
}

// Codec carries sessions between scs and Store. Deadlines are the store's: it has the clock.
type Codec struct{}

// Encode is called by scs. A value that is no string is a defect of the face.
func (Codec) Encode(_ time.Time, values map[string]any) ([]byte, error) {
	s := SessionOf(values[SessionKey])
	p := parcel.Parcel{ID: s.ID, Login: s.Login, Was: s.was, Token: s.token, ConfirmedAt: s.ConfirmedAt, Proof: s.proof}
	for key, value := range values {
		if key == SessionKey {
			continue
		}
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("login: session value %s is a %T, not a string", key, value)
		}
		if p.Data == nil {
			p.Data = make(map[string]string, len(values))
		}
		p.Data[key] = text
	}
	return p.Pack()
}

// Decode is called by scs.
func (Codec) Decode(b []byte) (time.Time, map[string]any, error) {
	p, err := parcel.Unpack(b)
	if err != nil {
		return time.Time{}, nil, err
	}
	values := make(map[string]any, len(p.Data)+1)
	for key, text := range p.Data {
		values[key] = text
	}
	values[SessionKey] = Session{ID: p.ID, Login: p.Login, ConfirmedAt: p.ConfirmedAt, token: p.Token, was: p.Was}
	return p.Ends.Time(), values, nil
}

// Client is what a request says of where it comes from.
type Client struct {
	Agent   string // User-Agent
	Address string // IP address, "" if unknown

	Watching bool // an open page that looks again by itself: «last seen» does not move
}

type callerKey struct{}

// caller is what the context of a request knows: who is there, what else is to be read with a session, and until when its
// tries at the Desk make others wait, by the names of their counts. It belongs to the request's goroutine.
type caller struct {
	client  Client
	onFound func(*sqldb.Tx, Login) error
	waits   map[string]sqldb.Time
}

// WithClient tells Store and Desk, through the context of a request, who is there. The face calls it before scs's
// own middleware.
func WithClient(ctx context.Context, c Client) context.Context {
	return context.WithValue(ctx, callerKey{}, &caller{client: c, waits: make(map[string]sqldb.Time)})
}

// OnFound makes Store call read when it finds somebody's session in this context (see WithClient), in the same transaction
// and with the login as it is now: what else a request wants to know of a person needs no transaction of its own. What
// read returns, Store returns.
func OnFound(ctx context.Context, read func(tx *sqldb.Tx, person Login) error) {
	callerOf(ctx).onFound = read
}

// callerOf is nil for a context without client.
func callerOf(ctx context.Context) *caller {
	v, _ := ctx.Value(callerKey{}).(*caller)
	return v
}

// longestAgent that is kept, in characters; of an address, which has 45 at most, too.
const longestAgent = 200

func clientOf(ctx context.Context) Client {
	v := callerOf(ctx)
	if v == nil {
		return Client{}
	}
	return Client{clean(v.client.Agent), clean(v.client.Address), v.client.Watching}
}

// clean drops what cannot be shown or stored, and cuts.
func clean(s string) string {
	if len(s) > longestAgent*utf8.UTFMax {
		s = s[:longestAgent*utf8.UTFMax]
	}
	n := 0
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) || n == longestAgent {
			return -1
		}
		n++
		return r
	}, s)
}

// What a face must not do.
var (
	errNoProof  = errors.New("login: a session for a login is made of what the Desk returns")
	errOldToken = errors.New("login: another login wants a new token: call RenewToken before Put")
)
