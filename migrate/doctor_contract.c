/*
 * doctor_contract.c
 *		What each service needs of the database, as data.
 */
#include "postgres_fe.h"

#include "doctor_contract.h"

#define EMBED	 "hh-embed-svc"
#define SEARCH	 "hh-search-svc"
#define ENRICH	 "hh-enrich-svc"
#define EVIDENCE "hh-evidence-svc"
#define ECO		 "hh-eco-svc"
#define MSGS	 "hh-msgs-svc"

#define TIMESTAMPTZ "timestamp with time zone"

#define PROFILE_KEY "candidate_id text, tenant_id text, "
#define PROFILE                                                                                    \
	"full_name text, current_title text, headline text, "                                          \
	"location text, country text, industries text[], skills text[], years_experience numeric, "    \
	"analysis_confidence numeric, profile jsonb, legal_basis text, consent_record text, "          \
	"transfer_mechanism text, updated_at " TIMESTAMPTZ

/* A service that writes with ON CONFLICT DO UPDATE or RETURNING reads what it names there. */
const ContractTable contract_tables[] = {
	{EMBED, "search", "tenants", "SELECT, INSERT", "tenant_id text, last_seen_at " TIMESTAMPTZ},
	{EMBED, "search", "tenants", "UPDATE", "last_seen_at " TIMESTAMPTZ},
	{EMBED, "search", "candidate_embeddings", "SELECT", "id uuid"},
	{EMBED, "search", "candidate_embeddings", "SELECT, INSERT",
	 "tenant_id text, entity_id text, embedding vector, embedding_text text, metadata jsonb, "
	 "model_version text, chunk_type text, created_at " TIMESTAMPTZ ", updated_at " TIMESTAMPTZ},
	{EMBED, "search", "candidate_embeddings", "UPDATE",
	 "embedding vector, embedding_text text, metadata jsonb, model_version text, "
	 "updated_at " TIMESTAMPTZ},
	{SEARCH, "search", "candidate_embeddings", "SELECT",
	 "tenant_id text, entity_id text, embedding vector"},
	{SEARCH, "search", "candidate_profiles", "SELECT",
	 PROFILE_KEY PROFILE ", search_document tsvector"},
	{SEARCH, "search", "search_logs", "INSERT",
	 "tenant_id text, search_id uuid, request jsonb, response jsonb, latency_ms numeric, "
	 "source_service text"},
	{ENRICH, "search", "candidate_profiles", "SELECT, INSERT", PROFILE_KEY PROFILE},
	{ENRICH, "search", "candidate_profiles", "UPDATE", PROFILE},
	{ENRICH, "search", "candidate_evidence", "INSERT",
	 "tenant_id text, candidate_id text, source text, confidence numeric, "
	 "observed_at " TIMESTAMPTZ ", payload jsonb"},
	{ENRICH, "ops", "refresh_jobs", "SELECT, INSERT",
	 "tenant_id text, job_type text, status text, requested_at " TIMESTAMPTZ
	 ", started_at " TIMESTAMPTZ ", completed_at " TIMESTAMPTZ
	 ", failure_reason text, metadata jsonb"},
	{ENRICH, "ops", "refresh_jobs", "UPDATE",
	 "status text, started_at " TIMESTAMPTZ ", completed_at " TIMESTAMPTZ
	 ", failure_reason text, metadata jsonb"},
	{EVIDENCE, "search", "candidate_evidence", "SELECT",
	 "tenant_id text, candidate_id text, source text, confidence numeric, "
	 "observed_at " TIMESTAMPTZ ", payload jsonb"},
	{ECO, "taxonomy", "eco_occupation", "SELECT",
	 "tenant_id text, eco_id text, locale text, country text, display_name text, "
	 "normalized_title text, description text, evidence_count integer"},
	{ECO, "taxonomy", "eco_alias", "SELECT",
	 "tenant_id text, normalized_alias text, eco_id text, confidence numeric, source text"},
	{ECO, "taxonomy", "eco_relationship", "SELECT",
	 "tenant_id text, source_eco_id text, target_eco_id text, relationship_type text, "
	 "weight numeric"},
	{MSGS, "msgs", "skill_adjacency", "SELECT",
	 "tenant_id text, skill_id text, related_skill_id text, related_skill_label text, "
	 "pmi_score numeric, support integer, recency_days integer, sources text[]"},
	{MSGS, "msgs", "role_template", "SELECT",
	 "tenant_id text, eco_id text, locale text, title text, summary text, required_skills jsonb, "
	 "preferred_skills jsonb, yoe_min integer, yoe_max integer, version text"},
	{MSGS, "msgs", "skill_demand", "SELECT",
	 "tenant_id text, skill_id text, region text, industry text, week_start date, "
	 "postings_count integer, demand_index numeric"},
	{MSGS, "msgs", "outbox", "SELECT, INSERT",
	 "tenant_id text, topic text, payload jsonb, available_at " TIMESTAMPTZ},
	{MSGS, "msgs", "outbox", "SELECT", "outbox_id bigint"},
	{MSGS, "msgs", "outbox", "SELECT, UPDATE",
	 "available_at " TIMESTAMPTZ ", attempts integer, delivered_at " TIMESTAMPTZ
	 ", last_error text"},
	{MSGS, "ops", "refresh_jobs", "SELECT, INSERT",
	 "tenant_id text, job_type text, status text, requested_at " TIMESTAMPTZ
	 ", started_at " TIMESTAMPTZ ", completed_at " TIMESTAMPTZ
	 ", failure_reason text, metadata jsonb"},
	{MSGS, "ops", "refresh_jobs", "UPDATE",
	 "status text, started_at " TIMESTAMPTZ ", completed_at " TIMESTAMPTZ
	 ", failure_reason text, metadata jsonb"},
	{MSGS, "ops", "pipeline_metrics", "INSERT",
	 "service_name text, metric_name text, metric_value double precision, "
	 "recorded_at " TIMESTAMPTZ},
	{0},
};

