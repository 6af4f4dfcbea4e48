-- Whether there is a table for the snapshot: from 0008_ledger_details on.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'hh' AND c.relname = 'snapshot' AND c.relkind = 'r'
      AND pg_catalog.pg_get_userbyid(c.relowner) = current_user);
