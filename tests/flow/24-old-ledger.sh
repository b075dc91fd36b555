#!/bin/bash
# An instance of an older version goes on under this one.
. "$(dirname "$0")/lib.sh"

INSTANCE=$work/instance
mkdir "$INSTANCE" && tar -C "$INSTANCE" -xzf "$source_dir/tests/fixtures/instances/version-1.tar.gz"

certdrop -C "$INSTANCE" show DV-1001
is "show does not touch an older ledger" "$status" 64
like "and says what brings it up to date" "$(cat err)" 'certdrop run'

run_at "$(at 10)"
expect_status "a run brings it up to date" 0
like "and seals its log, which had no seal yet" "$(cat err)" 'the log: its end had no seal: it is of a certdrop before this one'
run_at "$(at 10)"
is "the next one has nothing to say" "$(cat err)" ''
certdrop -C "$INSTANCE" show DV-1001.1 --json
is "what was issued is issued" "$(python3 -c 'import json,sys; print(json.load(open("out"))["status"])')" issued
new_instance fresh
is "an older ledger has the tables of a new one" \
  "$(python3 - "$work/instance/state/ledger.db" "$work/fresh/state/ledger.db" <<'PY'
import sqlite3, sys
def tables(path):
    return {name: sqlite3.connect(path).execute(f"PRAGMA table_xinfo({name})").fetchall()
            for name, in sqlite3.connect(path).execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'index')")}
print("same" if tables(sys.argv[1]) == tables(sys.argv[2]) else "different")
PY
)" same
finish
