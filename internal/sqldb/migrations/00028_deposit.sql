-- What companies deposit through a workspace's public form: a row of text until it is confirmed, then what staff look through.

-- +goose Up
-- A workspace's public form. A workspace without a row has none.
CREATE TABLE deposit_form (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    enabled      SMALLINT NOT NULL CHECK (enabled IN (0, 1)),
    confirmed    SMALLINT NOT NULL CHECK (confirmed IN (0, 1)), -- a deposit waits until its depositor has confirmed it by mail
    consent_fr   TEXT NOT NULL, -- what a depositor agrees to; '' = our own words
    consent_en   TEXT NOT NULL,
    months       BIGINT NOT NULL, -- how long a deposit is kept
    origins      TEXT NOT NULL, -- whose pages may hold the form in a frame, with blanks between them
    version      BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
);

CREATE TABLE deposit (
    workspace_id      BIGINT NOT NULL REFERENCES workspace (id),
    id                uuid NOT NULL,
    state             TEXT COLLATE "C" NOT NULL CHECK (state IN ('unconfirmed', 'pending', 'accepted', 'refused', 'spam')),
    typed             TEXT NOT NULL, -- everything as it was typed and checked, JSON; '' once it is decided
    email             TEXT COLLATE "C" NOT NULL, -- the one that was typed; '' once it is decided and no letter waits
    consent           TEXT NOT NULL, -- what the depositor agreed to, word for word
    locale            TEXT COLLATE "C" NOT NULL, -- of the page that they filled in
    submission        uuid NOT NULL, -- the form that made it: a repeated POST makes nothing twice
    link_digest       bytea, -- of the letter's link
    organization_id   uuid, -- what became of it; each may be gone since
    contact_id        uuid,
    offer_id          uuid,
    made_organization SMALLINT NOT NULL CHECK (made_organization IN (0, 1)), -- there was none such before
    made_contact      SMALLINT NOT NULL CHECK (made_contact IN (0, 1)),
    created_at        BIGINT NOT NULL,
    confirmed_at      BIGINT,
    decided_at        BIGINT,
    decided_by        uuid,
    ends_at           BIGINT NOT NULL, -- when the row goes
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX deposit_submission ON deposit (workspace_id, submission);
CREATE UNIQUE INDEX deposit_link ON deposit (link_digest) WHERE link_digest IS NOT NULL;
CREATE INDEX deposit_pending ON deposit (workspace_id, id) WHERE state = 'pending';
CREATE INDEX deposit_unconfirmed ON deposit (workspace_id, email, id) WHERE state = 'unconfirmed';
CREATE INDEX deposit_organization ON deposit (workspace_id, organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX deposit_contact ON deposit (workspace_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX deposit_offer ON deposit (workspace_id, offer_id) WHERE offer_id IS NOT NULL;
CREATE INDEX deposit_ends ON deposit (ends_at);

-- How much came lately: by workspace, and by client address. The names tell nothing to whoever reads them.
CREATE TABLE deposit_count (
    name    TEXT COLLATE "C" PRIMARY KEY,
    n       BIGINT NOT NULL,
    ends_at BIGINT NOT NULL -- when the count starts anew
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX deposit_count_ends ON deposit_count (ends_at);

-- The last three letters to an address that somebody typed, whichever workspace's form it was.
CREATE TABLE deposit_letter (
    name   TEXT COLLATE "C" PRIMARY KEY, -- tells nothing of the address
    last   BIGINT NOT NULL,
    second BIGINT,
    third  BIGINT
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX deposit_letter_last ON deposit_letter (last);

-- « @corvenne.fr » of every address: what stands before the @ has these signs alone. Who has the same domain as a depositor.
CREATE INDEX contact_domain ON contact (workspace_id, ltrim(email, 'abcdefghijklmnopqrstuvwxyz0123456789._-+')) WHERE email IS NOT NULL; -- which is asked too: no other question falls for it
