-- Documents that the host keeps for an organisation, each with its versions, the last of which is the document. A version's file is
-- a row of file, and bytes beside the database. Days are text, YYYY-MM-DD.

-- +goose Up
CREATE TABLE document (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              uuid NOT NULL,
    number          BIGINT NOT NULL, -- what is left of a name when it is deleted
    organization_id uuid NOT NULL,
    title           TEXT NOT NULL,
    title_key       TEXT COLLATE "C" NOT NULL, -- folded
    words           TEXT COLLATE "C" NOT NULL, -- those of the title and of the file's name, folded, a blank before each
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('agreement', 'contract', 'certificate', 'sheet', 'quote', 'report', 'other')),
    dated_on        TEXT COLLATE "C" NOT NULL,
    note            TEXT NOT NULL,
    visibility      TEXT COLLATE "C" NOT NULL CHECK (visibility IN ('staff', 'admins', 'all')),
    versions        BIGINT NOT NULL, -- how many there are, and the number of the last
    current_id      uuid NOT NULL, -- the last version
    submission      uuid, -- the form that made it, and perhaps others: a repeated POST finds them again
    revision        BIGINT NOT NULL, -- of what is said of it
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    updated_by      uuid,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, organization_id) REFERENCES organization (workspace_id, id)
);
CREATE UNIQUE INDEX document_number ON document (workspace_id, number);
CREATE INDEX document_submission ON document (workspace_id, submission) WHERE submission IS NOT NULL;
-- An organisation's list in its orders; what it is filtered by stands in the index.
CREATE INDEX document_dated ON document (workspace_id, organization_id, dated_on, id, visibility, kind);
CREATE INDEX document_title ON document (workspace_id, organization_id, title_key, id, visibility, kind);

CREATE TABLE document_version (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    document_id  uuid NOT NULL,
    n            BIGINT NOT NULL, -- from 1
    id           uuid NOT NULL, -- whose file it is
    submission   uuid, -- the form that brought it
    created_at   BIGINT NOT NULL,
    created_by   uuid,
    PRIMARY KEY (workspace_id, document_id, n),
    FOREIGN KEY (workspace_id, document_id) REFERENCES document (workspace_id, id) ON DELETE CASCADE
) /* sqlite: WITHOUT ROWID */;
