-- Letters: what is to be sent and how it went. No address, no text, no link and no code stands in a row: all that is
-- read and derived anew when the letter is sent.

-- +goose Up
CREATE TABLE letter (
    id           uuid PRIMARY KEY,
    workspace_id BIGINT REFERENCES workspace (id), -- NULL: the installation's own, to a login
    kind         TEXT COLLATE "C" NOT NULL,
    contact_id   uuid, -- to whom: one of the two; they may be gone since
    login_id     uuid,
    subject_id   uuid, -- what the letter carries: the invitation, the one-time link
    locale       TEXT NOT NULL, -- '' = the person's
    state        TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sent', 'refused', 'withdrawn')),
    attempts     BIGINT NOT NULL,
    reason       TEXT NOT NULL, -- why the last try failed, without addresses
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX letter_workspace ON letter (workspace_id, id) WHERE workspace_id IS NOT NULL;
CREATE INDEX letter_workspace_state ON letter (workspace_id, state, id) WHERE workspace_id IS NOT NULL;
CREATE INDEX letter_contact ON letter (workspace_id, contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX letter_state ON letter (state, changed_at);

-- A workspace's own wording of the letters about its contacts.
CREATE TABLE letter_text (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    kind         TEXT COLLATE "C" NOT NULL,
    locale       TEXT COLLATE "C" NOT NULL,
    enabled      SMALLINT NOT NULL CHECK (enabled IN (0, 1)),
    subject      TEXT NOT NULL, -- templates: variables by the names of the code
    body         TEXT NOT NULL,
    version      BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    updated_by   uuid,
    PRIMARY KEY (workspace_id, kind, locale)
) /* sqlite: WITHOUT ROWID */;
