#!/bin/bash
# A term that is longer than the certificates of an issuer outside: the next one is asked for in
# time, by the command or by an exchange of files, and nothing changes before it is there.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_outside_instance
cat >authority <<SCRIPT
#!/bin/bash
cd "$work" || exit 9
[ ! -e broken ] || { echo 'out of order'; exit 1; }
. "$source_dir/tests/flow/lib-foreign.sh"
fail() { echo "\$@"; exit 8; }
foreign_sign "\$1" by-command inner "subjectAltName=DNS:\$3\n" \$(cat dates)
cat by-command.crt inner.crt >"\$2"
SCRIPT
chmod +x authority
sed -i 's|</configuration>|<issuer id="other"><command timeoutSeconds="20"><argument>'"$work"'/authority</argument><argument>{csr}</argument><argument>{chain}</argument><argument>{names}</argument></command></issuer></configuration>|' "$INSTANCE/certdrop.xml"
minutes_of() { echo $(($1 * 24 * 60)); }
on_day() { # DAY: a run, with an authority that certifies from then on
  local now end
  now=$(date -u -d "$(at "$(minutes_of "$1")")" +%s)
  end=$((now + 90 * 86400 - 1))
  echo "$(date -u -d "@$now" +%y%m%d%H%M%SZ) $(date -u -d "@$end" +%y%m%d%H%M%SZ)" >dates
  run_at "$(at "$(minutes_of "$1")")"
}

dv_order CMD cmd.iana.org "<download><format>nginx</format></download>" | drop a.xml
order EXC free-dv-single "$(application_child "$(domains exc.iana.org)$applicant")" | drop b.xml
on_day 0
is_status 'the first one by command' CMD.1 issued
# shellcheck disable=SC2046
foreign_sign "$INSTANCE/outbox/csr/EXC.1.csr" exc inner 'subjectAltName=DNS:exc.iana.org\n' $(cat dates)
printf '<issuance %s ref="ISS-1" certificate="EXC.1">%s</issuance>' "$xmlns" "$(cat exc.crt inner.crt)" | drop iss.xml
on_day 0
is_status 'and the first by exchange' EXC.1 issued
serial=$(show CMD.1 .serialNumber)
term=$(show CMD.1 .termEnd)

# ---- By exchange ----------------------------------------------------------------------
for day in 10 30 45; do on_day $day; done
before=$(sha256sum "$(archive EXC.1 pem)")
for day in 50 55 60; do
  on_day $day
  [ ! -e "$INSTANCE/outbox/csr/EXC.1.csr" ] || break
done
ok 'a new CSR appears in time' test -s "$INSTANCE/outbox/csr/EXC.1.csr"
is_status 'while it stays issued' EXC.1 issued
is 'with what serves as it is' "$(sha256sum "$(archive EXC.1 pem)")" "$before"
like 'its page tells where the CSR lies' "$(cat "$INSTANCE/reports/certificate/EXC.1.md")" 'Issuer outside'
not_ok 'with a new key' key_fits exc.crt <(openssl req -in "$INSTANCE/outbox/csr/EXC.1.csr" -noout -pubkey)
printf '<issuance %s ref="ISS-OLD" certificate="EXC.1">%s</issuance>' "$xmlns" "$(cat exc.crt)" | drop old.xml
on_day $((day + 1))
is_rejected 'the old certificate is no answer' old.xml certificate-known
# shellcheck disable=SC2046
foreign_sign "$INSTANCE/outbox/csr/EXC.1.csr" exc2 inner 'subjectAltName=DNS:exc.iana.org\n' $(cat dates)
printf '<issuance %s ref="ISS-2" certificate="EXC.1">%s</issuance>' "$xmlns" "$(cat exc2.crt inner.crt)" | drop iss2.xml
on_day $((day + 2))
is_accepted 'the new one is' iss2.xml
unpack EXC.1 pem exc
is 'the archive has it' "$(openssl x509 -in exc/cert.pem -noout -serial)" "$(openssl x509 -in exc2.crt -noout -serial)"
ok 'with its own key' key_fits exc/cert.pem exc/privkey.pem
like 'the history tells' "$(show EXC.1 '[.history[].what] | join(" ")')" 'certified issued .*requested .*reissued'

# ---- By command, a year through ------------------------------------------------------------
gaps=0
outages=0
for day in $(seq 70 7 380); do
  # For some nights in which the next one is due, the authority is out of order.
  if [ "$day" -ge 100 ] && [ "$day" -lt 135 ]; then touch broken; else rm -f broken; fi
  on_day "$day"
  outages=$((outages + (status == 1)))
  now=$(at "$(minutes_of "$day")")
  [[ $(show CMD.1 .notAfter) > $now || $now > $term ]] || gaps=$((gaps + 1))
done
is 'there is no gap in the term' $gaps 0
ok 'though the authority was out of order for a while' test $outages -gt 0
not_ok 'the certificate is another one' test "$serial" = "$(show CMD.1 .serialNumber)"
is 'the term has not changed' "$(show CMD.1 .termEnd)" "$term"
ok 'there were several in it' test "$(show CMD.1 '[.history[] | select(.what == "reissued")] | length')" -ge 3
like 'the failure was mailed' "$(ls "$INSTANCE/outbox/mail")" 'CMD\.1.*renewal-failed'
on_day 480 # the last certificate may outlast the term, but no other follows it
is_status 'at its end it expires' CMD.1 expired
unpack CMD.1 nginx last
is 'the archive has the last one' "$(openssl x509 -in last/fullchain.pem -noout -serial | sed s/serial=//)" "$(show CMD.1 .serialNumber)"
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head -n 20)" ''
finish
