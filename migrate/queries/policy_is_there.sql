-- Whether there are tables for the policy's image: from 0009_policy on.
SELECT pg_catalog.count(*) = 4
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'hh' AND c.relname IN ('policy_source', 'policy_role', 'policy', 'service')
  AND c.relkind = 'r' AND pg_catalog.pg_get_userbyid(c.relowner) = current_user;
