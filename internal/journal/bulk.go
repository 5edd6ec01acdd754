package journal

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// RecordAll writes many lines as Record does, by few statements: for imports.
func RecordAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, entries []Entry) error {
	lines, values := make([][]any, 0, len(entries)), make([][]any, 0, len(entries))
	for _, e := range entries {
		if e.Line.IsZero() {
			e.Line = id.NewLine()
		}
		fields := make([]string, len(e.Changes))
		for i, c := range e.Changes {
			fields[i] = c.Field
		}
		value, salt, err := e.content()
		if err != nil {
			return err
		}
		lines = append(lines, []any{by.Workspace, e.Line, tx.Now(), string(by.Kind), by.Login, e.Subject.Kind, e.Subject.ID, e.Subject.Number,
			e.Organization, e.Kind, strings.Join(fields, ","), digest(salt, value)})
		if value != "" {
			values = append(values, []any{by.Workspace, e.Subject.ID, e.Line, salt, value})
		}
	}
	err := tx.InsertAll(ctx, `journal_line (workspace_id, id, at, actor_kind, actor_id, subject_kind, subject_id, subject_number, organization_id, kind, fields, digest)`, lines)
	if err != nil {
		return err
	}
	return tx.InsertAll(ctx, `journal_value (workspace_id, subject_id, line_id, salt, content)`, values)
}
