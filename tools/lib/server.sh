# The throwaway server: data, socket and log in the workspace, no TCP port, nobody else's.

SOCKET=$WORK/s
DATA=$WORK/data
SERVER_LOG=$WORK/server.log

# A new cluster, copied from the one that an earlier run with this server made.
server_initdb() {
    template=$CACHE/cluster/postgresql-$PG_VERSION
    if [ ! -d "$template" ]; then
        initdb -D "$DATA" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions \
            >"$WORK/initdb.log" 2>&1 || {
            log_tail "$WORK/initdb.log" 20
            fail "initdb failed"
        }
        mkdir -p "$CACHE/cluster"
        cp -a --sparse=always "$DATA" "$template.$$"
        mv -T "$template.$$" "$template" 2>/dev/null || rm -rf "$template.$$"
    else
        cp -a --sparse=always "$template" "$DATA"
    fi
}

# Makes the cluster and says to libpq where it will be.
server_create() {
    mkdir -m 700 "$SOCKET"
    server_initdb
    server_configure >>"$DATA/postgresql.conf"
    export PGHOST="$SOCKET" PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
}

server_start() {
    server_create
    pg_ctl -D "$DATA" -l "$SERVER_LOG" -w -t 60 -s start || {
        log_tail "$SERVER_LOG" 20
        fail "the private server did not start"
    }
}

server_configure() {
    cat <<END
listen_addresses = ''
unix_socket_directories = '$SOCKET'
unix_socket_permissions = 0700
port = 5432
cluster_name = 'headhunter-tools'
fsync = off
full_page_writes = off
synchronous_commit = off
log_line_prefix = '%m [%p] %a '
END
    # pgvector's parallel index builds can overflow a buffer below 0.8.2.
    dpkg --compare-versions "$PGVECTOR_VERSION" ge "$pgvector_wanted" ||
        echo "max_parallel_maintenance_workers = 0"
}

server_stop() {
    pg_ctl -D "$DATA" -m immediate -s stop 2>/dev/null || :
}
