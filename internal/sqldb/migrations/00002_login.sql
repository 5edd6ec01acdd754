-- How people prove who they are, and the staff.

-- +goose Up
CREATE TABLE login (
    id                  uuid PRIMARY KEY,
    email               TEXT COLLATE "C" NOT NULL UNIQUE,
    name                TEXT NOT NULL,
    password_hash       TEXT NOT NULL, -- argon2id in PHC form
    locale              TEXT NOT NULL,
    time_zone           TEXT NOT NULL,
    theme               TEXT NOT NULL, -- '' = the system's
    created_at          BIGINT NOT NULL,
    password_changed_at BIGINT NOT NULL,
    version             BIGINT NOT NULL
);

CREATE TABLE session (
    token        TEXT COLLATE "C" PRIMARY KEY, -- hashed
    id           uuid NOT NULL UNIQUE,
    login_id     uuid REFERENCES login (id) ON DELETE CASCADE,
    confirmed_at BIGINT, -- when the password was last typed
    data         TEXT NOT NULL, -- JSON: what the faces keep in it
    agent        TEXT NOT NULL, -- the browser's own words, cut to 200 characters
    address      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX session_login ON session (login_id, seen_at) WHERE login_id IS NOT NULL;
CREATE INDEX session_expires ON session (expires_at);

-- Wrong tries, counted over all nodes. The key is a keyed hash of what is counted.
CREATE TABLE throttle (
    key          TEXT COLLATE "C" PRIMARY KEY,
    n            BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL, -- when the count starts anew
    locked_until BIGINT -- no try is looked at before
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX throttle_ends ON throttle (ends_at);

CREATE TABLE staff (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    login_id     uuid NOT NULL REFERENCES login (id),
    role         TEXT NOT NULL CHECK (role IN ('admin', 'officer')),
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, login_id)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX staff_login ON staff (login_id, workspace_id);
