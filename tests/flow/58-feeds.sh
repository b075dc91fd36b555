#!/bin/bash
# The feeds read as they were meant in parsers that others wrote, whatever people put into
# names; and each run leaves them as `report` makes them.
. "$(dirname "$0")/lib.sh"

# Debian's, which has the modules; another python3 may come before it.
python=/usr/bin/python3
[ -x $python ] || python=python3

new_instance
reports=$INSTANCE/reports
write_png letter.png
strings=(
  '=HYPERLINK("http://127.0.0.1:9/","x")'
  '+1+1'
  '-2'
  '@SUM(1;2)'
  "'quoted"
  '＝1'
  'a,b;c\d"e" \n'
  '&amp; &lt;b&gt; ]]&gt; {x="y"} # HELP x 1'
  'Ä ß 例子 ☕ 𝕏 é naïve, long enough to be folded'
)
sed -i 's|name="Example Operations" email|name="a,b;c\\d \&lt;é 例\&gt; \&quot;x\&quot;" email|' "$INSTANCE/certdrop.xml"
sed -i 's|brand="[^"]*" title="[^"]*" validation="dv" names="multiple"|brand="B;," title="T; \\ 例子 ☕, x" validation="dv" names="multiple"|' "$INSTANCE/catalog.xml"
decode() { printf '%s' "$1" | python3 -c 'import html, sys; print(html.unescape(sys.stdin.read()), end="")'; }
n=0
for text in "${strings[@]}"; do
  n=$((n + 1))
  firm=${company/Example Operations/${text//\"/&quot;}}
  order "N-$n" secure-ov-single "$(payment_child "$(price secure-ov-single)")
    $(application_child "$(domains www.iana.org)$applicant$firm$(attachments confirmationLetter letter.png)")" >document.xml
  package "n-$n.zip" document.xml letter.png
  review "NR-$n" "N-$n.1" approve '' "$text" | drop "r-$n.xml"
  decode "$text" >"text-$n"
  order "NB-$n" standard-dv-single "<quantity>$text</quantity>" | drop "$(tr / . <"text-$n").xml"
done
order IN-1 inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")
  $(application_child "$(domains one.example.test two.example.test)$applicant")" | drop in.xml
order UN-1 standard-dv-single | drop unpaid.xml
dv_order DV-1 dv.example.test | drop dv.xml
echo 'no document' | drop 'not,xml'
run_at $T0
run_at "$(at 1)"

is 'they can be read by all' "$(cd "$reports" && stat -c '%a %n' ./*.csv ./*.json ./*.ics ./*.atom ./*.prom | grep -vc '^644')" 0
json=$reports/certificates.json
ok 'the JSON is valid' jq -e . "$json"
is 'it has each certificate' "$(jq -r '.certificates[].id' "$json" | sort | paste -sd ' ')" \
  "$(sqlite3 "$INSTANCE/state/ledger.db" 'SELECT id FROM certificate ORDER BY id' | paste -sd ' ')"
# What `show` says, too, is the same.
for id in DV-1.1 UN-1.1 N-3.1; do
  fields='{id, order, product, status, domains, notBefore, notAfter, termEnd, serialNumber, sha256, keyAlgorithm, issuer, uploaded, name, forerunner, successor, due, failingSince, revoked}'
  is "$id is what show says" "$(jq -cS ".certificates[] | select(.id == \"$id\") | $fields" "$json")" \
    "$("$CERTDROP" -C "$INSTANCE" show --json "$id" | jq -cS "$fields")"
done

# What the contract says that `show --json` has, it has, null or empty where there is nothing yet.
for id in DV-1.1 UN-1.1; do
  is "show has all members of $id" "$("$CERTDROP" -C "$INSTANCE" show --json "$id" | jq -c '
    ["id", "order", "product", "status", "domains", "notBefore", "notAfter", "termEnd", "serialNumber", "sha256", "keyAlgorithm",
     "issuer", "uploaded", "deployments", "history"] - keys + (.history[0] | ["at", "what", "file"] - keys)')" '[]'
done
is 'and of an order' "$("$CERTDROP" -C "$INSTANCE" show --json DV-1 | jq -c '["id", "product", "quantity", "years", "nameCount",
  "autoRenew", "price", "currency", "paid", "payments", "certificates", "history"] - keys + (.certificates[0] | ["id", "status"] - keys)')" '[]'
is 'with its payment' "$("$CERTDROP" -C "$INSTANCE" show --json DV-1 | jq -c '.payments[0] | [.reference, .amount, .currency]')" \
  "[\"TX-1\",\"$(price standard-dv-single)\",\"CNY\"]"

cat >feeds.py <<'PY'
import csv, datetime, json, pathlib, re, sqlite3, subprocess, sys
import feedparser, icalendar
from prometheus_client.parser import text_string_to_metric_families

instance, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
reports = instance / "reports"
texts = [pathlib.Path(f"text-{n}").read_text() for n in range(1, count + 1)]
known = {c["id"]: c for c in json.loads((reports / "certificates.json").read_text())["certificates"]}
issued = {i: c for i, c in known.items() if c["status"] == "issued"}

def say(what, good, *why):
    print(f"{'ok' if good else 'not ok'} {what}")
    if not good:
        print(f"#   {why!r}"[:2000])

def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())

