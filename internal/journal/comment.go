package journal

import (
	"context"
	"encoding/binary"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// MaxComment is the length of a comment, in characters.
const MaxComment = 2000

// commented are the kinds of line that hold a comment and nothing else, by the noun of their subject.
var commented = map[string]string{
	"contact":      "contact.commented",
	"organization": "organization.commented",
	"workspace":    "workspace.commented",
}

// AddComment writes what somebody wants remembered about a subject into its history (issue: « Ajouter un
// commentaire »). The caller has read the subject, so that it is the workspace's own. A comment without text or
// with unfit characters is a fault.Invalid on comment. Submission is the form's own number (zero = none): the
// same form posted again is confirmed and adds nothing. Permission: Comment.
func AddComment(ctx context.Context, tx *sqldb.Tx, by actor.Actor, about Subject, of id.Organization, text string, submission id.UUID) error {
	if err := by.Need(actor.Comment); err != nil {
		return err
	}
	text, err := readComment(text)
	if err != nil {
		return fault.OnField(fault.Invalid, "comment", err.(fault.Message))
	}
	line := id.NewLine()
	if !submission.IsZero() {
		copy(line.UUID[8:], submission[8:])
		if again, err := repeated(ctx, tx, by, about, line, submission); again || err != nil {
			return err
		}
	}
	return Record(ctx, tx, by, Entry{Line: line, Kind: commented[about.Kind], Subject: about, Organization: of, Comment: text})
}

// repeated reports whether the form was posted before. Its line then ends in the half of the form's number that
// is random, and is no older than the form; its beginning is the time of its writing, as that of every line, so
// that the history stays in order. Of one person's two posts at once, the second waits for the first.
func repeated(ctx context.Context, tx *sqldb.Tx, by actor.Actor, about Subject, line id.Line, submission id.UUID) (bool, error) {
	if err := holdAuthor(ctx, tx, by); err != nil {
		return false, err
	}
	since := id.UUID{}
	binary.BigEndian.PutUint64(since[:8], binary.BigEndian.Uint64(submission[:8])&^0xffff)
	lines, err := sqldb.List(ctx, tx, sqldb.Value[id.Line], `SELECT id FROM journal_line
		WHERE workspace_id = $1 AND subject_id = $2 AND id >= $3 ORDER BY id LIMIT 500`, by.Workspace, about.ID, since)
	if err != nil {
		return false, err
	}
	for _, earlier := range lines {
		if [8]byte(earlier.UUID[8:]) == [8]byte(line.UUID[8:]) {
			_, err := tx.Exec(ctx, `UPDATE journal_line SET at = at WHERE workspace_id = $1 AND id = $2`, by.Workspace, earlier)
			return true, err
		}
	}
	return false, nil
}

// holdAuthor holds the row of whoever comments: a person's login, another program's token.
func holdAuthor(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if by.Kind == actor.API {
		return tx.Lock(ctx, "token", "workspace_id = $1 AND id = $2", by.Workspace, by.Token)
	}
	return tx.Lock(ctx, "login", "id = $1", by.Login)
}

// readComment cleans each line of the text; an error is a fault.Message.
func readComment(text string) (string, error) {
	if len(text) > 8*MaxComment {
		return "", fault.M("fault.too_long", "Max", MaxComment)
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		clean, err := name.Line(line, MaxComment)
		if err != nil {
			m := err.(fault.Message)
			m.Proposal = "" // it would be of one line alone
			return "", m
		}
		lines[i] = clean
	}
	text = strings.Trim(strings.Join(lines, "\n"), "\n")
	switch n := len([]rune(text)); {
	case n == 0:
		return "", fault.M("fault.required")
	case n > MaxComment:
		return "", fault.M("fault.too_long", "Max", MaxComment)
	}
	return text, nil
}
