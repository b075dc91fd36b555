#!/bin/bash
# What names something that has yet to come waits for it, for so many hours.
. "$(dirname "$0")/lib.sh"

new_instance
application APP-1 PO-1.1 submit "$(domains a.example.test)$applicant" | drop 1-application.xml
payment PAY-1 PO-1 "$(price standard-dv-single)" | drop 2-payment.xml
run_at "$(at 1)"
expect_status 'waiting is no failure' 0
is_waiting 'an application before its order waits' 1-application.xml
is_waiting 'a payment before its order waits' 2-payment.xml
like 'the overview says what waits' "$(cat "$INSTANCE"/reports/index.md "$INSTANCE"/reports/*.md)" '1-application\.xml'
before=$(snapshot)
run_at "$(at 2)"
is 'while nothing comes, nothing changes but the pages' \
  "$(snapshot | grep -v reports/)" "$(printf '%s\n' "$before" | grep -v reports/)"

order PO-1 standard-dv-single | drop 3-order.xml
run_at "$(at 3)"
expect_status 'the run that brings it all together is done' 0
for name in 1-application.xml 2-payment.xml 3-order.xml; do is_accepted "$name is accepted" $name; done
is_status 'the certificate is issued' PO-1.1 issued

order PO-2 standard-dv-single | drop order2.xml
application APP-2 PO-2 submit "$(domains b.example.test)$applicant" | drop application2.xml
run_at "$(at 4)"
is_waiting 'a submission waits while the order is not paid' application2.xml
is_status 'its certificate awaits payment' PO-2.1 awaiting-payment
application SAVE-2 PO-2.1 save "$(domains b.example.test)" | drop save2.xml
run_at "$(at 5)"
is_accepted 'saving does not wait for the payment' save2.xml
payment PAY-2 PO-2 "$(price standard-dv-single)" | drop payment2.xml
run_at "$(at 6)"
is_accepted 'paid, the submission is taken' application2.xml
is_status 'and the certificate is issued' PO-2.1 issued

review REV-1 PO-3.1 approve | drop review.xml
application APP-3 PO-3.1 submit "$(domains www.iana.org)$applicant" | drop application3.xml
run_at "$(at 10)"
order PO-3 standard-dv-single | drop order3.xml
run_at "$(at 11)"
is_waiting 'a review waits while the certificate awaits payment' review.xml
payment PAY-3 PO-3 "$(price standard-dv-single)" | drop payment3.xml
run_at "$(at 12)"
is_accepted 'the application came' application3.xml
is_accepted 'and the review that waited was of it' review.xml
is_status 'so it is issued' PO-3.1 issued

application APP-4 PO-4.1 submit "$(domains c.example.test)$applicant" | drop forgotten.xml
run_at "$(at 20)"
is_waiting 'it waits' forgotten.xml
run_at "$(at 19 24)"
is_waiting 'it waits for 24 hours less a minute' forgotten.xml
run_at "$(at 21 24)"
expect_status 'after 24 hours it is rejected' 1
is_rejected 'because what it named did not come' forgotten.xml reference-unknown
like 'the error file names what was missing' "$(cat "$INSTANCE/inbox/rejected/forgotten.xml.error.md")" 'PO-4'

sed -i 's/waitHours="24"/waitHours="2"/' "$INSTANCE/certdrop.xml"
application APP-5 PO-5.1 submit "$(domains d.example.test)$applicant" | drop short.xml
run_at "$(at 0 30)"
is_waiting 'it waits' short.xml
run_at "$(at 1 32)"
is_rejected 'the configured hours count' short.xml reference-unknown

application APP-6 PO-6.1 submit "$(domains e.example.test)$applicant" | drop gone.xml
run_at "$(at 0 33)"
rm "$INSTANCE/inbox/gone.xml"
run_at "$(at 1 33)"
expect_status 'a waiting file that its sender took back is no failure' 0
unlike 'and is shown no more' "$("$CERTDROP" -C "$INSTANCE" --at "$(at 2 33)" run --json 2>/dev/null | jq .waiting)" '[1-9]'

application APP-7 PO-7.1 submit "$(domains f.example.test)$applicant" | drop mended.xml
run_at "$(at 0 34)"
application APP-7 PO-1.1 withdraw-typo "$(domains f.example.test)$applicant" | sed 's/withdraw-typo/submit/' | drop mended.xml
run_at "$(at 1 34)"
is_rejected 'a waiting file that was replaced is read anew' mended.xml state
finish
