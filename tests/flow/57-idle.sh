#!/bin/bash
# A scan of `watch` that finds nothing to do leaves no trace; what is due it does all the same.
. "$(dirname "$0")/lib.sh"

INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" init
ledger() { sqlite3 -cmd '.timeout 5000' "$INSTANCE/state/ledger.db" "$1"; }
runs() { ledger 'SELECT COUNT(*) FROM run'; }
# scan: any event in the inbox makes it look.
scan() {
  for _ in 1 2 3; do
    : >"$INSTANCE/inbox/.poke"
    sleep 0.2
  done
}
decided() { test -e "$(receipt "$1")" && test ! -e "$INSTANCE/inbox/$1"; }
ended() { [ "$(ledger "SELECT value FROM meta WHERE name = 'run under way'")" = 0 ]; }

dv_order I-1 i.example.test | drop first.xml
application I-A I-2.1 submit "$(domains j.example.test)$applicant" | drop waits.xml
"$CERTDROP" -C "$INSTANCE" watch >watch.out 2>watch.err &
watch=$!
background=("$watch")
ok 'it decides what is there' until_true decided first.xml
until_true ended
scan
before=$(runs)
snapshot >before
ledger .dump >before.sql
scan
is 'idle scans write no run' "$(runs)" "$before"
is 'nothing in the ledger' "$(ledger .dump | diff before.sql -)" ''
is 'and no page' "$(snapshot | diff before -)" ''
is_waiting 'though a file waits' waits.xml

ledger 'UPDATE certificate SET remind = 1'
scan
ok 'what is due is done' until_true test "$(ledger 'SELECT COUNT(*) FROM certificate WHERE remind = 1')" = 0
is 'by a run' "$(runs)" $((before + 1))
rm "$INSTANCE/inbox/waits.xml"
scan
is 'a file that was taken away is forgotten' "$(ledger 'SELECT COUNT(*) FROM file WHERE state = 1')" 0
order I-2 standard-dv-single | drop second.xml
ok 'a new one is decided' until_true decided second.xml
until_true ended
scan
before=$(runs)
scan
is 'and then it is idle again' "$(runs)" "$before"
kill -TERM "$watch"
wait "$watch"
is 'it ends as it should' $? 0
background=()
finish
