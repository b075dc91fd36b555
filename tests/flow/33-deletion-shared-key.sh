#!/bin/bash
# Deletion of certificates that share a private key: it is destroyed with the last one that has it,
# and until then the deletion says whose it still is.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"
# shellcheck source=tests/flow/lib-keys.sh
. "$source_dir/tests/flow/lib-keys.sh"

new_instance
deletion() { # REF CERTIFICATE
  printf '<deletion %s ref="%s" certificate="%s"/>\n' "$xmlns" "$1" "$2" | drop "$1.xml"
}
deleted_warning() { receipt_value "$1.xml" '//c:warning[@code="deleted"]'; }
pem_of() { download "$1" "$2" pem | drop "$1.xml"; }
same_key() { key_fits <(unzip -p "$(archive "$1" pem)" cert.pem) <(unzip -p "$(archive "$1" pem)" privkey.pem); }

# ---- Two uploads of one key -----------------------------------------------------------
foreign_ca root '/CN=Foreign Root'
foreign_server first first.example.test root
cp first.key second.key
openssl req -new -key second.key -subj /CN=second.example.test -out second.csr
foreign_sign second.csr second root 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:second.example.test\n'
upload U-1 "$(cat first.crt)" "$(cat first.key)" | drop u1.xml
upload U-2 "$(cat second.crt)" "$(cat second.key)" | drop u2.xml
run_at "$(at 1)"
is_accepted 'one certificate is uploaded with its key' u1.xml
is_accepted 'and another with the same key' u2.xml
like 'which is warned of' "$(receipt_value u2.xml '//c:warning[@code="certificate-key"]')" 'its key is that of U-1\.1 too'
pem_of D-1 U-1
pem_of D-2 U-2
run_at "$(at 2)"
keep_key U-1.1
is 'the key is in both archives' "$(search U-1.1)" \
  'outbox/certificates/U-1.1/U-1.1_first.example.test_pem.zip outbox/certificates/U-2.1/U-2.1_second.example.test_pem.zip state/ledger.db'

deletion X-1 U-1
run_at "$(at 3)"
is_accepted 'the first is deleted' X-1.xml
like 'which says that its key stays, and with whom' "$(deleted_warning X-1)" \
  '^U-1\.1 is deleted; its private key is also that of U-2\.1 and stays until that is deleted too; this cannot be undone'
like 'so does the record of it' "$("$CERTDROP" -C "$INSTANCE" show U-1.1)" 'its private key stays with U-2\.1'
is 'the archive of the first is gone, that of the second is not' "$(search U-1.1)" \
  'outbox/certificates/U-2.1/U-2.1_second.example.test_pem.zip state/ledger.db'
certdrop -C "$INSTANCE" verify
expect_status 'verify finds nothing' 0
download D-3 U-2 nginx | drop later.xml
run_at "$(at 4)"
is_accepted 'the second can be downloaded again' later.xml
ok 'with its key' key_fits <(unzip -p "$(archive U-2.1 nginx)" fullchain.pem) <(unzip -p "$(archive U-2.1 nginx)" privkey.pem)

deletion X-2 U-2
run_at "$(at 5)"
is_accepted 'the second is deleted' X-2.xml
like 'and its key destroyed' "$(deleted_warning X-2)" '^U-2\.1 is deleted and its private key destroyed'
is 'no byte of the key is left' "$(search U-1.1)" ''
is 'nor a key in the ledger' "$(sqlite3 "$INSTANCE/state/ledger.db" 'SELECT COUNT(*) FROM key WHERE wrapped IS NOT NULL')" 0

# ---- An upload with the key of one that was made here ---------------------------------------
dv_order OWN own.example.test | drop own.xml
run_at "$(at 10)"
unzip -p "$(archive OWN.1 pem)" privkey.pem >other.key
openssl req -new -key other.key -subj /CN=other.example.test -out other.csr
foreign_sign other.csr other root 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:other.example.test\n'
upload U-3 "$(cat other.crt)" "$(cat other.key)" | drop u3.xml
# Without the key: certdrop has it all the same.
foreign_key alone
cp other.key third.key
openssl req -new -key third.key -subj /CN=third.example.test -out third.csr
foreign_sign third.csr third root 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:third.example.test\n'
upload U-4 "$(cat third.crt)" | drop u4.xml
run_at "$(at 11)"
is_accepted 'the key of one made here comes with an upload' u3.xml
is_accepted 'and a certificate of it without' u4.xml
keep_key OWN.1
printf '<revocation %s ref="C-1" certificate="OWN" reason="keyCompromise"/>' "$xmlns" >compromise.xml
certdrop -C "$INSTANCE" --at "$(at 11)" check compromise.xml
like 'a revocation for compromise would warn of who has the key, too' "$(cat out err)" 'U-[34]\.1 has the same private key and is not revoked by this'
deletion X-3 OWN
deletion X-4 U-3
run_at "$(at 12)"
like 'it is told of the first that is left' "$(deleted_warning X-3)" 'also that of U-3\.1'
like 'then of the next' "$(deleted_warning X-4)" 'also that of U-4\.1'
is 'only the ledger has the key' "$(search OWN.1)" state/ledger.db
pem_of D-4 U-4
run_at "$(at 13)"
ok 'the last one can be downloaded with it' same_key U-4.1
upload U-5 "$(cat other.crt)" | drop u5.xml
run_at "$(at 14)"
like 'whoever comes with that key is told whose it is now' "$(receipt_value u5.xml '//c:warning[@code="certificate-key"]')" 'its key is that of U-4\.1 too'
deletion X-5 U-5
deletion X-6 U-4
run_at "$(at 15)"
is_accepted 'the last ones are deleted, in one run' X-6.xml
like 'and the key with the last of them' "$(deleted_warning X-5)|$(deleted_warning X-6)" 'is also that of U-4\.1.*U-4\.1 is deleted and its private key destroyed'
is 'no byte of it is left' "$(search OWN.1)" ''
certdrop -C "$INSTANCE" verify
expect_status 'verify finds nothing' 0

# ---- Where `verify` finds a key that should have gone --------------------------------------------
dv_order LEFT left.example.test | drop left.xml
run_at "$(at 20)"
left=$(sqlite3 "$INSTANCE/state/ledger.db" "SELECT quote(wrapped) FROM key WHERE certificate = 'LEFT.1'")
deletion X-7 LEFT
run_at "$(at 21)"
sqlite3 "$INSTANCE/state/ledger.db" "UPDATE key SET wrapped = $left WHERE certificate = 'LEFT.1'"
certdrop -C "$INSTANCE" verify
expect_status 'a key that outlived its certificate is a difference' 1
like 'which is named' "$(cat err out)" 'LEFT\.1.*deleted'
finish
