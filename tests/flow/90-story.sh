#!/bin/bash
# The story of one certificate and of its successor, by files alone: every status and every
# operation, over three years. After each step ledger, outbox, pages and feeds are looked at.
. "$(dirname "$0")/lib.sh"

new_instance
write_png letter.png
day=0 # days since T0

# passes DAYS [STEP]: that many days go by, with a run every STEP days (10) and on the last.
passes() {
  local end=$((day + $1))
  while [ "$day" -lt "$end" ]; do
    day=$((day + ${2:-10} < end ? day + ${2:-10} : end))
    run_at "$(at 0 0 $day)"
    [ "$status" = 0 ] || fail "the night of day $day" "status $status" "$(cat err)"
  done
}

# Of each status, how many certificates there are, in the order of the names: "issued=1 paid=2".
counts_of_ledger() {
  sqlite3 -readonly "$INSTANCE/state/ledger.db" "SELECT CASE status $(
    sed -n 's/.*{"\([a-z-]*\)", "[A-Z].*/\1/p' "$source_dir/src/lifecycle/status.c" |
      awk '{ printf "WHEN %d THEN '\''%s'\'' ", NR, $1 }') END, COUNT(*) FROM certificate
    WHERE status > 0 GROUP BY 1 ORDER BY 1" | sed 's/|/=/' | paste -sd ' '
}

counts_of_metrics() {
  sed -n 's/^certdrop_certificates{status="\([a-z-]*\)"} \([1-9][0-9]*\).*/\1=\2/p' \
    "$INSTANCE/reports/metrics.prom" | LC_ALL=C sort | paste -sd ' '
}

counts_of_json() {
  jq -r '.certificates[].status' "$INSTANCE/reports/certificates.json" | LC_ALL=C sort | uniq -c |
    awk '{ print $2 "=" $1 }' | paste -sd ' '
}

counts_of_csv() {
  python3 -c '
import collections, csv, sys
rows = csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8-sig"))
status = next(name for name in rows.fieldnames if name.lower() == "status")
print(*("%s=%d" % item for item in sorted(collections.Counter(row[status] for row in rows).items())))' \
    "$INSTANCE/reports/certificates.csv"
}

counts_of_overview() {
  grep -oE '\*\*[0-9]+\*\* \[[^]]*\]\(status/[a-z-]*' "$INSTANCE/reports/index.md" |
    sed -E 's/^\*\*([0-9]+)\*\* .*\/([a-z-]*)$/\2=\1/' | grep -v '=0$' | LC_ALL=C sort | paste -sd ' '
}

# What has to be true after every step.
sound() { # WHAT
  local counts wrong=
  counts=$(counts_of_ledger)
  for source in overview metrics json csv; do
    [ "$(counts_of_$source)" = "$counts" ] || wrong="$wrong $source: $(counts_of_$source)"
  done
  is "$1: overview and feeds count what the ledger has ($counts)" "$wrong" ''
  certdrop -C "$INSTANCE" --at "$(at 0 0 $day)" verify
  [ "$status" = 0 ] || fail "$1: the ledger, archives and keys fit each other" "$(cat out err)"
  snapshot >before.txt
  certdrop -C "$INSTANCE" report
  is "$1: the pages are those that report makes" "$(snapshot | diff before.txt -)" ''
}

# step WHAT NAME: a run decides NAME, which is accepted, and all fits together after it.
step() {
  day=$((day + 1))
  run_at "$(at 0 0 $day)"
  is_accepted "$1" "$2"
  sound "$1"
}

element() { # KIND REF CERTIFICATE [CHILDREN [ATTRIBUTES]]
  printf '<%s %s ref="%s" certificate="%s" %s>%s</%s>\n' "$1" "$xmlns" "$2" "$3" "${5-}" "${4-}" "$1"
}

target='<target product="slb"><region>cn-hangzhou</region></target>'
slb=outbox/deploy/slb/cn-hangzhou

# ---- From the order to the issue --------------------------------------------

order S-1 secure-ov-single | drop order.xml
step 'it is ordered' order.xml
is_status 'and awaits its payment' S-1.1 awaiting-payment
is 'the receipt says what is due' "$(receipt_value order.xml //c:due/@amount)" "$(price secure-ov-single)"

element download S-D0 S-1 '<format>nginx</format>' | drop early.xml
run_at "$(at 1 0 $day)"
is_rejected 'before its issue there is nothing to download' early.xml state

payment S-P S-1 "$(price secure-ov-single)" | drop payment.xml
step 'it is paid' payment.xml
is_status 'and paid' S-1.1 paid

application S-A1 S-1.1 save "$(domains www.iana.org)$applicant$company" | drop save.xml
step 'an application is saved' save.xml
is_status 'and is not submitted by that' S-1.1 paid
ok 'the letter is there to be stamped' test -s "$INSTANCE/outbox/letters/S-1.1+S-A1.html"

application S-A2 S-1.1 submit "$(attachments confirmationLetter letter.png)" >document.xml
package submit.zip document.xml letter.png
step 'with the scan it is submitted' submit.zip
is_status 'and pending' S-1.1 pending-verification

element withdrawal S-W S-1 | drop withdraw.xml
step 'it is withdrawn' withdraw.xml
is_status 'and can be changed' S-1.1 paid

application S-A3 S-1.1 submit "$(domains data.iana.org)" | drop again.xml
step 'with another name it is submitted again' again.xml
review S-R1 S-1.1 reject '' 'The stamp cannot be read.' | drop reject.xml
step 'the reviewer rejects it' reject.xml
is_status 'and the verification has failed' S-1.1 verification-failed

