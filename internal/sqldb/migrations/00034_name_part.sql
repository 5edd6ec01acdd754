-- Searches for what stands anywhere in a name.

-- +goose Up
-- Each family and given name that somebody of the workspace bears, folded, once, with its ends: « dupont » with « dupont », « upont »,
-- « pont » and « ont ». A search for letters within names reads the ends that begin so, and has names; whose they are, the
-- contacts' own indexes tell. So a contact adds rows only when nobody was called so before. They go with the last who was.
CREATE TABLE name_part (
    workspace_id BIGINT NOT NULL REFERENCES workspace (id),
    part         TEXT COLLATE "C" NOT NULL, -- the name, or its end from some letter on, of three letters at least
    key          TEXT COLLATE "C" NOT NULL,
    given        SMALLINT NOT NULL CHECK (given IN (0, 1)), -- 0 = a family name, 1 = a given name
    PRIMARY KEY (workspace_id, part, key, given)
) /* sqlite: WITHOUT ROWID */;

CREATE INDEX contact_archived_given ON contact (workspace_id, given_key, family_key, id) WHERE archived = 1;

INSERT INTO name_part (workspace_id, part, key, given)
WITH RECURSIVE tail (workspace_id, part, key, given) AS (
    SELECT workspace_id, name, name, given FROM (
        SELECT DISTINCT workspace_id, family_key AS name, 0 AS given FROM contact
        UNION ALL SELECT DISTINCT workspace_id, given_key, 1 FROM contact) c
    UNION ALL
    SELECT workspace_id, substr(part, 2), key, given FROM tail WHERE length(part) > 3
)
SELECT workspace_id, part, key, given FROM tail WHERE part = key OR substr(part, 1, 1) <> ' ';
