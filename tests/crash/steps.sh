#!/bin/bash
# The process is killed at each durable step in turn, and each step fails in turn with a
# full disk. After one more run the end is that of an undisturbed run (I1).
#
#   steps.sh stop|fail        one of the two; both where nothing is said
# CERTDROP_STEP_STRIDE=K looks at every K-th step only.
. "$(dirname "$0")/../flow/lib.sh"

stride=${CERTDROP_STEP_STRIDE:-1}
normalise=$source_dir/tests/crash/normalise.py
export CERTDROP_THREADS=1

# The inbox: a bundle, a person's decision, three files in the wrong order, a package, a
# partly accepted batch, one with a secret, a bad one and one that waits.
fill() {
  write_png letter.png
  dv_order A-1 a.example.test "<download><format>nginx</format><format>pem</format></download>" | drop a.xml
  application B-A B-1.1 submit "$(domains b.example.test)$applicant" | drop b-1.xml
  payment B-P B-1 "$(price standard-dv-single)" | drop b-2.xml
  order B-1 standard-dv-single | drop b-3.xml
  order C-1 secure-ov-single "$(payment_child "$(price secure-ov-single)")
    $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
  TZ=UTC touch -d 2026-01-01 document.xml letter.png
  package c.zip document.xml letter.png
  review C-R C-1.1 approve | drop c-review.xml
  { order D-1 free-dv-single; order D-2 no-such; payment D-P D-1 1.00; } | batch | drop d.xml
  printf '<upload %s ref="E-1" name="x"><certificate>x</certificate><privateKey passphrase="open sesame">x</privateKey></upload>' "$xmlns" | drop e.xml
  order F-1 no-such | drop f.xml
  application G-A G-1.1 submit "$(domains g.example.test)$applicant" | drop g.xml
  { order H-1 standard-dv-single; payment H-P H-1 "$(price standard-dv-single)"; } | batch 'atomic="true"' | drop h.xml
  dv_order I-1 "例子.example.test" | drop a.xml.copy.xml
}
new_instance master
fill
if ! grep -q CERTDROP_STOP_AT "$CERTDROP"; then
  fail 'the binary has test hooks'
  finish
fi
begin() { # a copy of the instance before the run
  rm -rf "${work:?}/$1"
  cp -a "$work/master" "$work/$1"
  INSTANCE=$work/$1
}
begin undisturbed
run_at "$(at 1)"
expect_status 'the undisturbed run' 1
run_at "$(at 1)"
python3 "$normalise" "$INSTANCE" >undisturbed.txt
is 'its end is sound' "$(grep FAULT undisturbed.txt)" ''

# take_up NUMBER WHAT: one more run; the end is the same, and so are the pages.
differences=0
take_up() {
  certdrop -C "$INSTANCE" --at "$(at 1)" run
  if [ "$status" -gt 1 ]; then
    differences=$((differences + 1))
    fail "step $1: the run after $2 ends with $status" "$(cat err)"
    return
  fi
  # Into the certificates themselves it is looked at every tenth step.
  local depth=shallow
  [ $(($1 % 10)) != 0 ] || depth=
  python3 "$normalise" "$INSTANCE" $depth >end.txt
  if ! diff undisturbed.txt end.txt >difference; then
    differences=$((differences + 1))
    fail "step $1: after $2 the end is another" "$(head -n 20 difference)"
  fi
  if [ $(($1 % 7)) = 0 ]; then
    snapshot >before
    certdrop -C "$INSTANCE" report
    if ! snapshot | diff before - >difference; then
      differences=$((differences + 1))
      fail "step $1: after $2 the pages are not those that report makes" "$(head -n 20 difference)"
    fi
  fi
}

stop_at_each() {
  local step stops code
  step=1
  stops=0
  while [ $step -lt 5000 ] && [ $differences -lt 5 ]; do
    begin killed
    CERTDROP_STOP_AT=$step "$CERTDROP" -C "$INSTANCE" --at "$(at 1)" run >out 2>err
    code=$?
    case $code in
    137) ;;
    0 | 1) break ;;
    *) fail "step $step: killed there, the process ended with $code" "$(cat err)" ;;
    esac
    stops=$((stops + 1))
    take_up $step 'the kill'
    step=$((step + stride))
  done 2>/dev/null
  echo "# killed at $stops steps"
  ok 'there were steps to be killed at' test "$stops" -gt 0
  is 'after each kill the next run came to the undisturbed end' $differences 0
}

fail_at_each() {
  local step stops
  step=1
  stops=0
  differences=0
  while [ $step -lt 5000 ] && [ $differences -lt 5 ]; do
    begin full
    CERTDROP_FAIL_AT=$step certdrop -C "$INSTANCE" --at "$(at 1)" run
    case $status in
    74) ;;
    0 | 1)
      # A failure that was borne (a page, say) or no step of that number any more.
      [ $step -gt $((stops * stride + 10 * stride)) ] && break
      ;;
    *)
      differences=$((differences + 1))
      fail "step $step: failing there, the process ended with $status" "$(cat err)"
      ;;
    esac
    [ "$status" != 74 ] || stops=$((stops + 1))
    take_up $step 'the failure'
    step=$((step + stride))
  done
  echo "# failed at $stops steps"
  ok 'there were steps to fail at' test "$stops" -gt 0
  is 'after each failure the next run came to the undisturbed end' $differences 0
}

case ${1-} in
stop) stop_at_each ;;
fail) fail_at_each ;;
*)
  stop_at_each
  fail_at_each
  ;;
esac
finish
