-- The team: invitations to it (in which language their letter speaks, one open at a time for an address, the list of them), and
-- when its members last signed in.

-- +goose Up
ALTER TABLE invitation ADD COLUMN locale TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX invitation_staff_open ON invitation (workspace_id, email) WHERE kind = 'staff' AND ended_at IS NULL;
CREATE INDEX invitation_staff ON invitation (workspace_id, id) WHERE kind = 'staff';
ALTER TABLE staff ADD COLUMN last_sign_in_at BIGINT;
