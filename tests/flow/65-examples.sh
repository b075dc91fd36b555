#!/bin/bash
# The examples, as `make demo` processes them: they show every status and every operation so far, each ends as
# inbox/examples/README.md says, and dropping them again changes nothing.
. "$(dirname "$0")/lib.sh"

examples=$source_dir/inbox/examples
INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" --at 2025-10-06T01:00:00Z init
days=$(ls "$examples/earlier")
is 'the demo has the days that there are' "$(sed -n "s/^  earlier='\(.*\)'/\1/p" "$source_dir/tests/tools/demo.sh")" "$(paste -sd ' ' <<<"$days")"
for day in $days; do
  "$examples/drop.sh" "$examples/earlier/$day" "$INSTANCE/inbox"
  run_at "${day}T02:00:00Z"
  expect_status "the run of $day refuses nothing" 0
  is '  and leaves nothing' "$(find "$INSTANCE/inbox" -maxdepth 1 -type f ! -name README.md)" ''
done
drop_all() { "$examples/drop.sh" "$examples" "$INSTANCE/inbox"; }
drop_all
run_at "$T0"
expect_status 'some of the examples are wrong on purpose' 1

# The table of the overview: a status, and how many certificates have it.
overview=$(cat "$INSTANCE/reports/index.md")
count_of() { sed -n "s/^|* *\(.*\[$1\].*\)$/\1/p" <<<"$overview" | grep -o '[0-9][0-9]*' | tail -n 1; }
certificates() { sqlite3 "$INSTANCE/state/ledger.db" "$1"; }
number=0
for status in 'Awaiting payment' Paid 'Pending verification' 'Verification failed' Issued Expired Revoked Refunded; do
  number=$((number + 1))
  wanted=$(certificates "SELECT COUNT(*) FROM certificate WHERE status = $number")
  ok "there are examples that are: $status" test "$wanted" -gt 0
  is '  and the overview counts them' "$(count_of "$status")" "$wanted"
done

# Each file of the first table ends as it says there.
ends() { # WANTED-OUTCOME NAME
  local got
  got=$(outcome "$2")
  [ "$got" = "$1" ] || echo "$2: ${got:-no receipt}"
}
wrong=$(while IFS='|' read -r _ files _ end _; do
  for file in $(grep -o '`[^`]*`' <<<"$files" | tr -d '`'); do
    case $file in earlier/* | drop.sh) continue ;; packages/*) file=${file#packages/}.zip ;; esac
    case $end in
    *'waits in the inbox'*) [ -e "$INSTANCE/inbox/$file" ] || echo "$file does not wait" ;;
    *rejected* | *refused*) case $end in *', three refused'*) ends partly "$file" ;; *) ends rejected "$file" ;; esac ;;
    *) ends accepted "$file" ;;
    esac
  done
done < <(sed -n '/^| `[0-9p]/p' "$examples/README.md"))
is 'each ends as its README says' "$wrong" ''
listed=$(grep -o '`[^` ]*`' "$examples/README.md" | tr -d '`')
missing=$(cd "$examples" && find . -name '*.xml' ! -path './packages/*' -printf '%P\n' | while IFS= read -r file; do
  grep -qxF "$file" <<<"$listed" || echo "$file"
done)
is 'and each of them is in it' "$missing" ''

# What the statuses alone do not show.
is 'one is renewed' "$(show PROMO-2025.1 .successor) $(show PROMO-2026.1 .status)" 'PROMO-2026.1 issued'
is 'and deployed' "$(show PROMO-2026.1 '.deployments[0].outcome')" deployed
is 'one is deployed that has been downloaded for several servers' "$(show DV-1001.1 '.deployments | length') $(find "$INSTANCE/outbox/certificates/DV-1001.1" -name '*.zip' | wc -l)" '3 4'
is 'one was bought elsewhere' "$(certificates "SELECT COUNT(*) FROM certificate WHERE uploaded = 1 AND status = 5")" 1
unlike 'whose key is nowhere in the kept file' "$(cat "$INSTANCE/inbox/done/16-upload.xml")" 'MIHsMFcGCSqG'
is 'money went back once' "$(certificates "SELECT COUNT(*) || ' ' || SUM(amount) FROM refund")" '1 29800'

# Again, as a second `make demo` does.
before=$(certificates 'SELECT id, status, serial FROM certificate ORDER BY number')
drop_all
run_at "$(at 10)"
is 'the same once more changes no certificate' "$(certificates 'SELECT id, status, serial FROM certificate ORDER BY number')" "$before"
is 'what was accepted is repeated' "$(receipt_value 16-upload.2.xml '//c:item/@repeated') $(receipt_value 01-shop.2.xml '//c:item/@repeated')" 'true true'
certdrop -C "$INSTANCE" verify
expect_status 'verify finds nothing' 0
finish
