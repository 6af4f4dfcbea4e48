-- Where an index can serve a statement, its table is read by it, however small the table is: what
-- is read whole then would be so at any size.  What is switched off has a cost that would have
-- statements compiled.  Only in the transaction.
SELECT pg_catalog.set_config('enable_seqscan', 'off', true),
    pg_catalog.set_config('enable_indexonlyscan', 'off', true),
    pg_catalog.set_config('jit', 'off', true);
