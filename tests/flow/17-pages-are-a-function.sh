#!/bin/bash
# What is refreshed step by step equals what `report` makes anew, byte for byte (I6);
# a run with nothing to do changes nothing.
. "$(dirname "$0")/lib.sh"

new_instance
write_png letter.png

# A history with everything in it, in many runs, from a fixed seed.
RANDOM=4711
names=(secure-ov-multi standard-dv-single free-dv-single standard-dv-wildcard inhouse-dv-multi)
for round in $(seq 1 12); do
  for n in $(seq 1 12); do
    ref=R$round-$n-x
    case $((RANDOM % 11)) in
    0) order "$ref" "${names[$((RANDOM % 5))]}" ;;
    1) order "$ref" no-such-product ;;
    2) payment "P-$ref" "R$((round - 1))-$n-x" "$(price standard-dv-single)" ;;
    3) application "A-$ref" "R$((round - 1))-$n-x.1" submit "$(domains "r$round-$n.example.test")$applicant" ;;
    4) dv_order "$ref" "www$n.iana.org" ;;
    5) review "V-$ref" "R$((round - 1))-$n-x.1" "$([ $((RANDOM % 2)) = 0 ] && echo approve || echo reject)" ;;
    6) printf '<deletion xmlns="urn:certdrop:1" ref="D-%s" certificate="R%s.1"/>' "$ref" "$((round - 1))-$n-x" ;;
    7) printf '<revocation xmlns="urn:certdrop:1" ref="Z-%s" certificate="R%s.1" reason="superseded"/>' "$ref" "$((round - 1))-$n-x" ;;
    *) dv_order "$ref" "r$round-$n.example.test" ;;
    esac | drop "$ref.xml"
  done
  run_at "$(at $((round * 7)) 0 $((round * 5)))"
  [ "$status" -le 1 ] || fail "run $round of the history" "$(cat err)"
  [ $((round % 4)) != 0 ] || same_as_anew "after run $round the pages are those that report makes"
done
run_at "$(at 0 0 300)"
same_as_anew 'after all of it expired they are, too'
rm -rf "$INSTANCE"/reports/[a-z]*
certdrop -C "$INSTANCE" report
is 'pages that were lost are made again' "$(pages | diff before - )" ''
echo '<p>nobody links here' >"$INSTANCE/reports/certificate/NOBODY.1.html"
certdrop -C "$INSTANCE" report
is 'a page that has no more reason is removed' "$(pages | diff before -)" ''
mkdir "$INSTANCE/reports/cards"
for page in index.html index.md 0.html 0.md mine.md; do echo '<p>' >"$INSTANCE/reports/cards/$page"; done
certdrop -C "$INSTANCE" report
is 'so are those of a folder that only older versions wrote' "$(ls "$INSTANCE/reports/cards")" mine.md
rm "$INSTANCE/reports/cards/mine.md"
certdrop -C "$INSTANCE" report
is 'and it goes with the last of what lay there' "$(pages | diff before -; ls -d "$INSTANCE/reports/cards" 2>/dev/null)" ''

before=$(snapshot)
run_at "$(at 0 0 300)"
expect_status 'a run with nothing to do is done' 0
unchanged 'and changes nothing' "$before"
sleep 1.1
touch mark
run_at "$(at 0 0 300)"
is 'nothing is written again, not even with the same content' \
  "$(find "$INSTANCE" -path "$INSTANCE/state" -prune -o -type f -newer mark ! -path '*/reports/index.*' ! -path '*/reports/metrics.prom' -print)" ''

# A power cut takes what has not reached the disk yet: pages of the last run and of those before
# that no sync came after.
run_at "$(at 0 1 300)"
dv_order CUT-1 cut1.example.test | drop cut1.xml
run_at "$(at 0 2 300)"
dv_order CUT-2 cut2.example.test | drop cut2.xml
run_at "$(at 0 3 300)"
for page in certificate/CUT-1.1.html certificate/CUT-2.1.md certificates.json metrics.prom; do
  truncate -s 0 "$INSTANCE/reports/$page"
  truncate -s 2000 "$INSTANCE/reports/$page"
done
run_at "$(at 0 4 300)"
like 'without one, a run has no need to look at pages' "$(head -c 1 "$INSTANCE/reports/certificate/CUT-1.1.html" | od -An -c)" '.0'
sqlite3 "$INSTANCE/state/ledger.db" "UPDATE meta SET value = '7' WHERE name = 'pages written in boot'"
run_at "$(at 0 5 300)"
same_as_anew 'where the machine was started anew they are written again'

# Two instances with one history have the same pages, keys and serials apart.
for name in one two; do
  new_instance $name
  order SAME-1 standard-dv-single | drop a.xml
  order SAME-2 no-such | drop b.xml
  payment SAME-3 SAME-1 "$(price standard-dv-single)" | drop c.xml
  run_at "$(at 1)"
  run_at "$(at 2)"
  pages | sed 's/^[0-9a-f]* //' >"$name.list"
done
is 'the same history makes the same pages' "$(diff one.list two.list)" ''
finish
