-- The filters «source» and «désactivé» of the list of contacts, which walked over everybody where they select few.

-- +goose Up
DROP INDEX contact_landing;
-- Most contacts come from forms and imports: their index would be as large as the list's own, and be taken for it.
CREATE INDEX contact_source ON contact (workspace_id, source, family_key, given_key, id) WHERE source NOT IN ('form', 'import') AND archived = 0;
CREATE INDEX contact_disabled ON contact (workspace_id, family_key, given_key, id)
    WHERE login_enabled = 0 AND (joined_at IS NOT NULL OR credentials_sent_at IS NOT NULL) AND archived = 0;
