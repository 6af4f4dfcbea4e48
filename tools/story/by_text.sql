\set ECHO queries

SELECT candidate_id, full_name, current_title, headline
FROM search.candidate_profiles
WHERE tenant_id = 'aurora' AND search_document @@ plainto_tsquery('portuguese', 'engenheiras')
ORDER BY ts_rank_cd(search_document, plainto_tsquery('portuguese', 'engenheiras')) DESC, candidate_id;
