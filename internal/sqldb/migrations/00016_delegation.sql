-- What an organisation's own people may give by themselves. No row: everything.

-- +goose Up
CREATE TABLE delegation (
    workspace_id    BIGINT NOT NULL,
    organization_id uuid NOT NULL,
    add_contacts    SMALLINT NOT NULL CHECK (add_contacts IN (0, 1)),
    give_logins     SMALLINT NOT NULL CHECK (give_logins IN (0, 1)),
    give_admin      SMALLINT NOT NULL CHECK (give_admin IN (0, 1)), -- the role; 'user' may always be given
    max_logins      BIGINT NOT NULL CHECK (max_logins >= 0), -- 0 = no limit
    login_domains   TEXT NOT NULL, -- in order, a blank between; '' = any
    approval        SMALLINT NOT NULL CHECK (approval IN (0, 1)), -- staff authorise whom the organisation's people add
    version         BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    updated_by      uuid,
    PRIMARY KEY (workspace_id, organization_id),
    FOREIGN KEY (workspace_id, organization_id) REFERENCES organization (workspace_id, id) ON DELETE CASCADE
) /* sqlite: WITHOUT ROWID */;
