#!/bin/bash
# `verify` passes over a sound instance, also while runs go on, and finds one changed byte in each
# kind of thing that there is, by name.
. "$(dirname "$0")/lib.sh"

new_instance
configure '<mail><command><argument>/bin/true</argument></command></mail>'
recipient r rsa:2048 keyEncipherment
write_png letter.png
dv_order V-a a.example.test '<download><format>tomcat</format><format>nginx</format></download>' | drop a.xml
openssl req -new -newkey rsa:2048 -nodes -keyout own.key -subj / -addext subjectAltName=DNS:b.example.test -out own.csr 2>/dev/null
dv_order V-b b.example.test "<csr mode=\"manual\">$(cat own.csr)</csr>" | drop b.xml
order V-c secure-ov-single "$(payment_child "$(price secure-ov-single)")
  $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
package c.zip document.xml letter.png
order V-d no-such | drop d.xml
run_at "$(at 1)"
download V-DL V-a 'iis pem' '' r.crt | drop dl.xml
run_at "$(at 2)"
verify() { certdrop -C "$INSTANCE" --at "$(at 3)" verify "$@"; }
verify
expect_status 'a sound instance passes' 0
like 'it says what was looked at' "$(cat out)" '^2 certificates, 1 keys, 5 archives, [0-9]+ other files, [0-9]+ entries of the log: all of it agrees$'
is 'and nothing else' "$(cat err)" ''
verify --json
is 'as JSON too' "$(jq -c '[.agrees, .differenceCount, .differences, .noteCount, .checked.certificates, .checked.keys, .checked.archives, .checked.crls]' out)" '[true,0,[],0,2,1,5,2]'
before=$(snapshot)
verify
is 'it changes nothing' "$(diff <(printf '%s\n' "$before") <(snapshot))" ''

