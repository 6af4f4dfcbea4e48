CREATE FUNCTION hh.search_document() RETURNS trigger
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'hh_search_document';
COMMENT ON FUNCTION hh.search_document() IS
    'Trigger that derives search_document of search.candidate_profiles; its argument is the text search configuration';
