#!/bin/bash
# `make lint`: everything that looks at the source without running it. What clang-tidy
# found nothing in is not looked at again until it, a header or the settings change.
set -u

cd "$(dirname "$0")/../.." || exit 1
tests/tools/install-packages.sh check || exit 1
findings=0

# step NAME COMMAND…: its output is shown where it fails.
step() {
  local name=$1
  shift
  printf '%-14s ' "$name"
  if "$@" >"$log" 2>&1; then
    echo 'no findings'
  else
    echo 'FOUND'
    sed 's/^/    /' "$log"
    findings=$((findings + 1))
  fi
}
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

stamps=build/lint
mkdir -p "$stamps"
flags=$(make -s print-flags) || exit 1
printf '%s\n' "$flags" >"$stamps/flags.new"
cmp -s "$stamps/flags.new" "$stamps/flags" || mv "$stamps/flags.new" "$stamps/flags"
newest_header=$(find src .clang-tidy "$stamps/flags" \( -name '*.h' -o -name '*.def' -o -name .clang-tidy -o -name flags \) -printf '%T@ %p\n' |
  sort -rn | head -n 1 | cut -d ' ' -f 2-)

tidy_one() {
  local file=$1 stamp
  stamp=$stamps/$(printf '%s' "$file" | tr / +)
  if [ "$stamp" -nt "$file" ] && [ "$stamp" -nt "$newest_header" ]; then return 0; fi
  # The flags are quoted as a shell reads them.
  if eval "clang-tidy --quiet '$file' -- $tidy_flags" >"$stamp.out" 2>&1; then
    mv "$stamp.out" "$stamp"
  else
    grep -v 'warnings generated\|Suppressed\|^Use -header-filter' "$stamp.out"
    return 1
  fi
}
export -f tidy_one
export stamps newest_header
# clang-tidy comes before gcc's own macros: no fortified functions.
tidy_flags=$(printf '%s' "$flags" | sed -E 's/-[UD]_FORTIFY_SOURCE(=[0-9])?//g')
export tidy_flags

tidy() {
  find src -name '*.c' -print0 | sort -z | xargs -0 -n 1 -P "$(nproc)" bash -c 'tidy_one "$1"' tidy
}

run_cppcheck() {
  cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr -j "$(nproc)" \
    --library=posix,gtk --error-exitcode=1 --suppressions-list=tests/tools/cppcheck.txt \
    --cppcheck-build-dir="$stamps/cppcheck" -Isrc -D_GNU_SOURCE src
}
mkdir -p "$stamps/cppcheck"

examples() {
  local file bad=0
  for file in inbox/examples/[0-6]*.xml inbox/examples/earlier/*/*.xml inbox/examples/packages/*/*.xml src/commands/templates/new/*.xml; do
    xmllint --nonet --noout --schema schemas/documents.xsd "$file" || bad=1
  done
  xmllint --nonet --noout --schema schemas/config.xsd src/commands/templates/certdrop.xml || bad=1
  xmllint --nonet --noout --schema schemas/catalog.xsd src/commands/templates/catalog.xml || bad=1
  return $bad
}

step 'source rules' tests/tools/source.sh
step xmllint examples
step cppcheck run_cppcheck
step clang-tidy tidy
[ $findings = 0 ]
