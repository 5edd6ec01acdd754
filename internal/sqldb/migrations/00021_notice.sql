-- Notifications: what has happened and is still to be told, what was told to whom, and who wants to be told of what. No row
-- holds a name, an address or a text: all that is read anew when it is shown or sent.

-- +goose Up
CREATE TABLE notice_event (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              uuid NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    detail          TEXT COLLATE "C" NOT NULL, -- a word of the code: the new state; '' = none
    subject_kind    TEXT COLLATE "C" NOT NULL,
    subject_id      uuid NOT NULL,
    organization_id uuid NOT NULL,
    author_id       uuid, -- the contact who did it, and is not told; NULL = nobody of the organisation
    leaders         SMALLINT NOT NULL CHECK (leaders IN (0, 1)), -- the organisation's admins are told too
    contacts        bytea NOT NULL, -- who else is told, 16 bytes each
    letters         SMALLINT NOT NULL CHECK (letters IN (0, 1)), -- 0 = another letter says it
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE notice (
    workspace_id BIGINT NOT NULL,
    id           uuid NOT NULL,
    event_id     uuid NOT NULL,
    contact_id   uuid NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    detail       TEXT COLLATE "C" NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject_id   uuid NOT NULL,
    bell         SMALLINT NOT NULL CHECK (bell IN (0, 1)),
    digest       SMALLINT NOT NULL CHECK (digest IN (0, 1)), -- waits for the letter of the day
    letter_id    uuid, -- the letter of the day that it went into
    created_at   BIGINT NOT NULL,
    read_at      BIGINT,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE
) /* sqlite: WITHOUT ROWID */;
CREATE UNIQUE INDEX notice_once ON notice (workspace_id, contact_id, event_id);
CREATE INDEX notice_bell ON notice (workspace_id, contact_id, id) WHERE bell = 1;
CREATE INDEX notice_unread ON notice (workspace_id, contact_id, id) WHERE bell = 1 AND read_at IS NULL;
CREATE INDEX notice_digest ON notice (workspace_id, contact_id, id) WHERE digest = 1;
CREATE INDEX notice_letter ON notice (workspace_id, letter_id) WHERE letter_id IS NOT NULL;
CREATE INDEX notice_subject ON notice (workspace_id, subject_id);
CREATE INDEX notice_created ON notice (created_at);
CREATE INDEX notice_changed ON notice (changed_at);

-- No row: everything at once, by both channels.
CREATE TABLE preference (
    workspace_id BIGINT NOT NULL,
    contact_id   uuid NOT NULL,
    bell_off     TEXT COLLATE "C" NOT NULL, -- the kinds that the bell is silent about, a blank between
    mail_off     TEXT COLLATE "C" NOT NULL, -- the kinds that no letter tells of
    daily        SMALLINT NOT NULL CHECK (daily IN (0, 1)), -- one letter a day instead of one each
    hour         SMALLINT NOT NULL CHECK (hour BETWEEN 0 AND 23), -- of the person's day
    digest_at    BIGINT, -- when the next letter of the day is due; NULL = nothing waits for one
    digested_at  BIGINT, -- when the last was written
    updated_at   BIGINT NOT NULL,
    updated_by   uuid,
    PRIMARY KEY (workspace_id, contact_id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX preference_digest ON preference (digest_at) WHERE digest_at IS NOT NULL;
