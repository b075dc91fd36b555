#!/bin/bash
# Terms, lifetimes and expiry, by the time that `--at` gives.
. "$(dirname "$0")/lib.sh"

seconds() { date -u -d "$1" +%s; }
days_of() { echo $((($(seconds "$(show "$1" .notAfter)") + 1 - $(seconds "$(show "$1" .notBefore)")) / 86400)); }

INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" --at 2026-03-01T00:00:00Z init
issue() { # REF TIME [YEARS [PRODUCT]]
  order "$1" "${4:-standard-dv-single}" "<years>${3:-2}</years>$(payment_child "$(price "${4:-standard-dv-single}" "${3:-2}")")
    $(application_child "$(domains "${1,,}.example.test")$applicant")" | drop "$1.xml"
  run_at "$2"
}
issue LONG 2026-03-14T23:59:59Z
is 'until 2026-03-14 the baseline allows 398 days' "$(days_of LONG.1)" 398
issue D200 2026-03-15T00:00:00Z
is 'from 2026-03-15 it allows 200' "$(days_of D200.1)" 200
issue ONE 2026-03-16T00:00:00Z 1
is 'the term ends a year later' "$(show ONE.1 .termEnd)" 2027-03-16T00:00:00Z
issue IN 2026-03-17T00:00:00Z 2 inhouse-dv-multi
[ "$(show IN.1 .status)" = issued ] || { review IN-R IN.1 approve | drop in.xml; run_at 2026-03-17T00:00:00Z; }
is 'a lifetime of "term" is the term' "$(show IN.1 .notAfter)" 2028-03-16T23:59:59Z
issue D100 2027-03-15T00:00:00Z
is 'from 2027-03-15 it allows 100' "$(days_of D100.1)" 100
is_status 'what has run out by then is issued anew within its term' D200.1 issued
is_status 'and so is the long one' LONG.1 issued
run_at 2027-03-15T23:59:58Z
is_status 'one whose term ends is issued until its last second' ONE.1 issued
run_at "$(show ONE.1 .notAfter)"
is_status 'its last second is still its' ONE.1 issued
run_at 2027-03-16T00:00:00Z --json
is_status 'the second after it is expired' ONE.1 expired
is 'and counted' "$(jq -r .expired out)" 1
run_at "$(date -u -d "@$(($(seconds "$(show LONG.1 .notAfter)") + 1))" +%Y-%m-%dT%H:%M:%SZ)" --json
is_status 'one that ran out within its term is issued anew' LONG.1 issued
issue LEAP 2028-02-29T12:00:00Z 1
is 'a year after 29 February is the 28th' "$(show LEAP.1 .termEnd)" 2029-02-28T12:00:00Z
issue D47 2029-03-15T00:00:00Z
is 'from 2029-03-15 it allows 47' "$(days_of D47.1)" 47
is 'the root was good for all of it' "$(openssl verify -x509_strict -attime "$(seconds 2029-03-16T00:00:00Z)" \
  -CAfile "$INSTANCE/outbox/pki/root.crt" -untrusted "$INSTANCE/outbox/pki/issuing.pem" \
  <(unzip -p "$(archive D47.1 pem)" cert.pem) 2>&1 | grep -c ': OK')" 1
next=$(openssl crl -in "$INSTANCE/outbox/pki/issuing.crl.pem" -noout -nextupdate | cut -d = -f 2)
ok 'the CRL is fresh' test "$(seconds "$next")" -gt "$(seconds 2029-03-15T00:00:00Z)"

application EXP-A ONE.1 submit "$applicant" | drop exp-a.xml
run_at 2029-03-16T00:00:00Z
is_rejected 'an expired certificate must be bought anew' exp-a.xml state

run_at 2029-03-15T23:56:00Z
expect_status 'a clock that is 4 minutes behind is forgiven' 0
run_at 2029-03-15T23:54:00Z
expect_status 'one that is 6 minutes behind is not' 64
certdrop -C "$INSTANCE" --at 2029-03-16T01:00:00+02:00 run
expect_status 'an offset is understood (and here too early)' 64
certdrop -C "$INSTANCE" --at 2029-03-16T03:00:00+02:00 run
expect_status 'or late enough' 0
certdrop -C "$INSTANCE" --at 2030-01-01T00:00:00Z check "$INSTANCE/inbox/done/D47.xml"
expect_status 'check --at rehearses' 0
run_at 2029-03-16T01:00:01Z
expect_status 'and moves no clock' 0
finish
