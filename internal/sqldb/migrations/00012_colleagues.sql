-- Those of an organisation whom its portal does not show: few, so that the others are counted and paged through the index
-- contact_organization alone.

-- +goose Up
CREATE INDEX contact_unseen ON contact (workspace_id, organization_id, id) WHERE source = 'landing' AND authorized_at IS NULL;
