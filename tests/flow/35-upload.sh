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

# ---- What is refused, by its own name ----------------------------------------------------
openssl ecparam -name prime256v1 -genkey -noout -out spare.key
openssl req -new -key spare.key -subj /CN=spare.example.org -out spare.csr
openssl ca -gencrl -config ca-db/conf -cert root.crt -keyfile root.key -crldays 30 -out other.crl 2>/dev/null
fresh r1
fresh r2
openssl pkcs12 -export -inkey r1.key -in r1.crt -passout pass:right -out r1.pfx
openssl pkcs12 -export -nokeys -in inner.crt -passout pass:right -out ca.pfx
refused=()
refuse() { # NAME CODE PATTERN: the document is on standard input, or its package lies there
  [ -e "$INSTANCE/inbox/$1" ] || drop "$1"
  refused+=("$1|$2|$3")
}
upload R-1 "$(cat spare.csr)" | refuse csr.xml certificate-content 'certificate request \(CSR\)'
upload R-2 "$(cat other.crl)" | refuse crl.xml certificate-content 'revocation list \(CRL\)'
upload R-3 "$(cat spare.key)" | refuse key.xml certificate-content 'private key in the place of a certificate'
upload R-4 "$(cat root.crt inner.crt)" | refuse ca.xml certificate-ca 'only of authorities'
upload R-5 "$(cat r1.crt inner.crt r2.crt)" | refuse two.xml certificate-several 'CN = r1\.example\.org.*CN = r2\.example\.org'
upload R-6 "$(cat r1.crt inner.crt)" "$(cat r2.key)" | refuse mismatch.xml key-mismatch 'not that of the certificate of .*CN = r1\.example\.org'
upload R-7 "$(cat r1.crt)" "$(openssl pkcs8 -topk8 -in r1.key -passout pass:right)" | refuse closed.xml key-passphrase 'give its passphrase'
upload R-8 "$(cat r1.crt)" "$(openssl pkcs8 -topk8 -in r1.key -passout pass:right)" wrong | refuse wrong.xml key-passphrase 'does not open'
upload R-9 "$(cat r1.crt)" "$(cat r1.crt)" | refuse no-key.xml key-format 'no private key'
upload R-10 "$(head -n 5 r1.crt)" | refuse cut.xml certificate-format 'no -----END'
pfx_package wrong.zip R-11 r1.pfx wrong
refuse wrong.zip pkcs12-password 'does not open' </dev/null
pfx_package closed.zip R-12 r1.pfx
refuse closed.zip pkcs12-password 'has a password' </dev/null
pfx_package ca.zip R-13 ca.pfx right
refuse ca.zip certificate-ca 'only of authorities' </dev/null
head -c 700 r1.pfx >half.pfx
pfx_package half.zip R-14 half.pfx right
refuse half.zip pkcs12-format 'cut off' </dev/null
cp r1.crt crt.pfx
pfx_package crt.zip R-15 crt.pfx
refuse crt.zip pkcs12-format 'it is PEM' </dev/null
printf '<upload %s ref="R-16"><pkcs12 file="site.pfx"/></upload>' "$xmlns" | refuse alone.xml attachment-missing 'put both into one'
number=$((number + 1))
run_at "$(at $number)"
for one in "${refused[@]}"; do
  IFS='|' read -r name code pattern <<<"$one"
  is_rejected "$name is refused" "$name" "$code"
  like '  and told why' "$(receipt_value "$name" //c:fault)" "$pattern"
done

# ---- Damage: whatever comes, the reader answers -------------------------------------------
openssl x509 -in r1.crt -outform DER -out r1.der
length=$(stat -c %s r1.der)
for n in $(seq 30); do
  at=$((n * length / 31))
  { head -c "$at" r1.der && printf '%02x' $((n * 37 % 256)) | xxd -r -p && tail -c +$((at + 2)) r1.der; } >flipped.der
  upload "FLIP-$n" "$(printf -- '-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----' "$(base64 flipped.der)")" | drop "flip-$n.xml"
  head -c $((n * $(stat -c %s r1.pfx) / 31)) r1.pfx >torn.pfx
  pfx_package "torn-$n.zip" "TORN-$n" torn.pfx right
