#!/bin/bash
# The verifier's decision: approval issues, rejection can be mended.
. "$(dirname "$0")/lib.sh"

new_instance
write_png letter.png
cp letter.png licence.png
submit_ov() { # REF DOMAIN: an order with everything, in a package
  order "$1" secure-ov-single "$(payment_child "$(price secure-ov-single)")
    $(application_child "$(domains "$2")$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
  package "$1.zip" document.xml letter.png
}
submit_ov OV-1 www.iana.org
run_at "$(at 1)"
is_status 'an OV application waits for its review' OV-1.1 pending-verification

review R-0 OV-1.1 approve 'application="SOMETHING-ELSE"' | drop other.xml
run_at "$(at 2)"
is_rejected 'a review of another application is refused' other.xml application-not-present
review R-1 OV-1.1 reject 'application="OV-1"' 'The letter carries no stamp &amp; no date.' | drop reject.xml
run_at "$(at 3)"
expect_status 'a rejection by the reviewer is no failed file' 0
is_accepted 'the review is accepted' reject.xml
is_status 'the verification has failed' OV-1.1 verification-failed
like 'the applicant is told why' "$(cat "$INSTANCE"/outbox/mail/*.eml | tr -d '\r' | sed 's/=$//' )" 'no stamp'
review R-2 OV-1.1 approve | drop late.xml
run_at "$(at 4)"
is_rejected 'it cannot be approved after that' late.xml state

application APP-2 OV-1.1 submit '' | drop resubmit.xml
run_at "$(at 5)"
is_accepted 'what failed may be submitted again' resubmit.xml
is_status 'and is pending' OV-1.1 pending-verification
review R-3 OV-1.1 approve 'application="OV-1"' | drop old.xml
run_at "$(at 6)"
is_rejected 'a review of the old application is refused' old.xml application-not-present
review R-4 OV-1.1 approve 'application="APP-2"' | drop approve.xml
run_at "$(at 7)"
is_accepted 'one of the present one is accepted' approve.xml
is_status 'and it is issued' OV-1.1 issued
text=$(certificate_text OV-1.1)
like 'as OV' "$text" 'Policy: 2\.23\.140\.1\.2\.2'
review R-5 OV-1.1 approve | drop twice.xml
run_at "$(at 8)"
is_rejected 'it cannot be reviewed twice' twice.xml state

order EV-1 secure-ev-multi "<nameCount>3</nameCount>$(payment_child "$(price secure-ev-multi 1 3)")" | drop ev.xml
application EV-A EV-1.1 submit "$(domains www.iana.org data.iana.org)$applicant$company$(attachments confirmationLetter letter.png)" >document.xml
package ev-half.zip document.xml letter.png
run_at "$(at 10)"
is_rejected 'EV needs the qualification too' ev-half.zip attachment-missing
application EV-A EV-1.1 submit "$(domains www.iana.org data.iana.org)$applicant$company$(attachments confirmationLetter letter.png qualification licence.png)" >document.xml
package ev.zip document.xml letter.png licence.png
review EV-R EV-1.1 approve | drop zz-approve.xml
run_at "$(at 11)"
is_accepted 'with both it is submitted' ev.zip
is_accepted 'and approved in the same run' zz-approve.xml
text=$(certificate_text EV-1.1)
like 'under the policy of EV' "$text" 'Policy: 2\.23\.140\.1\.1'
like 'with its business category' "$text" 'businessCategory ?= ?Private Organization'
like 'with its registration number' "$text" 'serialNumber ?= ?91330100MA00000000'
like 'with its jurisdiction' "$text" 'jurisdictionC(ountryName)? ?= ?CN'
unpack EV-1.1 pem ev
ok 'its chain verifies strictly' chain_verifies ev/cert.pem

# DV outside the operator's own names needs a person.
order DV-1 standard-dv-single "$(payment_child "$(price standard-dv-single)")
  $(application_child "$(domains www.iana.org)$applicant")" | drop dv.xml
run_at "$(at 12)"
is_status 'a DV name outside the suffixes is pending' DV-1.1 pending-verification
review DV-R DV-1.1 approve | drop dv-approve.xml
run_at "$(at 13)"
is_status 'and issued when approved' DV-1.1 issued
sed -i 's|</verification>|<automatic suffix="iana.org"/>&|' "$INSTANCE/certdrop.xml"
order DV-2 standard-dv-single "$(payment_child "$(price standard-dv-single)")
  $(application_child "$(domains data.iana.org)$applicant")" | drop dv2.xml
order DV-3 standard-dv-single "$(payment_child "$(price standard-dv-single)")
  $(application_child "$(domains notiana.org)$applicant")" | drop dv3.xml
run_at "$(at 14)"
is_status 'a suffix in the configuration makes it automatic' DV-2.1 issued
is_status 'but not for a name that only ends alike' DV-3.1 pending-verification

review NEVER-1 DV-3.1 perhaps | drop perhaps.xml
review NEVER-2 DV-3.1 approve | sed 's/ reviewer="[^"]*"//' | drop nobody.xml
run_at "$(at 15)"
like 'a decision is approve or reject' "$(outcome perhaps.xml) $(codes perhaps.xml)" '^rejected xml-va'
like 'a review has a reviewer' "$(outcome nobody.xml) $(codes nobody.xml)" '^rejected xml-va'
is_status 'nothing has changed' DV-3.1 pending-verification
finish
