#!/bin/bash
# `watch` decides each file when it arrives and ends on SIGTERM. By the real clock.
. "$(dirname "$0")/lib.sh"

INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" init
start_watch() {
  "$CERTDROP" -C "$INSTANCE" watch >"$work/watch.out" 2>"$work/watch.err" &
  watch=$!
  background=("$watch")
}
# stop_watch WHAT: SIGTERM ends it with status 0, soon.
stop_watch() {
  kill -TERM "$watch"
  until_true sh -c "! kill -0 $watch" || kill -KILL "$watch"
  wait "$watch"
  is "$1" $? 0
  background=()
  if grep -Eq "$crash_marks" "$work/watch.err"; then fail 'watch has no finding of a sanitizer' "$(cat "$work/watch.err")"; fi
}
decided() { test -e "$(receipt "$1")" && test ! -e "$INSTANCE/inbox/$1"; }

dv_order EARLY-1 early.example.test >"$INSTANCE/inbox/early.xml"
start_watch
ok 'what lay there before is decided' until_true decided early.xml
dv_order W-1 a.example.test | drop moved.xml
ok 'a file that is moved in is decided at once' until_true decided moved.xml
is_status 'and issued' W-1.1 issued
dv_order W-2 b.example.test >"$INSTANCE/inbox/written.xml"
ok 'a file that is written there is decided when it is closed' until_true decided written.xml
dv_order W-3 c.example.test >document.xml
cp document.xml "$INSTANCE/inbox/copied.xml.part"
mv "$INSTANCE/inbox/copied.xml.part" "$INSTANCE/inbox/copied.xml"
ok 'a file that gets its name at last is decided' until_true decided copied.xml
{
  order W-4 standard-dv-single | head -c 40
  sleep 1.5
  order W-4 standard-dv-single | tail -c +41
} >"$INSTANCE/inbox/slow.xml"
ok 'a file that is written slowly is decided whole' until_true decided slow.xml
is 'once' "$(outcome slow.xml)" accepted
application W-A W-5.1 submit "$(domains d.example.test)$applicant" | drop first.xml
sleep 0.5
is_waiting 'what must wait waits' first.xml
order W-5 standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop second.xml
ok 'until what it names comes' until_true decided first.xml
order W-6 no-such | drop bad.xml
ok 'a bad file is rejected' until_true test -e "$INSTANCE/inbox/rejected/bad.xml.error.md"
for n in $(seq 1 300); do order "MANY-$n" standard-dv-single >"$INSTANCE/inbox/many-$n.xml"; done
ok 'many at once are decided' until_true sh -c "test \$(ls '$INSTANCE'/outbox/receipts/many-* | wc -l) = 300"
ok 'the pages show them' until_true grep -rq 'MANY-300' "$INSTANCE/reports"

"$CERTDROP" -C "$INSTANCE" run >out 2>err
is 'while it watches, a run is told to come again' $? 75
like 'with the reason' "$(cat err)" '[a-z]'
certdrop -C "$INSTANCE" show W-1.1
expect_status 'but show works' 0
certdrop -C "$INSTANCE" check document.xml
expect_status 'and check' 0
stop_watch 'SIGTERM ends it cleanly'
certdrop -C "$INSTANCE" run
expect_status 'a run can follow' 0

busy=1500
[ "$variant" = plain ] || busy=900
for n in $(seq 1 $busy); do order "BUSY-$n" free-dv-single "$(application_child "$(domains "n$n.example.test")$applicant")" >"$INSTANCE/inbox/busy-$n.xml"; done
start_watch
until_true sh -c "ls '$INSTANCE'/outbox/receipts/busy-* | grep -q ."
stop_watch 'SIGTERM ends it cleanly in the middle of work'
left=$(find "$INSTANCE/inbox" -maxdepth 1 -name 'busy-*' | wc -l)
ok "which it does not do to its end ($left files are left)" test "$left" -gt 0
certdrop -C "$INSTANCE" run
expect_status 'the next run does the rest' 0
is 'each is decided once' "$(find "$INSTANCE/inbox/done" -name 'busy-*' | wc -l) $(find "$INSTANCE/outbox/receipts" -name 'busy-*' | wc -l) $(
  find "$INSTANCE/outbox/certificates" -name 'BUSY-*.zip' | wc -l)" "$busy $busy $busy"

start_watch
until_true sh -c "grep -q . /proc/$watch/cmdline"
sleep 0.3
kill -INT "$watch"
until_true sh -c "! kill -0 $watch" || kill -KILL "$watch"
wait "$watch"
like 'Ctrl-C ends it, too' $? '^(0|130)$'
background=()

# What systemd is told.
cat >notify.py <<'PY'
import os, signal, socket, subprocess, sys, time
path = os.path.abspath("notify.sock")
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(path); s.settimeout(60)
p = subprocess.Popen([sys.argv[1], "-C", sys.argv[2], "watch"], env=dict(os.environ, NOTIFY_SOCKET=path),
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seen = ""
while "READY=1" not in seen: seen += s.recv(4096).decode() + "\n"
print("ready")
p.send_signal(signal.SIGTERM)
while "STOPPING=1" not in seen: seen += s.recv(4096).decode() + "\n"
print("stopping")
print(p.wait(60))
PY
is 'systemd is told when it is ready and when it stops' "$(timeout 90 python3 notify.py "$CERTDROP" "$INSTANCE" | paste -sd ' ')" \
  'ready stopping 0'
finish
