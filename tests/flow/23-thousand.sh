#!/bin/bash
# A thousand good, bad and waiting files in one run: each ends where it should.
. "$(dirname "$0")/lib.sh"

count=1000
[ "$variant" = plain ] || count=300
new_instance
python3 "$source_dir/tests/tools/make-mixed.py" $count 1 "$INSTANCE/inbox" >expected
started=$SECONDS
run_at "$(at 1)" --json
expect_status 'the run ends in the ordinary way' 1
echo "# $count files in $((SECONDS - started)) s"
"$source_dir/tests/tools/observed.sh" "$INSTANCE" >observed
is 'each file ended where it should, each certificate with its status' "$(diff expected observed)" ''
is 'the numbers are told' "$(jq -r '"\(.accepted) \(.rejected) \(.waiting) \(.issued)"' out)" \
  "$(awk -F '\t' '$3 == "accepted" { a++ } $3 == "rejected" || $3 == "partly" { r++ } $3 == "waiting" { w++ } $3 == "issued" { i++ } END { print a, r, w, i }' expected)"
is 'every receipt is valid' "$(find "$INSTANCE/outbox/receipts" -name '*.xml' -print0 |
  xargs -0 xmllint --nonet --noout --schema "$source_dir/schemas/receipt.xsd" 2>&1 | grep -v ' validates$')" ''
is 'every rejected file has its error file' "$(cd "$INSTANCE/inbox/rejected" && for f in *.xml *.zip; do test -s "$f.error.md" || echo "$f"; done)" ''
unpacked=0
for zip in $(find "$INSTANCE/outbox/certificates" -name '*_pem.zip' | head -n 40); do
  rm -rf bundle && mkdir bundle && unzip -q -d bundle "$zip"
  if key_fits bundle/cert.pem bundle/privkey.pem && chain_verifies bundle/cert.pem >chain.log 2>&1; then unpacked=$((unpacked + 1)); else cat chain.log; fi
done
is 'forty bundles have their key and a chain that verifies' $unpacked 40
issued=$(awk -F '\t' '$3 == "issued"' expected | wc -l)
for sample in x509_cert_not_before x509_cert_not_after x509_cert_expired; do
  is "the metrics have $sample of each certificate" "$(grep -c "^$sample{" "$INSTANCE/reports/metrics.prom")" "$issued"
done
ok 'and promtool has nothing against them' promtool check metrics <"$INSTANCE/reports/metrics.prom"
is 'the calendar has the end of each' "$(grep -c '^UID:.*\.expiry@certdrop' "$INSTANCE/reports/expiry.ics")" "$issued"
before=$(snapshot)
run_at "$(at 1)"
expect_status 'a second run is done' 0
unchanged 'and changes nothing' "$before"
before=$(snapshot)
certdrop -C "$INSTANCE" report
is 'the pages are what report makes anew' "$(snapshot | diff <(printf '%s\n' "$before") -)" ''
run_at "$(at 2 24)"
expect_status 'when their time is over' 1
is 'what waited is rejected' "$(awk -F '\t' '$3 == "waiting" { print $2 }' expected | while IFS= read -r name; do
  echo "$(outcome "$name") $(codes "$name")"
done | sort -u)" 'rejected reference-unknown'
finish