def table(name):
    raw = (reports / name).read_bytes()
    say(f"{name} has a record a line, ended as RFC 4180 wants it", raw.count(b"\n") == raw.count(b"\r\n") and raw.endswith(b"\r\n"))
    with open(reports / name, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, strict=True))
    cells = [cell for row in rows for cell in row.values()]
    say(f"{name} has the same columns in all rows", all(None not in row and None not in row.values() for row in rows))
    say(f"{name} has no cell that a spreadsheet would run", not [c for c in cells if re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]", c)])
    return [{k: v[1:] if v.startswith("'") else v for k, v in row.items()} for row in rows]

rows = table("certificates.csv")
flat = lambda v: "" if v is None else " ".join(v) if isinstance(v, list) else str(v).lower() if isinstance(v, bool) else str(v)
say("certificates.csv has what certificates.json has", rows == [{k: flat(v) for k, v in c.items()} for c in known.values()], rows[:2])

rows = table("requests.csv")
kept = {p.name for d in ("done", "rejected") for p in (instance / "inbox" / d).iterdir() if not p.name.endswith(".error.md")}
say("requests.csv names each file as it is called", {row["file"] for row in rows} == kept, {row["file"] for row in rows} ^ kept)
bad = {row["ref"]: row for row in rows if row["ref"].startswith("NB-")}
say("and why each document was refused", len(bad) == count and all(r["outcome"] == "rejected" and r["codes"] and r["reasons"] for r in bad.values()), bad)
say("with the value that was wrong in it", any('"-2"' in r["reasons"] for r in bad.values()), [r["reasons"] for r in bad.values()])
say("what was accepted stands beside it", {r["outcome"] for r in rows if r["kind"] == "review"} == {"accepted"})
say("a file that is no document is a line, too", [r["codes"] for r in rows if r["file"] == "not,xml"] == ["file-kind"])

prom = (reports / "metrics.prom").read_text()
families = {f.name: f for f in text_string_to_metric_families(prom)}
ends = {s.labels["certificate"]: s for s in families["x509_cert_not_after"].samples}
say("the metrics have the certificates", set(ends) == set(issued), set(ends) ^ set(issued))
say("with their ends", all(ends[i].value == seconds(c["notAfter"]) for i, c in issued.items()))
say("and their serial numbers, in decimal", all(int(ends[i].labels["serial_number"]) == int(c["serialNumber"], 16) for i, c in issued.items()))
say("and the names in them, letter by letter", all(ends[f"N-{n}.1"].labels["subject_O"] == t for n, t in enumerate(texts, 1)),
    [ends[f"N-{n}.1"].labels["subject_O"] for n in range(1, count + 1)])
say("none of them has run out", {s.value for s in families["x509_cert_expired"].samples} == {0})
counts = {s.labels["status"]: s.value for s in families["certdrop_certificates"].samples}
say("the counts by status are right", counts["issued"] == len(issued) and sum(counts.values()) == len(known), counts)
files = {s.labels["outcome"]: s.value for s in families["certdrop_files"].samples}
done = len(list((instance / "inbox/done").iterdir()))
say("files are counted", files == {"accepted": done, "rejected": len(kept) - done}, files)
ledger = sqlite3.connect(f"file:{instance}/state/ledger.db?mode=ro", uri=True)
say("the entries of the log, too", families["certdrop_log_entries"].samples[0].value == ledger.execute("SELECT COUNT(*) FROM log").fetchone()[0])
say("no sample has a time", not re.search(r"^[^#\n]* \S+ \d+$", re.sub(r"\{.*\}", "", prom), re.M))

raw = (reports / "expiry.ics").read_bytes()
say("the calendar's lines are folded", all(len(line) <= 75 for line in raw.split(b"\r\n")) and raw.count(b"\n") == raw.count(b"\r\n"))
calendar = icalendar.Calendar.from_ical(raw)
say("and it has no part that its reader complains of", not calendar.errors and not [c.errors for c in calendar.walk() if c.errors])
organization = 'a,b;c\\d <é 例> "x"'
say("it is named after the organisation, letter by letter", str(calendar["NAME"]) == f"Certificates of {organization}", calendar["NAME"])
events = {str(e["UID"]): e for e in calendar.walk("VEVENT")}
expiry = {u.split(".expiry@")[0].rsplit(".", 1)[0]: e for u, e in events.items() if ".expiry@" in u}
say("each certificate has the day of its expiry", {i: e["DTSTART"].dt.timestamp() for i, e in expiry.items()} ==
    {i: seconds(c["notAfter"]) + 1 for i, c in issued.items()}, expiry)
inhouse = expiry["IN-1.1"]
say("text of the catalogue is text", inhouse["DESCRIPTION"].startswith("B;, T; \\ 例子 ☕, x, for one.example.test, two.example.test. Nothing renews it"), inhouse["DESCRIPTION"])
alarms = [a["TRIGGER"].dt.days for a in inhouse.walk("VALARM")]
say("with alarms where nothing renews it", alarms == [-60, -30, -14, -7, -1], alarms)
say("and none where certdrop does", not expiry["DV-1.1"].walk("VALARM"))
say("but the day of that", [u for u in events if u.startswith("DV-1.1.") and ".renewal@" in u])

feed = feedparser.parse((reports / "activity.atom").read_bytes())
say("the Atom feed is well formed", not feed.bozo, feed.get("bozo_exception"))
say("and is Atom 1.0", feed.version == "atom10", feed.version)
say("with the organisation as text", feed.feed.title == f"Certificates of {organization}" and feed.feed.author == organization, feed.feed)
ids = [e.id for e in feed.entries]
say("each entry has an ID of its own", ids and len(set(ids)) == len(ids))
say("and a time, newest first", [e.updated_parsed for e in feed.entries] == sorted((e.updated_parsed for e in feed.entries), reverse=True))
links = {link.href for e in feed.entries for link in e.links}
say("what it links to is there", all((reports / link).exists() for link in links), links)
say("as the feed itself does", all((reports / link.href).exists() for link in feed.feed.links), feed.feed.links)
summaries = " ".join(e.summary for e in feed.entries)
say("certificates and files are named", all(f"r-{n}.xml" in summaries for n in range(1, count + 1)), summaries)
PY
$python feeds.py "$INSTANCE" ${#strings[@]} >feeds.out 2>feeds.err
is 'all parsers came to the end' $? 0
[ ! -s feeds.err ] || sed 's/^/# /' feeds.err
while IFS= read -r line; do
  case $line in
  'ok '*) pass "${line#ok }" ;;
  'not ok '*) fail "${line#not ok }" ;;
  *) echo "$line" ;;
  esac
