-- A random state of roles, memberships, objects and privileges, from a seed: truth.build(). Whoever
-- calls it rolls back.

CREATE SCHEMA truth;

CREATE FUNCTION truth.below(n integer) RETURNS integer LANGUAGE sql VOLATILE
AS 'SELECT floor(random() * n)::integer';

CREATE FUNCTION truth.chance(p float8) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT random() < p';

CREATE FUNCTION truth.one_of(variadic choices text[]) RETURNS text LANGUAGE sql VOLATILE
AS 'SELECT choices[1 + truth.below(cardinality(choices))]';

CREATE FUNCTION truth.version() RETURNS integer LANGUAGE sql STABLE
AS 'SELECT current_setting(''server_version_num'')::integer / 10000';

-- The roles of the state, the strongest first.
CREATE FUNCTION truth.role(roles integer) RETURNS text LANGUAGE sql VOLATILE
AS 'SELECT ''truth_'' || 1 + truth.below(roles)';

CREATE FUNCTION truth.grantee(roles integer) RETURNS text LANGUAGE sql VOLATILE
AS 'SELECT CASE WHEN truth.chance(0.15) THEN ''PUBLIC'' ELSE truth.role(roles) END';

-- As a role, where it may; what it may not is no part of the state.
CREATE FUNCTION truth.attempt(role text, command text) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
    IF role IS NOT NULL THEN
        EXECUTE 'SET LOCAL SESSION AUTHORIZATION ' || role;
    END IF;
    EXECUTE command;
    RESET SESSION AUTHORIZATION;
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation OR dependent_objects_still_exist
    OR invalid_role_specification OR undefined_object OR undefined_table OR feature_not_supported THEN
    RESET SESSION AUTHORIZATION;
END
$$;

CREATE FUNCTION truth.build_roles(roles integer) RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    options text;
    member text;
    granted text;
BEGIN
    FOR i IN 1..roles LOOP
        EXECUTE format('CREATE ROLE truth_%s LOGIN %s %s %s', i,
            CASE WHEN truth.chance(0.3) THEN 'NOINHERIT' ELSE 'INHERIT' END,
            CASE WHEN truth.chance(0.06) THEN 'SUPERUSER' ELSE '' END,
            CASE WHEN truth.chance(0.2) THEN 'CREATEROLE' ELSE '' END);
    END LOOP;
    -- A role is a member of those with higher numbers alone: no circle.
    FOR i IN 1..roles * 2 LOOP
        member := 'truth_' || 1 + truth.below(roles);
        granted := CASE WHEN truth.chance(0.12)
            THEN truth.one_of('pg_read_all_data', 'pg_write_all_data', 'pg_monitor',
                 CASE WHEN truth.version() >= 17 THEN 'pg_maintain' ELSE 'pg_monitor' END)
            ELSE truth.role(roles) END;
        CONTINUE WHEN granted LIKE 'truth%' AND substr(granted, 7)::int <= substr(member, 7)::int;
        IF truth.version() >= 16 THEN
            options := format('WITH INHERIT %s, SET %s, ADMIN %s', truth.chance(0.6)::text,
                truth.chance(0.6)::text, truth.chance(0.25)::text);
        ELSE
            options := CASE WHEN truth.chance(0.25) THEN 'WITH ADMIN OPTION' ELSE '' END;
        END IF;
        PERFORM truth.attempt(CASE WHEN truth.chance(0.4) THEN truth.role(roles) END,
            format('GRANT %s TO %s %s', granted, member, options));
    END LOOP;
END
$$;

-- What there is to grant on, as GRANT names it, with its privileges.
CREATE TABLE truth.object (
    kind text, name text, privileges text[], columns boolean DEFAULT false, can_own boolean DEFAULT true);

