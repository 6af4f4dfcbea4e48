-- hh.deploy(), hh.install() and hh.execute_as_owner(): who may, and what is refused.
\set VERBOSITY default

CREATE ROLE regress_hh_stranger;
CREATE ROLE regress_hh_member;
GRANT regress_hh_owner TO regress_hh_member;
GRANT USAGE ON SCHEMA hh TO regress_hh_stranger, regress_hh_member;

SET ROLE regress_hh_stranger;
SELECT * FROM hh.deploy();
SELECT * FROM hh.execute_as_owner('SELECT 1');
RESET ROLE;

SET ROLE regress_hh_member;
SELECT * FROM hh.deploy();
RESET ROLE;
SELECT hh.install();

-- The owner's code runs as the owner, and stays it.
SELECT * FROM hh.execute_as_owner('SELECT current_user, 1 + 1, NULL, ''a,"b"''');
SELECT * FROM hh.execute_as_owner('SELECT g, g * g FROM generate_series(1, 3) AS g');
SELECT * FROM hh.execute_as_owner('CREATE TABLE ops.made (); SELECT tableowner FROM pg_tables WHERE tablename = ''made''');
SELECT * FROM hh.execute_as_owner('DROP TABLE ops.made');
SELECT * FROM hh.execute_as_owner('RESET ROLE');
SELECT * FROM hh.execute_as_owner('SET SESSION AUTHORIZATION DEFAULT');
SELECT * FROM hh.execute_as_owner('SELECT set_config(''role'', ''none'', false)');
SELECT * FROM hh.execute_as_owner('DECLARE c CURSOR WITH HOLD FOR SELECT 1');
SELECT * FROM hh.execute_as_owner('CREATE TEMP TABLE t ()');
SELECT * FROM hh.execute_as_owner('COMMIT');
SELECT * FROM hh.execute_as_owner('COPY hh.migration TO STDOUT');
SELECT * FROM hh.execute_as_owner('SELECT syntax error');
SELECT * FROM hh.execute_as_owner(NULL);
SELECT * FROM hh.execute_as_owner('SET work_mem = ''123kB''; SET search_path = hh');
-- A temporary table that the owner's role made in this session before is in nobody's way.
SET ROLE regress_hh_owner;
CREATE TEMP TABLE made_before ();
RESET ROLE;
SELECT * FROM hh.execute_as_owner('SELECT 1');
DROP TABLE made_before;
SHOW work_mem;
SELECT current_user = session_user AS restored;

-- NULL is tested even where somebody made the function take it.
BEGIN;
ALTER FUNCTION hh.execute_as_owner(text) CALLED ON NULL INPUT;
SELECT * FROM hh.execute_as_owner(NULL);
ROLLBACK;

-- An old snapshot would not show what another deployment has just done.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT * FROM hh.deploy();
ROLLBACK;
BEGIN READ ONLY;
SELECT * FROM hh.deploy();
ROLLBACK;

-- The dimension is decided once.
SET headhunter.embedding_dimensions = 1536;
SELECT * FROM hh.deploy();
SET headhunter.embedding_dimensions = 768;
SELECT * FROM hh.deploy();
SET headhunter.embedding_dimensions = 2001;
SET headhunter.embedding_dimensions = 0;
SET headhunter.deploy = 'perhaps';
RESET headhunter.embedding_dimensions;

-- A versioned migration is applied once and must stay what it was.
BEGIN;
UPDATE hh.migration SET checksum = repeat('0', 64) WHERE version = '0002';
\set VERBOSITY terse
SELECT * FROM hh.deploy();
\set VERBOSITY default
ROLLBACK;
BEGIN;
UPDATE hh.migration SET state = 'running' WHERE version = '0003';
SELECT * FROM hh.deploy();
ROLLBACK;

-- A repeatable one is applied again when its text, or what it verifies, changed.
BEGIN;
UPDATE hh.migration SET checksum = repeat('0', 64) WHERE version = '0006';
SELECT * FROM hh.deploy();
SELECT checksum <> repeat('0', 64) AS renewed FROM hh.migration WHERE version = '0006';
ROLLBACK;
BEGIN;
DROP TRIGGER candidate_profiles_search_document ON search.candidate_profiles;
SELECT * FROM hh.deploy();
SELECT count(*) FROM pg_trigger WHERE tgname = 'candidate_profiles_search_document';
ROLLBACK;
-- A trigger that is disabled, fires at other times or with another argument is put right, too.
BEGIN;
ALTER TABLE search.candidate_embeddings DISABLE TRIGGER candidate_embeddings_enforce_model;
SELECT version FROM hh.deploy();
ALTER TABLE hh.embedding_model ENABLE TRIGGER embedding_model_changed;
SELECT version FROM hh.deploy();
CREATE OR REPLACE TRIGGER candidate_profiles_search_document BEFORE INSERT ON search.candidate_profiles
    FOR EACH ROW EXECUTE FUNCTION hh.search_document('simple');
SELECT version FROM hh.deploy();
SELECT version FROM hh.deploy();
SELECT tgname, tgenabled FROM pg_trigger
WHERE NOT tgisinternal AND tgfoid::regproc::text LIKE 'hh.%' ORDER BY 1;
ROLLBACK;

-- A policy that would hide the ledger's rows is an error, not an empty ledger.
BEGIN;
ALTER TABLE hh.migration ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT * FROM hh.deploy();
ROLLBACK;

-- Nobody but its owner may create in hh.
BEGIN;
GRANT CREATE ON SCHEMA hh TO regress_hh_stranger;
SELECT * FROM hh.deploy();
ROLLBACK;
BEGIN;
GRANT CREATE ON SCHEMA hh TO PUBLIC;
SELECT * FROM hh.execute_as_owner('SELECT 1');
ROLLBACK;

-- Half a deployment is refused by name.
BEGIN;
ALTER SCHEMA msgs RENAME TO messages;
SELECT * FROM hh.deploy();
ROLLBACK;
BEGIN;
ALTER TABLE hh.migration RENAME TO ledger;
SELECT * FROM hh.deploy();
ROLLBACK;
BEGIN;
ALTER TABLE hh.migration RENAME TO ledger;
CREATE VIEW hh.migration AS SELECT * FROM hh.ledger;
SELECT * FROM hh.deploy();
ROLLBACK;

-- The extension is not dropped by mistake.
DROP EXTENSION headhunter;

REVOKE USAGE ON SCHEMA hh FROM regress_hh_stranger, regress_hh_member;
DROP ROLE regress_hh_stranger, regress_hh_member;
