# The private installation: PostgreSQL's programs copied, its libraries and data linked, pgvector and
# our own products added.  PostgreSQL's programs find their libraries relative to where they are, so
# the system's tree is neither written to nor needed to be writable.

INSTALLATION=$WORK/inst
bindir=$("$PG_CONFIG" --bindir)
pkglibdir=$("$PG_CONFIG" --pkglibdir)
BIN=$INSTALLATION$bindir

installation_create() {
    sharedir=$("$PG_CONFIG" --sharedir)
    mkdir -p "$BIN" "$INSTALLATION$pkglibdir" "$INSTALLATION$sharedir"
    # Copies, because a program resolves the links on its own path.
    cp -aL "$bindir/." "$BIN/"
    cp -as "$pkglibdir/." "$INSTALLATION$pkglibdir/"
    cp -as "$sharedir/." "$INSTALLATION$sharedir/"
    pgvector_install "$INSTALLATION"
    PATH=$BIN:$PATH
}

# installation_build MAKE-ARGUMENT...: builds our products and adds them.
installation_build() {
    make -C "$WORK/src" -j "$(nproc)" PG_CONFIG="$PG_CONFIG" "$@" &&
        installation_add
}

installation_add() {
    make -C "$WORK/src" install PG_CONFIG="$PG_CONFIG" DESTDIR="$INSTALLATION"
}

# What decides how a build turns out: sources, compiler, server.
build_key() {
    (cd "$WORK/src" && find Makefile META.json extension sql migrate -type f 2>/dev/null | sort |
        xargs sha256sum && "$PG_CONFIG" --version --cppflags --cflags && cc --version) |
        sha256sum | cut -c 1-16
}

# Builds once for the same sources: later runs unpack the built tree.
installation_build_cached() {
    built=$CACHE/build/$(build_key).tar
    if [ -e "$built" ]; then
        touch "$built"
        tar -C "$WORK/src" -xf "$built" && installation_add >"$WORK/build.log" 2>&1 && return 0
    fi
    installation_build >"$WORK/build.log" 2>&1 || return 1
    mkdir -p "$CACHE/build"
    (cd "$WORK/src" && find Makefile META.json extension sql migrate -newer .copied 2>/dev/null |
        tar -cf "$built.$$" --no-recursion -T -) && mv "$built.$$" "$built"
    # shellcheck disable=SC2012
    ls -t "$CACHE"/build/*.tar | tail -n +4 | xargs -r rm -f
}
