#!/bin/bash
# Endings that are rare: what is withdrawn, revoked or deleted in the midst of something else, and an
# archive whose recipient has run out by the time it is made again.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_instance
sed -i 's|<renewal [^>]*/>|<renewal before="33%" reviewDays="100" pay="true"/>|' "$INSTANCE/certdrop.xml"
sed -i '/id="standard-dv-wildcard"/s/issuer="embedded"/issuer="exchange"/' "$INSTANCE/catalog.xml"
withdrawal() { printf '<withdrawal %s ref="%s" certificate="%s"/>\n' "$xmlns" "$1" "$2" | drop "$1.xml"; }
revocation() { printf '<revocation %s ref="%s" certificate="%s" reason="superseded"/>\n' "$xmlns" "$1" "$2" | drop "$1.xml"; }
deletion() { printf '<deletion %s ref="%s" certificate="%s"/>\n' "$xmlns" "$1" "$2" | drop "$1.xml"; }
same_as_anew() {
  snapshot >before
  certdrop -C "$INSTANCE" report
  is 'the pages are those that report makes anew' "$(snapshot | diff before - | head -n 20)" ''
  certdrop -C "$INSTANCE" verify
  expect_status 'verify finds nothing' 0
}
foreign_ca root '/CN=Foreign Root'

# ---- Withdrawn while its CSR lies outside ------------------------------------------------
order OUT standard-dv-wildcard "$(payment_child "$(price standard-dv-wildcard)")
  $(application_child "$(domains '*.iana.org')$applicant")" | drop out.xml
run_at "$(at 1)"
is_status 'a CSR lies outside' OUT.1 pending-verification
cp "$INSTANCE/outbox/csr/OUT.1.csr" out.csr
spki=$(sqlite3 "$INSTANCE/state/ledger.db" "SELECT spki_sha256 FROM outside WHERE certificate = 'OUT.1'")
withdrawal W-1 OUT
run_at "$(at 2)"
is_accepted 'it can be withdrawn there' W-1.xml
is_status 'and is as it was before' OUT.1 paid
ok 'the CSR is taken away' test ! -e "$INSTANCE/outbox/csr/OUT.1.csr"
is 'its key has no more use, and is forgotten' "$(sqlite3 "$INSTANCE/state/ledger.db" "SELECT wrapped IS NULL FROM key WHERE spki_sha256 = '$spki'")" 1
foreign_sign out.csr out root 'subjectAltName=DNS:*.iana.org\n'
issuance() { printf '<issuance %s ref="%s" certificate="OUT.1">%s</issuance>' "$xmlns" "$1" "$(cat out.crt root.crt)" | drop "$1.xml"; }
issuance I-1
run_at "$(at 3)"
is_rejected 'a chain that comes too late is refused' I-1.xml state
like 'which says why' "$(receipt_value I-1.xml //c:fault)" 'OUT\.1.*nothing was submitted'
application A-1 OUT submit '' | drop again.xml
run_at "$(at 4)"
is_status 'submitted again it lies outside again' OUT.1 pending-verification
issuance I-2
run_at "$(at 5)"
is_rejected 'but the chain for the CSR before does not fit' I-2.xml issuance-key
like 'which says so' "$(receipt_value I-2.xml //c:fault)" 'another key than the CSR'
is_status 'and it goes on waiting' OUT.1 pending-verification

# ---- An upload is revoked ------------------------------------------------------------------
foreign_server up up.example.test root ec 261101000000Z 280430235959Z
upload UP "$(cat up.crt root.crt)" "$(cat up.key)" | drop up.xml
run_at "$(at 10)"
crl_before=$(openssl crl -in "$INSTANCE/outbox/pki/issuing.crl" -text -noout | grep -c 'Serial Number')
revocation REV-UP UP
run_at "$(at 11)"
is_accepted 'an upload can be revoked' REV-UP.xml
is_status 'with nothing to pay back' UP.1 revoked
is 'no refund is recorded' "$(receipt_value REV-UP.xml 'count(//c:refund)')" 0
like 'who issued it has to be told, too' "$(receipt_value REV-UP.xml //c:warning)" 'issued by another authority: it is revoked in the ledger only'
is 'our list does not have it' "$(openssl crl -in "$INSTANCE/outbox/pki/issuing.crl" -text -noout | grep -c 'Serial Number')" "$crl_before"
like 'the page says it' "$(cat "$INSTANCE/reports/certificate/UP.1.md")" 'Revocation'
download DL-UP UP pem | drop dl-up.xml
run_at "$(at 12)"
is_rejected 'it cannot be downloaded any more' dl-up.xml state

