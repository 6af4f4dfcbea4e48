-- Has no text of the statements to come logged, shown or counted, as far as the role may: they hold
-- what can be used to guess a password.
SELECT pg_catalog.set_config(hushed.name, hushed.setting, false)
FROM (VALUES
    ('log_statement', 'none'),
    ('log_min_duration_statement', '-1'),
    ('log_min_duration_sample', '-1'),
    ('log_transaction_sample_rate', '0'),
    ('log_min_error_statement', 'panic'),
    ('debug_print_parse', 'off'),
    ('debug_print_rewritten', 'off'),
    ('track_activities', 'off'),
    ('pg_stat_statements.track', 'none')
) AS hushed (name, setting)
JOIN pg_catalog.pg_settings AS s ON s.name = hushed.name
WHERE s.context = 'user' OR pg_catalog.has_parameter_privilege(s.name, 'SET');
