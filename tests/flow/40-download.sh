#!/bin/bash
# An issued certificate is handed out in every form: with the members of the contract, which the
# tools of their owners open, and how to install them. What cannot be handed out is refused, with the reason.
. "$(dirname "$0")/lib.sh"

new_instance
configure "$keytool_element"
dv_order D-a a.example.test "$(csr rsa-2048)<download><format>tomcat</format><format>jks</format></download>" | drop a.xml
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own.key -subj / \
  -addext subjectAltName=DNS:b.example.test -out own.csr 2>/dev/null
dv_order D-b b.example.test "<csr mode=\"manual\">$(cat own.csr)</csr>" | drop b.xml
order D-c standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop c.xml
run_at "$(at 1)"
expect_status 'certificates are issued, one with a keystore asked for at once' 0
openssl_names() { openssl pkcs12 -in "$1" -passin "file:$2" -nokeys 2>/dev/null | grep -c 'BEGIN CERTIFICATE'; }
unpack D-a.1 tomcat at-issue
is 'the keystore made on issue opens' "$(openssl_names at-issue/keystore.p12 at-issue/password.txt)" 2
unpack D-a.1 jks at-issue-jks
like 'and so does the Java keystore' \
  "$(keytool -list -keystore at-issue-jks/keystore.jks -storepass:file at-issue-jks/password.txt 2>&1)" 'a.example.test, .*PrivateKeyEntry'

download DL-all D-a 'pem nginx apache tomcat iis haproxy jks' | drop all.xml
run_at "$(at 2)"
is_accepted 'all formats in one download' all.xml
wanted='apache=cert.pem chain.pem privkey.pem README.md
haproxy=site.pem key-apart/site.pem key-apart/site.pem.key README.md
iis=certificate.pfx password.txt README.md
jks=keystore.jks password.txt README.md
nginx=fullchain.pem privkey.pem README.md
pem=privkey.pem cert.pem chain.pem fullchain.pem README.md
tomcat=keystore.p12 password.txt README.md'
got=
while IFS= read -r line; do
  format=${line%%=*}
  unpack D-a.1 "$format" "u/$format"
  members=$(unzip -Z1 "$(archive D-a.1 "$format")" | paste -sd ' ')
  got+="$format=$members"$'\n'
  for member in $members; do
    [ "$member" = README.md ] || grep -qF "$member" "u/$format/README.md" || fail "the README for $format names $member"
  done
done <<<"$wanted"
is 'each archive has the members of the contract' "$got" "$wanted"$'\n'
is 'the receipt lists them all' "$(xpath "$(receipt all.xml)" '//c:file/text()' | tr -s ' \n' '\n' | sed -n 's/.*_\([a-z0-9]*\)\.zip$/\1/p' | paste -sd ' ')" \
  'apache haproxy iis jks nginx pem tomcat'
ok 'apache: key and certificate fit' key_fits u/apache/cert.pem u/apache/privkey.pem
is 'apache: the chain is the issuing CA' "$(cat u/apache/chain.pem)" "$(cat "$INSTANCE/outbox/pki/issuing.pem")"
ok 'haproxy: key and certificate fit' key_fits u/haproxy/site.pem u/haproxy/site.pem
is 'haproxy: apart, the certificates alone' "$(grep -c BEGIN u/haproxy/key-apart/site.pem) $(grep -c PRIVATE u/haproxy/key-apart/site.pem)" '2 0'
ok 'haproxy: apart, the key' cmp <(openssl pkey -in u/haproxy/key-apart/site.pem.key) u/pem/privkey.pem

