#!/bin/sh
# `make demo`: installs what a build needs, builds, makes the instance at the top of the
# sources, processes the examples, and says where to look. Running it again is fine: what
# was accepted before is answered as repeated.
set -eu

cd "$(dirname "$0")/../.."
tests/tools/install-packages.sh build
make --no-print-directory -j"$(nproc)" all
certdrop=build/certdrop

# The first order of the examples is from the past, so the instance is as old.
if [ ! -d state ]; then
  earlier='2025-10-06 2025-12-08 2026-06-01'
  "$certdrop" --at 2025-10-06T01:00:00Z init
  for day in $earlier; do
    inbox/examples/drop.sh "inbox/examples/earlier/$day"
    "$certdrop" --at "${day}T02:00:00Z" run || [ $? = 1 ]
  done
fi

# A machine whose clock is behind the examples takes their day for today.
today=2026-11-23T02:00:00Z
at=
[ "$(date -u +%s)" -ge "$(date -u -d "$today" +%s)" ] || at="--at $today"

inbox/examples/drop.sh
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
# shellcheck disable=SC2086
"$certdrop" $at run --json >"$answer" || [ $? = 1 ]
number() { sed -n "s/.*\"$1\" *: *\([0-9.]*\).*/\1/p" "$answer" | head -n 1; }

cat <<MESSAGE

The examples in inbox/examples went through the inbox. Some are wrong on purpose.
  $(number accepted) files accepted, $(number rejected) rejected, $(number waiting) waiting; $(number issued) certificates issued

  pages to look at      file://$PWD/reports/index.html
  archives with keys    outbox/certificates/
  answers, a file each  outbox/receipts/
  what was wrong, why   inbox/rejected/*.error.md
  letters and mail      outbox/letters/  outbox/mail/

To go on: drop a file into inbox/ ("build/certdrop new order" prints one), then "build/certdrop run".
MESSAGE
