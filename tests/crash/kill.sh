#!/bin/bash
# SIGKILL at many moments of a run of a thousand mixed files; after one more run the end is
# that of an undisturbed one (I1). The moments are drawn from a fixed seed.
#
# CERTDROP_KILLS (50), CERTDROP_KILL_FILES (1000), CERTDROP_KILL_SEED (7).
. "$(dirname "$0")/../flow/lib.sh"

kills=${CERTDROP_KILLS:-50}
files=${CERTDROP_KILL_FILES:-1000}
RANDOM=${CERTDROP_KILL_SEED:-7}
normalise=$source_dir/tests/crash/normalise.py

new_instance master
python3 "$source_dir/tests/tools/make-mixed.py" "$files" 2 "$INSTANCE/inbox" >expected
begin() {
  rm -rf "${work:?}/$1"
  cp -a "$work/master" "$work/$1"
  INSTANCE=$work/$1
}
milliseconds() { date +%s%3N; }

begin undisturbed
started=$(milliseconds)
run_at "$(at 1)"
length=$(($(milliseconds) - started))
expect_status 'the undisturbed run' 1
run_at "$(at 1)"
"$source_dir/tests/tools/observed.sh" "$INSTANCE" >observed
is 'it ends where it should' "$(diff expected observed)" ''
python3 "$normalise" "$INSTANCE" >undisturbed.txt
is 'its end is sound' "$(grep FAULT undisturbed.txt)" ''
echo "# a run takes $length ms"

hits=0
for n in $(seq 1 "$kills"); do
  begin killed
  # Spread over the run, the last of them a little beyond its usual length.
  after=$(((n - 1) * length / kills + RANDOM % (length / kills + 1)))
  "$CERTDROP" -C "$INSTANCE" --at "$(at 1)" run >out 2>err &
  run=$!
  sleep "$(printf '%d.%03d' $((after / 1000)) $((after % 1000)))"
  kill -KILL $run 2>/dev/null
  wait $run 2>/dev/null
  [ $? != 137 ] || hits=$((hits + 1))
  run_at "$(at 1)"
  if [ "$status" -gt 1 ]; then
    fail "kill $n after $after ms: the next run ends with $status" "$(cat err)"
    continue
  fi
  python3 "$normalise" "$INSTANCE" >end.txt
  is "killed after $after ms, the next run comes to the undisturbed end" \
    "$(diff undisturbed.txt end.txt | head -n 20)" ''
  if [ $((n % 10)) = 0 ]; then
    snapshot >before
    certdrop -C "$INSTANCE" report
    is '  with the pages that report makes anew' "$(snapshot | diff before - | head -n 20)" ''
  fi
done
echo "# $hits of $kills met the run"
ok 'most kills met the run' test $hits -ge $((kills * 7 / 10))
finish
