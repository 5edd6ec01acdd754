-- Organisations, accounts and contacts.

-- +goose Up
CREATE TABLE organization (
    workspace_id       BIGINT NOT NULL REFERENCES workspace (id),
    id                 uuid NOT NULL,
    name               TEXT NOT NULL,
    name_key           TEXT COLLATE "C" NOT NULL,
    siret              TEXT COLLATE "C",
    customer_number    TEXT,
    customer_key       TEXT COLLATE "C", -- without blanks or case
    address            TEXT NOT NULL,
    postcode           TEXT COLLATE "C" NOT NULL,
    city               TEXT NOT NULL,
    city_key           TEXT COLLATE "C" NOT NULL,
    phone              TEXT COLLATE "C", -- E.164
    website            TEXT NOT NULL,
    primary_contact_id uuid, -- at most one by construction; contact.Delete and contact.NamePrimary keep it true
    archived_at        BIGINT,
    submission         uuid, -- the form that made it: a repeated POST finds it again
    version            BIGINT NOT NULL,
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    updated_by         uuid,
    PRIMARY KEY (workspace_id, id),
    CHECK (siret IS NOT NULL OR customer_key IS NOT NULL)
);
CREATE UNIQUE INDEX organization_siret ON organization (workspace_id, siret) WHERE siret IS NOT NULL;
CREATE UNIQUE INDEX organization_customer ON organization (workspace_id, customer_key) WHERE customer_key IS NOT NULL;
CREATE INDEX organization_name ON organization (workspace_id, name_key, id);
CREATE INDEX organization_city ON organization (workspace_id, city_key, name_key, id);
CREATE INDEX organization_without_primary ON organization (workspace_id, name_key, id) WHERE primary_contact_id IS NULL AND archived_at IS NULL;
CREATE INDEX organization_archived ON organization (workspace_id, name_key, id) WHERE archived_at IS NOT NULL;

-- One row a person and organisation on the whole installation (product.md §3); no login, address or right.
CREATE TABLE account (
    id         uuid PRIMARY KEY,
    key        TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE contact (
    workspace_id        BIGINT NOT NULL REFERENCES workspace (id),
    id                  uuid NOT NULL,
    organization_id     uuid NOT NULL,
    account_id          uuid NOT NULL REFERENCES account (id),
    number              BIGINT NOT NULL,
    civility            TEXT CHECK (civility IN ('mr', 'ms', 'dr')),
    family_name         TEXT NOT NULL,
    given_name          TEXT NOT NULL,
    family_key          TEXT COLLATE "C" NOT NULL,
    given_key           TEXT COLLATE "C" NOT NULL,
    job_title           TEXT NOT NULL,
    mobile              TEXT COLLATE "C",
    phone               TEXT COLLATE "C",
    email               TEXT COLLATE "C",
    login_email         TEXT COLLATE "C",
    locale              TEXT NOT NULL, -- '' = the workspace's
    time_zone           TEXT NOT NULL, -- '' = the workspace's
    role                TEXT COLLATE "C" NOT NULL CHECK (role IN ('user', 'admin', 'super_admin')),
    source              TEXT COLLATE "C" NOT NULL CHECK (source IN ('form', 'landing', 'import', 'api', 'portal')),
    login_id            uuid REFERENCES login (id),
    joined_at           BIGINT,
    login_enabled       SMALLINT NOT NULL CHECK (login_enabled IN (0, 1)),
    login_disabled_by   TEXT COLLATE "C" NOT NULL, -- '', 'staff', 'portal'
    authorized_at       BIGINT,
    authorized_by       uuid,
    credentials_sent_at BIGINT,
    last_sign_in_at     BIGINT,
    submission          uuid, -- the form that made it: a repeated POST finds it again
    archived            SMALLINT NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)), -- its organisation is: contact.Archive keeps it so
    version             BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL,
    updated_by          uuid,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, organization_id) REFERENCES organization (workspace_id, id)
);
CREATE UNIQUE INDEX contact_number ON contact (workspace_id, number);
CREATE UNIQUE INDEX contact_account ON contact (account_id, workspace_id);
CREATE UNIQUE INDEX contact_login_email ON contact (workspace_id, organization_id, login_email) WHERE login_email IS NOT NULL;
CREATE UNIQUE INDEX contact_login ON contact (login_id, workspace_id, organization_id) WHERE login_id IS NOT NULL;
CREATE INDEX contact_name ON contact (workspace_id, family_key, given_key, id) WHERE archived = 0;
CREATE INDEX contact_archived ON contact (workspace_id, family_key, given_key, id) WHERE archived = 1;
CREATE INDEX contact_organization ON contact (workspace_id, organization_id, family_key, given_key, id, archived);
CREATE INDEX contact_given ON contact (workspace_id, given_key, family_key, id) WHERE archived = 0;
CREATE INDEX contact_email ON contact (workspace_id, email) WHERE email IS NOT NULL;
CREATE INDEX contact_mobile ON contact (workspace_id, mobile) WHERE mobile IS NOT NULL;
CREATE INDEX contact_phone ON contact (workspace_id, phone) WHERE phone IS NOT NULL;
-- The filters of the list of contacts that may select few among many, each in the list's own order.
CREATE INDEX contact_unauthorized ON contact (workspace_id, family_key, given_key, id) WHERE authorized_at IS NULL AND archived = 0;
CREATE INDEX contact_joined ON contact (workspace_id, family_key, given_key, id) WHERE joined_at IS NOT NULL AND archived = 0;
CREATE INDEX contact_invited ON contact (workspace_id, family_key, given_key, id) WHERE joined_at IS NULL AND login_enabled = 1 AND archived = 0;
CREATE INDEX contact_privileged ON contact (workspace_id, family_key, given_key, id) WHERE role <> 'user' AND archived = 0;
CREATE INDEX contact_landing ON contact (workspace_id, family_key, given_key, id) WHERE source = 'landing' AND archived = 0;
CREATE INDEX contact_joined_at ON contact (workspace_id, joined_at) WHERE joined_at IS NOT NULL; -- activations by week
CREATE INDEX contact_incomplete ON contact (workspace_id, family_key, given_key, id) WHERE (email IS NULL OR civility IS NULL) AND archived = 0;
