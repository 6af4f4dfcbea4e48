# The second story: the night with 2 of 8 services, and what it takes to have 8 again.

# Services' roles log in with passwords here, as they do in production.
outage_ask_for_passwords() {
    {
        echo "local all hh_admin,hh_app,hh_analytics,hh_ops scram-sha-256"
        cat "$DATA/pg_hba.conf"
    } >"$WORK/pg_hba.conf"
    cp "$WORK/pg_hba.conf" "$DATA/pg_hba.conf"
    pg_ctl -D "$DATA" -s reload
}

# What the secret store had.
outage_store_secrets() {
    export HH_MIGRATE_SECRETS_DIR="$WORK/secrets"
    mkdir -m 700 "$HH_MIGRATE_SECRETS_DIR"
    for role in hh_app hh_analytics hh_ops; do
        (umask 077 && echo changeme >"$HH_MIGRATE_SECRETS_DIR/$role")
    done
}

tell_outage() {
    outage_ask_for_passwords
    outage_store_secrets
    export PGUSER=postgres
    unset PGPASSWORD

    chapter "The outage, replayed. 1: how it was found"
    say "Passwords set by hand, placeholders in the secret store, a role forgotten, no migration ever run."
    run "psql -X -f tools/story/outage.sql"
    export PGDATABASE=platform

    chapter "2: what does each service lack?"
    found "hh-migrate doctor"
    told 'ready: 2 of 8' "two of eight services are ready"
    told 'hh-migrate roles apply' "the doctor names the command for the missing role"
    told 'hh-migrate roles passwords' "and the one for passwords"

    chapter "3: roles, as the policy says"
    run "hh-migrate roles apply"
    told 'CREATE ROLE hh_ops' "the forgotten role is made"
    told 'REVOKE cloudsqlsuperuser' "what the console gave too much is taken back"

    chapter "4: code, migrations, policy, privileges: one command"
    run "hh-migrate up"
    told 'changed privileges' "privileges come last"

    chapter "5: passwords, stored, set and proved by a login"
    say "No password is printed, nor sent: the client makes the SCRAM verifier."
    run "hh-migrate roles passwords --generate --rotate hh_app --rotate hh_analytics --rotate hh_ops"
    told 'hh_ops .*ok' "each role logs in with its secret"

    chapter "6: and now?"
    run "hh-migrate doctor"
    told 'ready: 8 of 8' "eight of eight services are ready"
    run "hh-migrate audit"
    told 'nothing differs' "each role has what the policy gives it, and nothing more"

    chapter "7: candidates, found by the search service's own role"
    run "psql -X -q -f tools/story/candidates.sql"
    run "PGPASSWORD=\$(cat $HH_MIGRATE_SECRETS_DIR/hh_analytics) psql -X -U hh_analytics -f tools/story/by_text.sql"
    told 'c08 .*Engenheiro Civil' "engenheiras finds Engenheiro"
    refused "PGPASSWORD=\$(cat $HH_MIGRATE_SECRETS_DIR/hh_analytics) psql -X -U hh_analytics -c 'TABLE msgs.outbox'"
    told 'permission denied' "and it sees nothing that is none of its business"

    chapter "8: weeks later, an old script is run once more"
    say "The dimension goes to 1536, a right is revoked, partitions are gone, and an index build has failed."
    run "psql -X -f tools/story/outage_again.sql"
    refused "sh tools/story/failed_index.sh"
    found "hh-migrate doctor"
    told '1536' "the dimension is named"
    told 'USAGE on schema search' "and the right"
    told 'partitions of ops.pipeline_metrics' "and the partitions"
    told 'profiles_title_idx is invalid' "and the index"

    chapter "9: typed as printed"
    outage_type_remedies
    chapter "10: 8 of 8"
    run "hh-migrate doctor"
    told 'ready: 8 of 8' "eight of eight services are ready"
}

# One look's remedies, then the next one's: some faults show only when others are mended.
outage_type_remedies() {
    for round in 1 2 3; do
        hh-migrate doctor --format csv >"$WORK/findings.csv" 2>/dev/null && return
        hh-migrate doctor | sed -n 's/^ *remedy: *//p' | grep -v '^apt-get' >"$WORK/remedies"
        [ -s "$WORK/remedies" ] || broken "the doctor prints what mends it"
        say "The doctor's remedies, round $round:"
        while IFS= read -r remedy; do
            run "$remedy"
        done <"$WORK/remedies"
    done
    broken "the remedies mend it"
}
