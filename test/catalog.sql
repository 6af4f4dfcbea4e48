-- What a database's catalogs say, one fact a line, for comparing two databases or one before and
-- after:
--
--     psql -X -q -A -t -d ONE -f test/catalog.sql > one
--
-- Everything outside PostgreSQL's own schemas is in it, definition, owner, effective privileges,
-- comment, membership of extensions and dependence on them; of other extensions' members only that
-- they are, their privileges and comments.  No OID and no row of a table is in it.

SET search_path = pg_catalog, pg_temp;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';

WITH
-- Schemas of the database's own.
home AS (
    SELECT n.oid, n.nspname
    FROM pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
member AS (
    SELECT d.classid, d.objid, e.extname
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
),
-- Members of extensions that are not ours to compare: their scripts define them.
foreign_member AS (
    SELECT m.classid, m.objid FROM member AS m WHERE m.extname <> 'headhunter'
),
relation AS (
    SELECT c.*, format('%I.%I', h.nspname, c.relname) AS name,
        CASE c.relkind
            WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view'
            WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
            WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' WHEN 'c' THEN 'composite type'
        END AS kind
    FROM pg_class AS c
    JOIN home AS h ON h.oid = c.relnamespace
    WHERE NOT EXISTS (
        SELECT FROM foreign_member AS f
        WHERE f.classid = 'pg_class'::regclass AND f.objid = c.oid)
),
-- Whatever has an owner, with its privileges; NULL stands for the kind's default.
owned (classid, objid, objsubid, owner, privileges) AS (
    SELECT 'pg_namespace'::regclass, n.oid, 0, n.nspowner,
        coalesce(n.nspacl, acldefault('n', n.nspowner))
    FROM pg_namespace AS n
    JOIN home AS h ON h.oid = n.oid
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 0, c.relowner,
        coalesce(c.relacl,
            CASE WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') THEN acldefault('r', c.relowner)
                 WHEN c.relkind = 'S' THEN acldefault('s', c.relowner) END)
    FROM pg_class AS c
    JOIN home AS h ON h.oid = c.relnamespace
    UNION ALL
    SELECT 'pg_class'::regclass, a.attrelid, a.attnum, NULL, a.attacl
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN home AS h ON h.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, p.proowner,
        coalesce(p.proacl, acldefault('f', p.proowner))
    FROM pg_proc AS p
    JOIN home AS h ON h.oid = p.pronamespace
    UNION ALL
    -- Array types have the rights of their elements.
    SELECT 'pg_type'::regclass, t.oid, 0, t.typowner,
        CASE WHEN NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)
             THEN coalesce(t.typacl, acldefault('T', t.typowner)) END
    FROM pg_type AS t
    JOIN home AS h ON h.oid = t.typnamespace
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid, 0, o.oprowner, NULL
    FROM pg_operator AS o
    JOIN home AS h ON h.oid = o.oprnamespace
    UNION ALL
    SELECT 'pg_opclass'::regclass, o.oid, 0, o.opcowner, NULL
    FROM pg_opclass AS o
    JOIN home AS h ON h.oid = o.opcnamespace
    UNION ALL
    SELECT 'pg_opfamily'::regclass, o.oid, 0, o.opfowner, NULL
    FROM pg_opfamily AS o
    JOIN home AS h ON h.oid = o.opfnamespace
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid, 0, s.stxowner, NULL
    FROM pg_statistic_ext AS s
    JOIN home AS h ON h.oid = s.stxnamespace
    UNION ALL
    SELECT 'pg_ts_config'::regclass, t.oid, 0, t.cfgowner, NULL
    FROM pg_ts_config AS t
    JOIN home AS h ON h.oid = t.cfgnamespace
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, t.oid, 0, t.dictowner, NULL
    FROM pg_ts_dict AS t
    JOIN home AS h ON h.oid = t.dictnamespace
    UNION ALL
    SELECT 'pg_collation'::regclass, l.oid, 0, l.collowner, NULL
    FROM pg_collation AS l
    JOIN home AS h ON h.oid = l.collnamespace
    UNION ALL
    SELECT 'pg_extension'::regclass, e.oid, 0, e.extowner, NULL
    FROM pg_extension AS e
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, e.oid, 0, e.evtowner, NULL
    FROM pg_event_trigger AS e
    UNION ALL
    SELECT 'pg_publication'::regclass, p.oid, 0, p.pubowner, NULL
    FROM pg_publication AS p
),
-- The name of an object, and of what one of its facts is.
fact (object, attribute, fact) AS (
    SELECT i.type || ' ' || i.identity, 'owner', quote_ident(pg_get_userbyid(o.owner))
    FROM owned AS o, pg_identify_object(o.classid, o.objid, o.objsubid) AS i
    WHERE o.owner IS NOT NULL

    UNION ALL
    SELECT i.type || ' ' || i.identity, 'privilege',
        format('%s to %s%s by %I', a.privilege_type,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' with grant option' END, pg_get_userbyid(a.grantor))
    FROM owned AS o, pg_identify_object(o.classid, o.objid, o.objsubid) AS i,
        aclexplode(o.privileges) AS a

    UNION ALL
    SELECT i.type || ' ' || i.identity, 'initial privilege',
        format('%s to %s%s by %I (%s)', a.privilege_type,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' with grant option' END, pg_get_userbyid(a.grantor),
            p.privtype)
    FROM pg_init_privs AS p
    CROSS JOIN pg_identify_object(p.classoid, p.objoid, p.objsubid) AS i
    LEFT JOIN aclexplode(p.initprivs) AS a ON true
    -- Below are initdb's.
    WHERE p.objoid >= 16384

    UNION ALL
    SELECT 'default privileges of role ' || quote_ident(pg_get_userbyid(d.defaclrole)),
        CASE d.defaclnamespace WHEN 0 THEN 'anywhere'
             ELSE 'in ' || d.defaclnamespace::regnamespace::text END,
        format('%s on %s to %s%s', coalesce(a.privilege_type, 'nothing'),
            CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
                WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
                ELSE d.defaclobjtype::text END,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' with grant option' END)
    FROM pg_default_acl AS d
    LEFT JOIN aclexplode(d.defaclacl) AS a ON true

    UNION ALL
    SELECT i.type || ' ' || i.identity, 'comment', d.description
    FROM pg_description AS d, pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i
    WHERE d.objoid >= 16384

    UNION ALL
    SELECT i.type || ' ' || i.identity, 'security label', format('%s: %s', s.provider, s.label)
    FROM pg_seclabel AS s, pg_identify_object(s.classoid, s.objoid, s.objsubid) AS i

    UNION ALL
    SELECT i.type || ' ' || i.identity, 'member of extension', quote_ident(m.extname)
    FROM member AS m, pg_identify_object(m.classid, m.objid, 0) AS i

    -- What would go with an extension's members, or keep it from going.
    UNION ALL
    SELECT i.type || ' ' || i.identity, 'depends on',
        format('%s %s (%s)', r.type, r.identity, d.deptype)
    FROM pg_depend AS d
    LEFT JOIN member AS m ON (m.classid, m.objid) = (d.refclassid, d.refobjid)
    CROSS JOIN pg_identify_object(d.classid, d.objid, d.objsubid) AS i
    CROSS JOIN pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) AS r
    WHERE (m.objid IS NOT NULL OR d.refclassid = 'pg_extension'::regclass)
        AND d.deptype <> 'e'
        AND i.identity IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM member AS x
            WHERE (x.classid, x.objid) = (d.classid, d.objid) AND x.extname = m.extname)

    UNION ALL
    SELECT 'extension ' || quote_ident(e.extname), f.attribute, f.fact
    FROM pg_extension AS e
    CROSS JOIN LATERAL (VALUES
        ('version', e.extversion),
        ('schema', quote_ident(e.extnamespace::regnamespace::text)),
        ('relocatable', e.extrelocatable::text),
        ('configuration', (
            SELECT string_agg(t.oid::regclass::text || coalesce(' ' || t.condition, ''), ', '
                              ORDER BY t.oid::regclass::text)
            FROM unnest(e.extconfig, e.extcondition) AS t (oid, condition)))
    ) AS f (attribute, fact)

    UNION ALL
    SELECT r.kind || ' ' || r.name, f.attribute, f.fact
    FROM relation AS r
    LEFT JOIN pg_class AS toast ON toast.oid = r.reltoastrelid
    LEFT JOIN pg_inherits AS i ON i.inhrelid = r.oid
    LEFT JOIN pg_partitioned_table AS p ON p.partrelid = r.oid
    LEFT JOIN pg_am AS am ON am.oid = r.relam
    LEFT JOIN pg_tablespace AS ts ON ts.oid = r.reltablespace
    CROSS JOIN LATERAL (VALUES
        ('kind', r.relkind::text),
        ('persistence', r.relpersistence::text),
        ('access method', am.amname::text),
        ('tablespace', ts.spcname::text),
        ('options', array_to_string(r.reloptions, ', ')),
        ('options of its TOAST table', array_to_string(toast.reloptions, ', ')),
        ('row type of', nullif(r.reloftype, 0)::regtype::text),
        ('replica identity', nullif(r.relreplident, 'n')::text),
        ('row security', concat_ws(', ', CASE WHEN r.relrowsecurity THEN 'enabled' END,
                                   CASE WHEN r.relforcerowsecurity THEN 'forced' END)),
        ('parent', i.inhparent::regclass::text),
        ('detach pending', CASE WHEN i.inhdetachpending THEN 'yes' END),
        ('partition key', CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END),
        ('default partition', nullif(p.partdefid, 0)::regclass::text),
        ('partition bound', pg_get_expr(r.relpartbound, r.oid)),
        ('definition', CASE WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid) END),
        ('populated', CASE WHEN r.relkind = 'm' THEN r.relispopulated::text END)
    ) AS f (attribute, fact)

    -- Positions without gaps: a dropped column doesn't survive a dump.
    UNION ALL
    SELECT 'column ' || r.name || '.' || quote_ident(a.attname), f.attribute, f.fact
    FROM relation AS r
    CROSS JOIN LATERAL (
        SELECT a.*, row_number() OVER (ORDER BY a.attnum) AS position
        FROM pg_attribute AS a
        WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS a
    LEFT JOIN pg_attrdef AS d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    LEFT JOIN pg_type AS t ON t.oid = a.atttypid
    CROSS JOIN LATERAL (VALUES
        ('position', a.position::text),
        ('type', format_type(a.atttypid, a.atttypmod)),
        ('type modifier', nullif(a.atttypmod, -1)::text),
        ('default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END),
        ('generated', nullif(a.attgenerated::text, '') || ' ' || pg_get_expr(d.adbin, d.adrelid)),
        ('identity', nullif(a.attidentity, '')::text),
        ('not null', CASE WHEN a.attnotnull THEN 'yes' END),
        ('collation', CASE WHEN a.attcollation <> t.typcollation
                           THEN a.attcollation::regcollation::text END),
        ('storage', a.attstorage::text),
        ('compression', nullif(a.attcompression, '')::text),
        ('statistics target', nullif(a.attstattarget, -1)::text),
        -- The server's own counter of the column's versions is no fact about it.
        ('options', (
            SELECT string_agg(o, ', ' ORDER BY o)
            FROM unnest(a.attoptions) AS o WHERE o NOT LIKE 'pg\_attver=%')),
        ('inheritance', CASE WHEN NOT a.attislocal OR a.attinhcount > 0
            THEN format('%s, of %s parents',
                CASE WHEN a.attislocal THEN 'local' ELSE 'inherited' END, a.attinhcount) END)
    ) AS f (attribute, fact)
    WHERE r.relkind NOT IN ('i', 'I', 'S', 't')

    UNION ALL
    SELECT 'column ' || r.name || '.' || a.attnum, 'statistics target', a.attstattarget::text
    FROM relation AS r
    JOIN pg_attribute AS a ON a.attrelid = r.oid
    WHERE r.relkind IN ('i', 'I') AND nullif(a.attstattarget, -1) IS NOT NULL

    UNION ALL
    SELECT 'constraint ' || quote_ident(c.conname) || ' on '
            || coalesce(r.name, nullif(c.contypid, 0)::regtype::text),
        f.attribute, f.fact
    FROM pg_constraint AS c
    LEFT JOIN relation AS r ON r.oid = c.conrelid
    LEFT JOIN pg_constraint AS parent ON parent.oid = c.conparentid
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_constraintdef(c.oid)),
        ('validated', c.convalidated::text),
        ('inheritance', format('%s, of %s parents%s',
            CASE WHEN c.conislocal THEN 'local' ELSE 'inherited' END, c.coninhcount,
            ', of constraint ' || quote_ident(parent.conname))),
        ('index', nullif(c.conindid, 0)::regclass::text)
    ) AS f (attribute, fact)
    JOIN home AS h ON h.oid = c.connamespace

    UNION ALL
    SELECT 'index ' || r.name, f.attribute, f.fact
    FROM relation AS r
    JOIN pg_index AS x ON x.indexrelid = r.oid
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_indexdef(r.oid)),
        ('valid', x.indisvalid::text),
        ('ready', x.indisready::text),
        ('live', x.indislive::text),
        ('primary', x.indisprimary::text),
        ('immediate', x.indimmediate::text),
        ('clustered', x.indisclustered::text),
        ('replica identity', x.indisreplident::text)
    ) AS f (attribute, fact)

    -- The triggers of foreign keys are their constraints'.
    UNION ALL
    SELECT 'trigger ' || quote_ident(t.tgname) || ' on ' || r.name, f.attribute, f.fact
    FROM pg_trigger AS t
    JOIN relation AS r ON r.oid = t.tgrelid
    LEFT JOIN pg_trigger AS parent ON parent.oid = t.tgparentid
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_triggerdef(t.oid)),
        ('enabled', t.tgenabled::text),
        ('parent', parent.tgname || ' on ' || parent.tgrelid::regclass)
    ) AS f (attribute, fact)
    WHERE NOT t.tgisinternal

    UNION ALL
    SELECT 'event trigger ' || quote_ident(t.evtname), f.attribute, f.fact
    FROM pg_event_trigger AS t
    CROSS JOIN LATERAL (VALUES
        ('definition', format('%s %s %s', t.evtevent, t.evttags, t.evtfoid::regprocedure)),
        ('enabled', t.evtenabled::text)
    ) AS f (attribute, fact)

    UNION ALL
    SELECT 'rule ' || quote_ident(w.rulename) || ' on ' || r.name, f.attribute, f.fact
    FROM pg_rewrite AS w
    JOIN relation AS r ON r.oid = w.ev_class
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_ruledef(w.oid)),
        ('enabled', w.ev_enabled::text)
    ) AS f (attribute, fact)

    UNION ALL
    SELECT 'policy ' || quote_ident(p.polname) || ' on ' || r.name, f.attribute, f.fact
    FROM pg_policy AS p
    JOIN relation AS r ON r.oid = p.polrelid
    CROSS JOIN LATERAL (VALUES
        ('kind', format('%s for %s',
            CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END, p.polcmd)),
        ('roles', (
            SELECT string_agg(
                CASE role.oid WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role.oid)) END,
                ', ' ORDER BY pg_get_userbyid(role.oid))
            FROM unnest(p.polroles) AS role (oid))),
        ('using', pg_get_expr(p.polqual, p.polrelid)),
        ('with check', pg_get_expr(p.polwithcheck, p.polrelid))
    ) AS f (attribute, fact)

    UNION ALL
    SELECT 'sequence ' || r.name, f.attribute, f.fact
    FROM relation AS r
    JOIN pg_sequence AS s ON s.seqrelid = r.oid
    CROSS JOIN LATERAL (VALUES
        ('definition', format('%s start %s increment %s from %s to %s cache %s%s',
            s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
            CASE WHEN s.seqcycle THEN ' cycle' END)),
        ('owned by', (
            SELECT i.identity || ' (' || d.deptype::text || ')'
            FROM pg_depend AS d, pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) AS i
            WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i')
                AND d.refclassid = 'pg_class'::regclass))
    ) AS f (attribute, fact)

    UNION ALL
    SELECT i.type || ' ' || i.identity, f.attribute, f.fact
    FROM pg_proc AS p
    JOIN home AS h ON h.oid = p.pronamespace
    CROSS JOIN pg_identify_object('pg_proc'::regclass, p.oid, 0) AS i
    CROSS JOIN LATERAL (VALUES
        ('definition', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END),
        ('arguments', pg_get_function_arguments(p.oid)),
        ('result', pg_get_function_result(p.oid)),
        ('language', (SELECT l.lanname::text FROM pg_language AS l WHERE l.oid = p.prolang)),
        ('volatility', p.provolatile::text),
        ('strict', p.proisstrict::text),
        ('parallel', p.proparallel::text),
        ('leakproof', p.proleakproof::text),
        ('security definer', p.prosecdef::text),
        ('cost', p.procost::text),
        ('rows', p.prorows::text),
        ('support function', nullif(p.prosupport, 0)::regprocedure::text),
        ('settings', array_to_string(p.proconfig, ', '))
    ) AS f (attribute, fact)
    WHERE NOT EXISTS (
        SELECT FROM foreign_member AS m
        WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)

    UNION ALL
    SELECT i.type || ' ' || i.identity, f.attribute, f.fact
    FROM pg_type AS t
    JOIN home AS h ON h.oid = t.typnamespace
    CROSS JOIN pg_identify_object('pg_type'::regclass, t.oid, 0) AS i
    CROSS JOIN LATERAL (VALUES
        ('kind', t.typtype::text),
        ('base type', format_type(nullif(t.typbasetype, 0), t.typtypmod)),
        ('not null', CASE WHEN t.typnotnull THEN 'yes' END),
        ('default', t.typdefault),
        ('labels', (
            SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
            FROM pg_enum AS e WHERE e.enumtypid = t.oid))
    ) AS f (attribute, fact)
    WHERE NOT EXISTS (
        SELECT FROM foreign_member AS m
        WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)

    UNION ALL
    SELECT i.type || ' ' || i.identity, 'definition',
        format('%s commutator %s negator %s restrict %s join %s%s%s', o.oprcode::regprocedure,
            o.oprcom::regoperator, o.oprnegate::regoperator, o.oprrest, o.oprjoin,
            CASE WHEN o.oprcanmerge THEN ' merges' END, CASE WHEN o.oprcanhash THEN ' hashes' END)
    FROM pg_operator AS o
    JOIN home AS h ON h.oid = o.oprnamespace
    CROSS JOIN pg_identify_object('pg_operator'::regclass, o.oid, 0) AS i
    WHERE NOT EXISTS (
        SELECT FROM foreign_member AS m
        WHERE m.classid = 'pg_operator'::regclass AND m.objid = o.oid)

    UNION ALL
    SELECT i.type || ' ' || i.identity, 'definition',
        format('%s %s %s', nullif(k.castfunc, 0)::regprocedure, k.castcontext, k.castmethod)
    FROM pg_cast AS k
    CROSS JOIN pg_identify_object('pg_cast'::regclass, k.oid, 0) AS i
    WHERE k.oid >= 16384
        AND NOT EXISTS (
            SELECT FROM foreign_member AS m
            WHERE m.classid = 'pg_cast'::regclass AND m.objid = k.oid)

    UNION ALL
    SELECT i.type || ' ' || i.identity, f.attribute, f.fact
    FROM pg_statistic_ext AS s
    JOIN home AS h ON h.oid = s.stxnamespace
    CROSS JOIN pg_identify_object('pg_statistic_ext'::regclass, s.oid, 0) AS i
    CROSS JOIN LATERAL (VALUES
        ('definition', pg_get_statisticsobjdef(s.oid)),
        ('statistics target', nullif(s.stxstattarget, -1)::text)
    ) AS f (attribute, fact)
)
SELECT line
FROM fact AS f,
    LATERAL format('%s | %s: %s', f.object, f.attribute, f.fact) AS raw,
    LATERAL replace(replace(raw, '\', '\\'), E'\n', '\n') AS line
WHERE f.fact <> ''
ORDER BY line COLLATE "C";
