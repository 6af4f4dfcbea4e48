-- Replicas that are behind, slots that nobody reads, and a standby that is behind itself.
SELECT coalesce(nullif(r.application_name, ''), r.client_addr::pg_catalog.text, 'a replica'),
    coalesce('by ' || pg_catalog.date_trunc('second', r.replay_lag), 'it is in state ' || r.state),
    'sql SELECT * FROM pg_stat_replication'
FROM pg_catalog.pg_stat_replication AS r
WHERE r.replay_lag > '1 minute' OR r.state = 'catchup'
UNION ALL
SELECT 'slot ' || s.slot_name, 'nobody reads it, and '
        || pg_catalog.pg_size_pretty(pg_catalog.pg_wal_lsn_diff(
            pg_catalog.pg_current_wal_lsn(), s.restart_lsn)) || ' are kept for it',
    'sql SELECT pg_drop_replication_slot(' || pg_catalog.quote_literal(s.slot_name) || ')'
FROM pg_catalog.pg_replication_slots AS s
WHERE NOT s.active AND NOT pg_catalog.pg_is_in_recovery()
  -- Not called on a standby, where it fails.
  AND CASE WHEN pg_catalog.pg_is_in_recovery() THEN false
      ELSE pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), s.restart_lsn) > 1073741824
      END
UNION ALL
SELECT 'this standby', 'by ' || pg_catalog.date_trunc('second', behind.lag),
    'sql SELECT * FROM pg_stat_wal_receiver'
FROM (
    SELECT pg_catalog.now() - pg_catalog.pg_last_xact_replay_timestamp()
    WHERE pg_catalog.pg_is_in_recovery()
      AND pg_catalog.pg_last_wal_receive_lsn() IS DISTINCT FROM pg_catalog.pg_last_wal_replay_lsn()
) AS behind (lag)
WHERE behind.lag > '1 minute';
