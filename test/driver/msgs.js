// hh-msgs-svc, as hh_ops.

import { can, connect, does, mayNot } from './service.js';

const client = await connect();

await can(client, 'adjacent skills', [
    ['rust', 'Rust', '2.5', 40, 7, ['jobs', 'profiles']],
    ['docker', 'Docker', '1.25', 90, 3, ['jobs']],
], `SELECT related_skill_id, related_skill_label, pmi_score, support, recency_days, sources
    FROM msgs.skill_adjacency WHERE tenant_id = $1 AND skill_id = $2 ORDER BY pmi_score DESC LIMIT 50`, ['acme', 'go']);
await can(client, 'a template of the default locale', [['Frontend', null, ['react'], [], 2, 5, '1']],
    `SELECT title, summary, required_skills, preferred_skills, yoe_min, yoe_max, version
    FROM msgs.role_template WHERE tenant_id = $1 AND eco_id = $2 AND locale IN ($3, 'default')
    ORDER BY locale = 'default' LIMIT 1`, ['acme', 'ECO.BR.SE.FRONTEND', 'pt-BR']);

const demand = `SELECT to_char(week_start, 'YYYY-MM-DD'), postings_count, demand_index FROM msgs.skill_demand
    WHERE tenant_id = $1 AND skill_id = $2 AND region = $3 AND ($4::text IS NULL OR industry = $4) AND week_start >= $5
    ORDER BY week_start, industry NULLS LAST`;
await can(client, 'demand', [['2026-01-05', 7, '1.5'], ['2026-01-12', 5, '1.1'], ['2026-01-12', 9, null]],
    demand, ['acme', 'go', 'BR-PE', null, '2026-01-05']);
await can(client, 'demand of an industry', [['2026-01-12', 5, '1.1']],
    demand, ['acme', 'go', 'BR-PE', 'fintech', '2026-01-05']);

await does(client, 'a change begins', 0, 'BEGIN');
await does(client, 'the change', 1,
    `INSERT INTO ops.refresh_jobs (tenant_id, job_type, status, requested_at, metadata)
    VALUES ($1, $2, 'queued', now(), $3)`, ['acme', 'skill-demand', {}]);
await does(client, 'its two notifications', 2,
    'INSERT INTO msgs.outbox (tenant_id, topic, payload) VALUES ($1, $2, $3), ($1, $2, $4)',
    ['acme', 'refresh', { number: 1 }, { number: 2 }]);
await does(client, 'the change ends', 0, 'COMMIT');

// Two workers at a time, then one more.
const take = `SELECT outbox_id, payload->>'number' AS number FROM msgs.outbox
    WHERE delivered_at IS NULL AND available_at <= now()
    ORDER BY available_at, outbox_id LIMIT 1 FOR UPDATE SKIP LOCKED`;
const number = `SELECT number FROM (${take}) AS taken`;
const [other, third] = [await connect(), await connect()];
await does(client, 'a worker begins', 0, 'BEGIN');
await does(other, 'another begins', 0, 'BEGIN');
await can(client, 'one takes the first', [['1']], number);
await can(other, 'the other the second, without waiting', [['2']], number);
await can(third, 'a third finds none', [], number);
await does(client, 'one delivers', 1,
    "UPDATE msgs.outbox SET delivered_at = now(), attempts = attempts + 1 WHERE tenant_id = $1 AND payload->>'number' = '1'", ['acme']);
await does(other, 'the other fails', 1,
    `UPDATE msgs.outbox SET attempts = attempts + 1, last_error = $2, available_at = now() - interval '1 second'
    WHERE tenant_id = $1 AND payload->>'number' = '2'`, ['acme', 'timeout']);
await does(client, 'one ends', 0, 'COMMIT');
await does(other, 'the other ends', 0, 'COMMIT');
await can(third, 'what failed is taken again', [['2']], number);
await can(third, 'tries are counted', [['1', 1, true], ['2', 1, false]],
    "SELECT payload->>'number', attempts, delivered_at IS NOT NULL FROM msgs.outbox WHERE tenant_id = $1 ORDER BY outbox_id", ['acme']);

await mayNot(client, "UPDATE msgs.outbox SET payload = '{}'", 'DELETE FROM msgs.outbox',
    'INSERT INTO msgs.skill_demand DEFAULT VALUES', 'TRUNCATE msgs.skill_adjacency', 'CREATE TABLE msgs.mine ()',
    'SELECT FROM search.candidate_profiles', 'SELECT FROM search.search_logs', 'SET ROLE hh_owner');
await Promise.all([client, other, third].map((each) => each.end()));
