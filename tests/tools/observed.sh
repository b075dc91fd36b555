#!/bin/bash
# How the files of make-mixed.py ended, in the same form, to be compared with `diff`:
#   observed.sh INSTANCE
set -u
export LC_ALL=C.UTF-8
cd "$1" || exit 1

{
  python3 - <<'PY'
import pathlib
import sqlite3
import xml.etree.ElementTree as tree

C = "{urn:certdrop:1}"
statuses = ["", "awaiting-payment", "paid", "pending-verification", "verification-failed", "issued",
            "expired", "revoked", "refunded"]
for path in pathlib.Path("inbox").iterdir():
    if path.is_file() and path.name != "README.md" and not path.name.startswith("."):
        print(f"file\t{path.name}\twaiting\t")
for path in pathlib.Path("outbox/receipts").glob("*.receipt.xml"):
    root = tree.parse(path).getroot()
    codes = sorted({f.get("code") for f in root.iter(C + "fault")})
    folder = "done" if root.get("outcome") == "accepted" else "rejected"
    name = path.name[:-len(".receipt.xml")]
    where = "" if (pathlib.Path("inbox") / folder / name).exists() else " but the file is not in its place"
    print(f"file\t{name}\t{root.get('outcome')}{where}\t{' '.join(codes)}")
ledger = sqlite3.connect("file:state/ledger.db?mode=ro", uri=True)
for name, status in ledger.execute("SELECT id, status FROM certificate"):
    print(f"certificate\t{name}\t{statuses[status]}")
PY
} | sort
