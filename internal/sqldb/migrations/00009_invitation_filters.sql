-- The filter of contacts whose credentials came to nothing.

-- +goose Up
CREATE INDEX invitation_expires ON invitation (workspace_id, expires_at) WHERE ended_at IS NULL;
CREATE INDEX invitation_declined ON invitation (workspace_id, contact_id, id) WHERE ended = 'declined';
