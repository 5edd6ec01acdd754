-- Invoices and credit notes that the host files for an organisation. Days are text, YYYY-MM-DD, amounts whole numbers of the
-- currency's smallest unit. The file itself is a row of file and bytes beside the database.

-- +goose Up
CREATE TABLE invoice (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              uuid NOT NULL,
    organization_id uuid NOT NULL,
    number          TEXT NOT NULL,
    number_key      TEXT COLLATE "C" NOT NULL, -- without blanks or case
    number_tail     TEXT COLLATE "C", -- the digits at its end without leading noughts, for who types no more than these
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('unpaid', 'paid')),
    issued_on       TEXT COLLATE "C" NOT NULL,
    due_on          TEXT COLLATE "C" NOT NULL, -- '' = none, of a credit note
    reference       TEXT NOT NULL,
    reference_key   TEXT COLLATE "C", -- folded
    net_amount      BIGINT NOT NULL,
    amount_due      BIGINT NOT NULL, -- including tax; of a paid one, what was to be paid
    currency        TEXT COLLATE "C" NOT NULL, -- ISO 4217
    told_overdue    SMALLINT NOT NULL DEFAULT 0 CHECK (told_overdue IN (0, 1)), -- its people were told once that it is
    submission      uuid, -- the form that made it: a repeated POST finds it again
    version         BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    updated_by      uuid,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, organization_id) REFERENCES organization (workspace_id, id),
    CHECK (kind = 'credit_note' OR net_amount >= 0 AND amount_due >= 0 AND due_on <> '')
);
CREATE UNIQUE INDEX invoice_number ON invoice (workspace_id, number_key);
CREATE UNIQUE INDEX invoice_submission ON invoice (workspace_id, submission) WHERE submission IS NOT NULL;
CREATE INDEX invoice_tail ON invoice (workspace_id, number_tail) WHERE number_tail IS NOT NULL;
CREATE INDEX invoice_reference ON invoice (workspace_id, reference_key) WHERE reference_key IS NOT NULL;
-- The list in the order of its days: whole, by state, by kind, by both, and of one organisation.
CREATE INDEX invoice_issued ON invoice (workspace_id, issued_on, id);
CREATE INDEX invoice_state ON invoice (workspace_id, state, issued_on, id);
CREATE INDEX invoice_kind ON invoice (workspace_id, kind, issued_on, id);
CREATE INDEX invoice_kind_state ON invoice (workspace_id, kind, state, issued_on, id);
CREATE INDEX invoice_organization ON invoice (workspace_id, organization_id, issued_on, id, kind, state);
-- What is overdue, and what remains to pay.
CREATE INDEX invoice_due ON invoice (workspace_id, due_on, id) WHERE state = 'unpaid' AND kind = 'invoice';
CREATE INDEX invoice_organization_due ON invoice (workspace_id, organization_id, due_on, id) WHERE state = 'unpaid' AND kind = 'invoice';
CREATE INDEX invoice_remaining ON invoice (workspace_id, organization_id, currency, amount_due) WHERE state = 'unpaid';
