#!/bin/bash
# The calendar of expiries and the chart of the overview, read against the ledger: months, days
# with few and with many certificates, and what becomes of them.
. "$(dirname "$0")/lib.sh"

new_instance
reports=$INSTANCE/reports
# The days on which something runs out, with how many: "2027-06-11 120".
days() {
  sqlite3 "$INSTANCE/state/ledger.db" "SELECT date(not_after, 'unixepoch'), COUNT(*) FROM certificate
    WHERE status IN (5, 6) AND not_after > 0 GROUP BY 1 ORDER BY 1" | tr '|' ' '
}
files() { (cd "$reports/calendar" && find . -name "$1.md" -printf '%f\n' | sort | paste -sd ' '); }
deletions() { # FROM TO
  for n in $(seq "$1" "$2"); do printf '<deletion %s ref="DEL-%s" certificate="C-%s"/>\n' "$xmlns" "$n" "$n"; done | batch
}

run_at "$T0"
like 'an empty calendar says so' "$(cat "$reports/calendar/index.md")" 'No certificate is issued yet'
like 'and the chart has nothing' "$(cat "$reports/index.md")" '^0 certificates\. Day by day'

for n in $(seq 1 120); do dv_order "C-$n" "c$n.example.test"; done | batch | drop many.xml
order F-1 inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")$(application_child "$(domains f.example.test)$applicant")" | drop inhouse.xml
run_at "$(at 1)"
expect_status 'many of one day' 0
is 'run out on one day' "$(days | paste -sd ,)" '2027-06-11 120,2027-11-23 1'
is 'the calendar has both months' "$(rows calendar/index 'To come' | tail -n +2 | cut -f 1,2,3,4 | paste -sd ,)" \
  $'June 2027\t120\tJun 11, 2027\t120,November 2027\t1\tNov 23, 2027\t1'
like 'the page of the month counts them' "$(cat "$reports/calendar/2027-06.md")" '^120 certificates run out\.'
is 'its grid has the day in its week' "$(rows calendar/2027-06 | grep -P '^23\t')" $'23\t7\t8\t9\t10\t11 120\t12\t13'
is 'its list shows five, and leads to all' "$(rows calendar/2027-06 | grep -P '^Jun 11' | cut -f 2 | sed 's/ .*//' | paste -sd ' ')" 'C-1.1 C-2.1 C-3.1 C-4.1 C-5.1 All'
is 'the day has a page' "$(files '2027-06-11*')" '2027-06-11.md'
is 'of the first hundred' "$(rows calendar/2027-06-11 | grep -oP '\tC-[0-9]+\.1' | sort -u | wc -l)" 100
is 'which leads to where the others stand' "$(grep -o '\[[^]]* to [^]]*\]([^)]*)' "$reports/calendar/2027-06-11.md")" '[101 to 200](../list/1.md)'
is 'a day with few has no page of its own' "$(files '2027-11-*')" ''
like 'what renews each is said' "$(rows calendar/2027-06-11)" 'renewed by itself on Apr [0-9]+, 2027'
like 'and what nothing renews' "$(rows calendar/2027-11)" 'nothing renews it'
like 'the months lead to each other' "$(cat "$reports/calendar/2027-11.md")" '\[June 2027\]\(\.\./calendar/2027-06\.md\)'

# The chart: twelve months, in words and as bars whose heights are what they count.
is 'the chart counts the same' "$(sed -n '/^## Expiries/,/^## Expiring/s/^  - //p' "$reports/index.md" | sed 's/](.*)//; s/[][*]//g' | paste -sd ,)" \
  'Nov 2026 0,Dec 2026 0,Jan 2027 0,Feb 2027 0,Mar 2027 0,Apr 2027 0,May 2027 0,Jun 2027 120,Jul 2027 0,Aug 2027 0,Sep 2027 0,Oct 2027 0'
is 'a bar each, hidden from who is read to' "$(grep -o '<svg[^>]*>' "$reports/index.html" | sed 's/.*aria-hidden="true".* height="\([0-9]*\)".*/\1/' | paste -sd ' ')" \
  '1 1 1 1 1 1 1 96 1 1 1 1'
unlike 'no style stands in the page' "$(cat "$reports/index.html")" 'style="|<style'
same_as_anew 'all of it is what report makes anew'

# Time passes: only what speaks of now changes.
pages >before
run_at "$(at 0 0 1)"
is 'a day later only overview, calendar and metrics have changed' \
  "$(pages | diff before - | sed -n 's/^> .*  //p' | paste -sd ' ')" './calendar/index.html ./calendar/index.md ./index.html ./index.md ./metrics.prom'

# What is deleted or revoked runs out no more; pages go as their certificates do.
deletions 1 16 | drop del-1.xml
run_at "$(at 1 0 1)"
expect_status 'sixteen are deleted' 0
is 'others take their place' "$(rows calendar/2027-06-11 | grep -c UTC)" 100
like 'before those that are left' "$(cat "$reports/calendar/2027-06-11.md")" '\[101 to 200\]'
printf '<revocation %s ref="REV-1" certificate="C-120" reason="superseded"/>\n' "$xmlns" | drop rev.xml
deletions 17 19 | drop del-2.xml
run_at "$(at 2 0 1)"
is 'with a hundred left it has them all' "$(rows calendar/2027-06-11 | grep -c UTC)" 100
unlike 'and leads to no others' "$(cat "$reports/calendar/2027-06-11.md")" ' to 200'
is 'the ledger says the same' "$(days | paste -sd ,)" '2027-06-11 100,2027-11-23 1'
same_as_anew 'that, too, is what report makes'
deletions 20 114 | drop del-3.xml
run_at "$(at 3 0 1)"
is 'five need no page of their own' "$(files '2027-06-11*')" ''
is 'the page of the month has them' "$(rows calendar/2027-06 | grep -c -P '^Jun 11')" 5
deletions 115 119 | drop del-4.xml
run_at "$(at 4 0 1)"
is 'with the last the month goes' "$(files '2027-06*')" ''
unlike 'and no month leads to it' "$(cat "$reports/calendar/2027-11.md")" '2027-06'
same_as_anew 'as report makes it'

# A re-issue moves a certificate to another day; what has expired stays on its own.
run_at 2027-11-24T02:00:00Z
like 'what has expired is told so' "$(rows calendar/2027-11)" 'Expired'
like 'and stands among the past once its month is over' "$(run_at 2027-12-01T02:00:00Z; rows calendar/index Past)" 'November 2027'
dv_order R-1 r.example.test | drop r.xml
run_at 2027-12-02T02:00:00Z
first=$(days | tail -n 1)
run_at "$(date -u -d "$(show R-1.1 .due) + 1 minute" +%Y-%m-%dT%H:%M:%SZ)"
unlike 'a re-issue leaves its old day' "$(days)" "^${first% *}"
is 'the calendar follows' "$(rows calendar/index 'To come' | tail -n +2 | cut -f 3)" "$(date -u -d "$(days | tail -n 1 | cut -d ' ' -f 1)" '+%b %-d, %Y')"
same_as_anew 'report agrees'
certdrop -C "$INSTANCE" verify
expect_status 'verify finds the counts right' 0
sqlite3 "$INSTANCE/state/ledger.db" 'UPDATE expiry_day SET certificates = certificates + 1'
certdrop -C "$INSTANCE" verify
expect_status 'and tells where one is not' 1
like '  which day' "$(cat err out)" 'on day [0-9]+ [0-9]+ certificates run out, and it is said to be'
finish
