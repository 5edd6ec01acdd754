package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// AddImagined adds many invented people (package sample) as they stand, with the past that they bring along: source,
// role, gates, dates. The first of each organisation that is not from the public form becomes the primary contact.
// Only this program may; no face calls it. When the workspace has one of them already it is a fault.Conflict.
func AddImagined(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Addition) error {
	if by.Kind != actor.Program {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return addAll(ctx, tx, by, list)
}

// Past is what becomes of a contact in the course of time, as invented people bring it along.
type Past struct {
	Role              Role
	LoginEmail        email.Address
	LoginEnabled      bool
	LoginDisabledBy   string // "", "staff" or "portal"
	CredentialsSentAt sqldb.Time
	JoinedAt          sqldb.Time
	Login             id.Login // that it has joined with
	AuthorizedAt      sqldb.Time
	AuthorizedBy      id.Login
	LastSignInAt      sqldb.Time
}

// Imagine gives a contact that was just created the past of an invented person (package sample): no letter was
// sent, nobody signed in, and the history says nothing of it. Only this program may; no face calls it.
func Imagine(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact, p Past) error {
	if by.Kind != actor.Program {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	n, err := tx.Exec(ctx, `UPDATE contact SET role = $1, login_email = $2, login_enabled = $3, login_disabled_by = $4,
			credentials_sent_at = $5, joined_at = $6, login_id = $7, authorized_at = $8, authorized_by = $9, last_sign_in_at = $10
		WHERE workspace_id = $11 AND id = $12`,
		string(p.Role), p.LoginEmail, p.LoginEnabled, p.LoginDisabledBy,
		p.CredentialsSentAt, p.JoinedAt, p.Login, p.AuthorizedAt, p.AuthorizedBy, p.LastSignInAt, by.Workspace, contact)
	if err == nil && n == 0 {
		return fault.Missing()
	}
	return err
}
