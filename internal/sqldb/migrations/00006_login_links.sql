-- One-time links of logins: to choose a new password, to confirm a new address.

-- +goose Up
CREATE TABLE login_link (
    id         uuid PRIMARY KEY,
    login_id   uuid REFERENCES login (id) ON DELETE CASCADE, -- NULL: nobody's, so that an unknown address leaves the same rows
    purpose    TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('password', 'address')),
    digest     bytea NOT NULL UNIQUE, -- of the link's secret, under a key that is not in the database
    address    TEXT COLLATE "C", -- the new one, with 'address'
    former     TEXT COLLATE "C", -- the one that it took the place of, for the letter that goes there
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT -- used, or made void
);
CREATE UNIQUE INDEX login_link_open ON login_link (login_id, purpose) WHERE ended_at IS NULL AND login_id IS NOT NULL;
CREATE INDEX login_link_login ON login_link (login_id) WHERE login_id IS NOT NULL;
CREATE INDEX login_link_expires ON login_link (expires_at);
