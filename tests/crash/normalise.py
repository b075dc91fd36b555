#!/usr/bin/env python3
"""What an instance came to, without what is random: two runs over the same files at the
same time, one of them killed and taken up again, must come to the same.

    normalise.py INSTANCE [shallow]

`shallow` does not look into the certificates of the archives, which costs several
processes each; that an archive is what the ledger says was written is looked at always.

Keys, serial numbers and hashes of certificates are left out, but it is looked whether
they fit each other; what does not is a line that begins with FAULT."""
import hashlib
import io
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

root = pathlib.Path(sys.argv[1])
SHALLOW = sys.argv[2:] == ["shallow"]
lines = []


def say(*parts):
    lines.append(" ".join(str(part) for part in parts))


def fault(*parts):
    say("FAULT", *parts)


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=False)


def names_of(text):
    return re.findall(r"(?:DNS|IP Address):([^\s,]+)", text)


def leaf_of(members):
    for name in ("cert.pem", "fullchain.pem", "site.pem"):
        if name in members:
            return members[name]
    for name in ("keystore.p12", "certificate.pfx"):
        if name in members:
            password = members["password.txt"].decode().strip()
            with tempfile.NamedTemporaryFile() as file:
                file.write(members[name])
                file.flush()
                return openssl("pkcs12", "-in", file.name, "-passin", "pass:" + password, "-nokeys", "-clcerts", "-legacy").stdout
    return None


def look_at_archive(path, deep):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    say("archive", path.relative_to(root), oct(path.stat().st_mode & 0o777), *members)
    if not deep:
        return None
    leaf = leaf_of(members)
    if leaf is None:
        return None
    text = openssl("x509", "-noout", "-text", data=leaf).stdout.decode()
    if names_of(text)[0].replace("*", "_") not in path.name:
        fault(path, "is named after another domain than", *names_of(text))
    public = openssl("x509", "-noout", "-pubkey", data=leaf).stdout
    key = members.get("privkey.pem")
    if key is not None and openssl("pkey", "-pubout", data=key).stdout != public:
        fault(path, "key and certificate do not belong together")
    with tempfile.NamedTemporaryFile() as file:
        file.write(leaf)
        file.flush()
        started = re.search(r"Not Before: (.*)", text).group(1)
        seconds = subprocess.run(["date", "-u", "-d", started, "+%s"], capture_output=True, check=True).stdout.decode().strip()
        if ISSUING not in openssl("x509", "-noout", "-issuer", data=leaf).stdout:
            pass  # of another authority
        elif openssl("verify", "-x509_strict", "-attime", seconds, "-CAfile", str(root / "outbox/pki/root.crt"),
                   "-untrusted", str(root / "outbox/pki/issuing.pem"), file.name).returncode != 0:
            fault(path, "the chain does not verify")
    return hashlib.sha256(openssl("x509", "-outform", "DER", data=leaf).stdout).hexdigest()


def issuing_subject():
    path = root / "outbox/pki/issuing.pem"
    return openssl("x509", "-noout", "-subject", data=path.read_bytes()).stdout.removeprefix(b"subject=").strip()


