#!/bin/bash
# `make check`: builds all variants and runs all tests; the last line is
# `N passed, N failed`.
#
#   tests/check.sh [PART…]    only these parts: source unit crash simulation pages valgrind
#                             schema flow asan hooks deb
set -u

cd "$(dirname "$0")/.." || exit 1
parts=("$@")
[ $# -gt 0 ] || parts=(source unit crash simulation pages valgrind schema flow asan hooks deb)
tests/tools/install-packages.sh check || exit 1

build() {
  make --no-print-directory -j2 "$@" || {
    echo "make $* failed"
    echo "0 passed, 1 failed"
    exit 1
  }
}

# Each with the variants that its parts ask for.
jobs=()
add() {
  local variant=$1 program
  shift
  for program in "$@"; do jobs+=("$variant:$program"); done
}

units=(tests/unit/*.c)
units=("${units[@]##*/}")
flows=(tests/flow/[0-9]*.sh)

# Under valgrind, what covers the most in the least time.
thorough=(tests/flow/02-*.sh tests/flow/06-*.sh tests/flow/08-*.sh)

# What is quick and tells the most, then the long ones, so that all processors are busy to
# the end.
for part in "${parts[@]}"; do
  case $part in
  simulation)
    build
    add plain tests/simulation/five-years.sh
    ;;
  source) add plain tests/tools/source.sh ;;
  unit)
    build all unit
    add plain "${units[@]/#/build/tests/}"
    ;;
  schema) [ ! -d tests/schema ] || add plain tests/schema/*.sh ;;
  flow)
    build
    add plain "${flows[@]}" tests/tools/install.sh tests/tools/manual.sh tests/tools/completion.sh
    ;;
  asan)
    build SANITIZE=1 all unit
    add asan "${units[@]/#/build-asan/tests/}" "${flows[@]}"
    ;;
  deb) add plain tests/tools/deb.sh ;;
  hooks)
    build VARIANT=hooks
    add hooks tests/flow/*-readers.sh
    ;;
  crash)
    # Every 23rd step, since all take hours of processor.
    export CERTDROP_STEP_STRIDE=${CERTDROP_STEP_STRIDE:-23}
    build VARIANT=hooks
    build
    add hooks tests/crash/stop.sh tests/crash/full.sh tests/crash/pages.sh
    add plain tests/crash/kill.sh
    ;;
  pages)
    build
    add plain tests/pages/check.sh tests/pages/forms.sh tests/pages/search.sh \
      tests/pages/naughty.sh
    ;;
  valgrind)
    build VARIANT=valgrind all unit
    add valgrind "${thorough[@]}"
    ;;
  *)
    echo "tests/check.sh: no such part: $part" >&2
    exit 64
    ;;
  esac
done
jobs=("${jobs[@]%.c}")
exec tests/run -j "$(nproc)" "${jobs[@]}"
