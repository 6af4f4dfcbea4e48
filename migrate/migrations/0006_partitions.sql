-- hh: repeatable
-- hh: requires-extension 1.0
--
-- The upkeep of monthly partitions.  Months are UTC's, whatever the session's time zone.

CREATE OR REPLACE FUNCTION ops.partition_ranges(parent regclass)
RETURNS TABLE (partition regclass, range_start timestamptz, range_end timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
AS $$
    SELECT c.oid::regclass,
           coalesce(substring(bound FROM 'FROM \(''([^'']+)''\)')::timestamptz, '-infinity'),
           coalesce(substring(bound FROM 'TO \(''([^'']+)''\)')::timestamptz, 'infinity')
    FROM pg_inherits AS i
    JOIN pg_class AS c ON c.oid = i.inhrelid,
    LATERAL pg_get_expr(c.relpartbound, c.oid) AS bound
    WHERE i.inhparent = parent AND bound <> 'DEFAULT' AND NOT i.inhdetachpending
$$;
COMMENT ON FUNCTION ops.partition_ranges(regclass) IS
    'The range of time that each partition of a relation holds, the default partition aside';

CREATE OR REPLACE FUNCTION ops.lock_partitions(
    parent regclass, default_partition regclass, lock_mode text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
    give_up timestamptz := clock_timestamp() + interval '60 seconds';
BEGIN
    -- The parent first: who writes through it decides on a partition when it has its lock, and
    -- would fail if the default partition lost the month while it waited for that one.
    -- Whoever waits here makes others wait behind it, so it lets go and tries again.
    LOOP
        BEGIN
            EXECUTE format('LOCK TABLE ONLY %s IN %s MODE', parent, lock_mode);
            IF default_partition IS NOT NULL THEN
                EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', default_partition);
            END IF;
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            IF clock_timestamp() > give_up THEN
                RAISE;
            END IF;
        END;
        PERFORM pg_sleep(0.1 + 0.2 * random());
    END LOOP;
END
$$;
COMMENT ON FUNCTION ops.lock_partitions(regclass, regclass, text) IS
    'Locks a partitioned table and its default partition without keeping others waiting; called by ops.maintain_partitions()';

CREATE OR REPLACE FUNCTION ops.add_month_partition(
    parent regclass, key_column name, default_partition regclass, month_start timestamptz)
RETURNS TABLE (partition_name text, moved bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
AS $$
DECLARE
    month_end timestamptz := month_start + interval '1 month';
    schema_name name;
    parent_name name;
    child name;
BEGIN
    SELECT n.nspname, c.relname INTO STRICT schema_name, parent_name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = parent;
    child := parent_name || to_char(month_start, '_YYYY_MM');
    partition_name := format('%I.%I', schema_name, child);
    moved := 0;

    EXECUTE format('CREATE TABLE %I.%I (LIKE %s INCLUDING ALL)', schema_name, child, parent);
    EXECUTE format('COMMENT ON TABLE %I.%I IS %L', schema_name, child,
                   format('Rows of %s in %s (UTC)', parent, to_char(month_start, 'YYYY-MM')));
    IF default_partition IS NOT NULL THEN
        -- The caller has locked it, so that no row comes in between.
        EXECUTE format(
            'WITH gone AS (DELETE FROM %1$s WHERE %2$I >= $1 AND %2$I < $2 RETURNING *) '
            'INSERT INTO %3$I.%4$I SELECT * FROM gone',
            default_partition, key_column, schema_name, child)
            USING month_start, month_end;
        GET DIAGNOSTICS moved = ROW_COUNT;
    END IF;
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)',
                   parent, schema_name, child, month_start, month_end);
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION ops.add_month_partition(regclass, name, regclass, timestamptz) IS
    'Makes one month''s partition and moves the month''s rows into it from the default partition; called by ops.maintain_partitions()';

CREATE OR REPLACE FUNCTION ops.maintain_partitions(
    months_ahead integer DEFAULT 3, keep_months integer DEFAULT NULL)
RETURNS TABLE (relation text, partition_name text, action text, row_count bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    this_month timestamptz := date_trunc('month', now());
    last_month timestamptz;
    oldest_kept timestamptz := '-infinity';
    parent record;
    months timestamptz[];
    month_start timestamptz;
    expired_partitions regclass[];
    expired regclass;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'ops.maintain_partitions() must run at isolation level READ COMMITTED'
            USING ERRCODE = 'active_sql_transaction',
                  DETAIL = 'An older snapshot would not show what others have just done.';
    END IF;
    IF months_ahead IS NULL OR months_ahead NOT BETWEEN 0 AND 120 THEN
        RAISE EXCEPTION 'months_ahead must be between 0 and 120'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF keep_months < 1 THEN
        RAISE EXCEPTION 'keep_months must be at least 1, or NULL'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'NULL keeps every partition.';
    END IF;
    last_month := this_month + make_interval(months => months_ahead);
    IF keep_months IS NOT NULL THEN
        oldest_kept := this_month - make_interval(months => keep_months);
    END IF;

    -- One at a time; who comes second finds nothing left to do.  The bytes spell "hhpartit".
    PERFORM pg_advisory_xact_lock(x'6868706172746974'::bigint);

    FOR parent IN
        SELECT c.oid::regclass AS oid, pg_get_userbyid(c.relowner) AS owner, a.attname AS key_column,
               nullif(p.partdefid, 0)::regclass AS default_partition
        FROM pg_partitioned_table AS p
        JOIN pg_class AS c ON c.oid = p.partrelid
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
        WHERE c.oid IN ('search.search_logs'::regclass, 'ops.pipeline_metrics'::regclass)
        ORDER BY c.oid::regclass::text
    LOOP
        relation := parent.oid::text;
        IF parent.owner <> current_user THEN
            RAISE EXCEPTION 'must be owner of table %', parent.oid
                USING ERRCODE = 'insufficient_privilege',
                      DETAIL = format('It belongs to role "%s", and its partitions must too.', parent.owner),
                      HINT = format('Run "hh-migrate maintain", or SET ROLE %I first.', parent.owner);
        END IF;

        -- Gathered first: a cursor left open would forbid altering the tables it reads.  What
        -- is older than ten years was dated by mistake, and stays in the default partition: whoever
        -- may insert must not have us make a partition for every month since 4713 BC.
        EXECUTE format(
            'SELECT coalesce(array_agg(m ORDER BY m), ''{}'') FROM ('
            '  SELECT generate_series($1, $2, ''1 month'') '
            '  UNION '
            '  SELECT date_trunc(''month'', %1$I) FROM %2$s '
            '  WHERE %1$I >= $3 AND %1$I < $2 + interval ''1 month'''
            ') AS wanted (m) WHERE NOT EXISTS ('
            '  SELECT FROM ops.partition_ranges($4) AS r '
            '  WHERE r.range_start < m + interval ''1 month'' AND r.range_end > m)',
            parent.key_column, coalesce(parent.default_partition, parent.oid))
            INTO months
            USING this_month, last_month, greatest(oldest_kept, this_month - interval '120 months'),
                  parent.oid;
        SELECT coalesce(array_agg(r.partition ORDER BY r.range_end), '{}') INTO expired_partitions
        FROM ops.partition_ranges(parent.oid) AS r
        WHERE r.range_end <= oldest_kept;
        IF cardinality(expired_partitions) > 0 THEN
            -- What dropping a partition takes: taken later, it would meet those who wait for us.
            PERFORM ops.lock_partitions(
                parent.oid, parent.default_partition, 'ACCESS EXCLUSIVE');
        ELSIF cardinality(months) > 0 THEN
            PERFORM ops.lock_partitions(
                parent.oid, parent.default_partition, 'SHARE ROW EXCLUSIVE');
        END IF;
        FOREACH month_start IN ARRAY months LOOP
            SELECT p.partition_name, p.moved INTO partition_name, row_count
            FROM ops.add_month_partition(
                parent.oid, parent.key_column, parent.default_partition, month_start) AS p;
            action := CASE WHEN row_count > 0 THEN 'moved' ELSE 'created' END;
            RETURN NEXT;
        END LOOP;

        FOREACH expired IN ARRAY expired_partitions LOOP
            partition_name := expired::text;
            action := 'dropped';
            EXECUTE format('SELECT count(*) FROM %s', expired) INTO row_count;
            EXECUTE format('DROP TABLE %s', expired);
            RETURN NEXT;
        END LOOP;
        IF parent.default_partition IS NOT NULL AND keep_months IS NOT NULL THEN
            EXECUTE format('DELETE FROM %s WHERE %I < $1', parent.default_partition, parent.key_column)
                USING oldest_kept;
            GET DIAGNOSTICS row_count = ROW_COUNT;
            IF row_count > 0 THEN
                partition_name := parent.default_partition::text;
                action := 'expired';
                RETURN NEXT;
            END IF;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ops.maintain_partitions(integer, integer) IS
    'Makes the monthly partitions of this month and the months ahead, moves rows out of the default partitions, drops what is older than keep_months whole months, and returns what it did';

CREATE OR REPLACE FUNCTION ops.partition_horizon()
RETURNS TABLE (relation text, horizon timestamptz, days_left integer, default_rows bigint)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    parent record;
    next_end timestamptz;
BEGIN
    FOR parent IN
        SELECT c.oid::regclass AS oid, nullif(p.partdefid, 0)::regclass AS default_partition
        FROM pg_partitioned_table AS p
        JOIN pg_class AS c ON c.oid = p.partrelid
        WHERE c.oid IN ('search.search_logs'::regclass, 'ops.pipeline_metrics'::regclass)
        ORDER BY c.oid::regclass::text
    LOOP
        relation := parent.oid::text;
        horizon := now();
        LOOP
            SELECT max(r.range_end) INTO next_end FROM ops.partition_ranges(parent.oid) AS r
            WHERE r.range_start <= horizon AND r.range_end > horizon;
            EXIT WHEN next_end IS NULL;
            horizon := next_end;
        END LOOP;
        days_left := CASE WHEN isfinite(horizon) THEN extract(day FROM horizon - now()) END;
        default_rows := NULL;
        IF has_table_privilege(parent.default_partition, 'SELECT') THEN
            EXECUTE format('SELECT count(*) FROM %s', parent.default_partition) INTO default_rows;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ops.partition_horizon() IS
    'Until when each partitioned table has a partition for every month, whole days from now until then (NULL: no end), and the rows waiting in its default partition (NULL: not the caller''s to read)';

SELECT ops.maintain_partitions(3, NULL);
