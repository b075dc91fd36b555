#!/bin/bash
# The Big List of Naughty Strings in every free field shows up as text and as nothing else (I2): on
# the pages in a browser, in their Markdown, in what the search finds, in the feeds, in mail.
. "$(dirname "$0")/../flow/lib.sh"
. "$source_dir/tests/pages/lib.sh"
python=python3
$python -c 'import icalendar, feedparser' 2>/dev/null || python=/usr/bin/python3
list=$pages_dir/node_modules/big-list-of-naughty-strings/blns.json

# What is uploaded is another instance's.
new_instance other
python3 "$source_dir/tests/bench/make-orders.py" "$INSTANCE/inbox" 1 520
run_at "$(at 1)"

new_instance
write_png letter.png
sed -i 's|<organization [^>]*/>|<organization name="\&lt;script\&gt;alert(\&quot;o\&quot;)\&lt;/script\&gt; =1+1" email="certificates@example.test"/>|' "$INSTANCE/certdrop.xml"
ok 'documents of all strings are dropped' python3 "$pages_dir/make-naughty.py" "$list" letter.png \
  "$work/other/outbox/certificates" "$INSTANCE/inbox" expected
strings=$(wc -l <expected)
run_at "$(at 1)"
is 'every string that a field can hold is taken in every field' \
  "$(grep -l 'outcome="accepted"' "$INSTANCE"/outbox/receipts/[nru]-*.receipt.xml | wc -l)" $((3 * strings))
ok "they are many: $strings" test "$strings" -gt 400
is 'files that bear one as their name are refused' "$(find "$INSTANCE/inbox/rejected" -name '*.error.md' | wc -l)" \
  "$(jq 'unique | length' "$list")"

"$node" "$pages_dir/markdown.js" "$INSTANCE/reports" >markdown.tap 2>markdown.err
take_tap markdown.tap 'the reading of the Markdown came to its end' markdown.err
"$node" "$pages_dir/naughty.js" "$INSTANCE" expected >naughty.tap 2>naughty.err
take_tap naughty.tap 'the look at the pages came to its end' naughty.err
is 'every error file is Markdown without markup of theirs' "$("$node" "$pages_dir/naughty.js" "$INSTANCE" markdown 2>&1)" ''

cat >feeds.py <<'PY'
import csv, email, email.policy, json, pathlib, re, sys
import feedparser, icalendar

instance = pathlib.Path(sys.argv[1])
reports = instance / "reports"
texts = {t["number"]: t for t in map(json.loads, open("expected", encoding="utf-8"))}
organization = '<script>alert("o")</script> =1+1'

for name in ("certificates.csv", "requests.csv"):
    rows = list(csv.DictReader(open(reports / name, newline="", encoding="utf-8"), strict=True))
    for row in rows:
        for cell in row.values():
            if cell is None or re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]", cell): print(f"{name}: {row}")
    if name == "certificates.csv":
        named = {row["id"]: row["name"] for row in rows}
        for number, text in texts.items():
            got = named[f"U-{number}.1"]
            if (got[1:] if got.startswith("'") else got) != text["short"]: print(f"{name}: {got!r}: {text['short']!r}")
calendar = icalendar.Calendar.from_ical((reports / "expiry.ics").read_bytes())
if calendar.errors or [c.errors for c in calendar.walk() if c.errors]: print("expiry.ics:", calendar.errors)
allowed = {"UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "CATEGORIES", "TRANSP", "CLASS", "URL", "STATUS", "SEQUENCE", "LAST-MODIFIED", "CREATED", "X-CERTDROP-NUMBER"}
for event in calendar.walk("VEVENT"):
    if set(event) - allowed: print("expiry.ics:", set(event) - allowed)
feed = feedparser.parse((reports / "activity.atom").read_bytes())
if feed.bozo: print("activity.atom:", feed.bozo_exception)
if feed.feed.title != f"Certificates of {organization}": print("activity.atom:", feed.feed.title)
for entry in feed.entries:
    for link in entry.links:
        if not (reports / link.href).exists(): print("activity.atom:", link)
headers = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
           "auto-submitted", "reply-to", "content-language", "content-disposition", "x-auto-response-suppress"}
mails = list(instance.glob("outbox/mail/*.eml"))
for path in mails:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    if message.defects or {k.lower() for k in message.keys()} - headers: print(path.name, message.defects, message.keys())
    if [a.addr_spec for a in message["To"].addresses] != ["applicant@example.test"]: print(path.name, message["To"])
    number = int(re.match(r"N-(\d+)", path.name)[1])
    # Python keeps the space between encoded words, which RFC 2047 (6.2) drops.
    name = re.sub(r"\s", "", message["To"].addresses[0].display_name)
    if name not in ("", re.sub(r"\s", "", texts[number]["short"])): print(path.name, message["To"])
if len(mails) < len(texts): print("mails:", len(mails))
PY
is 'feeds and mail say the strings and nothing by them' "$($python feeds.py "$INSTANCE" 2>&1 | head -n 20)" ''
finish