CREATE FUNCTION truth.build_objects() RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    relation text[] := '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}';
BEGIN
    IF truth.version() >= 17 THEN
        relation := array_append(relation, 'MAINTAIN');
    END IF;
    CREATE SCHEMA truth_a;
    CREATE SCHEMA truth_b;
    CREATE TABLE truth_a.plain (a int, b text, c text);
    CREATE TABLE truth_b.other (a int, b text);
    CREATE TABLE truth_a.parent (a int, b text) PARTITION BY LIST (a);
    CREATE TABLE truth_a.child PARTITION OF truth_a.parent FOR VALUES IN (1);
    CREATE VIEW truth_b.view AS SELECT a, b FROM truth_a.plain;
    CREATE MATERIALIZED VIEW truth_b.matview AS SELECT 1 AS a;
    CREATE SEQUENCE truth_a.numbers;
    CREATE SEQUENCE truth_b.numbers;
    CREATE FUNCTION truth_a.function(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION truth_b."Function"(truth_a.plain) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE PROCEDURE truth_b.procedure(int) LANGUAGE sql AS 'SELECT 1';
    CREATE AGGREGATE truth_a.aggregate(int) (SFUNC = int4pl, STYPE = int);
    CREATE TYPE truth_a.mood AS ENUM ('good');
    CREATE DOMAIN truth_b.positive AS int CHECK (VALUE > 0);
    CREATE TYPE truth_a.pair AS (a int, b int);
    CREATE TYPE truth_b.span AS RANGE (SUBTYPE = numeric);
    CREATE FOREIGN DATA WRAPPER truth_wrapper;
    CREATE SERVER truth_server FOREIGN DATA WRAPPER truth_wrapper;
    CREATE FOREIGN TABLE truth_b.foreign_table (a int) SERVER truth_server;
    PERFORM lo_create(4711), lo_create(4712);
    TRUNCATE truth.object;
    INSERT INTO truth.object SELECT 'TABLE', t, relation, true
    FROM unnest('{truth_a.plain,truth_b.other,truth_a.parent,truth_a.child,truth_b.view,truth_b.matview,truth_b.foreign_table}'::text[]) AS t;
    INSERT INTO truth.object VALUES
        ('SEQUENCE', 'truth_a.numbers', '{SELECT,UPDATE,USAGE}'),
        ('SEQUENCE', 'truth_b.numbers', '{SELECT,UPDATE,USAGE}'),
        ('FUNCTION', 'truth_a.function(int, text)', '{EXECUTE}'),
        ('FUNCTION', 'truth_b."Function"(truth_a.plain)', '{EXECUTE}'),
        ('PROCEDURE', 'truth_b.procedure(int)', '{EXECUTE}'),
        ('ROUTINE', 'truth_a.aggregate(int)', '{EXECUTE}'),
        ('TYPE', 'truth_a.mood', '{USAGE}'),
        ('TYPE', 'truth_b.positive', '{USAGE}'),
        ('TYPE', 'truth_a.pair', '{USAGE}'),
        ('TYPE', 'truth_b.span', '{USAGE}'),
        ('SCHEMA', 'truth_a', '{USAGE,CREATE}'),
        ('SCHEMA', 'truth_b', '{USAGE,CREATE}'),
        ('SCHEMA', 'public', '{USAGE,CREATE}'),
        ('FOREIGN DATA WRAPPER', 'truth_wrapper', '{USAGE}'),
        ('FOREIGN SERVER', 'truth_server', '{USAGE}'),
        ('LARGE OBJECT', '4711', '{SELECT,UPDATE}'),
        ('LARGE OBJECT', '4712', '{SELECT,UPDATE}'),
        ('DATABASE', current_database(), '{CONNECT,CREATE,TEMPORARY}');
    INSERT INTO truth.object (kind, name, privileges, can_own) VALUES
        ('LANGUAGE', 'plpgsql', '{USAGE}', false),
        ('TABLESPACE', 'pg_default', '{CREATE}', false),
        ('PARAMETER', 'work_mem', '{SET,ALTER SYSTEM}', false),
        ('PARAMETER', 'log_statement', '{SET,ALTER SYSTEM}', false),
        ('TABLE', 'pg_catalog.pg_class', relation, false),
        ('TABLE', 'pg_catalog.pg_authid', relation, false);
END
$$;

CREATE FUNCTION truth.build_owners(roles integer) RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    object truth.object;
BEGIN
    FOR object IN SELECT * FROM truth.object WHERE can_own LOOP
        CONTINUE WHEN truth.chance(0.25);
        -- A wrapper's owner has to be a superuser.
        CONTINUE WHEN object.kind = 'FOREIGN DATA WRAPPER';
        EXECUTE format('ALTER %s %s OWNER TO %s',
            CASE WHEN object.kind = 'FOREIGN SERVER' THEN 'SERVER' ELSE object.kind END, object.name,
            truth.role(roles));
    END LOOP;
END
$$;

CREATE FUNCTION truth.build_grants(roles integer) RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    object truth.object;
    privilege text;
BEGIN
    FOR i IN 1..roles * 14 LOOP
        SELECT * INTO object FROM truth.object ORDER BY random() LIMIT 1;
        privilege := CASE WHEN truth.chance(0.15) THEN 'ALL' ELSE truth.one_of(VARIADIC object.privileges) END;
        IF object.columns AND truth.chance(0.3) THEN
            privilege := truth.one_of('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') || ' (a)';
        END IF;
        IF truth.chance(0.2) THEN
            PERFORM truth.attempt(CASE WHEN truth.chance(0.3) THEN truth.role(roles) END,
                format('REVOKE %s %s ON %s %s FROM %s CASCADE',
                    CASE WHEN truth.chance(0.3) THEN 'GRANT OPTION FOR' ELSE '' END, privilege,
                    object.kind, object.name, truth.grantee(roles)));
        ELSE
            PERFORM truth.attempt(CASE WHEN truth.chance(0.4) THEN truth.role(roles) END,
                format('GRANT %s ON %s %s TO %s %s', privilege, object.kind, object.name,
                    truth.grantee(roles), CASE WHEN truth.chance(0.3) THEN 'WITH GRANT OPTION' ELSE '' END));
        END IF;
    END LOOP;
    -- An owner takes from itself; the built-in default is taken from PUBLIC.
    FOR object IN SELECT * FROM truth.object WHERE can_own AND truth.chance(0.15) LOOP
        PERFORM truth.attempt(NULL, format('REVOKE %s ON %s %s FROM %s CASCADE',
            truth.one_of(VARIADIC object.privileges), object.kind, object.name, truth.grantee(roles)));
    END LOOP;
END
$$;

CREATE FUNCTION truth.build_defaults(roles integer) RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    kind text;
    privilege text;
BEGIN
    FOR i IN 1..roles LOOP
        kind := truth.one_of('TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES', 'SCHEMAS');
        privilege := CASE kind WHEN 'TABLES' THEN truth.one_of('SELECT', 'INSERT', 'TRIGGER')
            WHEN 'SEQUENCES' THEN 'USAGE' WHEN 'FUNCTIONS' THEN 'EXECUTE' ELSE 'USAGE' END;
        PERFORM truth.attempt(NULL, format('ALTER DEFAULT PRIVILEGES FOR ROLE %s %s %s %s ON %s %s %s',
            truth.role(roles),
            CASE WHEN kind <> 'SCHEMAS' AND truth.chance(0.5) THEN 'IN SCHEMA ' || truth.one_of('truth_a', 'truth_b') ELSE '' END,
            x.verb, privilege, kind, x.preposition, truth.grantee(roles)))
        FROM (SELECT * FROM (VALUES ('GRANT', 'TO'), ('REVOKE', 'FROM')) AS v (verb, preposition)
              ORDER BY random() LIMIT 1) AS x;
    END LOOP;
END
$$;

CREATE FUNCTION truth.build(seed integer) RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    roles integer;
BEGIN
    PERFORM setseed(seed / 1000003.0);
    roles := 5 + truth.below(5);
    PERFORM truth.build_roles(roles);
    PERFORM truth.build_objects();
    PERFORM truth.build_owners(roles);
    -- Whoever is another role owns what that one owns: each has something.
    FOR i IN 1..roles LOOP
        EXECUTE format('CREATE SEQUENCE truth_b.own_%s; ALTER SEQUENCE truth_b.own_%s OWNER TO truth_%s', i, i, i);
    END LOOP;
    PERFORM truth.build_defaults(roles);
    PERFORM truth.build_grants(roles);
END
$$;
