-- Who came by the public form is shown in the portal once staff have accepted what they deposited, or have authorised them.

-- +goose Up
ALTER TABLE contact ADD COLUMN accepted_at BIGINT; -- when staff accepted an offer that the contact deposited by the public form; nothing else is allowed by it
UPDATE contact SET accepted_at = (SELECT MIN(d.decided_at) FROM deposit d WHERE d.workspace_id = contact.workspace_id AND d.contact_id = contact.id AND d.state = 'accepted')
    WHERE source = 'landing';
DROP INDEX contact_unseen;
CREATE INDEX contact_unseen ON contact (workspace_id, organization_id, id) WHERE source = 'landing' AND authorized_at IS NULL AND accepted_at IS NULL;
