#!/bin/bash
# Many documents in one file: decided one by one, in any order, or all or none.
. "$(dirname "$0")/lib.sh"

new_instance
item() {
  receipt_value "$1" "concat(//c:item[@ref='$2']/@outcome,' ',//c:item[@ref='$2']/c:fault/@code)"
}

{
  order PO-1 standard-dv-single
  payment PAY-1 PO-1 "$(price standard-dv-single)"
  application APP-1 PO-1.1 submit "$(domains a.example.test)$applicant"
} | batch | drop good.xml
run_at "$(at 1)"
expect_status 'a batch of good documents is done' 0
is_accepted 'and accepted' good.xml
is 'it has an item for each document' "$(receipt_value good.xml 'count(//c:item)')" 3
is_status 'they are decided one after the other' PO-1.1 issued

{
  application APP-2 PO-2.1 submit "$(domains b.example.test)$applicant"
  payment PAY-2 PO-2 "$(price standard-dv-single)"
  order PO-2 standard-dv-single
} | batch | drop backwards.xml
run_at "$(at 2)"
is_accepted 'they may refer to each other in any order' backwards.xml
is_status 'and are decided all the same' PO-2.1 issued
is 'the receipt has them in their own order' "$(xpath "$(receipt backwards.xml)" '//c:item/@ref' |
  grep -o '"[^"]*"' | tr -d '"' | paste -sd ' ')" 'APP-2 PAY-2 PO-2'

{
  order PO-3 standard-dv-single
  order PO-4 no-such-product
  payment PAY-3 PO-3 1.00
} | batch | drop mixed.xml
run_at "$(at 3)"
expect_status 'a batch with bad documents counts as rejected' 1
is 'its outcome is partly' "$(outcome mixed.xml)" partly
is 'the good one is accepted' "$(item mixed.xml PO-3)" 'accepted '
is 'a bad one is rejected' "$(item mixed.xml PO-4)" 'rejected catalog-product'
is 'and so is the other' "$(item mixed.xml PAY-3)" 'rejected payment-amount'
ok 'the file goes to rejected/' test -e "$INSTANCE/inbox/rejected/mixed.xml"
error=$(cat "$INSTANCE/inbox/rejected/mixed.xml.error.md")
like 'its error file names what was rejected' "$error" 'PO-4'
unlike 'and not what was accepted' "$error" 'PO-3.*accepted'
is_status 'what was accepted stands' PO-3.1 awaiting-payment
lines=$(xpath "$(receipt mixed.xml)" '//c:fault/@line' | grep -o '"[^"]*"' | tr -d '"' | paste -sd ' ')
like 'each fault has its line' "$lines" '^[0-9]+ [0-9]+$'

{
  order PO-5 standard-dv-single
  order PO-6 no-such-product
} | batch 'atomic="true"' | drop atomic.xml
run_at "$(at 4)"
is 'of an atomic batch with one bad document nothing is accepted' "$(outcome atomic.xml)" rejected
is 'the good one fell with the other' "$(item atomic.xml PO-5)" 'rejected item-atomic'
is 'the bad one says why' "$(item atomic.xml PO-6)" 'rejected catalog-product'
is 'nothing was made' "$(show PO-5 .id)$(show PO-5.1 .status)" ''
{
  order PO-5 standard-dv-single
  payment PAY-5 PO-5 "$(price standard-dv-single)"
} | batch 'atomic="true"' | drop atomic2.xml
run_at "$(at 5)"
is_accepted 'an atomic batch of good documents is accepted' atomic2.xml
is_status 'and done' PO-5.1 paid

{
  order PO-7 standard-dv-single
  payment PAY-8 PO-8 "$(price standard-dv-single)"
} | batch | drop waits.xml
run_at "$(at 6)"
is_waiting 'while one waits, the file stays' waits.xml
is_status 'what could be decided is decided' PO-7.1 awaiting-payment
{
  order PO-8 standard-dv-single
  payment PAY-7 PO-7 "$(price standard-dv-single)"
} | batch | drop brings.xml
run_at "$(at 7)"
is_accepted 'what it waited for came' waits.xml
is 'its receipt has both' "$(receipt_value waits.xml 'count(//c:item[@outcome="accepted"])')" 2
is_status 'and it is done' PO-8.1 paid

{
  order PO-9 standard-dv-single
  payment PAY-X PO-NEVER 1.00
} | batch 'atomic="true"' | drop atomic3.xml
run_at "$(at 8)"
is_waiting 'an atomic batch waits whole' atomic3.xml
is 'with nothing made' "$(show PO-9 .id)$(show PO-9.1 .status)" ''
run_at "$(at 9 24)"
is 'and is rejected whole' "$(outcome atomic3.xml)" rejected
is 'with nothing made still' "$(show PO-9 .id)$(show PO-9.1 .status)" ''

