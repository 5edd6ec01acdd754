package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// link is what the chain is made of: everything of a line that stays.
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
}

const linkColumns = `id, at, actor_kind, actor_id, subject_kind, subject_id, subject_number, organization_id, kind, fields, digest, seq, seal`

func scanLink(row sqldb.Scanner) (l link, err error) {
	return l, row.Scan(&l.id, &l.at, &l.actorKind, &l.actor, &l.subjectKind, &l.subject, &l.number, &l.organization, &l.kind, &l.fields, &l.digest, &l.seq, &l.seal)
}

// sealed is the line's seal: the hash of the seal before it, its place and all of its parts, each with its
// length, so that no two lines read alike.
func (l link) sealed(before []byte, seq int64) []byte {
	h := sha256.New()
	part := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	number := func(v int64) { part(binary.BigEndian.AppendUint64(nil, uint64(v))) }
	part(before)
	number(seq)
	part(l.id.UUID[:])
	number(int64(l.at))
	part([]byte(l.actorKind))
	part(l.actor[:])
	part([]byte(l.subjectKind))
	part(l.subject[:])
	part([]byte(l.number))
	part(l.organization[:])
	part([]byte(l.kind))
	part([]byte(l.fields))
	part(l.digest)
	return h.Sum(nil)
}

// Seal chains up to size lines of the workspace that are not yet in the chain, oldest first, and returns how
// many. A job calls it until nothing is left; no request waits for it.
func Seal(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, size int) (int, error) {
	if err := tx.Lock(ctx, "workspace", "id = $1", workspace); err != nil {
		return 0, err
	}
	seq, seal, err := head(ctx, tx, workspace)
	if err != nil {
		return 0, err
	}
	lines, err := sqldb.List(ctx, tx, scanLink, `SELECT `+linkColumns+` FROM journal_line
		WHERE workspace_id = $1 AND seq IS NULL ORDER BY id LIMIT $2`, workspace, size)
	if err != nil {
		return 0, err
	}
	for _, l := range lines {
		seq++
		seal = l.sealed(seal, seq)
		if _, err := tx.Exec(ctx, `UPDATE journal_line SET seq = $1, seal = $2 WHERE workspace_id = $3 AND id = $4`, seq, seal, workspace, l.id); err != nil {
			return 0, err
		}
	}
	return len(lines), nil
}

// head is the end of the chain.
func head(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace) (seq int64, seal []byte, err error) {
	l, err := sqldb.List(ctx, tx, scanLink, `SELECT `+linkColumns+` FROM journal_line
		WHERE workspace_id = $1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1`, workspace)
	if err != nil || len(l) == 0 {
		return 0, nil, err
	}
	return l[0].seq.Int64, l[0].seal, nil
}

// ErrBroken is wrapped by what Verify finds: a line was changed, removed or added outside this program.
var ErrBroken = errors.New("journal: the chain is broken")

// Verify walks a part of the chain, from the line after seq, and returns the last place and seal it reached; it
// is called again with them until it returns the same place. The first call takes 0 and nil. An altered,
// missing or inserted line is an ErrBroken that names its place; so are values that do not fit their digest.
func Verify(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, seq int64, seal []byte, size int) (int64, []byte, error) {
	lines, err := sqldb.List(ctx, tx, scanLink, `SELECT `+linkColumns+` FROM journal_line
		WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, workspace, seq, size)
	if err != nil {
		return seq, seal, err
	}
	for _, l := range lines {
		want := l.sealed(seal, seq+1)
		if l.seq.Int64 != seq+1 || !bytes.Equal(l.seal, want) {
			return seq, seal, fmt.Errorf("%w at place %d", ErrBroken, seq+1)
		}
		if err := fits(ctx, tx, workspace, l); err != nil {
			return seq, seal, err
		}
		seq, seal = seq+1, want
	}
	return seq, seal, nil
}

// fits holds the values, while they are there, against the digest in the chain.
func fits(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, l link) error {
	type value struct {
		salt    []byte
		content string
	}
	values, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (v value, err error) { return v, row.Scan(&v.salt, &v.content) },
		`SELECT salt, content FROM journal_value WHERE workspace_id = $1 AND subject_id = $2 AND line_id = $3`, workspace, l.subject, l.id)
	if err != nil {
		return err
	}
	for _, v := range values {
		if !bytes.Equal(digest(v.salt, v.content), l.digest) {
			return fmt.Errorf("%w: the values of place %d were changed", ErrBroken, l.seq.Int64)
		}
	}
	return nil
}
