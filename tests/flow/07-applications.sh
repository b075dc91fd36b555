#!/bin/bash
# Applications are saved, completed and submitted, with their letter and images.
. "$(dirname "$0")/lib.sh"

new_instance
write_png letter.png
cp letter.png licence.png
order OV-1 secure-ov-multi "$(payment_child "$(price secure-ov-multi)")" | drop order.xml
application SAVE-1 OV-1.1 save "$(domains www.iana.org)$applicant" | drop save.xml
run_at "$(at 1)"
is_accepted 'an application can be saved half' save.xml
is_status 'the certificate is still paid' OV-1.1 paid
letters=("$INSTANCE"/outbox/letters/*)
is 'saving makes the letter' "${#letters[@]}" 1
like 'it is for the certificate' "$(cat "${letters[0]}")" 'OV-1\.1'
like 'it has the ID number whole' "$(cat "${letters[0]}")" '330100199001011234'

application SUB-0 OV-1 submit '<download><format>nginx</format></download>' | drop early.xml
run_at "$(at 2)"
is_rejected 'a submission without company and letter is refused' early.xml 'attachment-missing company-incomplete'
is_status 'and changes nothing' OV-1.1 paid

application SAVE-2 OV-1.1 save "$(domains www.iana.org data.iana.org)$company" | drop save2.xml
run_at "$(at 3)"
is_accepted 'saving again lays the new over the old' save2.xml
application SUB-1 OV-1.1 submit "$(attachments confirmationLetter letter.png)<download><format>nginx</format></download>" >document.xml
package submit.zip document.xml letter.png
run_at "$(at 4)"
is_accepted 'a package brings the letter and submits what was saved' submit.zip
is_status 'the certificate is pending verification' OV-1.1 pending-verification
is 'the letter lies before its reviewer' \
  "$(find "$INSTANCE/outbox/verification/OV-1.1" -type f -exec cmp letter.png {} \; -print | wc -l)" 1
is 'closed to others' "$(find "$INSTANCE/outbox/verification" "$INSTANCE/outbox/letters" "$INSTANCE/outbox/mail" \
  -perm /077 -printf '%m %P\n')" ''
mails=("$INSTANCE"/outbox/mail/*.eml)
is 'the applicant gets a mail' "${#mails[@]}" 1
like 'at the address that was saved' "$(cat "${mails[0]}")" '^To:.*applicant@example\.test'
is 'the mail ends its lines as RFC 5322 asks' "$(grep -c -v $'\r$' "${mails[0]}")" 0

application SAVE-3 OV-1.1 save "$applicant" | drop pending.xml
run_at "$(at 5)"
is_rejected 'saving while it is pending is refused' pending.xml state
application SUB-2 OV-1.1 submit "$applicant" | drop pending2.xml
run_at "$(at 6)"
is_rejected 'and so is submitting again' pending2.xml state

for page in "$INSTANCE"/reports/*.html "$INSTANCE"/reports/*/*.html; do
  ! grep -q '330100199001011234' "$page" || echo "$page"
done >unmasked
is 'no page shows the ID number' "$(cat unmasked)" ''

review REV-1 OV-1.1 approve | drop approve.xml
run_at "$(at 7)"
is_accepted 'the reviewer approves' approve.xml
is_status 'and it is issued' OV-1.1 issued
text=$(certificate_text OV-1.1 nginx fullchain.pem)
like 'the names of the last saving are in it' "$text" 'DNS:www\.iana\.org, DNS:data\.iana\.org'
like 'the company is in it' "$text" 'O ?= ?Example Operations'
like 'with its place' "$text" 'C ?= ?CN, ST ?= ?Zhejiang, L ?= ?Hangzhou'
like 'under the policy of OV' "$text" 'Policy: 2\.23\.140\.1\.2\.2'
is 'only the format asked for was made' "$(ls "$INSTANCE/outbox/certificates/OV-1.1")" 'OV-1.1_www.iana.org_nginx.zip'

# What is missing, field by field.
order DV-1 standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop dv.xml
run_at "$(at 10)"
for field in name phone email idNumber; do
  part=$(printf '%s' "$applicant" | sed "s|<$field>[^<]*</$field>||")
  application "MISS-$field" DV-1.1 submit "$(domains a.example.test)$part" | drop "no-$field.xml"
done
application MISS-all DV-1.1 submit "$(domains a.example.test)" | drop no-applicant.xml
application MISS-domains DV-1.1 submit "$applicant" | drop no-domains.xml
run_at "$(at 11)"
for field in name phone email idNumber; do
  is_rejected "a submission without the applicant's $field is refused" "no-$field.xml" applicant-incomplete
done
like 'and without any applicant' "$(codes no-applicant.xml)" '^applicant-incomplete'
is_rejected 'and without names' no-domains.xml submission-incomplete

order OV-2 secure-ov-single "$(payment_child "$(price secure-ov-single)")" | drop ov2.xml
application FILL-2 OV-2.1 save "$(domains www.iana.org)$applicant$(attachments confirmationLetter letter.png)" >document.xml
package fill.zip document.xml letter.png
run_at "$(at 12)"
is_accepted 'attachments can be saved' fill.zip
for field in name type phone organizationId location address zip; do
  part=$(printf '%s' "$company" | sed -E "s,<${field} [^>]*/>,,; s,<${field}>[^<]*</${field}>,,")
  application "MISS-c-$field" OV-2.1 submit "$part" | drop "no-company-$field.xml"
done
run_at "$(at 13)"
for field in name type phone organizationId location address zip; do
  is_rejected "an OV submission without the company's $field is refused" "no-company-$field.xml" company-incomplete
done
application COMPANY DV-1.1 submit "$(domains a.example.test)$applicant$company" | drop dv-company.xml
run_at "$(at 14)"
is 'for DV a company is ignored' "$(outcome dv-company.xml)" accepted
is 'with a warning' "$(receipt_value dv-company.xml 'count(//c:warning)')" 1
unlike 'and not in the certificate' "$(certificate_text DV-1.1)" 'Subject:.*Example'

# Attachments are judged by their bytes.
printf 'this is no image' >text.png
head -c 60 letter.png >cut.png
cp letter.png image.txt
{ cat letter.png; echo more; } >more.png
{ cat letter.png; head -c 512000 /dev/zero; } >large.png
attach() { # NAME FILE [XML]
  application "ATT-$1" OV-2.1 save "${3:-$(attachments confirmationLetter "$2")}" >document.xml
  package "$1.zip" document.xml "$2"
}
attach text text.png
attach cut cut.png
attach other-name image.txt
attach more more.png
attach large large.png
application ATT-missing OV-2.1 save "$(attachments confirmationLetter nowhere.png)" >document.xml
package missing.zip document.xml
attach unnamed letter.png "$applicant"
application ATT-bare OV-2.1 save "$(attachments confirmationLetter letter.png)" | drop bare.xml
application ATT-two OV-2.1 save "$(attachments confirmationLetter letter.png confirmationLetter licence.png)" >document.xml
package two.zip document.xml letter.png licence.png
application ATT-same OV-2.1 save "$(attachments confirmationLetter letter.png qualification letter.png)" >document.xml
package same.zip document.xml letter.png
run_at "$(at 15)"
is_rejected 'text that is called .png is refused' text.zip attachment-content
is_rejected 'an image that is cut off is refused' cut.zip attachment-content
is_rejected 'bytes behind the image are refused' more.zip attachment-content
is_accepted 'an image is one by its bytes, whatever its name' other-name.zip
is_rejected 'more than 512,000 bytes are refused' large.zip attachment-size
is_rejected 'an attachment that is not in the package is refused' missing.zip attachment-missing
is_rejected 'a file that the document does not name is refused' unnamed.zip attachment-unnamed
is_rejected 'attachments need a package' bare.xml attachment-missing
is_rejected 'two of a kind are refused' two.zip attachment-duplicate
is_rejected 'one file named twice is refused' same.zip attachment-duplicate

# A whole OV order in one package.
order OV-3 secure-ov-single "$(payment_child "$(price secure-ov-single)")
  $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
tar -czf package.tgz document.xml letter.png
drop order.tar.gz <package.tgz
run_at "$(at 16)"
is_accepted 'an OV order with all of it comes as a package' order.tar.gz
is_status 'and is pending verification' OV-3.1 pending-verification
finish
