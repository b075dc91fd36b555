#!/bin/bash
# An issuer outside by exchange of files: CSR out, chain in.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_instance
# Products that another authority issues.
outside_products() { # ISSUER
  sed -i '/id="standard-dv-single"/s/issuer="embedded"/issuer="'"$1"'"/; /id="secure-ov-multi"/s/issuer="embedded"/issuer="'"$1"'"/' "$INSTANCE/catalog.xml"
  grep -q "issuer=\"$1\"" "$INSTANCE/catalog.xml" || fail "the catalogue names $1"
}
outside_products exchange
foreign_ca root '/O=Other Authority/CN=Other Root'
foreign_ca inner '/O=Other Authority/CN=Other Issuing CA' root
issuance() { # REF CERTIFICATE CHAIN
  printf '<issuance %s ref="%s" certificate="%s">%s</issuance>\n' "$xmlns" "$1" "$2" "$3"
}
csr_of() { printf '%s' "$INSTANCE/outbox/csr/$1.csr"; }
# certify ID OUT NAMES [START END]: what the other authority makes of the CSR in the outbox.
certify() {
  foreign_sign "$(csr_of "$1")" "$2" inner \
    "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:${3//,/,DNS:}\n" "${@:4}"
}

dv_order PO-1 shop.iana.org '<download><format>pem</format><format>nginx</format></download>' | drop order.xml
run_at "$(at 1)"
expect_status 'a product of another authority can be bought' 0
is_accepted 'in one file' order.xml
is_status 'a DV application goes straight to its issuer' PO-1.1 pending-verification
ok 'whose CSR lies in the outbox' openssl req -in "$(csr_of PO-1.1)" -noout -verify
like 'with the names' "$(openssl req -in "$(csr_of PO-1.1)" -noout -text)" 'DNS:shop\.iana\.org'
is 'closed to others' "$(stat -c %a "$(csr_of PO-1.1)")" 600
page=$(cat "$INSTANCE/reports/certificate/PO-1.1.md")
like 'the page says what to do' "$page" 'Have .*PO-1\.1\.csr.* certified'
like 'and where the CSR lies' "$page" 'Issuer outside'
is 'nothing is issued' "$(ls "$INSTANCE/outbox/certificates" 2>/dev/null)" ''
like 'the applicant is told of the submission' "$(ls "$INSTANCE/outbox/mail")" 'PO-1\.1\+PO-1_submitted'

certify PO-1.1 good shop.iana.org
certify PO-1.1 other other.iana.org
certify PO-1.1 more shop.iana.org,pay.iana.org
certify PO-1.1 early shop.iana.org 270101000000Z 270401000000Z
certify PO-1.1 late shop.iana.org 260101000000Z 260401000000Z
foreign_server stranger shop.iana.org inner
minutes=2
refuse() { # WHAT CHAIN CODES PATTERN
  minutes=$((minutes + 1))
  issuance "BAD-$minutes" PO-1.1 "$2" | drop "bad-$minutes.xml"
  run_at "$(at $minutes)"
  is_rejected "$1 is refused" "bad-$minutes.xml" "$3"
  like '  and said' "$(receipt_value "bad-$minutes.xml" //c:fault)" "$4"
}
refuse 'a certificate for another key' "$(cat stranger.crt)" issuance-key 'another key than the CSR in outbox/csr/PO-1\.1\.csr'
refuse 'one for other names' "$(cat other.crt)" issuance-names 'does not have shop\.iana\.org'
refuse 'one with a name too many' "$(cat more.crt)" issuance-names 'has pay\.iana\.org, which was not applied for'
refuse 'one that is not valid yet' "$(cat early.crt)" issuance-validity 'not valid before 2027-01-01'
refuse 'one that has expired' "$(cat late.crt)" issuance-validity 'has expired, at 2026-04-01'
refuse 'a CSR' "$(cat "$(csr_of PO-1.1)")" certificate-content 'certificate request'
refuse 'an authority alone' "$(cat inner.crt)" certificate-ca 'only of authorities'
refuse 'nonsense' 'no certificate at all' certificate-content 'there is no certificate'
is_status 'after all that it is pending' PO-1.1 pending-verification

