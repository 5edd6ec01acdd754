-- Hand-over of the role super_admin: offers from one contact of an organisation to another, and transfers by staff, which end as
-- they are made. An offer to somebody who is deleted stays until the one who made it is told; a super_admin goes only with the organisation.

-- +goose Up
CREATE TABLE handover (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    id              uuid NOT NULL,
    organization_id uuid NOT NULL,
    from_contact    uuid NOT NULL,
    to_contact      uuid NOT NULL, -- may be deleted meanwhile
    to_number       BIGINT NOT NULL, -- what is left of a name then
    from_epoch      BIGINT NOT NULL, -- the contacts' login_epoch that the offer stands on
    to_epoch        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    ended_at        BIGINT,
    ended           TEXT COLLATE "C" NOT NULL CHECK (ended IN ('', 'accepted', 'refused', 'withdrawn', 'lapsed', 'transferred')),
    reason          TEXT NOT NULL, -- of a transfer
    submission      uuid, -- the form that made a transfer: a repeated POST finds it again
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, from_contact) REFERENCES contact (workspace_id, id) ON DELETE CASCADE,
    CHECK ((ended = '') = (ended_at IS NULL)),
    CHECK (from_contact <> to_contact)
);
CREATE UNIQUE INDEX handover_open ON handover (workspace_id, from_contact) WHERE ended_at IS NULL;
CREATE INDEX handover_from ON handover (workspace_id, from_contact);
CREATE INDEX handover_to ON handover (workspace_id, to_contact);
CREATE INDEX handover_lapsing ON handover (expires_at) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX handover_submission ON handover (workspace_id, submission) WHERE submission IS NOT NULL;
