#!/bin/bash
# `make bench`: orders from inbox to bundle, receipt and pages, against the same work
# scripted with openssl and zip, in one run; then memory, and what a small run costs
# beside many certificates. Where others use the machine, the ratios of processor seconds
# tell more than those of the clock.
#
#   BENCH_ORDERS (2000)      orders for the rate
#   BENCH_PEER (400)         orders for the script's rate
#   BENCH_MEMORY (20000)     orders in one run for the peak of memory
#   BENCH_BATCH (10000)      items in one file, for the same of batches
#   BENCH_SMALL (1000), BENCH_LARGE (50000)   certificates beside which 10 orders are run
#   BENCH_ROUNDS (7)         such runs of which the median counts
#   BENCH_FOLDER             where; by default below build/
set -eu

cd "$(dirname "$0")/../.."
tests/tools/install-packages.sh check
make --no-print-directory -j2 all
certdrop=$PWD/build/certdrop
bench=$PWD/tests/bench
orders=${BENCH_ORDERS:-2000} peer=${BENCH_PEER:-400} memory=${BENCH_MEMORY:-20000} batch=${BENCH_BATCH:-10000}
small=${BENCH_SMALL:-1000} large=${BENCH_LARGE:-50000} rounds=${BENCH_ROUNDS:-7}
mkdir -p build
folder=$(mktemp -d "${BENCH_FOLDER:-build}/bench.XXXXXX")
folder=$(cd "$folder" && pwd)
trap 'rm -rf "$folder"' EXIT
# For minutes ext4 looks at each inode that was given up lately before it gives out another near
# it. Folders in one that is marked so are put elsewhere, away from what tests removed.
chattr +T "$folder" 2>/dev/null || true
now=$(date -u +%s)

at() { date -u -d "@$((now + $1))" +%Y-%m-%dT%H:%M:%SZ; }
calculate() { awk "BEGIN { printf \"$1\", $2 }"; }
new_instance() {
  mkdir "$folder/$1"
  "$certdrop" -C "$folder/$1" --at "$(at 0)" init >>"$folder/log" 2>&1
}
# What was written before is on disk, so that nobody writes it on another's time.
run() { # INSTANCE SECONDS [--together]
  sync -f "$folder"
  python3 "$bench/measure.py" ${3:+"$3"} "$certdrop" -C "$folder/$1" --at "$(at "$2")" run 2>>"$folder/log"
}
issued() { find "$folder/$1/outbox/certificates" -name '*.zip' | wc -l; }

echo "$(nproc) processors, $(awk -F ': ' '/model name/ { print $2; exit }' /proc/cpuinfo)"

# certdrop, in one run.
new_instance rate
python3 "$bench/make-orders.py" "$folder/rate/inbox" 1 "$orders"
read -r seconds processor largest together < <(run rate 1)
[ "$(issued rate)" = "$orders" ] || { tail "$folder/log"; echo "certdrop failed" >&2; exit 1; }

# The script, one order after the other, as such scripts are, and on all processors.
mkdir -p "$folder/ca"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=Bench CA' -days 365 \
  -keyout "$folder/ca/issuing.key" -out "$folder/ca/issuing.crt" 2>/dev/null
seq 1 "$peer" >"$folder/numbers"
peer_run() { # PROCESSES: seconds, processor seconds
  local out=$folder/peer-$1
  mkdir -p "$out/certificates" "$out/receipts" "$out/reports"
  sync -f "$folder"
  python3 "$bench/measure.py" xargs -a "$folder/numbers" -P "$1" -n 20 "$bench/peer.sh" "$folder/ca" "$out"
  [ "$(find "$out" -name '*.zip' | wc -l)" = "$peer" ] || { echo "the script failed" >&2; exit 1; }
}
read -r one_seconds one_processor _ < <(peer_run 1)
read -r all_seconds all_processor _ < <(peer_run "$(nproc)")
one_rate=$(calculate %.1f "$peer / $one_seconds")
all_rate=$(calculate %.1f "$peer / $all_seconds")
printf '%-48s %10s a second  (%s s, %s s of processor)\n' "script with openssl and zip, $peer orders" \
  "$one_rate" "$one_seconds" "$one_processor"
printf '%-48s %10s a second  (%s s, %s s of processor)\n' "the same on $(nproc) processors" \
  "$all_rate" "$all_seconds" "$all_processor"

rate=$(calculate %.1f "$orders / $seconds")
printf '%-48s %10s a second  (%s s, %s s of processor)\n' "certdrop, $orders orders in one run" "$rate" "$seconds" "$processor"
printf '%-48s %10s times     (processor: %s; asked for: 75)\n' 'ratio to the script' \
  "$(calculate %.1f "$rate / $one_rate")" \
  "$(calculate %.1f "($one_processor / $peer) / ($processor / $orders)")"
printf '%-48s %10s times\n' "ratio to the script on $(nproc) processors" "$(calculate %.1f "$rate / $all_rate")"

# Memory.
if [ "$memory" -gt 0 ]; then
  new_instance memory
  python3 "$bench/make-orders.py" "$folder/memory/inbox" 1 "$memory"
  read -r seconds processor largest together < <(run memory 1 --together)
  [ "$(issued memory)" = "$memory" ] || { tail "$folder/log"; echo "certdrop failed" >&2; exit 1; }
  printf '%-48s %10s MiB       (asked for: below 100)\n' "peak of the largest process, $memory orders" "$(calculate %.1f "$largest / 1024")"
  printf '%-48s %10s MiB\n' '  all processes together' "$(calculate %.1f "$together / 1024")"
  printf '%-48s %10s a second\n' '  rate' "$(calculate %.1f "$memory / $seconds")"
  rm -rf "$folder/memory"
fi

[ "$batch" = 0 ] || tests/bench/batch.sh "$certdrop" "$folder" "$batch"

# A small run beside many certificates.
next=1 clock=1
grow() { # to that many, at most 10,000 a run
  while [ "$next" -le "$1" ]; do
    step=$(($1 - next + 1))
    [ $step -le 10000 ] || step=10000
    python3 "$bench/make-orders.py" "$folder/grow/inbox" "$next" $step
    next=$((next + step))
    clock=$((clock + 1))
    run grow $clock >/dev/null
  done
}
median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }
small_run() { # NAME: the medians of ROUNDS runs with 10 orders: seconds, processor seconds
  local round
  for ((round = 0; round < rounds; round++)); do
    python3 "$bench/make-orders.py" "$folder/grow/inbox" "$next" 10
    next=$((next + 10))
    clock=$((clock + 1))
    run grow $clock
  done >"$folder/$1"
  echo "$(cut -d ' ' -f 1 "$folder/$1" | median) $(cut -d ' ' -f 2 "$folder/$1" | median)" >"$folder/$1.median"
}
if [ "$large" -gt 0 ]; then
  new_instance grow
  grow "$small"
  small_run small
  grow "$large"
  small_run large
  read -r small_wall small_used <"$folder/small.median"
  read -r large_wall large_used <"$folder/large.median"
  printf '%-48s %10s s         (%s s of processor)\n' "10 new orders at $small certificates" "$small_wall" "$small_used"
  printf '%-48s %10s s         (%s s of processor)\n' "10 new orders at $large certificates" "$large_wall" "$large_used"
  printf '%-48s %10s times     (processor: %s; asked for: at most 2)\n' 'ratio' \
    "$(calculate %.2f "$large_wall / $small_wall")" "$(calculate %.2f "$large_used / $small_used")"
fi
