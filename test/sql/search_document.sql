-- The full-text document of a profile.
BEGIN;

INSERT INTO search.candidate_profiles
    (tenant_id, candidate_id, full_name, current_title, headline, skills, industries, profile)
VALUES
    ('acme', 'ana', 'Ana Souza', 'Engenheira de Software', 'Desenvolve sistemas de pagamento',
     '{PostgreSQL,Kafka}', '{Fintech}',
     '{"resumo": "Liderou equipes", "empregos": [{"cargo": "Analista", "anos": 3}], "ativo": true}');

-- A title, B headline and skills, C industries, D the strings of profile; the name is not in it.
SELECT search_document FROM search.candidate_profiles;

-- Inflected forms are found, with what is written to search_document of no effect.
UPDATE search.candidate_profiles SET search_document = 'nothing';
SELECT q, search_document @@ plainto_tsquery('pg_catalog.portuguese', q) AS found
FROM search.candidate_profiles,
     unnest('{engenheiras,desenvolvimento,sistema,analistas,liderar,nothing,Souza,postgresql}'::text[]) AS q;

-- Each source changes it; another column doesn't rebuild it.
UPDATE search.candidate_profiles SET current_title = NULL, headline = NULL;
UPDATE search.candidate_profiles SET skills = '{}', industries = '{NULL,Saúde}', profile = '{}';
SELECT search_document FROM search.candidate_profiles;
UPDATE search.candidate_profiles SET industries = '{}';
SELECT search_document FROM search.candidate_profiles;

-- More text than a tsvector holds is cut, at a character's end, and refuses no profile.
INSERT INTO search.candidate_profiles (tenant_id, candidate_id, current_title, profile)
SELECT 'acme', 'long', 'Arquiteta',
       jsonb_build_object('cv', (SELECT string_agg(chr(97 + g % 26) || chr(97 + g / 26 % 26) || chr(97 + g / 676 % 26) || chr(97 + g / 17576 % 26), ' ')
                                 FROM generate_series(1, 400000) AS g));
INSERT INTO search.candidate_profiles (tenant_id, candidate_id, headline)
VALUES ('acme', 'accents', 'x' || repeat('ç', 200000));
SELECT candidate_id, length(search_document) > 1000 AS much,
       search_document @@ plainto_tsquery('pg_catalog.portuguese', 'arquiteta') AS by_title
FROM search.candidate_profiles WHERE candidate_id IN ('long', 'accents') ORDER BY 1;

-- The configuration is the trigger's argument, never found by search_path.
CREATE TEMP TABLE document (LIKE search.candidate_profiles INCLUDING DEFAULTS);
CREATE TRIGGER d BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION hh.search_document('english');
INSERT INTO document (tenant_id, candidate_id, current_title) VALUES ('acme', 'c', 'engineers');
SELECT search_document FROM document;

\set VERBOSITY sqlstate
SAVEPOINT s;
CREATE OR REPLACE TRIGGER d BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION hh.search_document('public.nowhere');
INSERT INTO document (tenant_id, candidate_id) VALUES ('acme', 'c');
ROLLBACK TO s;
CREATE OR REPLACE TRIGGER d BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION hh.search_document();
INSERT INTO document (tenant_id, candidate_id) VALUES ('acme', 'c');
ROLLBACK TO s;
CREATE OR REPLACE TRIGGER d AFTER INSERT ON document FOR EACH ROW EXECUTE FUNCTION hh.search_document('english');
INSERT INTO document (tenant_id, candidate_id) VALUES ('acme', 'c');
ROLLBACK TO s;
ALTER TABLE document DROP COLUMN headline;
INSERT INTO document (tenant_id, candidate_id) VALUES ('acme', 'c');
ROLLBACK TO s;
ALTER TABLE document ALTER COLUMN headline TYPE varchar(20);
INSERT INTO document (tenant_id, candidate_id) VALUES ('acme', 'c');
ROLLBACK TO s;
SELECT hh.search_document();
\set VERBOSITY default

ROLLBACK;
