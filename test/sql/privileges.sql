-- What roles may do, and come to, in a state of a few roles.
CREATE ROLE regress_priv_owner;
CREATE ROLE regress_priv_group;
CREATE ROLE regress_priv_member;
CREATE ROLE regress_priv_lone NOINHERIT;
CREATE ROLE "regress_priv ->""odd""" LOGIN;
CREATE ROLE regress_priv_reader;
CREATE ROLE regress_priv_setter NOINHERIT;
GRANT regress_priv_group TO regress_priv_member;
GRANT regress_priv_owner TO regress_priv_group WITH ADMIN OPTION;
GRANT regress_priv_member TO "regress_priv ->""odd""";
GRANT regress_priv_group TO regress_priv_setter;
GRANT pg_read_all_data TO regress_priv_reader;

CREATE SCHEMA regress_priv AUTHORIZATION regress_priv_owner;
SET ROLE regress_priv_owner;
CREATE TABLE regress_priv.plain (a integer, b text);
CREATE VIEW regress_priv.view AS SELECT a FROM regress_priv.plain;
CREATE SEQUENCE regress_priv.numbers;
CREATE FUNCTION regress_priv.function(integer, regress_priv.plain) RETURNS integer
    LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
GRANT USAGE ON SCHEMA regress_priv TO regress_priv_lone, regress_priv_reader;
GRANT SELECT ON regress_priv.plain TO regress_priv_group WITH GRANT OPTION;
GRANT TRIGGER ON regress_priv.plain TO regress_priv_lone;
GRANT SELECT ON regress_priv.view TO regress_priv_lone;
GRANT UPDATE (b) ON regress_priv.plain TO regress_priv_lone;
GRANT USAGE ON SEQUENCE regress_priv.numbers TO PUBLIC;
REVOKE DELETE ON regress_priv.plain FROM regress_priv_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA regress_priv GRANT SELECT ON TABLES TO regress_priv_lone;
RESET ROLE;

-- Each role's privileges on the table, without those that every release tells otherwise.
SELECT role, column_name, privilege, via, path, grantable, grantor
FROM hh.effective_privileges()
WHERE object_schema = 'regress_priv' AND object_name = 'plain' AND object_type = 'table'
  AND role::text LIKE '%regress_priv%' AND privilege <> 'MAINTAIN'
ORDER BY role::text COLLATE "C", column_name, privilege, path COLLATE "C";

-- One role alone, on all that stands in the schema, its types aside.
SELECT object_type, object_schema, object_name, column_name, privilege, via, path, grantable, grantor
FROM hh.effective_privileges('regress_priv_lone')
WHERE (object_schema = 'regress_priv' OR object_name = 'regress_priv') AND object_type <> 'type'
ORDER BY 1, 2, object_name COLLATE "C", 4, 5, path COLLATE "C";

-- A function of a type outside of pg_catalog names it with its schema, whatever the search_path.
SET search_path = regress_priv, public;
SELECT DISTINCT object_name FROM hh.effective_privileges('regress_priv_owner')
WHERE object_schema = 'regress_priv' AND object_type = 'function';
RESET search_path;

-- A superuser holds everything, and no grant is needed for it.
SELECT object_type, privilege, path = format('%I : superuser', current_user) AS path, grantable, grantor
FROM hh.effective_privileges(current_user::regrole)
WHERE object_schema = 'regress_priv' AND object_name = 'numbers' AND via = 'superuser'
ORDER BY 2;

-- The rows of one object and role stand together, the shortest way first.
SELECT count(*) FROM (
    SELECT length(path), lag(array_length(string_to_array(path, ' -> '), 1)) OVER w AS before,
        array_length(string_to_array(path, ' -> '), 1) AS steps
    FROM hh.effective_privileges() WITH ORDINALITY AS e (role, object_type, object_schema, object_name,
        column_name, privilege, via, path, grantable, grantor, n)
    WHERE object_schema = 'regress_priv'
    WINDOW w AS (PARTITION BY role, object_type, object_name, column_name, privilege ORDER BY n)) AS s
WHERE before > steps;

-- All roles at once, and one by one, is the same.
CREATE TEMPORARY TABLE at_once AS
SELECT * FROM hh.effective_privileges() WHERE object_type NOT IN ('function', 'type');
CREATE TEMPORARY TABLE one_by_one AS
SELECT e.* FROM pg_roles AS r, hh.effective_privileges(r.oid) AS e WHERE object_type NOT IN ('function', 'type');
SELECT count(*) FROM (TABLE at_once EXCEPT ALL TABLE one_by_one) AS d;
SELECT count(*) FROM (TABLE one_by_one EXCEPT ALL TABLE at_once) AS d;

