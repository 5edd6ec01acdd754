package transfer

import (
	"context"
	"io"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// Refusals reads the refused rows of the pass that runs or ran last, by row, from the one after «after» on, size at
// most. Permission: Import.
func Refusals(ctx context.Context, tx *sqldb.Tx, by actor.Actor, t Transfer, after, size int) ([]Refusal, error) {
	if err := by.Need(actor.Import); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (r Refusal, err error) {
		var faults, cells string
		if err := row.Scan(&r.Row, &faults, &cells); err != nil {
			return r, err
		}
		if err := decode(faults, &r.Faults); err != nil {
			return r, err
		}
		return r, decode(cells, &r.Cells)
	}, `SELECT n, faults, cells FROM transfer_refusal WHERE workspace_id = $1 AND transfer_id = $2 AND pass = $3 AND n > $4 ORDER BY n LIMIT $5`,
		by.Workspace, t.ID, t.pass, after, size)
}

// refusedChunk is how many refused rows one transaction of WriteRefused reads.
const refusedChunk = 200

// WriteRefused writes the refused rows as CSV, in the columns of their file and with the reason at the end: mended, it
// can be imported. It reads in transactions of its own. Permission: Import.
func WriteRefused(ctx context.Context, db *sqldb.DB, by actor.Actor, transfer id.Transfer, w io.Writer, p *locale.Printer) error {
	var t Transfer
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
		t, err = Get(ctx, tx, by, transfer)
		return err
	})
	if err != nil {
		return err
	}
	out, err := sheet.NewCSV(w)
	if err != nil {
		return err
	}
	if err := out.Write(escaped(t.Header, len(t.Header), p.Text("transfer.column.reason"))); err != nil {
		return err
	}
	for after := 0; ; {
		var rows []Refusal
		err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
			rows, err = Refusals(ctx, tx, by, t, after, refusedChunk)
			return err
		})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return out.Close()
		}
		for _, r := range rows {
			if err := out.Write(escaped(r.Cells, len(t.Header), r.reason(p))); err != nil {
				return err
			}
			after = r.Row
		}
	}
}

// escaped gives the cells as a spreadsheet may see them, filled up to the width, with the reason behind.
func escaped(cells []string, width int, reason string) []string {
	all := make([]string, max(width, len(cells)))
	for i, c := range cells {
		all[i] = sheet.Escape(sheet.Unescape(c))
	}
	return append(all, sheet.Escape(reason))
}

// reason is every fault in one line.
func (r Refusal) reason(p *locale.Printer) string {
	parts := make([]string, len(r.Faults))
	for i, f := range r.Faults {
		parts[i] = f.Column + " – " + p.Message(f.Message)
		if f.Message.Proposal != "" {
			parts[i] += " → " + f.Message.Proposal
		}
	}
	return strings.Join(parts, " | ")
}
