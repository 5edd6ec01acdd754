// Package inbound takes the answers to our letters that people send by mail, and makes them comments on the requests
// that the letters were about.
//
// A letter of a request carries an address of its own to be answered at (Addresses), for one contact and one request. The
// Server speaks LMTP or SMTP with the mail server beside it, takes mails to such addresses and no others, and says yes
// only once the answer stands in the database. Who may still write where, and what becomes of an answer, it asks two
// functions that package app hands it: the package knows no request. Package message, below, reads the mails.
package inbound

import (
	"context"
	"log/slog"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Options say what a Server stands on.
type Options struct {
	DB        *sqldb.DB
	Files     *file.Store
	Secret    *secret.Secret
	Addresses Addresses
	Host      string // the right half of our letters' Message-IDs: whatever bears it comes from us
	Limits    Limits
	Log       *slog.Logger // it is told no address and no text

	// Find reads who writes from a place: the contact as they come in now. Where a gate is shut, or they may not see the
	// request (any more), it is a fault.NotFound.
	Find func(ctx context.Context, tx *sqldb.Tx, at Place) (Sender, error)

	// Take makes the answer a comment, in the transaction that Find was asked in. Again tells that it was one already: then
	// its files are not wanted. A fault is told to whoever sent the mail, any other error has their mail server try again.
	Take func(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r Reply) (again bool, err error)
}

// Limits bound what one mail, one connection and one person may ask of the Server.
type Limits struct {
	LMTP        bool          // else it speaks SMTP
	Bytes       int64         // of a mail, as it comes over the wire
	Connections int           // at once
	Idle        time.Duration // how long a client may keep silent
	Timeout     time.Duration // how long a client may take to take an answer
	Lifetime    time.Duration // of a connection, whatever it does
	Wrong       int           // addresses on one connection, after which it ends
	Mails       int           // from one contact in the Window
	Window      time.Duration
}

// Sender is who an answer comes from.
type Sender struct {
	By    actor.Actor
	Known []email.Address // the addresses that the workspace knows of them
}

// Reply is an answer by mail.
type Reply struct {
	Request    int64 // its number
	Text       string
	Files      []file.Received
	Submission id.UUID // the same for the same mail, however often it comes
	Elsewhere  bool    // From names none of the addresses that are known of the contact: that proves nothing, but may be noted
}
