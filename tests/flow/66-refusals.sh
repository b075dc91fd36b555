#!/bin/bash
# Every refusal that the console's description names, row by row, with the message that the sender reads. What
# each room refuses beside these, its own tests read:
#   names 11, CSRs 10, images and packages 07 and 12, uploads 35, downloads 40 and 42, deployments 45 and 48,
#   renewals 50 and 53, revocations 31, deletions 32, issuances 36, withdrawals 30 and 62.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_instance
write_png letter.png
refusals=()
# refuse ROW NAME PATTERN: NAME, dropped already, is refused in the next run with a message like that.
refuse() { refusals+=("$1" "$2" "$3"); }
# Runs, and reads what became of all of them.
read_refusals() {
  local i text
  run_at "$1"
  for ((i = 0; i < ${#refusals[@]}; i += 3)); do
    text=$(xpath "$(receipt "${refusals[i + 1]}")" '//c:fault/text()')
    like "${refusals[i]}" "$(outcome "${refusals[i + 1]}"): $text" "^rejected: (.*)${refusals[i + 2]}"
    ok '  beside the file, too' test -s "$INSTANCE/inbox/rejected/${refusals[i + 1]}.error.md"
  done
  refusals=()
}
about() { # KIND REF CERTIFICATE [ATTRIBUTES [CHILDREN]]
  printf '<%s %s ref="%s" certificate="%s" %s>%s</%s>\n' "$1" "$xmlns" "$2" "$3" "${4-}" "${5-}" "$1"
}
ov_package() { # NAME REF DOMAIN CHILDREN FILE…
  order "$2" secure-ov-single "$(payment_child "$(price secure-ov-single)")
    $(application_child "$(domains "$3")$applicant$4")" >document.xml
  package "$1" document.xml "${@:5}"
}

# What there is: issued, issued with a CSR of its own, paid, not paid, pending, revoked, uploaded without its key.
dv_order ISSUED issued.example.test | drop issued.xml
openssl req -new -newkey rsa:2048 -nodes -keyout manual.key -subj / -addext subjectAltName=DNS:manual.example.test -out manual.csr 2>/dev/null
dv_order MANUAL manual.example.test "<csr mode=\"manual\">$(cat manual.csr)</csr>" | drop manual.xml
order PAID standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop paid.xml
order UNPAID standard-dv-single | drop unpaid.xml
dv_order PENDING www.iana.org | drop pending.xml
dv_order REVOKED revoked.example.test | drop revoked.xml
about revocation REV-1 REVOKED 'reason="keyCompromise"' | drop z-revoked.xml
foreign_ca root '/CN=Foreign Root'
foreign_server up up.example.test root
upload UP "$(cat up.crt root.crt)" | drop up.xml
run_at "$(at 1)"
expect_status 'all that is to be refused something is there' 0

# ---- Purchase: only a paid certificate can be applied for; what is sold, and its price --------------
order P-1 standard-dv-single "$(application_child "$(domains p.example.test)$applicant")" | drop p1.xml
refuse 'an application in an order that is not paid' p1.xml 'an order that carries its application needs its payment too'
payment P-2 UNPAID 1.00 | drop p2.xml
refuse 'a payment that is not the price' p2.xml '298\.00'
order P-3 no-such | drop p3.xml
refuse 'a product that is not for sale' p3.xml 'there is no product .*no-such'
order P-4 standard-dv-single '<years>3</years>' | drop p4.xml
refuse 'more than two years' p4.xml 'years&gt; is "3", but must be 1 or 2'
# ---- Apply: who and what a class asks for, and the names that a product allows -------------------------
application A-1 PAID submit "$(domains a.example.test)<applicant><name>Applicant One</name></applicant>" | drop a1.xml
refuse 'an applicant who is not told whole' a1.xml 'phone&gt; of &lt;applicant&gt; is missing; an application can be submitted only with it, and saved without'
order A-2 secure-ov-single "$(payment_child "$(price secure-ov-single)")
  $(application_child "$(domains www.abc.com)$applicant$(attachments confirmationLetter letter.png)")" >document.xml
package a2.zip document.xml letter.png
refuse 'OV without its company' a2.zip 'of &lt;company&gt; is missing'
application A-3 PAID submit "$(domains a.example.test b.example.test)$applicant" | drop a3.xml
refuse 'two names of a product for one' a3.xml 'is for exactly one name, not for 2'
application A-4 PAID submit "$(domains '*.a.example.test')$applicant" | drop a4.xml
refuse 'a wildcard of a product for one name' a4.xml 'is a wildcard; the product "standard-dv-single" is for one name'
# ---- CSR: its format, its signature, one key one certificate ---------------------------------------------
dv_order C-1 c.example.test '<csr mode="manual">no request</csr>' | drop c1.xml
refuse 'a CSR that is none' c1.xml 'The CSR is not base64\. Paste it as openssl req -new writes it'
openssl req -in manual.csr -outform DER | python3 -c 'import sys; d = bytearray(sys.stdin.buffer.read()); d[-1] ^= 1; sys.stdout.buffer.write(d)' |
  openssl base64 | { echo '-----BEGIN CERTIFICATE REQUEST-----'; cat; echo '-----END CERTIFICATE REQUEST-----'; } >broken.csr
dv_order C-2 manual.example.test "<csr mode=\"manual\">$(cat broken.csr)</csr>" | drop c2.xml
refuse 'a CSR that is not signed by its key' c2.xml "signature was not made with its own key, or the CSR was changed since"
dv_order C-3 manual.example.test "<csr mode=\"manual\">$(cat manual.csr)</csr>" | drop c3.xml
refuse 'the key of another certificate' c3.xml 'belongs to the certificate MANUAL\.1; one certificate has one key'
# ---- Verify information: PNG or JPEG, at most 500 KB, the letter ------------------------------------------
echo 'no image' >text.png
ov_package v1.zip V-1 www.abc.com "$company$(attachments confirmationLetter text.png)" text.png
refuse 'an attachment that is no image' v1.zip 'neither a PNG nor a JPEG'
{ cat letter.png; head -c 512000 /dev/zero; } >large.png
ov_package v2.zip V-2 www.abc.com "$company$(attachments confirmationLetter large.png)" large.png
refuse 'one of more than 500 KB' v2.zip '512,?000'
ov_package v3.zip V-3 www.abc.com "$company"
refuse 'OV without its letter' v3.zip 'asks for an attachment of the kind "confirmationLetter"'
# ---- Withdraw: never after issue; what is pending is withdrawn before it is changed -------------------
about withdrawal W-1 ISSUED | drop w1.xml
refuse 'a withdrawal after issue' w1.xml 'ISSUED\.1 is issued: an application can be withdrawn before issue only'
application W-2 PENDING save "$applicant" | drop w2.xml
refuse 'a change of what is pending' w2.xml 'withdraw it first'
application W-3 ISSUED submit "$applicant" | drop w3.xml
refuse 'a change of what is issued' w3.xml 'issued already; to change it, order a new one'
# ---- Upload: the key must match, the same certificate twice, what is none ------------------------------
upload U-1 "$(cat up.crt)" | drop u1.xml
refuse 'what was uploaded before' u1.xml 'here already, as UP\.1'
foreign_server other other.example.test root
upload U-2 "$(cat other.crt)" "$(cat up.key)" | drop u2.xml
refuse 'a key of another certificate' u2.xml 'the private key is not that of the certificate of "CN = other\.example\.test"'
upload U-3 "$(cat root.crt)" | drop u3.xml
refuse 'an authority alone' u3.xml 'there is no certificate of a server, only of authorities \(CA\): "CN = Foreign Root"'
# ---- Deploy: issued, with its private key, a region of the product, SLB with one ---------------------
slb='<target product="slb"><region>cn-hangzhou</region></target>'
about deployment D-1 PENDING '' "$slb" | drop d1.xml
refuse 'a deployment before issue' d1.xml 'PENDING\.1 is pending-verification: a deployment needs an issued certificate'
about deployment D-2 MANUAL '' "$slb" | drop d2.xml
refuse 'one of a manual CSR' d2.xml 'MANUAL\.1 has no private key here: its CSR was a manual one'
about deployment D-3 UP '' "$slb" | drop d3.xml
refuse 'one of an upload without its key' d3.xml 'UP\.1 was uploaded without its private key'
about deployment D-4 ISSUED '' '<target product="slb"/>' | drop d4.xml
refuse 'SLB without a region' d4.xml 'slb needs the region of the instance'
about deployment D-5 ISSUED '' '<target product="cdn"><region>moon</region></target>' | drop d5.xml
refuse 'a region that there is not' d5.xml '"?moon"? is no region of cdn'
about deployment D-6 REVOKED '' "$slb" | drop d6.xml
refuse 'one of what is revoked' d6.xml 'a deployment is not possible any more: the certificate is revoked'
# ---- Download: of what is issued, in a form that can be made of it --------------------------------------
about download L-1 PENDING '' '<format>nginx</format>' | drop l1.xml
refuse 'a download before issue' l1.xml 'a download needs an issued certificate'
about download L-2 MANUAL '' '<format>tomcat</format>' | drop l2.xml
refuse 'a keystore without a key' l2.xml 'private key in it, which certdrop does not have'
# ---- Revoke, delete, renew -------------------------------------------------------------------------------------
about revocation R-1 REVOKED 'reason="superseded"' | drop r1.xml
refuse 'a second revocation' r1.xml 'a second revocation is not possible any more'
about revocation R-2 ISSUED 'reason="boredom"' | drop r2.xml
refuse 'a reason that there is not' r2.xml '"boredom", but must be a reason of RFC 5280 by name or number'
about deletion X-1 PENDING | drop x1.xml
refuse 'the deletion of what is pending' x1.xml 'withdraw it first'
about renewal N-1 UNPAID | drop n1.xml
refuse 'a renewal of what was never issued' n1.xml 'a renewal needs an issued certificate'
about renewal N-2 REVOKED | drop n2.xml
refuse 'and of what is revoked' n2.xml 'not possible any more'
read_refusals "$(at 2)"

# ---- What needs something else before: deployed, expired, deleted --------------------------------------
about deployment E-D ISSUED '' "$slb" | drop e.xml
run_at "$(at 3)"
is_accepted 'one is deployed' e.xml
about deletion X-2 ISSUED | drop x2.xml
refuse 'the deletion of what is deployed' x2.xml 'cannot be deleted while it is deployed on slb \(cn-hangzhou\); undeploy it there first'
read_refusals "$(at 4)"
about deletion X-3 REVOKED | drop x3.xml
run_at "$(at 0 0 800)"
is_status 'in two years one has expired' MANUAL.1 expired
about deployment F-1 MANUAL '' "$slb" | drop f1.xml
refuse 'the deployment of what has expired' f1.xml 'an expired certificate cannot be deployed; renew it or buy a new one'
application F-2 MANUAL submit "$applicant" | drop f2.xml
refuse 'an application for it: it is bought anew' f2.xml 'has expired; buy and apply for a new one'
about revocation F-3 MANUAL 'reason="superseded"' | drop f3.xml
refuse 'its revocation' f3.xml 'nobody accepts it any more'
about download F-4 REVOKED '' '<format>pem</format>' | drop f4.xml
refuse 'whatever is asked of what is deleted' f4.xml 'was deleted; this cannot be undone'
read_refusals "$(at 1 0 800)"
finish