done
number=$((number + 1))
run_at "$(at $number)"
is 'each of the damaged files is decided' "$(ls "$INSTANCE"/outbox/receipts/{flip,torn}-*.receipt.xml | wc -l)" 60
is 'and no reader fell over one' "$(grep -lE 'reader-(crashed|limits)' "$INSTANCE"/outbox/receipts/*.xml)" ''
is 'a torn PKCS#12 is never taken' "$(grep -l 'outcome="accepted"' "$INSTANCE"/outbox/receipts/torn-*.xml)" ''

# ---- What is odd, on pages ------------------------------------------------------------------
openssl req -new -key spare.key -subj '/CN=odd.example.org' -out odd.csr
foreign_sign odd.csr odd inner '1.2.3.4=critical,DER:0500\n' 261101000000Z 291101000000Z -md sha1
upload ODD-1 "$(cat odd.crt inner.crt)" "$(cat spare.key)" | drop odd.xml
number=$((number + 1))
run_at "$(at $number)"
is_accepted 'what is odd is taken' odd.xml
page=$(cat "$INSTANCE/reports/certificate/ODD-1.1.md")
for odd in 'ecdsa-with-SHA1, which can be forged' 'no subjectAltName' 'valid for 1096 days' 'critical extension that is not known here \(1\.2\.3\.4\)'; do
  like "its page tells: $odd" "$page" "$odd"
done

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out curve.key
openssl req -new -key curve.key -subj '/CN=curve.example.org' -out curve.csr
foreign_sign curve.csr curve inner 'subjectAltName=DNS:*,DNS:*.*.example.org,DNS:foo*.example.org,DNS:*.example.org\n' 510101000000Z 520101000000Z
upload ODD-2 "$(cat curve.crt inner.crt)" "$(cat curve.key)" | drop curve.xml
number=$((number + 1))
run_at "$(at $number)"
is_accepted 'so is what ended before all clocks of computers began' curve.xml
is_status 'as expired' ODD-2.1 expired
told=$(receipt_value curve.xml '/' | tr '\n' ' ')
page=$(cat "$INSTANCE/reports/certificate/ODD-2.1.md")
for odd in 'it begins before 1970, which is shown as 1970-01-01' 'of a kind \(EC secp521r1\)' '3 of its names have a .?\* that clients do not take for a wildcard'; do
  like "the receipt tells: $odd" "$told" "$odd"
  like "and its page" "$page" "$odd"
done
certdrop -C "$INSTANCE" verify
expect_status 'verify finds no fault with either' 0

# ---- And used like any other ------------------------------------------------------------------
printf '<download %s ref="DL-1" certificate="UP-1"><format>pem</format></download>' "$xmlns" | drop download.xml
foreign_key self
openssl req -new -key self.key -subj /CN=self.example.org -out self.csr
foreign_sign self.csr self self 'subjectAltName=DNS:self.example.org\n'
upload SELF-1 "$(cat self.crt)" "$(cat self.key)" | drop a-self.xml
printf '<download %s ref="DL-2" certificate="SELF-1.1"><format>apache</format></download>' "$xmlns" | drop download-self.xml
number=$((number + 1))
run_at "$(at $number)"
is_accepted 'it can be downloaded' download.xml
unpack UP-1.1 pem got
is 'the chain is in order, the root left out' "$(openssl crl2pkcs7 -nocrl -certfile got/fullchain.pem | openssl pkcs7 -print_certs -noout | grep -o 'subject=.*' | paste -sd ';')" \
  'subject=CN = shop.example.org;subject=CN = Other Issuing CA, O = Other Authority'
is 'the certificate is the one that was sent' "$(openssl x509 -in got/cert.pem)" "$(openssl x509 -in shop.crt)"
ok 'and the key is its own' key_fits got/cert.pem got/privkey.pem
is 'where there is no chain, there is no file of it' "$(unzip -Z1 "$(archive SELF-1.1 apache)" | sort | paste -sd ' ')" 'README.md cert.pem privkey.pem'
unlike 'and no line about it' "$(unzip -p "$(archive SELF-1.1 apache)" README.md)" 'chain'


# ---- Nothing is left of what was secret -----------------------------------------------
find_text() { # but in the archives that were asked for
  grep -rlaF --exclude-dir=certificates -- "$1" "$INSTANCE"
  find "$INSTANCE/inbox" -name '*.zip' | while IFS= read -r path; do unzip -p "$path" 2>/dev/null | grep -qaF -- "$1" && echo "$path"; done
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
