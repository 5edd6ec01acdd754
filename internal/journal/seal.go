package journal

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// link is what the chain is made of: everything of a line that stays, and its values while they are there.
type link struct {
	id           id.Line
	at           sqldb.Time
	actorKind    string
	actor        id.UUID
	subjectKind  string
	subject      id.UUID
	number       string
	organization id.UUID
	kind, fields string
	digest       []byte
	seq          sql.NullInt64
	seal         []byte
	salt         []byte
	content      sql.NullString
}

const links = `SELECT l.id, l.at, l.actor_kind, l.actor_id, l.subject_kind, l.subject_id, l.subject_number, l.organization_id, l.kind, l.fields,
		l.digest, l.seq, l.seal, v.salt, v.content
	FROM journal_line l LEFT JOIN journal_value v ON v.workspace_id = l.workspace_id AND v.subject_id = l.subject_id AND v.line_id = l.id
	WHERE l.workspace_id = $1 AND `

func scanLink(row sqldb.Scanner) (l link, err error) {
	return l, row.Scan(&l.id, &l.at, &l.actorKind, &l.actor, &l.subjectKind, &l.subject, &l.number, &l.organization, &l.kind, &l.fields,
		&l.digest, &l.seq, &l.seal, &l.salt, &l.content)
}

// Place is a place in a workspace's chain: the last line before it, and a mark that only the key makes. The zero value
// is the beginning.
type Place struct {
	Seq  int64
	mark []byte
}

func number(n int64) string { return string(binary.BigEndian.AppendUint64(nil, uint64(n))) }

// seal is the line's seal behind a place: over what came before, its own place and all of its parts.
func (p Place) seal(key secret.Key, workspace id.Workspace, l link) []byte {
	return key.Sum("line", number(int64(workspace)), string(p.mark), number(p.Seq+1), string(l.id.UUID[:]), number(int64(l.at)), l.actorKind, string(l.actor[:]),
		l.subjectKind, string(l.subject[:]), l.number, string(l.organization[:]), l.kind, l.fields, string(l.digest))
}

// after is the place behind a line with that seal. Its mark cannot be read off the lines, so that whoever cuts off the
// end cannot write an earlier end into journal_head.
func (p Place) after(key secret.Key, workspace id.Workspace, seal []byte) Place {
	return Place{p.Seq + 1, key.Sum("head", number(int64(workspace)), number(p.Seq+1), string(seal))}
}

// Seal chains up to size lines of the workspace that are not yet in the chain, oldest first, and returns how
// many. A job calls it until nothing is left; no request waits for it. It goes on from the end that it has kept, not
// from the last line that is there, so that it never heals a chain that was cut off.
func Seal(ctx context.Context, tx *sqldb.Tx, key secret.Key, workspace id.Workspace, size int) (int, error) {
	if err := tx.Lock(ctx, "workspace", "id = $1", workspace); err != nil {
		return 0, err
	}
	at, err := head(ctx, tx, workspace)
	if err != nil {
		return 0, err
	}
	lines, err := sqldb.List(ctx, tx, scanLink, links+`l.seq IS NULL ORDER BY l.id LIMIT $2`, workspace, size)
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	rows := make([][]any, len(lines))
	for i, l := range lines {
		seal := at.seal(key, workspace, l)
		at = at.after(key, workspace, seal)
		rows[i] = []any{at.Seq, seal, workspace, l.id}
	}
	if _, err := tx.ExecEach(ctx, `UPDATE journal_line SET seq = $1, seal = $2 WHERE workspace_id = $3 AND id = $4`, rows); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO journal_head (workspace_id, seq, mark) VALUES ($1, $2, $3)
		ON CONFLICT (workspace_id) DO UPDATE SET seq = excluded.seq, mark = excluded.mark`, workspace, at.Seq, at.mark)
	return len(lines), err
}

// head is the end of the chain as it was kept.
func head(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace) (Place, error) {
	at, err := sqldb.One(ctx, tx, func(row sqldb.Scanner) (p Place, err error) { return p, row.Scan(&p.Seq, &p.mark) },
		`SELECT seq, mark FROM journal_head WHERE workspace_id = $1`, workspace)
	if fault.Is(err, fault.NotFound) {
		return Place{}, nil
	}
	return at, err
}

// ErrBroken is wrapped by what Verify finds: a line was changed, removed or added outside this program.
var ErrBroken = errors.New("journal: the chain is broken")

// Verify walks up to size lines of the chain from a place, and returns the place that it reached; it is called again
// with that until it returns the same. The first call takes the zero Place. An altered, missing or inserted line is
// an ErrBroken, and so are values that do not fit their digest, and an end that is not where Seal has left it; the
// place is then the last one that holds.
func Verify(ctx context.Context, tx *sqldb.Tx, key secret.Key, workspace id.Workspace, at Place, size int) (Place, error) {
	end, err := head(ctx, tx, workspace) // before the lines: what is sealed meanwhile is then looked at by the next call
	if err != nil {
		return at, err
	}
	lines, err := sqldb.List(ctx, tx, scanLink, links+`l.seq > $2 ORDER BY l.seq LIMIT $3`, workspace, at.Seq, size)
	if err != nil {
		return at, err
	}
	for _, l := range lines {
		want := at.seal(key, workspace, l)
		switch {
		case l.seq.Int64 != at.Seq+1 || !hmac.Equal(l.seal, want):
			return at, fmt.Errorf("%w at place %d", ErrBroken, at.Seq+1)
		case l.content.Valid && !hmac.Equal(digest(l.salt, l.content.String), l.digest):
			return at, fmt.Errorf("%w: the values of place %d were changed", ErrBroken, at.Seq+1)
		}
		at = at.after(key, workspace, want)
	}
	if len(lines) == 0 && (end.Seq != at.Seq || !hmac.Equal(end.mark, at.mark)) {
		return at, fmt.Errorf("%w: it ends at place %d and was sealed up to %d", ErrBroken, at.Seq, end.Seq)
	}
	return at, nil
}
