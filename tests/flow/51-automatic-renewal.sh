#!/bin/bash
# Automatic renewal in the nightly run: what costs something waits for its payment, unless
# the configuration has it count as paid.
. "$(dirname "$0")/lib.sh"

new_instance
one=$(price inhouse-dv-multi)
renewing() { # REF PRODUCT NAME [CHILDREN]
  order "$1" "$2" "<autoRenew>true</autoRenew>$(payment_child "$(price "$2")")
    $(application_child "$(domains "$3")$applicant${4-}")"
}
seconds() { date -u -d "$1" +%s; }
config() { sed -i "s|<renewal [^>]*/>|<renewal $1/>|" "$INSTANCE/certdrop.xml"; }

config 'before="30d"'
renewing A-1 inhouse-dv-multi a.example.test | drop a.xml
renewing F-1 free-dv-single f.example.test | drop f.xml
dv_order N-1 n.example.test | drop n.xml
run_at "$T0"
is 'it is due 30 days before its term ends, in the night before' "$(show A-1.1 .due)" 2027-10-24T00:00:00Z
like 'its page says so' "$("$CERTDROP" -C "$INSTANCE" show A-1.1)" 'Renewed by itself .*Oct 24, 2027'
is 'what is not to be renewed is not due for that' \
  "$(test "$(seconds "$(show N-1.1 .due)")" -lt "$(seconds "$(show N-1.1 .notAfter)")" && echo for a re-issue)" 'for a re-issue'

run_at 2027-10-23T23:59:59Z --json
is_status 'before that nothing happens' A-1.1-r1 ''
run_at 2027-10-24T02:00:00Z --json
is 'then its renewal is ordered' "$(show A-1.1-r1 '"\(.status) \(.order) \(.forerunner)"')" 'awaiting-payment A-1.1-r1 A-1.1'
is 'nothing is paid, so nothing is issued' "$(show A-1.1-r1 .notAfter)" null
is 'the certificate is an order at once' "$(show A-1.1-r1 .product)" inhouse-dv-multi
mail=$(tr -d '\r' <"$INSTANCE/outbox/mail/A-1.1-r1+A-1.1-r1_renewal-due_20271024T020000Z.eml" | sed 's/=$//')
like 'a mail tells what is due' "$mail" "$one CNY"
like '  by when' "$mail" 'Nov 23, 2027'
like '  for which certificate' "$mail" '^Subject: A-1\.1: its renewal is to be paid'
like 'its page says what it is' "$("$CERTDROP" -C "$INSTANCE" show A-1.1-r1)" 'Renewal of .*A-1\.1.*ordered by the nightly run'
run_at 2027-10-25T02:00:00Z --json
is 'it is ordered once' "$(find "$INSTANCE/outbox/mail" -name '*renewal-due*' | wc -l)" 1
payment P-A A-1.1-r1 "$one" | drop pay.xml
run_at 2027-11-01T02:00:00Z --json
is_accepted 'its payment' pay.xml
is 'makes it go on by itself' "$(jq -r '"\(.issued) \(.renewed)"' out) $(show A-1.1-r1 .status)" '1 1 issued'
is 'with what was left of the term' "$(show A-1.1-r1 .termEnd)" 2028-11-23T02:00:00Z
is_status 'the forerunner stays as it is' A-1.1 issued
is 'and is not due any more' "$(show A-1.1 .due)" null
is 'its successor is' "$(show A-1.1-r1 .due)" 2028-10-24T00:00:00Z

# A payment that came before its order waits for it.
payment P-A2 A-1.1-r2 "$one" | drop early.xml
run_at 2028-10-24T01:59:00Z
is_status 'the second renewal is ordered' A-1.1-r2 awaiting-payment
run_at 2028-10-24T01:59:01Z
is_accepted 'a payment for a renewal that is not ordered yet waits for it' early.xml
is_status '  and pays it' A-1.1-r2 issued

