-- Offers (« missions »): jobs, internships and apprenticeships of organisations, and the contacts attached to them. Days are text,
-- YYYY-MM-DD. The file itself is a row of file and bytes beside the database.

-- +goose Up
-- Whether the workspace works with offers at all: schools do, vendors do not unless they say so.
ALTER TABLE workspace ADD COLUMN offers SMALLINT NOT NULL DEFAULT 1 CHECK (offers IN (0, 1));
UPDATE workspace SET offers = 0 WHERE kind = 'vendor';

CREATE TABLE offer (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              uuid NOT NULL,
    number          BIGINT NOT NULL,
    organization_id uuid NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'active', 'inactive', 'rejected')),
    reason          TEXT NOT NULL, -- why it was rejected, as its depositor is told; '' = none given
    contract        TEXT COLLATE "C" NOT NULL,
    title           TEXT NOT NULL,
    starts_on       TEXT COLLATE "C" NOT NULL, -- '' = as soon as possible
    ends_on         TEXT COLLATE "C" NOT NULL, -- '' = open
    duration        TEXT NOT NULL,
    rhythm          TEXT NOT NULL,
    posts           BIGINT NOT NULL CHECK (posts > 0),
    place           TEXT NOT NULL,
    description     TEXT NOT NULL,
    profile         TEXT NOT NULL,
    year            BIGINT NOT NULL, -- of its start, or of its deposit while it has none
    source          TEXT COLLATE "C" NOT NULL CHECK (source IN ('office', 'portal', 'landing', 'api')),
    author_kind     TEXT COLLATE "C" NOT NULL CHECK (author_kind IN ('contact', 'staff', 'program')),
    author_id       uuid, -- the contact or the login; may be gone
    author_number   BIGINT NOT NULL, -- of a contact: what is left of a name then; else 0
    submission      uuid, -- the form that made it: a repeated POST finds it again
    version         BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    state_at        BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, organization_id) REFERENCES organization (workspace_id, id)
);
CREATE UNIQUE INDEX offer_number ON offer (workspace_id, number);
CREATE UNIQUE INDEX offer_submission ON offer (workspace_id, submission) WHERE submission IS NOT NULL;
-- The lists' filters, each in the order of the lists.
CREATE INDEX offer_state ON offer (workspace_id, state, number);
CREATE INDEX offer_contract ON offer (workspace_id, contract, number);
CREATE INDEX offer_contract_state ON offer (workspace_id, contract, state, number);
CREATE INDEX offer_year ON offer (workspace_id, year, number, state, contract);
CREATE INDEX offer_organization ON offer (workspace_id, organization_id, number, state, contract, year);
CREATE INDEX offer_author ON offer (workspace_id, author_id, number) WHERE author_id IS NOT NULL;

-- The words of titles and places, folded: a search reads them by their beginnings.
CREATE TABLE offer_word (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    number          BIGINT NOT NULL, -- the offer's
    word            TEXT COLLATE "C" NOT NULL,
    organization_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, number, word)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX offer_word_everywhere ON offer_word (workspace_id, word, number);
CREATE INDEX offer_word_organization ON offer_word (workspace_id, organization_id, word, number);

-- Who of the organisation has which part in an offer. With a contact goes what was attached of it; the offer stays.
CREATE TABLE offer_contact (
    workspace_id BIGINT NOT NULL,
    offer_id     uuid NOT NULL,
    contact_id   uuid NOT NULL,
    part         TEXT COLLATE "C" NOT NULL CHECK (part IN ('recruiter', 'tutor', 'signatory', 'billing')),
    number       BIGINT NOT NULL, -- the offer's
    apprentices  BIGINT NOT NULL, -- that a tutor accompanies on it; 0 for other parts
    repeating    BIGINT NOT NULL CHECK (repeating BETWEEN 0 AND apprentices), -- of them, those who take their last year again
    PRIMARY KEY (workspace_id, offer_id, contact_id, part),
    FOREIGN KEY (workspace_id, offer_id) REFERENCES offer (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX offer_contact_contact ON offer_contact (workspace_id, contact_id, number);
