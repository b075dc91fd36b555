#!/bin/bash
# Deployments by place, the activity, the chain and the operations of a certificate's page, the
# help of each kind: read against the ledger, openssl and the schemas.
. "$(dirname "$0")/lib.sh"

new_instance
reports=$INSTANCE/reports
count() { find "$reports/$1" -name "$2" | wc -l; } # FOLDER PATTERN
sql() { sqlite3 -separator $'\t' "$INSTANCE/state/ledger.db" "$1"; }
# By product and region: deployed, failed, waiting, leaving.
places() {
  sql "SELECT product, CASE region WHEN '' THEN 'all' ELSE region END, SUM(state = 2), SUM(state = 3), SUM(state = 1), SUM(state = 4)
    FROM deployment WHERE state < 5 GROUP BY product, region ORDER BY product, region"
}
page() { rows deployments/index | grep -P '\t[0-9]+\t[0-9]+\t' | cut -f 1-6 | sed -E 's/^.* ([a-z]+\t)/\1/' | sort; }
target() { # PRODUCT CERTIFICATE REF REGIONS [undeployment]
  local kind=${5-deployment}
  printf '<%s %s ref="%s" certificate="%s"><target product="%s">%s</target></%s>\n' "$kind" "$xmlns" "$3" "$2" "$1" \
    "$(for region in $4; do printf '<region>%s</region>' "$region"; done)" "$kind"
}

# ---- Deployments ------------------------------------------------------------
cat >push <<'SH'
#!/bin/sh
echo "pushing $CERTDROP_ID to $CERTDROP_REGION"
[ "$CERTDROP_REGION" != south ] || { echo 'the south is closed'; exit 1; }
SH
chmod +x push
configure "<target product=\"web\" title=\"Web servers\" regions=\"north south\" format=\"nginx\"><command><argument>$work/push</argument></command></target>
  <target product=\"box\" title=\"The box\" format=\"pem\"/>"
run_at "$T0"
like 'where nothing is, it says so' "$(cat "$reports/deployments/index.md")" 'Nothing is deployed yet'
like 'and where it could be' "$(cat "$reports/deployments/index.md")" '^  - Web servers `web`: north, south'
for n in $(seq 1 105); do dv_order "D-$n" "d$n.example.test"; done | batch | drop orders.xml
run_at "$(at 1)"
for n in 1 2 3 104; do target web "D-$n" "DEP-$n" 'north south'; done | batch | drop deploy.xml
target box D-2 DEP-B '' | drop box.xml
run_at "$(at 2)"
expect_status 'a run with deployments that fail' 1
is 'each place is counted' "$(page)" "$(places)"
like 'what fails is told with what was said' "$(rows deployments/index Failed)" $'^D-1\\.1\tweb\tsouth\t.*the south is closed'
like 'a place leads to its page' "$(cat "$reports/deployments/index.html")" 'href="\.\./deployments/web@north\.html">north<'
is 'which has the certificates there, block by block' "$(rows deployments/web@north | tail -n +2 | cut -f 1 | sed 's/ .*//' | paste -sd ' ')|$(rows deployments/web@north@0 | tail -n +2 | cut -f 1 | sed 's/ .*//' | paste -sd ' ')" \
  'D-104.1|D-3.1 D-2.1 D-1.1'
like 'with the end of what is there' "$(rows deployments/web@north@0)" $'^D-1\\.1 serial [0-9A-F]+\tDeployed\t.*\td1.example.test\tJun 11, 2027\tpushing D-1.1 to north'
is 'a product without regions is one place' "$(rows deployments/box@_ | tail -n +2 | cut -f 1,2 | sed 's/ serial [0-9A-F]*//')" $'D-2.1\tDeployed'
like 'the overview leads there' "$(cat "$reports/index.md")" '\[See all, with what was said\]\(deployments/index.md\)'
same_as_anew 'it is what report makes anew'
target web D-104 UN-1 north undeployment | drop un.xml
run_at "$(at 3)"
is 'what is taken off is there no more, nor is its page' "$(page)|$(count deployments '*@north@1.*')" "$(places)|0"
is 'the page of the place is that of the block that is left' "$(rows deployments/web@north | tail -n +2 | wc -l)" 3
target box D-2 UN-2 '' undeployment | drop un-box.xml
run_at "$(at 4)"
is 'a place where nothing is has no page' "$(count deployments 'box*')" 0
same_as_anew 'as report makes it'
configure ''
run_at "$(at 5)"
like 'a target that is configured no more is said to be' "$(rows deployments/index)" $'^web\tnorth\t3\t.*no such target is configured any more'

# ---- Activity ---------------------------------------------------------------
entries=$(sql 'SELECT COUNT(*) FROM log')
blocks=$(((entries + 99) / 100))
is 'the log is cut into blocks' "$(count activity '[0-9]*.md')" "$blocks"
is 'which have each entry once' "$(for n in $(seq 0 $((blocks - 1))); do rows "activity/$n" | tail -n +2; done | wc -l)" "$entries"
is 'with what it is about and by which file' "$(rows activity/0 | tail -n +2 | cut -f 3,4)" \
  "$(sql "SELECT subject, COALESCE(file, '--') FROM log WHERE number <= 100 ORDER BY number DESC")"
