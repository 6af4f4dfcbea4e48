# pgvector for the private installation: the machine's own or the distribution's binary package
# where it is new enough, else the distribution's newest source package, compiled and cached.

# Older ones carry known faults: CVE-2026-3172 below 0.8.2, vacuum and graph repair below 0.8.4.
pgvector_wanted=0.8.4

pgvector_is_new_enough() {
    [ -n "$1" ] && dpkg --compare-versions "$1" ge "$pgvector_wanted"
}

# pgvector_version_in SHAREDIR: what an installation there calls its default version.
pgvector_version_in() {
    sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" "$1/extension/vector.control" 2>/dev/null
}

pgvector_cache() {
    printf '%s\n' "$1/pgvector/postgresql-$PG_VERSION"
}

# Sets PGVECTOR to where it comes from: system, cached, or source (to be compiled by the inner half).
pgvector_provide() {
    if pgvector_is_new_enough "$(pgvector_version_in "$("$PG_CONFIG" --sharedir)")"; then
        PGVECTOR=system
    elif [ -d "$(pgvector_cache "$(cache_directory)")" ]; then
        PGVECTOR=cached
    elif pgvector_install_package; then
        PGVECTOR=system
    else
        PGVECTOR=source
        packages_provide dpkg-dev
    fi
}

pgvector_install_package() {
    can_be_root || return 1
    [ "$PG_CONFIG" = "/usr/lib/postgresql/$PG_MAJOR/bin/pg_config" ] || return 1
    apt_update || return 1
    package=postgresql-$PG_MAJOR-pgvector
    candidate=$(apt-cache policy "$package" | awk '$1 == "Candidate:" { print $2 }')
    pgvector_is_new_enough "${candidate%-*}" || return 1
    packages_install "$package"
}

# --- Below: the inner half, as the unprivileged user.

# The archive that this machine's own apt takes Debian's main section from.
pgvector_archive() {
    apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 'Component: main' |
        awk '$2 == "Debian" { print $1; found = 1; exit } { if (!first) first = $1 }
             END { if (!found) print first }'
}

# pgvector_apt COMMAND...: apt with a configuration, lists and cache of its own.
pgvector_apt() {
    command=$1
    shift
    "$command" -q -o Dir::Etc::sourcelist="$fetched/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$fetched/lists" -o Dir::Cache="$fetched/cache" \
        -o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false -o Acquire::Retries=2 \
        -o Acquire::http::Timeout=30 -o APT::Sandbox::User=root "$@" </dev/null
}

# pgvector_fetch SUITE: the source package of that suite, unpacked in $fetched/source.
pgvector_fetch() {
    fetched=$WORK/pgvector/$1
    mkdir -p "$fetched/lists/partial" "$fetched/cache/archives/partial"
    printf 'deb-src [signed-by=%s] %s %s main\n' "$keyring" "$archive" "$1" >"$fetched/sources.list"
    pgvector_apt apt-get -o APT::Update::Error-Mode=any update || return 1
    (cd "$fetched" && pgvector_apt apt-get source --download-only pgvector &&
        dpkg-source --no-check -x pgvector_*.dsc source) || return 1
}

# An index can promise a version whose files the mirror no longer, or not yet, has; a keyring can be
# older than a suite's key.  So each suite is tried, the newest first.
pgvector_fetch_newest() {
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -e "$keyring" ] || fail "there is no $keyring" "Install debian-archive-keyring."
    archive=$(pgvector_archive)
    [ -n "$archive" ] || fail "apt has no source for the distribution's main section"
    for suite in sid testing stable-backports stable; do
        if pgvector_fetch "$suite" >>"$WORK/pgvector.log" 2>&1; then
            return 0
        fi
        note "pgvector of suite $suite could not be fetched"
    done
    log_tail "$WORK/pgvector.log" 15
    fail "no suite's source package of pgvector could be fetched"
}

pgvector_compile() {
    (cd "$fetched/source" &&
        make -j "$(nproc)" OPTFLAGS= with_llvm=no PG_CONFIG="$PG_CONFIG" &&
        make install with_llvm=no PG_CONFIG="$PG_CONFIG" DESTDIR="$fetched/installed"
    ) >>"$WORK/pgvector.log" 2>&1 || {
        log_tail "$WORK/pgvector.log" 25
        fail "could not compile pgvector"
    }
}

# Puts the compiled pgvector into the cache; a rename, so that a run beside ours sees all or nothing.
pgvector_prepare() {
    [ "$PGVECTOR" = source ] || return 0
    cached=$(pgvector_cache "$CACHE")
    [ ! -d "$cached" ] || return 0
    note "compiling the distribution's source package of pgvector"
    pgvector_fetch_newest
    pgvector_compile
    mkdir -p "$CACHE/pgvector"
    cp -a "$fetched/installed" "$cached.$$"
    mv -T "$cached.$$" "$cached" 2>/dev/null || rm -rf "$cached.$$"
    rm -rf "$WORK/pgvector"
}

# pgvector_install ROOT: into the private installation.  Sets PGVECTOR_VERSION.
pgvector_install() {
    pgvector_prepare
    [ "$PGVECTOR" = system ] || cp -a --remove-destination "$(pgvector_cache "$CACHE")/." "$1/"
    PGVECTOR_VERSION=$(pgvector_version_in "$1$("$PG_CONFIG" --sharedir)")
    [ -n "$PGVECTOR_VERSION" ] || fail "there is no pgvector in $1"
    pgvector_is_new_enough "$PGVECTOR_VERSION" ||
        warn "this is pgvector $PGVECTOR_VERSION; below $pgvector_wanted it has known faults" \
            "(CVE-2026-3172 below 0.8.2): index builds are not parallel here, don't use it elsewhere"
}
