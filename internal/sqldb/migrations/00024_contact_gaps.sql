-- +goose Up
-- « À compléter » where the workspace asks for a phone, in the list's own order (beside contact_incomplete). It is written so
-- that nobody takes it for who lacks an e-mail or a civility alone: where no phone is asked for, most have none.
CREATE INDEX contact_gaps ON contact (workspace_id, family_key, given_key, id)
	WHERE (CASE WHEN email IS NULL OR civility IS NULL OR phone IS NULL THEN 1 ELSE 0 END) = 1 AND archived = 0;
