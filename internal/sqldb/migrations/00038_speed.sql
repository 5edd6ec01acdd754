-- Indexes by which a list or a figure is read without looking at rows, or at the rest of an organisation.

-- +goose Up
DROP INDEX notice_unread;
-- SQLite takes it only when it need not look at the rows.
CREATE INDEX notice_unread ON notice (workspace_id, contact_id, id, read_at) WHERE bell = 1 AND read_at IS NULL;

-- Few of an organisation's invoices are unpaid, and few are credit notes.
CREATE INDEX invoice_organization_state ON invoice (workspace_id, organization_id, state, issued_on, id, kind);
CREATE INDEX invoice_organization_kind ON invoice (workspace_id, organization_id, kind, issued_on, id, state);