# PFX: by profile, each opened with three tools.
download DL-swapped D-a 'tomcat iis' 'profile="modern"' | drop modern.xml
run_at "$(at 3)"
unpack D-a.1 iis u/iis-modern
download DL-old D-a 'tomcat' 'profile="compatible"' | drop old.xml
run_at "$(at 4)"
unpack D-a.1 tomcat u/tomcat-compatible
key_of() { openssl pkcs12 -in "$1" -passin "file:$2" -nocerts -nodes 2>/dev/null | openssl pkey -outform DER | sha256sum; }
wanted_key=$(openssl pkey -in u/pem/privkey.pem -outform DER | sha256sum)
for case in tomcat:keystore.p12:modern iis:certificate.pfx:compatible iis-modern:certificate.pfx:modern tomcat-compatible:keystore.p12:compatible; do
  IFS=: read -r folder file profile <<<"$case"
  pfx=u/$folder/$file password=u/$folder/password.txt
  if [ "$profile" = modern ]; then mark='MAC: sha256.*PBES2, PBKDF2, AES-256-CBC' gnutls='SHA256.*AES-256-CBC'; else mark='MAC: sha1.*pbeWithSHA1And3-KeyTripleDES-CBC' gnutls='SHA1.*3DES-CBC'; fi
  like "$folder: OpenSSL reads it as $profile" "$(openssl pkcs12 -in "$pfx" -passin "file:$password" -noout -info 2>&1 | paste -sd ' ')" "$mark"
  is "$folder: the key in it is the certificate's" "$(key_of "$pfx" "$password")" "$wanted_key"
  like "$folder: certtool reads it as $profile" "$(certtool --p12-info --inder --infile "$pfx" --password "$(cat "$password")" 2>&1 | paste -sd ' ')" "$gnutls.*Friendly name: a.example.test"
  like "$folder: keytool finds key and chain" \
    "$(keytool -list -v -storetype PKCS12 -keystore "$pfx" -storepass:file "$password" 2>&1 | paste -sd ' ')" 'Alias name: a.example.test.*PrivateKeyEntry.*chain length: 2'
  like "$folder: the README says the profile, and why" "$(paste -sd ' ' "u/$folder/README.md")" "profile .$profile.*Windows Server 2016"
  like "$folder: the password is long and random" "$(cat "$password")" '^[A-Za-z0-9]{20,}$'
done
like 'jks: keytool finds key and chain' \
  "$(keytool -list -v -storetype JKS -keystore u/jks/keystore.jks -storepass:file u/jks/password.txt 2>&1 | paste -sd ' ')" \
  'Keystore type: JKS.*Alias name: a.example.test.*PrivateKeyEntry.*chain length: 2'
# Back through keytool as PKCS#12, the key in it is the one.
keytool -importkeystore -noprompt -srckeystore u/jks/keystore.jks -srcstorepass:file u/jks/password.txt \
  -destkeystore back.p12 -deststoretype PKCS12 -deststorepass:file u/jks/password.txt >/dev/null 2>&1
is "jks: the key in it is the certificate's" "$(key_of back.p12 u/jks/password.txt)" "$wanted_key"
is 'each archive has a password of its own' "$(cat u/*/password.txt at-issue*/password.txt | sort -u | wc -l)" 7
is 'nothing is left of what keytool worked on' "$(find "$INSTANCE/state/private" -type f 2>/dev/null)" ''

# The same document again changes nothing; with a new ref it is made anew.
before=$(sha256sum <"$(archive D-a.1 tomcat)")
download DL-old D-a 'tomcat' 'profile="compatible"' | drop old-again.xml
run_at "$(at 5)"
is 'the same download again changes nothing' "$(receipt_value old-again.xml //c:item/@repeated) $(sha256sum <"$(archive D-a.1 tomcat)")" "true $before"
download DL-new D-a 'tomcat pem' 'profile="compatible"' | drop new.xml
pem_before=$(sha256sum <"$(archive D-a.1 pem)")
run_at "$(at 6)"
unpack D-a.1 tomcat u/tomcat-new
unlike 'with a new ref it is made anew, with a new password' "$(cat u/tomcat-new/password.txt)" "^$(cat u/tomcat-compatible/password.txt)$"
is 'what has nothing random in it stays the same' "$(sha256sum <"$(archive D-a.1 pem)")" "$pem_before"

