-- hh.audit(): a small policy on objects of its own, and one deviation after the other
SET client_min_messages = warning;
-- names of the server's own are none of the expected output's
CREATE ROLE audit_admin SUPERUSER;
SET SESSION AUTHORIZATION audit_admin;
CREATE ROLE audit_owner;
CREATE ROLE audit_app LOGIN;
CREATE ROLE audit_reader LOGIN NOINHERIT CONNECTION LIMIT 5;
CREATE ROLE audit_stranger;
CREATE ROLE "audit "";' 🦀";
CREATE SCHEMA audit_a;
CREATE TABLE audit_a.plain (id int GENERATED ALWAYS AS IDENTITY, name text, secret text);
CREATE TABLE audit_a.numbered (id serial, note text);
CREATE TABLE audit_a.parted (id int) PARTITION BY RANGE (id);
CREATE TABLE audit_a.parted_1 PARTITION OF audit_a.parted FOR VALUES FROM (1) TO (10);
CREATE VIEW audit_a.seen AS SELECT name FROM audit_a.plain;
CREATE FUNCTION audit_a.twice(n int, v vector) RETURNS int LANGUAGE sql IMMUTABLE RETURN n * 2;
CREATE PROCEDURE audit_a.act(t text) LANGUAGE sql AS '';
CREATE DOMAIN audit_a.positive AS int CHECK (VALUE > 0);
CREATE TYPE audit_a.pair AS (a int, b int);
CREATE TYPE audit_a.mood AS ENUM ('good', 'bad');

-- without a policy there is nothing to hold the catalogs against
SELECT * FROM hh.audit();

INSERT INTO hh.policy_role (role_name, can_login, inherit, connection_limit, settings, reason, line) VALUES
    ('audit_owner', false, true, -1, '{}', 'owns', 1),
    ('audit_app', true, true, -1, '{"search_path=audit_a, \"odd, one\"",statement_timeout=30s}', 'writes', 2),
    ('audit_reader', true, false, 5, '{}', 'reads; ''); DROP TABLE audit_a.plain; --', 3);
INSERT INTO hh.policy (id, rule, role_name, object_type, object_schema, object_name, column_name, privilege, creator, reason, line) VALUES
    (1, 'privilege', NULL, 'database', NULL, NULL, NULL, 'CONNECT', NULL, 'r', 10),
    (2, 'privilege', NULL, 'database', NULL, NULL, NULL, 'TEMPORARY', NULL, 'r', 11),
    (3, 'owner', 'audit_owner', 'schema', NULL, 'audit_a', NULL, 'OWNER', NULL, 'r', 12),
    (4, 'owner', 'audit_owner', 'table', 'audit_a', NULL, NULL, 'OWNER', NULL, 'r', 13),
    (5, 'owner', 'audit_owner', 'sequence', 'audit_a', NULL, NULL, 'OWNER', NULL, 'r', 14),
    (6, 'owner', 'audit_owner', 'function', 'audit_a', NULL, NULL, 'OWNER', NULL, 'r', 15),
    (7, 'owner', 'audit_owner', 'type', 'audit_a', NULL, NULL, 'OWNER', NULL, 'r', 16),
    (8, 'privilege', 'audit_app', 'schema', NULL, 'audit_a', NULL, 'USAGE', NULL, 'r', 17),
    (9, 'privilege', 'audit_reader', 'schema', NULL, 'audit_a', NULL, 'USAGE', NULL, 'r', 18),
    (10, 'privilege', 'audit_app', 'table', 'audit_a', NULL, NULL, 'SELECT', NULL, 'r', 19),
    (11, 'privilege', 'audit_app', 'table', 'audit_a', 'plain', NULL, 'INSERT', NULL, 'r', 20),
    (12, 'privilege', 'audit_reader', 'table', 'audit_a', 'plain', 'name', 'SELECT', NULL, 'r', 21),
    (13, 'privilege', 'audit_reader', 'table', 'audit_a', 'parted', NULL, 'SELECT', NULL, 'r', 22),
    (14, 'privilege', 'audit_app', 'sequence', 'audit_a', NULL, NULL, 'USAGE', NULL, 'r', 23),
    (15, 'privilege', 'audit_app', 'function', 'audit_a', 'twice(integer, public.vector)', NULL, 'EXECUTE', NULL, 'r', 24),
    (16, 'privilege', NULL, 'type', 'audit_a', NULL, NULL, 'USAGE', NULL, 'r', 25),
    (17, 'default', 'audit_app', 'table', 'audit_a', NULL, NULL, 'SELECT', 'audit_owner', 'r', 26),
    (18, 'default', NULL, 'type', NULL, NULL, NULL, 'USAGE', 'audit_owner', 'r', 27),
    -- what the test of the installation has granted
    (19, 'privilege', 'regress_hh_owner', 'database', NULL, NULL, NULL, 'CREATE', NULL, 'r', 28);

