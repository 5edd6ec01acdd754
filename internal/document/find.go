package document

import (
	"context"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Sort is an order of the list.
type Sort string

// The orders: by the document's day, and by its title.
const (
	Newest  Sort = "recent"
	Oldest  Sort = "oldest"
	ByTitle Sort = "title"
)

// Filter says which documents of one organisation. The zero value means all that the caller may see, newest first.
type Filter struct {
	Query        string          // the words of the title and of the file's name: their beginnings, accents and case apart
	Organization id.Organization // for staff; an organisation's own people find theirs alone
	Kind         Kind            // "" = any
	Visibility   Visibility      // "" = any that the caller sees
	Year         int             // of its day; 0 = any
	Sort         Sort
	After        id.Document // the keyset of the next page: only those behind this one; Page then only numbers it
	paging.Ask
}

// Listed is a document in a list, with its file; an invented one has none.
type Listed struct {
	Document
	File file.File
}

// Plain reports whether nothing is asked for but an order and a page.
func (f Filter) Plain() bool {
	return strings.TrimSpace(f.Query) == "" && f.Kind == "" && f.Visibility == "" && f.Year == 0
}

// Find reads a page of an organisation's list. Permission: SeeDocuments.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[Listed], error) {
	part := paging.Part[Listed]{Ask: f.Ask.Clean(24)}
	if err := by.Need(actor.SeeDocuments); err != nil {
		return part, err
	}
	f.Ask = part.Ask
	s := f.selection(by)
	var err error
	part.Total, part.More, err = sqldb.CountUpTo(ctx, tx, paging.Cap, `SELECT id FROM document WHERE `+s.where, s.args...)
	if err != nil {
		return part, err
	}
	offset := f.Offset()
	if !f.After.IsZero() {
		if err := s.behind(ctx, tx, by, f.After, &offset); err != nil {
			return part, err
		}
	}
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM document WHERE `+s.where+` ORDER BY `+s.order()+` LIMIT `+strconv.Itoa(f.Size)+` OFFSET `+strconv.Itoa(offset), s.args...)
	if err == nil {
		part.Items, err = withFiles(ctx, tx, by, list)
	}
	return part, err
}

// withFiles reads what the documents are made of.
func withFiles(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Document) ([]Listed, error) {
	owners, items := make([]file.Owner, len(list)), make([]Listed, len(list))
	at := make(map[id.UUID]int, len(list))
	for i, d := range list {
		owners[i], items[i].Document, at[d.current] = owner(d.current), d, i
	}
	files, err := file.Of(ctx, tx, by, owners...)
	for _, f := range files {
		items[at[f.Owner.ID]].File = f
	}
	return items, err
}

// Latest reads the most documents at the most that an organisation's own people see, newest first. Permission: SeeDocuments.
func Latest(ctx context.Context, tx *sqldb.Tx, by actor.Actor, most int) ([]Document, error) {
	if err := by.Need(actor.SeeDocuments); err != nil {
		return nil, err
	}
	s := Filter{Organization: by.Organization}.selection(by)
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM document WHERE `+s.where+` ORDER BY `+s.order()+` LIMIT `+strconv.Itoa(most), s.args...)
}

// selection is a filter as SQL. $1 is always the workspace, $2 the organisation.
type selection struct {
	args      []any
	where     string // the conditions
	column    string // of the order
	ascending bool
}

func (s *selection) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

func (f Filter) selection(by actor.Actor) *selection {
	s := &selection{args: []any{by.Workspace}, where: `workspace_id = $1`, column: "dated_on", ascending: f.Sort == Oldest || f.Sort == ByTitle}
	if f.Sort == ByTitle {
		s.column = "title_key"
	}
	if by.Kind == actor.Contact {
		var theirs string
		theirs, s.args = seen(by, s.args)
		s.where += theirs
	} else {
		s.where += ` AND organization_id = ` + s.arg(f.Organization)
	}
	if f.Kind != "" {
		s.where += ` AND kind = ` + s.arg(string(f.Kind))
	}
	if f.Visibility != "" {
		s.where += ` AND visibility = ` + s.arg(string(f.Visibility))
	}
	if f.Year != 0 {
		s.where += ` AND dated_on >= ` + s.arg(string(day.Start(f.Year))) + ` AND dated_on < ` + s.arg(string(day.Start(f.Year+1)))
	}
	for _, word := range wanted(f.Query) {
		s.where += ` AND words LIKE ` + s.arg("% "+word+"%")
	}
	return s
}

// wanted are the words of a search. What holds none finds nothing.
func wanted(query string) []string {
	words := name.Words(query)
	switch {
	case strings.TrimSpace(query) == "":
		return nil
	case len(words) == 0:
		return []string{"\x01"}
	}
	return words[:min(len(words), 10)]
}

// order is that of the list.
func (s *selection) order() string {
	if s.ascending {
		return s.column + `, id`
	}
	return s.column + ` DESC, id DESC`
}

// behind narrows to what stands behind this document in the order, and then nothing need be passed over; one that is gone narrows
// nothing.
func (s *selection) behind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, after id.Document, offset *int) error {
	d, err := Get(ctx, tx, by, after)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	than, key := ` < `, string(d.DatedOn)
	if s.ascending {
		than = ` > `
	}
	if s.column == "title_key" {
		key = name.Fold(d.Title)
	}
	s.where += ` AND (` + s.column + `, id)` + than + `(` + s.arg(key) + `, ` + s.arg(after) + `)`
	*offset = 0
	return nil
}

// mostYears is how many years are offered as a filter.
const mostYears = 30

// Years lists the years that an organisation's documents are of, the last first, as far as the caller sees them. Permission: SeeDocuments.
func Years(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (years []int, err error) {
	if err := by.Need(actor.SeeDocuments); err != nil {
		return nil, err
	}
	s := Filter{Organization: of}.selection(by)
	before := s.arg("3000-01-01")
	for len(years) < mostYears { // a jump of the index each
		last, err := sqldb.List(ctx, tx, sqldb.Value[string], `SELECT dated_on FROM document WHERE `+s.where+` AND dated_on < `+before+` ORDER BY `+s.order()+` LIMIT 1`, s.args...)
		if err != nil || len(last) == 0 {
			return years, err
		}
		year := day.Day(last[0]).Year()
		years = append(years, year)
		s.args[len(s.args)-1] = string(day.Start(year))
	}
	return years, nil
}
