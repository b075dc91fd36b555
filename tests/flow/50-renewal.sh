#!/bin/bash
# Renewal by a document: an order of its own, whose certificate takes over what was applied
# for and what is left of the term.
. "$(dirname "$0")/lib.sh"

renewal() { # REF CERTIFICATE [CHILDREN]
  printf '<renewal %s ref="%s" certificate="%s">%s</renewal>\n' "$xmlns" "$1" "$2" "${3-}"
}
fault() { # NAME: the first fault's text
  receipt_value "$1" '(//c:fault)[1]'
}

new_instance
one=$(price standard-dv-single)
dv_order A-1 a.example.test '<csr mode="automatic" key="rsa-2048"/><download><format>nginx</format><format>pem</format></download>' | drop a.xml
run_at "$T0"
unpack A-1.1 pem before
renewal R-1 A-1 "$(payment_child "$one")" >r1.xml
certdrop -C "$INSTANCE" --at "$(at 0 0 300)" check --json r1.xml
is 'check says beforehand that it is accepted' "$(jq -r '.files[0].outcome' out)" accepted
is_status 'and changes nothing' A-1.1 issued
is '  no successor is there' "$(show A-1.1 .successor)" null
drop r1.xml <r1.xml
run_at "$(at 0 0 150)" --json
is_accepted 'a renewal that is paid is accepted' r1.xml
is 'and counted' "$(jq -r '"\(.issued) \(.renewed)"' out)" '1 1'
is 'its certificate is REF.1, issued at once' "$(receipt_value r1.xml '//c:certificate/@id') \
$(receipt_value r1.xml '//c:certificate/@status')" 'R-1.1 issued'
is 'for the same names' "$(show R-1.1 '.domains | join(" ")')" a.example.test
is 'with the same kind of key' "$(show R-1.1 .keyAlgorithm)" rsa-2048
is 'what was left is added to the second' "$(show R-1.1 .termEnd)" 2028-11-23T02:00:00Z
is 'archives are made in the same formats' "$(cd "$INSTANCE/outbox/certificates/R-1.1" && echo *)" \
  'R-1.1_a.example.test_nginx.zip R-1.1_a.example.test_pem.zip'
unpack R-1.1 pem after
not_ok 'the key is a new one' cmp before/privkey.pem after/privkey.pem
ok 'and fits' key_fits after/cert.pem after/privkey.pem
is 'the one names the other' "$(show A-1.1 .successor) $(show R-1.1 .forerunner)" 'R-1.1 A-1.1'
like 'on its page' "$("$CERTDROP" -C "$INSTANCE" show A-1.1)" 'Renewed by .*R-1\.1'
like 'on both pages' "$("$CERTDROP" -C "$INSTANCE" show R-1.1)" 'Renews .*A-1\.1'
is_status 'the forerunner stays issued' A-1.1 issued
is 'and is no more due itself' "$(show A-1.1 .due)" null
mail=$(tr -d '\r' <"$(echo "$INSTANCE"/outbox/mail/R-1.1+R-1_renewed_*.eml)")
like 'a mail says where the new one lies' "$mail" 'R-1\.1_a\.example\.test_nginx\.zip'
renewal R-1 A-1 "$(payment_child "$one")" | drop again.xml
renewal R-2 A-1.1 | drop r2.xml
renewal X-9 NOBODY-1.1 | drop x9.xml
run_at "$(at 1 0 150)"
is 'the same document again changes nothing' "$(receipt_value again.xml '//c:item/@repeated')" true
is_rejected 'a second renewal is refused' r2.xml renewal-repeated
like 'and told by which it is renewed' "$(fault r2.xml)" 'R-1\.1, which is issued'
is_waiting 'one of a certificate that is not known waits' x9.xml

# Not paid: it waits for its payment, and then goes on by itself.
dv_order B-1 b.example.test | drop b.xml
run_at "$(at 2 0 150)"
renewal R-B B-1.1 '<years>1</years>' | drop rb.xml
run_at "$(at 3 0 150)"
is_accepted 'a renewal without its payment is accepted' rb.xml
is 'the receipt says what is due' "$(receipt_value rb.xml '//c:due/@amount')" "$one"
is_status 'it waits for that' R-B.1 awaiting-payment
is 'what serves is still due to be issued anew' "$(show B-1.1 '.due != null')" true
renewal R-B2 B-1.1 | drop rb2.xml
payment P-BAD R-B 1.00 | drop bad.xml
run_at "$(at 4 0 150)"
like 'a second one is refused with what to do' "$(fault rb2.xml)" 'R-B\.1, which is awaiting-payment; go on'
is_rejected 'a wrong payment too' bad.xml payment-amount
payment P-B R-B "$one" | drop pb.xml
run_at "$(at 0 0 160)" --json
is 'once it is paid, it is issued in the same run' "$(jq -r .renewed out) $(show R-B.1 .status)" '1 issued'
is 'the term goes on from the end of the old one' "$(show R-B.1 .termEnd)" \
  "$(date -u -d "$(show B-1.1 .termEnd) 1 year" +%Y-%m-%dT%H:%M:%SZ)"

