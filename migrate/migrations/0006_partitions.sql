-- hh: repeatable
-- hh: requires-extension 1.0
-- hh: allow scan-under-lock a default partition holds but the rows whose month is missing
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

CREATE OR REPLACE FUNCTION ops.lock_holders(locked regclass, lock_mode text)
RETURNS text
LANGUAGE sql VOLATILE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(DISTINCT coalesce(l.pid::text, 'a prepared transaction'), ', ')
    FROM pg_locks AS l
    WHERE l.locktype = 'relation' AND l.relation = locked AND l.granted
      AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
      AND l.pid IS DISTINCT FROM pg_backend_pid()
      AND (lock_mode = 'ACCESS EXCLUSIVE' OR l.mode NOT IN ('AccessShareLock', 'RowShareLock'))
$$;
COMMENT ON FUNCTION ops.lock_holders(regclass, text) IS
    'The processes whose locks on a relation conflict with SHARE ROW EXCLUSIVE or ACCESS EXCLUSIVE; called by ops.lock_partitions()';

CREATE OR REPLACE FUNCTION ops.lock_partitions(
    parent regclass, default_partition regclass, lock_mode text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '200ms'
AS $$
DECLARE
    give_up timestamptz := clock_timestamp() + interval '60 seconds';
    next_table regclass;
    next_mode text;
BEGIN
    -- The parent first: who writes through it decides on a partition when it has its lock, and
    -- would fail if the default partition lost the month while it waited for that one.
    -- Whoever waits here makes others wait behind it, so it lets go and tries again.
    LOOP
        BEGIN
            next_table := parent;
            next_mode := lock_mode;
            EXECUTE format('LOCK TABLE ONLY %s IN %s MODE', next_table, next_mode);
            IF default_partition IS NOT NULL THEN
                next_table := default_partition;
                next_mode := 'ACCESS EXCLUSIVE';
                EXECUTE format('LOCK TABLE ONLY %s IN %s MODE', next_table, next_mode);
            END IF;
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            IF clock_timestamp() > give_up THEN
                RAISE EXCEPTION 'could not lock table % within 60 seconds', next_table
                    USING ERRCODE = 'lock_not_available',
                          DETAIL = format('Blocked by: %s.', coalesce(
                              ops.lock_holders(next_table, next_mode), 'nobody any more')),
                          HINT = 'Look for these processes in pg_stat_activity, and run it again when their transactions have ended.';
            END IF;
        END;
        PERFORM pg_sleep(0.1 + 0.2 * random());
    END LOOP;
END
$$;
COMMENT ON FUNCTION ops.lock_partitions(regclass, regclass, text) IS
    'Locks a partitioned table and its default partition without keeping others waiting; called by ops.maintain_table()';

CREATE OR REPLACE FUNCTION ops.move_rows(
    source regclass, target regclass, key_column name, range_start timestamptz, range_end timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    some_rows boolean;
    obstacle text;
    columns text;
    moved bigint;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %1$s WHERE %2$I >= $1 AND %2$I < $2)', source, key_column)
        INTO some_rows USING range_start, range_end;
    IF NOT some_rows THEN
        RETURN 0;
    END IF;

    -- To whatever is told of deletions, a row that is moved would be gone.
    SELECT format('%s "%s" of table %s', kind, name, owner) INTO obstacle
    FROM (
        SELECT 'Foreign key', conname, conrelid::regclass FROM pg_constraint
        WHERE contype = 'f' AND conparentid = 0
          AND confrelid IN (SELECT relid FROM pg_partition_ancestors(source))
        UNION ALL
        SELECT 'Trigger', tgname, tgrelid::regclass FROM pg_trigger
        WHERE tgrelid = source AND NOT tgisinternal AND tgenabled IN ('O', 'A')
          AND tgtype & 8 <> 0 AND (tgtype & 1 <> 0 OR tgoldtable IS NOT NULL)
        UNION ALL
        SELECT 'Rule', rulename, ev_class::regclass FROM pg_rewrite
        WHERE ev_class = source AND ev_type = '4'
    ) AS o (kind, name, owner)
    ORDER BY kind, name
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'cannot move rows out of table %', source
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  DETAIL = format('%s would see them deleted.', obstacle),
                  HINT = 'Remove it, or move the rows by hand.';
    END IF;

    -- By name, for a partition may have its columns in any order.
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format(
        'WITH gone AS (DELETE FROM %1$s WHERE %2$I >= $1 AND %2$I < $2 RETURNING %3$s) '
        'INSERT INTO %4$s (%3$s) SELECT %3$s FROM gone',
        source, key_column, columns, target)
        USING range_start, range_end;
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN moved;
END
$$;
COMMENT ON FUNCTION ops.move_rows(regclass, regclass, name, timestamptz, timestamptz) IS
    'Moves the rows of a range of time from one table to another that has the same columns; refuses where something would see them deleted';

CREATE OR REPLACE FUNCTION ops.month_partition_name(parent regclass, month_start timestamptz)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
    SELECT format('%I.%I', n.nspname, c.relname || to_char(month_start, '_YYYY_MM'))
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = parent
$$;
COMMENT ON FUNCTION ops.month_partition_name(regclass, timestamptz) IS
    'The name, qualified and quoted, of a month''s partition';

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
BEGIN
    partition_name := ops.month_partition_name(parent, month_start);
    moved := 0;
    -- A partition takes its identity columns from its parent, and must bring none of its own.
    EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)', partition_name, parent);
    EXECUTE format('COMMENT ON TABLE %s IS %L', partition_name,
                   format('Rows of %s in %s (UTC)', parent, to_char(month_start, 'YYYY-MM')));
    IF default_partition IS NOT NULL THEN
        -- The caller has locked it, so that no row comes in between.
        moved := ops.move_rows(
            default_partition, partition_name::regclass, key_column, month_start, month_end);
    END IF;
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
                   parent, partition_name, month_start, month_end);
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION ops.add_month_partition(regclass, name, regclass, timestamptz) IS
    'Makes one month''s partition and moves the month''s rows into it from the default partition; called by ops.add_partitions()';

