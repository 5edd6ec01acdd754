-- Files that people send: what they are and whose. Their bytes stand on the disk, under the file's identifier.

-- +goose Up
CREATE TABLE file (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           uuid NOT NULL, -- also the name on the disk
    owner_kind   TEXT COLLATE "C" NOT NULL, -- what the file belongs to: 'request', 'invoice', …; 'kept' = to nothing yet
    owner_id     uuid NOT NULL, -- with 'kept' the login that sent it
    login_id     uuid REFERENCES login (id) ON DELETE SET NULL, -- who sent it; NULL = the program, or somebody who is gone
    name         TEXT NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('pdf', 'picture', 'text', 'office', 'other')),
    media_type   TEXT NOT NULL,
    encrypted    SMALLINT NOT NULL CHECK (encrypted IN (0, 1)), -- a PDF that asks for a password
    size         BIGINT NOT NULL, -- bytes
    digest       bytea NOT NULL, -- SHA-256
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX file_blob ON file (id); -- whether bytes have a row is asked without knowing whose they are
CREATE INDEX file_owner ON file (workspace_id, owner_id, id);
CREATE INDEX file_login ON file (login_id, created_at);
CREATE INDEX file_kept ON file (created_at) WHERE owner_kind = 'kept';

-- Files without a row any more, whose bytes a job still has to take away.
CREATE TABLE file_gone (
    workspace_id BIGINT NOT NULL,
    id           uuid NOT NULL,
    PRIMARY KEY (workspace_id, id)
) /* sqlite: WITHOUT ROWID */;
