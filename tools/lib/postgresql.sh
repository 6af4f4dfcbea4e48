# Which PostgreSQL the tools work with: sets PG_CONFIG, PG_MAJOR and PG_VERSION.

postgresql_oldest=15

# The newest major whose server is installed, if any is new enough.
postgresql_installed_major() {
    for server in /usr/lib/postgresql/*/bin/postgres; do
        [ -x "$server" ] || continue
        server=${server#/usr/lib/postgresql/}
        printf '%s\n' "${server%%/*}"
    done | sort -n | awk -v least="$postgresql_oldest" '$1 >= least { major = $1 } END { print major }'
}

# The major that the distribution's metapackage stands for.
postgresql_distribution_major() {
    apt-cache show --no-all-versions postgresql 2>/dev/null |
        sed -n 's/^Depends:.*postgresql-\([0-9][0-9]*\).*/\1/p' | head -n 1
}

# A PG_CONFIG of the caller's own must bring its server, headers and test drivers with it.
postgresql_from_caller() {
    [ -x "$(command -v "$PG_CONFIG")" ] || fail "PG_CONFIG is \"$PG_CONFIG\", which is no program"
    PG_CONFIG=$(command -v "$PG_CONFIG")
    [ -x "$("$PG_CONFIG" --bindir)/postgres" ] ||
        fail "there is no server beside $PG_CONFIG" "Install the server of that PostgreSQL."
    [ -e "$("$PG_CONFIG" --pgxs)" ] ||
        fail "there are no server headers beside $PG_CONFIG" \
            "Install the development files of that PostgreSQL."
}

postgresql_from_packages() {
    PG_MAJOR=$(postgresql_installed_major)
    if [ -z "$PG_MAJOR" ]; then
        PG_MAJOR=$(postgresql_distribution_major)
        if [ -z "$PG_MAJOR" ] && can_be_root; then
            apt_update || fail "could not read the package lists"
            PG_MAJOR=$(postgresql_distribution_major)
        fi
        [ -n "$PG_MAJOR" ] || fail "apt knows no package named postgresql" \
            "Run this as root, or first: apt-get update"
    fi
    packages_provide "postgresql-$PG_MAJOR" "postgresql-server-dev-$PG_MAJOR" "$@"
    PG_CONFIG=/usr/lib/postgresql/$PG_MAJOR/bin/pg_config
}

# postgresql_provide PACKAGE...: PostgreSQL, and the other packages that the caller needs.
postgresql_provide() {
    if [ -n "${PG_CONFIG:-}" ]; then
        packages_provide "$@"
        postgresql_from_caller
    else
        postgresql_from_packages "$@"
    fi
    PG_VERSION=$("$PG_CONFIG" --version | awk '{ print $2 }')
    PG_MAJOR=${PG_VERSION%%.*}
    [ "$PG_MAJOR" -ge "$postgresql_oldest" ] 2>/dev/null ||
        fail "PostgreSQL $PG_VERSION is not supported" "Use $postgresql_oldest or newer."
}