-- What is stopped in the middle of an object's rows begins anew with the next.
SELECT r.rolname, (SELECT privilege FROM hh.effective_privileges(r.oid)
    WHERE object_schema = 'regress_priv' AND object_name = 'plain' LIMIT 1)
FROM pg_roles AS r WHERE rolname LIKE 'regress_priv%' ORDER BY 1;

SELECT role, schema, can_use, can_create FROM hh.schema_privileges
WHERE schema = 'regress_priv' AND role::text LIKE '%regress_priv%'
ORDER BY role::text COLLATE "C";

-- Partitions: a second path, and one past the row security of the parent.
SET ROLE regress_priv_owner;
CREATE TABLE regress_priv.parent (a integer) PARTITION BY LIST (a);
CREATE TABLE regress_priv.one PARTITION OF regress_priv.parent FOR VALUES IN (1);
CREATE TABLE regress_priv.two PARTITION OF regress_priv.parent FOR VALUES IN (2);
ALTER TABLE regress_priv.parent ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON regress_priv.parent, regress_priv.two TO regress_priv_lone;
REVOKE SELECT ON regress_priv.one FROM regress_priv_lone;
CREATE FUNCTION regress_priv.pinned() RETURNS integer
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
CREATE VIEW regress_priv.harmless WITH (security_invoker = true) AS SELECT a FROM regress_priv.plain;
GRANT SELECT ON regress_priv.harmless TO regress_priv_lone;
RESET ROLE;
-- A trigger of somebody else's function.
GRANT CREATE ON SCHEMA regress_priv TO regress_priv_reader;
SET ROLE regress_priv_reader;
CREATE FUNCTION regress_priv.planted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
RESET ROLE;
CREATE TRIGGER planted BEFORE INSERT ON regress_priv.plain FOR EACH ROW EXECUTE FUNCTION regress_priv.planted();

-- Before PostgreSQL 16 CREATEROLE was as good as a superuser.
ALTER ROLE regress_priv_group CREATEROLE;
ALTER ROLE regress_priv_lone IN DATABASE :"DBNAME" SET search_path = regress_priv;
ALTER ROLE regress_priv_lone LOGIN;
ALTER ROLE regress_priv_reader BYPASSRLS REPLICATION;
SELECT role, kind, CASE kind WHEN 'createrole' THEN '-' ELSE severity END AS severity, target,
    CASE kind WHEN 'createrole' THEN '-' ELSE gains END AS gains, path
FROM hh.escalations()
WHERE role::text LIKE '%regress_priv%' AND NOT (kind = 'search_path' AND target = 'public')
ORDER BY role::text COLLATE "C", kind, target, gains, path COLLATE "C";

-- A variable's array stands elsewhere, one after the other in the same place.
CREATE FUNCTION regress_priv.array_of(privilege text) RETURNS aclitem[] LANGUAGE plpgsql AS $$
DECLARE
    items aclitem[] := '{}';
BEGIN
    items[1] := makeaclitem('regress_priv_lone'::regrole, 'regress_priv_owner'::regrole, privilege, false);
    RETURN items;
END $$;
SELECT privilege, (hh.privilege_holders('regress_priv_lone', 7, false, 'regress_priv_owner'::regrole,
    regress_priv.array_of(privilege))).privilege AS held
FROM unnest('{SELECT,INSERT,UPDATE,SELECT}'::text[]) AS privilege;

SELECT * FROM hh.effective_privileges(0);
SELECT * FROM hh.escalations(4294967295::oid);
SELECT hh.privilege_holders(NULL, 99, false, 10, NULL);
SELECT hh.privilege_holders(NULL, NULL, false, 10, NULL);
SELECT hh.privilege_holders('regress_priv_lone', 7, false, 10, '{}');
SELECT hh.privilege_holders(NULL, 7, false, 10, '{{=r/regress_priv_lone}}');
SELECT hh.privilege_holders(NULL, 7, false, 10, '{=r/regress_priv_lone,NULL}');
SELECT hh.privilege_holders('regress_priv_lone', 13, false, 10, NULL);

DROP OWNED BY regress_priv_owner CASCADE;
DROP OWNED BY regress_priv_lone, regress_priv_group, regress_priv_reader;
DROP ROLE regress_priv_owner, regress_priv_group, regress_priv_member, regress_priv_lone,
    "regress_priv ->""odd""", regress_priv_reader, regress_priv_setter;
