#!/bin/bash
# Archives of all forms for products, those with random parts too; uploaded certificates;
# and keytool that comes and goes.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

configure() {
  awk -v more="$(cat)" '/<\/configuration>/ { print more } { print }' "$work/shipped.xml" >"$INSTANCE/certdrop.xml"
}
deploy() {
  printf '<deployment %s ref="%s" certificate="%s">' "$xmlns" "$1" "$2"
  printf '<target product="%s"/>' "${@:3}"
  printf '</deployment>\n'
}
members() { unzip -Z1 "$INSTANCE/outbox/deploy/$1/_/$2.zip" | sort | paste -sd ' '; }
outcomes() { show "$1" '[.deployments[] | "\(.product) \(.outcome)"] | join(", ")'; }
keytool=$(command -v keytool)
targets() { # KEYTOOL
  local format
  printf '<keytool><command><argument>%s</argument></command></keytool>' "$1"
  for format in pem nginx apache tomcat iis haproxy jks; do printf '<target product="%s" format="%s"/>' "$format" "$format"; done
}

new_instance
cp "$INSTANCE/certdrop.xml" shipped.xml
targets "$keytool" | configure
dv_order F-1 f.example.test | drop 1.xml
deploy F-D1 F-1 pem nginx apache tomcat iis haproxy jks | drop 2.xml
run_at "$(at 1)"
is 'all forms are deployed' "$(outcomes F-1.1)" \
  'apache deployed, haproxy deployed, iis deployed, jks deployed, nginx deployed, pem deployed, tomcat deployed'
is 'pem' "$(members pem F-1.1)" 'README.md cert.pem chain.pem fullchain.pem privkey.pem'
is 'nginx' "$(members nginx F-1.1)" 'README.md fullchain.pem privkey.pem'
is 'apache' "$(members apache F-1.1)" 'README.md cert.pem chain.pem privkey.pem'
is 'tomcat' "$(members tomcat F-1.1)" 'README.md keystore.p12 password.txt'
is 'iis' "$(members iis F-1.1)" 'README.md certificate.pfx password.txt'
like 'haproxy' "$(members haproxy F-1.1)" 'README.md .*site.pem'
for product in pem nginx apache tomcat iis haproxy jks; do
  manifest=$INSTANCE/outbox/deploy/$product/_/F-1.1.json
  rm -rf unpacked && mkdir unpacked && unzip -q -d unpacked "${manifest%.json}.zip"
  is "$product: the manifest has the hashes of all files" \
    "$(jq -r '.files[] | "\(.sha256)  \(.name)"' "$manifest" | (cd unpacked && sha256sum --quiet -c 2>&1)) $(jq '.files | length' "$manifest")" \
    " $(find unpacked -type f | wc -l)"
done
ok 'the PKCS#12 opens with its password' openssl pkcs12 -in <(unzip -p "$INSTANCE/outbox/deploy/tomcat/_/F-1.1.zip" keystore.p12) \
  -passin "pass:$(unzip -p "$INSTANCE/outbox/deploy/tomcat/_/F-1.1.zip" password.txt)" -noout -info

is 'jks' "$(members jks F-1.1)" 'README.md keystore.jks password.txt'
unzip -q -d jks "$INSTANCE/outbox/deploy/jks/_/F-1.1.zip"
like 'keytool reads it' "$("$keytool" -list -keystore jks/keystore.jks -storepass "$(cat jks/password.txt)" 2>&1)" 'PrivateKeyEntry'

# Issued anew while keytool fails: what lies there is of no use any more, and comes later.
targets false | configure
old=$(show F-1.1 .serialNumber)
run_at "$(at 0 0 190)"
expect_status 'an archive that cannot be made is a failure' 1
like 'which is told' "$(cat err)" 'F-1.1: deployment on jks failed: its archive cannot be made'
unlike 'it was issued anew' "$(show F-1.1 .serialNumber)" "$old"
is 'the others have the new one' "$(outcomes F-1.1)" \
  'apache deployed, haproxy deployed, iis deployed, jks failed, nginx deployed, pem deployed, tomcat deployed'
is 'with manifests that name the old one' "$(jq -r .replaces "$INSTANCE/outbox/deploy/"{pem,nginx,apache,tomcat,iis,haproxy}/_/F-1.1.json | sort -u)" "$old"
is 'the old keystore lies there no more' "$(find "$INSTANCE/outbox/deploy/jks" -type f)" ''
targets "$keytool" | configure
run_at "$(at 0 1 190)"
expect_status 'when keytool works again' 0
like 'it is made' "$(outcomes F-1.1)" 'jks deployed'
rm -rf jks && unzip -q -d jks "$INSTANCE/outbox/deploy/jks/_/F-1.1.zip"
is 'and holds the new one' "$("$keytool" -exportcert -rfc -keystore jks/keystore.jks -storepass "$(cat jks/password.txt)" -alias f.example.test 2>/dev/null |
  openssl x509 -noout -serial | cut -d = -f 2)" "$(show F-1.1 .serialNumber)"

# Uploaded ones: with their chain, or not at all without their key.
foreign_ca root '/O=Other Authority/CN=Other Root'
foreign_ca inner '/O=Other Authority/CN=Other Issuing CA' root
foreign_server up up.example.org inner ec 260101000000Z 300101000000Z
foreign_server up2 up2.example.org inner ec 260101000000Z 300101000000Z
upload U-1 "$(cat up.crt inner.crt)" "$(cat up.key)" | drop up.xml
upload U-2 "$(cat up2.crt inner.crt)" | drop up2.xml
cat >keep <<'SH'
#!/bin/sh
cp -r "$CERTDROP_FOLDER" "$(dirname "$0")/kept"
SH
chmod +x keep
{ targets "$keytool"; echo "<target product=\"kept\"><command><argument>$work/keep</argument></command></target>"; } | configure
deploy U-D1 U-1 nginx kept | drop v.xml
deploy U-D2 U-2 nginx | drop w.xml
run_at "$(at 0 2 190)"
is 'an uploaded certificate is deployed as others are' "$(outcomes U-1.1)" 'kept deployed, nginx deployed'
is 'with its own chain' "$(openssl x509 -in kept/chain.pem -noout -subject)" 'subject=CN = Other Issuing CA, O = Other Authority'
ok 'and its key' key_fits kept/cert.pem kept/privkey.pem
is_rejected 'without its key it is not' w.xml private-key-missing
like 'with the reason' "$(receipt_value w.xml '//c:fault')" 'U-2.1 was uploaded without its private key, so it cannot be deployed from here; upload it with its key'
is 'every file is the one that the ledger knows' "$(sqlite3 -separator '  ' "$INSTANCE/state/ledger.db" "SELECT sha256, path FROM output WHERE path LIKE 'outbox/deploy/%'" | (cd "$INSTANCE" && sha256sum --quiet -c 2>&1))" ''
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head -n 5)" ''
finish
