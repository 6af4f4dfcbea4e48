// hh-search-svc, as hh_analytics.

import { randomUUID } from 'node:crypto';
import pgvector from 'pgvector/pg';
import { can, connectWithVectors, direction, does, mayNot } from './service.js';

const client = await connectWithVectors();

await can(client, 'schema', [['search']],
    'SELECT schema_name FROM information_schema.schemata WHERE schema_name = $1', ['search']);
await can(client, 'tables', [['candidate_embeddings'], ['candidate_profiles']],
    `SELECT table_name FROM information_schema.tables
    WHERE table_schema = $1 AND table_name = ANY ($2) ORDER BY table_name`,
    ['search', ['candidate_embeddings', 'candidate_profiles']]);
await can(client, 'columns', [['consent_record'], ['legal_basis'], ['transfer_mechanism']],
    `SELECT column_name FROM information_schema.columns
    WHERE table_schema = $1 AND table_name = $2 AND column_name = ANY ($3) ORDER BY column_name`,
    ['search', 'candidate_profiles', ['legal_basis', 'consent_record', 'transfer_mechanism']]);
await can(client, 'portuguese', [[true]],
    `SELECT EXISTS (SELECT FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adrelid = $1::regclass AND a.attname = $2 AND pg_get_expr(d.adbin, d.adrelid) LIKE $3)
        OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = $1::regclass AND pg_get_triggerdef(oid) LIKE $3)`,
    ['search.candidate_profiles', 'search_document', '%portuguese%']);

await does(client, 'a profile', 1,
    `SELECT candidate_id, tenant_id, full_name, current_title, headline, location, country, industries, skills,
        years_experience, analysis_confidence, profile, legal_basis, consent_record, transfer_mechanism,
        search_document, updated_at
    FROM search.candidate_profiles WHERE tenant_id = $1 AND candidate_id = $2`, ['acme', 'bia']);

const hybrid = `
    WITH vector_arm AS (
        SELECT candidate_id, row_number() OVER (ORDER BY distance) AS rank
        FROM (SELECT entity_id AS candidate_id, embedding <=> $2 AS distance FROM search.candidate_embeddings
            WHERE tenant_id = $1 ORDER BY embedding <=> $2 LIMIT 300) AS nearest
    ), text_arm AS (
        SELECT candidate_id, row_number() OVER (ORDER BY relevance DESC) AS rank
        FROM (SELECT candidate_id, ts_rank_cd(search_document, query) AS relevance
            FROM search.candidate_profiles, plainto_tsquery('portuguese', $3) AS query
            WHERE tenant_id = $1 AND search_document @@ query ORDER BY relevance DESC LIMIT 300) AS matching
    ), fused AS (
        SELECT candidate_id, sum(1.0 / (60 + rank)) AS score
        FROM (SELECT * FROM vector_arm UNION ALL SELECT * FROM text_arm) AS arms GROUP BY candidate_id
    )
    SELECT p.candidate_id
    FROM fused JOIN search.candidate_profiles AS p ON p.tenant_id = $1 AND p.candidate_id = fused.candidate_id
    WHERE lower(p.location) = ANY ($4) AND (p.country = ANY ($5) OR p.country IS NULL) AND p.industries && $6
        AND p.skills @> $7 AND p.years_experience BETWEEN $8 AND $9 AND p.profile @> $10
    ORDER BY score DESC LIMIT $11 OFFSET $12`;
const filters = [['recife'], ['BR'], ['fintech'], ['go'], 1, 20, { remote: true }, 10, 0];

await does(client, 'ef_search', 0, 'SET hnsw.ef_search = 100');
// By vector alone ana comes first, by the inflected word bia.
await can(client, 'hybrid search', [['bia'], ['ana']], hybrid,
    ['acme', pgvector.toSql(direction(0)), 'engenheiras', ...filters]);
await does(client, 'the search is logged', 1,
    `INSERT INTO search.search_logs (tenant_id, search_id, request, response, latency_ms, source_service)
    VALUES ($1, $2, $3, $4, $5, $6)`,
    ['acme', randomUUID(), { text: 'engenheiras' }, { found: ['bia', 'ana'] }, 42.5, 'hh-search-svc']);
await can(client, 'health', [['3']], 'SELECT count(*) FROM search.candidate_profiles');

await mayNot(client, 'SELECT FROM search.search_logs', 'SELECT embedding_text FROM search.candidate_embeddings',
    'UPDATE search.candidate_profiles SET full_name = NULL', 'DELETE FROM search.candidate_profiles',
    'SELECT FROM search.tenants', 'SELECT FROM msgs.outbox', 'CREATE TABLE search.mine ()', 'SET ROLE hh_owner');
await client.end();
