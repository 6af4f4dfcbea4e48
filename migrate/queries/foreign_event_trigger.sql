-- An event trigger whose function somebody else than a superuser can replace.
SELECT pg_catalog.quote_ident(e.evtname)
FROM pg_catalog.pg_event_trigger AS e
JOIN pg_catalog.pg_proc AS p ON p.oid = e.evtfoid
JOIN pg_catalog.pg_roles AS r ON r.oid = p.proowner
WHERE e.evtenabled <> 'D' AND NOT r.rolsuper
ORDER BY e.evtname
LIMIT 1;
