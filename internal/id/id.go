// Package id holds the identifiers: one type a noun, so that a contact's can never stand where an
// organisation's is wanted.
//
// All but a workspace's are UUIDv7: they rise with time (an index grows at its end), hold 62 random bits or
// more (nobody guesses them) and are never used again. They are no secrets and give no right.
// The human-readable numbers («C-000123») are not here: they belong to their nouns.
package id

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Workspace numbers a host on this installation: a small integer, because it stands first in every row and
// every index of its tenant. Outside, a workspace is named by its slug; this number is never shown.
type Workspace int64

// UUID is the workspace as the subject of a line of the history, where every subject has this form.
func (w Workspace) UUID() (u UUID) {
	binary.BigEndian.PutUint64(u[8:], uint64(w))
	return u
}

// UUID is the common form of all other identifiers. The zero value means «none».
type UUID [16]byte

// Of is an identifier of the noun K.
type Of[K any] struct{ UUID }

// The nouns' identifiers.
type (
	Account      = Of[account]
	Answer       = Of[answer] // canned
	Contact      = Of[contact]
	Delivery     = Of[delivery] // of an event to a webhook
	Deposit      = Of[deposit]
	Dispatch     = Of[dispatch]
	Document     = Of[document]
	File         = Of[file]
	Entry        = Of[entry]    // of a request's thread
	Handover     = Of[handover] // of the role super_admin
	Invitation   = Of[invitation]
	Invoice      = Of[invoice]
	Job          = Of[job]
	Letter       = Of[letter]
	Line         = Of[line] // of the journal
	Link         = Of[link] // of a login: what it opens is used once
	Login        = Of[login]
	Notice       = Of[notice]
	Offer        = Of[offer]
	Organization = Of[organization]
	Request      = Of[request]
	Session      = Of[session]
	Token        = Of[token] // by which another program comes in
	Transfer     = Of[transfer]
	Webhook      = Of[webhook]
)

type (
	account      struct{}
	answer       struct{}
	contact      struct{}
	delivery     struct{}
	deposit      struct{}
	dispatch     struct{}
	document     struct{}
	file         struct{}
	entry        struct{}
	handover     struct{}
	invitation   struct{}
	invoice      struct{}
	job          struct{}
	letter       struct{}
	line         struct{}
	link         struct{}
	login        struct{}
	notice       struct{}
	offer        struct{}
	organization struct{}
	request      struct{}
	session      struct{}
	token        struct{}
	transfer     struct{}
	webhook      struct{}
)

// New makes a fresh identifier. It panics only when the system has no randomness.
func New[K any]() Of[K] { return Of[K]{UUID(uuid.Must(uuid.NewV7()))} }

// NewContact, NewOrganization and the others read better at the place of use than New[…].
func NewContact() Contact           { return New[contact]() }
func NewDelivery() Delivery         { return New[delivery]() }     // see NewContact
func NewDeposit() Deposit           { return New[deposit]() }      // see NewContact
func NewDispatch() Dispatch         { return New[dispatch]() }     // see NewContact
func NewDocument() Document         { return New[document]() }     // see NewContact
func NewFile() File                 { return New[file]() }         // see NewContact
func NewAnswer() Answer             { return New[answer]() }       // see NewContact
func NewEntry() Entry               { return New[entry]() }        // see NewContact
func NewRequest() Request           { return New[request]() }      // see NewContact
func NewOrganization() Organization { return New[organization]() } // see NewContact
func NewAccount() Account           { return New[account]() }      // see NewContact
func NewLogin() Login               { return New[login]() }        // see NewContact
func NewLine() Line                 { return New[line]() }         // see NewContact
func NewHandover() Handover         { return New[handover]() }     // see NewContact
func NewInvitation() Invitation     { return New[invitation]() }   // see NewContact
func NewInvoice() Invoice           { return New[invoice]() }      // see NewContact
func NewJob() Job                   { return New[job]() }          // see NewContact
func NewLetter() Letter             { return New[letter]() }       // see NewContact
func NewLink() Link                 { return New[link]() }         // see NewContact
func NewNotice() Notice             { return New[notice]() }       // see NewContact
func NewOffer() Offer               { return New[offer]() }        // see NewContact
func NewSession() Session           { return New[session]() }      // see NewContact
func NewToken() Token               { return New[token]() }        // see NewContact
func NewTransfer() Transfer         { return New[transfer]() }     // see NewContact
func NewWebhook() Webhook           { return New[webhook]() }      // see NewContact

// ErrMalformed is Parse's only error.
var ErrMalformed = errors.New("id: not an identifier")

// Parse reads the canonical text of an identifier (36 characters); ErrMalformed for anything else.
func Parse[K any](s string) (Of[K], error) {
	if len(s) != 36 {
		return Of[K]{}, ErrMalformed
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return Of[K]{}, ErrMalformed
	}
	return Of[K]{UUID(u)}, nil
}

// Read is any noun's identifier as an address or a form says it; what is none is zero.
func Read(s string) UUID {
	v, _ := Parse[struct{}](s)
	return v.UUID
}

// IsZero reports whether it is «none».
func (u UUID) IsZero() bool { return u == UUID{} }

// String is the canonical text, "" for none.
func (u UUID) String() string {
	if u.IsZero() {
		return ""
	}
	return uuid.UUID(u).String()
}

// MarshalText is String; it makes identifiers keys and strings in JSON.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads String's form; "" is none.
func (u *UUID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*u = UUID{}
		return nil
	}
	v, err := uuid.ParseBytes(b)
	if err != nil {
		return ErrMalformed
	}
	*u = UUID(v)
	return nil
}

// Value gives the 16 bytes, or NULL for none; both engines take them (BLOB, uuid through sqldb).
func (u UUID) Value() (driver.Value, error) {
	if u.IsZero() {
		return nil, nil
	}
	return u[:], nil
}

// Scan reads 16 bytes or the canonical text; NULL is none.
func (u *UUID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*u = UUID{}
		return nil
	case []byte:
		if len(v) == 16 {
			copy(u[:], v)
			return nil
		}
		return u.UnmarshalText(v)
	case string:
		return u.UnmarshalText([]byte(v))
	}
	return fmt.Errorf("id: cannot scan %T", src)
}

// Secret makes an unguessable word of 128 random bits (22 characters of URL-safe base64): request numbers,
// set-up words, session tokens. It panics only when the system has no randomness.
func Secret() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}
