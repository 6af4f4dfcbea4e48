-- The image of the policy: which roles there are to be and what each may do, for the audit to
-- hold the catalogs against. hh-migrate up replaces it whole from the policy's file.

CREATE TABLE hh.policy_source (
    singleton boolean NOT NULL DEFAULT true,
    checksum text NOT NULL,
    profile text NOT NULL,
    origin text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    CONSTRAINT policy_source_pkey PRIMARY KEY (singleton),
    CONSTRAINT policy_source_singleton_check CHECK (singleton),
    CONSTRAINT policy_source_checksum_check CHECK (checksum ~ '^[0-9a-f]{64}$')
);

COMMENT ON TABLE hh.policy_source IS
    'Where the image in hh.policy_role, hh.policy and hh.service was read from; one row';
COMMENT ON COLUMN hh.policy_source.singleton IS 'Always true: there is one policy';
COMMENT ON COLUMN hh.policy_source.checksum IS
    'SHA-256 of the file''s text, in hexadecimal, without byte order mark and carriage returns';
COMMENT ON COLUMN hh.policy_source.profile IS 'Which of the file''s profiles the image is of';
COMMENT ON COLUMN hh.policy_source.origin IS 'bundled, or the file that --policy named';
COMMENT ON COLUMN hh.policy_source.recorded_by IS 'The role that was logged in (session_user)';
COMMENT ON COLUMN hh.policy_source.recorded_at IS 'When the image was written';

CREATE TABLE hh.policy_role (
    role_name name NOT NULL,
    can_login boolean NOT NULL,
    inherit boolean NOT NULL DEFAULT true,
    create_db boolean NOT NULL DEFAULT false,
    create_role boolean NOT NULL DEFAULT false,
    replication boolean NOT NULL DEFAULT false,
    bypass_rls boolean NOT NULL DEFAULT false,
    connection_limit integer NOT NULL DEFAULT -1,
    settings text[] NOT NULL DEFAULT '{}',
    reason text NOT NULL,
    line integer NOT NULL,
    CONSTRAINT policy_role_pkey PRIMARY KEY (role_name),
    CONSTRAINT policy_role_connection_limit_check CHECK (connection_limit >= -1)
);

COMMENT ON TABLE hh.policy_role IS 'The roles that the policy knows, and their attributes';
COMMENT ON COLUMN hh.policy_role.role_name IS 'The role''s name';
COMMENT ON COLUMN hh.policy_role.can_login IS 'LOGIN or NOLOGIN';
COMMENT ON COLUMN hh.policy_role.inherit IS 'INHERIT or NOINHERIT';
COMMENT ON COLUMN hh.policy_role.create_db IS 'CREATEDB or NOCREATEDB';
COMMENT ON COLUMN hh.policy_role.create_role IS 'CREATEROLE or NOCREATEROLE';
COMMENT ON COLUMN hh.policy_role.replication IS 'REPLICATION or NOREPLICATION';
COMMENT ON COLUMN hh.policy_role.bypass_rls IS 'BYPASSRLS or NOBYPASSRLS';
COMMENT ON COLUMN hh.policy_role.connection_limit IS 'CONNECTION LIMIT; -1: none';
COMMENT ON COLUMN hh.policy_role.settings IS 'name=value, each for this database alone';
COMMENT ON COLUMN hh.policy_role.reason IS 'Why there is such a role';
COMMENT ON COLUMN hh.policy_role.line IS 'Where the policy''s file says so';

CREATE TABLE hh.policy (
    id integer NOT NULL,
    rule text NOT NULL,
    role_name name,
    object_type text NOT NULL,
    object_schema name,
    object_name text,
    column_name name,
    privilege text NOT NULL,
    grantable boolean NOT NULL DEFAULT false,
    inherit_option boolean,
    set_option boolean,
    creator name,
    reason text NOT NULL,
    line integer NOT NULL,
    CONSTRAINT policy_pkey PRIMARY KEY (id),
    CONSTRAINT policy_rule_check CHECK (rule IN ('privilege', 'default', 'owner', 'member')),
    CONSTRAINT policy_object_type_check CHECK (object_type IN
        ('database', 'schema', 'table', 'sequence', 'function', 'type', 'role')),
    CONSTRAINT policy_creator_check CHECK ((rule = 'default') = (creator IS NOT NULL)),
    CONSTRAINT policy_options_check
        CHECK ((rule = 'member') = (inherit_option IS NOT NULL AND set_option IS NOT NULL))
);

COMMENT ON TABLE hh.policy IS 'What the policy says of objects, one row a privilege, owner or membership';
COMMENT ON COLUMN hh.policy.id IS 'The order of the policy''s file, from 1';
COMMENT ON COLUMN hh.policy.rule IS
    'privilege: role_name holds it; default: role_name is granted it on what creator makes; owner: role_name owns the object; member: role_name is a member of role object_name';
COMMENT ON COLUMN hh.policy.role_name IS 'The grantee, owner or member; NULL: PUBLIC';
COMMENT ON COLUMN hh.policy.object_type IS
    'database (this one), schema, table (views and all other relations with columns too), sequence, function (procedures too), type, role';
COMMENT ON COLUMN hh.policy.object_schema IS 'The schema it stands in; of a default: the one it is for; NULL: none';
COMMENT ON COLUMN hh.policy.object_name IS
    'Its name, a function''s with its argument types as regprocedure shows them; a schema''s and a role''s own name; NULL: all in the schema; always NULL for a database or a default';
COMMENT ON COLUMN hh.policy.column_name IS 'The column alone; NULL: the whole object';
COMMENT ON COLUMN hh.policy.privilege IS 'In upper case: SELECT and so on; OWNER; MEMBER';
COMMENT ON COLUMN hh.policy.grantable IS 'WITH GRANT OPTION; of a member: WITH ADMIN OPTION';
COMMENT ON COLUMN hh.policy.inherit_option IS
    'Of a member: WITH INHERIT; before PostgreSQL 16 the member''s own attribute decides';
COMMENT ON COLUMN hh.policy.set_option IS 'Of a member: WITH SET; always so before PostgreSQL 16';
COMMENT ON COLUMN hh.policy.creator IS 'Of a default: the role that will create the objects';
COMMENT ON COLUMN hh.policy.reason IS 'Why it is so';
COMMENT ON COLUMN hh.policy.line IS 'Where the policy''s file says so';

CREATE TABLE hh.service (
    service_name text NOT NULL,
    role_name name,
    mode text NOT NULL,
    reason text NOT NULL,
    line integer NOT NULL,
    CONSTRAINT service_pkey PRIMARY KEY (service_name),
    CONSTRAINT service_mode_check CHECK (mode IN ('none', 'verify', 'auto-migrate')),
    CONSTRAINT service_role_check CHECK ((role_name IS NULL) = (mode = 'none'))
);

COMMENT ON TABLE hh.service IS 'The services, and the role each connects as';
COMMENT ON COLUMN hh.service.service_name IS 'The service''s name';
COMMENT ON COLUMN hh.service.role_name IS 'The role it connects as; NULL: it holds nothing in this database';
COMMENT ON COLUMN hh.service.mode IS
    'verify: checks and refuses to start; auto-migrate: runs DDL of its own at start; none: holds nothing here';
COMMENT ON COLUMN hh.service.reason IS 'What it does here';
COMMENT ON COLUMN hh.service.line IS 'Where the policy''s file says so';
