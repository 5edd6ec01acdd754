-- Webhooks: where other programs want to be told what has changed, and what is on its way to them.

-- +goose Up
CREATE TABLE webhook (
    workspace_id  BIGINT NOT NULL REFERENCES workspace (id),
    id            uuid NOT NULL,
    url           TEXT NOT NULL, -- '' once it was deleted
    description   TEXT NOT NULL,
    kinds         TEXT COLLATE "C" NOT NULL, -- of the events wanted, a blank between
    enabled       SMALLINT NOT NULL CHECK (enabled IN (0, 1)),
    seq           BIGINT NOT NULL, -- the place in the history's chain up to which everything is queued
    secret_id     uuid NOT NULL, -- from which the secret is derived, with the installation's key
    old_secret_id uuid, -- the one before, which is good until then
    old_until     BIGINT,
    due_at        BIGINT, -- when the next delivery is to be tried; NULL = none waits, or it is off
    claimed_until BIGINT, -- by a node that is at it
    strikes       BIGINT NOT NULL, -- tries that failed since the last good one
    failing_since BIGINT,
    stopped_at    BIGINT, -- switched off by the program itself
    stopped_why   TEXT COLLATE "C" NOT NULL,
    submission    uuid, -- the form that made it
    renewal       uuid, -- the form that renewed its secret last
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    created_by    uuid,
    deleted_at    BIGINT, -- the row goes when its deliveries are cleared away
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX webhook_submission ON webhook (workspace_id, submission) WHERE submission IS NOT NULL;
CREATE INDEX webhook_due ON webhook (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deleted ON webhook (deleted_at) WHERE deleted_at IS NOT NULL;

-- An event on its way to a webhook. What is posted is read from the history each time, by its place.
CREATE TABLE webhook_delivery (
    workspace_id BIGINT NOT NULL, -- no foreign keys: rows are many, and go with their webhook some at a time
    webhook_id   uuid NOT NULL,
    id           uuid NOT NULL, -- the same for every try
    seq          BIGINT, -- NULL: a trial
    kind         TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts     BIGINT NOT NULL,
    next_at      BIGINT, -- NULL unless it is pending
    status       BIGINT NOT NULL, -- of the last answer; 0 = none
    took         BIGINT NOT NULL, -- milliseconds
    reason       TEXT COLLATE "C" NOT NULL, -- why the last try failed, a word
    answer       TEXT NOT NULL, -- how the last answer began
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, webhook_id, id)
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX webhook_delivery_due ON webhook_delivery (workspace_id, webhook_id, next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_delivery_failed ON webhook_delivery (workspace_id, webhook_id, created_at, id) WHERE state = 'failed';
CREATE INDEX webhook_delivery_created ON webhook_delivery (created_at);
