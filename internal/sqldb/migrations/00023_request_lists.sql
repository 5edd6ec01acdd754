-- Lists of support requests: what is open in the order of the lists; and indexes that hold what is filtered besides, so that
-- counting reads no rows.

-- +goose Up
CREATE INDEX request_open ON request (workspace_id, number, kind, assignee_id) WHERE state IN ('new', 'in_progress', 'waiting_customer');
CREATE INDEX request_organization_open ON request (workspace_id, organization_id, number, kind) WHERE state IN ('new', 'in_progress', 'waiting_customer');
DROP INDEX request_queue;
CREATE INDEX request_queue ON request (workspace_id, waits_since, number, assignee_id, kind) WHERE waits_since IS NOT NULL;
DROP INDEX request_organization_kind;
CREATE INDEX request_organization_kind ON request (workspace_id, organization_id, kind, number, state);
DROP INDEX request_assignee;
CREATE INDEX request_assignee ON request (workspace_id, assignee_id, number, kind) WHERE assignee_id IS NOT NULL;
DROP INDEX request_assignee_state;
CREATE INDEX request_assignee_state ON request (workspace_id, assignee_id, state, number, kind) WHERE assignee_id IS NOT NULL;
DROP INDEX request_unassigned;
CREATE INDEX request_unassigned ON request (workspace_id, number, kind, assignee_id) WHERE assignee_id IS NULL;
DROP INDEX request_unassigned_state;
CREATE INDEX request_unassigned_state ON request (workspace_id, state, number, kind, assignee_id) WHERE assignee_id IS NULL;
-- Who watches a request, in the order in which they are listed.
DROP INDEX request_party_request;
CREATE INDEX request_party_request ON request_party (workspace_id, request_id, watching, contact_id);
