#!/bin/bash
# Certificates bought elsewhere: PEM in any order, keys of all forms, PKCS#12 old and new.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_instance
foreign_ca root '/O=Other Authority/CN=Other Root'
foreign_ca inner '/O=Other Authority/CN=Other Issuing CA' root
foreign_server shop shop.example.org,www.shop.example.org inner
foreign_server old old.example.org inner ec 250101000000Z 250401000000Z
foreign_server rsa rsa.example.org inner rsa
foreign_server ed ed.example.org inner ED25519

# ---- PEM ----------------------------------------------------------------------
chaos() { # text around the blocks, root first, the server's last, one twice
  printf 'Our certificates:\r\n\r\nsubject=Other Root\n%s\n' "$(cat root.crt)"
  printf '%s\nbetween\n%s\n   \n%s\nthe end\n' "$(cat inner.crt)" "$(cat root.crt)" "$(sed 's/^/    /' shop.crt)"
}
upload UP-1 "$(chaos)" "$(sed 's/^/      /' shop.key)" | drop shop.xml
run_at "$(at 1)"
expect_status 'an upload is carried out' 0
is_accepted 'whatever the order, and the text around' shop.xml
is 'without a warning' "$(xpath "$(receipt shop.xml)" 'count(//c:warning)')" 0
is_status 'it is issued' UP-1.1 issued
is 'the receipt names it' "$(receipt_value shop.xml //c:certificate/@id)" UP-1.1
is 'show knows it as uploaded' "$(show UP-1.1 '[.uploaded, .product, .order] | join(" ")')" 'true  UP-1'
is 'by its reference too' "$(show UP-1 .id)" UP-1.1
is 'with its names' "$(show UP-1.1 '.domains | join(" ")')" 'shop.example.org www.shop.example.org'
is 'its fingerprint' "$(show UP-1.1 .sha256)" \
  "$(openssl x509 -in shop.crt -noout -fingerprint -sha256 | sed 's/.*=//; s/://g' | tr A-F a-f)"
is 'its end' "$(show UP-1.1 .notAfter)" 2027-04-30T23:59:59Z
is 'its issuer' "$(show UP-1.1 .issuer)" 'CN = Other Issuing CA, O = Other Authority'
is 'its key' "$(show UP-1.1 .keyAlgorithm)" ec-p256
is 'and what came to pass' "$(show UP-1.1 '[.history[].what] | join(" ")')" uploaded
like 'the lists show its instance' "$(cat "$INSTANCE"/reports/list/0.md)" 'Instance: \(i\)upload'
page=$(cat "$INSTANCE/reports/certificate/UP-1.1.md")
like 'its page says what it is' "$page" 'Instance: \(i\)upload, Bought elsewhere'
like 'and that its key is here' "$page" 'ec-p256.*kept here'
unlike 'and has nothing odd to tell' "$page" 'What is odd'
is 'no archive is made before one is asked for' "$(ls "$INSTANCE/outbox/certificates" 2>/dev/null)" ''

upload UP-2 "$(cat shop.crt)" | drop again.xml
run_at "$(at 2)"
is_rejected 'the same certificate twice is refused' again.xml certificate-known
like 'with the ID that it has' "$(receipt_value again.xml //c:fault)" 'as UP-1\.1'
upload UP-1 "$(chaos)" "$(sed 's/^/      /' shop.key)" | drop repeated.xml
run_at "$(at 3)"
is 'the same document again is answered as repeated' "$(receipt_value repeated.xml //c:item/@repeated)" true

upload UP-3 "$(cat ed.crt)" | drop bare.xml
upload UP-4 "$(cat old.crt inner.crt)" "$(cat old.key)" | drop old.xml
run_at "$(at 4)"
is_accepted 'a certificate without a key is taken' bare.xml
like 'and its page says that it has none' "$(cat "$INSTANCE/reports/certificate/UP-3.1.md")" 'private half was not uploaded'
like 'what is missing of its chain is said' "$(receipt_value bare.xml //c:warning)" 'chain is missing.*Other Issuing CA'
is 'under its code' "$(receipt_value bare.xml //c:warning/@code)" certificate-chain
like 'on its page too' "$(cat "$INSTANCE/reports/certificate/UP-3.1.md")" 'chain is missing'
is_accepted 'an expired one is taken' old.xml
is_status 'as expired' UP-4.1 expired
like 'and that is said' "$(receipt_value old.xml //c:warning)" 'has expired, at 2025-04-01'

