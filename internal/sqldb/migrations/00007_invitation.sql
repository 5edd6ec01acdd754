-- Invitations: the one way in which a login comes to a contact. A row holds no link and no code, only keyed digests of
-- them; they are derived from the row's identifier when its letter is written.

-- +goose Up
-- Rises whenever what an invitation stands on is no longer as it was: the login e-mail, the person, the switch, the login.
ALTER TABLE contact ADD COLUMN login_epoch BIGINT NOT NULL DEFAULT 0;

CREATE TABLE invitation (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    id           uuid NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('contact', 'staff')),
    contact_id   uuid, -- whom 'contact' invites
    email        TEXT COLLATE "C" NOT NULL, -- where its letter goes, and of which the login is
    name         TEXT NOT NULL, -- whom 'staff' invites
    staff_role   TEXT COLLATE "C" CHECK (staff_role IN ('admin', 'officer')), -- as what 'staff' invites
    epoch        BIGINT NOT NULL, -- the contact's login_epoch that it stands on
    link_digest  bytea NOT NULL,
    code_digest  bytea NOT NULL, -- bound to email
    wrong_codes  BIGINT NOT NULL, -- typed for email so far
    created_at   BIGINT NOT NULL,
    created_by   uuid, -- NULL = the program, at the wish of whoever held the one before
    expires_at   BIGINT NOT NULL,
    opened_at    BIGINT, -- its page, first
    ended_at     BIGINT,
    ended        TEXT COLLATE "C" NOT NULL CHECK (ended IN ('', 'used', 'replaced', 'declined', 'removed')),
    letter_id    uuid,
    submission   uuid, -- the form that made it: a repeated POST finds it again
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE,
    CHECK ((kind = 'contact') = (contact_id IS NOT NULL)),
    CHECK ((ended = '') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX invitation_link ON invitation (link_digest);
CREATE UNIQUE INDEX invitation_open ON invitation (workspace_id, contact_id) WHERE ended_at IS NULL AND contact_id IS NOT NULL;
CREATE INDEX invitation_contact ON invitation (workspace_id, contact_id, id) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX invitation_submission ON invitation (workspace_id, submission) WHERE submission IS NOT NULL;
CREATE INDEX invitation_email ON invitation (email) WHERE ended_at IS NULL;
