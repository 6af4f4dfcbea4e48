-- Scratch databases of runs that were killed: name, what drops it, the role that owns it, whether
-- the session user may become that role ($2: pg_has_role()'s word for it).  Known by the name, by the comment, which
-- begins with $1 and ends with the time, and by that nobody has been connected for an hour.
SELECT d.datname, pg_catalog.format('DROP DATABASE IF EXISTS %I', d.datname),
    pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_has_role(session_user, d.datdba, $2)
FROM (
    SELECT database.*, pg_catalog.shobj_description(database.oid, 'pg_database') AS comment
    FROM pg_catalog.pg_database AS database
) AS d
WHERE d.datname LIKE 'hh\_scratch\_%'
  AND pg_catalog.starts_with(d.comment, $1)
  AND CASE WHEN d.comment ~ ' since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$'
      THEN pg_catalog.substring(d.comment, ' since (.{19}) UTC$')::pg_catalog.timestamp
          < (pg_catalog.now() AT TIME ZONE 'UTC') - '1 hour'::pg_catalog.interval
      END
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.datid = d.oid)
ORDER BY d.datname;