{
  order PO-10 standard-dv-single
  echo '<order ref="PO-11"><product>standard-dv-single</product>'
} | batch | drop torn.xml
run_at "$(at 10 24)"
is 'a batch that is not well formed is rejected whole' "$(outcome torn.xml) $(codes torn.xml)" 'rejected xml-syntax'
is 'though it began well' "$(show PO-10.1 .status)" ''

{
  order PO-12 standard-dv-single
  order PO-12 standard-dv-single
  order PO-12 free-dv-single
} | batch | drop twice.xml
run_at "$(at 11 24)"
is 'the same twice in a batch is repeated, another is refused' \
  "$(receipt_value twice.xml 'concat(//c:item[1]/@outcome," ",//c:item[2]/@repeated," ",//c:item[3]/c:fault/@code)')" \
  'accepted true reference-used'

# ---- What check says of them ----------------------------------------------------
check_at() { # TIME FILE…: FILE OUTCOME, then REF OUTCOME of each item
  certdrop -C "$INSTANCE" --at "$1" check --json "${@:2}"
  jq -r '.files[] | (.file | sub(".*/"; "")) + " " + .outcome, (.items[] | "\(.ref) \(.outcome)")' out | paste -sd ' '
}
{
  application CH-1A CH-1.1 submit "$(domains ch.example.test)$applicant"
  payment CH-1P CH-1 "$(price standard-dv-single)"
  order CH-1 standard-dv-single
} | batch >backwards.xml
is 'check says of a batch backwards what run says' "$(check_at "$(at 11 24)" backwards.xml)" \
  'backwards.xml accepted CH-1A accepted CH-1P accepted CH-1 accepted'
# In its first try the download is refused; that the certificate is issued in the second does not mend it.
{
  order CH-2 standard-dv-single "$(payment_child "$(price standard-dv-single)")"
  download CH-2G CH-2 nginx
  application CH-2A CH-2.1 submit "$(domains ch2.example.test)$applicant"
  payment CH-3P CH-3 "$(price standard-dv-single)"
  order CH-3 standard-dv-single
} | batch >tries.xml
said=$(check_at "$(at 11 24)" tries.xml)
is 'what a try refuses stays refused' "$said" 'tries.xml partly CH-2 accepted CH-2G rejected CH-2A accepted CH-3P accepted CH-3 accepted'
drop tries.xml <tries.xml
run_at "$(at 11 24)"
is '  by run, too' "tries.xml $(outcome tries.xml) $(for ref in CH-2 CH-2G CH-2A CH-3P CH-3; do echo "$ref $(receipt_value tries.xml "//c:item[@ref='$ref']/@outcome")"; done | paste -sd ' ')" "$said"
payment CH-4P CH-4 "$(price standard-dv-single)" >pays.xml
order CH-4 standard-dv-single >orders.xml
is 'a file waits for one that is named behind it' "$(check_at "$(at 11 24)" pays.xml orders.xml)" \
  'pays.xml accepted CH-4P accepted orders.xml accepted CH-4 accepted'
is '  or before it' "$(check_at "$(at 11 24)" orders.xml pays.xml)" \
  'orders.xml accepted CH-4 accepted pays.xml accepted CH-4P accepted'
is '  and by itself it waits' "$(check_at "$(at 11 24)" pays.xml)" 'pays.xml waiting CH-4P waiting'
{
  payment CH-5P CH-5 "$(price standard-dv-single)"
  payment CH-4P CH-4 "$(price standard-dv-single)"
} | batch 'atomic="true"' >all.xml
order CH-5 standard-dv-single >five.xml
is 'an atomic batch waits whole for one file and the other' "$(check_at "$(at 11 24)" all.xml five.xml orders.xml)" \
  'all.xml accepted CH-5P accepted CH-4P accepted five.xml accepted CH-5 accepted orders.xml accepted CH-4 accepted'
is '  and without one of them it waits' "$(check_at "$(at 11 24)" all.xml five.xml | cut -d ' ' -f 1,2)" 'all.xml waiting'
certdrop -C "$INSTANCE" --at "$(at 11 24)" check pays.xml orders.xml
like 'several files have a sum' "$(cat out)" '^all together: 2 accepted: 1 order; ordered for 298\.00 CNY, paid 298\.00 CNY$'

printf '' | batch | drop empty.xml
run_at "$(at 12 24)"
case $(outcome empty.xml) in
accepted | rejected) pass 'an empty batch is decided' ;;
*) fail 'an empty batch is decided' "$(outcome empty.xml)" ;;
esac

for n in $(seq 1 700); do order "MANY-$n" standard-dv-single; done | batch | drop many.xml
run_at "$(at 13 24)"
is_accepted 'a batch of several groups' many.xml
is 'has an item for each' "$(receipt_value many.xml 'count(//c:item[@outcome="accepted"])')" 700
finish
