-- The history that an organisation's own admins read by the groups of acts that they ask for. Sign-ins are by far the most
-- lines; what is sought among the others never walks over them, nor do they pay for it.

-- +goose Up
CREATE INDEX journal_line_acts ON journal_line (workspace_id, organization_id, kind, id)
    WHERE organization_id IS NOT NULL AND kind <> 'contact.signed_in';
