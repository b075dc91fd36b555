#!/bin/sh
# The work of one order as a script would do it: key, CSR, certificate, chain, archive,
# receipt and two pages. Reads no XML: the order's number is its argument.
#
#   peer.sh CA-FOLDER OUT-FOLDER NUMBER…
set -eu
ca=$1 out=$2
shift 2

for number in "$@"; do
  id=PEER-$number.1
  name=n$number.example.test
  folder=$out/certificates/$id
  mkdir -p "$folder/work"
  cd "$folder/work"
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out privkey.pem 2>/dev/null
  openssl req -new -key privkey.pem -subj "/CN=$name" -addext "subjectAltName=DNS:$name" -out request.csr
  printf 'subjectAltName=DNS:%s\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\ncertificatePolicies=2.23.140.1.2.1\n' "$name" >extensions
  openssl x509 -req -in request.csr -CA "$ca/issuing.crt" -CAkey "$ca/issuing.key" \
    -set_serial "0x$(openssl rand -hex 16)" -days 200 -extfile extensions -out cert.pem 2>/dev/null
  cp "$ca/issuing.crt" chain.pem
  cat cert.pem chain.pem >fullchain.pem
  printf '# %s\n\nCopy privkey.pem and fullchain.pem to the server.\n' "$name" >README.md
  zip -q -0 -X "../${id}_${name}_pem.zip" privkey.pem cert.pem chain.pem fullchain.pem README.md
  cd "$out"
  rm -r "$folder/work"
  printf '<receipt xmlns="urn:certdrop:1" file="%s.xml" outcome="accepted"><item kind="order" ref="PEER-%s" outcome="accepted"><certificate id="%s" status="issued"/></item></receipt>\n' \
    "$number" "$number" "$id" >"receipts/$number.xml.receipt.xml"
  printf '# Certificate %s\n\n| | |\n|---|---|\n| Status | issued |\n| Names | %s |\n' "$id" "$name" >"reports/$id.md"
  printf '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>%s</title></head><body><h1>Certificate %s</h1><p>issued for %s</p></body></html>\n' \
    "$id" "$id" "$name" >"reports/$id.html"
done
