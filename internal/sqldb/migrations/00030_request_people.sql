-- « Une autre personne »: what was said and asked before somebody else took a contact is not theirs. And what else a thread
-- tells of.

-- +goose Up
ALTER TABLE contact ADD COLUMN replaced_at BIGINT; -- what is older under this contact was another person's; NULL = nothing is
UPDATE contact SET replaced_at = (SELECT MAX(j.at) FROM journal_line j
        WHERE j.workspace_id = contact.workspace_id AND j.subject_id = contact.id AND j.kind = 'contact.replaced')
    WHERE id IN (SELECT subject_id FROM journal_line WHERE kind = 'contact.replaced');

ALTER TABLE request ADD COLUMN contact_since BIGINT NOT NULL DEFAULT 0; -- since when it is for that contact
UPDATE request SET contact_since = created_at;

-- Who follows a request follows it as the person that they were.
DELETE FROM request_party WHERE EXISTS (SELECT 1 FROM contact c JOIN request r ON r.workspace_id = c.workspace_id
    WHERE c.workspace_id = request_party.workspace_id AND c.id = request_party.contact_id AND r.id = request_party.request_id AND c.replaced_at > r.created_at);

-- The thread tells of a reminder, another kind and another contact as well; a CHECK cannot be widened in place everywhere.
CREATE TABLE request_entry_anew (
    workspace_id  BIGINT NOT NULL REFERENCES workspace (id),
    request_id    uuid NOT NULL,
    n             BIGINT NOT NULL, -- its place
    id            uuid NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('comment', 'note', 'state', 'assignment', 'watcher', 'reminder', 'kind', 'contact')),
    author_kind   TEXT COLLATE "C" NOT NULL CHECK (author_kind IN ('contact', 'staff', 'program')),
    author_id     uuid,
    author_number BIGINT NOT NULL,
    source        TEXT COLLATE "C" NOT NULL CHECK (source IN ('portal', 'office', 'mail', 'api')),
    at            BIGINT NOT NULL,
    content       TEXT NOT NULL, -- of comments and notes
    before        TEXT COLLATE "C" NOT NULL, -- a state, a kind; of a watcher who left: 'watching'
    after         TEXT COLLATE "C" NOT NULL,
    about_id      uuid, -- the assignee's login, the watching contact, the contact that it is for now
    about_number  BIGINT NOT NULL, -- of a contact, else 0
    submission    uuid,
    PRIMARY KEY (workspace_id, request_id, n),
    FOREIGN KEY (workspace_id, request_id) REFERENCES request (workspace_id, id) ON DELETE CASCADE
);
INSERT INTO request_entry_anew (workspace_id, request_id, n, id, kind, author_kind, author_id, author_number, source, at, content, before, after, about_id, about_number, submission)
SELECT workspace_id, request_id, n, id, kind, author_kind, author_id, author_number, source, at, content, before, after, about_id, about_number, submission FROM request_entry;
DROP TABLE request_entry;
ALTER TABLE request_entry_anew RENAME TO request_entry;
CREATE UNIQUE INDEX request_entry_id ON request_entry (workspace_id, id);
CREATE UNIQUE INDEX request_entry_submission ON request_entry (workspace_id, submission) WHERE submission IS NOT NULL;
