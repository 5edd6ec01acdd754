package invitation

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Limits holds how long invitations live and how often their codes may be guessed at.
type Limits struct {
	Lifetime   time.Duration
	WrongCodes int // that void the code, not the link
}

// LimitsOf are those that the configuration says.
func LimitsOf(c config.Invitations) Limits {
	return Limits{Lifetime: c.Lifetime.Duration(), WrongCodes: c.WrongCodes}
}

// Maker makes invitations: it has the keys of their links and codes. It is safe for concurrent use; nodes that share a
// database share the secret.
type Maker struct {
	keys   secret.Links
	limits Limits
}

// NewMaker makes a Maker.
func NewMaker(s *secret.Secret, limits Limits) Maker { return Maker{s.Links(), limits} }

// purpose keeps the links and codes of invitations apart from all others.
const purpose = "invitation"

// New is an invitation to be made.
type New struct {
	Workspace  id.Workspace
	Kind       Kind
	Contact    id.Contact      // with Contact
	Epoch      int64           // with Contact: its login_epoch
	Name       string          // with Staff
	Role       string          // with Staff
	Language   locale.Language // with Staff
	Email      email.Address
	Author     id.Login // zero = the program
	Submission id.UUID  // the form's own number, see IsSent; zero = none
	Letter     string   // the kind of its letter, whose subject it is
}

// Make makes the invitation and queues its letter, in place of the one before: of the same contact, or with Staff of the
// same address. The caller holds what it is to.
func (m Maker) Make(ctx context.Context, tx *sqldb.Tx, n New) (Invitation, error) {
	_, err := tx.Exec(ctx, `UPDATE invitation SET ended = 'replaced', ended_at = $1 WHERE workspace_id = $2 AND kind = $3 AND `+n.former(),
		tx.Now(), n.Workspace, string(n.Kind), n.whose())
	if err != nil {
		return Invitation{}, err
	}
	i := Invitation{
		ID: id.NewInvitation(), Workspace: n.Workspace, Kind: n.Kind, Contact: n.Contact, Name: n.Name, Role: n.Role, Language: n.Language, Email: n.Email,
		CreatedAt: tx.Now(), CreatedBy: n.Author, ExpiresAt: tx.Now().Add(m.limits.Lifetime), Stands: true,
	}
	i.Letter, err = mail.Queue(ctx, tx, mail.New{Kind: n.Letter, Workspace: n.Workspace, Contact: n.Contact, Subject: i.ID.UUID})
	if err != nil {
		return i, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO invitation (workspace_id, id, kind, contact_id, email, name, staff_role, locale, epoch, link_digest, code_digest, wrong_codes,
			created_at, created_by, expires_at, ended, letter_id, submission)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, $14, '', $15, $16)`,
		i.Workspace, i.ID, string(i.Kind), i.Contact, i.Email, i.Name, orNull(i.Role), string(i.Language), n.Epoch,
		m.linkDigest(m.token(i.ID)), m.codeDigest(m.code(i.ID), i.Email), i.CreatedAt, i.CreatedBy, i.ExpiresAt, i.Letter, n.Submission)
	return i, err
}

// former and whose find the one before. Of the team's, one that was declined gives way as well: it still stood in its list.
func (n New) former() string {
	if n.Kind == Contact {
		return `contact_id = $4 AND ended_at IS NULL`
	}
	return `email = $4 AND (ended_at IS NULL OR ended = 'declined')`
}

func (n New) whose() any {
	if n.Kind == Contact {
		return n.Contact
	}
	return n.Email
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// IsSent reports whether that form has made an invitation already, to the contact or with zero to the team, and confirms it
// by a write.
func IsSent(ctx context.Context, tx *sqldb.Tx, in id.Workspace, to id.Contact, submission id.UUID) (bool, error) {
	if submission.IsZero() {
		return false, nil
	}
	n, err := tx.Exec(ctx, `UPDATE invitation SET submission = submission WHERE workspace_id = $1 AND submission = $2 AND contact_id IS NOT DISTINCT FROM $3`, in, submission, to)
	return n > 0, err
}

func (m Maker) token(i id.Invitation) string { return m.keys.Token(purpose, i.UUID) }

func (m Maker) code(i id.Invitation) string { return m.keys.Code(purpose, i.UUID) }

func (m Maker) linkDigest(token string) []byte { return m.keys.Digest(purpose, token) }

// codeDigest is bound to the address, so that a code is looked for among that address's alone.
func (m Maker) codeDigest(code string, address email.Address) []byte {
	return m.keys.Digest(purpose, code, address.String())
}

// Facts puts into a letter's facts what opens the invitation: link, code and until when.
func (m Maker) Facts(i Invitation, f mail.Facts) mail.Facts {
	f.To, f.URL, f.Until = i.Email, "/activate/"+m.token(i.ID), i.ExpiresAt
	f.Code, f.CodeURL = m.code(i.ID), "/activate"
	return f
}
