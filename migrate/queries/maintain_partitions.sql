SELECT m.relation, m.partition_name, m.action, m.row_count
FROM ops.maintain_partitions($1::pg_catalog.int4, $2::pg_catalog.int4) AS m;
