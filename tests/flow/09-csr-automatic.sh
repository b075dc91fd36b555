#!/bin/bash
# certdrop makes key, CSR and certificate, for each kind of key.
. "$(dirname "$0")/lib.sh"

new_instance
sed -i 's|<organization|<authority publicUrl="http://pki.example.test/"/>\n&|' "$INSTANCE/certdrop.xml"
kinds='rsa-2048 rsa-3072 rsa-4096 ec-p256 ec-p384 ed25519'
for kind in $kinds; do
  dv_order "K-$kind-x" "$kind.example.test" "$(csr "$kind")" | drop "$kind.xml"
done
run_at "$(at 1)"
expect_status 'every kind of key is made' 0

declare -A public=([rsa-2048]='Public-Key: \(2048 bit\)' [rsa-3072]='Public-Key: \(3072 bit\)'
  [rsa-4096]='Public-Key: \(4096 bit\)' [ec-p256]='NIST CURVE: P-256' [ec-p384]='NIST CURVE: P-384'
  [ed25519]='ED25519 Public-Key')
for kind in $kinds; do
  id=K-$kind-x.1
  is_accepted "$kind: the order is accepted" "$kind.xml"
  is "$kind: show names it" "$(show "$id" .keyAlgorithm)" "$kind"
  unpack "$id" pem "$kind"
  ok "$kind: key and certificate belong together" key_fits "$kind/cert.pem" "$kind/privkey.pem"
  ok "$kind: the key is sound" openssl pkey -in "$kind/privkey.pem" -check -noout
  like "$kind: the key is PKCS#8" "$(head -1 "$kind/privkey.pem")" '^-----BEGIN PRIVATE KEY-----$'
  ok "$kind: the chain verifies strictly" chain_verifies "$kind/cert.pem"
  text=$(openssl x509 -in "$kind/cert.pem" -noout -text)
  like "$kind: the certificate has such a key" "$text" "${public[$kind]}"
  like "$kind: it may sign" "$text" 'Digital Signature'
  case $kind in
  rsa-*) : ;;
  *) unlike "$kind: it does not encipher keys" "$text" 'Key Encipherment' ;;
  esac
  like "$kind: it says where the CRL is" "$text" 'URI:http://pki\.example\.test/issuing\.crl'
  like "$kind: it says where its issuer is" "$text" 'CA Issuers - URI:http://pki\.example\.test/issuing\.crt'
done
is 'no two keys are the same' "$(for kind in $kinds; do openssl x509 -in "$kind/cert.pem" -noout -pubkey | sha256sum; done | sort -u | wc -l)" 6
is 'no two serials are the same' "$(for kind in $kinds; do openssl x509 -in "$kind/cert.pem" -noout -serial; done | sort -u | wc -l)" 6

dv_order BAD-1 a.example.test '<csr mode="automatic" key="rsa-1024"/>' | drop small.xml
dv_order BAD-2 a.example.test '<csr mode="automatic" key="ec-p521"/>' | drop curve.xml
dv_order BAD-3 a.example.test '<csr mode="magic"/>' | drop mode.xml
run_at "$(at 2)"
for name in small curve mode; do
  like "what is not offered is refused ($name)" "$(outcome $name.xml) $(codes $name.xml)" '^rejected xml-va'
done
finish
