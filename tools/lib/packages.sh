# Debian packages: which are missing, and how they are installed without touching a cluster.

apt_lists_fresh=no
packages_guarded=no

cluster_defaults=/etc/postgresql-common/createcluster.d
service_policy=/usr/sbin/policy-rc.d
guard_mark='headhunter tools'

# packages_missing PACKAGE...: those that are not installed.
packages_missing() {
    installed=$(dpkg-query -W -f '${db:Status-Status}=${Package} ' "$@" 2>/dev/null || :)
    for package; do
        case " $installed" in
            *" installed=$package "*) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

can_be_root() {
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C.UTF-8 \
        apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" \
        </dev/null >>"$WORK/apt.log" 2>&1
}

# Once a run at most, and only where something has to be fetched.
apt_update() {
    [ "$apt_lists_fresh" = no ] || return 0
    note "reading the package lists"
    apt update || {
        log_tail "$WORK/apt.log" 15
        return 1
    }
    apt_lists_fresh=yes
}

# Installing a server package makes a cluster named main and starts every cluster of the machine, and
# pgbouncer's starts one.  For the time of the installation all that is switched off; an
# administrator's policy-rc.d stands.
packages_guard() {
    packages_guarded=yes
    as_root sh -eu -c '
        mkdir -p "$1"
        printf "# %s\ncreate_main_cluster = false\n" "$3" >"$1/headhunter-tools.conf"
        [ -e "$2" ] || {
            printf "#!/bin/sh\n# %s\ncase \$1 in postgresql* | pgbouncer*) exit 101 ;; esac\n" "$3" >"$2.new"
            chmod 755 "$2.new"
            mv "$2.new" "$2"
        }' guard "$cluster_defaults" "$service_policy" "$guard_mark"
}

packages_unguard() {
    [ "$packages_guarded" = yes ] || return 0
    packages_guarded=no
    as_root sh -c '
        rm -f "$1/headhunter-tools.conf"
        rmdir "$1" 2>/dev/null
        if grep -qs "^# $3\$" "$2"; then rm -f "$2"; fi' guard \
        "$cluster_defaults" "$service_policy" "$guard_mark"
}

# packages_restarting PACKAGE...: the majors whose running clusters an installation of these would
# restart, by upgrading their server.  "unknown" if apt can't install them.
packages_restarting() {
    command -v pg_lsclusters >/dev/null 2>&1 || return 0
    plan=$(apt-get -s -q --no-install-recommends install "$@" 2>/dev/null) || {
        echo unknown
        return 0
    }
    for major in $(pg_lsclusters -h | awk '$4 ~ /^online/ { print $1 }' | sort -u); do
        ! printf '%s\n' "$plan" | grep -q "^Inst postgresql-$major \\[" || echo "$major"
    done
}

# packages_of_server PACKAGE...: the same, server headers in the installed server's own version.
packages_of_server() {
    for package; do
        case $package in
            postgresql-server-dev-*)
                version=$(dpkg-query -W -f '${Version}' "postgresql-${package##*-}" 2>/dev/null)
                printf '%s\n' "$package${version:+=$version}"
                ;;
            *) printf '%s\n' "$package" ;;
        esac
    done
}

# packages_install PACKAGE...: succeeds only if all of them could be installed.
packages_install() {
    restarting=$(packages_restarting "$@")
    case $restarting in
        '' | unknown) ;;
        *)
            # shellcheck disable=SC2046
            set -- $(packages_of_server "$@")
            [ -z "$(packages_restarting "$@")" ] ||
                fail "installing $* would upgrade postgresql-$restarting, of which a cluster is running" \
                    "At a time that suits that cluster: apt-get install postgresql-$restarting"
            ;;
    esac
    note "installing $*"
    packages_guard
    if apt --no-install-recommends install "$@"; then
        packages_unguard
    else
        packages_unguard
        return 1
    fi
}

# packages_provide PACKAGE...: installs what is missing, or says what the user has to install.
packages_provide() {
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    can_be_root || fail "these packages are missing: $missing" \
        "Run this as root, or with sudo installed, or first: apt-get install $missing"
    apt_update || fail "could not read the package lists"
    # shellcheck disable=SC2086
    packages_install $missing || {
        log_tail "$WORK/apt.log" 25
        fail "could not install $missing"
    }
}
