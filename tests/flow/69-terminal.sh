#!/bin/bash
# What a person at a terminal sees more than a program does: colours, the bar of a run, and
# the next step. Into a pipe goes nothing of it.
. "$(dirname "$0")/lib.sh"

# on_terminal VARIABLES ARGUMENT…: certdrop's output and messages on a pseudo-terminal, with
# escapes as ^[.
on_terminal() {
  local variables=$1
  shift
  # shellcheck disable=SC2086
  env -u NO_COLOR TERM=xterm $variables script -qec "$(printf '%q ' "$CERTDROP" -C "$INSTANCE" "$@")" /dev/null </dev/null >seen 2>&1
  tr -d '\r' <seen | sed 's/\x1b/^[/g'
}
escape='\^\[\['

# plain TEXT: without colours and without what is drawn over a line.
plain() {
  printf '%s\n' "$1" | sed -E 's/\^\[\[[0-9;]*[mK]//g'
}

new_instance
dv_order PO-1 a.example.test | drop good.xml
dv_order PO-2 a.example.test | sed 's/amount="[^"]*"/amount="1.00"/' | drop wrong.xml
payment PAY-9 NOT-YET 298.00 | drop waits.xml

seen=$(on_terminal '' --at "$(at 1)" check "$INSTANCE/inbox/good.xml")
like 'check: the outcome is coloured' "$seen" "good.xml: ${escape}32maccepted${escape}0m"
like 'and the next step is named' "$(plain "$seen")" "^Next: .*with the file in $INSTANCE/inbox, call .certdrop -C $INSTANCE run.\$"
seen=$(on_terminal '' --at "$(at 1)" check "$INSTANCE/inbox/wrong.xml")
like 'check: what is wrong stands out' "$seen" "wrong.xml: ${escape}31mrejected${escape}0m"
like 'the file that a message is about, too' "$seen" "^${escape}1m.*/wrong.xml:[0-9]+${escape}0m: the payment"
like 'and the next step is another one' "$(plain "$seen")" '^Next: .*mend what is named above, and check again$'

seen=$(on_terminal '' --at "$(at 1)" run)
like 'run: a bar is drawn' "$seen" '\[#{10,30} *\] [123]/3 files, [0-9]+/s'
like 'and taken away before anything else is said' "$seen" "files, [0-9]+/s ${escape}K${escape}1mwrong.xml"
like 'the counts that need a hand stand out' "$seen" "${escape}31m1 rejected${escape}0m, ${escape}33m1 waiting${escape}0m"
like 'zero does not' "$seen" ', 0 expired;'
like 'it is the line that programs get' "$(plain "$seen")" '^1 accepted, 1 rejected, 1 waiting; 1 issued, 0 expired; [0-9.]+ s$'
is 'each thing that waits for a hand is named, and where it is told' "$(plain "$seen" | grep '^Next')" \
  "Next: read NAME.error.md in $INSTANCE/inbox/rejected, mend the file, drop it again
Next: see in $INSTANCE/reports/incoming/waiting.html what the waiting files wait for
Next: fetch the archives from $INSTANCE/outbox/certificates"
for path in inbox/rejected/wrong.xml.error.md reports/incoming/waiting.html outbox/certificates; do
  ok "there is $path" test -e "$INSTANCE/$path"
done
rm "$INSTANCE/inbox/waits.xml"
seen=$(on_terminal '' --at "$(at 2)" run)
like 'where there was nothing to do, how to begin is said' "$(plain "$seen")" "^Next: drop a file into $INSTANCE/inbox"

"$CERTDROP" -C "$INSTANCE" show PO-1.1 >page
seen=$(on_terminal '' show PO-1.1)
like 'show: headings stand out' "$seen" "^${escape}1m# Certificate PO-1\.1${escape}0m$"
like 'the status has its colour' "$seen" "${escape}32mIssued${escape}0m"
is 'the text is the same' "$(diff <(plain "$seen") <(printf '%s\n' "$(cat page)"))" ''
certdrop -C "$INSTANCE" verify
seen=$(on_terminal '' verify)
like 'verify: that all agrees is green' "$seen" "${escape}32mall of it agrees${escape}0m"
rm "$INSTANCE"/outbox/certificates/PO-1.1/*.zip
seen=$(on_terminal '' verify)
like 'a difference is red' "$seen" "${escape}31m1 difference${escape}0m"
like 'with what can be done' "$(plain "$seen")" '^Next: .*--fetched'
like 'new: how to go on' "$(plain "$(on_terminal '' new order)")" '^Next: .certdrop new order >FILE.xml.'
like 'init: what to do now' "$(plain "$(mkdir fresh && INSTANCE=$work/fresh on_terminal '' init)")" 'Put your organisation into certdrop.xml'
"$CERTDROP" -C "$INSTANCE" status >out
is 'status is the line of monitoring plugins on a terminal, too' \
  "$(on_terminal '' status | sed 's/ [0-9.]*[sd;].*//')" "$(sed 's/ [0-9.]*[sd;].*//' out)"

like 'what stops a command stands out' "$(on_terminal '' show NOTHING)" "^${escape}31mcertdrop:${escape}0m there is no certificate"

# Where no colours are wanted or known.
for variables in NO_COLOR=1 TERM=dumb TERM=; do
  dv_order "$(printf 'N-%s' "${variables//[^A-Za-z]/-}x")" b.example.test | drop again.xml
  seen=$(on_terminal "$variables" show PO-1.1)
  is "nothing is coloured with $variables" "$(diff <(printf '%s\n' "$seen") <(printf '%s\n' "$(cat page)"))" ''
  seen=$(on_terminal "$variables" --at "$(at 3)" run)
  unlike "nor does a run colour anything" "$seen" "${escape}[0-9;]*m"
  like 'but the next step is named' "$seen" '^Next: '
done
unlike 'a terminal that cannot draw gets no bar' "$seen" '\[#'
seen=$(on_terminal NO_COLOR= show PO-1.1)
like 'an empty NO_COLOR means nothing' "$seen" "$escape"

# Into a pipe.
dv_order PO-3 c.example.test | drop third.xml
dv_order PO-4 c.example.test | sed 's/amount="[^"]*"/amount="1.00"/' | drop fourth.xml
for command in "check $INSTANCE/inbox/third.xml" run 'show PO-3.1' verify report 'new order'; do
  # shellcheck disable=SC2086
  TERM=xterm certdrop -C "$INSTANCE" --at "$(at 4)" $command
  is "$command: nothing but text goes into a pipe" "$(cat out err | grep -cE $'\x1b|^Next:|\\[#')" 0
done
finish
