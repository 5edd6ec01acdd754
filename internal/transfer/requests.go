package transfer

import (
	"context"
	"io"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// Requests is the noun of files with requests, which are never imported.
const Requests Noun = "requests"

var requestFields = []string{"request_number", "request_subject", "request_kind", "request_state", "request_contact", "created_at", "activity_at"}

// ExportRequests writes those requests that the filter finds and the caller may see, without their threads; the history
// says so. Formats: CSV and XLSX. Permission: ExportRequests.
func ExportRequests(ctx context.Context, db *sqldb.DB, by actor.Actor, q docket.Filter, f Format, w io.Writer, p *locale.Printer) (rows int, err error) {
	if err := by.Need(actor.ExportRequests); err != nil {
		return 0, err
	}
	if f == JSONL {
		return 0, fault.OnField(fault.Invalid, "format", fault.M("fault.choice"))
	}
	return file{noun: Requests, format: f, fields: requestFields, of: by.Organization}.write(ctx, db, by, w, p, func(out *records) error {
		return docket.Each(ctx, db, by, q, func(l request.Listed) error { return out.request(l, by) })
	})
}

func (r *records) request(l request.Listed, by actor.Actor) error {
	r.rows++
	return r.write(func(field string) (text string, safe bool) {
		switch field {
		case "request_number":
			return l.Label(), true
		case "request_subject":
			text = l.Subject
		case "request_kind":
			text = r.p.Text("request.kind." + string(l.Kind))
		case "request_state":
			text = r.p.Text(l.State.Label(by))
		case "request_contact":
			if text = l.For.Name; text == "" {
				text = contact.Label(l.For.Number)
			}
		case "created_at":
			text = r.moment(l.CreatedAt)
		case "activity_at":
			text = r.moment(l.ActivityAt)
		}
		return text, false
	})
}
