-- Searches by any word of a name, and those among the people of one organisation; how many people each has.

-- +goose Up
CREATE INDEX contact_organization_given ON contact (workspace_id, organization_id, given_key, family_key, id);

-- What stands behind each blank of a family or given name, folded, so that « costa » finds « Da Costa »: a search reads it by
-- its beginnings. Most names are one word and have no row.
CREATE TABLE contact_word (
    workspace_id    BIGINT NOT NULL REFERENCES workspace (id),
    contact_id      uuid NOT NULL,
    words           TEXT COLLATE "C" NOT NULL, -- to the end of the name: « costa e silva » and « e silva » and « silva »
    organization_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, contact_id, words),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contact (workspace_id, id) ON DELETE CASCADE
) /* sqlite: WITHOUT ROWID */;
CREATE INDEX contact_word_everywhere ON contact_word (workspace_id, words, contact_id);
CREATE INDEX contact_word_organization ON contact_word (workspace_id, organization_id, words, contact_id);

INSERT INTO contact_word (workspace_id, contact_id, words, organization_id)
WITH RECURSIVE tail (workspace_id, contact_id, words, organization_id) AS (
    SELECT workspace_id, id, substr(name, /* sqlite: instr(name, ' ') *//* postgres: strpos(name, ' ') */ + 1), organization_id FROM (
        SELECT workspace_id, id, family_key AS name, organization_id FROM contact WHERE family_key LIKE '% %'
        UNION ALL SELECT workspace_id, id, given_key, organization_id FROM contact WHERE given_key LIKE '% %') c
    UNION ALL
    SELECT workspace_id, contact_id, substr(words, /* sqlite: instr(words, ' ') *//* postgres: strpos(words, ' ') */ + 1), organization_id
    FROM tail WHERE words LIKE '% %'
)
SELECT DISTINCT workspace_id, contact_id, words, organization_id FROM tail;

-- A total for each organisation, archived or not: its portal says it on every page of its list.
INSERT INTO tally (workspace_id, name, shard, n)
SELECT workspace_id, 'contacts/' || /* sqlite: lower(hex(organization_id)) *//* postgres: replace(CAST(organization_id AS TEXT), '-', '') */, 0, count(*)
FROM contact GROUP BY workspace_id, organization_id;
