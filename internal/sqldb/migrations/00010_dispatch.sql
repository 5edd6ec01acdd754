-- Credentials sent to many contacts at once, worked off by a job: whom, how far it is, and what became of each. All of it
-- goes when the retention is over. No row holds a name or an address.

-- +goose Up
CREATE TABLE dispatch (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           uuid NOT NULL,
    state        TEXT COLLATE "C" NOT NULL CHECK (state IN ('sending', 'done', 'cancelled', 'failed')),
    switch_on    SMALLINT NOT NULL CHECK (switch_on IN (0, 1)), -- also those whom somebody switched off
    total        BIGINT NOT NULL, -- contacts
    position     BIGINT NOT NULL, -- how many of them are done, in their order
    counts       TEXT NOT NULL, -- JSON: how many by result
    failure      TEXT NOT NULL, -- JSON: the message why it failed, '' = it did not
    submission   uuid NOT NULL, -- the form that made it: a repeated POST finds it again
    started_by   uuid, -- the login; NULL = the program
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX dispatch_submission ON dispatch (workspace_id, submission);
CREATE INDEX dispatch_changed ON dispatch (changed_at);

CREATE TABLE dispatch_chunk (
    workspace_id BIGINT NOT NULL,
    dispatch_id  uuid NOT NULL,
    n            BIGINT NOT NULL,
    contacts     bytea NOT NULL, -- 16 bytes each
    PRIMARY KEY (workspace_id, dispatch_id, n)
);

CREATE TABLE dispatch_row (
    workspace_id BIGINT NOT NULL,
    dispatch_id  uuid NOT NULL,
    n            BIGINT NOT NULL, -- 1 = the first contact
    contact_id   uuid NOT NULL,
    result       TEXT COLLATE "C" NOT NULL,
    fault        TEXT NOT NULL, -- JSON: the message of a refusal that no result says
    letter_id    uuid, -- NULL = none was queued
    PRIMARY KEY (workspace_id, dispatch_id, n)
) /* sqlite: WITHOUT ROWID */;
