#!/bin/bash
# Owners are reminded of what runs out: on each of the configured days once, with one mail
# a person and run, and of nights that were missed once.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_instance
other=${applicant//Applicant One/Applicant Two}
other=${other//applicant@/two@}
# Written as people do: it is one person all the same.
upper=${applicant//applicant@/Applicant@}
order_of() { # REF NAME APPLICANT [PRODUCT [CHILDREN [YEARS]]]
  order "$1" "${4:-inhouse-dv-multi}" "<years>${6:-1}</years>$(payment_child "$(price "${4:-inhouse-dv-multi}" "${6:-1}")")${5-}
    $(application_child "$(domains "$2")$3")" | drop "$1.xml"
}
order_of A-1 a1.example.test "$applicant"
order_of A-2 a2.example.test "$upper"
order_of A-3 a3.example.test "$applicant" '' '' 2
order_of B-1 b1.example.test "$other"
order_of S-1 s1.example.test "${applicant//applicant@/short@}" standard-dv-single
order_of R-1 r1.example.test "${applicant//applicant@/renews@}" '' '<autoRenew>true</autoRenew>'
order C-1 standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop C-1.xml
run_at $T0
expect_status 'certificates are issued' 0
is 'for a year' "$(show A-1.1 .notAfter)" 2027-11-23T01:59:59Z

reminders() { find "$INSTANCE/outbox/mail" -name "reminder_${1//[-:]/}_*.eml" | sort; }
# night DAYS-LEFT: the run of that night; $count, $mails are of its reminders.
night() {
  local time
  time=$(at 0 0 $((365 - $1)))
  run_at "$time"
  [ "$status" = 0 ] || fail "the run $1 days before" "$(cat err)"
  mapfile -t mails < <(reminders "$time")
  count=${#mails[@]}
}
cat >mail.py <<'PY'
import email, email.policy, sys
for path in sys.argv[1:]:
    message = email.message_from_bytes(open(path, "rb").read(), policy=email.policy.default)
    if message.defects: print("DEFECT", message.defects)
    print(f"To: {message['To']}")
    print(f"Subject: {message['Subject']}")
    print(" ".join(message.get_content().split()))
PY
text() { python3 mail.py "${mails[@]}"; }

# What has a term longer than its certificates is issued anew by certdrop itself.
night 165
is 'the first certificate of a term has no reminder' "$count" 0
is 'it is issued anew instead' "$(show S-1.1 .history[].what | grep -c reissued)" 1

night 61
is 'two months and a day before nobody hears of it' "$count" 0
night 60
is 'two months before each person gets one mail' "$count" 3
like 'with all certificates of that person' "$(text)" '^Subject: 2 certificates run out soon, the first on Nov 23, 2027$'
like 'to the address' "$(text)" '^To: Applicant One <applicant@example.test>$'
like 'each with its day' "$(text)" 'A-1.1 runs out on Nov 23, 2027 \(UTC\), in 60 days a1.example.test'
like 'and what to do' "$(text)" 'Nothing renews A-2.1 by itself: send a renewal document'
like 'the other person reads of one' "$(text)" '^Subject: B-1.1 runs out on Nov 23, 2027$'
unlike 'and of no more' "$(text | grep -A 1 '^Subject: B-1')" 'A-1'
unlike 'what runs out later is not in it' "$(text)" 'A-3.1'
like 'a renewal that is not paid for is told of' "$(text)" 'Its renewal, R-1.1-r1, waits for its payment'
is 'the mail is closed to others' "$(stat -c %a "${mails[0]}")" 600
unlike 'and its name says nothing of the person' "${mails[*]}" 'applicant|two|test\.eml'
like 'the page of the certificate tells of it' "$(cat "$INSTANCE/reports/certificate/A-1.1.md")" 'Reminded'
is 'a message has an ID of its own' "$(grep -h '^Message-I' "${mails[@]}" | sort -u | wc -l)" 3
night 60
is 'the same night again writes no other' "$(find "$INSTANCE/outbox/mail" -name 'reminder_*' | wc -l)" 3
night 59
is 'nor does the next night' "$count" 0
payment PAY-R R-1.1-r1 "$(price inhouse-dv-multi)" | drop pay.xml
night 31
is_status 'the renewal is paid for' R-1.1-r1 issued
night 30
is 'a month before they are reminded again, but for what is renewed' "$count" 3
unlike 'which is not told of any more' "$(text)" 'R-1.1'
like 'the last certificate of a term is' "$(text)" '^Subject: S-1.1 runs out on Nov 23, 2027$'

# Nights fail; the run after them is one reminder, not three.
night 5
is 'of nights that were missed there is one mail' "$count" 3
like 'with the days that are left now' "$(text)" 'in 5 days'
night 1
is 'the last one comes the day before' "$count" 3
like 'in the singular' "$(text)" 'in 1 day( |$)'
night 0
is 'what has run out is not reminded of' "$count" 0
is_status 'it is expired' A-1.1 expired

# One lives for two years. Other days in the configuration count at once.
sed -i 's|<reminder before="[^"]*"/>|<reminder before="355d 10d"/>|' "$INSTANCE/certdrop.xml"
night -16
is 'other days count from the next run on' "$count" 1
like 'of the certificate that still lives' "$(text)" 'A-3.1 .* in 350 days'
sed -i 's|<reminder before="[^"]*"/>|<reminder before="345d 10d"/>|' "$INSTANCE/certdrop.xml"
night -17
is 'what was reminded of already is not at once reminded of again' "$count" 0
night -22
is 'but on the next of those days' "$count" 1
sed -i 's|<reminder before="[^"]*"/>|<reminder before=""/>|' "$INSTANCE/certdrop.xml"
night -310
is 'an empty list means no reminders' "$count" 0
sed -i 's|<reminder before=""/>||' "$INSTANCE/certdrop.xml"
night -320
is 'without the element the default holds' "$count" 2

# One that was bought elsewhere has no applicant, and no renewal.
new_instance uploaded
foreign_key up
openssl req -new -key up.key -subj /CN=up.example.org -out up.csr
foreign_sign up.csr up self 'subjectAltName=DNS:up.example.org\n' 261101000000Z 271123015959Z
upload U-1 "$(cat up.crt)" | drop up.xml
run_at $T0
night 60
like 'whoever runs the instance is reminded of what was uploaded' "$(text)" '^To: Example Operations'
like 'with what can be done' "$(text)" 'U-1.1 was bought elsewhere: buy its successor there and upload it, or order'
unlike 'and not with what is refused' "$(text)" 'renewal document'

# Many certificates of one person.
new_instance many
for n in $(seq 130); do order "M-$n" inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")$(application_child "$(domains "m$n.example.test")$applicant")"; done | batch | drop many.xml
run_at $T0
night 60
is 'a mail about many is one' "$count" 1
like 'that says how many' "$(text)" '^Subject: 130 certificates run out soon'
is 'lists the first hundred' "$(text | grep -o 'M-[0-9]*\.1 runs out' | wc -l)" 100
like 'and counts the others' "$(text)" 'And 30 more'
finish
