#!/bin/bash
# Commands, their exit statuses, and what they print for programs.
. "$(dirname "$0")/lib.sh"

new_instance
json() { jq -r "$1" out 2>&1; }

certdrop
expect_status 'no command is wrong usage' 64
certdrop -C "$INSTANCE" nonsense
expect_status 'an unknown command is wrong usage' 64
like 'and says so' "$(cat err)" 'nonsense'
certdrop -C "$INSTANCE" run --nonsense
expect_status 'an unknown option is wrong usage' 64
certdrop -C "$INSTANCE" --at yesterday run
expect_status 'a time that is none is wrong usage' 64
certdrop -C "$INSTANCE" --at 2026-02-30T00:00:00Z run
expect_status 'a day that is none is wrong usage' 64
certdrop -C "$INSTANCE" check
expect_status 'check needs a file' 64
certdrop -C "$INSTANCE" show
expect_status 'show needs an ID' 64
certdrop new nonsense
expect_status 'new needs a kind' 64
certdrop --help
expect_status 'help is no failure' 0
like 'and lists the commands' "$(cat out)" 'watch'
mkdir nothing
certdrop -C nothing run
case $status in 64 | 74 | 78) pass 'a folder that is no instance is refused' ;; *) fail 'a folder that is no instance is refused' "$status" ;; esac
certdrop -C "$work/does-not-exist" run
case $status in 64 | 74 | 78) pass 'a folder that is not there is refused' ;; *) fail 'a folder that is not there is refused' "$status" ;; esac
is 'nothing was made in it' "$(ls -A nothing)" ''

for kind in order payment application withdrawal review issuance upload download deployment undeployment \
  renewal revocation deletion batch; do
  certdrop new $kind
  expect_status "new $kind prints an example" 0
  cp out "example-$kind.xml"
  is "  which is valid" "$(xmllint --nonet --noout --schema "$source_dir/schemas/documents.xsd" "example-$kind.xml" 2>&1)" \
    "example-$kind.xml validates"
  like '  and commented' "$(cat "example-$kind.xml")" '<!--'
done

dv_order PO-1 a.example.test | drop good.xml
order PO-2 no-such-product | drop bad.xml
payment PAY-9 PO-9 1.00 | drop waits.xml
run_at "$(at 1)" --json
expect_status 'run --json has the same status' 1
ok 'it prints one JSON object' jq -e 'type == "object"' out
is 'with the numbers' "$(json '"\(.accepted) \(.rejected) \(.waiting) \(.items) \(.issued) \(.expired) \(.renewed)"')" '1 1 1 3 1 0 0'
ok 'and the seconds' jq -e '.seconds | type == "number"' out
run_at "$(at 2)"
is 'without a terminal a run prints one line' "$(cat out err | wc -l)" 1
run_at "$(at 2)" --json
is 'what waits is counted again, what is decided is not' "$(json '"\(.accepted) \(.rejected) \(.waiting)"')" '0 0 1'

cp "$INSTANCE/inbox/rejected/bad.xml" bad.xml
dv_order PO-3 b.example.test >good.xml
before=$(snapshot; find "$INSTANCE/state" -type f -exec sha256sum {} +)
certdrop -C "$INSTANCE" --at "$(at 3)" check good.xml
expect_status 'check of a good file is done' 0
certdrop -C "$INSTANCE" --at "$(at 3)" check --json good.xml bad.xml
expect_status 'check of a bad file ends with 1' 1
is 'it says what run would say' \
  "$(json '[.files[] | "\(.file | split("/") | last) \(.outcome) \(.items[0].kind) \(.items[0].ref) \(.items[0].outcome)"] | join("; ")')" \
  'good.xml accepted order PO-3 accepted; bad.xml rejected order PO-2 rejected'
like 'with the faults' "$(json '.files[1].items[0].faults[0] | "\(.code) \(.line) \(.element)"')" '^catalog-product [12] product$'
ok 'in words' jq -e '.files[1].items[0].faults[0].text | length > 10' out
is 'and changes nothing' "$(snapshot; find "$INSTANCE/state" -type f -exec sha256sum {} +)" "$before"
order PO-4 standard-dv-single >1.xml
payment PAY-4 PO-4 "$(price standard-dv-single)" >2.xml
application APP-4 PO-4.1 submit "$(domains c.example.test)$applicant" >3.xml
certdrop -C "$INSTANCE" --at "$(at 3)" check --json 1.xml 2.xml 3.xml
is 'files that build on each other are checked in their order' "$(json '[.files[].outcome] | join(" ")')" 'accepted accepted accepted'
certdrop -C "$INSTANCE" --at "$(at 3)" check --json 3.xml
expect_status 'waiting is no fault' 0
is 'it is said' "$(json '.files[0].outcome')" waiting
is 'nothing of it stays' "$(snapshot; find "$INSTANCE/state" -type f -exec sha256sum {} +)" "$before"
certdrop -C "$INSTANCE" --at "$(at 3)" check nowhere.xml
case $status in 1 | 74) pass 'a file that is not there is told' ;; *) fail 'a file that is not there is told' "$status" ;; esac
like 'with its name first' "$(cat err out)" 'nowhere\.xml'
(cd "$INSTANCE" && certdrop --at "$(at 3)" check "$work/good.xml" && exit "$status")
is 'the instance is the current folder unless given' $? 0