# What costs nothing is issued at once, again and again.
is 'a free one is renewed by itself (and ran out, since no night issued it anew)' \
  "$(show F-1.1-r1 '"\(.status) \(.forerunner)"')" 'expired F-1.1'
is '  and again' "$(show F-1.1-r2 '"\(.status) \(.forerunner)"')" 'issued F-1.1-r1'
like 'a mail tells which days are lost where the product allows a year only' \
  "$(cat "$INSTANCE"/outbox/mail/F-1.1-r1+*_renewed_*.eml)" 'days could not be added'
is_status 'what is not to be renewed runs out' N-1.1 expired
is '  and has no successor' "$(show N-1.1 .successor)" null

# Never paid: the old one runs out at its end, and is not ordered again.
payments() { sqlite3 "$INSTANCE/state/ledger.db" "SELECT COUNT(*) FROM payment WHERE order_ref = '$1'"; }
run_at 2029-10-24T02:00:00Z
is_status 'the third waits for its payment' A-1.1-r3 awaiting-payment
run_at 2029-11-23T02:00:00Z
is_status 'in vain: the second runs out at the end of its term' A-1.1-r2 expired
is 'no other one is ordered' "$(show A-1.1-r4 .status)" ''
payment P-A3 A-1.1-r3 "$one" | drop late.xml
run_at 2029-12-01T02:00:00Z
is_status 'a late payment issues it all the same' A-1.1-r3 issued
is '  for a term from then on' "$(show A-1.1-r3 .termEnd)" 2030-12-01T02:00:00Z

# pay="true".
config 'before="30d" pay="true"'
run_at 2030-11-01T02:00:00Z --json
is 'with pay="true" it is order and certificate at once' "$(show A-1.1-r4 .status)" issued
like '  and counts as paid' "$("$CERTDROP" -C "$INSTANCE" show A-1.1-r4)" 'Payment +\| counts as paid'
is '  with no payment recorded' "$(payments A-1.1-r4)" 0
is '  and no mail that asks for one' "$(find "$INSTANCE/outbox/mail" -name 'A-1.1-r4*renewal-due*')" ''

# A quantity: each certificate has a line of its own.
order Q-1 inhouse-dv-multi "<quantity>2</quantity><autoRenew>true</autoRenew>$(payment_child "$(price inhouse-dv-multi 1 3 2)")" | drop q.xml
for n in 1 2; do application "Q-A$n" "Q-1.$n" submit "$(domains "q$n.example.test" "q$n.corp.example.test")$applicant" | drop "q$n.xml"; done
run_at 2030-11-02T02:00:00Z
run_at 2031-10-04T02:00:00Z
is 'each certificate of an order is renewed for itself' "$(show Q-1.1-r1 .status) $(show Q-1.2-r1 .status)" 'issued issued'
is '  with its own names' "$(show Q-1.2-r1 '.domains | join(" ")')" 'q2.example.test q2.corp.example.test'
is '  at the price of one' "$(sqlite3 "$INSTANCE/state/ledger.db" "SELECT price FROM orders WHERE ref = 'Q-1.2-r1'")" "$(cents "$one")"

# Whoever moves the time at which renewals are due, moves it for all.
like 'the next is due 30 days before, or in a night just before that' "$(show Q-1.1-r1 .due)" '2032-10-0[123]T00:00:00Z'
config 'before="60d" pay="true"'
run_at 2031-10-05T02:00:00Z
like 'once the configuration says 60, it is 60' "$(show Q-1.1-r1 .due)" '2032-09-0[123]T00:00:00Z'
is 'each night counts those that are due' "$(sqlite3 "$INSTANCE/state/ledger.db" "
  SELECT day, certificates FROM due_day EXCEPT
  SELECT due / 86400, COUNT(*) FROM certificate WHERE due > 1 GROUP BY 1")" ''
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head)" ''
finish
