// Package roll takes lists of offers out as files.
//
// It knows the columns; what a table looks like from inside is package sheet's, and which offers there are is offer's.
package roll

import (
	"context"
	"io"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// Noun is what the files hold, as the history says it.
const Noun = "offers"

// columns of an export, in their order.
var columns = []string{"number", "title", "organization", "state", "kind", "contract", "starts_on", "ends_on", "duration", "rhythm", "posts", "place", "created_at"}

// Export writes the offers that a filter finds, in the order of the list. It reads some hundred at a time, each in a transaction of its
// own, and keeps nothing in memory. A line in the history says how many were written, also when not all could be. Formats: CSV and
// XLSX. Permission: SeeOffers and Export.
func Export(ctx context.Context, db *sqldb.DB, by actor.Actor, f offer.Filter, format list.Format, w io.Writer, p *locale.Printer) (rows int, err error) {
	if err := by.Need(actor.SeeOffers); err != nil {
		return 0, err
	}
	if err := format.Table(); err != nil {
		return 0, err
	}
	header, cells := make([]string, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		header[i] = p.Text("roll.column." + column)
	}
	file := list.File{Noun: Noun, Format: format}
	return file.Table(ctx, db, by, w, p.Text("roll.sheet"), header, func(add func([]string) error) error {
		return offer.Each(ctx, db, by, f, func(l offer.Listed) error {
			for i, column := range columns {
				cells[i] = cell(p, l, column)
			}
			return add(cells)
		})
	})
}

// cell is a column of an offer: text so that it is no formula.
func cell(p *locale.Printer, l offer.Listed, column string) string {
	switch column {
	case "number":
		return l.Label()
	case "title":
		return sheet.Escape(l.Title)
	case "organization":
		return sheet.Escape(l.OrganizationName)
	case "state":
		return p.Text("offer.state." + string(l.State))
	case "kind":
		return p.Text("offer.kind." + string(l.Contract.Kind()))
	case "contract":
		return p.Text("offer.contract." + string(l.Contract))
	case "starts_on":
		return l.StartsOn.In(p)
	case "ends_on":
		return l.EndsOn.In(p)
	case "duration":
		return sheet.Escape(l.Duration)
	case "rhythm":
		return sheet.Escape(l.Rhythm)
	case "posts":
		return strconv.FormatInt(l.Posts, 10)
	case "place":
		return sheet.Escape(l.Place)
	}
	return p.Date(l.CreatedAt.Time())
}
