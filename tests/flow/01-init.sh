#!/bin/bash
# An instance is made by `init`, whole and private, and never made over.
. "$(dirname "$0")/lib.sh"

umask 000
new_instance
expect_status 'init makes an instance in an empty folder' 0
for path in certdrop.xml catalog.xml; do
  ok "$path is there" test -s "$INSTANCE/$path"
done
for folder in inbox inbox/done inbox/rejected outbox outbox/receipts outbox/certificates outbox/pki reports state; do
  ok "$folder/ is there" test -d "$INSTANCE/$folder"
done
is 'state/ is closed to others under umask 000' "$(stat -c %a "$INSTANCE/state")" 700
is 'nothing in state/ is open to others under umask 000' \
  "$(find "$INSTANCE/state" -perm /077 -printf '%m %P\n')" ''

is 'certdrop.xml is valid' "$(xmllint --nonet --noout --schema "$source_dir/schemas/config.xsd" \
  "$INSTANCE/certdrop.xml" 2>&1)" "$INSTANCE/certdrop.xml validates"
is 'catalog.xml is valid' "$(xmllint --nonet --noout --schema "$source_dir/schemas/catalog.xsd" \
  "$INSTANCE/catalog.xml" 2>&1)" "$INSTANCE/catalog.xml validates"
for product in free-dv-single standard-dv-single standard-dv-wildcard secure-ov-single secure-ov-multi \
  secure-ov-wildcard secure-ev-single secure-ev-multi inhouse-dv-multi; do
  is "the catalogue has $product on a line of its own" \
    "$(grep -c "^ *<product id=\"$product\" .*/>$" "$INSTANCE/catalog.xml")" 1
done

pki=$INSTANCE/outbox/pki
ok 'root.crt is PEM' openssl x509 -in "$pki/root.crt" -inform PEM -noout
ok 'issuing.crt is DER' openssl x509 -in "$pki/issuing.crt" -inform DER -noout
ok 'issuing.pem is PEM' openssl x509 -in "$pki/issuing.pem" -inform PEM -noout
ok 'issuing.crl is DER' openssl crl -in "$pki/issuing.crl" -inform DER -noout
ok 'issuing.crl.pem is PEM' openssl crl -in "$pki/issuing.crl.pem" -inform PEM -noout
is 'chain.pem is the issuing certificate, then the root' \
  "$(cat "$pki/chain.pem")" "$(cat "$pki/issuing.pem" "$pki/root.crt")"
ok 'the issuing certificate verifies under the root' openssl verify -x509_strict \
  -no-CApath -no-CAstore -attime "$(date -u -d $T0 +%s)" -CAfile "$pki/root.crt" "$pki/issuing.pem"
ok 'the CRL is signed by the issuing CA' openssl crl -in "$pki/issuing.crl.pem" -noout \
  -CAfile "$pki/issuing.pem"
like 'init --at dates the CA' "$(openssl x509 -in "$pki/root.crt" -noout -startdate)" \
  'notBefore=Nov 2[23] .* 2026'

before=$(snapshot; cd "$INSTANCE/state" && find . -type f -exec sha256sum {} + | sort)
certdrop -C "$INSTANCE" --at "$(at 5)" init
case $status in 0 | 1 | 78) pass 'a second init ends in an orderly way' ;; *) fail 'a second init ends in an orderly way' "$status" ;; esac
is 'a second init changes nothing' \
  "$(snapshot; cd "$INSTANCE/state" && find . -type f -exec sha256sum {} + | sort)" "$before"

mkdir own && cp "$INSTANCE/catalog.xml" own/
sed -i 's/pricePerYear="298.00"/pricePerYear="1.00"/' own/catalog.xml
own=$(cat own/catalog.xml)
certdrop -C own --at $T0 init
expect_status 'init takes a folder that has a catalogue' 0
is 'a catalogue that was there stays' "$(cat own/catalog.xml)" "$own"

umask 077
new_instance closed
is 'nothing in state/ is open to others under umask 077' \
  "$(find "$INSTANCE/state" -perm /077 -printf '%m %P\n')" ''
like 'outbox/pki can be served under umask 077' "$(stat -c %a "$INSTANCE/outbox/pki/root.crt")" '^(644|600)$'

run_at $T0
expect_status 'a run with an empty inbox is done' 0
ok 'there is an overview page' test -s "$INSTANCE/reports/index.html"
ok 'and its Markdown' test -s "$INSTANCE/reports/index.md"
finish
