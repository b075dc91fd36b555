#!/bin/bash
# A reader that crashes, loops, eats memory, opens a file or a socket costs its file and
# nothing else. Only a test build has the hooks.
. "$(dirname "$0")/lib.sh"

new_instance
hooked() { printf '<?certdrop-test %s?>' "$1"; order "$2" standard-dv-single; }
order GOOD-1 standard-dv-single | drop a-good.xml
i=0
for hook in crash abort loop eat-memory open-file open-socket; do
  i=$((i + 1))
  hooked $hook "BAD-$i" | drop "bad-$hook.xml"
  order "BETWEEN-$i" standard-dv-single | drop "bad-$hook-z.xml"
done
order GOOD-2 standard-dv-single | drop z-good.xml
{ order B-1 standard-dv-single; order B-2 standard-dv-single | sed 's/<product>/<?certdrop-test crash?>&/'; order B-3 standard-dv-single; } |
  batch | drop batch.xml
if ! grep -q certdrop-test "$CERTDROP"; then
  hooked crash PLAIN | drop plain.xml
  run_at "$(at 1)"
  is_accepted 'a plain build has no hooks' plain.xml
  finish
fi
started=$SECONDS
CERTDROP_THREADS=2 run_at "$(at 1)"
expect_status 'the run ends in the ordinary way' 1
ok 'in bounded time' test $((SECONDS - started)) -lt 120
is_accepted 'a good file before them is accepted' a-good.xml
is_accepted 'and one behind them' z-good.xml
is_rejected 'a reader that crashes takes its file with it' bad-crash.xml reader-crashed
is_rejected 'one that aborts, too' bad-abort.xml reader-crashed
is_rejected 'one that loops is ended' bad-loop.xml reader-limits
like 'one that eats memory is ended' "$(outcome bad-eat-memory.xml) $(codes bad-eat-memory.xml)" '^rejected reader-(limits|crashed)$'
is_rejected 'one that opens a file is killed' bad-open-file.xml reader-crashed
is_rejected 'one that opens a socket is killed' bad-open-socket.xml reader-crashed
for hook in crash abort loop eat-memory open-file open-socket; do
  is_accepted "the file behind $hook is accepted" "bad-$hook-z.xml"
done
like 'a batch in whose middle the reader dies is decided' "$(outcome batch.xml) $(codes batch.xml)" 'reader-crashed'
run_at "$(at 2)"
expect_status 'a second run has nothing to do' 0
is 'the inbox is empty' "$(find "$INSTANCE/inbox" -maxdepth 1 -type f ! -name README.md)" ''
finish