application S-A4 S-1.1 submit '<csr mode="automatic" key="ec-p384"/>' | drop mended.xml
step 'it is mended and submitted' mended.xml
review S-R2 S-1.1 approve 'application="S-A4"' | drop approve.xml
step 'and approved' approve.xml
is_status 'and issued' S-1.1 issued
first=$(show S-1.1 .serialNumber)
is 'to the name that was applied for last' "$(show S-1.1 '.domains | join(" ")')" data.iana.org

element withdrawal S-W2 S-1 | drop late.xml
run_at "$(at 1 0 $day)"
is_rejected 'it cannot be withdrawn any more' late.xml state

# ---- In use -----------------------------------------------------------------

element download S-D S-1 '<format>apache</format><format>tomcat</format>' | drop download.xml
step 'it is downloaded' download.xml
ok 'as a keystore' test -s "$(archive S-1.1 tomcat)"

element deployment S-DEP S-1 "$target" | drop deploy.xml
step 'it is deployed' deploy.xml
ok 'its archive lies there' test -s "$INSTANCE/$slb/S-1.1.zip"
is 'and the details say so' "$(show S-1.1 '.deployments[] | "\(.product) \(.region)"')" 'slb cn-hangzhou'

element deletion S-DEL0 S-1 | drop delete-early.xml
run_at "$(at 1 0 $day)"
is_rejected 'while it is deployed it is not deleted' delete-early.xml "$(codes delete-early.xml)"

passes 170
second=$(show S-1.1 .serialNumber)
ok 'within its term it was issued anew' test "$second" != "$first"
is_status 'and is issued' S-1.1 issued
is 'what is deployed is the new one' "$(unzip -p "$INSTANCE/$slb/S-1.1.zip" fullchain.pem | openssl x509 -noout -serial | tr -d '\n')" "serial=$second"
is 'and so is the keystore' "$(
  unzip -p "$(archive S-1.1 tomcat)" keystore.p12 >keystore.p12
  unzip -p "$(archive S-1.1 tomcat)" password.txt >password.txt
  openssl pkcs12 -in keystore.p12 -passin file:password.txt -nokeys -clcerts 2>/dev/null | openssl x509 -noout -serial
)" "serial=$second"
sound 'after a re-issue'

# ---- Its successor ----------------------------------------------------------

passes 130
element renewal S-2 S-1.1 "<years>2</years>$(payment_child "$(price secure-ov-single 2)")" | drop renew.xml
step 'it is renewed' renew.xml
is_status 'its successor is issued, for the review still holds' S-2.1 issued
passes 2 1
is 'and is deployed in its place' "$(show S-2.1 '.deployments[] | "\(.product) \(.region)"')" 'slb cn-hangzhou'
passes 60
is_status 'the first one has expired' S-1.1 expired
element deployment S-DEP2 S-1 "$target" | drop deploy-late.xml
run_at "$(at 1 0 $day)"
is_rejected 'and cannot be deployed' deploy-late.xml state

# The review was on day 9 and holds for 398 days: the first re-issue after them needs another.
passes $((400 - day))
while [ "$day" -lt 500 ] && [ "$status" = 0 ]; do
  day=$((day + 5))
  run_at "$(at 0 0 $day)"
done
like 'a re-issue after the review has become too old waits for another' "$(cat err)" 'S-2\.1.*review'
is_status 'while what serves goes on' S-2.1 issued
third=$(show S-2.1 .serialNumber)
review S-R3 S-2.1 approve | drop anew.xml
step 'it is reviewed anew' anew.xml
ok 'and issued anew' test "$(show S-2.1 .serialNumber)" != "$third"
passes 200
is_status 'the second one is still there' S-2.1 issued
element undeployment S-U S-2.1 "$target" | drop undeploy.xml
step 'it is taken off' undeploy.xml
is 'nothing lies there any more' "$(find "$INSTANCE/$slb" -name 'S-2.1*')" ''

element revocation S-REV S-2.1 '' 'reason="cessationOfOperation"' | drop revoke.xml
step 'and revoked' revoke.xml
is_status 'too late to be paid back' S-2.1 revoked
like 'the revocation list has it' "$(openssl crl -in "$INSTANCE/outbox/pki/issuing.crl.pem" -noout -text)" \
  "$(show S-2.1 .serialNumber)"

# ---- Paid back, bought elsewhere, deleted ------------------------------------

dv_order S-3 shop.example.test | drop short.xml
step 'another is bought' short.xml
passes 29
element revocation S-REV3 S-3 '' 'reason="keyCompromise"' | drop refund.xml
step 'and revoked on its last day but one' refund.xml
is_status 'and paid back' S-3.1 refunded
like 'the page says how much' "$(cat "$INSTANCE/reports/certificate/S-3.1.md")" "$(price standard-dv-single)"

"$CERTDROP" new upload >upload.xml
drop upload.xml <upload.xml
step 'one that was bought elsewhere is taken in' upload.xml
is_status 'as what it is' UP-1001 issued

for id in S-1.1 S-2.1 S-3.1 UP-1001; do
  element deletion "DEL-$id" $id | drop "delete-$id.xml"
  step "$id is deleted" "delete-$id.xml"
  is 'no archive of it is left' "$(find "$INSTANCE/outbox/certificates/$id" -type f 2>/dev/null)" ''
done
is 'no private key is left' "$(sqlite3 -readonly "$INSTANCE/state/ledger.db" 'SELECT COUNT(*) FROM key WHERE wrapped IS NOT NULL')" 0
passes 400 50
sound 'three years after the order'
finish
