#!/bin/bash
# Batches of COUNT items in one file: how long `check` and `run` take, and the peak of the largest
# process, which must not grow with the batch.
#
#   batch.sh CERTDROP FOLDER COUNT [KIND…]
set -eu

certdrop=$1 folder=$2 count=$3
shift 3
[ $# -gt 0 ] || set -- orders atomic refused backwards
bench=$(cd "$(dirname "$0")" && pwd)

measure() { # WHAT COMMAND…
  local what=$1 seconds processor largest
  shift
  read -r seconds processor largest _ < <(python3 "$bench/measure.py" "$certdrop" -C "$folder/batch" "$@" 2>>"$folder/log")
  printf '%-48s %10.1f MiB       (asked for: below 100; %s s, %s s of processor)\n' "$what" \
    "$(awk "BEGIN { print $largest / 1024 }")" "$seconds" "$processor"
}

for kind in "$@"; do
  mkdir "$folder/batch"
  "$certdrop" -C "$folder/batch" --at 2026-11-23T02:00:00Z init >>"$folder/log" 2>&1
  python3 "$bench/make-batch.py" "$kind" "$count" >"$folder/batch/batch.xml"
  measure "check of a batch, $kind, $count items" --at 2026-11-23T02:01:00Z check --json "$folder/batch/batch.xml"
  touch -d '-1 minute' "$folder/batch/batch.xml"
  mv "$folder/batch/batch.xml" "$folder/batch/inbox/"
  measure "  run of it" --at 2026-11-23T02:02:00Z run
  decided='done'
  [ "$kind" != refused ] || decided=rejected
  [ -e "$folder/batch/inbox/$decided/batch.xml" ] || { tail "$folder/log" && echo "a batch of $kind was not decided" >&2 && exit 1; }
  rm -rf "$folder/batch"
done
