package request

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// fileOwner is what the file.Owner of a request's files is called: each is an entry's.
const fileOwner = "request"

// MayAttach is nil if the files may come along, whatever they come along with: to a workspace of kind vendor only with the word that
// they hold no health data (screens.md, « Assistance »). A refusal is a fault.Message. It asks for no permission.
func MayAttach(ctx context.Context, tx *sqldb.Tx, by actor.Actor, files []file.Received, harmless bool) (refusal, err error) {
	if len(files) == 0 || harmless {
		return nil, nil
	}
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err == nil && host.Kind == workspace.Vendor {
		refusal = HealthData()
	}
	return refusal, err
}

// HealthData is what a vendor answers to files that nobody has said to hold no health data.
func HealthData() fault.Message { return fault.M("request.health_data") }

func attach(ctx context.Context, tx *sqldb.Tx, by actor.Actor, to id.Entry, files []file.Received) error {
	for _, f := range files {
		if _, err := file.Attach(ctx, tx, by, file.Owner{Kind: fileOwner, ID: to.UUID}, f); err != nil {
			return err
		}
	}
	return nil
}

// Files reads what hangs on entries that the caller has read, by entry.
func Files(ctx context.Context, tx *sqldb.Tx, by actor.Actor, entries []Entry) (map[id.Entry][]file.File, error) {
	if err := MayRead(by); err != nil {
		return nil, err
	}
	var owners []file.Owner
	for _, e := range entries {
		if e.Kind == Comment || e.Kind == Note {
			owners = append(owners, file.Owner{Kind: fileOwner, ID: e.ID.UUID})
		}
	}
	list, err := file.Of(ctx, tx, by, owners...)
	found := make(map[id.Entry][]file.File, len(list))
	for _, f := range list {
		of := id.Entry{UUID: f.Owner.ID}
		found[of] = append(found[of], f)
	}
	return found, err
}

// File reads a file of the request; what hangs on another, or on an entry that the caller may not see, is a fault.NotFound.
// Permission: as with Get.
func File(ctx context.Context, tx *sqldb.Tx, by actor.Actor, request id.Request, wanted id.File) (file.File, error) {
	if err := MayRead(by); err != nil {
		return file.File{}, err
	}
	f, err := file.Get(ctx, tx, by, wanted)
	if err != nil {
		return file.File{}, err
	}
	if f.Owner.Kind != fileOwner {
		return file.File{}, fault.Missing()
	}
	r, _, err := EntryOf(ctx, tx, by, id.Entry{UUID: f.Owner.ID})
	if err == nil && r.ID != request {
		err = fault.Missing()
	}
	if err != nil {
		return file.File{}, err
	}
	return f, nil
}
