#!/bin/bash
# A ref is used once; what was accepted and comes again is answered, not done again.
. "$(dirname "$0")/lib.sh"

new_instance
dv_order PO-1 a.example.test | drop first.xml
run_at "$(at 1)"
is_accepted 'the first is accepted' first.xml
serial=$(show PO-1.1 .serialNumber)

dv_order PO-1 a.example.test | drop again.xml
{ echo '<?xml version="1.0"?>'; dv_order PO-1 a.example.test | sed "s/ref=\"PO-1\"/ref='PO-1'/; s|currency=\"CNY\"/>|currency=\"CNY\" ></payment>|"; } | drop layout.xml
run_at "$(at 2)"
expect_status 'what comes again is no failure' 0
is_accepted 'the same again is answered' again.xml
is_accepted 'and in other quotes' layout.xml
is 'as repeated' "$(receipt_value again.xml '//c:item/@repeated')" true
is 'with its present state' "$(receipt_value again.xml '//c:certificate/@status')" issued
is 'and changed nothing' "$(show PO-1.1 .serialNumber)" "$serial"

dv_order PO-1 b.example.test | drop other.xml
run_at "$(at 3)"
expect_status 'another content under the same ref is rejected' 1
is_rejected 'with its own fault' other.xml reference-used
is 'and changed nothing' "$(show PO-1.1 '.serialNumber + " " + (.domains | join(" "))')" "$serial a.example.test"

payment PO-1 PO-1 1.00 | drop kind.xml
run_at "$(at 4)"
is_rejected 'all kinds share one space of refs' kind.xml reference-used

order PO-2 standard-dv-single | drop b-second.xml
order PO-2 free-dv-single | drop a-first.xml
order PO-2 secure-ov-multi | drop c-third.xml
run_at "$(at 5)"
is_accepted 'of files that bring one ref, the first by name is decided first' a-first.xml
is_rejected 'the second is another content' b-second.xml reference-used
is_rejected 'and so is the third' c-third.xml reference-used

order PO-3 no-such-product | drop bad.xml
run_at "$(at 6)"
is_rejected 'what is rejected' bad.xml catalog-product
order PO-3 standard-dv-single | drop mended.xml
run_at "$(at 7)"
is_accepted 'does not use its ref' mended.xml

dv_order PO-4 c.example.test | drop same.xml
run_at "$(at 8)"
dv_order PO-5 d.example.test | drop same.xml
run_at "$(at 9)"
dv_order PO-6 e.example.test | sed 's/standard-dv-single/no-such/' | drop same.xml
run_at "$(at 10)"
ok 'a name that comes again is numbered in done/' test -e "$INSTANCE/inbox/done/same.2.xml"
is 'with its receipt' "$(outcome same.2.xml)" accepted
ok 'and in rejected/ the numbers go on' test -e "$INSTANCE/inbox/rejected/same.3.xml"
is 'with its receipt' "$(outcome same.3.xml)" rejected
ok 'and its error file' test -e "$INSTANCE/inbox/rejected/same.3.xml.error.md"

long=R234567890123456789012345678901234567890
for ref in A.1 A-r1 PO.12 "${long}1"; do
  order "$ref" standard-dv-single | drop form.xml
  run_at "$(at 11)"
done
is 'refs that could be taken for certificates are refused' \
  "$(for n in form.xml form.2.xml form.3.xml form.4.xml; do outcome $n; codes $n; done | paste -sd ' ')" \
  'rejected reference-form rejected reference-form rejected reference-form rejected reference-form'
order $long standard-dv-single | drop forty.xml
order A.1x standard-dv-single | drop dot.xml
order A-r1x standard-dv-single | drop r.xml
run_at "$(at 12)"
is_accepted 'forty characters are taken' forty.xml
is_accepted 'a dot inside is taken' dot.xml
is_accepted '-r and more is taken' r.xml
is_status 'the certificate is named after it' $long.1 awaiting-payment

n=0
for ref in '' '-A' '.A' 'A/B' 'A B' 'A..%2F' "A'B" 'Ä' '../x' "$(printf 'A%.0s' {1..65})"; do
  n=$((n + 1))
  order "$ref" standard-dv-single | drop "schema-$n.xml"
done
run_at "$(at 13)"
for n in $(seq 1 10); do
  like "a ref that the schema refuses is refused ($n)" "$(outcome "schema-$n.xml") $(codes "schema-$n.xml")" '^rejected xml-va(lid|lue)$'
done
finish
