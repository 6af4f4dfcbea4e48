-- Whether the session user is one to make roles.
SELECT r.rolsuper OR r.rolcreaterole
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = session_user;
