package invoice

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Create files an invoice with its PDF for an organisation. A number that another one of the workspace bears is a fault.Conflict
// with that one's identifier as its link; a file that is no readable PDF is a fault on file.Field. The same form sent twice gives
// what the first made, and leaves the second file to be dropped. The organisation's admins are told, but not of what is paid already.
// Permission: EditInvoices.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Input, pdf file.Received) (Invoice, error) {
	if err := by.Need(actor.EditInvoices); err != nil {
		return Invoice{}, err
	}
	if _, err := organization.Hold(ctx, tx, by, of); err != nil {
		return Invoice{}, err
	}
	i, err := in.Parse()
	if err = both(err, CheckPDF(pdf)); err != nil {
		return Invoice{}, err
	}
	i.ID, i.Organization, i.Submission, i.Version = id.NewInvoice(), of, in.Submission, 1
	i.CreatedAt, i.UpdatedAt, i.UpdatedBy = tx.Now(), tx.Now(), by.Login
	if earlier, err := unique(ctx, tx, by, i); err != nil || !earlier.ID.IsZero() {
		return earlier, err
	}
	if err := insert(ctx, tx, by.Workspace, []Invoice{i}); err != nil {
		return Invoice{}, quicker(err)
	}
	if _, err := file.Attach(ctx, tx, by, i.Owner(), pdf); err != nil {
		return Invoice{}, err
	}
	if i.State == Unpaid {
		if err := tell(ctx, tx, by, notice.InvoiceNew, i); err != nil {
			return Invoice{}, err
		}
	}
	return i, record(ctx, tx, by, "invoice.filed", i, changes(Invoice{}, i))
}

// CheckPDF is nil for a PDF that everybody can open; else a fault on file.Field that says why it is not taken.
func CheckPDF(pdf file.Received) error {
	refuse := func(key string) error { return fault.OnField(fault.Invalid, file.Field, fault.M(key)) }
	switch {
	case pdf.ID.IsZero():
		return refuse("invoice.file_missing")
	case pdf.Size == 0:
		return refuse("invoice.file_empty")
	case pdf.Kind != file.PDF:
		return refuse("invoice.file_not_pdf")
	case pdf.Encrypted:
		return refuse("invoice.file_encrypted")
	}
	return nil
}

// both joins the faults of a form and of its file.
func both(form, pdf error) error {
	a, b := fault.As(form), fault.As(pdf)
	switch {
	case form == nil:
		return pdf
	case a == nil || b == nil:
		return form
	}
	joined := *a
	joined.Fields = append(slices.Clone(a.Fields), b.Fields...)
	return &joined
}

// insert writes new rows.
func insert(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, list []Invoice) error {
	rows := make([][]any, len(list))
	for n, i := range list {
		key := NumberKey(i.Number)
		rows[n] = []any{workspace, key, null(tail(key)), referenceKey(i.Reference), i.ID, i.Organization, i.Number, string(i.Kind), string(i.State),
			string(i.IssuedOn), string(i.DueOn), i.Reference, i.NetAmount, i.AmountDue, string(i.Currency), i.Submission, i.Version, i.CreatedAt, i.UpdatedAt, i.UpdatedBy}
	}
	tx.Tally(workspace, "invoices", int64(len(list)))
	return tx.InsertAll(ctx, `invoice (workspace_id, number_key, number_tail, reference_key, `+columns+`)`, rows)
}

// Edit changes what is said of an invoice; its organisation, state and file are others' (SetState, Replace). A version that is no
// longer the current one is a fault.Conflict «fault.version» that comes with the current values, and nothing is overwritten; but
// what is there already as wanted is confirmed. Permission: EditInvoices.
func Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, invoice id.Invoice, in Input) (Invoice, error) {
	if err := by.Need(actor.EditInvoices); err != nil {
		return Invoice{}, err
	}
	before, err := hold(ctx, tx, by, invoice)
	if err != nil {
		return Invoice{}, err
	}
	in.State = string(before.State)
	after, err := in.Parse()
	if err != nil {
		return Invoice{}, err
	}
	i := before
	i.Number, i.Kind, i.IssuedOn, i.DueOn, i.Reference = after.Number, after.Kind, after.IssuedOn, after.DueOn, after.Reference
	i.NetAmount, i.AmountDue, i.Currency = after.NetAmount, after.AmountDue, after.Currency
	differing := changes(before, i)
	if before.Version != in.Version && len(differing) > 0 {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	if len(differing) == 0 {
		return i, touch(ctx, tx, by, i)
	}
	if _, err := unique(ctx, tx, by, i); err != nil {
		return Invoice{}, err
	}
	i.Version, i.UpdatedAt, i.UpdatedBy = before.Version+1, tx.Now(), by.Login
	key := NumberKey(i.Number)
	_, err = tx.Exec(ctx, `UPDATE invoice SET number = $1, number_key = $2, number_tail = $3, kind = $4, issued_on = $5, due_on = $6, reference = $7, reference_key = $8,
			net_amount = $9, amount_due = $10, currency = $11, version = $12, updated_at = $13, updated_by = $14,
			told_overdue = CASE WHEN due_on < $6 THEN 0 ELSE told_overdue END
		WHERE workspace_id = $15 AND id = $16`,
		i.Number, key, null(tail(key)), string(i.Kind), string(i.IssuedOn), string(i.DueOn), i.Reference, referenceKey(i.Reference),
		i.NetAmount, i.AmountDue, string(i.Currency), i.Version, i.UpdatedAt, i.UpdatedBy, by.Workspace, i.ID)
	if err != nil {
		return Invoice{}, quicker(err)
	}
	return i, record(ctx, tx, by, "invoice.edited", i, differing)
}

// SetState marks invoices paid or unpaid; those that are so already are confirmed, those that the workspace does not have are passed
// over. It tells how many are so now. Permission: EditInvoices.
func SetState(ctx context.Context, tx *sqldb.Tx, by actor.Actor, state State, invoices ...id.Invoice) (n int, err error) {
	if err := by.Need(actor.EditInvoices); err != nil {
		return 0, err
	}
	if state != Paid && state != Unpaid {
		return 0, fault.OnField(fault.Invalid, "state", fault.M("fault.choice"))
	}
	for chunk := range slices.Chunk(distinct(invoices), sqldb.Many) {
		list, err := lock(ctx, tx, by, chunk)
		if err != nil {
			return n, err
		}
		if err := setState(ctx, tx, by, state, list); err != nil {
			return n, err
		}
		n += len(list)
	}
	return n, nil
}

func setState(ctx context.Context, tx *sqldb.Tx, by actor.Actor, state State, list []Invoice) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]id.Invoice, len(list))
	var entries []journal.Entry
	for n, i := range list {
		ids[n] = i.ID
		if after := i; i.State != state {
			after.State = state
			entries = append(entries, entry("invoice."+string(state), i, changes(i, after)))
		}
	}
	in, args := sqldb.In(tx, []any{string(state), tx.Now(), by.Login, by.Workspace}, ids)
	_, err := tx.Exec(ctx, `UPDATE invoice SET updated_at = CASE WHEN state = $1 THEN updated_at ELSE $2 END, updated_by = CASE WHEN state = $1 THEN updated_by ELSE $3 END,
		version = CASE WHEN state = $1 THEN version ELSE version + 1 END, state = $1 WHERE workspace_id = $4 AND id `+in, args...)
	if err != nil {
		return err
	}
	return journal.RecordAll(ctx, tx, by, entries)
}

