-- Whether this database's oldest transaction or multixact is older than $1.
SELECT 'database ' || d.datname,
    pg_catalog.age(d.datfrozenxid) || ' transactions and '
        || pg_catalog.mxid_age(d.datminmxid) || ' multixacts', NULL
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database()
  AND greatest(pg_catalog.age(d.datfrozenxid), pg_catalog.mxid_age(d.datminmxid))
      > $1::pg_catalog.int4;
