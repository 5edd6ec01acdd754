package portal

import (
	"cmp"
	"context"
	"io"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/transfer/sheet"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/told"
)

// historyChunk is how many lines are read in one transaction.
const historyChunk = 500

// historyColumns are those of the file.
var historyColumns = []string{"at", "act", "who", "about", "number", "changes"}

// exportHistory streams what the filter of the address finds, newest first, as CSV. It is read in chunks, each in a
// transaction of its own; then the organisation's history says that it was taken along, also when not all could be.
func exportHistory(r *web.Request) error {
	var f journal.OwnFilter
	var org organization.Organization
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if org, err = organization.Own(r.Context(), tx, r.By); err != nil {
			return err
		}
		f, _, err = askedOf(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	return exit.Whole(r, func() error { return downloadHistory(r, f, org) })
}

func downloadHistory(r *web.Request, f journal.OwnFilter, org organization.Organization) error {
	name := r.P.Text("portal.history.export.name", "Day", r.Now.In(r.P.Zone()).Format(time.DateOnly)) + ".csv"
	return r.Download(name, list.CSV.MediaType(), func(w io.Writer) error {
		n, err := writeHistory(r, f, w)
		ctx := context.WithoutCancel(r.Context())
		noted := r.Site().DB.Update(ctx, func(tx *sqldb.Tx) error { return journal.OwnExported(ctx, tx, r.By, org.Subject(), n) })
		return cmp.Or(err, noted)
	})
}

// writeHistory writes the lines, and gives how many could be.
func writeHistory(r *web.Request, f journal.OwnFilter, w io.Writer) (n int, err error) {
	out, err := sheet.NewCSV(w)
	if err != nil {
		return 0, err
	}
	row := make([]string, len(historyColumns))
	for i, column := range historyColumns {
		row[i] = r.P.Text("portal.history.export." + column)
	}
	if err := out.Write(row); err != nil {
		return 0, err
	}
	f.Size = historyChunk
	err = sqldb.EachChunk(r.Context(), r.Site().DB, func(tx *sqldb.Tx) ([]told.Line, bool, error) {
		page, err := journal.Own(r.Context(), tx, r.By, f)
		if err != nil {
			return nil, false, err
		}
		f.After = page.Next
		lines, err := told.TellOwn(r, tx, page.Lines)
		return lines, !page.Next.IsZero(), err
	}, func(l told.Line) error {
		for i, cell := range cells(r, l) {
			row[i] = sheet.Escape(cell)
		}
		err := out.Write(row)
		if err == nil {
			n++
		}
		return err
	})
	return n, cmp.Or(err, out.Close())
}

// cells are a line's, in the order of historyColumns.
func cells(r *web.Request, l told.Line) []string {
	changes, nothing := make([]string, len(l.Values)), r.P.Text("told.nothing")
	for i, v := range l.Values {
		key := "portal.history.export.changed"
		if l.New {
			key = "portal.history.export.new"
		}
		changes[i] = r.P.Text(key, "Label", v.Label, "Before", cmp.Or(v.Before, nothing), "After", cmp.Or(v.After, nothing))
	}
	return []string{
		l.At.Time().In(r.P.Zone()).Format("2006-01-02T15:04:05Z07:00"), told.Act(r, l), l.Who, l.About, l.Subject.Number, strings.Join(changes, " ; "),
	}
}