-- remedies, as a script runs them
CREATE FUNCTION mend() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    statement text;
BEGIN
    FOR statement IN SELECT remedy FROM hh.audit() LOOP
        RETURN NEXT statement;
        EXECUTE statement;
    END LOOP;
END $$;

-- everything is wrong; then nothing
SELECT verdict, severity, role, object_type, object_schema, object_name, column_name, privilege, path, policy_line FROM hh.audit();
SELECT * FROM mend();
SELECT * FROM hh.audit();
SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'audit_app'::regrole;

-- excess: PUBLIC, a stranger, a column, the partition, a grant option, what hangs on it
GRANT SELECT, UPDATE ON audit_a.plain TO PUBLIC;
GRANT SELECT ON audit_a.parted_1 TO audit_reader;
GRANT UPDATE (note) ON audit_a.numbered TO audit_stranger;
GRANT SELECT ON audit_a.plain TO audit_app WITH GRANT OPTION;
SET ROLE audit_app;
GRANT SELECT ON audit_a.plain TO audit_reader, "audit "";' 🦀";
RESET ROLE;
GRANT CREATE ON SCHEMA audit_a TO audit_app;
GRANT EXECUTE ON PROCEDURE audit_a.act TO audit_reader;
SELECT verdict, severity, role, object_name, column_name, privilege, path, remedy FROM hh.audit();
-- of one role alone
SELECT verdict, object_name, privilege FROM hh.audit('audit_reader');
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();

-- a table's REVOKE takes the columns' with it: what the policy wants of them is granted again
GRANT SELECT ON audit_a.plain TO audit_reader;
SELECT verdict, severity, column_name, privilege, path, remedy FROM hh.audit();
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();
-- a column's grant under the table's adds nothing
GRANT SELECT (id) ON audit_a.plain TO audit_app;
SELECT verdict, severity, column_name, privilege, remedy FROM hh.audit();
SELECT count(*) FROM mend();
-- a column's grant by the right to grant on the table, which goes
GRANT USAGE ON SCHEMA audit_a TO audit_stranger;
GRANT UPDATE ON audit_a.plain TO audit_stranger WITH GRANT OPTION;
SET ROLE audit_stranger;
GRANT UPDATE (name) ON audit_a.plain TO audit_reader;
RESET ROLE;
SELECT verdict, role, column_name, privilege, path, remedy FROM hh.audit();
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();

-- the grant of somebody who may grant by the policy
UPDATE hh.policy SET grantable = true WHERE id = 11;
SELECT verdict, role, privilege, path, remedy FROM hh.audit();
SELECT count(*) FROM mend();
SET ROLE audit_app;
GRANT INSERT ON audit_a.plain TO audit_stranger;
RESET ROLE;
SELECT verdict, role, privilege, path, remedy FROM hh.audit();
SELECT count(*) FROM mend();
UPDATE hh.policy SET grantable = false WHERE id = 11;
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();

