-- Those of an organisation who lead it, and all of it by how far their way in is (contact.State): each row is in one of the
-- four, so that the portal's figures and filters read no others. The conditions say the same as those of the workspace's
-- own indexes in other words: a list of the whole workspace is not to be read by these.

-- +goose Up
CREATE INDEX contact_leaders ON contact (workspace_id, organization_id, family_key, given_key, id) WHERE role IN ('admin', 'super_admin');
CREATE INDEX contact_own_without_login ON contact (workspace_id, organization_id, family_key, given_key, id)
    WHERE login_enabled = 0 AND COALESCE(joined_at, credentials_sent_at) IS NULL;
CREATE INDEX contact_own_invited ON contact (workspace_id, organization_id, family_key, given_key, id) WHERE joined_at IS NULL AND login_enabled <> 0;
CREATE INDEX contact_own_active ON contact (workspace_id, organization_id, family_key, given_key, id) WHERE joined_at IS NOT NULL AND login_enabled <> 0;
CREATE INDEX contact_own_disabled ON contact (workspace_id, organization_id, family_key, given_key, id)
    WHERE login_enabled = 0 AND COALESCE(joined_at, credentials_sent_at) IS NOT NULL;