// Replace puts another PDF in the place of the one that is there. Faults of the file are those of Create. Permission: EditInvoices.
func Replace(ctx context.Context, tx *sqldb.Tx, by actor.Actor, invoice id.Invoice, pdf file.Received) (Invoice, error) {
	if err := by.Need(actor.EditInvoices); err != nil {
		return Invoice{}, err
	}
	i, err := hold(ctx, tx, by, invoice)
	if err != nil {
		return Invoice{}, err
	}
	if err := CheckPDF(pdf); err != nil {
		return i, err
	}
	return i, replace(ctx, tx, by, i, pdf)
}

// replace writes the line in the history only where the content is another.
func replace(ctx context.Context, tx *sqldb.Tx, by actor.Actor, i Invoice, pdf file.Received) error {
	old, err := fileOf(ctx, tx, by, i)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if old.ID == pdf.ID { // the same form sent twice
		return touch(ctx, tx, by, i)
	}
	if err := file.Remove(ctx, tx, by, i.Owner()); err != nil {
		return err
	}
	if _, err := file.Attach(ctx, tx, by, i.Owner(), pdf); err != nil {
		return err
	}
	if slices.Equal(old.Digest, pdf.Digest) {
		return nil
	}
	return record(ctx, tx, by, "invoice.replaced", i, nil)
}

// Delete takes invoices away for good, with their files and their values in the history; those that the workspace does not have are
// passed over. It tells how many there were. Permission: EditInvoices.
func Delete(ctx context.Context, tx *sqldb.Tx, by actor.Actor, invoices ...id.Invoice) (n int, err error) {
	if err := by.Need(actor.EditInvoices); err != nil {
		return 0, err
	}
	for chunk := range slices.Chunk(distinct(invoices), sqldb.Many) {
		list, err := lock(ctx, tx, by, chunk)
		if err != nil {
			return n, err
		}
		if err := remove(ctx, tx, by, list); err != nil {
			return n, err
		}
		n += len(list)
	}
	return n, nil
}

func remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Invoice) error {
	if len(list) == 0 {
		return nil
	}
	ids, subjects := make([]id.Invoice, len(list)), make([]id.UUID, len(list))
	owners, entries := make([]file.Owner, len(list)), make([]journal.Entry, len(list))
	for n, i := range list {
		ids[n], subjects[n], owners[n], entries[n] = i.ID, i.ID.UUID, i.Owner(), entry("invoice.deleted", i, nil)
	}
	if err := file.Remove(ctx, tx, by, owners...); err != nil {
		return err
	}
	if err := journal.Erase(ctx, tx, by.Workspace, subjects...); err != nil {
		return err
	}
	if err := notice.Forget(ctx, tx, by.Workspace, subjects...); err != nil {
		return err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, ids)
	if _, err := tx.Exec(ctx, `DELETE FROM invoice WHERE workspace_id = $1 AND id `+in, args...); err != nil {
		return err
	}
	tx.Tally(by.Workspace, "invoices", -int64(len(list)))
	return journal.RecordAll(ctx, tx, by, entries)
}

// hold reads one and holds it until the transaction ends; fault.NotFound.
func hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, invoice id.Invoice) (Invoice, error) {
	list, err := lock(ctx, tx, by, []id.Invoice{invoice})
	if err == nil && len(list) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Invoice{}, err
	}
	return list[0], nil
}

// fileOf reads which file is the invoice's; fault.NotFound.
func fileOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, i Invoice) (file.File, error) {
	files, err := file.Of(ctx, tx, by, i.Owner())
	if err == nil && len(files) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return file.File{}, err
	}
	return files[0], nil
}

func entry(kind string, i Invoice, differing []journal.Change) journal.Entry {
	return journal.Entry{Kind: kind, Subject: i.Subject(), Organization: i.Organization, Changes: differing}
}

func record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, i Invoice, differing []journal.Change) error {
	return journal.Record(ctx, tx, by, entry(kind, i, differing))
}
