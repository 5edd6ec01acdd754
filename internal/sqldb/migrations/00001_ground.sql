-- What every room stands on: the installation, its hosts, counters, jobs and the history.
--
-- Both engines read this text. Identifiers are uuid (16 bytes), times BIGINT (microseconds since 1970 UTC),
-- flags SMALLINT 0/1, text that is compared or ordered is COLLATE "C". The last column of a unique rule is the
-- one that a person would change (see conflict.go). A comment «sqlite: …» is text for that engine alone.

-- +goose Up
CREATE TABLE installation (
    id             SMALLINT PRIMARY KEY CHECK (id = 1),
    last_workspace BIGINT NOT NULL
);
INSERT INTO installation (id, last_workspace) VALUES (1, 0);

CREATE TABLE workspace (
    id                BIGINT PRIMARY KEY,
    slug              TEXT COLLATE "C" NOT NULL UNIQUE,
    name              TEXT NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('school', 'vendor')),
    organization_noun TEXT NOT NULL CHECK (organization_noun IN ('company', 'practice', 'organization')),
    country           TEXT NOT NULL, -- ISO 3166 alpha-2: where numbers without a country code are from
    locale            TEXT NOT NULL,
    time_zone         TEXT NOT NULL,
    brand             TEXT NOT NULL, -- '#rrggbb', '' = Entregent's own
    phone_required    SMALLINT NOT NULL CHECK (phone_required IN (0, 1)),
    created_at        BIGINT NOT NULL,
    version           BIGINT NOT NULL
);

-- Rising numbers that are never drawn twice: contacts' and customers'.
CREATE TABLE series (
    workspace_id BIGINT NOT NULL, -- no foreign key: ranges are drawn beside a transaction that may be making the workspace
    name         TEXT COLLATE "C" NOT NULL,
    last         BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, name)
) /* sqlite: WITHOUT ROWID */;

-- Totals, in shards so that writers need not wait for each other; a total is their sum.
CREATE TABLE tally (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    name         TEXT COLLATE "C" NOT NULL,
    shard        SMALLINT NOT NULL,
    n            BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, name, shard)
) /* sqlite: WITHOUT ROWID */;

CREATE TABLE job (
    id            uuid PRIMARY KEY,
    kind          TEXT COLLATE "C" NOT NULL,
    args          TEXT NOT NULL, -- JSON
    run_at        BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    claimed_until BIGINT,
    finished_at   BIGINT,
    failure       TEXT -- why it was given up; no personal data
);
CREATE INDEX job_waiting ON job (kind, run_at) WHERE finished_at IS NULL;
CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE schedule (
    kind    TEXT COLLATE "C" PRIMARY KEY,
    next_at BIGINT NOT NULL
) /* sqlite: WITHOUT ROWID */;

-- The history (product.md §6): lines without personal data that stay, values that go with their subject.
CREATE TABLE journal_line (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              uuid NOT NULL,
    at              BIGINT NOT NULL,
    actor_kind      TEXT COLLATE "C" NOT NULL,
    actor_id        uuid,
    subject_kind    TEXT COLLATE "C" NOT NULL,
    subject_id      uuid,
    subject_number  TEXT COLLATE "C" NOT NULL, -- 'C-000123': what the subject is called after it is gone
    organization_id uuid,
    kind            TEXT COLLATE "C" NOT NULL,
    fields          TEXT NOT NULL, -- names, comma between
    digest          bytea NOT NULL, -- salted hash of the values, kept when they are erased
    seq             BIGINT, -- place in the chain, given by the job that seals
    seal            bytea, -- HMAC under a key that is not in the database
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX journal_line_subject ON journal_line (workspace_id, subject_id, id);
CREATE INDEX journal_line_organization ON journal_line (workspace_id, organization_id, id);
CREATE INDEX journal_line_actor ON journal_line (workspace_id, actor_id, id);
CREATE INDEX journal_line_kind ON journal_line (workspace_id, kind, id);
CREATE INDEX journal_line_unsealed ON journal_line (workspace_id, id) WHERE seq IS NULL;
CREATE UNIQUE INDEX journal_line_seq ON journal_line (workspace_id, seq) WHERE seq IS NOT NULL;

-- The end of each workspace's chain, so that a chain that was cut off shows.
CREATE TABLE journal_head (
    workspace_id BIGINT PRIMARY KEY REFERENCES workspace (id),
    seq          BIGINT NOT NULL, -- of the last sealed line
    mark         bytea NOT NULL -- over that line's seal; the next line's seal is over it
);

CREATE TABLE journal_value (
    workspace_id BIGINT NOT NULL,
    subject_id   uuid NOT NULL,
    line_id      uuid NOT NULL,
    salt         bytea NOT NULL,
    content      TEXT NOT NULL, -- JSON: {"field": ["before", "after"]}, {"comment": …}
    PRIMARY KEY (workspace_id, subject_id, line_id)
    -- No foreign key to journal_line, of which no row ever goes: on a young database PostgreSQL would look each line
    -- up by the wrong one of its indexes, in time that grows with the table.
) /* sqlite: WITHOUT ROWID */;