-- memberships of the policy in a ring of everybody in everybody: more ways than can be tried
BEGIN;
GRANT SELECT ON audit_a.plain TO audit_app WITH GRANT OPTION;
SET ROLE audit_app;
GRANT SELECT ON audit_a.plain TO audit_stranger;
RESET ROLE;
INSERT INTO hh.policy (id, rule, role_name, object_type, object_name, privilege, inherit_option, set_option, reason, line)
SELECT 100 + 20 * a + b, 'member', CASE a WHEN 0 THEN 'audit_app' ELSE 'audit_ring_' || a END, 'role',
    'audit_ring_' || b, 'MEMBER', true, true, 'r', 100
FROM generate_series(0, 15) AS a, generate_series(1, 15) AS b WHERE a <> b;
SELECT verdict, role, privilege, remedy FROM hh.audit() WHERE object_type = 'table';
ROLLBACK;

-- owners: of another kind each; an owner's own grants become the new owner's
ALTER TABLE audit_a.plain OWNER TO audit_stranger;
ALTER VIEW audit_a.seen OWNER TO "audit "";' 🦀";
ALTER FUNCTION audit_a.twice OWNER TO audit_stranger;
ALTER DOMAIN audit_a.positive OWNER TO audit_stranger;
GRANT SELECT ON audit_a.seen TO audit_reader;
SELECT verdict, role, object_type, object_name, path, remedy FROM hh.audit();
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();

-- default privileges: too much and too little, in the schema and everywhere
ALTER DEFAULT PRIVILEGES FOR ROLE audit_owner IN SCHEMA audit_a REVOKE SELECT ON TABLES FROM audit_app;
ALTER DEFAULT PRIVILEGES FOR ROLE audit_owner IN SCHEMA audit_a GRANT EXECUTE ON FUNCTIONS TO audit_stranger;
ALTER DEFAULT PRIVILEGES FOR ROLE audit_owner GRANT INSERT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE audit_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE audit_reader GRANT SELECT ON TABLES TO audit_app;
SELECT verdict, severity, role, object_type, object_schema, privilege, path, remedy FROM hh.audit();
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();

-- roles: attributes, settings of this database alone
ALTER ROLE audit_app SUPERUSER CREATEDB NOLOGIN CONNECTION LIMIT 3;
ALTER ROLE audit_reader INHERIT;
ALTER ROLE audit_app SET work_mem = '1MB';
ALTER ROLE audit_app IN DATABASE :DBNAME SET "TimeZone" = 'UTC';
ALTER ROLE audit_app IN DATABASE :DBNAME RESET statement_timeout;
SELECT verdict, severity, role, privilege, path, remedy FROM hh.audit();
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();

-- memberships: among the policy's roles, of others in them, in what is dangerous
GRANT audit_app TO audit_reader;
GRANT audit_owner TO audit_stranger;
GRANT pg_monitor TO audit_app;
CREATE ROLE audit_climber;
GRANT pg_read_server_files TO audit_climber;
GRANT audit_climber TO audit_app;
SELECT verdict, severity, role, object_name, privilege, split_part(path, ', granted by', 1) AS path,
    regexp_replace(remedy, ' GRANTED BY .*', '') AS remedy
FROM hh.audit() ORDER BY role, object_name;
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();
-- who may create roles is an administrator, and no finding
ALTER ROLE audit_stranger CREATEROLE;
GRANT audit_owner TO audit_stranger;
SELECT * FROM hh.audit();

-- what isn't there
INSERT INTO hh.policy (id, rule, role_name, object_type, object_schema, object_name, column_name, privilege, reason, line) VALUES
    (20, 'privilege', 'audit_app', 'table', 'audit_a', 'nosuch', NULL, 'SELECT', 'r', 30),
    (21, 'privilege', 'audit_app', 'table', 'audit_a', 'plain', 'nosuch', 'UPDATE', 'r', 31),
    (22, 'privilege', 'audit_app', 'function', 'audit_nosuch', NULL, NULL, 'EXECUTE', 'r', 32);
