# The private installation: PostgreSQL's programs copied, its libraries and data linked, pgvector and
# our own products added.  PostgreSQL's programs find their libraries relative to where they are, so
# the system's tree is neither written to nor needed to be writable.

INSTALLATION=$WORK/inst
bindir=$("$PG_CONFIG" --bindir)
pkglibdir=$("$PG_CONFIG" --pkglibdir)
BIN=$INSTALLATION$bindir

installation_create() {
    sharedir=$("$PG_CONFIG" --sharedir)
    mkdir -p "$BIN"
    # Copies, because a program resolves the links on its own path.
    cp -aL "$bindir/." "$BIN/"
    installation_link "$pkglibdir" bitcode
    [ ! -d "$pkglibdir/bitcode" ] || installation_link "$pkglibdir/bitcode"
    installation_link "$sharedir" extension
    installation_link "$sharedir/extension"
    pgvector_install "$INSTALLATION"
    PATH=$BIN:$PATH
}

# installation_link DIRECTORY [SUBDIRECTORY]: links to what is in it, but for a subdirectory that is to
# be one of our own, and for what we add ourselves, of which the machine may have another version.
installation_link() {
    mkdir -p "$INSTALLATION$1"
    ours='vector*'
    [ "$PGVECTOR" != system ] || ours='headhunter*'
    find "$1" -mindepth 1 -maxdepth 1 ! -name 'headhunter*' ! -name "$ours" ! -name "${2:-.}" \
        -exec ln -s -t "$INSTALLATION$1" {} +
}

# installation_build DIRECTORY [MAKE-ARGUMENT...]: builds our products and installs them there.
installation_build() {
    destination=$1
    shift
    make -C "$WORK/src" -j "$(nproc)" PG_CONFIG="$PG_CONFIG" "$@" &&
        make -C "$WORK/src" install PG_CONFIG="$PG_CONFIG" DESTDIR="$destination" "$@" &&
        installation_add_static "$destination"
}

# Not every PostgreSQL has a libpq.a, some machines have that of another release, and from 18 on it asks
# for more libraries than are told of.
static_is_possible() {
    [ "$PG_MAJOR" -lt 18 ] && [ -e "$("$PG_CONFIG" --libdir)/libpq.a" ] &&
        grep -q "^#define PG_MAJORVERSION \"$PG_MAJOR\"" "$("$PG_CONFIG" --includedir)/pg_config.h"
}

installation_add_static() {
    static_is_possible || return 0
    make -C "$WORK/src/migrate" static PG_CONFIG="$PG_CONFIG" &&
        cp "$WORK/src/migrate/hh-migrate-static" "$1$bindir/"
}

# What decides how a build turns out: sources, compiler, server.
build_key() {
    (cd "$WORK/src" && grep -E '^(Makefile|extension/|sql/|migrate/)' .copied | xargs sha256sum &&
        "$PG_CONFIG" --version --cppflags --cflags && cc --version) | sha256sum | cut -c 1-16
}

# Builds once for the same sources: a later run copies what was installed.
installation_build_cached() {
    built=$CACHE/build/$(build_key)
    if [ ! -d "$built" ]; then
        note "building the extension and hh-migrate"
        mkdir -p "$CACHE/build"
        installation_build "$built.$$" >"$WORK/build.log" 2>&1 || {
            rm -rf "$built.$$"
            return 1
        }
        mv -T "$built.$$" "$built" 2>/dev/null || rm -rf "$built.$$"
        installation_forget_old
    fi
    touch "$built"
    cp -a --remove-destination "$built/." "$INSTALLATION/"
}

# The cache keeps the last three builds.  One removed under a run beside ours makes that run fail,
# so nothing younger than a day goes.
installation_forget_old() {
    find "$CACHE/build" -mindepth 1 -maxdepth 1 -mtime +0 -printf '%T@ %p\n' | sort -rn |
        sed -n '4,$s/^[^ ]* //p' | xargs -r rm -rf
}
