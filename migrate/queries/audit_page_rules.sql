-- What the policy says of each role, a row an object and reason.
SELECT g.role_name, g.rule,
    pg_catalog.string_agg(g.privilege || CASE WHEN g.columns <> '' THEN ' (' || g.columns || ')' ELSE '' END
        || CASE WHEN g.grantable THEN CASE g.rule WHEN 'member' THEN ' WITH ADMIN OPTION'
                                                 ELSE ' WITH GRANT OPTION' END ELSE '' END,
        ', ' ORDER BY g.place, g.privilege),
    g.object_type, g.object_schema, g.object_name, g.creator,
    CASE WHEN g.rule = 'member'
         THEN pg_catalog.concat_ws(', ', CASE WHEN g.inherit_option THEN 'INHERIT' ELSE 'no INHERIT' END,
                                         CASE WHEN g.set_option THEN 'SET' ELSE 'no SET' END) END,
    g.reason, g.line
FROM (
    SELECT p.role_name, p.rule, p.privilege, p.grantable, p.object_type, p.object_schema, p.object_name,
        p.creator, p.inherit_option, p.set_option, p.reason, p.line, pg_catalog.min(p.id) AS place,
        pg_catalog.string_agg(p.column_name::pg_catalog.text, ', ' ORDER BY p.id) AS columns
    FROM ONLY hh.policy AS p
    GROUP BY p.role_name, p.rule, p.privilege, p.grantable, p.object_type, p.object_schema, p.object_name,
        p.creator, p.inherit_option, p.set_option, p.reason, p.line, p.column_name IS NULL) AS g
GROUP BY g.role_name, g.rule, g.object_type, g.object_schema, g.object_name, g.creator, g.inherit_option,
    g.set_option, g.reason, g.line
ORDER BY pg_catalog.min(g.place);