full=$(sha256sum <"$reports/activity/0.html")
dv_order X-1 x.example.test | drop x.xml
run_at "$(at 6)"
is 'a full block stays what it is' "$(sha256sum <"$reports/activity/0.html")" "$full"
is 'the newest is the entry page' "$(rows activity/index | sed -n 2p | cut -f 3,4)" $'X-1.1\tx.xml'
like 'an entry leads to its certificate' "$(cat "$reports/activity/index.html")" 'href="\.\./certificate/X-1\.1\.html"'
printf '<deletion %s ref="DEL-1" certificate="X-1"/>\n' "$xmlns" | drop del.xml
run_at "$(at 7)"
like 'also when it is deleted' "$(cat "$reports/activity/index.html")" 'certificate/X-1\.1\.html'
same_as_anew 'report agrees'
certdrop -C "$INSTANCE" verify
expect_status 'and verify finds the counts right' 0
sqlite3 "$INSTANCE/state/ledger.db" "UPDATE place_block SET deployments = 9 WHERE region = 'south'"
certdrop -C "$INSTANCE" verify
like 'or tells where one is not' "$(cat out err)" 'at web south [0-9]+ deployments are of state 3, and it is said to be'
sqlite3 "$INSTANCE/state/ledger.db" "UPDATE place_block SET deployments = (SELECT COUNT(*) FROM deployment d JOIN certificate c ON c.id = d.certificate WHERE d.region = 'south' AND (c.number - 1) / 100 = block AND d.state = place_block.state) WHERE region = 'south'"

# ---- A certificate's page ---------------------------------------------------
unpack D-5.1 pem five
page=$reports/certificate/D-5.1.md
one() { openssl x509 -in "$1" -noout -nameopt RFC2253,sep_comma_plus_space,space_eq,-dn_rev "-$2" | sed "s/^$2=//"; }
is 'the chain is shown from the certificate to the root' "$(rows certificate/D-5.1 Chain | tail -n +2 | cut -f 1 | sed -E 's/ [0-9a-f]{64}$//' | paste -sd ';')" \
  "$(for file in five/cert.pem "$INSTANCE/outbox/pki/issuing.pem" "$INSTANCE/outbox/pki/root.crt"; do one "$file" subject; done | paste -sd ';')"
is 'each with its issuer' "$(rows certificate/D-5.1 Chain | tail -n +2 | cut -f 2 | paste -sd ';')" \
  "$(one five/cert.pem issuer);$(one "$INSTANCE/outbox/pki/issuing.pem" issuer);itself: a root"
is 'its days' "$(rows certificate/D-5.1 Chain | sed -n 2p | cut -f 3,4)" $'Nov 23, 2026\tJun 11, 2027'
is 'and its fingerprint' "$(rows certificate/D-5.1 Chain | sed -n 3p | grep -oE '[0-9a-f]{64}')" "$(openssl x509 -in "$INSTANCE/outbox/pki/issuing.pem" -outform DER | sha256sum | cut -d ' ' -f 1)"
is 'the pin is that of the key' "$(rows certificate/D-5.1 Certificate | grep pin-sha256 | cut -f 2)" \
  "$(openssl x509 -in five/cert.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64)"
like 'what is not possible says why' "$(cat "$page")" '^  - Undeployment: it is deployed nowhere'
like '  also where it is deployed' "$(cat "$reports/certificate/D-1.1.md")" '^  - Deletion: it is deployed; undeploy it first'
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own.key -subj /CN=own.example.test -addext subjectAltName=DNS:own.example.test -out own.csr 2>/dev/null
dv_order OWN-1 own.example.test "<csr mode=\"manual\">$(cat own.csr)</csr>" | drop own.xml
order PAY-ME standard-dv-single | drop pay.xml
run_at "$(at 8)"
like '  and where the key is not here' "$(cat "$reports/certificate/OWN-1.1.md")" '^  - Deployment: its private key stayed with the applicant'
unlike 'a list offers what is possible' "$(grep OWN-1 "$reports/list/index.md")" 'Deploy to Product'
like '  and leads to the form of its payment, filled in' "$(cat "$reports/status/awaiting-payment/index.html")" \
  "request/payment\.html#order=PAY-ME&amp;amount=$(price standard-dv-single)&amp;currency=CNY\">Pay<"
like 'so does the overview' "$(cat "$reports/index.html")" "request/payment\.html#order=PAY-ME&amp;amount=$(price standard-dv-single)"

# ---- Help -------------------------------------------------------------------
for kind in $("$CERTDROP" new --help 2>&1 | grep -oE '^ +[a-z]+' | tr -d ' ' | sort -u) order payment application withdrawal review issuance upload download deployment undeployment renewal revocation deletion; do
  [ -e "$reports/request/$kind.md" ] || continue
  # Every element and attribute of the example has a row.
  missing=$("$CERTDROP" new "$kind" | python3 -c '
import sys, xml.etree.ElementTree as tree
def walk(element, path):
    for name in element.attrib: yield path + "@" + name
    for child in element:
        name = child.tag.split("}")[1]
        yield path + name
        yield from walk(child, path + name + "/")
for path in walk(tree.parse(sys.stdin).getroot(), ""): print(path)' | sort -u | comm -23 - <(rows "request/$kind" 'What it may hold' | cut -f 1 | sort -u))
  [ -z "$missing" ] || fail "the help of $kind has all parts of its example" "$missing"
done
pass 'the help of each kind has all parts of its example'
like 'with what each is for' "$(rows request/payment 'What it may hold')" $'^@amount\tyes\tAmount: '
is 'every fault has its line' "$(rows request/faults | tail -n +2 | cut -f 1)" "$(sed -n 's/^FAULT("\([^"]*\)".*/\1/p' "$source_dir/src/request/fault-codes.def")"
finish
