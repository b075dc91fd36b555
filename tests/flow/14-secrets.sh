#!/bin/bash
# Private keys and passphrases are kept nowhere but in archives that were asked for.
. "$(dirname "$0")/lib.sh"

new_instance
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out site.key
openssl req -x509 -key site.key -subj /CN=up.example.test -days 30 -out site.crt
upload() { # REF [CONTENT-OF-KEY]
  printf '<upload %s ref="%s" name="Bought elsewhere">\n<certificate>%s</certificate>\n<privateKey passphrase="open sesame %s">%s</privateKey>\n</upload>\n' \
    "$xmlns" "$1" "$(cat site.crt)" "$1" "${2-$(cat site.key)}"
}
upload UP-1 | drop upload.xml
upload UP-2 | iconv -f UTF-8 -t UTF-16 | drop upload16.xml
upload UP-3 | sed 's/<upload/<!DOCTYPE upload>&/' | drop refused.xml
upload UP-4 | head -c 900 | drop torn.xml
upload UP-5 | sed 's/urn:certdrop:1/urn:other/' | drop other.xml
printf 'Our key is:\n%s\n' "$(cat site.key)" | drop words.xml
{ upload UP-6; order UP-7 standard-dv-single; } | batch | drop zz-batch.xml
upload UP-8 >document.xml
package upload.zip document.xml
openssl pkcs12 -export -inkey site.key -in site.crt -passout pass:sesame -out site.pfx
printf '<upload %s ref="UP-9" name="x"><pkcs12 file="site.pfx" password="open sesame UP-9"/></upload>' "$xmlns" >document.xml
package pfx.zip document.xml site.pfx
upload UP-WAIT | sed 's/UP-WAIT/UP-10/' >document.xml
run_at "$(at 1)"
expect_status 'one upload is taken, and all that are refused are told' 1
is 'since the others bring the same certificate, or a wrong password' "$(codes upload16.xml) $(codes upload.zip) $(codes pfx.zip)" \
  'certificate-known certificate-known pkcs12-password'
is_accepted 'the first is accepted' upload.xml
ok 'what is kept is still well formed' xmllint --noout "$INSTANCE/inbox/done/upload.xml"
like 'with its certificate' "$(cat "$INSTANCE/inbox/done/upload.xml")" 'BEGIN CERTIFICATE'
is 'and as many lines' "$(wc -l <"$INSTANCE/inbox/done/upload.xml")" "$(upload UP-1 | wc -l)"
is 'the inbox is empty' "$(find "$INSTANCE/inbox" -maxdepth 1 -type f ! -name README.md)" ''

# Every byte below the instance, in packages and in UTF-16 too.
find_text() { # TEXT
  local wide
  wide=$(printf '%s' "$1" | iconv -f UTF-8 -t UTF-16LE | xxd -p | tr -d '\n')
  grep -rlaF -- "$1" "$INSTANCE"
  find "$INSTANCE" -type f -print0 | while IFS= read -r -d '' path; do
    xxd -p "$path" | tr -d '\n' | grep -q "$wide" && printf '%s\n' "$path"
    case $path in *.zip) unzip -p "$path" 2>/dev/null | grep -qaF -- "$1" && printf '%s\n' "$path" ;; esac
  done
}
is 'the uploaded key is nowhere' "$(find_text "$(sed -n 2p site.key)")" ''
is 'nor its passphrase' "$(find_text 'open sesame')" ''
is 'nor the PKCS#12' "$(find "$INSTANCE" -type f -size "$(stat -c %s site.pfx)c" -exec cmp -s {} site.pfx \; -print)" ''
is 'a package that was blanked holds no PKCS#12' \
  "$(unzip -p "$INSTANCE/inbox/rejected/pfx.zip" site.pfx 2>/dev/null | cmp -s - site.pfx && echo same)" ''

# Keys that certdrop makes.
for kind in ec-p256 rsa-2048 ed25519; do dv_order "KEY-$kind-x" "$kind.example.test" "$(csr $kind)" | drop $kind.xml; done
run_at "$(at 2)"
for kind in ec-p256 rsa-2048 ed25519; do
  unzip -p "$(archive "KEY-$kind-x.1" pem)" privkey.pem >$kind.key
  # The bytes that are secret: of the same file, the modulus of RSA is in its certificate.
  openssl pkey -in $kind.key -text -noout |
    awk '/^(priv|privateExponent):/ { take = 1; next } /^[^ ]/ { take = 0 } take' | tr -d ' :\n' | cut -c 3-50 >$kind.part
done
is 'the test knows what to look for' "$(cat ./*.part | awk 'length($0) == 48' | wc -l)" 3
# A PEM of a private key whose first line is no line of x.
clear_pem='BEGIN ((RSA|EC|DSA) )?PRIVATE KEY-----'
search_keys() {
  find "$INSTANCE" -type f ! -path '*/certificates/*' -print0 | while IFS= read -r -d '' path; do
    xxd -p "$path" | tr -d '\n' >haystack
    for kind in ec-p256 rsa-2048 ed25519; do
      ! grep -qF "$(cat $kind.part)" haystack || echo "$path has the key of $kind"
      ! grep -qaF "$(sed -n 2p $kind.key)" "$path" || echo "$path has the key of $kind in PEM"
    done
    ! grep -aE -A 1 "$clear_pem" "$path" | grep -aE '^[A-Za-z0-9+/=]{16,}' | grep -qav '^x*$' || echo "$path has a private key in clear"
  done
}
is 'the keys of issued certificates are in clear in their archives alone' "$(search_keys)" ''
like 'the CA key is encrypted' "$(grep -rla 'PRIVATE KEY' "$INSTANCE/state" | xargs -r grep -ah 'BEGIN')" '^$|-----BEGIN ENCRYPTED PRIVATE KEY-----'
is 'nothing in the outbox but pki/ is open to others' \
  "$(find "$INSTANCE/outbox" -mindepth 1 -path "$INSTANCE/outbox/pki" -prune -o ! -name README.md -perm /077 -printf '%m %P\n')" ''
is 'nothing in state/ is' "$(find "$INSTANCE/state" -perm /077 -printf '%m %P\n')" ''
unlike 'nothing that was printed has a key' "$(cat out err)" 'PRIVATE KEY'
finish
