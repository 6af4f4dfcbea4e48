SELECT EXTRACT(epoch FROM pg_catalog.transaction_timestamp()),
    pg_catalog.current_setting('hh_migrate.footing', true),
    session_user,
    current_user,
    pg_catalog.current_setting('role'),
    pg_catalog.current_setting('search_path'),
    pg_catalog.current_setting('session_replication_role');
