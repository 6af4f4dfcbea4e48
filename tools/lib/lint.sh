# Checks of the source text: nothing is built or run.

# clang-format of another major lays out some lines differently; this one's word counts.
clang_format_major=14

lint_all() {
    cd "$WORK/src" || return 1
    lint_c_layout
    lint_cppcheck
    lint_shell
    lint_shellcheck
    lint_versions
    lint_blanks
}

# Only what belongs to the source: a build leaves files of its own beside it.
source_named() {
    grep -E "$1" .copied
}

c_files() {
    source_named '\.[ch]$'
}

shell_files() {
    while IFS= read -r file; do
        case $file in
            *.sh) echo "$file" ;;
            *) ! head -n 1 "$file" | grep -q '^#!/bin/sh' || echo "$file" ;;
        esac
    done <.copied
}

clang_format_program() {
    command -v "clang-format-$clang_format_major" || command -v clang-format
}

lint_c_layout() {
    program=$(clang_format_program)
    major=$("$program" --version | sed 's/.*version \([0-9]*\).*/\1/')
    if [ "$major" != "$clang_format_major" ]; then
        printf 'skip   C layout: this is clang-format %s, not %s\n' "$major" "$clang_format_major"
        return
    fi
    # shellcheck disable=SC2046
    "$program" --dry-run -Werror $(c_files) >"$WORK/lint.log" 2>&1
    verdict $? "C layout (clang-format)" "$WORK/lint.log"
}

lint_cppcheck() {
    # shellcheck disable=SC2046
    cppcheck --quiet --std=c11 --language=c --error-exitcode=2 --inline-suppr \
        --enable=warning,performance,portability --suppress=normalCheckLevelMaxBranches \
        -D PG_VERSION_NUM="${PG_MAJOR}0000" --include=tools/cppcheck.h -I extension -I migrate \
        -j "$(nproc)" \
        $(c_files | grep '\.c$') >"$WORK/lint.log" 2>&1
    verdict $? "C analysis (cppcheck)" "$WORK/lint.log"
}

lint_shell() {
    status=0
    for script in $(shell_files); do
        dash -n "$script" || status=1
    done >"$WORK/lint.log" 2>&1
    verdict "$status" "shell syntax (dash -n)" "$WORK/lint.log"
}

lint_shellcheck() {
    # shellcheck disable=SC2046
    shellcheck --shell=sh $(shell_files) >"$WORK/lint.log" 2>&1
    verdict $? "shell analysis (shellcheck)" "$WORK/lint.log"
}

# The control file's version is the version of record.
lint_versions() {
    perl -MJSON::PP -e '
        local $/;
        open my $control, "<", "extension/headhunter.control" or die "no control file: $!\n";
        my ($version) = <$control> =~ /^default_version\s*=\s*\x27([^\x27]+)\x27/m
          or die "the control file has no default_version\n";
        open my $meta_file, "<", "META.json" or die "no META.json: $!\n";
        my $meta = JSON::PP->new->decode(<$meta_file>);
        $version .= ".0" while ($version =~ tr/.//) < 2;
        for ([ "META.json", $meta->{version} ],
             [ "its provides.headhunter", $meta->{provides}{headhunter}{version} ]) {
            my ($where, $said) = @$_;
            die "$where says ", $said // "nothing", ", the control file $version\n"
              if !defined $said || $said ne $version;
        }' >"$WORK/lint.log" 2>&1
    verdict $? "META.json agrees with the control file" "$WORK/lint.log"
}

lint_blanks() {
    source_named . | grep -vE '^test/.*expected/|\.out$' |
        xargs grep -InE '[[:blank:]]+$' >"$WORK/lint.log"
    # The tests' SQL holds COPY data, which tabs separate.
    source_named '\.(sql|sh|t|pm|spec)$' | grep -v '^test/sql/' |
        xargs grep -nP '\t' >>"$WORK/lint.log"
    ! [ -s "$WORK/lint.log" ]
    verdict $? "no trailing blanks, no tabs outside C and make" "$WORK/lint.log"
}
