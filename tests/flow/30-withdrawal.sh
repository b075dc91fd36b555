#!/bin/bash
# An application is taken back before it is issued, changed, and submitted again.
. "$(dirname "$0")/lib.sh"

new_instance
write_png letter.png
withdrawal() { # REF CERTIFICATE
  printf '<withdrawal %s ref="%s" certificate="%s"/>\n' "$xmlns" "$1" "$2"
}
order OV-1 secure-ov-single "$(payment_child "$(price secure-ov-single)")
  $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
package ov.zip document.xml letter.png
order PO-2 standard-dv-single | drop po2.xml
order PO-3 standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop po3.xml
dv_order PO-4 www.example.test | drop po4.xml
dv_order PO-5 data.iana.org | drop po5.xml
run_at "$(at 1)"
is_status 'an application is being verified' OV-1.1 pending-verification
ok 'its attachment lies with the reviewer' test -s "$INSTANCE/outbox/verification/OV-1.1/OV-1_confirmationLetter.png"

withdrawal WD-1 OV-1 | drop wd1.xml
run_at "$(at 2)"
expect_status 'a withdrawal is done' 0
is_accepted 'and accepted' wd1.xml
is_status 'the certificate is paid, as before' OV-1.1 paid
is 'the receipt says so' "$(receipt_value wd1.xml 'concat(//c:item/@kind," ",//c:certificate/@id," ",//c:certificate/@status)')" 'withdrawal OV-1.1 paid'
is 'nothing lies with the reviewer any more' "$(find "$INSTANCE/outbox/verification" -type f)" ''
page=$(cat "$INSTANCE/reports/certificate/OV-1.1.md")
like 'its page has what was entered as saved' "$page" 'Saved, not submitted'
like 'and says that it can be submitted' "$page" 'Submit the application that is saved'
like 'with its names' "$page" 'www\.iana\.org'
like 'and the withdrawal in its history' "$page" 'Withdrawn.*application OV-1'
review REV-1 OV-1.1 approve | drop review1.xml
run_at "$(at 3)"
is_waiting 'a review finds nothing to review and waits' review1.xml

application APP-2 OV-1.1 submit "$(domains data.iana.org)" | drop app2.xml
run_at "$(at 4)"
is_accepted 'one that changes a part of what was saved is submitted' app2.xml
is_accepted 'and the review that waited is of it' review1.xml
is_status 'it is issued' OV-1.1 issued
like 'with the new name' "$(certificate_text OV-1.1)" 'DNS:data\.iana\.org'
unlike 'and not the old one' "$(certificate_text OV-1.1)" 'DNS:www\.iana\.org'

withdrawal WD-2 OV-1.1 | drop issued.xml
withdrawal WD-3 PO-2.1 | drop unpaid.xml
withdrawal WD-4 PO-3.1 | drop paid.xml
withdrawal WD-5 PO-4.1 | drop automatic.xml
withdrawal WD-6 NOBODY.1 | drop nobody.xml
run_at "$(at 5)"
expect_status 'withdrawals that cannot be are failed files' 1
for name in issued unpaid paid automatic; do
  is_rejected "$name: refused" $name.xml state
done
error() { tr '\n' ' ' <"$INSTANCE/inbox/rejected/$1.xml.error.md" | tr -s ' '; }
like 'after issue, with the reason and what to do' "$(error issued)" \
  'OV-1\.1 is issued: an application can be withdrawn before issue only; revoke the certificate instead'
like 'unpaid: nothing was applied for' "$(error unpaid)" 'PO-2\.1 is awaiting-payment: nothing was applied for yet'
like 'paid: nothing was submitted' "$(error paid)" 'PO-3\.1 is paid: nothing was submitted yet'
is_waiting 'that of a certificate that is not known waits' nobody.xml

review REV-5 PO-5.1 reject '' 'Not yours.' | drop reject.xml
run_at "$(at 6)"
is_status 'one whose verification failed' PO-5.1 verification-failed
withdrawal WD-7 PO-5.1 | drop wd7.xml
run_at "$(at 7)"
is_accepted 'can be withdrawn, too' wd7.xml
is_status 'and is paid' PO-5.1 paid
withdrawal WD-1 OV-1 | drop again.xml
run_at "$(at 8)"
is 'the same document again is repeated and changes nothing' \
  "$(receipt_value again.xml 'concat(//c:item/@repeated," ",//c:certificate/@status)')" 'true issued'

cp -r "$INSTANCE/reports" before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes' "$(diff -r before "$INSTANCE/reports")" ''
finish
