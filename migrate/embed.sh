#!/bin/sh
# Writes SQL files as C string constants.
#
#   embed.sh FILE...                      bundled_migrations[] of migration_file.h
#   embed.sh --queries FILE...            const char query_NAME[], one a file
#   embed.sh --query-declarations FILE... their header
#   embed.sh --policy FILE                bundled_policy[] of policy_file.h
#
# As in the checksum of a file on disk, a byte order mark and carriage returns at
# line ends don't count, so that both products hold the same text.
# Files are taken in the order of their names without folders, whatever the
# order of the arguments and the locale.
set -eu
LC_ALL=C
export LC_ALL

mode=migrations
case "${1-}" in
    --queries) mode=queries; shift ;;
    --query-declarations) mode=declarations; shift ;;
    --policy) mode=policy; shift ;;
esac
if [ $# -eq 0 ]; then
    echo "embed.sh: no files given" >&2
    exit 1
fi

# The text of a file as C string literals, one a line.  "x" keeps $(...) from
# dropping a line feed at the end, which awk would otherwise add.
literals() {
    last=$(tail -c 1 "$1" | tr '\n' 'n'; echo x)
    awk -v last="$last" '
        { lines[NR] = $0 }
        END {
            for (i = 1; i <= NR; i++) {
                line = lines[i]
                if (i == 1)
                    sub(/^\357\273\277/, "", line)
                sub(/\r$/, "", line)
                gsub(/\\/, "&&", line)
                gsub(/"/, "\\\"", line)
                gsub(/\?/, "\\?", line)
                gsub(/\t/, "\\t", line)
                gsub(/\r/, "\\r", line)
                end = (i < NR || last == "nx") ? "\\n" : ""
                printf "\t\"%s%s\"\n", line, end
            }
            if (NR == 0)
                print "\t\"\""
        }' "$1"
}

ordered() {
    for file in "$@"; do
        [ -r "$file" ] || { echo "embed.sh: could not read $file" >&2; exit 1; }
        printf '%s\t%s\n' "$(basename "$file")" "$file"
    done | sort | cut -f 2
}

files=$(ordered "$@")
echo "/* Made by embed.sh: edit what it reads instead. */"
case $mode in
    migrations) printf '#include "migration_file.h"\n\n' ;;
    queries) printf '#include "queries.h"\n\n' ;;
    policy) printf '#include "policy_file.h"\n\n' ;;
    declarations) printf '#ifndef HH_QUERIES_H\n#define HH_QUERIES_H\n\n' ;;
esac

echo "$files" | while read -r file; do
    name=$(basename "$file" .sql)
    case $mode in
        migrations) printf 'static const char migration_%s[] =\n' "$name" ;;
        queries) printf 'const char query_%s[] =\n' "$name" ;;
        declarations) printf 'extern const char query_%s[];\n' "$name"; continue ;;
        policy) printf 'const char bundled_policy[] =\n' ;;
    esac
    literals "$file"
    printf '\t;\n\n'
done

case $mode in
    migrations)
        echo "const BundledMigration bundled_migrations[] = {"
        echo "$files" | while read -r file; do
            name=$(basename "$file" .sql)
            printf '\t{"%s.sql", migration_%s, sizeof(migration_%s) - 1},\n' "$name" "$name" "$name"
        done
        printf '\t{0}\n};\n'
        ;;
    declarations) printf '\n#endif\t\t\t\t\t\t\t/* HH_QUERIES_H */\n' ;;
esac
