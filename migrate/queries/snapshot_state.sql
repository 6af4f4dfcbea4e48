-- Which ledger the snapshot is of, as snapshot_mark.sql says it.  ONLY: a child table would be somebody
-- else's.
SELECT s.definition
FROM ONLY hh.snapshot AS s
WHERE s.kind = 'ledger' AND s.object = 'hh.migration' AND s.property = 'digest';
