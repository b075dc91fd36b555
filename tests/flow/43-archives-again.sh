#!/bin/bash
# An archive that a killed run left unwritten is made again with the same bytes, also where
# something in it is random; nothing of a key or a password lies anywhere in clear but in archives.
. "$(dirname "$0")/lib.sh"

new_instance
configure "$keytool_element"
recipient r rsa:2048 keyEncipherment
dv_order A-a a.example.test '<download><format>tomcat</format><format>nginx</format></download>' | drop a.xml
run_at "$(at 1)"
download DL-1 A-a 'iis pem jks apache haproxy' | drop b.xml
run_at "$(at 2)"
download DL-2 A-a 'tomcat jks' '' r.crt | drop c.xml
run_at "$(at 3)"
folder=$INSTANCE/outbox/certificates/A-a.1
is 'there are archives of all kinds' "$(find "$folder" -type f | wc -l)" 9
before=$(cd "$folder" && sha256sum ./*)
# What a run that was killed after its commit leaves: rows that are not done, and no files.
sqlite3 "$INSTANCE/state/ledger.db" 'UPDATE output SET done = 0 WHERE kind = 1'
rm "$folder"/*
run_at "$(at 4)"
expect_status 'the next run goes on' 0
is 'and makes each of them again, byte for byte' "$(cd "$folder" && sha256sum ./*)" "$before"
is 'with the mode that it has to have' "$(find "$folder" -type f ! -perm 600)" ''
is 'the hashes in the ledger are those of the files' \
  "$(sqlite3 "$INSTANCE/state/ledger.db" "SELECT sha256 || '  ./' || replace(path, 'outbox/certificates/A-a.1/', '') FROM output WHERE kind = 1 ORDER BY path")" "$before"

# A run that was killed while keytool worked left its folder; the next one removes it.
mkdir -p "$INSTANCE/state/private/keytool-0" && echo x >"$INSTANCE/state/private/keytool-0/in.p12"
run_at "$(at 5)"
is 'what a killed keytool left is removed' "$(find "$INSTANCE/state/private" 2>/dev/null)" ''

# Everything but the archives themselves is searched for the key and the passwords.
for format in tomcat iis jks; do unpack A-a.1 $format "u-$format"; done
unpack A-a.1 pem u-pem
sqlite3 "$INSTANCE/state/ledger.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
{
  sed -n 2p u-pem/privkey.pem
  cat u-*/password.txt
} >secrets
is 'there is something to search for' "$(wc -l <secrets)" 4
is 'no key and no password lies in clear outside of the archives' \
  "$(find "$INSTANCE" -path "$INSTANCE/outbox/certificates" -prune -o -type f -print0 | xargs -0 grep -alF -f secrets)" ''
openssl pkey -in u-pem/privkey.pem -outform DER | tail -c 100 | head -c 32 >raw
is 'nor does the key in another form' "$(python3 - "$INSTANCE" raw <<'PY'
import os, sys
raw = open(sys.argv[2], 'rb').read()
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        if '/outbox/certificates/' not in path and raw in open(path, 'rb').read():
            print(path)
PY
)" ''
finish
