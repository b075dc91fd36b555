#!/bin/bash
# A renewal or re-issue that fails is loud until it works: each run says it and ends with 1,
# the overview and the page have it, a mail comes each night. What serves stays.
. "$(dirname "$0")/lib.sh"

new_instance
sed -i 's|<renewal [^>]*/>|<renewal before="33%" pay="true"/>|' "$INSTANCE/certdrop.xml"
cp "$INSTANCE/certdrop.xml" good.xml
dv_order A-1 a.example.test | sed 's|<product>|<years>1</years><autoRenew>true</autoRenew>&|' | drop a.xml
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout m.key -subj / -out m.csr 2>err
order M-1 inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")<autoRenew>true</autoRenew>
  $(application_child "$(domains m.example.test)$applicant<csr mode=\"manual\">$(cat m.csr)</csr>")" | drop m.xml
run_at "$T0"
serial=$(show A-1.1 .serialNumber)
files=$(cd "$INSTANCE/outbox/certificates/A-1.1" && sha256sum ./*)
mails() { find "$INSTANCE/outbox/mail" -name "$1*renewal-failed*" | wc -l; }

# The suffix goes: names of the documentation domain are reserved then.
sed -i 's|<automatic suffix="example.test"/>||' "$INSTANCE/certdrop.xml"
night=134
run_at "$(at 0 0 $night)" --json
expect_status 'a re-issue that fails ends the run with 1' 1
like 'the run says which one, and why' "$(cat err)" 'A-1\.1: was not renewed: .*a\.example\.test.* \[domain-reserved\]'
is 'nothing was renewed' "$(jq -r .renewed out)" 0
is_status 'the certificate stays issued' A-1.1 issued
is '  with its serial' "$(show A-1.1 .serialNumber)" "$serial"
is '  and its archives, byte for byte' "$(cd "$INSTANCE/outbox/certificates/A-1.1" && sha256sum ./*)" "$files"
like 'its page tells since when' "$("$CERTDROP" -C "$INSTANCE" show A-1.1)" 'Renewal fails .*since Apr 6, 2027, 1 time: .*a\.example\.test'
like '  and what to do' "$("$CERTDROP" -C "$INSTANCE" show A-1.1)" 'Next:\*\* Mend what keeps it from being issued'
like 'the overview too' "$(cat "$INSTANCE/reports/index.md")" '### Issues and renewals that fail: 1'
like '  with when it ends' "$(cat "$INSTANCE/reports/index.md")" 'A-1\.1.*failing since Apr 6, 2027, 1 time; it ends on Jun 11, 2027'
is 'a mail tells the applicant' "$(mails A-1.1)" 1
like '  why' "$(cat "$INSTANCE"/outbox/mail/A-1.1*renewal-failed*)" 'a\.example\.test'
like 'the history has it' "$(show A-1.1 '.history[-1].what')" failed
for ((night = 135; night <= 164; night++)); do
  run_at "$(at 0 0 $night)"
  [ $status = 1 ] || fail "the run of night $night fails too" "$(cat err)"
done
like 'it is tried again each night' "$(grep 'A-1' "$INSTANCE/reports/index.md")" 'since Apr 6, 2027, 31 times'
is '  and told in a mail each night' "$(mails A-1.1)" 31
is 'the history has the reason once' "$(show A-1.1 '[.history[] | select(.what == "failed")] | length')" 1

# Mended, it works by the next run.
cp good.xml "$INSTANCE/certdrop.xml"
run_at "$(at 0 0 165)" --json
expect_status 'once it is mended the next run works' 0
is '  and issues it' "$(jq -r .renewed out) $(show A-1.1 .notBefore)" "1 $(at 0 0 165)"
unlike '  it is on the overview no more' "$(cat "$INSTANCE/reports/index.md")" 'renewals that fail'
unlike '  nor on its page' "$("$CERTDROP" -C "$INSTANCE" show A-1.1)" 'Renewal fails'

# A key that has come on the list, in an automatic renewal.
pin=$(openssl req -in m.csr -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d ' ' -f 1)
sed -i "s|</configuration>|<refusedKeys><spki sha256=\"$pin\"/></refusedKeys></configuration>|" "$INSTANCE/certdrop.xml"
run_at "$(at 0 0 250)"
expect_status 'a listed key is not certified again' 1
like '  and the reason is told' "$(cat err)" 'M-1\.1: was not renewed: .*list of refused keys.*\[csr-key-listed\]'
is '  no order is made for nothing' "$(sqlite3 "$INSTANCE/state/ledger.db" "SELECT COUNT(*) FROM orders WHERE ref = 'M-1.1-r1'")" 0
printf '<renewal %s ref="R-M" certificate="M-1">%s</renewal>' "$xmlns" "$(payment_child "$(price inhouse-dv-multi)")" >rm.xml
drop rm.xml <rm.xml
run_at "$(at 1 0 250)"
is_rejected 'a renewal by a document is refused for it' rm.xml csr-key-listed
is '  in the renewal, not in the old application' "$(receipt_value rm.xml '//c:fault/@element')" renewal
certdrop -C "$INSTANCE" --at "$(at 2 0 250)" check rm.xml
expect_status 'as check says' 1
cp good.xml "$INSTANCE/certdrop.xml"
run_at "$(at 0 0 251)"
expect_status 'mended' 0
is_status '  it is renewed' M-1.1-r1 issued

# A payment is taken even if what it pays for cannot go on yet.
dv_order P-1 p.example.test | drop p.xml
run_at "$(at 0 0 252)"
printf '<renewal %s ref="R-P" certificate="P-1"/>' "$xmlns" | drop rp.xml
run_at "$(at 0 0 253)"
sed -i 's|<automatic suffix="example.test"/>||' "$INSTANCE/certdrop.xml"
payment P-RP R-P "$(price standard-dv-single)" | drop pay.xml
run_at "$(at 0 0 254)"
is_accepted 'a payment of a renewal that cannot go on is accepted' pay.xml
expect_status '  but the failure is told' 1
is_status '  the certificate is paid' R-P.1 paid
like '  and on the overview' "$(cat "$INSTANCE/reports/index.md")" 'R-P\.1.*failing since'
cp good.xml "$INSTANCE/certdrop.xml"
run_at "$(at 0 0 255)" --json
is_status 'mended, it goes on' R-P.1 issued
expect_status '  and nothing fails' 0

# The authority's own certificate ends before the next one would.
run_at 2035-02-01T00:00:00Z
order C-1 inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")<autoRenew>true</autoRenew>
  $(application_child "$(domains c.example.test)$applicant")" | drop c.xml
run_at 2035-02-01T01:00:00Z
run_at 2036-01-10T00:00:00Z
expect_status 'what would outlive the authority fails' 1
like '  and says what has to be done' "$(cat err)" 'C-1\.1: was not renewed: .*issuing authority.*the operator has to make a new authority.*\[issuer-failed\]'
is_status '  the certificate stays issued' C-1.1 issued
is '  with no successor' "$(show C-1.1 .successor)" null
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head)" ''
finish
