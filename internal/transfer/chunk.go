package transfer

import (
	"context"
	"io"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// chunkBytes is how much of a file one row keeps.
const chunkBytes = 256 << 10

func (t *Transfer) keep(ctx context.Context, tx *sqldb.Tx, n int, content []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO transfer_chunk (workspace_id, transfer_id, n, content) VALUES ($1, $2, $3, $4)`, t.workspace, t.ID, n, content)
	return err
}

// file gives the kept file as if it lay on a disk. Reading ends with ctx.
func (t *Transfer) file(ctx context.Context, db *sqldb.DB) sheet.File {
	return sheet.File{ReaderAt: &chunks{ctx: ctx, db: db, workspace: t.workspace, transfer: t.ID, size: t.FileSize}, Size: t.FileSize}
}

// chunks reads a kept file and remembers the parts that were read last. It belongs to one goroutine.
type chunks struct {
	ctx       context.Context // a ReaderAt has no room for it
	db        *sqldb.DB
	workspace id.Workspace
	transfer  id.Transfer
	size      int64
	held      [4]chunk // newest first
}

type chunk struct {
	n       int64
	content []byte
}

// ReadAt implements io.ReaderAt.
func (c *chunks) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		if at >= c.size {
			return n, io.EOF
		}
		content, err := c.get(at / chunkBytes)
		if err != nil {
			return n, err
		}
		copied := copy(p[n:], content[min(at%chunkBytes, int64(len(content))):])
		if copied == 0 {
			return n, io.ErrUnexpectedEOF
		}
		n, at = n+copied, at+int64(copied)
	}
	return n, nil
}

func (c *chunks) get(n int64) ([]byte, error) {
	for _, h := range c.held {
		if h.content != nil && h.n == n {
			return h.content, nil
		}
	}
	var content []byte
	err := c.db.View(c.ctx, func(tx *sqldb.Tx) (err error) {
		content, err = sqldb.One(c.ctx, tx, sqldb.Value[[]byte], `SELECT content FROM transfer_chunk WHERE workspace_id = $1 AND transfer_id = $2 AND n = $3`,
			c.workspace, c.transfer, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	copy(c.held[1:], c.held[:])
	c.held[0] = chunk{n, content}
	return content, nil
}