# ---- A renewal is revoked: what was paid for it goes back, and nothing else ---------------------
one=$(price standard-dv-single)
two=$(price standard-dv-single 2)
dv_order REN ren.example.test | drop ren.xml
run_at "$(at 20)"
printf '<renewal %s ref="REN-2" certificate="REN"><years>2</years><payment reference="TX-RENEWAL" amount="%s" currency="CNY"/></renewal>' "$xmlns" "$two" | drop ren2.xml
run_at "$(at 0 0 40)"
is_status 'it is renewed, long after it was bought' REN-2.1 issued
revocation REV-REN2 REN-2
run_at "$(at 0 0 69)"
is_status 'the renewal is revoked within its 30 days' REN-2.1 refunded
is 'its own payment goes back' "$(receipt_value REV-REN2.xml 'concat(//c:refund/@amount, " ", //c:refund/@reference)')" "$two TX-RENEWAL"
is_status 'what it renewed is as it was' REN.1 issued
revocation REV-REN REN
run_at "$(at 0 0 70)"
is_status 'for that it is too late' REN.1 revoked
is 'nothing goes back' "$(receipt_value REV-REN.xml 'count(//c:refund)')" 0
is 'all in all it was that' "$(sqlite3 "$INSTANCE/state/ledger.db" "SELECT SUM(amount) FROM refund" | sed 's/..$/.&/')" "$two"
not_ok 'one year costs something else' test "$one" = "$two"

# ---- A re-issue that waits for its review is withdrawn ---------------------------------------
write_png letter.png
order OV secure-ov-single "<years>2</years>$(payment_child "$(price secure-ov-single 2)")
  $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
package ov.zip document.xml letter.png
review R-OV OV.1 approve | drop z-review.xml
run_at "$(at 0 0 71)"
is_status 'OV is issued after its review' OV.1 issued
serial=$(show OV.1 .serialNumber)
run_at "$(at 0 0 215)"
like 'its re-issue waits to be reviewed again' "$("$CERTDROP" -C "$INSTANCE" show OV.1)" 'To be reviewed again since'
withdrawal W-OV OV
run_at "$(at 0 0 216)"
is_accepted 'the re-issue can be withdrawn' W-OV.xml
like 'which warns of what that means' "$(receipt_value W-OV.xml //c:warning)" 'OV\.1 stays as it is, but .* neither issued anew nor renewed by itself; renew it in time'
is 'the certificate is as it was' "$(show OV.1 '"\(.status) \(.serialNumber)"')" "issued $serial"
unlike 'nobody is asked to review it any more' "$(cat "$INSTANCE/reports/index.md")" 'To verify again'
is 'nor is there anything to look at' "$(find "$INSTANCE/outbox/verification/OV.1" -type f 2>/dev/null)" ''
review R-LATE OV.1 approve | drop late.xml
withdrawal W-OV2 OV
run_at "$(at 0 0 217)"
is_rejected 'a late review is refused' late.xml state
is_rejected 'and a second withdrawal' W-OV2.xml state
like 'with what to do in its place' "$(receipt_value W-OV2.xml //c:fault)" 'withdrawn before issue only; revoke the certificate'
run_at "$(at 0 0 260)"
expect_status 'it is not asked for again by itself, nor does it fail' 0
is 'it is the same' "$(show OV.1 .serialNumber)" "$serial"
printf '<renewal %s ref="OV-2" certificate="OV">%s</renewal>' "$xmlns" "$(payment_child "$(price secure-ov-single)")" | drop ov2.xml
run_at "$(at 0 0 261)"
is_accepted 'a renewal leads on' ov2.xml
is_status '  which is reviewed' OV-2.1 pending-verification

