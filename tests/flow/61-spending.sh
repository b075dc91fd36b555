#!/bin/bash
# What was spent, by month: orders, renewals, what counts as paid, refunds, in two currencies,
# read against the payments and refunds of the ledger.
. "$(dirname "$0")/lib.sh"

new_instance
reports=$INSTANCE/reports
# By month, kind and currency, from what the ledger has of payments, refunds and orders.
ledger() {
  sqlite3 -separator ' ' "$INSTANCE/state/ledger.db" "
    SELECT month, currency, SUM(CASE kind WHEN 1 THEN amount ELSE 0 END), SUM(CASE kind WHEN 2 THEN amount ELSE 0 END),
      SUM(CASE kind WHEN 3 THEN amount ELSE 0 END) FROM (
      SELECT strftime('%Y-%m', p.at, 'unixepoch') AS month, p.currency, CASE WHEN o.renews IS NULL THEN 1 ELSE 2 END AS kind, p.amount
        FROM payment p JOIN orders o ON o.ref = p.order_ref
      UNION ALL SELECT strftime('%Y-%m', created, 'unixepoch'), currency, 2, price FROM orders o WHERE automatic = 1 AND paid = 1
        AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.order_ref = o.ref)
      UNION ALL SELECT strftime('%Y-%m', at, 'unixepoch'), currency, 3, amount FROM refund
    ) GROUP BY month, currency ORDER BY month DESC, currency"
}
# The same from the page: months newest first.
page() {
  rows spending/index | tail -n +2 | while IFS=$'\t' read -r month orders renewals refunds together currency; do
    number() { printf '%s' "$1" | tr -d ',.' | sed 's/^−//; s/^0*\(.\)/\1/'; }
    o=$(number "$orders") r=$(number "$renewals") b=$(number "$refunds")
    t=$(number "$together")
    case $together in −*) t=-$t ;; esac
    [ "$t" = $((o + r - b)) ] || echo "$month does not add up: $orders $renewals $refunds $together"
    echo "$(date -u -d "1 $month" +%Y-%m) $currency $o $r $b"
  done
}

run_at "$T0"
like 'before anything is paid it says so' "$(cat "$reports/spending/index.md")" 'Nothing was paid yet'
dv_order S-1 one.example.test | drop 1.xml
order S-2 standard-dv-single '<quantity>3</quantity>' | drop 2.xml
payment P-2 S-2 "$(price standard-dv-single 1 1 3)" | drop 3.xml
order S-0 free-dv-single "$(application_child "$(domains free.example.test)$applicant")" | drop 0.xml
run_at "$(at 1)"
expect_status 'orders paid within and apart' 0
is 'the month adds them up' "$(page)" "$(ledger)"
is 'each is an entry, with its certificate, payment and file' "$(rows spending/2026-11 Entries | tail -n +2 | cut -f 2,3,4,5,6,7 | sort | paste -sd ';')" \
  "Order	S-1	TX-1	$(price standard-dv-single)	CNY	1.xml;Order	S-2	TX-P-2	$(price standard-dv-single 1 1 3)	CNY	3.xml"
unlike 'what is free is none' "$(cat "$reports/spending/2026-11.md")" 'S-0'
like 'an entry leads to its certificate' "$(cat "$reports/spending/2026-11.html")" '<a href="\.\./certificate/S-1\.1\.html">'

# Refunds, a renewal, another currency, in another month.
printf '<revocation %s ref="REV-1" certificate="S-1" reason="superseded"/>\n' "$xmlns" | drop rev.xml
printf '<renewal %s ref="REN-1" certificate="S-2.1"><years>1</years></renewal>\n' "$xmlns" | drop early.xml
run_at 2026-12-01T02:00:00Z
is 'a refund stands in the month in which it went back' "$(rows spending/2026-12 Entries | tail -n +2 | cut -f 2,3,5)" "Refund	S-1.1	−$(price standard-dv-single)"
sed -i 's/currency="CNY"/currency="EUR"/' "$INSTANCE/catalog.xml"
dv_order E-1 euro.example.test | sed 's/CNY/EUR/' | drop e.xml
run_at 2026-12-02T02:00:00Z
is 'a currency each has its own sums' "$(page)" "$(ledger)"
is 'on the page of the month, too' "$(grep -c '^## In ' "$reports/spending/2026-12.md")" 2
same_as_anew 'it is what report makes anew'

# An automatic renewal that counts as paid has no payment, but costs.
sed -i 's|<renewal [^>]*/>|<renewal before="30d" pay="true"/>|' "$INSTANCE/certdrop.xml"
order A-1 inhouse-dv-multi "<autoRenew>true</autoRenew>$(payment_child "$(price inhouse-dv-multi)" | sed s/CNY/EUR/)
  $(application_child "$(domains a.example.test)$applicant")" | drop a.xml
run_at 2026-12-03T02:00:00Z
run_at 2027-11-10T02:00:00Z
is 'a renewal that counts as paid is told apart' "$(rows spending/2027-11 Entries | tail -n +2 | cut -f 2,3)" $'Renewal, counts as paid\tA-1.1-r1'
is 'and adds to the renewals' "$(page)" "$(ledger)"

# Pages of a hundred: those that are full stay what they are.
for n in $(seq 1 130); do dv_order "M-$n" "m$n.example.test" | sed s/CNY/EUR/; done | batch | drop many.xml
run_at 2028-01-05T02:00:00Z
expect_status 'many in a month' 0
is 'are cut into pages' "$(cd "$reports/spending" && echo 2028-01*.md)" '2028-01-1.md 2028-01-2.md 2028-01.md'
is 'which have each of them once' "$({ rows spending/2028-01-1 Entries && rows spending/2028-01-2 Entries; } | cut -f 3 | grep '^M-' | sort -u | wc -l)" 130
full=$(sha256sum <"$reports/spending/2028-01-1.html")
dv_order N-1 n1.example.test | sed s/CNY/EUR/ | drop n1.xml
run_at 2028-01-06T02:00:00Z
is 'a full page stays as it is' "$(sha256sum <"$reports/spending/2028-01-1.html")" "$full"
is 'the page of the month is its newest' "$(rows spending/2028-01 Entries | sed -n 2p | cut -f 3)" N-1
is 'the sums agree with the ledger' "$(page)" "$(ledger)"
same_as_anew 'report agrees'

# What is deleted stays on record.
printf '<deletion %s ref="DEL-1" certificate="M-7"/>\n' "$xmlns" | drop del.xml
run_at 2028-01-07T02:00:00Z
like 'a deleted certificate keeps its entry' "$(cat "$reports/spending/2028-01-1.md")" '\| \[`M-7`\]\(\.\./certificate/M-7\.1\.md\) '
is 'and nothing else changes' "$(page)" "$(ledger)"
same_as_anew 'that is what report makes, too'
certdrop -C "$INSTANCE" verify
expect_status 'verify finds the sums right' 0
sqlite3 "$INSTANCE/state/ledger.db" "UPDATE spending_day SET amount = amount + 1 WHERE kind = 4"
certdrop -C "$INSTANCE" verify
like 'and tells where one is not' "$(cat out err)" 'on day [0-9]+ [0-9]+ hundredths of CNY were spent in the way 4, and it is said'
finish
