-- What somebody has not read is found by this index alone: SQLite takes it only when it need not look at the rows.

-- +goose Up
DROP INDEX notice_unread;
CREATE INDEX notice_unread ON notice (workspace_id, contact_id, id, read_at) WHERE bell = 1 AND read_at IS NULL;