const ContractKey contract_keys[] = {
	{EMBED, "search.tenants", "tenant_id",
	 "owner ALTER TABLE search.tenants ADD CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id)"},
	{EMBED, "search.candidate_embeddings", "chunk_type,entity_id,tenant_id",
	 "owner ALTER TABLE search.candidate_embeddings ADD CONSTRAINT candidate_embeddings_pkey "
	 "PRIMARY KEY (tenant_id, entity_id, chunk_type)"},
	{ENRICH, "search.candidate_profiles", "candidate_id,tenant_id",
	 "owner ALTER TABLE search.candidate_profiles ADD CONSTRAINT candidate_profiles_pkey "
	 "PRIMARY KEY (tenant_id, candidate_id)"},
	{0},
};

/*
 * EXPLAIN of a statement that writes asks for the same rights, and has no effect.  With
 * LIMIT 0 a query reads nothing.
 */
const ContractStatement contract_statements[] = {
	{EMBED, CONTRACT_LOOKUP, "type vector is there for the driver",
	 "SELECT count(*) > 0 FROM pg_catalog.pg_type WHERE typname = 'vector'"},
	{EMBED, CONTRACT_LOOKUP, "extensions vector and pgcrypto are installed",
	 "SELECT count(*) = 2 FROM pg_catalog.pg_extension WHERE extname IN ('vector', 'pgcrypto')"},
	{EMBED, CONTRACT_LOOKUP, "schema search is visible",
	 "SELECT count(*) = 1 FROM information_schema.schemata WHERE schema_name = 'search'"},
	{EMBED, CONTRACT_LOOKUP, "its tables are visible",
	 "SELECT count(*) = 2 FROM information_schema.tables WHERE table_schema = 'search' "
	 "AND table_name IN ('candidate_embeddings', 'tenants')"},
	{EMBED, CONTRACT_LOOKUP, "the embedding has its configured dimension",
	 "SELECT a.atttypmod = $1::int FROM pg_catalog.pg_attribute AS a "
	 "JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid "
	 "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
	 "WHERE n.nspname = 'search' AND c.relname = 'candidate_embeddings' "
	 "AND a.attname = 'embedding'"},
	{EMBED, CONTRACT_LOOKUP, "the HNSW index is there by its name",
	 "SELECT count(*) = 1 FROM pg_catalog.pg_indexes WHERE schemaname = 'search' "
	 "AND tablename = 'candidate_embeddings' "
	 "AND indexname = 'candidate_embeddings_embedding_hnsw_idx' AND indexdef LIKE '%USING hnsw%'"},
	{EMBED, CONTRACT_STATEMENT, "note a tenant",
	 "EXPLAIN INSERT INTO search.tenants (tenant_id, last_seen_at) VALUES ('doctor', now()) "
	 "ON CONFLICT (tenant_id) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at"},
	{EMBED, CONTRACT_STATEMENT, "store an embedding",
	 "EXPLAIN INSERT INTO search.candidate_embeddings (tenant_id, entity_id, embedding, "
	 "embedding_text, metadata, model_version, chunk_type, created_at, updated_at) "
	 "VALUES ('doctor', 'doctor', NULL, 'doctor', '{}', 'doctor', 'default', now(), now()) "
	 "ON CONFLICT (tenant_id, entity_id, chunk_type) DO UPDATE "
	 "SET embedding = EXCLUDED.embedding, embedding_text = EXCLUDED.embedding_text, "
	 "metadata = EXCLUDED.metadata, model_version = EXCLUDED.model_version, "
	 "updated_at = EXCLUDED.updated_at "
	 "RETURNING id, tenant_id, entity_id, embedding_text, metadata, model_version, chunk_type, "
	 "created_at, updated_at"},
	{EMBED, CONTRACT_STATEMENT, "query by distance",
	 "SELECT entity_id, embedding OPERATOR(public.<=>) NULL AS distance "
	 "FROM search.candidate_embeddings WHERE tenant_id = 'doctor' AND metadata @> '{}' "
	 "ORDER BY distance LIMIT 0"},
	{EMBED, CONTRACT_STATEMENT, "count embeddings",
	 "EXPLAIN SELECT count(*) FROM search.candidate_embeddings"},
	{SEARCH, CONTRACT_LOOKUP, "schema search is visible",
	 "SELECT count(*) = 1 FROM information_schema.schemata WHERE schema_name = 'search'"},
	{SEARCH, CONTRACT_LOOKUP, "its tables are visible",
	 "SELECT count(*) = 2 FROM information_schema.tables WHERE table_schema = 'search' "
	 "AND table_name IN ('candidate_embeddings', 'candidate_profiles')"},
	{SEARCH, CONTRACT_LOOKUP, "the compliance columns are visible",
	 "SELECT count(*) = 3 FROM information_schema.columns WHERE table_schema = 'search' "
	 "AND table_name = 'candidate_profiles' "
	 "AND column_name IN ('legal_basis', 'consent_record', 'transfer_mechanism')"},
	{SEARCH, CONTRACT_ADVICE, "search_document is made for Portuguese",
	 "SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger AS t "
	 "JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid "
	 "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
	 "WHERE n.nspname = 'search' AND c.relname = 'candidate_profiles' AND NOT t.tgisinternal "
	 "AND pg_catalog.pg_get_triggerdef(t.oid) LIKE '%portuguese%') "
	 "OR EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'search' "
	 "AND table_name = 'candidate_profiles' AND column_name = 'search_document' "
	 "AND column_default LIKE '%portuguese%')"},
	{SEARCH, CONTRACT_STATEMENT, "search by distance",
	 "SELECT entity_id FROM search.candidate_embeddings WHERE tenant_id = 'doctor' "
	 "ORDER BY embedding OPERATOR(public.<=>) NULL LIMIT 0"},
	{SEARCH, CONTRACT_STATEMENT, "search by text",
	 "SELECT candidate_id, full_name, current_title, headline, industries, skills, "
	 "analysis_confidence, legal_basis, consent_record, transfer_mechanism, updated_at, "
	 "ts_rank_cd(search_document, query) AS rank "
	 "FROM search.candidate_profiles, plainto_tsquery('portuguese', 'doctor') AS query "
	 "WHERE tenant_id = 'doctor' AND search_document @@ query AND lower(location) = ANY ('{}') "
	 "AND (country = ANY ('{}') OR country IS NULL) AND industries && '{}' AND skills @> '{}' "
	 "AND years_experience BETWEEN 0 AND 1 AND profile @> '{}' ORDER BY rank LIMIT 0"},
	{SEARCH, CONTRACT_STATEMENT, "log a search",
	 "EXPLAIN INSERT INTO search.search_logs (tenant_id, search_id, request, response, "
	 "latency_ms, source_service) "
	 "VALUES ('doctor', gen_random_uuid(), '{}', '{}', 0, 'doctor')"},
	{SEARCH, CONTRACT_STATEMENT, "count profiles",
	 "EXPLAIN SELECT count(*) FROM search.candidate_profiles"},
	{ENRICH, CONTRACT_STATEMENT, "store a profile",
	 "EXPLAIN INSERT INTO search.candidate_profiles (candidate_id, tenant_id, full_name, "
	 "current_title, headline, location, country, industries, skills, years_experience, "
	 "analysis_confidence, profile, legal_basis, consent_record, transfer_mechanism, updated_at) "
	 "VALUES ('doctor', 'doctor', '', '', '', '', '', '{}', '{}', 0, 0, '{}', '', '', '', now()) "
	 "ON CONFLICT (tenant_id, candidate_id) DO UPDATE SET headline = EXCLUDED.headline, "
	 "skills = EXCLUDED.skills, profile = EXCLUDED.profile, updated_at = EXCLUDED.updated_at"},
	{ENRICH, CONTRACT_STATEMENT, "store evidence",
	 "EXPLAIN INSERT INTO search.candidate_evidence (tenant_id, candidate_id, source, confidence, "
	 "observed_at, payload) VALUES ('doctor', 'doctor', 'doctor', 0, now(), '{}')"},
	{ENRICH, CONTRACT_STATEMENT, "record a job",
	 "EXPLAIN INSERT INTO ops.refresh_jobs (tenant_id, job_type, status, requested_at, metadata) "
	 "VALUES ('doctor', 'doctor', 'queued', now(), '{}')"},
	{ENRICH, CONTRACT_STATEMENT, "record how a job goes",
	 "EXPLAIN UPDATE ops.refresh_jobs SET status = 'failed', started_at = now(), "
	 "completed_at = now(), failure_reason = '' WHERE tenant_id = 'doctor'"},
	{EVIDENCE, CONTRACT_STATEMENT, "read evidence",
	 "SELECT source, confidence, observed_at, payload FROM search.candidate_evidence "
	 "WHERE tenant_id = 'doctor' AND candidate_id = 'doctor' ORDER BY observed_at LIMIT 0"},
	{ECO, CONTRACT_STATEMENT, "look a title up",
	 "SELECT o.eco_id, o.display_name, o.description, o.evidence_count, a.confidence, a.source "
	 "FROM taxonomy.eco_occupation AS o LEFT JOIN taxonomy.eco_alias AS a "
	 "ON a.tenant_id = o.tenant_id AND a.eco_id = o.eco_id AND a.normalized_alias = 'doctor' "
	 "WHERE o.tenant_id = '*' AND o.normalized_title = 'doctor' AND o.locale = 'pt-BR' "
	 "AND o.country = 'BR' LIMIT 0"},
	{ECO, CONTRACT_STATEMENT, "read relationships",
	 "SELECT target_eco_id, relationship_type, weight FROM taxonomy.eco_relationship "
	 "WHERE tenant_id = '*' AND source_eco_id = 'doctor' LIMIT 0"},
	{MSGS, CONTRACT_STATEMENT, "read adjacent skills",
	 "SELECT related_skill_id, related_skill_label, pmi_score, support, recency_days, sources "
	 "FROM msgs.skill_adjacency WHERE tenant_id = '*' AND skill_id = 'doctor' "
	 "ORDER BY pmi_score DESC LIMIT 0"},
	{MSGS, CONTRACT_STATEMENT, "read a template",
	 "SELECT title, summary, required_skills, preferred_skills, yoe_min, yoe_max, version "
	 "FROM msgs.role_template WHERE tenant_id = '*' AND eco_id = 'doctor' "
	 "AND locale IN ('pt-BR', 'default') LIMIT 0"},
	{MSGS, CONTRACT_STATEMENT, "read demand",
	 "SELECT week_start, postings_count, demand_index FROM msgs.skill_demand "
	 "WHERE tenant_id = '*' AND skill_id = 'doctor' AND region = 'BR-SP' AND industry IS NULL "
	 "AND week_start >= now()::date LIMIT 0"},
	{MSGS, CONTRACT_STATEMENT, "write to the outbox",
	 "EXPLAIN INSERT INTO msgs.outbox (tenant_id, topic, payload) VALUES ('doctor', 'doctor', "
	 "'{}')"},
	{MSGS, CONTRACT_STATEMENT, "take from the outbox",
	 "EXPLAIN SELECT tenant_id, topic, payload FROM msgs.outbox WHERE delivered_at IS NULL "
	 "AND available_at <= now() ORDER BY available_at, outbox_id LIMIT 1 FOR UPDATE SKIP LOCKED"},
	{MSGS, CONTRACT_STATEMENT, "mark what is delivered",
	 "EXPLAIN UPDATE msgs.outbox SET delivered_at = now(), attempts = attempts + 1, "
	 "last_error = NULL, available_at = now() WHERE tenant_id = 'doctor' AND outbox_id = 0"},
	{MSGS, CONTRACT_STATEMENT, "write a metric",
	 "EXPLAIN INSERT INTO ops.pipeline_metrics (service_name, metric_name, metric_value, "
	 "recorded_at) VALUES ('doctor', 'doctor', 0, now())"},
	{0},
};

bool
contract_names(const char *service, const char *schema, const char *table)
{
	for (const ContractTable *item = contract_tables; item->service != NULL; item++)
	{
		if (strcmp(item->service, service) == 0 && strcmp(item->schema, schema) == 0 &&
			(table == NULL || strcmp(item->table, table) == 0))
			return true;
	}
	return false;
}

const char *
contract_next(const char *list, char *name, char *type)
{
	const char *item = list + strspn(list, ", ");
	size_t length = strcspn(item, ",");
	size_t name_length = type ? strcspn(item, " ,") : length;

	if (length == 0)
		return NULL;
	strlcpy(name, item, Min(name_length + 1, NAMEDATALEN));
	if (type != NULL)
		strlcpy(type, item + name_length + 1, Min(length - name_length, NAMEDATALEN));
	return item + length;
}
