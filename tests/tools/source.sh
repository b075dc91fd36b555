#!/bin/bash
# The rules of the source that take no time to check, as TAP. `make lint` has the rest.
. "$(dirname "$0")/../flow/lib.sh"
cd "$source_dir" || exit 1

ok 'rooms include only what comes before them' tests/tools/include-order.sh
is 'no source file is longer than 600 lines' \
  "$(find src tests -name '*.[ch]' -exec awk 'END { if (FNR > 600) print FILENAME, FNR }' {} \;)" ''
is 'every header has a guard of its own' "$(find src -name '*.h' | while IFS= read -r header; do
  grep -m 1 '^#ifndef CERTDROP_.*_H$' "$header" || echo "$header has none"
done | sort | uniq -d -c; find src -name '*.h' -exec grep -L '^#ifndef CERTDROP_.*_H$' {} +)" ''
is 'the formatting is that of .clang-format' \
  "$(find src tests/unit tests/bench -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run 2>&1 |
    sed -n 's/:[0-9]*:[0-9]*: warning: code should be clang-formatted.*//p' | sort | uniq -c)" ''
is 'shellcheck has no finding' "$(
  { find tests inbox/examples .ci -name node_modules -prune -o -type f -name '*.sh' -print; printf '%s\n' .ci/run tests/run src/commands/completion/certdrop.bash debian/certdrop.postinst debian/certdrop.postrm; } |
    sort -u | xargs shellcheck -x -f gcc 2>&1
)" ''
is 'schemas, templates and the list of resources are well formed' \
  "$(xmllint --nonet --noout schemas/*.xsd src/*.xml src/commands/templates/*.xml src/commands/templates/new/*.xml 2>&1)" ''
is 'every fault code is in use and every one in use is listed' "$(
  diff <(sed -n 's/^FAULT("\([^"]*\)".*/\1/p' src/request/fault-codes.def | LC_ALL=C sort) <(sed -n 's/^FAULT("\([^"]*\)".*/\1/p' src/request/fault-codes.def) | grep '^[<>]' | sed 's/$/ is not in its place/'
  sed -n 's/^FAULT("\([^"]*\)".*/\1/p' src/request/fault-codes.def | while IFS= read -r code; do
    grep -rqF "\"$code\"" src --include='*.c' || echo "$code is nowhere in use"
    grep -qF "\`$code\`" schemas/README.md || echo "$code is not in schemas/README.md"
  done
)" ''
finish
