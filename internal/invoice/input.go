package invoice

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/money"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Input is what a form, a file or a program says of an invoice, as text.
type Input struct {
	Number     string
	Kind       string // "invoice", "credit_note"; "" = invoice
	State      string // Create: "unpaid", "paid"; "" = unpaid
	IssuedOn   string
	DueOn      string // may be left out for a credit note
	Reference  string
	NetAmount  string // a credit note's is taken for less than nought, however it is typed
	AmountDue  string
	Currency   string  // "" = the euro
	Submission id.UUID // Create: the form's own number, so that a repeated POST makes nothing twice; zero = none
	Version    int64   // Edit: the version that the person saw
}

// How long the lines may be, in characters.
const (
	MaxNumber    = 64
	MaxReference = 100
)

// Parse turns the text into values, or gives every fault at once, in the order of the form.
func (in Input) Parse() (i Invoice, err error) {
	var faults fault.Fields
	i.Number = line(&faults, "number", in.Number, MaxNumber)
	if !faults.Has("number") && NumberKey(i.Number) == "" {
		faults.Add("number", fault.M("fault.required"))
	}
	i.Kind = choose(&faults, "kind", Kind(in.Kind), Bill, CreditNote)
	i.State = choose(&faults, "state", State(in.State), Unpaid, Paid)
	i.IssuedOn, err = day.Parse(in.IssuedOn)
	faults.Add("issued_on", err)
	if in.DueOn != "" || i.Kind == Bill {
		i.DueOn, err = day.Parse(in.DueOn)
		faults.Add("due_on", err)
	}
	if !i.IssuedOn.IsZero() && !i.DueOn.IsZero() && i.DueOn < i.IssuedOn {
		faults.Add("due_on", fault.M("invoice.due_before_issue"))
	}
	i.Reference = line(&faults, "reference", in.Reference, MaxReference)
	i.Currency = money.Euro
	if in.Currency != "" {
		i.Currency, err = money.ParseCurrency(in.Currency)
		faults.Add("currency", err)
	}
	i.NetAmount = i.amount(&faults, "net_amount", in.NetAmount)
	i.AmountDue = i.amount(&faults, "amount_due", in.AmountDue)
	return i, faults.Err()
}

// amount reads a sum by the rule of the kind's sign.
func (i Invoice) amount(faults *fault.Fields, field, typed string) int64 {
	n, err := money.Parse(typed, i.Currency)
	switch {
	case err != nil:
		faults.Add(field, err)
	case i.Kind == CreditNote && n > 0:
		return -n
	case i.Kind == Bill && n < 0:
		faults.Add(field, fault.M("invoice.negative"))
	}
	return n
}

func line(faults *fault.Fields, field, s string, most int) string {
	v, err := name.Line(s, most)
	faults.Add(field, err)
	return v
}

// choose is one of the answers, the first where nothing is said.
func choose[T ~string](faults *fault.Fields, field string, said T, answers ...T) T {
	switch {
	case said == "":
		return answers[0]
	case !slices.Contains(answers, said):
		faults.Add(field, fault.M("fault.choice"))
	}
	return said
}

// unique refuses a number that another invoice of the workspace bears. When that other one was made by this very form, it is the
// answer to a repeated POST, and confirmed by a write.
func unique(ctx context.Context, tx *sqldb.Tx, by actor.Actor, i Invoice) (earlier Invoice, err error) {
	other, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM invoice WHERE workspace_id = $1 AND number_key = $2`, by.Workspace, NumberKey(i.Number))
	switch {
	case fault.Is(err, fault.NotFound):
		return Invoice{}, nil
	case err != nil || other.ID == i.ID:
		return Invoice{}, err
	case !i.Submission.IsZero() && other.Submission == i.Submission:
		return other, touch(ctx, tx, by, other)
	}
	return Invoice{}, taken(other)
}

// taken is the refusal of a number; the face makes its link.
func taken(other Invoice) error {
	m := fault.M("invoice.number_taken", "Number", other.Number)
	m.Link = other.ID.String()
	return fault.OnField(fault.Conflict, "number", m)
}

// quicker puts a number that somebody else took at the same moment into words.
func quicker(err error) error {
	if f := fault.As(err); f != nil && f.Kind == fault.Conflict && len(f.Fields) == 1 && f.Fields[0].Name == "number_key" {
		return fault.OnField(fault.Conflict, "number", f.Fields[0].Message)
	}
	return err
}

// touch confirms by a write what is there already, so that the answer is as durable as the first one was.
func touch(ctx context.Context, tx *sqldb.Tx, by actor.Actor, i Invoice) error {
	_, err := tx.Exec(ctx, `UPDATE invoice SET version = version WHERE workspace_id = $1 AND id = $2`, by.Workspace, i.ID)
	return err
}
