# The first story: one database deployed from inside, one from outside, and candidates found in it.

tell_deployment() {
    chapter "Two databases of one owner, who is no superuser"
    run "createuser recruiting"
    run "createdb -O recruiting talents"
    run "createdb -O recruiting talents2"
    say "pgvector is not a trusted extension: an administrator, or the cloud provider, installs it."
    run "psql talents -c 'CREATE EXTENSION vector'"
    run "psql talents2 -c 'CREATE EXTENSION vector'"
    export PGUSER=recruiting
    say "From here on everything is done by the owner (PGUSER=recruiting)."

    chapter "Deployed from inside: CREATE EXTENSION"
    run "psql talents -c 'CREATE EXTENSION headhunter CASCADE'"
    run "psql talents -f tools/story/tables.sql"
    told '^ *search .*\| *5 \|.*recruiting.*\| *0$' "the tables are the owner's, and no extension members"

    chapter "Deployed from outside: hh-migrate"
    run "hh-migrate up -d talents2"
    run "hh-migrate status -d talents2"
    told '0002.*search' "the ledger knows every migration"

    chapter "The result is the same"
    same_catalogs

    chapter "Candidates, as the services write them"
    run "psql talents -f tools/story/candidates.sql"
    told '^ *15 \| *15 \| *15$' "each profile got its search document"

    chapter "Found by words: engenheiras finds Engenheira, Engenheiro and engenheiros"
    run "psql talents -f tools/story/by_text.sql"
    told 'c01 .*Engenheira de Software' "inflected forms are found"
    told 'c08 .*Engenheiro Civil' "and so is the other gender"
    not_told 'c12 ' "but nobody else"

    chapter "Found by meaning: the five closest embeddings"
    say "No embedding model is at hand: these vectors are drawn so that a profession's people are close"
    say "to one another (tools/story/directions.sql).  768 dimensions, cosine distance, HNSW index."
    run "psql talents -f tools/story/by_vector.sql"
    told 'c05 ' "data people come first"
    told 'c07 ' "all three of them"

    chapter "Found by both: reciprocal rank fusion, as hh-search-svc asks"
    run "psql talents -f tools/story/hybrid.sql"
    told '^ *c05 .*\| *1 \| *[12] \| 0[.]03' "who is good in both arms leads"

    chapter "What doesn't fit is refused"
    say "A vector of another dimension than the column's:"
    refused "psql talents -f tools/story/wrong_dimension.sql"
    told 'expected 768 dimensions, not 512' "both numbers are named"
    say "A vector of the column's dimension that its model can't have made:"
    refused "psql talents -f tools/story/wrong_model.sql"
    told '1536' "the model's dimension is named"
    told 'aurora' "and so is the row"
    say "A zero vector, which a cosine index would never find:"
    refused "psql talents -f tools/story/zero_vector.sql"
    told '[Zz]ero' "it says why"

    chapter "Proved, as a service does at start"
    run "psql talents -c \"SELECT * FROM hh.validate_embeddings('search.candidate_embeddings', 'embedding')\""
    told 'ok .*768 .*15' "fifteen embeddings, all of 768 dimensions"
    run "psql talents -c 'SELECT hh.assert_embedding_dims(768)'"
    refused "psql talents -c 'SELECT hh.assert_embedding_dims(1536)'"
    told '22000|1536' "a service configured for another dimension learns it before its first query"

    chapter "Months ahead"
    run "psql talents -c 'SELECT * FROM ops.partition_horizon()'"
    told 'search_logs' "the partitions reach three months ahead"
    run "hh-migrate maintain -d talents"

    chapter "Code can go, data stays"
    refused "psql talents -c 'DROP EXTENSION headhunter'"
    told 'trigger' "what depends on the code is listed"

}

same_catalogs() {
    run "psql -X -q -A -t -f test/catalog.sql talents >$WORK/talents.catalog"
    run "psql -X -q -A -t -f test/catalog.sql talents2 >$WORK/talents2.catalog"
    [ -s "$WORK/talents.catalog" ] || broken "the catalogs were read"
    run "diff $WORK/talents.catalog $WORK/talents2.catalog && wc -l <$WORK/talents.catalog"
    told '^[0-9]+$' "no line differs: columns, constraints, indexes, triggers, comments, owners, privileges"
}
