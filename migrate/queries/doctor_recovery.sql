-- Whether the server takes no changes, by itself or for this role.
SELECT $1::pg_catalog.text,
    CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'it is a standby, or restores a backup'
        ELSE 'default_transaction_read_only = on' END,
    CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL
        ELSE (
            SELECT 'sql SET default_transaction_read_only = off ;; ' || CASE s.source
                WHEN 'database' THEN 'ALTER DATABASE '
                    || pg_catalog.quote_ident(pg_catalog.current_database())
                    || ' RESET default_transaction_read_only'
                WHEN 'user' THEN 'ALTER ROLE ' || pg_catalog.quote_ident(session_user)
                    || ' RESET default_transaction_read_only'
                WHEN 'database user' THEN 'ALTER ROLE ' || pg_catalog.quote_ident(session_user)
                    || ' IN DATABASE ' || pg_catalog.quote_ident(pg_catalog.current_database())
                    || ' RESET default_transaction_read_only'
                ELSE 'ALTER SYSTEM SET default_transaction_read_only = off'
                    || ' ;; SELECT pg_reload_conf()'
            END
            FROM pg_catalog.pg_settings AS s
            WHERE s.name = 'default_transaction_read_only')
    END
WHERE pg_catalog.pg_is_in_recovery()
   OR pg_catalog.current_setting('default_transaction_read_only') = 'on';