# Refusals.
download DL-k1 D-b 'iis' | drop keyless.xml
download DL-k2 D-b 'nginx tomcat jks' | drop keyless-some.xml
download DL-k3 D-b 'pem apache haproxy' | drop keyless-good.xml
download DL-e D-c 'pem' | drop early.xml
download DL-p D-a 'nginx' 'profile="modern"' | drop profile.xml
run_at "$(at 7)"
is_rejected 'no keystore without the key' keyless.xml format-key
like 'the refusal says why, and what to do' "$(receipt_value keyless.xml //c:fault)" 'private key in it, which certdrop does not have.*openssl pkcs12 -export'
is_rejected 'nor some of the formats' keyless-some.xml format-key
is 'and none of the others is made' "$(ls "$INSTANCE/outbox/certificates/D-b.1")" "$(printf 'D-b.1_b.example.test_%s.zip\n' apache haproxy pem)"
is_accepted 'what needs no key is made' keyless-good.xml
unpack D-b.1 haproxy u/keyless
is 'without the key' "$(unzip -Z1 "$(archive D-b.1 haproxy)" | paste -sd ' ') $(grep -c PRIVATE u/keyless/site.pem)" 'site.pem README.md 0'
like 'the README says where the key belongs' "$(paste -sd ' ' u/keyless/README.md)" 'site.pem.key. +stands for that key'
is_rejected 'nothing is handed out before issue' early.xml state
like 'the refusal says so' "$(receipt_value early.xml //c:fault)" 'D-c.1 is paid: '
is_accepted 'a profile that no archive has is a warning' profile.xml
like 'which says so' "$(receipt_value profile.xml //c:warning)" 'none of the archives has one'
dv_order D-d d.example.test "<csr mode=\"manual\">$(openssl req -new -key own.key -subj / -addext subjectAltName=DNS:d.example.test 2>/dev/null)</csr><download><format>tomcat</format></download>" | drop apply.xml
run_at "$(at 8)"
like 'an application is refused for the same reason' "$(codes apply.xml)" 'format-key'
configure ''
download DL-j D-a 'jks' | drop no-keytool.xml
run_at "$(at 9)"
is_rejected 'no Java keystore where there is no keytool' no-keytool.xml format-keytool
like 'the refusal says what to do' "$(receipt_value no-keytool.xml //c:fault)" 'ask for tomcat.*<keytool> in certdrop.xml'
configure '<keytool><command><argument>/bin/false</argument></command></keytool>'
download DL-f D-a 'jks' | drop broken.xml
dv_order D-e e.example.test "<download><format>jks</format><format>pem</format></download>" | drop issue.xml
before=$(sha256sum <"$(archive D-a.1 jks)")
run_at "$(at 10)"
is_rejected 'a download is refused where keytool fails' broken.xml keytool-failed
like 'the refusal says how it ended' "$(receipt_value broken.xml //c:fault)" '/bin/false ended with status 1'
is 'the archive that was there stays' "$(sha256sum <"$(archive D-a.1 jks)")" "$before"
is_accepted 'an issue does not wait for an archive' issue.xml
expect_status 'but the run says that one is missing' 1
like 'by name' "$(cat err)" 'D-e.1: an archive was not made: no Java keystore was made'
is 'the others are there' "$(ls "$INSTANCE/outbox/certificates/D-e.1")" 'D-e.1_e.example.test_pem.zip'
configure '<keytool><command timeoutSeconds="1"><argument>/bin/sh</argument><argument>-c</argument><argument>echo "keytool error: it is asleep"; sleep 9</argument></command></keytool>'
download DL-g D-a 'jks' | drop slow.xml
run_at "$(at 11)"
like 'one that hangs is ended, and quoted' "$(receipt_value slow.xml //c:fault)" 'took longer than 1 s and was ended: keytool error: it is asleep'
configure '<target product="java" format="jks"/>'
run_at "$(at 12)"
expect_status 'a target of Java keystores without keytool is bad configuration' 78
configure "$keytool_element"
# Expired certificates can still be had, such as for a look into what was.
download DL-x D-a 'iis' | drop expired.xml
before=$(snapshot)
certdrop -C "$INSTANCE" --at "$(at 0 0 400)" check "$INSTANCE/inbox/expired.xml"
expect_status 'check says what run would say' 0
is 'and changes nothing' "$(diff <(printf '%s\n' "$before") <(snapshot))" ''
run_at "$(at 0 0 400)"
is_accepted 'an expired certificate can be downloaded' expired.xml
like 'the page tells of the downloads' "$("$CERTDROP" -C "$INSTANCE" show D-a.1)" 'Download.*tomcat \(compatible\), pem'
before=$(pages)
certdrop -C "$INSTANCE" --at "$(at 0 0 400)" report
is 'the pages are as made anew' "$(diff <(printf '%s\n' "$before") <(pages))" ''
finish
