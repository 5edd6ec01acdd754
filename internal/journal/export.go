package journal

import (
	"context"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Exported writes into the history that so many of its lines were taken along: the whole workspace's, or those about a
// contact or an organisation, which then show it too. The caller has read the subject, so that it is the workspace's
// own. Permission: ExportJournal.
func Exported(ctx context.Context, tx *sqldb.Tx, by actor.Actor, about Subject, of id.Organization, lines int) error {
	if err := by.Need(actor.ExportJournal); err != nil {
		return err
	}
	return Record(ctx, tx, by, Entry{
		Kind: "journal.exported", Subject: about, Organization: of,
		Changes: []Change{{Field: "lines", After: strconv.Itoa(lines)}},
	})
}
