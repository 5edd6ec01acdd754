-- Logins that lost something and may hold nothing more: a job looks at them again and removes those that do not.

-- +goose Up
ALTER TABLE login ADD COLUMN left_at BIGINT; -- when it last lost something, or was last found to be needed; NULL = it need not be looked at
CREATE INDEX login_left ON login (left_at) WHERE left_at IS NOT NULL;
CREATE INDEX letter_login ON letter (login_id) WHERE state = 'queued' AND login_id IS NOT NULL;
UPDATE login SET left_at = created_at
    WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.login_id = login.id) AND NOT EXISTS (SELECT 1 FROM staff s WHERE s.login_id = login.id);
