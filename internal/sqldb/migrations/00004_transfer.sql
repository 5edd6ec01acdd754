-- Imports that are worked off by jobs: the file as it was sent, how far it has been taken, and the rows refused.
-- All of it goes when the retention is over.

-- +goose Up
CREATE TABLE transfer (
    workspace_id  BIGINT NOT NULL REFERENCES workspace (id),
    id            uuid NOT NULL,
    noun          TEXT NOT NULL CHECK (noun IN ('organizations', 'contacts')),
    state         TEXT COLLATE "C" NOT NULL CHECK (state IN ('receiving', 'checking', 'checked', 'importing', 'done', 'cancelled', 'failed')),
    pass          SMALLINT NOT NULL, -- rises with each dry run and with the import: whose refusals count
    file_name     TEXT NOT NULL,
    file_size     BIGINT NOT NULL,
    options       TEXT NOT NULL, -- JSON
    header        TEXT NOT NULL, -- JSON: the file's first row
    unknown       TEXT NOT NULL, -- JSON: its columns that mean nothing here
    total         BIGINT NOT NULL, -- rows of the file, known after the dry run; 0 before
    position      BIGINT NOT NULL, -- the last row of the file that this pass has taken care of
    done          BIGINT NOT NULL, -- how much of the file that is, in units of size
    size          BIGINT NOT NULL,
    counts        TEXT NOT NULL, -- JSON
    failure       TEXT NOT NULL, -- JSON: the message why it failed, '' = it did not
    started_by    uuid, -- the login; NULL = the program
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX transfer_changed ON transfer (changed_at);

CREATE TABLE transfer_chunk (
    workspace_id BIGINT NOT NULL,
    transfer_id  uuid NOT NULL,
    n            BIGINT NOT NULL,
    content      bytea NOT NULL,
    PRIMARY KEY (workspace_id, transfer_id, n)
);

CREATE TABLE transfer_refusal (
    workspace_id BIGINT NOT NULL,
    transfer_id  uuid NOT NULL,
    pass         SMALLINT NOT NULL,
    n            BIGINT NOT NULL, -- the row of the file
    faults       TEXT NOT NULL, -- JSON
    cells        TEXT NOT NULL, -- JSON: as they stand in the file
    PRIMARY KEY (workspace_id, transfer_id, pass, n)
) /* sqlite: WITHOUT ROWID */;
