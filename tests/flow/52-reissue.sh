#!/bin/bash
# Re-issue within the term: one certificate after the other under one ID, with nothing to
# pay. What serves stays as it is, byte for byte, until the next one is whole.
. "$(dirname "$0")/lib.sh"

files_of() { (cd "$INSTANCE/outbox/certificates/$1" && find . -type f -printf '%m %p ' -exec sha256sum {} +); }

new_instance
two=$(price standard-dv-single 2)
order A-1 standard-dv-single "<years>2</years>$(payment_child "$two")
  $(application_child "$(domains a.example.test)$applicant<download><format>nginx</format><format>pem</format></download>")" | drop a.xml
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout m.key -subj / -addext 'subjectAltName=DNS:m.example.test' -out m.csr 2>err
order M-1 standard-dv-single "<years>2</years>$(payment_child "$two")
  $(application_child "$(domains m.example.test)$applicant<csr mode=\"manual\">$(cat m.csr)</csr>")" | drop m.xml
run_at "$T0"
is_status 'a certificate of 200 days in a term of two years' A-1.1 issued
is '  ends before its term' "$(show A-1.1 '"\(.notAfter) \(.termEnd)"')" '2027-06-11T01:59:59Z 2028-11-23T02:00:00Z'
is 'it is due when a third of its life is left, in the night before' "$(show A-1.1 .due)" 2027-04-06T00:00:00Z
printf '<download %s ref="DL-1" certificate="A-1"><format>tomcat</format></download>' "$xmlns" | drop dl.xml
run_at "$(at 1)"
before=$(files_of A-1.1)
serial=$(show A-1.1 .serialNumber)
manual=$(show M-1.1 .due)

run_at 2027-04-05T23:00:00Z --json
is 'until then nothing happens' "$(jq -r .renewed out)" "$([ "$manual" \< 2027-04-06 ] && echo 1 || echo 0)"
is '  and no byte of what serves has changed' "$(files_of A-1.1)" "$before"
run_at 2027-04-06T02:00:00Z --json
is 'then it is issued anew' "$(jq -r '.renewed > 0' out) $(test "$(show A-1.1 .serialNumber)" != "$serial" && echo another serial)" 'true another serial'
is '  under the same ID, in the same term' "$(show A-1.1 '"\(.id) \(.status) \(.termEnd)"')" 'A-1.1 issued 2028-11-23T02:00:00Z'
is '  for what is allowed on that day' "$(show A-1.1 '"\(.notBefore) \(.notAfter)"')" '2027-04-06T02:00:00Z 2027-07-15T01:59:59Z'
is '  with nothing to pay' "$(sqlite3 "$INSTANCE/state/ledger.db" 'SELECT COUNT(*) FROM orders')" 2
after=$(files_of A-1.1)
is 'all archives are made again, under their names' "$(grep -c . <<<"$after") $(grep -Fxcf <(tr ' ' '\n' <<<"$before") <(tr ' ' '\n' <<<"$after"))" \
  "$(grep -c . <<<"$before") $(grep -Fxcf <(tr ' ' '\n' <<<"$before") <(tr ' ' '\n' <<<"$after"))"
unpack A-1.1 nginx new
is '  with the new certificate' "$(openssl x509 -in new/fullchain.pem -noout -serial)" "serial=$(show A-1.1 .serialNumber)"
unpack A-1.1 tomcat tomcat
is '  those too that were asked for later' "$(openssl pkcs12 -in tomcat/keystore.p12 -passin file:tomcat/password.txt -nokeys -clcerts 2>err |
  openssl x509 -noout -serial)" "serial=$(show A-1.1 .serialNumber)"
ok '  and a new key that fits' key_fits new/fullchain.pem new/privkey.pem
ok '  under a chain that verifies' chain_verifies new/fullchain.pem 2027-04-07T00:00:00Z
like 'the history has both' "$(show A-1.1 '.history[].what' | paste -sd ' ')" 'certified download reissued$'
like 'a mail says that it has to be installed' "$(cat "$INSTANCE"/outbox/mail/A-1.1+A-1_renewed_*.eml)" 'Jun 11, 2027'
is 'the old key is not forgotten: its certificate is still valid' "$(sqlite3 "$INSTANCE/state/ledger.db" \
  "SELECT COUNT(*) FROM key WHERE certificate = 'A-1.1' AND wrapped IS NOT NULL")" 2
like 'the lists show when the new one ends' "$(cat "$INSTANCE"/reports/list/*.md)" 'Jul 15, 2027'

run_at 2027-04-10T00:00:00Z
is 'one of a manual CSR is issued anew too' "$(show M-1.1 .notBefore | cut -c 1-7)" 2027-04
unpack M-1.1 pem manual
is '  with the applicant'"'"'s key' "$(openssl x509 -in manual/cert.pem -noout -pubkey)" "$(openssl pkey -in m.key -pubout)"
is '  and no key file' "$(cd manual && echo *)" 'README.md cert.pem chain.pem fullchain.pem'

# A whole line of automatic renewals keeps the key of a manual CSR.
printf '<renewal %s ref="R-M" certificate="M-1">%s</renewal>' "$xmlns" "$(payment_child "$(price standard-dv-single)")" | drop rm.xml
run_at 2027-04-11T00:00:00Z
printf '<renewal %s ref="R-N" certificate="R-M">%s</renewal>' "$xmlns" "$(payment_child "$(price standard-dv-single)")" | drop rn.xml
run_at 2027-04-12T00:00:00Z
is_status 'the renewal of a renewal certifies the same CSR' R-N.1 issued
unpack R-N.1 pem line
is '  with the same key' "$(openssl x509 -in line/cert.pem -noout -pubkey)" "$(openssl pkey -in m.key -pubout)"
order M-2 standard-dv-single "$(payment_child "$(price standard-dv-single)")
  $(application_child "$(domains m.example.test)$applicant<csr mode=\"manual\">$(cat m.csr)</csr>")" | drop m2.xml
run_at 2027-04-13T00:00:00Z
is_rejected 'outside of its line the key is in use' m2.xml csr-key-used

# Nobody ran for months: it has expired, and the next one leads back.
run_at 2028-02-01T02:00:00Z --json
is 'what has run out within its term is issued anew' "$(show A-1.1 '"\(.status) \(.notBefore)"')" 'issued 2028-02-01T02:00:00Z'
like '  and its history tells both' "$(show A-1.1 '.history[-3:][].what' | paste -sd ' ')" 'expired issued reissued'
is 'the run counts it' "$(jq -r '.expired >= 1 and .renewed >= 1' out)" true

# The last one ends with the term, and then it is over.
run_at 2028-04-10T00:00:00Z
run_at 2028-06-20T00:00:00Z
run_at 2028-08-28T00:00:00Z
run_at 2028-11-05T00:00:00Z
is 'the last certificate is as long as the term' "$(show A-1.1 .notAfter)" 2028-11-23T01:59:59Z
is '  and nothing is due after it' "$(show A-1.1 .due)" null
run_at 2028-11-23T02:00:00Z
is_status 'to the second' A-1.1 expired
run_at 2029-01-01T02:00:00Z --json
is 'nothing revives it' "$(jq -r .renewed out) $(show A-1.1 .status)" '0 expired'
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head)" ''
finish
