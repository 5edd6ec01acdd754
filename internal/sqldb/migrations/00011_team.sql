-- Invitations to the team: in which language their letter speaks, one open at a time for an address, and the list of them.

-- +goose Up
ALTER TABLE invitation ADD COLUMN locale TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX invitation_staff_open ON invitation (workspace_id, email) WHERE kind = 'staff' AND ended_at IS NULL;
CREATE INDEX invitation_staff ON invitation (workspace_id, id) WHERE kind = 'staff';
