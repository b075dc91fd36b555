#!/bin/bash
# A small run is killed at every third of its durable steps, most of which are those of the pages: after one more
# run all pages and feeds, the search index among them, are those that `report` makes anew. The
# history of steps.sh looks at some steps of large runs only.
. "$(dirname "$0")/../flow/lib.sh"

export CERTDROP_THREADS=1
if ! grep -q CERTDROP_STOP_AT "$CERTDROP"; then
  fail 'the binary has test hooks'
  finish
fi
pages() { (cd "$INSTANCE/reports" && find . -type f ! -name 'index.*' ! -name metrics.prom -print0 | sort -z | xargs -0 sha256sum); }

new_instance master
dv_order A-1 a.example.test | drop a.xml
order B-1 standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop b.xml
run_at "$(at 1)"
# One that is new, one that changes, and one that is deleted.
dv_order C-1 c.example.test | drop c.xml
application B-A B-1 submit "$(domains b.example.test)$applicant" | drop b.xml
printf '<deletion %s ref="A-X" certificate="A-1"/>' "$xmlns" | drop a-x.xml
cp -a "$INSTANCE" before
CERTDROP_COUNT_STEPS=$work/steps run_at "$(at 2)"
steps=$(stat -c %s steps)
ok 'there is much to be killed in' test "$steps" -gt 60
wrong=()
hits=0
for ((step = 1; step <= steps; step += 3)); do
  INSTANCE=$work/killed
  rm -rf "$INSTANCE" && cp -a before "$INSTANCE"
  CERTDROP_STOP_AT=$step "$CERTDROP" -C "$INSTANCE" --at "$(at 2)" run >out 2>err
  [ $? != 137 ] || hits=$((hits + 1))
  run_at "$(at 2)"
  pages >after
  certdrop -C "$INSTANCE" report
  pages | diff after - >difference || wrong+=("step $step: $(grep '^>' difference | head -n 3 | cut -c 69- | paste -sd ' ')")
done 2>/dev/null
is 'after each of them the pages are those that report makes' "$(printf '%s\n' "${wrong[@]}")" ''
ok 'most were met' test $((hits * 9 / 2)) -ge "$steps"
finish