CREATE OR REPLACE FUNCTION ops.add_partitions(
    parent regclass, key_column name, default_partition regclass, months timestamptz[])
RETURNS TABLE (partition_name text, action text, row_count bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    month_start timestamptz;
    reason text;
    advice text;
BEGIN
    FOREACH month_start IN ARRAY months LOOP
        BEGIN
            SELECT p.partition_name, p.moved INTO partition_name, row_count
            FROM ops.add_month_partition(parent, key_column, default_partition, month_start) AS p;
            action := CASE WHEN row_count > 0 THEN 'moved' ELSE 'created' END;
        EXCEPTION
            -- One month must not keep the others from their partitions.
            WHEN duplicate_table OR duplicate_object OR invalid_object_definition
                OR integrity_constraint_violation OR object_not_in_prerequisite_state THEN
                GET STACKED DIAGNOSTICS reason = PG_EXCEPTION_DETAIL, advice = PG_EXCEPTION_HINT;
                partition_name := ops.month_partition_name(parent, month_start);
                action := 'skipped';
                row_count := 0;
                IF default_partition IS NOT NULL THEN
                    EXECUTE format('SELECT count(*) FROM %1$s WHERE %2$I >= $1 AND %2$I < $2',
                                   default_partition, key_column)
                        INTO row_count USING month_start, month_start + interval '1 month';
                END IF;
                RAISE WARNING 'partition % was not made: %', partition_name, SQLERRM
                    USING DETAIL = coalesce(nullif(reason, '') || ' ', '')
                                   || format('Rows waiting in the default partition: %s.', row_count),
                          HINT = coalesce(nullif(advice, ''), CASE
                              WHEN SQLSTATE IN ('42P07', '42710')
                              THEN 'Attach what has the name, rename it or drop it.'
                              ELSE 'Remove the cause; the next run tries again.' END);
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ops.add_partitions(regclass, name, regclass, timestamptz[]) IS
    'Makes the partitions of some months, skipping with a warning those that can''t be made; called by ops.maintain_table()';

CREATE OR REPLACE FUNCTION ops.drop_partitions(partitions regclass[], row_counts jsonb)
RETURNS TABLE (partition_name text, action text, row_count bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    expired regclass;
    reason text;
BEGIN
    FOREACH expired IN ARRAY partitions LOOP
        partition_name := expired::text;
        row_count := row_counts ->> expired::oid::text;
        BEGIN
            EXECUTE format('DROP TABLE %s', expired);
            action := 'dropped';
        EXCEPTION
            WHEN dependent_objects_still_exist OR integrity_constraint_violation
                OR wrong_object_type THEN
                GET STACKED DIAGNOSTICS reason = PG_EXCEPTION_DETAIL;
                action := 'skipped';
                RAISE WARNING 'partition % was not dropped: %', partition_name, SQLERRM
                    USING DETAIL = coalesce(nullif(reason, ''), 'It has expired.'),
                          HINT = 'Remove what needs it, or drop it by hand.';
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ops.drop_partitions(regclass[], jsonb) IS
    'Drops partitions, skipping with a warning those that can''t be dropped, and tells how many rows each had, counted before; called by ops.maintain_table()';

CREATE OR REPLACE FUNCTION ops.missing_months(
    parent regclass, key_column name, default_partition regclass,
    oldest_month timestamptz, this_month timestamptz, last_month timestamptz)
RETURNS timestamptz[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
DECLARE
    months timestamptz[];
BEGIN
    EXECUTE format(
        'SELECT coalesce(array_agg(m ORDER BY m), ''{}'') FROM ('
        '  SELECT generate_series($1, $2, ''1 month'') '
        '  UNION '
        '  SELECT date_trunc(''month'', %1$I) FROM %2$s '
        '  WHERE %1$I >= $3 AND %1$I < $2 + interval ''1 month'''
        ') AS wanted (m) WHERE NOT EXISTS ('
        '  SELECT FROM ops.partition_ranges($4) AS r '
        '  WHERE r.range_start < m + interval ''1 month'' AND r.range_end > m)',
        key_column, coalesce(default_partition, parent))
        INTO months USING this_month, last_month, oldest_month, parent;
    RETURN months;
END
$$;
COMMENT ON FUNCTION ops.missing_months(regclass, name, regclass, timestamptz, timestamptz, timestamptz) IS
    'The months without a partition, from this one to the last, and those before with rows in the default partition; called by ops.maintain_table()';

CREATE OR REPLACE FUNCTION ops.count_expired(parents regclass[], oldest_kept timestamptz)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    row_counts jsonb := '{}';
    row_count bigint;
    expired regclass;
BEGIN
    FOR expired IN
        SELECT r.partition
        FROM unnest(parents) AS p (parent), ops.partition_ranges(p.parent) AS r
        WHERE r.range_end <= oldest_kept
    LOOP
        EXECUTE format('SELECT count(*) FROM %s', expired) INTO row_count;
        row_counts := row_counts || jsonb_build_object(expired::oid, row_count);
    END LOOP;
    RETURN row_counts;
END
$$;
COMMENT ON FUNCTION ops.count_expired(regclass[], timestamptz) IS
    'The number of rows of each partition that has expired, by OID; called by ops.maintain_partitions()';

CREATE OR REPLACE FUNCTION ops.maintain_table(
    parent regclass, key_column name, default_partition regclass,
    this_month timestamptz, last_month timestamptz, oldest_kept timestamptz, row_counts jsonb)
RETURNS TABLE (partition_name text, action text, row_count bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    months timestamptz[];
    expired_partitions regclass[];
BEGIN
    -- What is older than ten years was dated by mistake, and stays in the default partition: whoever
    -- may insert must not have us make a partition for every month since 4713 BC.
    months := ops.missing_months(
        parent, key_column, default_partition,
        greatest(oldest_kept, this_month - interval '120 months'), this_month, last_month);
    SELECT coalesce(array_agg(r.partition ORDER BY r.range_end), '{}') INTO expired_partitions
    FROM ops.partition_ranges(parent) AS r
    WHERE row_counts ? r.partition::oid::text;

    IF cardinality(expired_partitions) > 0 THEN
        -- What dropping a partition takes: taken later, it would meet those who wait for us.
        PERFORM ops.lock_partitions(parent, default_partition, 'ACCESS EXCLUSIVE');
    ELSIF cardinality(months) > 0 THEN
        PERFORM ops.lock_partitions(parent, default_partition, 'SHARE ROW EXCLUSIVE');
    END IF;
    RETURN QUERY SELECT * FROM ops.add_partitions(parent, key_column, default_partition, months);
    RETURN QUERY SELECT * FROM ops.drop_partitions(expired_partitions, row_counts);

    IF default_partition IS NOT NULL AND isfinite(oldest_kept) THEN
        EXECUTE format('DELETE FROM %s WHERE %I < $1', default_partition, key_column)
            USING oldest_kept;
        GET DIAGNOSTICS row_count = ROW_COUNT;
        IF row_count > 0 THEN
            partition_name := default_partition::text;
            action := 'expired';
            RETURN NEXT;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION ops.maintain_table(regclass, name, regclass, timestamptz, timestamptz, timestamptz, jsonb) IS
    'Adds and drops the partitions of one table; called by ops.maintain_partitions()';

CREATE OR REPLACE FUNCTION ops.require_ownership(tables regclass[])
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    table_of_another regclass;
    owner name;
BEGIN
    SELECT c.oid::regclass, pg_get_userbyid(c.relowner) INTO table_of_another, owner
    FROM pg_class AS c
    WHERE c.oid = ANY (tables) AND pg_get_userbyid(c.relowner) <> current_user
    ORDER BY c.oid::regclass::text
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'must be owner of table %', table_of_another
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = format('It belongs to role "%s", and its partitions must too.', owner),
                  HINT = format('Run "hh-migrate maintain", or SET ROLE %I first.', owner);
    END IF;
END
$$;
COMMENT ON FUNCTION ops.require_ownership(regclass[]) IS
    'Refuses to go on for who is not the owner of some tables; called by ops.maintain_partitions()';

CREATE OR REPLACE FUNCTION ops.maintain_partitions(
    months_ahead integer DEFAULT 3, keep_months integer DEFAULT NULL)
RETURNS TABLE (relation text, partition_name text, action text, row_count bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    tables CONSTANT regclass[] := '{search.search_logs, ops.pipeline_metrics}';
    this_month timestamptz := date_trunc('month', now());
    oldest_kept timestamptz;
    row_counts jsonb;
    parent record;
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
    IF keep_months NOT BETWEEN 1 AND 1200 THEN
        RAISE EXCEPTION 'keep_months must be between 1 and 1200, or NULL'
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'NULL keeps every partition.';
    END IF;
    PERFORM ops.require_ownership(tables);
    oldest_kept := coalesce(this_month - make_interval(months => keep_months), '-infinity');

    -- One at a time; who comes second finds nothing left to do.  The bytes spell "hhpartit".
    PERFORM pg_advisory_xact_lock(x'6868706172746974'::bigint);
    -- Counting takes its time, and is done before anybody is locked out.
    row_counts := ops.count_expired(tables, oldest_kept);

    FOR parent IN
        SELECT c.oid::regclass AS oid, a.attname AS key_column,
               nullif(p.partdefid, 0)::regclass AS default_partition
        FROM pg_partitioned_table AS p
        JOIN pg_class AS c ON c.oid = p.partrelid
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
        WHERE c.oid = ANY (tables)
        ORDER BY c.oid::regclass::text
    LOOP
        RETURN QUERY SELECT parent.oid::text, m.*
        FROM ops.maintain_table(
            parent.oid, parent.key_column, parent.default_partition, this_month,
            this_month + make_interval(months => months_ahead), oldest_kept, row_counts) AS m;
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
