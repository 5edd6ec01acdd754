-- The filters «source» and «désactivé» of the list of contacts, which walked over everybody where they select few.

-- +goose Up
DROP INDEX contact_landing;
CREATE INDEX contact_source ON contact (workspace_id, source, family_key, given_key, id) WHERE archived = 0;
CREATE INDEX contact_disabled ON contact (workspace_id, family_key, given_key, id)
    WHERE login_enabled = 0 AND (joined_at IS NOT NULL OR credentials_sent_at IS NOT NULL) AND archived = 0;
