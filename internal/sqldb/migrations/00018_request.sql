-- Support requests, what was said about them, and who may follow them.

-- +goose Up
CREATE TABLE request (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              uuid NOT NULL,
    number          BIGINT NOT NULL,
    organization_id uuid NOT NULL,
    contact_id      uuid NOT NULL, -- for whom; may be deleted meanwhile
    contact_number  BIGINT NOT NULL, -- what is left of a name then
    author_kind     TEXT COLLATE "C" NOT NULL CHECK (author_kind IN ('contact', 'staff', 'program')),
    author_id       uuid, -- the contact or the login; may be gone
    author_number   BIGINT NOT NULL, -- of a contact, else 0
    source          TEXT COLLATE "C" NOT NULL CHECK (source IN ('portal', 'office', 'mail', 'api')),
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('technical', 'administrative')),
    subject         TEXT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('new', 'in_progress', 'waiting_customer', 'resolved', 'closed', 'withdrawn')),
    state_at        BIGINT NOT NULL,
    reminded_at     BIGINT, -- since it waits for the customer
    waits_since     BIGINT, -- when the customer last heard from the host, as long as the host's word is awaited
    activity_at     BIGINT NOT NULL, -- of the last thing that the customer may see
    assignee_id     uuid, -- the login of somebody of the team
    entries         BIGINT NOT NULL, -- the last entry's place in the thread
    submission      uuid, -- the form that made it: a repeated POST finds it again
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, organization_id) REFERENCES organization (workspace_id, id)
);
CREATE UNIQUE INDEX request_number ON request (workspace_id, number);
CREATE UNIQUE INDEX request_submission ON request (workspace_id, submission) WHERE submission IS NOT NULL;
-- The lists' filters, each in the order of the lists.
CREATE INDEX request_activity ON request (workspace_id, activity_at, number);
CREATE INDEX request_state ON request (workspace_id, state, number);
CREATE INDEX request_kind ON request (workspace_id, kind, number);
CREATE INDEX request_kind_state ON request (workspace_id, kind, state, number);
CREATE INDEX request_contact ON request (workspace_id, contact_id, number);
CREATE INDEX request_organization ON request (workspace_id, organization_id, number);
CREATE INDEX request_organization_activity ON request (workspace_id, organization_id, activity_at, number);
CREATE INDEX request_organization_state ON request (workspace_id, organization_id, state, number);
CREATE INDEX request_organization_kind ON request (workspace_id, organization_id, kind, number);
CREATE INDEX request_assignee ON request (workspace_id, assignee_id, number) WHERE assignee_id IS NOT NULL;
CREATE INDEX request_assignee_state ON request (workspace_id, assignee_id, state, number) WHERE assignee_id IS NOT NULL;
CREATE INDEX request_unassigned ON request (workspace_id, number) WHERE assignee_id IS NULL;
CREATE INDEX request_unassigned_state ON request (workspace_id, state, number) WHERE assignee_id IS NULL;
CREATE INDEX request_queue ON request (workspace_id, waits_since, number) WHERE waits_since IS NOT NULL;
-- What the job looks for, of all workspaces.
CREATE INDEX request_assigned ON request (workspace_id, assignee_id) WHERE assignee_id IS NOT NULL AND state IN ('new', 'in_progress', 'waiting_customer');
CREATE INDEX request_due ON request (state_at) WHERE state IN ('waiting_customer', 'resolved');

-- The words of the subjects, folded: a search reads them by their beginnings.
CREATE TABLE request_word (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    number          BIGINT NOT NULL, -- the request's
    word            TEXT COLLATE "C" NOT NULL,
    organization_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, number, word)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX request_word_everywhere ON request_word (workspace_id, word, number);
CREATE INDEX request_word_organization ON request_word (workspace_id, organization_id, word, number);

-- The thread: what was said and done, in order.
CREATE TABLE request_entry (
    workspace_id  BIGINT NOT NULL REFERENCES workspace (id),
    request_id    uuid NOT NULL,
    n             BIGINT NOT NULL, -- its place
    id            uuid NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('comment', 'note', 'state', 'assignment', 'watcher')),
    author_kind   TEXT COLLATE "C" NOT NULL CHECK (author_kind IN ('contact', 'staff', 'program')),
    author_id     uuid,
    author_number BIGINT NOT NULL,
    source        TEXT COLLATE "C" NOT NULL CHECK (source IN ('portal', 'office', 'mail', 'api')),
    at            BIGINT NOT NULL,
    content       TEXT NOT NULL, -- of comments and notes
    before        TEXT COLLATE "C" NOT NULL, -- a state; of a watcher who left: 'watching'
    after         TEXT COLLATE "C" NOT NULL,
    about_id      uuid, -- the assignee's login, the watching contact
    about_number  BIGINT NOT NULL, -- of a contact, else 0
    submission    uuid,
    PRIMARY KEY (workspace_id, request_id, n),
    FOREIGN KEY (workspace_id, request_id) REFERENCES request (workspace_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX request_entry_id ON request_entry (workspace_id, id);
CREATE UNIQUE INDEX request_entry_submission ON request_entry (workspace_id, submission) WHERE submission IS NOT NULL;

-- Who of the organisation's people has to do with a request: for whom it is, and who watches it.
CREATE TABLE request_party (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    contact_id   uuid NOT NULL,
    number       BIGINT NOT NULL, -- the request's
    request_id   uuid NOT NULL,
    own          SMALLINT NOT NULL CHECK (own IN (0, 1)), -- it is for them
    watching     SMALLINT NOT NULL CHECK (watching IN (0, 1)),
    PRIMARY KEY (workspace_id, contact_id, number),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, request_id) REFERENCES request (workspace_id, id) ON DELETE CASCADE
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX request_party_request ON request_party (workspace_id, request_id);

-- Answers that are used again and again.
CREATE TABLE canned_answer (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           uuid NOT NULL,
    title        TEXT NOT NULL,
    title_key    TEXT COLLATE "C" NOT NULL,
    content      TEXT NOT NULL,
    submission   uuid,
    version      BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    updated_by   uuid,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX canned_answer_title ON canned_answer (workspace_id, title_key);