# ---- A deletion takes what is random with it --------------------------------------------------
dv_order PFX pfx.example.test '<download><format>tomcat</format><format>iis</format></download>' | drop pfx.xml
run_at "$(at 0 0 262)"
for format in tomcat iis; do unzip -p "$(archive PFX.1 $format)" password.txt >"$format.password"; done
ok 'passwords were made' test "$(cat tomcat.password iis.password | wc -c)" -ge 40
kept() { sqlite3 "$INSTANCE/state/ledger.db" "SELECT hex(kept) FROM archive WHERE path LIKE '%PFX.1%' ORDER BY path"; }
is 'archives with random parts are kept, wrapped' "$(kept | grep -c .)" 2
kept >kept.hex
# Whether 24 bytes from anywhere in the kept archives lie anywhere in the instance.
cat >pieces.py <<'PYTHON'
import os, sys
pieces = set()
for line in open("kept.hex"):
    whole = bytes.fromhex(line.strip())
    pieces |= {whole[i:i + 24] for i in range(0, len(whole) - 24, 12)}
pieces |= {open(f"{name}.password", "rb").read().strip() for name in ("tomcat", "iis")}
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        content = open(os.path.join(folder, name), "rb").read()
        if any(piece in content for piece in pieces):
            print(os.path.relpath(os.path.join(folder, name), sys.argv[1]))
PYTHON
like 'they can be found' "$(python3 pieces.py "$INSTANCE" | paste -sd ' ')" 'state/ledger\.db'
deletion DEL-PFX PFX
run_at "$(at 0 0 263)"
is_accepted 'the certificate is deleted' DEL-PFX.xml
is 'nothing is kept' "$(kept)" ''
is 'no piece of it lies anywhere, nor a password' "$(python3 pieces.py "$INSTANCE")" ''

# ---- A recipient that has run out when an archive is made again ----------------------------------
dv_order REC rec.example.test '<download><format>pem</format></download>' | drop rec.xml
recipient short rsa:2048 keyEncipherment 20260101000000Z 20270901000000Z
recipient next rsa:2048 keyEncipherment 20260101000000Z 20290101000000Z
run_at "$(at 0 0 264)" # 2027-08-14
download DL-1 REC nginx '' short.crt | drop dl1.xml
run_at "$(at 0 0 265)"
is_accepted 'an archive is made for a recipient that is valid now' dl1.xml
like 'that it will not be for the whole term is warned of' "$(receipt_value dl1.xml '//c:warning[@code="recipient-validity"]')" \
  'Recipient short\) ends on 2027-09-01.*before the term of REC\.1.*no archive is made for it; ask again in time'
like 'the page says how long' "$("$CERTDROP" -C "$INSTANCE" show REC.1)" 'nginx, for CN = Recipient short until 2027-09-01'
envelope=$(echo "$INSTANCE"/outbox/certificates/REC.1/*_nginx.zip.p7m)
old=$(sha256sum "$envelope")
serial=$(show REC.1 .serialNumber)
for day in 330 335 340 345 350 355; do
  run_at "$(at 0 0 $day)"
  said=$(cat err) ended=$status
  [ "$(show REC.1 .serialNumber)" = "$serial" ] || break
done
not_ok 'it is issued again' test "$(show REC.1 .serialNumber)" = "$serial"
is 'the run says that something could not be done' "$ended" 1
like 'what, why and what to do' "$said" \
  'REC\.1: an archive was not made: .*_nginx\.zip\.p7m: the certificate of its recipient \(CN = Recipient short\) has expired on 2027-09-01.*ask for it again'
like 'so does the page' "$("$CERTDROP" -C "$INSTANCE" show REC.1)" 'Archive failed.*its recipient'
is 'the new key goes to nobody who has run out' "$(sha256sum "$envelope")" "$old"
is 'the archives of others are of the new one' "$(unzip -p "$(archive REC.1 pem)" cert.pem | openssl x509 -noout -serial | sed s/serial=//)" "$(show REC.1 .serialNumber | tr '[:lower:]' '[:upper:]')"
download DL-2 REC nginx '' short.crt | drop dl2.xml
download DL-3 REC nginx '' next.crt | drop dl3.xml
run_at "$(at 2 0 "$day")"
is_rejected 'asked again for the old recipient it is refused' dl2.xml recipient-validity
is_accepted 'for the next one it is made' dl3.xml
is 'with nothing to warn of' "$(receipt_value dl3.xml 'count(//c:warning)')" 0
ok 'which opens it' openssl cms -decrypt -inform DER -binary -in "$envelope" -recip next.crt -inkey next.key -out new.zip
is 'and finds the present certificate' "$(unzip -p new.zip fullchain.pem | openssl x509 -noout -serial | sed s/serial=//)" "$(show REC.1 .serialNumber | tr '[:lower:]' '[:upper:]')"
same_as_anew
finish
