#!/bin/bash
# A run writes what changed, not what there is (I8): ten certificates are fewer than a hundred
# pages, and beside many certificates as many as beside few.
. "$(dirname "$0")/lib.sh"

new_instance
next=1 minute=0
orders() { # COUNT
  python3 "$source_dir/tests/bench/make-orders.py" "$INSTANCE/inbox" "$next" "$1"
  next=$((next + $1))
}
# run WHAT: counts the files below reports/ that it wrote in $written.
run() {
  minute=$((minute + 1))
  touch mark
  sleep 0.05
  run_at "$(at $minute)"
  expect_status "$1" 0
  find "$INSTANCE/reports" -type f -cnewer mark >files
  written=$(wc -l <files)
}
# One in each of ten blocks, as one batch of KIND.
batch() { # KIND ATTRIBUTES CHILDREN
  local n
  echo "<batch $xmlns>"
  for n in 1 2 3 4 5 6 7 8 9 10; do
    printf '<%s ref="X-%s-%s" certificate="B%07d.1" %s>%s</%s>\n' "$1" "$minute" $n $((n * 100 - minute)) "$2" "$3" "$1"
  done
  echo '</batch>'
}
few() { # WHAT LIMIT
  if [ "$written" -lt "$2" ]; then pass "$1: $written files"; else fail "$1: $written files" "$(sed "s|.*/reports/||; s|/[^/]*\$||" files | sort | uniq -c)"; fi
}

orders 110
run 'the first certificates'
orders 10
run 'ten orders beside few certificates'
beside_few=$written
few 'ten orders write fewer than a hundred pages' 100
orders 1000
run 'a thousand more'
orders 10
run 'ten orders beside many'
few 'ten orders write fewer than a hundred pages, there too' 100
# A shard for each serial number is what the search has more of then.
few 'and no more than beside few, but for shards of the search' $((beside_few + 16))

# Where ten certificates stand on ten pages each of the lists, those are ten times as many.
batch deployment '' '<target product="cdn"><region>global</region></target>' | drop deploy.xml
run 'ten certificates of ten pages are deployed'
few 'that writes their own pages and those that list them' 100
is 'and nothing of the search' "$(grep -c '/reports/search/' files)" 0
batch revocation 'reason="superseded"' '' | drop revoke.xml
run 'ten certificates of ten pages are revoked'
few 'a status and a day of expiry are one page each' 100
batch deletion '' '' | drop delete.xml
run 'ten certificates of ten pages are deleted'
few 'what leads to them leads there still' 100
written=$(grep -c '/reports/search/' files)
few 'and of the search their records alone are others' 12
run 'nothing'
few 'nothing writes what tells of the run alone' 8
finish