# ---- Keys -----------------------------------------------------------------------
number=10
take_key() { # WHAT CERTIFICATE KEY [PASSPHRASE]
  number=$((number + 1))
  upload "KEY-$number" "$(cat "$2" inner.crt)" "$3" "${4-}" | drop "key-$number.xml"
  run_at "$(at $number)"
  is_accepted "$1 is taken" "key-$number.xml"
  like "and kept" "$(cat "$INSTANCE/reports/certificate/KEY-$number.1.md")" 'kept here'
}
fresh() { foreign_server "$1" "$1.example.org" inner "${2:-ec}"; }
fresh k1 rsa
take_key 'PKCS#1' k1.crt "$(openssl rsa -in k1.key -traditional 2>/dev/null)"
fresh k2
take_key 'SEC 1, with its parameters before it' k2.crt "$(openssl ecparam -name prime256v1; openssl ec -in k2.key 2>/dev/null)"
fresh k3 ED25519
take_key 'Ed25519 in PKCS#8' k3.crt "$(cat k3.key)"
fresh k4
take_key 'encrypted PKCS#8' k4.crt "$(openssl pkcs8 -topk8 -in k4.key -passout 'pass:open sesame')" 'open sesame'
fresh k5 rsa
take_key 'PKCS#1 encrypted as OpenSSL once did' k5.crt "$(openssl rsa -in k5.key -traditional -aes128 -passout pass:ä-1 2>/dev/null)" 'ä-1'
fresh k6
take_key 'PKCS#8 encrypted with RC2, which is old' k6.crt "$(openssl pkcs8 -topk8 -in k6.key -v1 PBE-SHA1-RC2-40 -passout pass:old -provider legacy -provider default)" old

# ---- PKCS#12 ----------------------------------------------------------------------
take_pfx() { # WHAT FILE [PASSWORD]
  number=$((number + 1))
  pfx_package "pfx-$number.zip" "PFX-$number" "$2" "${@:3}"
  run_at "$(at $number)"
  is_accepted "$1 is taken" "pfx-$number.zip"
  like 'with its key' "$(cat "$INSTANCE/reports/certificate/PFX-$number.1.md")" 'kept here'
  unlike 'and its chain' "$(receipt_value "pfx-$number.zip" //c:warning)" 'chain'
}
fresh p1
openssl pkcs12 -export -inkey p1.key -in p1.crt -certfile inner.crt -passout pass:new -out p1.pfx
take_pfx 'a modern PFX' p1.pfx new
fresh p2 rsa
openssl pkcs12 -export -legacy -inkey p2.key -in p2.crt -certfile inner.crt -passout pass:old -out p2.p12
take_pfx 'a legacy one, of RC2 and 3DES' p2.p12 old
fresh p3
openssl pkcs12 -export -inkey p3.key -in p3.crt -certfile <(cat root.crt inner.crt) -passout pass: -out p3.pfx
take_pfx 'one with more certificates and an empty password' p3.pfx
fresh p4
openssl pkcs12 -export -nomac -keypbe NONE -certpbe NONE -inkey p4.key -in p4.crt -certfile inner.crt -passout pass: -out p4.pfx
take_pfx 'one without any protection' p4.pfx
fresh p5
openssl pkcs12 -export -inkey p5.key -in p5.crt -certfile inner.crt -passout 'pass:Zoë & co' -out p5.pfx
number=$((number + 1))
pfx_package pfx-5.zip PFX-5 p5.pfx 'Zoë &amp; co'
run_at "$(at $number)"
is_accepted 'a password with letters beyond ASCII is taken' pfx-5.zip

# ---- Nothing is left of what was secret -----------------------------------------------
find_text() {
  grep -rlaF -- "$1" "$INSTANCE"
  find "$INSTANCE" -name '*.zip' | while IFS= read -r path; do unzip -p "$path" 2>/dev/null | grep -qaF -- "$1" && echo "$path"; done
}
is 'no key is in clear anywhere' "$(for key in shop old k3; do find_text "$(sed -n 2p $key.key)"; done)" ''
is 'no passphrase either' "$(find_text 'open sesame'; find_text 'Zoë')" ''
is 'nor a PKCS#12' "$(for file in p*.pfx p2.p12; do
  find "$INSTANCE" -type f -size "$(stat -c %s "$file")c" -exec cmp -s "$file" {} \; -print
done)" ''
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head -n 20)" ''
finish
