-- The databases of the cluster.
SELECT d.datname
FROM pg_catalog.pg_database AS d;
