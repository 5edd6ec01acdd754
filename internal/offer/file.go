package offer

import (
	"bytes"
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// File gives the file of an offer that the caller may see; fault.NotFound also where it has none. Permission: as with Get.
func File(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) (file.File, Offer, error) {
	o, err := Get(ctx, tx, by, offer)
	if err != nil {
		return file.File{}, o, err
	}
	f, there, err := fileOf(ctx, tx, by, o)
	if err == nil && !there {
		err = fault.Missing()
	}
	return f, o, err
}

// Attachable is nil for a file that an offer may have; else a fault on file.Field that says why it is not taken.
func Attachable(f file.Received) error {
	if f.ID.IsZero() {
		return fault.OnField(fault.Invalid, file.Field, fault.M("offer.file_missing"))
	}
	return nil
}

// SetFile gives the offer its file, in the place of the one that it has. A file that nobody may send, or more than the caller may
// send, is a fault on file.Field. Permission: as with Edit.
func SetFile(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer, f file.Received) (Offer, error) {
	if err := by.Need(writing(by)); err != nil {
		return Offer{}, err
	}
	o, err := own(ctx, tx, by, offer)
	if err == nil {
		err = Attachable(f)
	}
	if err != nil {
		return o, err
	}
	old, there, err := fileOf(ctx, tx, by, o)
	if err != nil {
		return o, err
	}
	if there && old.ID == f.ID { // the same form sent twice
		return o, touch(ctx, tx, by, o)
	}
	if err := file.Remove(ctx, tx, by, o.Owner()); err != nil {
		return o, err
	}
	if _, err := file.Attach(ctx, tx, by, o.Owner(), f); err != nil {
		return o, err
	}
	if there && bytes.Equal(old.Digest, f.Digest) {
		return o, nil
	}
	return o, record(ctx, tx, by, "offer.file_set", o, nil)
}

// RemoveFile takes the offer's file away, if it has one. Permission: as with Edit.
func RemoveFile(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) (Offer, error) {
	if err := by.Need(writing(by)); err != nil {
		return Offer{}, err
	}
	o, err := own(ctx, tx, by, offer)
	if err != nil {
		return o, err
	}
	_, there, err := fileOf(ctx, tx, by, o)
	if err != nil {
		return o, err
	}
	if !there {
		return o, touch(ctx, tx, by, o)
	}
	if err := file.Remove(ctx, tx, by, o.Owner()); err != nil {
		return o, err
	}
	return o, record(ctx, tx, by, "offer.file_removed", o, nil)
}

// fileOf reads which file is the offer's, if it has one.
func fileOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, o Offer) (file.File, bool, error) {
	files, err := file.Of(ctx, tx, by, o.Owner())
	if err != nil || len(files) == 0 {
		return file.File{}, false, err
	}
	return files[0], true, nil
}