done <feeds.out
ok 'promtool has nothing to say against the metrics' promtool check metrics <"$reports/metrics.prom"

# ---- Step by step, and anew ----

feeds() { (cd "$reports" && sha256sum ./*.csv ./*.json ./*.ics ./*.atom ./*.prom); }
same_as_anew() {
  feeds >stepwise
  certdrop -C "$INSTANCE" report
  is "$1" "$(feeds | diff stepwise -)" ''
}
same_as_anew 'the feeds are those that report makes'
stat -c '%i %n' "$reports"/*.csv "$reports"/*.json "$reports"/*.ics "$reports"/*.atom >inodes
run_at "$(at 1)"
is 'a run with nothing to do writes none of them but the metrics' \
  "$(stat -c '%i %n' "$reports"/*.csv "$reports"/*.json "$reports"/*.ics "$reports"/*.atom | diff inodes -)" ''
# Several blocks, of which the first, one in the middle and the last change.
for n in $(seq 330); do order "B-$n" standard-dv-single; done | batch | drop many.xml
run_at "$(at 2)"
same_as_anew 'many new lines are added as report does'
for n in 1 150 329; do payment "BP-$n" "B-$n" "$(price standard-dv-single)" | drop "pay-$n.xml"; done
payment UP-1 UN-1 "$(price standard-dv-single)" | drop pay-un.xml
run_at "$(at 3)"
same_as_anew 'and changed ones among them'
is 'each certificate has one line' "$(jq -r '.certificates[].id' "$json" | sort | uniq -d | wc -l) $(jq '.certificates | length' "$json")" "0 $((${#strings[@]} + 333))"
jq -r '.certificates[] | "\(.id) \(.status)"' "$json" >statuses
is 'the present one' "$(grep -E '^(B-150|UN-1|B-2)\.1' statuses | paste -sd ' ')" 'UN-1.1 paid B-2.1 awaiting-payment B-150.1 paid'
# A waiting file is no line until it is decided, then in its place.
application WA W-1.1 submit "$(domains w.example.test)$applicant" | drop waits.xml
run_at "$(at 4)"
unlike 'a waiting file is not among the requests' "$(cat "$reports/requests.csv")" 'waits\.xml'
order W-1 free-dv-single | drop wanted.xml
run_at "$(at 5)"
like 'but when it is decided' "$(cat "$reports/requests.csv")" 'waits\.xml.*,application,WA,accepted'
same_as_anew 'in its place'

# Whatever became of a feed, the next change makes it whole.
truncate -s 3000 "$reports/certificates.csv"
sed -i 's/^number/nummer/' "$reports/requests.csv"
sed -i '$d' "$json"
payment BP-7 B-7 "$(price standard-dv-single)" | drop pay-7.xml
run_at "$(at 6)"
same_as_anew 'feeds that were spoilt are made anew'
printf '\n' >>"$json"
rm "$reports/certificates.csv" "$reports/expiry.ics" "$reports/activity.atom" "$reports/metrics.prom"
ln -s /etc/passwd "$reports/certificates.csv"
payment BP-8 B-8 "$(price standard-dv-single)" | drop pay-8.xml
run_at "$(at 7)"
ok 'a link in the place of a feed is not followed' test ! -L "$reports/certificates.csv"
same_as_anew 'and so are those that were lost'

# The events of a calendar keep their names.
uids() { tr -d '\r' <"$reports/expiry.ics" | grep '^UID:'; }
uids | grep -v renewal >before.uids
run_at "$(at 0 0 150)"
is 'an event keeps its UID when its day moves' "$(uids | grep -v renewal | diff before.uids - | grep -c '^<')" 0
run_at "$(at 0 0 300)"
run_at "$(at 0 0 400)"
same_as_anew 'after expiry and renewals they are those of report, too'
like 'what has run out says so' "$(cat "$reports/metrics.prom")" '^x509_cert_expired\{certificate="IN-1\.1".* 1$'
ok 'promtool agrees' promtool check metrics <"$reports/metrics.prom"

# The pages lead to them.
like 'the overview names them' "$(cat "$reports/index.md")" '\[certificates.csv\]\(certificates.csv\)'
like 'each page its Atom feed' "$(cat "$reports/certificate/DV-1.1.html")" 'type="application/atom\+xml" title="Activity" href="../activity.atom"'

# A new instance has all of them, with nothing in them.
new_instance empty
reports=$INSTANCE/reports
for name in certificates.csv certificates.json requests.csv expiry.ics activity.atom metrics.prom; do
  ok "$name is there from the start" test -s "$reports/$name"
done
is 'the JSON is empty' "$(jq -c .certificates "$reports/certificates.json")" '[]'
is 'the Atom feed is well formed' "$($python -c 'import feedparser, sys; f = feedparser.parse(open(sys.argv[1], "rb").read()); print(f.bozo, len(f.entries))' "$reports/activity.atom")" 'False 0'
ok 'promtool takes the metrics' promtool check metrics <"$reports/metrics.prom"
is 'the calendar is one' "$($python -c 'import icalendar, sys; print(icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read()).name)' "$reports/expiry.ics")" VCALENDAR
run_at $T0
same_as_anew 'a first run changes nothing in that'
finish
