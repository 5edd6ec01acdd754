package document

import (
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// Input is what a form or a program says of a document, as text.
type Input struct {
	Title        string // Create: "" = each is called as its file is
	Kind         string
	DatedOn      string
	Note         string
	Visibility   string
	NoHealthData bool    // Create: somebody says so: files to a workspace of kind vendor need it
	Submission   id.UUID // Create: the form's own number, so that a repeated POST makes nothing twice; zero = none
	Revision     int64   // Edit: that which the person saw
}

// How long the texts may be, in characters.
const (
	MaxTitle  = 150
	MaxNote   = 2000
	MaxReason = 200
)

// parse turns the text into values, or gives every fault at once, in the order of the form. A title may be missing if optional.
func (in Input) parse(optional bool) (d Document, faults fault.Fields) {
	var err error
	if d.Title, err = name.Line(in.Title, MaxTitle); err == nil && !optional && name.Fold(d.Title) == "" {
		err = fault.M("fault.required")
	}
	faults.Add("title", err)
	d.Kind = Kind(in.Kind)
	if !slices.Contains(Kinds(), d.Kind) {
		faults.Add("kind", fault.M("fault.choice"))
	}
	d.DatedOn, err = day.Parse(in.DatedOn)
	faults.Add("dated_on", err)
	d.Visibility = Visibility(in.Visibility)
	if !slices.Contains(Visibilities(), d.Visibility) {
		faults.Add("visibility", fault.M("fault.choice"))
	}
	if strings.TrimSpace(in.Note) != "" {
		d.Note, err = name.Text(in.Note, MaxNote)
		faults.Add("note", err)
	}
	return d, faults
}

// checkFiles adds what is wrong with what came along: there must be a file, and a vendor takes none without the word that it holds
// no health data.
func checkFiles(ctx context.Context, tx *sqldb.Tx, by actor.Actor, faults *fault.Fields, files []file.Received, harmless bool) error {
	if len(files) == 0 {
		faults.Add(file.Field, fault.M("document.file_missing"))
	}
	refusal, err := request.MayAttach(ctx, tx, by, files, harmless)
	faults.Add("no_health_data", refusal)
	return err
}