sound=$work/sound
cp -a "$INSTANCE" "$sound"
fresh() {
  rm -rf "$INSTANCE" && cp -a "$sound" "$INSTANCE"
}
flip() { # FILE [OFFSET-FROM-THE-END]: one byte becomes another.
  python3 - "$1" "${2:-20}" <<'PY'
import sys
path, offset = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, 'rb').read())
data[-offset] ^= 1
open(path, 'r+b').write(data)
PY
}
# finds WHAT ABOUT SUBJECT TEXT: one difference, which names it.
finds() {
  local got
  verify --json
  got=$(jq -r '"\(.differenceCount) \(.differences[0].about) \(.differences[0].subject): \(.differences[0].text)"' out)
  if [ "$status" = 1 ] && printf '%s' "$got" | grep -Eq "^1 $2 $3: .*$4"; then pass "$1"; else
    fail "$1" "status $status" "got:    $got" "wanted: 1 $2 $3: $4" "$(jq -r '.differences[] | "\(.about) \(.subject): \(.text)"' out)"
  fi
}
sql() {
  sqlite3 "$INSTANCE/state/ledger.db" "$1"
}
changed_blob() { # TABLE COLUMN WHERE: one byte of it becomes another
  python3 - "$INSTANCE/state/ledger.db" "$1" "$2" "$3" <<'PY'
import sqlite3, sys
path, table, column, where = sys.argv[1:]
ledger = sqlite3.connect(path)
(key, data), = ledger.execute(f'SELECT rowid, {column} FROM {table} WHERE {where} LIMIT 1').fetchall()
data = bytearray(data)
data[len(data) // 2] ^= 1
ledger.execute(f'UPDATE {table} SET {column} = ? WHERE rowid = ?', (bytes(data), key))
ledger.commit()
PY
}

# ---- Files ------------------------------------------------------------------
archives=outbox/certificates/V-a.1/V-a.1_a.example.test
for file in ${archives}_tomcat.zip ${archives}_nginx.zip ${archives}_iis.zip.p7m; do
  flip "$INSTANCE/$file"
  finds "a changed byte in $(basename "$file")" archives "$file" 'it was changed'
  fresh
done
letter=$(cd "$INSTANCE" && ls outbox/letters/*)
attachment=$(cd "$INSTANCE" && ls outbox/verification/*/*)
mail=$(cd "$INSTANCE" && ls outbox/mail/* | head -n 1)
for file in outbox/receipts/a.xml.receipt.xml "${letter}" "${attachment}" "${mail}" outbox/pki/issuing.crl outbox/pki/issuing.crl.pem \
  outbox/pki/root.crl inbox/rejected/d.xml.error.md; do
  flip "$INSTANCE/$file"
  finds "a changed byte in $file" documents "${file//+/.}" 'it was changed'
  fresh
done
for file in root.crt issuing.crt issuing.pem chain.pem; do
  flip "$INSTANCE/outbox/pki/$file"
  finds "a changed byte in outbox/pki/$file" authority "outbox/pki/$file" 'not what the authority has'
  fresh
done
flip "$INSTANCE/state/ca/issuing.key" 60
finds 'a changed byte in the key of the issuing CA' authority state/ca/issuing.key 'does not open'
fresh
flip "$INSTANCE/state/ca/root.key" 60
finds 'a changed byte in the key of the root' authority state/ca/root.key 'does not open'
fresh
flip "$INSTANCE/state/ca/issuing.crt"
verify
like 'a changed byte in the certificate of the issuing CA' "$(cat err)" '^state/ca/issuing.crt: it is not signed by the root'
fresh
flip "$INSTANCE/state/ca/root.crt"
verify
like 'a changed byte in the certificate of the root' "$(cat err)" '^state/ca/root.crt: its signature does not hold'
fresh
flip "$INSTANCE/state/instance.key"
verify
expect_status 'a changed byte in the key of the instance' 1
like 'is told by all that is wrapped under it' "$(cat err)" '^state/ca/issuing.key: it does not open under state/instance.key'
like 'by name' "$(cat err)" '^V-a.1: its private key .* wrapped under another key than state/instance.key'
fresh
rm "$INSTANCE/${archives}_nginx.zip"
finds 'an archive that is gone' archives "${archives}_nginx.zip" 'it is gone; if it was taken away on purpose'
verify --fetched
expect_status 'is none with --fetched' 0
like 'but told' "$(cat err)" "^${archives}_nginx.zip: note: it is gone: taken away"
fresh
rm "$INSTANCE/${mail}"
verify
expect_status 'mail that is gone was sent' 0
fresh
mkdir "$INSTANCE/outbox/certificates/V-a.1/unpacked" && cp own.key "$INSTANCE/outbox/certificates/V-a.1/unpacked/privkey.pem"
chmod 700 "$INSTANCE/outbox/certificates/V-a.1/unpacked"
finds 'a file that nobody knows of' archives 'outbox/certificates/V-a.1/unpacked/privkey.pem' 'certdrop did not write it'
fresh
chmod 644 "$INSTANCE/${archives}_nginx.zip"
finds 'a mode that lets others read a key' archives "${archives}_nginx.zip" 'its mode is 0644 instead of 0600'
fresh
chmod 755 "$INSTANCE/outbox/certificates/V-a.1"
finds 'and one of a folder' archives outbox/certificates/V-a.1 'mode of the folder is 0755'
fresh
rm "$INSTANCE/${archives}_nginx.zip" && ln -s /etc/passwd "$INSTANCE/${archives}_nginx.zip"
finds 'a link in the place of an archive' archives "${archives}_nginx.zip" '(cannot open|not a regular file)'
fresh

# ---- The ledger -------------------------------------------------------------
for what in "text = 'application V-X' WHERE what = 'submitted' AND subject = 'V-a.1'" "at = at + 1 WHERE number = 3" "subject = 'V-b.1' WHERE number = 3" "hash = 'x' || substr(hash, 2) WHERE number = 3"; do
  sql "UPDATE log SET $what"
  finds "the log: ${what%% *}" log log 'entry [0-9]+ was changed'
  fresh
done
sql 'DELETE FROM log WHERE number = 2'
finds 'an entry of the log that was taken out' log log 'entry 2 was changed, or one before it was taken out'
fresh

# The end cut off leaves a chain that is whole: it is not the one that was sealed.
sql 'DELETE FROM log WHERE number > (SELECT MAX(number) - 3 FROM log)'
last=$(sql 'SELECT MAX(number) FROM log')
finds 'the end of the log cut off' log log "its end was cut off: entry $((last + 3)) was the last one, now it is $last"
run_at "$(at 3)"
expect_status 'the next run finds it by itself' 1
like 'and tells it' "$(cat err)" "the log: its end was cut off: entry $((last + 3)) was the last one"
finds 'what it then seals does not hide that' log log 'the run of 2026-11-23T02:03:00Z found: its end was cut off'
run_at "$(at 4)"
expect_status 'it goes on with that' 0
like 'the activity has it' "$(cat "$INSTANCE/reports/activity.atom")" 'state/ledger\.db'
fresh
# What somebody writes there who knows how entries are chained, but has no key.
python3 - "$INSTANCE/state/ledger.db" <<'PY'
import hashlib, sqlite3, sys
def part(text):
    return "-;" if text is None else f"{len(text.encode())}:{text};"
ledger = sqlite3.connect(sys.argv[1])
number, at, previous = ledger.execute("SELECT number, at, hash FROM log ORDER BY number DESC LIMIT 1").fetchone()
entry = (number + 1, at, "revoked", "V-a.1", None, None)
content = f"{entry[0]};{at};" + "".join(part(text) for text in (previous, *entry[2:]))
ledger.execute("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?)", (*entry, hashlib.sha256(content.encode()).hexdigest()))
ledger.commit()
PY
last=$(sql 'SELECT MAX(number) FROM log')
finds 'an entry that was not written by certdrop' log log "entries $last to $last were added by somebody who has not the instance's key"
fresh
sql "UPDATE meta SET value = substr(value, 1, length(value) - 1) || CASE substr(value, -1) WHEN '0' THEN '1' ELSE '0' END WHERE name = 'log seal'"
finds 'a changed seal' log log 'the seal of its end was changed'
fresh
sql "DELETE FROM meta WHERE name = 'log seal'"
finds 'a seal that was taken away' log log 'its end has no seal'
run_at "$(at 3)"
like 'the next run says so' "$(cat err)" 'its end had no seal'
verify --json
is 'and makes one, with a note that stays' "$(jq -r '[.agrees, .noteCount, .notes[0].about] | join(" ")' out)" 'true 1 log'
fresh
changed_blob issue der "certificate = 'V-a.1'"
finds 'a changed byte of a certificate' certificates V-a.1 'does not have the stored SHA-256'
fresh
for change in "serial = '0' || serial:another serial number" "not_after = not_after + 1:valid at other times" "names = 'c.example.test':other names" "spki_sha256 = 'x' || substr(spki_sha256, 2):for another key" "certificate = 'V-b.1':"; do
  sql "UPDATE issue SET ${change%:*} WHERE certificate = 'V-a.1'"
  verify
  expect_status "a changed field of an issue: ${change%% *}" 1
  like 'is named' "$(cat err)" "^V-[ab].1: .*${change##*:}"
  fresh
done
changed_blob key wrapped 'wrapped IS NOT NULL'
finds 'a changed byte of a wrapped key' keys V-a.1 'private key .* was changed'
fresh
sql 'UPDATE key SET wrapped = NULL'
finds 'a key that is lost' keys V-a.1 'was made here, and is not in the ledger any more'
fresh
changed_blob archive kept "path LIKE '%tomcat%'"
finds 'a changed byte of what is kept of an archive' archives "${archives}_tomcat.zip" 'what the ledger keeps of it was changed'
fresh
changed_blob output content "path = 'outbox/receipts/a.xml.receipt.xml'"
finds 'a changed byte of a stored receipt' documents outbox/receipts/a.xml.receipt.xml "the ledger's own copy"
fresh
changed_blob attachment content 1
finds 'a changed byte of a stored attachment' documents attachment "the ledger's own copy"
fresh
sql "UPDATE output SET sha256 = 'x' || substr(sha256, 2) WHERE path LIKE '%nginx.zip'"
finds 'a changed hash of an archive' archives "${archives}_nginx.zip" 'it was changed'
fresh
sql 'UPDATE block SET certificates = certificates + 1 WHERE status = 5'
finds 'a wrong count' counts counts 'block 0 of status 5 has 2 certificates, and is said to have 3'
fresh
sql "UPDATE certificate SET not_after = not_after - 1 WHERE id = 'V-a.1'"
finds 'another time in the lists' certificates V-a.1 'the lists have other times'
fresh
sql "DELETE FROM issue WHERE certificate = 'V-a.1'"
verify
like 'a certificate that is lost' "$(cat err)" '^V-a.1: the ledger says that it was issued, and has no certificate for it'
fresh
sql "UPDATE issue SET revoked = 1, reason = 1 WHERE certificate = 'V-a.1'"
serial=$(sql "SELECT serial FROM issue WHERE certificate = 'V-a.1'")
finds 'a revocation that is not on the list' crls outbox/pki/issuing.crl "$serial is revoked, and not on it"
fresh
sqlite3 "$INSTANCE/state/ledger.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
# In the file itself: the type of a page is no type that there is.
page=$(sql "SELECT rootpage FROM sqlite_master WHERE name = 'issue_serial'")
size=$(sql 'PRAGMA page_size')
printf '\377' | dd of="$INSTANCE/state/ledger.db" bs=1 seek=$(((page - 1) * size)) conv=notrunc 2>/dev/null
verify
expect_status 'a damaged page of the ledger' 1
like 'is found by SQLite' "$(cat err)" '^state/ledger.db: .*(damaged|malformed)'
fresh
printf 'x' | dd of="$INSTANCE/state/ledger.db" bs=1 conv=notrunc 2>/dev/null
verify
expect_status 'a file that is no ledger any more' 1
like 'is told' "$(cat err)" '^state/ledger.db: '
fresh

# ---- Beside a run -----------------------------------------------------------
sqlite3 "$INSTANCE/state/ledger.db" "UPDATE output SET done = 0 WHERE path LIKE '%nginx.zip'"
rm "$INSTANCE/${archives}_nginx.zip"
verify
expect_status 'what a run has yet to write is no difference' 0
like 'but told' "$(cat err)" "^${archives}_nginx.zip: note: it is still to be written"
fresh
exec 8>"$INSTANCE/state/lock" && flock 8
verify
expect_status 'a run may go on meanwhile' 0
exec 8>&-
for n in $(seq 1 60); do download "V-M$n" V-a 'tomcat nginx' | drop "m$n.xml"; done
certdrop_run() { "$CERTDROP" -C "$INSTANCE" --at "$(at 4)" run >run.out 2>run.err; }
certdrop_run &
run=$!
wrong=
while kill -0 $run 2>/dev/null; do
  "$CERTDROP" -C "$INSTANCE" --at "$(at 5)" verify >beside.out 2>beside.err || wrong+="$(cat beside.err)"
done
wait $run
is 'and what it replaces at that moment is no difference' "$wrong" ''
verify
expect_status 'nor afterwards' 0
verify other
expect_status 'it takes no arguments' 64
certdrop -C "$work" verify
expect_status 'and an instance' 64
finish
