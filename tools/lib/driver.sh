# Another ecosystem's database driver, which test/driver speaks through: Node.js, and the packages of
# npm's that test/driver/package-lock.json pins.  They are cached, one directory a version of that file.

driver_source=$root/test/driver

# Node.js finds packages in a directory node_modules beside a script or above it: here, the workspace.
driver_provide() {
    (PATH=$workspace_path && command -v node >/dev/null) || packages_provide nodejs
    driver=$(cache_directory)/driver/$(sha256sum "$driver_source/package-lock.json" | cut -c 1-16)
    [ -d "$driver" ] || driver_fetch || return 0
    cp -R "$driver" "$WORK/node_modules"
}

# Where that fails, it's the tests' to fail.  No package may run a program of its own at installation.
driver_fetch() {
    command -v npm >/dev/null || packages_provide npm
    note "fetching the database driver of test/driver"
    mkdir "$WORK/driver"
    cp "$driver_source/package.json" "$driver_source/package-lock.json" "$WORK/driver/"
    # It runs in the workspace, to be found there when it must end.
    (cd "$WORK/driver" && npm ci --cache "$WORK/driver/cache" --ignore-scripts --no-audit --no-fund) \
        </dev/null >"$WORK/driver/log" 2>&1 || {
        log_tail "$WORK/driver/log" 15
        warn "could not fetch the database driver: a test will fail" "HH_NO_DRIVER=1 leaves it out."
        return 1
    }
    mkdir -p "${driver%/*}"
    cp -R "$WORK/driver/node_modules" "$driver.$$"
    mv -T "$driver.$$" "$driver" 2>/dev/null || rm -rf "$driver.$$"
    rm -rf "$WORK/driver"
}
