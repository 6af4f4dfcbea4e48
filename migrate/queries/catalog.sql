-- What the catalogs say, as facts: kind and name of an object, a property of it, and what that is.
-- Comparable between databases: no OIDs, only what differs from a default, privileges one a grantee.
-- Left out: PostgreSQL's own schemas, members of extensions, and the partitions that
-- ops.maintain_partitions() makes and drops.  Property "exists" names what an object is part of, with
-- which it comes and goes.
WITH
home AS (
    SELECT n.tableoid, n.* FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
member AS MATERIALIZED (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d
    WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
),
monthly AS MATERIALIZED (
    SELECT c.oid
    FROM pg_catalog.pg_inherits AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
    JOIN pg_catalog.pg_class AS parent ON parent.oid = i.inhparent
    JOIN home AS h ON h.oid = parent.relnamespace
    WHERE (h.nspname, parent.relname) IN (('search', 'search_logs'), ('ops', 'pipeline_metrics'))
      AND c.relispartition AND c.relnamespace = parent.relnamespace
      AND c.relname ~ ('^' || parent.relname || '_\d{4}_\d\d$')
),
relation AS MATERIALIZED (
    SELECT c.tableoid, c.*, pg_catalog.format('%I.%I', h.nspname, c.relname) AS name,
        CASE c.relkind
            WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
            WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type' ELSE 'table'
        END AS kind
    FROM pg_catalog.pg_class AS c
    JOIN home AS h ON h.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
      AND NOT EXISTS (SELECT FROM monthly AS m WHERE m.oid = c.oid)
      AND NOT EXISTS (
          SELECT FROM member AS m
          WHERE m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND m.objid = c.oid)
),
owned_sequence AS (
    SELECT r.oid, pg_catalog.format('%s.%I', t.name, a.attname) AS column_name
    FROM relation AS r
    JOIN pg_catalog.pg_depend AS d
        ON d.classid = r.tableoid AND d.objid = r.oid AND d.objsubid = 0 AND d.deptype IN ('a', 'i')
    JOIN relation AS t ON t.tableoid = d.refclassid AND t.oid = d.refobjid
    JOIN pg_catalog.pg_attribute AS a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
    WHERE r.relkind = 'S'
),
-- Before anything is asked of them: there are thousands of PostgreSQL's own.
routine AS MATERIALIZED (
    SELECT p.tableoid, p.*
    FROM pg_catalog.pg_proc AS p
    JOIN home AS h ON h.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM member AS m WHERE (m.classid, m.objid) = (p.tableoid, p.oid))
),
-- Row, array and multirange types come with others.
own_type AS MATERIALIZED (
    SELECT t.tableoid, t.*
    FROM pg_catalog.pg_type AS t
    JOIN home AS h ON h.oid = t.typnamespace
    WHERE t.typtype IN ('b', 'd', 'e', 'r') AND t.typrelid = 0 AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_type AS element WHERE element.typarray = t.oid)
),
-- acl_kind: acldefault()'s letter, where the kind has privileges.
object (classid, objid, objsubid, kind, name, part_of, owner, acl_kind, acl) AS MATERIALIZED (
    SELECT h.tableoid, h.oid, 0, 'schema', pg_catalog.quote_ident(h.nspname), '',
        h.nspowner, 'n', h.nspacl
    FROM home AS h
    UNION ALL
    SELECT r.tableoid, r.oid, 0, r.kind, r.name, coalesce('column ' || s.column_name, ''), r.relowner,
        CASE r.relkind WHEN 'S' THEN 's' WHEN 'c' THEN NULL ELSE 'r' END, r.relacl
    FROM relation AS r
    LEFT JOIN owned_sequence AS s ON s.oid = r.oid
    UNION ALL
    SELECT r.tableoid, r.oid, a.attnum::pg_catalog.int4, 'column',
        pg_catalog.format('%s.%I', r.name, a.attname), r.kind || ' ' || r.name, NULL, NULL, a.attacl
    FROM relation AS r
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind <> 'S'
    UNION ALL
    SELECT c.tableoid, c.oid, 0, 'index', pg_catalog.format('%I.%I', h.nspname, c.relname),
        coalesce('constraint ' || pg_catalog.quote_ident(k.conname) || ' on ', r.kind || ' ') || r.name,
        NULL, NULL, NULL
    FROM relation AS r
    JOIN pg_catalog.pg_index AS x ON x.indrelid = r.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid
    LEFT JOIN pg_catalog.pg_constraint AS k
        ON k.conindid = c.oid AND k.conrelid = r.oid AND k.contype IN ('p', 'u', 'x')
    JOIN home AS h ON h.oid = c.relnamespace
    -- Not null is a property of the column; from 18 it has a constraint besides.
    -- The constraints that a reference to a partitioned table makes for each partition are its own.
    UNION ALL
    SELECT c.tableoid, c.oid, 0, 'constraint', pg_catalog.format('%I on %s', c.conname, r.name),
        r.kind || ' ' || r.name, NULL, NULL, NULL
    FROM relation AS r
    JOIN pg_catalog.pg_constraint AS c ON c.conrelid = r.oid
    WHERE c.contype NOT IN ('n', 't') AND (c.conparentid = 0 OR r.relispartition)
    UNION ALL
    SELECT c.tableoid, c.oid, 0, 'constraint',
        pg_catalog.format('%I on %s', c.conname, pg_catalog.format_type(c.contypid, NULL)),
        'type ' || pg_catalog.format_type(c.contypid, NULL), NULL, NULL, NULL
    FROM pg_catalog.pg_constraint AS c
    JOIN home AS h ON h.oid = c.connamespace
    WHERE c.contypid <> 0 AND c.contype <> 'n'
    UNION ALL
    SELECT t.tableoid, t.oid, 0, 'trigger', pg_catalog.format('%I on %s', t.tgname, r.name),
        r.kind || ' ' || r.name, NULL, NULL, NULL
    FROM relation AS r
    JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = r.oid
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT w.tableoid, w.oid, 0, 'rule', pg_catalog.format('%I on %s', w.rulename, r.name),
        r.kind || ' ' || r.name, NULL, NULL, NULL
    FROM relation AS r
    JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = r.oid
    WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT p.tableoid, p.oid, 0, 'policy', pg_catalog.format('%I on %s', p.polname, r.name),
        r.kind || ' ' || r.name, NULL, NULL, NULL
    FROM relation AS r
    JOIN pg_catalog.pg_policy AS p ON p.polrelid = r.oid
    UNION ALL
    SELECT s.tableoid, s.oid, 0, 'statistics', pg_catalog.format('%I.%I', h.nspname, s.stxname),
        r.kind || ' ' || r.name, s.stxowner, NULL, NULL
    FROM relation AS r
    JOIN pg_catalog.pg_statistic_ext AS s ON s.stxrelid = r.oid
    JOIN home AS h ON h.oid = s.stxnamespace
    UNION ALL
    SELECT p.tableoid, p.oid, 0,
        CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
        p.oid::pg_catalog.regprocedure::pg_catalog.text, '', p.proowner, 'f', p.proacl
    FROM routine AS p
    UNION ALL
    SELECT t.tableoid, t.oid, 0, 'type', pg_catalog.format_type(t.oid, NULL), '', t.typowner, 'T',
        t.typacl
    FROM own_type AS t
    UNION ALL
    SELECT e.tableoid, e.oid, 0, 'extension', pg_catalog.quote_ident(e.extname), '', NULL, NULL, NULL
    FROM pg_catalog.pg_extension AS e
    UNION ALL
    SELECT e.tableoid, e.oid, 0, 'event trigger', pg_catalog.quote_ident(e.evtname), '', e.evtowner,
        NULL, NULL
    FROM pg_catalog.pg_event_trigger AS e
    UNION ALL
    SELECT p.tableoid, p.oid, 0, 'publication', pg_catalog.quote_ident(p.pubname), '', p.pubowner,
        NULL, NULL
    FROM pg_catalog.pg_publication AS p
    UNION ALL
    SELECT d.tableoid, d.oid, 0, 'default privileges',
        pg_catalog.format('of role %I%s on %s', pg_catalog.pg_get_userbyid(d.defaclrole),
            ' in schema ' || pg_catalog.quote_ident(n.nspname),
            CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
                WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
                WHEN 'L' THEN 'large objects' ELSE d.defaclobjtype::pg_catalog.text END),
        '', NULL, NULL, d.defaclacl
    FROM pg_catalog.pg_default_acl AS d
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
    -- What is seldom made: that it is there, and whose it is.
    UNION ALL
    SELECT o.classid, o.oid, 0, i.type, i.identity, '', o.owner, NULL, NULL
    FROM (
        SELECT tableoid, oid, oprowner FROM pg_catalog.pg_operator
        UNION ALL SELECT tableoid, oid, opfowner FROM pg_catalog.pg_opfamily
        UNION ALL SELECT tableoid, oid, opcowner FROM pg_catalog.pg_opclass
        UNION ALL SELECT tableoid, oid, collowner FROM pg_catalog.pg_collation
        UNION ALL SELECT tableoid, oid, conowner FROM pg_catalog.pg_conversion
        UNION ALL SELECT tableoid, oid, cfgowner FROM pg_catalog.pg_ts_config
        UNION ALL SELECT tableoid, oid, dictowner FROM pg_catalog.pg_ts_dict
        UNION ALL SELECT tableoid, oid, lanowner FROM pg_catalog.pg_language
        UNION ALL SELECT tableoid, oid, fdwowner FROM pg_catalog.pg_foreign_data_wrapper
        UNION ALL SELECT tableoid, oid, srvowner FROM pg_catalog.pg_foreign_server
        UNION ALL SELECT tableoid, oid, NULL FROM pg_catalog.pg_cast
        UNION ALL SELECT tableoid, oid, NULL FROM pg_catalog.pg_am
    ) AS o (classid, oid, owner)
    CROSS JOIN pg_catalog.pg_identify_object(o.classid, o.oid, 0) AS i
    -- Below are initdb's.
    WHERE o.oid >= 16384 AND i.schema IS DISTINCT FROM 'pg_catalog'
),
property (classid, objid, objsubid, property, definition) AS (
    SELECT r.tableoid, r.oid, 0, f.property, f.definition
    FROM relation AS r
    LEFT JOIN pg_catalog.pg_class AS toast ON toast.oid = r.reltoastrelid
    LEFT JOIN pg_catalog.pg_am AS am ON am.oid = r.relam
    LEFT JOIN pg_catalog.pg_tablespace AS ts ON ts.oid = r.reltablespace
    LEFT JOIN pg_catalog.pg_foreign_table AS ft ON ft.ftrelid = r.oid
    LEFT JOIN pg_catalog.pg_foreign_server AS fs ON fs.oid = ft.ftserver
    CROSS JOIN LATERAL (VALUES
        ('persistence',
            CASE r.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' END),
        ('access method', nullif(am.amname, 'heap')::pg_catalog.text),
        ('tablespace', ts.spcname::pg_catalog.text),
        ('options', (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                     FROM pg_catalog.unnest(r.reloptions) AS o)),
        ('options of its TOAST table', (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                                        FROM pg_catalog.unnest(toast.reloptions) AS o)),
        ('row type', nullif(r.reloftype, 0)::pg_catalog.regtype::pg_catalog.text),
        ('replica identity', CASE r.relreplident WHEN 'f' THEN 'full' WHEN 'i' THEN 'an index'
            WHEN 'n' THEN CASE WHEN r.relkind IN ('r', 'p') THEN 'nothing' END END),
        ('row security', CASE WHEN r.relrowsecurity AND r.relforcerowsecurity THEN 'forced'
            WHEN r.relrowsecurity THEN 'enabled'
            WHEN r.relforcerowsecurity THEN 'forced, but not enabled' END),
        ('partition key', CASE WHEN r.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(r.oid) END),
        ('partition', pg_catalog.pg_get_expr(r.relpartbound, r.oid)),
        ('parents', (SELECT pg_catalog.string_agg(
                         i.inhparent::pg_catalog.regclass::pg_catalog.text, ', ' ORDER BY i.inhseqno)
                     FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = r.oid)),
        ('definition', CASE WHEN r.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(r.oid) END),
        ('server', fs.srvname::pg_catalog.text),
        ('server''s options', (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                               FROM pg_catalog.unnest(ft.ftoptions) AS o))
    ) AS f (property, definition)
    UNION ALL
    SELECT r.tableoid, r.oid, a.attnum::pg_catalog.int4, f.property, f.definition
    FROM relation AS r
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef AS d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    CROSS JOIN LATERAL (VALUES
        ('type', pg_catalog.format_type(a.atttypid, a.atttypmod)),
        ('default',
            CASE a.attgenerated WHEN '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END),
        ('generated',
            CASE WHEN a.attgenerated <> '' THEN
                CASE a.attgenerated WHEN 'v' THEN 'virtual: ' ELSE 'stored: ' END
                || pg_catalog.pg_get_expr(d.adbin, d.adrelid) END),
        ('identity', CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END),
        ('not null', CASE WHEN a.attnotnull THEN
            CASE WHEN EXISTS (
                SELECT FROM pg_catalog.pg_constraint AS c
                WHERE c.conrelid = r.oid AND c.contype = 'n' AND NOT c.convalidated
                  AND a.attnum = ANY (c.conkey)) THEN 'not valid' ELSE 'yes' END END),
        ('collation', CASE WHEN a.attcollation <> t.typcollation
                           THEN a.attcollation::pg_catalog.regcollation::pg_catalog.text END),
        ('storage', CASE WHEN a.attstorage <> t.typstorage THEN
            CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                ELSE 'extended' END END),
        ('compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END),
        ('statistics target', nullif(a.attstattarget, -1)::pg_catalog.text),
        -- The server's own counter of the column's versions is no fact about it.
        ('options', (SELECT pg_catalog.string_agg(o, ', ' ORDER BY o)
                     FROM pg_catalog.unnest(a.attoptions) AS o WHERE o NOT LIKE 'pg\_attver=%'))
    ) AS f (property, definition)
    WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind <> 'S'
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, x.indexrelid, 0, f.property, f.definition
    FROM relation AS r
    JOIN pg_catalog.pg_index AS x ON x.indrelid = r.oid
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_catalog.pg_get_indexdef(x.indexrelid)),
        ('valid', CASE WHEN NOT (x.indisvalid AND x.indisready AND x.indislive) THEN 'no' END),
        ('clustered', CASE WHEN x.indisclustered THEN 'yes' END),
        ('replica identity', CASE WHEN x.indisreplident THEN 'yes' END)
    ) AS f (property, definition)
    UNION ALL
    SELECT c.tableoid, c.oid, 0, f.property, f.definition
    FROM pg_catalog.pg_constraint AS c
    CROSS JOIN LATERAL (VALUES
        -- The table alone says whether it is NOT VALID: a property of its own reads better.
        ('definition',
            pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(c.oid), ' NOT VALID$', '')),
        ('valid', CASE WHEN NOT c.convalidated THEN 'no' END)
    ) AS f (property, definition)
    WHERE c.connamespace IN (SELECT h.oid FROM home AS h)
    UNION ALL
    SELECT t.tableoid, t.oid, 0, f.property, f.definition
    FROM pg_catalog.pg_trigger AS t
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_catalog.pg_get_triggerdef(t.oid)),
        ('enabled', CASE t.tgenabled WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always'
            ELSE 'yes' END)
    ) AS f (property, definition)
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT w.tableoid, w.oid, 0, f.property, f.definition
    FROM pg_catalog.pg_rewrite AS w
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_catalog.pg_get_ruledef(w.oid)),
        ('enabled', CASE w.ev_enabled WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always'
            ELSE 'yes' END)
    ) AS f (property, definition)
    WHERE w.rulename <> '_RETURN'
      AND w.ev_class IN (SELECT r.oid FROM relation AS r)
    UNION ALL
    SELECT p.tableoid, p.oid, 0, f.property, f.definition
    FROM pg_catalog.pg_policy AS p
    CROSS JOIN LATERAL (VALUES
        ('kind', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END),
        ('command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
            WHEN 'd' THEN 'DELETE' ELSE 'ALL' END),
        ('roles', (
            SELECT pg_catalog.string_agg(role.name, ', ' ORDER BY role.name)
            FROM pg_catalog.unnest(p.polroles) AS member (oid)
            CROSS JOIN LATERAL (VALUES (
                CASE member.oid WHEN 0 THEN 'PUBLIC'
                    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(member.oid)) END
            )) AS role (name))),
        ('using', pg_catalog.pg_get_expr(p.polqual, p.polrelid)),
        ('with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
    ) AS f (property, definition)
    UNION ALL
    SELECT s.tableoid, s.oid, 0, f.property, f.definition
    FROM pg_catalog.pg_statistic_ext AS s
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_catalog.pg_get_statisticsobjdef(s.oid)),
        ('statistics target', nullif(s.stxstattarget, -1)::pg_catalog.text)
    ) AS f (property, definition)
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, s.seqrelid, 0, f.property, f.definition
    FROM pg_catalog.pg_sequence AS s
    JOIN relation AS r ON r.oid = s.seqrelid
    LEFT JOIN owned_sequence AS o ON o.oid = s.seqrelid
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_catalog.format('%s start %s increment %s from %s to %s cache %s%s',
            pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
            s.seqcache, CASE WHEN s.seqcycle THEN ' cycle' END)),
        ('owned by', o.column_name)
    ) AS f (property, definition)
    UNION ALL
    SELECT p.tableoid, p.oid, 0, f.property, f.definition
    FROM routine AS p
    LEFT JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid = p.oid
    CROSS JOIN LATERAL (VALUES
        ('definition', CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid)
            ELSE pg_catalog.format('%s, state %s by %s from %s, final %s, combine %s, parallel %s',
                pg_catalog.pg_get_function_result(p.oid),
                pg_catalog.format_type(a.aggtranstype, NULL),
                a.aggtransfn::pg_catalog.oid::pg_catalog.regprocedure,
                coalesce(pg_catalog.quote_literal(a.agginitval), 'NULL'),
                a.aggfinalfn::pg_catalog.oid::pg_catalog.regprocedure,
                a.aggcombinefn::pg_catalog.oid::pg_catalog.regprocedure, p.proparallel) END)
    ) AS f (property, definition)
    UNION ALL
    SELECT t.tableoid, t.oid, 0, f.property, f.definition
    FROM own_type AS t
    LEFT JOIN pg_catalog.pg_range AS r ON r.rngtypid = t.oid
    CROSS JOIN LATERAL (VALUES
        ('kind', CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' WHEN 'r' THEN 'range'
            ELSE 'base' END),
        ('base type', pg_catalog.format_type(nullif(t.typbasetype, 0), t.typtypmod)),
        ('not null', CASE WHEN t.typnotnull THEN 'yes' END),
        ('default', t.typdefault),
        ('labels', (
            SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', '
                ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid)),
        ('subtype', pg_catalog.format_type(r.rngsubtype, NULL))
    ) AS f (property, definition)
    UNION ALL
    SELECT e.tableoid, e.oid, 0, f.property, f.definition
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    CROSS JOIN LATERAL (VALUES
        ('version', e.extversion),
        ('schema', n.nspname::pg_catalog.text)
    ) AS f (property, definition)
    UNION ALL
    SELECT e.tableoid, e.oid, 0, f.property, f.definition
    FROM pg_catalog.pg_event_trigger AS e
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_catalog.concat_ws(' ', e.evtevent, e.evttags,
            e.evtfoid::pg_catalog.regprocedure)),
        ('enabled', CASE e.evtenabled WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica'
            WHEN 'A' THEN 'always' ELSE 'yes' END)
    ) AS f (property, definition)
    UNION ALL
    SELECT p.tableoid, p.oid, 0, f.property, f.definition
    FROM pg_catalog.pg_publication AS p
    CROSS JOIN LATERAL (VALUES
        ('operations', pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
            CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END,
            CASE WHEN p.pubtruncate THEN 'truncate' END)),
        ('via root', CASE WHEN p.pubviaroot THEN 'yes' END),
        ('all tables', CASE WHEN p.puballtables THEN 'yes' END),
        ('tables', (
            SELECT pg_catalog.string_agg(pg_catalog.concat(r.prrelid::pg_catalog.regclass,
                    ' where ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid)), ', '
                ORDER BY r.prrelid::pg_catalog.regclass::pg_catalog.text)
            FROM pg_catalog.pg_publication_rel AS r WHERE r.prpubid = p.oid)),
        ('schemas', (
            SELECT pg_catalog.string_agg(n.pnnspid::pg_catalog.regnamespace::pg_catalog.text, ', '
                ORDER BY n.pnnspid::pg_catalog.regnamespace::pg_catalog.text)
            FROM pg_catalog.pg_publication_namespace AS n WHERE n.pnpubid = p.oid))
    ) AS f (property, definition)
    -- An extension's comment is its script's, or its installer's.
    UNION ALL
    SELECT d.classoid, d.objoid, d.objsubid, 'comment', d.description
    FROM pg_catalog.pg_description AS d
    WHERE d.classoid <> 'pg_catalog.pg_extension'::pg_catalog.regclass
    UNION ALL
    SELECT s.classoid, s.objoid, s.objsubid, 'security label of ' || s.provider, s.label
    FROM pg_catalog.pg_seclabel AS s
),
-- Of the owner's own, only what differs from the default is told: it goes over to the next owner,
-- and has a later release's new privileges in it.
privilege (classid, objid, objsubid, property, definition) AS (
    SELECT o.classid, o.objid, o.objsubid, 'grant to ' || grantee.name, coalesce((
        SELECT pg_catalog.string_agg(
            a.privilege_type || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END
            || CASE WHEN a.grantor <> o.owner
                    THEN ' by ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantor))
                    ELSE '' END,
            ', ' ORDER BY a.privilege_type, pg_catalog.pg_get_userbyid(a.grantor))
        FROM pg_catalog.aclexplode(o.acl) AS a WHERE a.grantee = grantee.oid), 'none')
    FROM object AS o
    CROSS JOIN LATERAL (
        SELECT DISTINCT a.grantee AS oid,
            CASE a.grantee WHEN o.owner THEN 'the owner' WHEN 0 THEN 'PUBLIC'
                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END AS name
        FROM pg_catalog.aclexplode(o.acl || pg_catalog.acldefault(o.acl_kind::"char", o.owner)) AS a
    ) AS grantee
    WHERE o.acl IS NOT NULL
      AND (grantee.oid IS DISTINCT FROM o.owner OR NOT EXISTS (
          SELECT FROM pg_catalog.aclexplode(o.acl) AS a
          WHERE a.grantee = o.owner
          HAVING pg_catalog.array_agg(a.privilege_type || a.is_grantable ORDER BY a.privilege_type)
              = (SELECT pg_catalog.array_agg(
                     d.privilege_type || d.is_grantable ORDER BY d.privilege_type)
                 FROM pg_catalog.aclexplode(
                     pg_catalog.acldefault(o.acl_kind::"char", o.owner)) AS d
                 WHERE d.grantee = o.owner)))
    UNION ALL
    SELECT o.classid, o.objid, o.objsubid, 'grant to PUBLIC', d.privilege_type
    FROM object AS o
    CROSS JOIN LATERAL pg_catalog.aclexplode(
        pg_catalog.acldefault(o.acl_kind::"char", o.owner)) AS d
    WHERE o.acl IS NULL AND d.grantee = 0
)
SELECT o.kind, o.name, f.property, f.definition
FROM object AS o
JOIN (
    SELECT o.classid, o.objid, o.objsubid, 'exists', o.part_of FROM object AS o
    UNION ALL
    SELECT o.classid, o.objid, o.objsubid, 'owner',
        pg_catalog.pg_get_userbyid(o.owner)::pg_catalog.text
    FROM object AS o
    UNION ALL
    SELECT * FROM property
    UNION ALL
    SELECT * FROM privilege
) AS f (classid, objid, objsubid, property, definition) USING (classid, objid, objsubid)
WHERE f.definition IS NOT NULL
  AND NOT EXISTS (
      SELECT FROM member AS m WHERE (m.classid, m.objid) = (o.classid, o.objid));
