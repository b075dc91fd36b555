#!/bin/bash
# Revocation: the list at once, the refund to the cent and to the second, the key for good.
. "$(dirname "$0")/lib.sh"

new_instance
write_png letter.png
revocation() { # REF CERTIFICATE REASON
  printf '<revocation %s ref="%s" certificate="%s" reason="%s"/>\n' "$xmlns" "$1" "$2" "$3"
}
error() { tr '\n' ' ' <"$INSTANCE/inbox/rejected/$1.xml.error.md" | tr -s ' '; }
second() { # SECONDS after T0
  date -u -d "@$(($(date -u -d $T0 +%s) + $1))" +%Y-%m-%dT%H:%M:%SZ
}
crl() { openssl crl -in "$INSTANCE/outbox/pki/issuing.crl" -inform DER -noout "$@"; }
crl_number() { crl -crlnumber | sed 's/.*0x//'; }
grows() { [ "$((16#$1))" -lt "$((16#$2))" ]; }
refund() { receipt_value "$1.xml" 'concat(//c:refund/@amount," ",//c:refund/@currency," ",//c:refund/@reference)'; }

# ---- A client that has the list ---------------------------------------------
dv_order PO-1 www.example.test "$(csr ec-p256)<download><format>nginx</format><format>pem</format></download>" | drop po1.xml
dv_order PO-2 other.example.test | drop po2.xml
run_at "$(second 60)"
unpack PO-1.1 nginx one
unpack PO-2.1 pem two
pki=$INSTANCE/outbox/pki
check() { # FILE [SECONDS]
  openssl verify -x509_strict -crl_check -attime "$(date -u -d "$(second "${2:-200}")" +%s)" -no-CApath -no-CAstore \
    -CAfile "$pki/root.crt" -untrusted "$pki/issuing.pem" -CRLfile "$pki/issuing.crl.pem" "$1" 2>&1
}
like 'before, a client that has the list takes the certificate' "$(check one/fullchain.pem)" ': OK'
before=$(crl_number)
revocation REV-1 PO-1 keyCompromise | drop rev1.xml
run_at "$(second 120)"
expect_status 'a revocation is done' 0
is_accepted 'and accepted' rev1.xml
is 'what was paid goes back in full' "$(refund rev1)" "$(price standard-dv-single) CNY TX-1"
is_status 'so its status is refunded' PO-1.1 refunded
is 'the receipt says so' "$(receipt_value rev1.xml '//c:certificate/@status')" refunded
after=$(crl_number)
ok 'the list was made in the same run, with a higher number' grows "$before" "$after"
text=$(crl -text)
like 'it has the serial' "$text" "Serial Number: $(show PO-1.1 .serialNumber)"
like 'with the reason' "$text" 'Key Compromise'
like 'and the date' "$text" 'Revocation Date: Nov 23 02:02:00 2026 GMT'
is 'in PEM it is the same list' "$(openssl crl -in "$pki/issuing.crl.pem" -outform DER | sha256sum)" "$(sha256sum <"$pki/issuing.crl")"
like 'a client that has it refuses the certificate' "$(check one/fullchain.pem)" 'certificate revoked'
like 'and takes another one' "$(check two/cert.pem)" ': OK'
like 'the list verifies' "$(crl -verify -CAfile "$pki/issuing.pem" 2>&1)" 'verify OK'

