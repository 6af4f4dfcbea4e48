-- Whether all that may connect at once can: the limits of the roles $1, and who is here now.
SELECT 'max_connections = ' || room.most,
    CASE
        WHEN limits.sum > room.most
        THEN 'the services'' roles may have ' || limits.sum || ' connections together, and '
            || room.most || ' are not reserved for administrators'
        ELSE used.count || ' of ' || room.most || ' are in use'
    END,
    CASE
        WHEN limits.sum > room.most
        THEN 'sql ALTER SYSTEM SET max_connections = ' || limits.sum + room.reserved
        ELSE 'sql SELECT usename, application_name, state, count(*) FROM pg_stat_activity'
            || ' GROUP BY 1, 2, 3 ORDER BY 4 DESC'
    END
FROM (
    SELECT pg_catalog.current_setting('max_connections')::pg_catalog.int4 - r.reserved, r.reserved
    FROM (
        SELECT pg_catalog.current_setting('superuser_reserved_connections')::pg_catalog.int4
            + coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::pg_catalog.int4
    ) AS r (reserved)
) AS room (most, reserved)
CROSS JOIN (
    SELECT coalesce(pg_catalog.sum(r.rolconnlimit), 0)
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname = ANY ($1::pg_catalog.text[]) AND r.rolconnlimit > 0
) AS limits (sum)
CROSS JOIN (
    SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a
    WHERE a.backend_type = 'client backend' AND a.application_name <> 'hh-migrate doctor'
) AS used (count)
WHERE limits.sum > room.most OR used.count > 0.9 * room.most;
