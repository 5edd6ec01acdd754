-- The history that an organisation's own admins read: by time, and by the groups of acts that they ask for. Sign-ins are by
-- far the most lines; what is sought among the others never walks over them, nor do they pay for it.

-- +goose Up
CREATE INDEX journal_line_own ON journal_line (workspace_id, organization_id, at, id) WHERE organization_id IS NOT NULL;
CREATE INDEX journal_line_acts ON journal_line (workspace_id, organization_id, kind, at, id)
    WHERE organization_id IS NOT NULL AND kind <> 'contact.signed_in';
CREATE INDEX journal_line_latest ON journal_line (workspace_id, id) WHERE kind <> 'contact.signed_in';
