-- How a person last wanted to see lists: with the person, not with the browser that they said it in. And who of an organisation comes in
-- how far is read off its own index of names, not off each contact's row.

-- +goose Up
ALTER TABLE login ADD COLUMN looks TEXT NOT NULL DEFAULT ''; -- list → layout, size, order and filters, both urlencoded

DROP INDEX contact_organization;
CREATE INDEX contact_organization ON contact (workspace_id, organization_id, family_key, given_key, id, archived, login_enabled, joined_at, credentials_sent_at)
    WHERE organization_id IS NOT NULL; -- always: who asks for no organisation does not read all of them here