def look_at_files():
    for folder in ("inbox", "outbox", "reports"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_dir():
                continue
            name = path.relative_to(root)
            if path.name.startswith(".certdrop-"):
                fault(name, "was left behind")
            elif name.parts[:2] == ("outbox", "certificates"):
                continue
            elif name.parts[:2] in (("outbox", "receipts"), ("inbox", "done"), ("inbox", "rejected"), ("outbox", "verification")):
                say("file", name, hashlib.sha256(path.read_bytes()).hexdigest()[:16])
            else:
                say("file", name)


def look_at_ledger(archives):
    ledger = sqlite3.connect(f"file:{root}/state/ledger.db?mode=ro", uri=True)
    for (answer,) in ledger.execute("PRAGMA integrity_check"):
        if answer != "ok":
            fault("ledger:", answer)
    for row in ledger.execute("SELECT id, order_ref, status, names FROM certificate ORDER BY id"):
        say("certificate", *row)
    for row in ledger.execute("SELECT ref, kind, hash, subject FROM reference ORDER BY ref"):
        say("reference", *row)
    for row in ledger.execute("SELECT name, name_number, sha256, state, first_seen, decided FROM file ORDER BY name, name_number"):
        say("known file", *row)
    for row in ledger.execute("SELECT order_ref, ref, amount FROM payment ORDER BY order_ref, ref"):
        say("payment", *row)
    for row in ledger.execute("SELECT what, subject, file, at FROM log ORDER BY subject, what, file, number"):
        say("log", *row)
    for row in ledger.execute("SELECT certificate, product, region, state, by_command, attempts, since, next_try, "
                              "failing_since, output FROM deployment ORDER BY certificate, product, region"):
        say("deployment", *row)
    for row in ledger.execute("SELECT id, forerunner, successor, deployed, revoked, reason, deleted, due FROM certificate ORDER BY id"):
        say("what became of", *row)
    for row in ledger.execute("SELECT certificate, order_ref, amount, at FROM refund ORDER BY certificate, number"):
        say("refund", *row)
    for row in ledger.execute("SELECT certificate, issuer, attempts FROM outside ORDER BY certificate"):
        say("outside", *row)
    for row in ledger.execute("SELECT path, profile, recipient IS NOT NULL FROM archive ORDER BY path"):
        say("kept archive", *row)
    for (path,) in ledger.execute("SELECT path FROM output WHERE done = 0"):
        fault("output", path, "is not done")
    for row in ledger.execute("SELECT order_ref, count(*) FROM payment GROUP BY order_ref HAVING count(*) > 1"):
        fault("paid twice:", *row)
    for row in ledger.execute("SELECT certificate, not_before, not_after FROM issue ORDER BY certificate, not_before"):
        say("issue", *row)
    for row in ledger.execute("SELECT certificate, not_before FROM issue GROUP BY certificate, not_before HAVING count(*) > 1"):
        fault("issued twice:", *row)
    for name, sha, wrapped in ledger.execute("SELECT i.certificate, i.sha256, k.wrapped IS NOT NULL FROM issue i "
                                             "LEFT JOIN key k ON k.spki_sha256 = i.spki_sha256 "
                                             "JOIN (SELECT certificate, max(not_before) AS last FROM issue GROUP BY certificate) l "
                                             "ON l.certificate = i.certificate AND l.last = i.not_before ORDER BY i.certificate"):
        say("key of", name, "is here" if wrapped else "is not here")
        for archive, found in archives.get(name, {}).items():
            if found != sha.lower():
                fault(archive, "has another certificate than the present one")
    for (name,) in ledger.execute("SELECT id FROM certificate c WHERE status = 5 AND NOT EXISTS "
                                  "(SELECT 1 FROM issue WHERE certificate = c.id)"):
        fault(name, "is issued without a certificate")
    for name, sha in ledger.execute("SELECT path, sha256 FROM output WHERE kind = 1"):
        path = root / name
        if not path.exists():
            fault(name, "is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha.lower():
            fault(name, "is not what the ledger says was written")


def look_at_archives():
    found = {}
    for number, path in enumerate(sorted((root / "outbox/certificates").rglob("*.zip"))):
        try:
            sha = look_at_archive(path, not SHALLOW and number % DEEP == 0)
        except (zipfile.BadZipFile, OSError) as error:
            fault(path, error)
            continue
        if sha is not None:
            found.setdefault(path.parent.name, {})[path.name] = sha
    return found


# Every archive of a few, every twentieth of many.
DEEP = 1 if sum(1 for _ in (root / "outbox/certificates").rglob("*.zip")) <= 40 else 20
ISSUING = issuing_subject()
look_at_files()
look_at_ledger(look_at_archives())
print("\n".join(lines))
