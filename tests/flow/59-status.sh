#!/bin/bash
# `status` is one line for monitoring, with the exit status of its plugins: what is wrong
# makes it WARNING or CRITICAL, what cannot be read UNKNOWN.
. "$(dirname "$0")/lib.sh"

new_instance
# status ARGUMENT…: the line in $line, its level in $level, its exit status in $status.
status() {
  line=$("$CERTDROP" -C "$INSTANCE" "$@" 2>err)
  status=$?
  level=$(printf '%s' "$line" | sed -n '1s/^CERTDROP \([A-Z]*\) - .*/\1/p')
  case $level/$status in OK/0 | WARNING/1 | CRITICAL/2 | UNKNOWN/3) ;; *) fail 'level and exit status belong together' "$status" "$line" "$(cat err)" ;; esac
  [ "$(printf '%s\n' "$line" | wc -l)" = 1 ] || fail 'it is one line' "$line"
}
at_time() { status --at "$1" status "${@:2}"; }
is_level() { if [ "$level" = "$2" ]; then pass "$1"; else fail "$1" "$line"; fi; }
# number LABEL: value and thresholds as the plugins' own library reads them.
number() {
  printf '%s' "${line#*|}" | perl -MMonitoring::Plugin::Performance -0777 -e '
    for (Monitoring::Plugin::Performance->parse_perfstring(<STDIN>)) {
      print join(" ", map { $_ // "" } $_->value, $_->uom, $_->warning, $_->critical) if $_->label eq $ARGV[0] }' "$1"
}

at_time $T0
is_level 'before the first run there is something to say' WARNING
like 'which it is' "$line" 'there was no run yet'
order L-1 inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")$(application_child "$(domains l.example.test)$applicant")" | drop l.xml
dv_order S-1 s.example.test | drop s.xml
order W-2 no-such | drop bad.xml
application W-A W-1.1 submit "$(domains w.example.test)$applicant" | drop waits.xml
run_at $T0
before=$(snapshot)
sum=$(sha256sum "$INSTANCE/state/ledger.db")
at_time "$(at 0 3)"
is_level 'after it all is well' OK
is 'and it says what there is' "$line" "CERTDROP OK - 2 certificates issued, the next runs out in 199 days (S-1.1), last run 3 hours ago | ${line#*| }"
is 'the age of the last run is a number' "$(number last_run)" '10800 s 93600 180000'
is 'so is the end of the revocation list' "$(number crl)" '594000 s 172800: 86400:'
is 'the certificates' "$(number issued | cut -d ' ' -f 1)" 2
is 'and the waiting files' "$(number waiting | cut -d ' ' -f 1)" 1
unchanged 'it changes nothing' "$before"
is 'not even in the ledger' "$(sha256sum "$INSTANCE/state/ledger.db")" "$sum"

at_time "$(at 1 26)"
is_level 'a night without a run is a warning' WARNING
like 'that says how long' "$line" 'the last run was 26 hours ago'
at_time "$(at 1 50)"
is_level 'two nights are critical' CRITICAL
at_time "$(at 1 0 5)"
like 'a revocation list that ends soon is told' "$line" 'the revocation list ends in 47 hours'
at_time "$(at 1 0 6)"
like 'on its last day, too' "$line" 'the revocation list ends in 23 hours'
is_level 'and is critical' CRITICAL
at_time "$(at 0 0 8)"
like 'and when it has ended' "$line" 'the revocation list has ended'

# What nothing renews runs out, and what certdrop renews does not matter.
run_day() { run_at "$(at 0 0 "$1")"; }
run_day 100
run_day 140
run_day 230
run_day 350
at_time "$(at 1 0 350)"
is_level 'two weeks and a day before all is well' OK
run_day 352
at_time "$(at 1 0 352)"
is_level 'less than two weeks before it is a warning' WARNING
like 'with the certificate' "$line" 'L-1.1 runs out in 12 days and nothing renews it'
is 'and its days' "$(number days)" '12.99  14: 3:'
at_time "$(at 1 0 352)" -w 10 -c 5
is_level 'unless other days are asked for' OK
like 'which are among the numbers' "$line" ' days=U;10:;5: '
at_time "$(at 1 0 352)" -w 20: -c 15:
is_level 'as ranges, too' CRITICAL
run_day 363
at_time "$(at 1 0 363)"
is_level 'less than three days before it is critical' CRITICAL
like 'in hours' "$line" 'L-1.1 runs out in 47 hours'
run_day 365
at_time "$(at 1 0 365)"
is_level 'what has run out is no alarm any more' OK

# Failures, as the ledger has them.
ledger() { sqlite3 "$INSTANCE/state/ledger.db" "$1"; }
dv_order F-1 f.example.test | drop f.xml
order E-1 inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")$(application_child "$(domains e.example.test)$applicant")" | drop e.xml
sed -i "s|</configuration>|<mail><command><argument>/bin/false</argument></command></mail>\n</configuration>|" "$INSTANCE/certdrop.xml"
order M-1 standard-dv-single "$(payment_child "$(price standard-dv-single)")$(application_child "$(domains m.iana.org)$applicant")" | drop m.xml
run_day 366
at_time "$(at 1 0 366)"
is_level 'mail that could not be sent is a warning' WARNING
like 'with the number' "$line" 'message(s)? could not be sent'
like 'of the messages' "$(number mail_failing)" '^[1-9] '
ledger "DELETE FROM mail; UPDATE certificate SET failing_since = $(date -u -d "$(at 0 0 366)" +%s), failures = 1, failure = 'x' WHERE id = 'F-1.1'"
at_time "$(at 1 0 366)"
is_level 'a renewal that fails is a warning' WARNING
like 'with the certificate' "$line" '1 renewal or issue fails \(F-1.1 runs out in 99 days\)'
ledger "UPDATE certificate SET failing_since = 0; UPDATE certificate SET failing_since = 1 WHERE id = 'E-1.1'; UPDATE certificate SET not_after = $(date -u -d "$(at 0 0 368)" +%s) WHERE id = 'E-1.1'"
at_time "$(at 1 0 366)"
is_level 'of one that runs out soon it is critical' CRITICAL
ledger "UPDATE certificate SET failing_since = 0, not_after = not_after + 90000000 WHERE id = 'E-1.1'"
at_time "$(at 1 0 366)"
is_level 'and all is well again' OK
sed -i 's|</configuration>|<target product="web" regions="north"><command><argument>/bin/false</argument></command></target>\n</configuration>|' "$INSTANCE/certdrop.xml"
printf '<deployment %s ref="D-1" certificate="F-1.1"><target product="web"><region>north</region></target></deployment>' "$xmlns" | drop deploy.xml
run_at "$(at 2 0 366)"
at_time "$(at 3 0 366)"
is_level 'a deployment that fails is a warning' WARNING
like 'with the number' "$line" '1 deployment fails'
like 'the metrics have it' "$(cat "$INSTANCE/reports/metrics.prom")" '^certdrop_deployments_failing 1$'
ledger "DELETE FROM deployment; UPDATE certificate SET deployed = NULL"

# What cannot be read.
status status -x
is_level 'a wrong option is unknown' UNKNOWN
status status -w ten
is_level 'so is a number that is none' UNKNOWN
like 'with the reason' "$line" 'UNKNOWN - -w ten: a number of days'
status status -w 3 -c 14
is_level 'and thresholds in the wrong order' UNKNOWN
status --at yesterday status
is_level 'and a time that is none' UNKNOWN
INSTANCE=$work/nowhere status status
is_level 'and a folder that is not there' UNKNOWN
mkdir empty
INSTANCE=$work/empty status status
is_level 'and one that is no instance' UNKNOWN
like 'with the reason' "$line" 'no instance of certdrop'
cp -r "$INSTANCE" broken
printf 'x%.0s' $(seq 5000) | dd of=broken/state/ledger.db conv=notrunc status=none
rm -f broken/state/ledger.db-*
INSTANCE=$work/broken status status
is_level 'a ledger that is damaged is unknown' UNKNOWN
cp -r "$INSTANCE" other
echo '<configuration' >other/certdrop.xml
INSTANCE=$work/other status status
is_level 'and a configuration that cannot be read' UNKNOWN

# It works beside a run.
INSTANCE=$work/instance
exec 9>"$INSTANCE/state/lock"
flock 9
status --at "$(at 4 0 366)" status
is_level 'while a run holds the instance it works' OK
exec 9>&-
like 'help names it' "$("$CERTDROP" --help)" 'status'
finish
