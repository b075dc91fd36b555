#!/bin/bash
# A review holds for the configured days: a renewal or re-issue within them needs no new
# one; later it waits for one, and what serves stays issued.
. "$(dirname "$0")/lib.sh"

new_instance
sed -i 's|<renewal [^>]*/>|<renewal before="33%" reviewDays="100" pay="true"/>|' "$INSTANCE/certdrop.xml"
write_png letter.png
ov_order() { # REF DOMAIN YEARS
  order "$1" secure-ov-single "<years>$3</years><autoRenew>true</autoRenew>$(payment_child "$(price secure-ov-single "$3")")
    $(application_child "$(domains "$2")$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
  package "$1.zip" document.xml letter.png
}
renewal() { # REF CERTIFICATE CHILDREN
  printf '<renewal %s ref="%s" certificate="%s">%s</renewal>\n' "$xmlns" "$1" "$2" "${3-}"
}
mail_of() { tr -d '\r' <"$(echo "$INSTANCE/outbox/mail/$1+"*"_$2_"*.eml)" | sed ':a;/=$/{N;s/=\n//;ba}'; }

ov_order O-1 www.iana.org 2
review V-1 O-1.1 approve | drop v1.xml
dv_order D-1 data.iana.org | drop d1.xml
review V-2 D-1.1 approve | drop v2.xml
run_at "$T0"
is_status 'an OV certificate is issued after its review' O-1.1 issued

# Within the days: carried over, for OV and for a reviewed DV.
renewal R-1 O-1.1 "$(payment_child "$(price secure-ov-single)")" | drop r1.xml
renewal R-D D-1.1 "$(payment_child "$(price standard-dv-single)")" | drop rd.xml
run_at "$(at 0 0 99)"
is_status 'a renewal within the days needs no new review' R-1.1 issued
is_status '  nor does a DV one outside the operator'"'"'s suffixes' R-D.1 issued
like 'the company is carried over' "$(certificate_text R-1.1)" 'O ?= ?Example Operations'
renewal R-D2 R-D.1 "$(payment_child "$(price standard-dv-single)")" | drop rd2.xml
run_at "$(at 0 0 101)"
is_status 'the review is that of the first one: a renewal does not make it younger' R-D2.1 pending-verification
mail=$(mail_of R-D2.1 review-again)
like '  the applicant is told by mail' "$mail" 'application R-D2 for R-D2\.1 .* has to be verified *once|has to be verified once'
like '  what serves now' "$mail" 'R-D\.1 is to be renewed'
review V-3 R-D2.1 approve | drop v3.xml
run_at "$(at 1 0 101)" --json
is 'approved, it is issued, and counted as a renewal' "$(jq -r .renewed out) $(show R-D2.1 .status)" '1 issued'
is '  with what was left of the term, up to two years' "$(show R-D2.1 .termEnd)" "$(date -u -d "$(at 1 0 101) 2 years" +%Y-%m-%dT%H:%M:%SZ)"
like '  and the receipt of the review tells what is lost' "$(receipt_value v3.xml '//c:warning')" '^[0-9]+ days of the old term are lost'

# A changed application is not what was reviewed.
ov_order O-2 www.icann.org 1
review V-4 O-2.1 approve | drop v4.xml
run_at "$(at 2 0 101)"
renewal R-2 O-2.1 | drop r2.xml
run_at "$(at 3 0 101)"
application AP-2 R-2.1 save "$(domains www.ietf.org)" | drop ap2.xml
run_at "$(at 4 0 101)"
payment P-2 R-2 "$(price secure-ov-single)" | drop p2.xml
run_at "$(at 5 0 101)"
is_status 'a renewal whose application was changed is reviewed' R-2.1 pending-verification

# A re-issue. The review was made on the first day, and holds for 100.
run_at "$(at 0 0 234)" --json
is 'a re-issue waits for its review while the status stays' "$(show R-1.1 .status)" issued
like '  its page says so' "$("$CERTDROP" -C "$INSTANCE" show R-1.1)" 'To be reviewed again since'
like '  the overview too' "$(cat "$INSTANCE/reports/index.md")" 'To verify again: 2'
like '  and a mail' "$(mail_of R-1.1 review-again)" 'www\.iana\.org'
ok '  with what the reviewer has to look at' test -s "$(echo "$INSTANCE"/outbox/verification/R-1.1/*)"
serial=$(show R-1.1 .serialNumber)
run_at "$(at 0 0 235)"
is 'it is asked for once' "$(find "$INSTANCE/outbox/mail" -name 'R-1.1*review-again*' | wc -l)" 1
expect_status '  and is no failure' 0
review V-5 R-1.1 reject '' 'The letter is too old.' | drop v5.xml
run_at "$(at 0 0 236)"
is_accepted 'the review may say no' v5.xml
expect_status 'and then the re-issue fails, loudly' 1
like 'the run tells it' "$(cat err)" 'R-1\.1: was not renewed: .*not approved'
is 'the certificate stays as it is' "$(show R-1.1 '"\(.status) \(.serialNumber)"')" "issued $serial"
like 'the applicant gets the comment' "$(mail_of R-1.1 reissue-rejected)" 'The letter is too old\.'
review V-6 R-1.1 approve | drop v6.xml
review V-62 O-2.1 approve | drop v62.xml
run_at "$(at 0 0 237)" --json
is_accepted 'another review can approve it after all' v6.xml
is '  then it is issued anew' "$(jq -r .renewed out) $(test "$(show R-1.1 .serialNumber)" != "$serial" && echo new)" '2 new'
expect_status '  and nothing fails any more' 0
unlike '  nor waits for a hand' "$(sed '/^## Expiring/,$d' "$INSTANCE/reports/index.md")" 'R-1\.1'
review V-7 R-1.1 approve | drop v7.xml
run_at "$(at 1 0 237)"
is_rejected 'and cannot be reviewed again' v7.xml state

# Nobody reviews: when the time gets short, it is told as a failure, each night.
run_at "$(at 0 0 304)" --json
is 'the next re-issue is within the days of that review' "$(show R-1.1 .notBefore)" "$(at 0 0 304)"
run_at "$(at 0 0 371)"
is_status 'the one after that waits' R-1.1 issued
run_at "$(at 0 0 372)"
unlike '  and is no failure' "$(cat err)" 'R-1\.1'
run_at "$(at 0 0 389)"
expect_status 'until the time gets short' 1
like '  then it is told' "$(cat err)" 'R-1\.1: was not renewed: its application waits to be reviewed again: .* ends at 2028-01-01'
run_at "$(at 0 0 420)"
is_status 'and runs out when nobody listens' R-1.1 expired
review V-8 R-1.1 approve | drop v8.xml
run_at "$(at 0 0 421)"
is_status 'a late review leads back to issued' R-1.1 issued
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head)" ''
finish
