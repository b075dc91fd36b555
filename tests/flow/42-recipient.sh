#!/bin/bash
# An archive for a recipient opens with the recipient's key alone; who cannot be one is refused.
. "$(dirname "$0")/lib.sh"

new_instance
configure "$keytool_element"
dv_order R-a a.example.test | drop a.xml
run_at "$(at 1)"
recipient rsa rsa:2048 critical,keyEncipherment
recipient ec 'ec -pkeyopt ec_paramgen_curve:P-384' keyAgreement
recipient other rsa:2048 keyEncipherment
recipient signer rsa:2048 digitalSignature
recipient small rsa:1024 keyEncipherment
recipient old rsa:2048 keyEncipherment 20200101000000Z 20210101000000Z
recipient early rsa:2048 keyEncipherment 20270101000000Z 20280101000000Z
openssl genpkey -algorithm ed25519 -out ed.key && openssl req -x509 -key ed.key -subj /CN=Ed -days 9 -out ed.crt

for name in rsa ec; do
  download "DL-$name" R-a 'pem tomcat jks' '' "$name.crt" | drop "$name.xml"
  run_at "$(at 2)"
  is_accepted "$name: archives for a recipient are made" "$name.xml"
  is "$name: they have a name of their own" "$(xpath "$(receipt "$name.xml")" '//c:file/text()' | grep -c '\.zip\.p7m')" 3
  for format in pem tomcat jks; do
    envelope=$INSTANCE/outbox/certificates/R-a.1/R-a.1_a.example.test_$format.zip.p7m
    is "$name: $format: closed to others" "$(stat -c %a "$envelope")" 600
    ok "$name: $format: its key opens it" openssl cms -decrypt -inform DER -binary -in "$envelope" -recip "$name.crt" -inkey "$name.key" -out "$format.zip"
    not_ok "$name: $format: another key does not" openssl cms -decrypt -inform DER -binary -in "$envelope" -recip other.crt -inkey other.key -out other.zip
    mkdir -p "$name-$format" && unzip -q -o -d "$name-$format" "$format.zip"
  done
  ok "$name: there is the archive in it" key_fits "$name-pem/cert.pem" "$name-pem/privkey.pem"
  like "$name: and the keystores" "$(openssl pkcs12 -in "$name-tomcat/keystore.p12" -passin "file:$name-tomcat/password.txt" -nodes 2>&1)" 'BEGIN PRIVATE KEY'
  print=$(openssl cms -cmsout -print -inform DER -in "$envelope" 2>&1 | paste -sd ' ')
  like "$name: AuthEnvelopedData, AES-256-GCM" "$print" 'authEnvelopedData.*aes-256-gcm'
done
like 'RSA by OAEP' "$(openssl cms -cmsout -print -inform DER -in <(cat "$INSTANCE/outbox/certificates/R-a.1/"*pem.zip.p7m) 2>&1 | paste -sd ' ')" 'sha256kdf|rsaesOaep'
ok 'what comes out is the archive, byte for byte' cmp <(cd rsa-pem && sha256sum ./*) <(cd ec-pem && sha256sum ./*)

refuse() { # WHAT FILE CODE TEXT
  download "DL-$RANDOM-$2" R-a pem '' "$2" | drop "refuse-$2.xml"
  run_at "$(at 3)"
  is_rejected "$1 is refused" "refuse-$2.xml" "$3"
  like "$1: the refusal says why" "$(receipt_value "refuse-$2.xml" //c:fault)" "$4"
}
refuse 'a certificate that is for signatures' signer.crt recipient-usage 'lacks keyEncipherment'
refuse 'a small RSA key' small.crt recipient-key '1024 bits'
refuse 'a key that cannot encrypt' ed.crt recipient-key 'ED25519.*not for encryption'
refuse 'one that has expired' old.crt recipient-validity 'CN = Recipient old\) has expired on 2021-01-01'
refuse 'one that is not valid yet' early.crt recipient-validity 'not valid before 2027-01-01'
refuse 'a CSR' rsa.csr recipient-format 'not a CERTIFICATE REQUEST'
cat rsa.crt ec.crt >both.pem
refuse 'a chain' both.pem recipient-format 'more than one'
echo 'no certificate' >text
refuse 'a text' text recipient-format 'BEGIN CERTIFICATE'
like 'the page says for whom' "$("$CERTDROP" -C "$INSTANCE" show R-a.1)" 'for CN = Recipient ec'
finish