certdrop -C "$INSTANCE" show PO-1.1
expect_status 'show prints a certificate' 0
like 'as its Markdown page' "$(cat out)" '^# .*PO-1\.1|a\.example\.test'
certdrop -C "$INSTANCE" show --json PO-1.1
is 'and for programs' "$(json '"\(.id) \(.order) \(.product) \(.status) \(.domains[0]) \(.keyAlgorithm) \(.issuer)"')" \
  'PO-1.1 PO-1 standard-dv-single issued a.example.test ec-p256 embedded'
like 'times are RFC 3339 in UTC' "$(json '.notBefore,.notAfter,.termEnd')" '^20..-..-..T..:..:..Z$'
ok 'with its history' jq -e '.history | length >= 3 and all(.[]; .at and .what)' out
certdrop -C "$INSTANCE" show NOBODY.1
expect_status 'show of what there is not ends with 1' 1
like 'and says so' "$(cat err)" 'NOBODY'

cp "$INSTANCE/certdrop.xml" saved.xml
sed -i 's/waitHours="24"/waitHours="many"/' "$INSTANCE/certdrop.xml"
order PO-5 standard-dv-single | drop later.xml
run_at "$(at 4)"
expect_status 'a bad configuration is told' 78
like 'with file and line' "$(cat err)" 'certdrop\.xml:[0-9]+'
ok 'the file is untouched' test -e "$INSTANCE/inbox/later.xml"
sed -i 's/many/24/; s/suffix="example.test"/suffix="*.example.test"/' "$INSTANCE/certdrop.xml"
run_at "$(at 4)"
expect_status 'a wildcard as suffix is a bad configuration' 78
printf 'no xml' >"$INSTANCE/certdrop.xml"
run_at "$(at 4)"
expect_status 'so is no XML' 78
cp saved.xml "$INSTANCE/certdrop.xml"
cp "$INSTANCE/catalog.xml" catalog.xml
sed -i '/free-dv-single/s/issuer="embedded"/issuer="nobody"/' "$INSTANCE/catalog.xml"
run_at "$(at 4)"
expect_status 'an issuer that is not known is a bad configuration' 78
sed '0,/<product id="free-dv-single"/s//<product id="standard-dv-single"/' catalog.xml >"$INSTANCE/catalog.xml"
run_at "$(at 4)"
expect_status 'two products of one id are a bad configuration' 78
cp catalog.xml "$INSTANCE/catalog.xml"
mv "$INSTANCE/certdrop.xml" saved.xml
run_at "$(at 4)"
is 'without a configuration the defaults work' "$status $(show PO-5 .id)" '0 PO-5'
mv saved.xml "$INSTANCE/certdrop.xml"

# A check in the middle of a long file, stopped there, is in nobody's way.
for n in $(seq 1 3000); do order "LONG-$n" no-such; done | batch >long.xml
"$CERTDROP" -C "$INSTANCE" --at "$(at 5)" check long.xml >/dev/null 2>&1 &
check=$!
background+=("$check")
for _ in $(seq 1 600); do
  [ -z "$(cat "/proc/$check/task/$check/children")" ] || break
  sleep 0.05
done
sleep 0.2
kill -STOP $check
order PO-6 standard-dv-single | drop meanwhile.xml
timeout 60 "$CERTDROP" -C "$INSTANCE" --at "$(at 5)" run >out 2>err
is 'a run does not wait for a check' "$? $(outcome meanwhile.xml)" '0 accepted'
kill -CONT $check
wait $check
is 'nor is the check disturbed' $? 1
is 'and leaves nothing behind' "$(find "$INSTANCE/state" -name '.*')" ''

run_at 2026-11-20T00:00:00Z
expect_status 'a present before the last run is wrong usage' 64
run_at "$(at 2)"
expect_status 'but for a few minutes' 0
is 'and the present is that of the last run' "$(receipt_value good.xml /c:receipt/@decided | cut -c 1-4)" 2026

# A second run at the same time.
python3 - "$CERTDROP" "$INSTANCE" <<'PY' >two 2>&1
import subprocess, sys
args = [sys.argv[1], "-C", sys.argv[2], "--at", "2026-11-23T03:00:00Z", "run"]
import os
for n in range(300):
    with open(f"{sys.argv[2]}/inbox/two-{n}.xml", "w") as f:
        f.write(f'<order xmlns="urn:certdrop:1" ref="TWO-{n}"><product>standard-dv-single</product></order>')
one, two = subprocess.Popen(args), subprocess.Popen(args)
print(sorted((one.wait(), two.wait())))
PY
like 'of two runs at once one is told to come again' "$(tail -1 two)" '\[0, 75\]|\[0, 0\]'
is 'and nothing is done twice' "$(find "$INSTANCE/outbox/receipts" -name 'two-*' | wc -l)" 300

if [ "$(id -u)" = 0 ] && command -v mount >/dev/null && mkdir full && mount -t tmpfs -o size=4m none full 2>/dev/null; then
  INSTANCE=$work/full/instance
  mkdir "$INSTANCE"
  certdrop -C "$INSTANCE" --at $T0 init
  dv_order FULL-1 a.example.test | drop order.xml
  head -c 16000000 /dev/zero >full/filler 2>/dev/null
  run_at "$(at 1)"
  expect_status 'a full disk is told' 74
  ok 'the file is still there' test -e "$INSTANCE/inbox/order.xml"
  rm full/filler
  run_at "$(at 2)"
  expect_status 'with room again the next run does it' 0
  is_status 'once' FULL-1.1 issued
  umount "$work/full"
fi
finish
