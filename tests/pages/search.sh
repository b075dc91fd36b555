#!/bin/bash
# The search page in a browser, from disk: finds what there is by each of its terms, loads
# little of the index, takes text for text; lists that are sorted and filtered in the page.
. "$(dirname "$0")/../flow/lib.sh"
. "$source_dir/tests/pages/lib.sh"

new_instance
write_png letter.png
# Enough for several shards, on more than one page of the lists.
python3 "$source_dir/tests/bench/make-orders.py" "$INSTANCE/inbox" 1 700
for n in 1 2 3; do
  order "PO-471$n" secure-ov-multi "$(payment_child "$(price secure-ov-multi)")
    $(application_child "$(domains www.abc-$n.com pay.efg.com bücher-$n.de)$applicant${company/Example Operations/Ärzte &amp; Söhne \"$n\"}$(attachments confirmationLetter letter.png)")" >document.xml
  package "ov-$n.zip" document.xml letter.png
done
order ODD-1 secure-ov-single "$(payment_child "$(price secure-ov-single)")
  $(application_child "$(domains odd.iana.org)$applicant${company/Example Operations/&lt;img src=x onerror=alert(1)&gt;&lt;\/script&gt;&lt;script&gt;alert(2)&lt;\/script&gt;}$(attachments confirmationLetter letter.png)")" >document.xml
package odd.zip document.xml letter.png
dv_order GONE-1 gone.example.test | drop gone.xml
dv_order case-1 case.example.test | drop case.xml
dv_order CASE-1 upper.example.test | drop upper.xml
run_at "$(at 1)"
expect_status 'everything is taken' 0

search() {
  "$node" "$pages_dir/search.js" "$INSTANCE" "$@" >search.tap 2>search.err
  take_tap search.tap "the look at $* came to its end" search.err
}
search finds
search lists
printf '<deletion xmlns="urn:certdrop:1" ref="D-1" certificate="GONE-1.1"/>' | drop delete.xml
run_at "$(at 2)"
is_accepted 'one is deleted' delete.xml
search gone

# Where the index is not as it was written, it is made anew; a person's own file is let alone.
echo mine >"$INSTANCE/reports/search/notes.txt"
# withdraw N CERTIFICATE: something changes, and the index with it.
withdraw() {
  printf '<withdrawal xmlns="urn:certdrop:1" ref="W-%s" certificate="%s"/>' "$1" "$2" | drop "withdraw-$1.xml"
  run_at "$(at "$1")"
  cp -r "$INSTANCE/reports/search" "kept-$1"
  certdrop -C "$INSTANCE" report
}
withdraw 3 ODD-1.1
is 'a change makes the index that `report` makes' "$(diff -r kept-3 "$INSTANCE/reports/search")" ''
for shard in "$INSTANCE"/reports/search/[it]*.js; do echo 'certdropShard("t",[' >"$shard"; done
withdraw 4 PO-4711.1
is 'so does one to a damaged index' "$(diff -r kept-4 "$INSTANCE/reports/search")" ''
rm "$INSTANCE/reports/search/index.js"
withdraw 5 PO-4712.1
is 'and one to an index without its list' "$(diff -r kept-5 "$INSTANCE/reports/search")" ''
touch "$INSTANCE/reports/search/tzzzz.js"
certdrop -C "$INSTANCE" report
is 'a shard that nobody lists is removed' "$(diff -r kept-5 "$INSTANCE/reports/search")" ''
is 'what a person laid there stays' "$(cat "$INSTANCE/reports/search/notes.txt")" mine
finish