# More than the product allows is lost, and told.
renewal R-C B-1.1 | sed 's/B-1.1/R-B.1/' >rc.xml
sed 's|"></renewal>|"><years>2</years>'"$(payment_child "$(price standard-dv-single 2)")"'</renewal>|' rc.xml | drop rc.xml
run_at "$(at 0 0 161)"
is_accepted 'two more years on what is left' rc.xml
like 'the days that are lost are told in the receipt' \
  "$(receipt_value rc.xml '//c:warning[@code="renewal-days-lost"]')" '[0-9]+ days of the old term are lost: .* 2 years'
is 'two years are the most' "$(show R-C.1 .termEnd)" "$(date -u -d "$(at 0 0 161) 2 years" +%Y-%m-%dT%H:%M:%SZ)"
like 'and told by mail' "$(cat "$INSTANCE"/outbox/mail/R-C.1+*_renewed_*.eml)" 'days could not'

# Refusals.
order D-1 standard-dv-single | drop d1.xml
order D-2 secure-ov-single "$(payment_child "$(price secure-ov-single)")" | drop d2.xml
dv_order E-1 e.example.test | drop e.xml
run_at "$(at 0 0 162)"
renewal R-D1 D-1.1 | drop rd1.xml
renewal R-D2 D-2.1 | drop rd2.xml
renewal R-E1.1 E-1.1 | drop re1.xml
renewal R-E2 E-1.1 '<years>3</years>' | drop re2.xml
renewal R-E3 E-1.1 "$(payment_child 1.00)" | drop re3.xml
renewal R-E4 E-1.1 "<years>2</years>" | sed 's/E-1.1/E-1.2/' | drop re4.xml
order F-1 free-dv-single "$(application_child "$(domains f.example.test)$applicant")" | drop f.xml
run_at "$(at 1 0 162)"
is_rejected 'before it is paid nothing can be renewed' rd1.xml state
like 'with the reason' "$(fault rd1.xml)" 'a renewal needs an issued certificate; this one is not paid yet'
is_rejected 'nor before it is issued' rd2.xml state
is_rejected 'its reference must not look like an ID' re1.xml reference-form
like 'years are 1 or 2' "$(codes re2.xml)" 'xml-val'
is_rejected 'the payment is the price' re3.xml payment-amount
is_rejected 'a certificate that the order has not' re4.xml reference-unknown
renewal R-F F-1 '<years>2</years>' | drop rf.xml
run_at "$(at 2 0 162)"
is_rejected 'a term is at most the product'"'"'s' rf.xml term
renewal R-F F-1 | drop rf2.xml
run_at "$(at 3 0 162)"
is_status 'what costs nothing is issued at once' R-F.1 issued

# A product that is sold no more is renewed as it was; one whose price has changed costs that.
sed -i 's/id="free-dv-single"/id="other-free"/; s/\(id="standard-dv-single".*pricePerYear="\)[^"]*/\1999.00/' "$INSTANCE/catalog.xml"
renewal R-F2 R-F.1 | drop rf3.xml
renewal R-E5 E-1.1 | drop re5.xml
run_at "$(at 4 0 162)"
is_status 'a product that is sold no more is renewed as it was' R-F2.1 issued
is 'today'"'"'s price counts' "$(receipt_value re5.xml '//c:due/@amount')" 999.00

# An expired one can be renewed; nothing is left of its term.
payment P-E5 R-E5 999.00 | drop pe5.xml
run_at "$(at 0 0 1600)"
is 'a term that is over leaves nothing' "$(show R-E5.1 .termEnd)" "$(date -u -d "$(at 0 0 1600) 1 year" +%Y-%m-%dT%H:%M:%SZ)"

# In one batch, in any order, with the order that it renews.
{ renewal R-G G-1 "$(payment_child 999.00)"; dv_order G-1 g.example.test | sed "s/amount=\"[^\"]*\"/amount=\"999.00\"/"; } | batch | drop g.xml
run_at "$(at 1 0 1600)"
is_accepted 'order and renewal in one batch' g.xml
is_status 'both are issued' R-G.1 issued
finish
