SELECT h.relation,
    pg_catalog.to_char(h.horizon AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    h.days_left, h.default_rows
FROM ops.partition_horizon() AS h
ORDER BY h.relation;