claim_ports 1
port=${ports[0]}
openssl s_server -accept "127.0.0.1:$port" -cert one/fullchain.pem -cert_chain one/fullchain.pem -key one/privkey.pem -quiet -www >server.out 2>&1 &
background=($!)
for _ in $(seq 1 100); do (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
connect() {
  openssl s_client -connect "127.0.0.1:$port" -servername www.example.test -verify_return_error -no-CApath -no-CAstore \
    -attime "$(date -u -d "$(second 200)" +%s)" -CAfile "$pki/root.crt" "$@" </dev/null 2>&1
}
like 'a client of a real server without the list connects' "$(connect)" 'Verify return code: 0'
like 'one that has the list does not' "$(connect -crl_check -CRL "$pki/issuing.crl.pem")" 'certificate revoked'

# ---- A key that was revoked for compromise ----------------------------------
openssl req -new -key one/privkey.pem -subj /CN=new.example.test -out stolen.csr
openssl ecparam -name prime256v1 -genkey -noout -out own.key
openssl req -new -key own.key -subj /CN=own.example.test -out own.csr
manual() { printf '<csr mode="manual">%s</csr>' "$(cat "$1")"; }
dv_order PO-3 new.example.test "$(manual stolen.csr)" | drop stolen.xml
dv_order PO-4 own.example.test "$(manual own.csr)" | drop own.xml
order PO-5 standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop po5.xml
run_at "$(second 180)"
is_rejected 'a key revoked for compromise is never certified again' stolen.xml csr-key-compromised
revocation REV-4 PO-4.1 superseded | drop rev4.xml
run_at "$(second 181)"
dv_order PO-6 own.example.test "$(manual own.csr)" | drop own6.xml
run_at "$(second 182)"
is_rejected 'one revoked for another reason is another certificate'\''s key' own6.xml csr-key-used
openssl ecparam -name prime256v1 -genkey -noout -out saved.key
openssl req -new -key saved.key -subj /CN=saved.example.test -out saved.csr
application APP-5 PO-5.1 save "$(domains saved.example.test)$(manual saved.csr)" | drop save.xml
revocation REV-5 PO-5.1 1 | drop z-rev5.xml
dv_order PO-7 saved.example.test "$(manual saved.csr)" | drop zz-again.xml
run_at "$(second 183)"
is_accepted 'a certificate that was not issued is revoked for compromise' z-rev5.xml
is_rejected 'and the key of its CSR is not certified, either' zz-again.xml csr-key-compromised

# ---- Reasons -----------------------------------------------------------------
names=(unspecified keyCompromise cACompromise affiliationChanged superseded cessationOfOperation certificateHold none removeFromCRL privilegeWithdrawn aACompromise)
for reason in 0 1 2 3 4 5 6 7 8 9 10; do
  dv_order "RN-$reason-x" "n$reason.example.test" | drop "order-n$reason.xml"
  dv_order "RT-$reason-x" "t$reason.example.test" | drop "order-t$reason.xml"
  revocation "RN-$reason-rev" "RN-$reason-x.1" "$reason" | drop "z-n$reason.xml"
  revocation "RT-$reason-rev" "RT-$reason-x.1" "${names[$reason]}" | drop "z-t$reason.xml"
done
run_at "$(second 200)"
for reason in 0 1 2 3 4 5 6 9 10; do
  [ "$(outcome "z-n$reason.xml") $(outcome "z-t$reason.xml")" = 'accepted accepted' ] || fail "reason $reason" "$(error "z-n$reason") $(error "z-t$reason")"
done
pass 'each reason of RFC 5280 is taken, by number and by name'
is_rejected 'removeFromCRL is none' z-t8.xml revocation-reason
is_rejected 'nor is 8' z-n8.xml revocation-reason
like 'which says why, and what there is' "$(error z-n8)" 'takes one off a list.*keyCompromise \(1\)'
is_rejected 'there is no 7' z-n7.xml xml-value
like 'which says what there is' "$(error z-n7)" 'keyCompromise'
is 'a hold is taken with a warning' "$(receipt_value z-t6.xml '//c:warning/@code')" revocation-hold
reasons=$(crl -text | sed 's/^ *//; s/ *$//' | grep -A 1 'CRL Reason Code' | grep -v -e 'CRL Reason Code' -e '^--' | sort | uniq -c | sed 's/^ *//' | paste -sd ,)
is 'the list has them, and leaves unspecified out' "$reasons" \
  '2 AA Compromise,2 Affiliation Changed,2 CA Compromise,2 Certificate Hold,2 Cessation Of Operation,3 Key Compromise,2 Privilege Withdrawn,3 Superseded'

# ---- Refunds -------------------------------------------------------------------
day=86400
order FREE free-dv-single "$(application_child "$(domains free.example.test)$applicant")" | drop free.xml
order MANY standard-dv-single "<quantity>3</quantity>$(payment_child "$(price standard-dv-single 1 1 3)")" | drop many.xml
order DUE standard-dv-single "<quantity>3</quantity>" | drop due.xml
dv_order LATE late.example.test | drop late.xml
run_at "$(second 1000)"
dv_order INTIME intime.example.test | drop intime.xml
run_at "$(second 1001)"
revocation REV-FREE FREE 5 | drop rev-free.xml
for n in 1 2 3; do revocation "REV-MANY-$n" MANY.$n 5 | drop rev-many$n.xml; done
revocation REV-DUE-2 DUE.2 5 | drop rev-due2.xml
run_at "$(second 1100)"
is 'a free one gives nothing back' "$(refund rev-free)" '  '
is_status 'and is revoked' FREE.1 revoked
sum=0
for n in 1 2 3; do
  sum=$((sum + $(cents "$(receipt_value rev-many$n.xml //c:refund/@amount)")))
  is_status "of three, number $n, paid and not issued, is refunded" MANY.$n refunded
done
is 'all parts together are what was paid' "$(money $sum)" "$(price standard-dv-single 1 1 3)"
is_status 'one that was not paid is revoked' DUE.2 revoked
is 'and need not be paid any more' "$(show DUE .due)" "$(price standard-dv-single 1 1 2)"
rest="payment.html#order=DUE&amp;amount=$(price standard-dv-single 1 1 2)&amp;"
is 'which the links to pay it ask for, of each of the others and in the lists' \
  "$(cd "$INSTANCE/reports" && grep -l "$rest" certificate/DUE.[123].html list/*.html status/awaiting-payment/index.html index.html | paste -sd ' ')" \
  'certificate/DUE.1.html certificate/DUE.3.html list/0.html list/index.html status/awaiting-payment/index.html index.html'
is 'and no link asks for the price' "$(grep -rl "order=DUE&amp;amount=$(price standard-dv-single 1 1 3)" "$INSTANCE/reports")" ''
payment PAY-DUE-1 DUE "$(price standard-dv-single 1 1 3)" | drop a-pay-whole.xml
payment PAY-DUE-2 DUE "$(price standard-dv-single 1 1 2)" | drop b-pay-rest.xml
run_at "$(second 1200)"
is_rejected 'the whole price is too much then' a-pay-whole.xml payment-amount
is_accepted 'the rest is right' b-pay-rest.xml
is_status 'what was revoked stays so' DUE.2 revoked
is_status 'the others are paid' DUE.3 paid
revocation REV-DUE-3 DUE.3 5 | drop rev-due3.xml
order NEVER standard-dv-single | drop never.xml
revocation REV-NEVER NEVER 5 | drop rev-never.xml
payment PAY-NEVER NEVER "$(price standard-dv-single)" | drop z-pay-never.xml
run_at "$(second 1300)"
is 'and give back their own part' "$(refund rev-due3)" "$(price standard-dv-single) CNY TX-PAY-DUE-2"
is_rejected 'for an order that is revoked whole nothing is due' z-pay-never.xml payment-repeated
like 'which says why' "$(error z-pay-never)" 'was revoked or deleted before it was paid'

revocation REV-LATE LATE.1 cessationOfOperation | drop rev-late.xml
revocation REV-INTIME INTIME.1 cessationOfOperation | drop rev-intime.xml
run_at "$(second $((1001 + 30 * day)))"
is 'at 30 days to the second it is paid back' "$(refund rev-intime)" "$(price standard-dv-single) CNY TX-1"
is_status 'and refunded' INTIME.1 refunded
is 'a second later nothing is' "$(refund rev-late)" '  '
is_status 'and it is revoked' LATE.1 revoked

# ---- The applicant and the pages -----------------------------------------------
mail=$(tr -d '\r' <"$INSTANCE/outbox/mail/INTIME.1+INTIME_revoked_20261223T021641Z.eml" | sed -e ':a' -e '/=$/{N;s/=\n//;ba}')
like 'the applicant is told' "$mail" 'INTIME\.1.*has been revoked'
like 'with the reason' "$mail" '\(cessationOfOperation\)'
like 'and what goes back' "$(printf '%s' "$mail" | tr '\n' ' ')" "$(price standard-dv-single) CNY are paid back, of your payment TX-1"
page=$(cat "$INSTANCE/reports/certificate/INTIME.1.md")
like 'the page says when it was revoked' "$page" '\| Revoked +\| Dec 23, 2026, 02:16 UTC'
like 'why' "$page" '\| Reason +\| `cessationOfOperation`: it is no longer in use'
like 'which serials' "$page" "\\| Revoked serials +\\| \`$(show INTIME.1 .serialNumber)\`, on the revocation list until"
like 'and what was paid back' "$page" "\\| Refund +\\| $(price standard-dv-single) CNY, of the payment TX-1"
like 'its history reads as it was' "$page" 'Revocation.*cessationOfOperation, serial'
like 'with the refund' "$page" "Refund.*$(price standard-dv-single) CNY, of the payment TX-1"
like 'the overview counts it' "$(cat "$INSTANCE/reports/index.md")" "$(ls "$INSTANCE"/reports/status/refunded/*.md >/dev/null && echo Refunded)"
like 'the page of the order lists what went back' "$("$CERTDROP" -C "$INSTANCE" show MANY)" 'Paid back.*MANY\.3'

# ---- What cannot be revoked -----------------------------------------------------
revocation REV-TWICE INTIME.1 4 | drop twice.xml
revocation REV-INTIME INTIME.1 cessationOfOperation | drop repeat.xml
run_at "$(second $((1001 + 31 * day)))"
is_rejected 'what is revoked is not revoked again' twice.xml state
like 'which says why' "$(error twice)" 'INTIME\.1 is refunded: a second revocation is not possible'
is 'the same document again is repeated, with the refund that it had' \
  "$(receipt_value repeat.xml 'concat(//c:item/@repeated," ",//c:refund/@amount)')" "true $(price standard-dv-single)"

# ---- The list goes on, and ends ---------------------------------------------------
serial=$(show PO-1.1 .serialNumber)
on_list() { crl -text | grep -q "Serial Number: $1"; }
one=$(crl_number)
run_at "$(second $((1001 + 36 * day)))"
two=$(crl_number)
ok 'it is made anew before it ends' grows "$one" "$two"
ok 'with what was revoked before' on_list "$serial"
end=$(date -u -d "$(show PO-1.1 .notAfter)" +%s)
late=$((end - $(date -u -d $T0 +%s) + 60))
run_at "$(second $((late - day)))"
ok 'as long as the certificate has not run out' on_list "$serial"
dv_order LAST last.example.test | drop last.xml
run_at "$(second $((late + 60)))"
revocation REV-LAST LAST 4 | drop rev-last.xml
run_at "$(second $((late + 120)))"
ok 'it is on a list that comes in between' on_list "$serial"
run_at "$(second $((late + 5 * day)))"
ok 'and on one more made by plan after its end (RFC 5280 3.3)' on_list "$serial"
run_at "$(second $((late + 10 * day)))"
not_ok 'then it goes' on_list "$serial"
ok 'what runs on stays' on_list "$(show LAST.1 .serialNumber)"
run_at "$(second $((370 * day)))"
revocation REV-OLD PO-2.1 4 | drop expired.xml
run_at "$(second $((371 * day)))"
is_rejected 'what has expired is not revoked' expired.xml state
like 'which says why' "$(error expired)" 'PO-2\.1 is expired: the certificate has expired; nobody accepts it'

cp -r "$INSTANCE/reports" before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes' "$(diff -r before "$INSTANCE/reports")" ''
finish
