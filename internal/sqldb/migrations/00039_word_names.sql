-- Searches by a word within a name and the beginning of the other name.

-- +goose Up
-- What the contact is called, folded, beside each of its words: who has the word and another name that begins so is told without
-- looking at every contact who has the word.
ALTER TABLE contact_word ADD COLUMN family_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE contact_word ADD COLUMN given_key TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE contact_word SET (family_key, given_key) =
    (SELECT family_key, given_key FROM contact c WHERE c.workspace_id = contact_word.workspace_id AND c.id = contact_word.contact_id);
DROP INDEX contact_word_everywhere;
CREATE INDEX contact_word_everywhere ON contact_word (workspace_id, words, contact_id, given_key, family_key);
DROP INDEX contact_word_organization;
CREATE INDEX contact_word_organization ON contact_word (workspace_id, organization_id, words, contact_id, given_key, family_key);
