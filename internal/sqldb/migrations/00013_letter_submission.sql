-- The form that queued a letter: a repeated POST of it finds the letter again, and queues no other.

-- +goose Up
ALTER TABLE letter ADD COLUMN submission uuid;
CREATE UNIQUE INDEX letter_submission ON letter (workspace_id, submission) WHERE submission IS NOT NULL;
