package transfer

import (
	"context"
	"io"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/list"
)

// Requests is the noun of files with requests, which are never imported.
const Requests Noun = "requests"

var requestFields = []string{"request_number", "request_subject", "request_kind", "request_state", "request_contact", "created_at", "activity_at"}

// staffFields are what staff read besides.
var staffFields = []string{"organization", "request_assignee", "request_waits_since"}

// ExportRequests writes those requests that the filter finds and the caller may see, without their threads, and for staff whose
// they are, who has taken them on and since when they wait; the history says so. Formats: CSV and XLSX. Permission: ExportRequests.
func ExportRequests(ctx context.Context, db *sqldb.DB, by actor.Actor, q docket.Filter, f list.Format, w io.Writer, p *locale.Printer) (rows int, err error) {
	if err := by.Need(actor.ExportRequests); err != nil {
		return 0, err
	}
	if err := f.Table(); err != nil {
		return 0, err
	}
	fields := requestFields
	if by.Kind != actor.Contact {
		fields = slices.Concat(requestFields, staffFields)
	}
	return file{File: list.File{Noun: string(Requests), Format: f, Of: by.Organization}, fields: fields}.write(ctx, db, by, w, p, func(out *records) error {
		return docket.Each(ctx, db, by, q, func(l request.Listed) error { return out.request(l, by) })
	})
}

func (r *records) request(l request.Listed, by actor.Actor) error {
	r.rows++
	whom := l.For.Name
	if whom == "" {
		whom = contact.Label(l.For.Number)
	}
	texts := map[string]string{
		"request_number": l.Label(), "request_subject": l.Subject, "request_contact": whom,
		"request_kind": r.p.Text("request.kind." + string(l.Kind)), "request_state": r.p.Text(l.State.Label(by)),
		"created_at": r.moment(l.CreatedAt), "activity_at": r.moment(l.ActivityAt),
		"organization": l.OrganizationName, "request_assignee": l.Assignee.Name, "request_waits_since": r.moment(l.WaitsSince),
	}
	return r.write(func(field string) (text string, safe bool) { return texts[field], field == "request_number" })
}
