#!/bin/bash
# The process is killed at each durable step of each run of a history in turn, or each step
# fails in turn with a full disk. After one more run the end is that of an undisturbed
# run (I1), and the pages are those that `report` makes anew.
#
#   steps.sh stop|fail
# CERTDROP_STEP_STRIDE=K looks at every K-th step only, CERTDROP_STEP_RUNS="NAME…" at these runs
# of the history only (tests/crash/history.sh).
. "$(dirname "$0")/../flow/lib.sh"
. "$source_dir/tests/flow/lib-foreign.sh"
. "$source_dir/tests/crash/history.sh"

what=${1:-stop}
stride=${CERTDROP_STEP_STRIDE:-1}
only=${CERTDROP_STEP_RUNS-}
normalise=$source_dir/tests/crash/normalise.py
export CERTDROP_THREADS=1
if ! grep -q CERTDROP_STOP_AT "$CERTDROP"; then
  fail 'the binary has test hooks'
  finish
fi

# take FROM NAME: a copy of the instance FROM, now the one under test.
take() {
  rm -rf "${work:?}/$2"
  cp -a "$work/$1" "$work/$2"
  INSTANCE=$work/$2
}

pages_are_those_of_report() {
  snapshot >before
  certdrop -C "$INSTANCE" report
  snapshot | diff before - >difference
}

# Whether `verify` finds that all of it agrees.
agrees() {
  certdrop -C "$INSTANCE" --at "$now" verify
  [ "$status" = 0 ]
}

# take_up NAME STEP: one more run; the end is the same, and so are the pages.
take_up() {
  run_at "$now"
  if [ "$status" -gt 1 ]; then
    fail "$1, step $2: the next run ends with $status" "$(cat err)"
    return 1
  fi
  # Into the certificates themselves it is looked at every tenth step.
  local depth=shallow
  [ $(($2 % 10)) != 0 ] || depth=
  python3 "$normalise" "$INSTANCE" $depth >end.txt
  if ! diff "$1.txt" end.txt >difference; then
    fail "$1, step $2: the end is another" "$(head -n 20 difference)"
    return 1
  fi
  if [ $(($2 % 5)) = 0 ] && ! agrees; then
    fail "$1, step $2: verify finds differences" "$(cat err)"
    return 1
  fi
  if [ $(($2 % 7)) = 0 ] && ! pages_are_those_of_report; then
    fail "$1, step $2: the pages are not those that report makes" "$(head -n 20 difference)"
    return 1
  fi
}

# disturb_at NAME STEP: a run that ends there. Sets $met to whether it got there: how the
# files come in groups depends on the readers' pace, and so does the number of steps.
disturb_at() {
  met=yes
  take "$1-before" disturbed
  if [ "$what" = stop ]; then
    CERTDROP_STOP_AT=$2 "$CERTDROP" -C "$INSTANCE" --at "$now" run >out 2>err
    status=$?
    [ $status != 137 ] || return 0
  else
    CERTDROP_FAIL_AT=$2 certdrop -C "$INSTANCE" --at "$now" run
    [ $status != 74 ] || return 0
  fi
  met=no
  # A failure may be borne, that of a page, say.
  [ $status -le 1 ] && return 0
  fail "$1, step $2: disturbed there, the run ends with $status" "$(cat err)"
  return 1
}

# disturb NAME: the run NAME at each of its steps.
disturb() {
  local name=$1 steps step hits=0 wrong=0
  steps=$(stat -c %s "$name.steps")
  for ((step = 1; step <= steps && wrong < 5; step += stride)); do
    if disturb_at "$name" $step && take_up "$name" $step; then
      [ $met = no ] || hits=$((hits + 1))
    else
      wrong=$((wrong + 1))
    fi
  done 2>/dev/null
  is "$name: after each $what the next run comes to the undisturbed end ($hits at $steps steps)" $wrong 0
  ok "  and most were met" test $((hits * stride * 3 / 2)) -ge "$steps"
}

prepare
last=master
number=0
for line in "${history[@]}"; do
  number=$((number + 1))
  # shellcheck disable=SC2086
  set -- $line
  name=$number-$1
  now=$(at "${@:2}")
  take "$last" "$name-before"
  "$1"
  take "$name-before" "$name"
  CERTDROP_COUNT_STEPS=$work/$name.steps run_at "$now"
  ok "$name: the undisturbed run is done" test "$status" -le 1
  python3 "$normalise" "$INSTANCE" >"$name.txt"
  is '  and its end is sound' "$(grep FAULT "$name.txt")" ''
  run_at "$now"
  is '  a second run changes nothing' "$(python3 "$normalise" "$INSTANCE" | diff "$name.txt" -)" ''
  ok '  with the pages that report makes' pages_are_those_of_report
  ok '  and verify finds no difference' agrees
  case " ${only:-$1} " in *" $1 "*) disturb "$name" ;; esac
  rm -rf "${work:?}/$last"
  last=$name
done
finish
