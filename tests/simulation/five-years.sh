#!/bin/bash
# 200 certificates that were bought on one day, for five years of nightly runs, across the
# days on which lifetimes get shorter (2027-03-15: 100 days, 2029-03-15: 47 days): no moment
# without a valid certificate, and no night with more than three times the mean number of
# renewals.
#
# CERTDROP_NIGHTS (1826).
. "$(dirname "$0")/../flow/lib.sh"

nights=${CERTDROP_NIGHTS:-1826}
new_instance
sed -i 's|<renewal [^>]*/>|<renewal before="33%" pay="true"/>|' "$INSTANCE/certdrop.xml"

# Terms of one year, which all end on one day again and again since what is left is added,
# and of two, the most that the product allows.
for n in $(seq 200); do
  years=$((n % 2 + 1))
  order "S$n" standard-dv-single "<years>$years</years><autoRenew>true</autoRenew>
    $(payment_child "$(price standard-dv-single $years)")
    $(application_child "$(domains "s$n.example.test")$applicant")"
done | batch | drop all.xml
run_at "$T0"
is '200 certificates are bought on one day' "$(jq -r .issued < <(run_at "$T0" --json; cat out)) $(sqlite3 \
  "$INSTANCE/state/ledger.db" 'SELECT COUNT(*) FROM certificate WHERE status = 5')" '0 200'

began=$SECONDS
first=$(date -u -d $T0 +%s)
failed=0
for ((night = 1; night <= nights; night++)); do
  printf -v time '%(%Y-%m-%dT%H:%M:%SZ)T' $((first + night * 86400))
  "$CERTDROP" -C "$INSTANCE" --at "$time" run >out 2>err || {
    failed=$((failed + 1))
    [ $failed -gt 3 ] || fail "the run of $time" "$(cat err)"
  }
done
is "no run of $nights nights fails" $failed 0
echo "# $nights nights took $((SECONDS - began)) s"

# The certificates themselves say how long they are valid.
sqlite3 "$INSTANCE/state/ledger.db" >lines "
  SELECT CASE instr(certificate, '-r') WHEN 0 THEN certificate
         ELSE substr(certificate, 1, instr(certificate, '-r') - 1) END AS line, hex(der)
  FROM issue ORDER BY line, not_before"
python3 "$source_dir/tests/simulation/gaps.py" "$((first + nights * 86400))" <lines >gaps
echo "# $(tail -n 1 gaps)"
is 'no line has a moment without a valid certificate' "$(grep -v '^200 lines' gaps)" ''
like 'there are 200 lines' "$(tail -n 1 gaps)" '^200 lines'

read -r total most mean < <(sqlite3 -separator ' ' "$INSTANCE/state/ledger.db" "
  SELECT SUM(renewed), MAX(renewed), SUM(renewed) / $nights.0 FROM run WHERE number > 1")
echo "# $total renewals, $mean in a night, at most $most"
ok 'they were renewed again and again' test "$total" -gt "$nights"
ok 'no night has more than three times the mean' \
  awk "BEGIN { exit !($most <= 3 * $mean) }"
is 'the runs tell of as many as there are' \
  "$(sqlite3 "$INSTANCE/state/ledger.db" 'SELECT COUNT(*) - 200 FROM issue')" "$total"
is 'nothing was to be paid' \
  "$(sqlite3 "$INSTANCE/state/ledger.db" 'SELECT COUNT(*) FROM orders WHERE paid = 0')" 0
is 'each night counts those that are due' "$(sqlite3 "$INSTANCE/state/ledger.db" "
  SELECT day, certificates FROM due_day EXCEPT
  SELECT due / 86400, COUNT(*) FROM certificate WHERE due > 1 GROUP BY 1")" ''

for id in S1.1 S2.1; do
  last=$id
  while next=$(show "$last" .successor) && [ "$next" != null ] && [ "$next" != "$last" ]; do last=$next; done
  unpack "$last" pem "$id"
  ok "the archive of $last is the last of its line: its chain is valid" \
    chain_verifies "$id/cert.pem" "@$((first + nights * 86400))"
  ok '  and its key fits' key_fits "$id/cert.pem" "$id/privkey.pem"
done
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head)" ''
ok 'the log of five years is sound' grep -q . "$INSTANCE/reports/index.md"
finish
