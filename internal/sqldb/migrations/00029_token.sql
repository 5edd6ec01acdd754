-- The tokens by which other programs come in, and what they have been answered.

-- +goose Up
CREATE TABLE token (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           uuid NOT NULL,
    name         TEXT NOT NULL,
    name_key     TEXT COLLATE "C" NOT NULL, -- folded
    rights       TEXT COLLATE "C" NOT NULL, -- their names, a blank between
    digest       bytea NOT NULL, -- of the secret, which nobody keeps
    submission   uuid, -- the form that made it
    created_at   BIGINT NOT NULL,
    created_by   uuid,
    expires_at   BIGINT, -- NULL = never
    used_at      BIGINT,
    revoked_at   BIGINT, -- the row stays, so that the history can name it
    revoked_by   uuid,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX token_id ON token (id);
CREATE UNIQUE INDEX token_name ON token (workspace_id, name_key) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX token_submission ON token (workspace_id, submission) WHERE submission IS NOT NULL;

-- What a token's POST has been answered under its Idempotency-Key; written in the transaction of the act.
CREATE TABLE idempotency (
    workspace_id BIGINT NOT NULL, -- no foreign keys: a row lives for a day, and writers would queue at the token's
    token_id     uuid NOT NULL,
    key          bytea NOT NULL, -- the digest of the key
    request      bytea NOT NULL, -- the digest of method, path and body
    status       BIGINT NOT NULL, -- 0 = not answered
    answer       bytea NOT NULL, -- header and body, sealed with the key, which nobody keeps
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, token_id, key)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX idempotency_created ON idempotency (created_at);
