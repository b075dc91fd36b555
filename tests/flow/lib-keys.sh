# shellcheck shell=bash
# Where below an instance a private key lies. To be read after lib.sh.
# shellcheck disable=SC2154

# keep_key ID: ID.key and ID.wrapped, what search() looks for from then on.
keep_key() {
  unzip -p "$(archive "$1" pem)" privkey.pem >"$1.key"
  sqlite3 "$INSTANCE/state/ledger.db" \
    "SELECT hex(k.wrapped) FROM key k JOIN issue i USING (spki_sha256) WHERE i.certificate = '$1'" >"$1.wrapped"
}

# Whatever is secret of a key, as it lies in memory, in PEM and wrapped, in pieces of 16 bytes:
# prints each file that has one.
cat >"$work/search.py" <<'PYTHON'
import base64, os, subprocess, sys
instance, key, wrapped = sys.argv[1:]
der = base64.b64decode("".join(open(key).read().split("\n")[1:-2]))
public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], capture_output=True, check=True).stdout
lines = [line.encode() for line in open(key).read().split("\n")[2:-2]]
needles = [der[i:i + 16] for i in range(32, len(der) - 16)] + [line for line in lines if len(line) > 40]
blob = bytes.fromhex(open(wrapped).read().strip())
needles += [blob[i:i + 16] for i in range(0, len(blob) - 15)]
needles = {n for n in needles if n not in public and n.count(n[:1]) < 8}
first = {n[:8] for n in needles}
for folder, _, names in os.walk(instance):
    for name in names:
        path = os.path.join(folder, name)
        content = open(path, "rb").read()
        if any(n in content for n in needles):
            print(os.path.relpath(path, instance))
PYTHON
search() { python3 "$work/search.py" "$INSTANCE" "$1.key" "$1.wrapped" | sort | paste -sd ' '; }