chain=$(printf 'Dear customer,\n\n%s\nand\n%s\n%s\nRegards\n' "$(cat root.crt)" "$(sed 's/^/  /' inner.crt)" "$(cat good.crt)")
issuance ISS-1 PO-1.1 "$chain" | drop issuance.xml
run_at "$(at 20)"
is_accepted 'the right one is taken, in any order, with text around it' issuance.xml
is_status 'and it is issued' PO-1.1 issued
is 'until the end of the certificate' "$(show PO-1.1 .notAfter)" 2027-04-30T23:59:59Z
is 'in a term of a year from now' "$(show PO-1.1 .termEnd)" 2027-11-23T02:20:00Z
is 'the receipt names its archives' "$(xpath "$(receipt issuance.xml)" 'count(//c:file)')" 2
unpack PO-1.1 pem pem
unpack PO-1.1 nginx nginx
ok 'the key in them fits' key_fits pem/cert.pem pem/privkey.pem
is 'the certificate is that of the other authority' "$(openssl x509 -in pem/cert.pem -noout -fingerprint)" "$(openssl x509 -in good.crt -noout -fingerprint)"
ok 'its chain leads to the root' openssl verify -no-CApath -no-CAstore -attime "$(date -u -d "$(at 0 12)" +%s)" -CAfile root.crt -untrusted pem/chain.pem pem/cert.pem
is 'which is not part of it' "$(grep -c BEGIN nginx/fullchain.pem)" 2
ok 'the CSR is taken away' test ! -e "$(csr_of PO-1.1)"
like 'the applicant is told' "$(ls "$INSTANCE/outbox/mail")" 'PO-1\.1\+PO-1_issued'
is 'the history has it all' "$(show PO-1.1 '[.history[].what] | join(" ")')" 'ordered paid submitted pending-verification requested certified issued'
issuance ISS-2 PO-1.1 "$chain" | drop twice.xml
run_at "$(at 21)"
is_rejected 'nothing can be brought twice' twice.xml state

# ---- OV: reviewed first ---------------------------------------------------------------
write_png letter.png
order OV-1 secure-ov-multi "$(payment_child "$(price secure-ov-multi)")
  $(application_child "$(domains www.iana.org pay.iana.org)$applicant$company$(csr rsa-2048)$(attachments confirmationLetter letter.png)")" >document.xml
package ov.zip document.xml letter.png
run_at "$(at 30)"
is_status 'OV waits for its review' OV-1.1 pending-verification
ok 'with no CSR yet' test ! -e "$(csr_of OV-1.1)"
issuance ISS-3 OV-1.1 "$(cat good.crt)" | drop a-soon.xml
review R-1 OV-1.1 approve | drop review.xml
run_at "$(at 31)"
is_rejected 'before the review nothing can be brought' a-soon.xml issuance-unasked
is_status 'after it, for its issuer' OV-1.1 pending-verification
like 'the CSR names the company' "$(openssl req -in "$(csr_of OV-1.1)" -noout -subject)" 'O ?= ?Example Operations'
review R-2 OV-1.1 approve | drop again.xml
run_at "$(at 32)"
is_rejected 'what lies with its issuer is not approved once more' again.xml state
like 'and that is said' "$(receipt_value again.xml //c:fault)" 'lies with the issuer "exchange" already'
certify OV-1.1 ov www.iana.org,pay.iana.org,iana.org
issuance ISS-4 OV-1.1 "$(cat ov.crt inner.crt)" | drop ov.xml
run_at "$(at 33)"
is_accepted 'a name that the issuer adds for nothing does no harm' ov.xml
like 'but is told' "$(receipt_value ov.xml //c:warning)" 'added iana\.org'
is 'the names are all there, those applied for first' "$(show OV-1.1 '.domains | join(" ")')" 'www.iana.org pay.iana.org iana.org'

# ---- What else can come to pass ----------------------------------------------------------
order EMB-1 free-dv-single "$(application_child "$(domains emb.example.test)$applicant")" | drop emb.xml
dv_order PO-2 two.iana.org | drop two.xml
run_at "$(at 40)"
issuance ISS-5 EMB-1.1 "$(cat good.crt)" | drop emb-iss.xml
review R-3 PO-2.1 reject '' 'The other authority says no.' | drop no.xml
run_at "$(at 41)"
is_rejected 'nor for what this instance issues itself' emb-iss.xml state
is_status 'what the other authority refuses can be rejected' PO-2.1 verification-failed
ok 'its CSR is taken away' test ! -e "$(csr_of PO-2.1)"
certify_two=$(cat good.crt)
issuance ISS-6 PO-2.1 "$certify_two" | drop late.xml
run_at "$(at 42)"
is_rejected 'and a late chain is refused' late.xml state
application APP-2 PO-2.1 submit '' | drop resubmit.xml
run_at "$(at 43)"
is_status 'it can be submitted again' PO-2.1 pending-verification
ok 'with a new CSR' test -s "$(csr_of PO-2.1)"
openssl req -new -newkey rsa:2048 -nodes -keyout manual.key -subj /CN=man.iana.org -out manual.csr 2>/dev/null
dv_order PO-3 man.iana.org "<csr mode=\"manual\">$(cat manual.csr)</csr>" | drop manual.xml
run_at "$(at 44)"
is 'a manual CSR is passed on as it is' "$(openssl req -in "$(csr_of PO-3.1)" -outform DER | sha256sum)" "$(openssl req -in manual.csr -outform DER | sha256sum)"
certify PO-3.1 manual man.iana.org
issuance ISS-7 PO-3.1 "$(cat manual.crt inner.crt)" | drop man-iss.xml
run_at "$(at 45)"
is_status 'and certified' PO-3.1 issued
is 'the archive has no key' "$(unzip -Z1 "$(archive PO-3.1 pem)" | grep -c privkey)" 0
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head -n 20)" ''
finish
