-- Whether the last attempt to archive WAL failed: the one thing of backups that a server shows.
SELECT 'archiving WAL',
    'since ' || coalesce(pg_catalog.to_char(a.last_archived_time, 'YYYY-MM-DD HH24:MI TZ'), 'ever')
        || '; it failed ' || a.failed_count || ' times, the last time with ' || a.last_failed_wal,
    'sql SHOW archive_command'
FROM pg_catalog.pg_stat_archiver AS a
WHERE pg_catalog.current_setting('archive_mode') <> 'off'
  AND a.last_failed_time > coalesce(a.last_archived_time, '-infinity');