SELECT verdict, role, object_type, object_schema, object_name, column_name, privilege, path, remedy, policy_line FROM hh.audit();
DELETE FROM hh.policy WHERE id >= 20;
INSERT INTO hh.policy_role (role_name, can_login, create_db, connection_limit, settings, reason, line)
VALUES ('audit ''none'' "yet"', true, true, 2, '{headhunter.deploy=off}', 'r', 4);
INSERT INTO hh.policy (id, rule, role_name, object_type, object_schema, object_name, privilege, reason, line)
VALUES (23, 'privilege', 'audit ''none'' "yet"', 'table', 'audit_a', 'plain', 'SELECT', 'r', 33);
SELECT verdict, role, object_type, object_name, privilege, path, remedy FROM hh.audit();
SELECT count(*) FROM mend();
SELECT * FROM hh.audit();

-- words of the policy are words that SQL has, or nothing
BEGIN;
ALTER TABLE hh.policy DROP CONSTRAINT policy_object_type_check, DROP CONSTRAINT policy_rule_check;
SAVEPOINT s;
UPDATE hh.policy SET privilege = 'SELECT ON audit_a.plain TO PUBLIC; --' WHERE id = 10;
SELECT * FROM hh.audit();
ROLLBACK TO s;
UPDATE hh.policy SET privilege = 'EXECUTE' WHERE id = 10;
SELECT * FROM hh.audit();
ROLLBACK TO s;
UPDATE hh.policy SET object_type = 'table audit_a.plain TO PUBLIC; --' WHERE id = 10;
SELECT * FROM hh.audit();
ROLLBACK TO s;
UPDATE hh.policy SET role_name = 'public' WHERE id = 10;
SELECT * FROM hh.audit();
ROLLBACK TO s;
UPDATE hh.policy_role SET settings = '{"a; DROP TABLE audit_a.plain; --=1"}' WHERE role_name = 'audit_app';
SELECT * FROM hh.audit();
ROLLBACK TO s;
UPDATE hh.policy SET privilege = 'SELECT', column_name = 'x' WHERE id = 10;
SELECT * FROM hh.audit();
ROLLBACK TO s;
UPDATE hh.policy SET grantable = true WHERE id = 1;
SELECT * FROM hh.audit();
ROLLBACK;

-- the caller's own rights
SET ROLE audit_app;
SELECT * FROM hh.audit();
RESET ROLE;
GRANT USAGE ON SCHEMA hh TO audit_app;
SET ROLE audit_app;
SELECT * FROM hh.audit();
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
GRANT SELECT ON hh.policy, hh.policy_role TO audit_app;
REVOKE SELECT ON audit_a.numbered FROM audit_app;
SET SESSION AUTHORIZATION audit_app;
-- the statement as this role would have to send it
SELECT verdict, role, privilege, remedy FROM hh.audit();
SET SESSION AUTHORIZATION audit_admin;

-- tables that are not what a migration makes
BEGIN;
ALTER TABLE hh.policy ALTER COLUMN privilege TYPE varchar;
SELECT * FROM hh.audit();
ROLLBACK;
BEGIN;
ALTER TABLE hh.policy OWNER TO audit_stranger;
SELECT * FROM hh.audit();
ROLLBACK;
BEGIN;
ALTER TABLE hh.policy RENAME TO hidden;
CREATE VIEW hh.policy AS SELECT * FROM hh.hidden;
SELECT * FROM hh.audit();
ROLLBACK;
BEGIN;
ALTER TABLE hh.policy ENABLE ROW LEVEL SECURITY;
SET ROLE audit_app;
SELECT * FROM hh.audit();
ROLLBACK;

REVOKE ALL ON hh.policy, hh.policy_role FROM audit_app;
REVOKE ALL ON SCHEMA hh FROM audit_app;
DELETE FROM hh.policy;
DELETE FROM hh.policy_role;
DROP FUNCTION mend;
DROP SCHEMA audit_a CASCADE;
RESET SESSION AUTHORIZATION;
DROP OWNED BY audit_admin, audit_owner, audit_app, audit_reader, audit_stranger, "audit "";' 🦀", "audit 'none' ""yet""";
DROP ROLE audit_admin, audit_owner, audit_app, audit_reader, audit_stranger, audit_climber, "audit "";' 🦀", "audit 'none' ""yet""";
