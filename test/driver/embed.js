// hh-embed-svc, as hh_app.  The argument is its mode: verify or auto-migrate.

import pgvector from 'pgvector/pg';
import { can, connectWithVectors, direction, does, mayNot } from './service.js';

const mode = process.argv[2];
const client = await connectWithVectors();

const startUp = [
    'CREATE EXTENSION IF NOT EXISTS vector',
    'CREATE EXTENSION IF NOT EXISTS pgcrypto',
    'CREATE SCHEMA IF NOT EXISTS search',
    `CREATE TABLE IF NOT EXISTS search.tenants (
        tenant_id text PRIMARY KEY, last_seen_at timestamptz NOT NULL DEFAULT now())`,
    `CREATE TABLE IF NOT EXISTS search.candidate_embeddings (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant_id text NOT NULL, entity_id text NOT NULL,
        embedding vector(768) NOT NULL, embedding_text text, metadata jsonb, model_version text,
        chunk_type text NOT NULL DEFAULT 'default', created_at timestamptz, updated_at timestamptz,
        UNIQUE (tenant_id, entity_id, chunk_type))`,
    `CREATE INDEX IF NOT EXISTS candidate_embeddings_tenant_idx
        ON search.candidate_embeddings (tenant_id, entity_id)`,
    `CREATE INDEX IF NOT EXISTS candidate_embeddings_embedding_hnsw_idx
        ON search.candidate_embeddings USING hnsw (embedding vector_cosine_ops)`,
    'DROP INDEX IF EXISTS search.candidate_embeddings_embedding_cosine_idx',
];
// PostgreSQL asks for no right where the others find their work done.
const needsRight = /^CREATE (SCHEMA|TABLE|INDEX)/;

async function migrate() {
    for (const time of ['first', 'second']) {
        for (const statement of startUp) {
            await does(client, `start-up, the ${time} time: ${statement}`, 0, statement);
        }
    }
}

async function verify() {
    await can(client, 'extensions', [['pgcrypto'], ['vector']],
        'SELECT extname FROM pg_extension WHERE extname = ANY ($1) ORDER BY extname', [['vector', 'pgcrypto']]);
    await can(client, 'schema', [['search']],
        'SELECT schema_name FROM information_schema.schemata WHERE schema_name = $1', ['search']);
    await can(client, 'tables', [['candidate_embeddings'], ['tenants']],
        `SELECT table_name FROM information_schema.tables
        WHERE table_schema = $1 AND table_name = ANY ($2) ORDER BY table_name`,
        ['search', ['candidate_embeddings', 'tenants']]);
    await can(client, 'dimension', [[768]],
        `SELECT a.atttypmod FROM pg_attribute AS a
            JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3 AND NOT a.attisdropped`,
        ['search', 'candidate_embeddings', 'embedding']);
    await can(client, 'index', [[true]],
        `SELECT indexdef LIKE '%USING hnsw%' FROM pg_indexes
        WHERE schemaname = $1 AND tablename = $2 AND indexname = $3`,
        ['search', 'candidate_embeddings', 'candidate_embeddings_embedding_hnsw_idx']);
}

const upsert = `INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, embedding_text,
        metadata, model_version, chunk_type, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now())
    ON CONFLICT (tenant_id, entity_id, chunk_type) DO UPDATE SET embedding = EXCLUDED.embedding,
        embedding_text = EXCLUDED.embedding_text, metadata = EXCLUDED.metadata,
        model_version = EXCLUDED.model_version, updated_at = EXCLUDED.updated_at
    RETURNING id, tenant_id, entity_id, embedding, embedding_text, metadata, model_version, chunk_type,
        created_at, updated_at`;

async function work() {
    for (const time of ['first', 'second']) {
        await does(client, `tenant, the ${time} time`, 1,
            `INSERT INTO search.tenants (tenant_id, last_seen_at) VALUES ($1, $2)
            ON CONFLICT (tenant_id) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at`, ['acme', new Date()]);
        for (const [entity, lean, city] of [['ana', 0, 'Recife'], ['bia', 0.3, 'Recife'], ['caio', 0.1, 'Olinda'], ['davi', 1.5, 'Recife']]) {
            await does(client, `embedding of ${entity}, the ${time} time`, 1, upsert,
                ['acme', entity, pgvector.toSql(direction(lean)), entity, { city }, 'driver-test', 'default']);
        }
    }
    await can(client, 'a vector comes back as numbers', [[direction(0)]],
        'SELECT embedding FROM search.candidate_embeddings WHERE tenant_id = $1 AND entity_id = $2', ['acme', 'ana']);
    await does(client, 'ef_search', 0, 'SET hnsw.ef_search = 200');
    await can(client, 'the nearest under a threshold, by metadata', [['ana'], ['bia']],
        `SELECT entity_id FROM search.candidate_embeddings
        WHERE tenant_id = $1 AND embedding <=> $2 < $3 AND metadata @> $4
        ORDER BY embedding <=> $2 LIMIT 300`, ['acme', pgvector.toSql(direction(0)), 0.5, { city: 'Recife' }]);
    await can(client, 'health', [['4']], 'SELECT count(*) FROM search.candidate_embeddings');
}

if (mode === 'auto-migrate') {
    await migrate();
}
await verify();
await work();
await mayNot(client, 'SELECT FROM msgs.outbox', 'SELECT FROM search.search_logs', 'DELETE FROM hh.migration',
    'CREATE TABLE hh.mine ()', 'DROP TABLE search.candidate_profiles', 'CREATE ROLE mine', 'SET ROLE hh_owner');
if (mode === 'verify') {
    await mayNot(client, ...startUp.filter((statement) => needsRight.test(statement)),
        'TRUNCATE search.candidate_embeddings', 'DELETE FROM search.candidate_embeddings');
}
await client.end();
