#!/bin/bash
# Deletion: the key is nowhere, the record stays, and nothing brings it back.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-keys.sh
. "$source_dir/tests/flow/lib-keys.sh"

INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" --at $T0 init
deletion() { # REF CERTIFICATE
  printf '<deletion %s ref="%s" certificate="%s"/>\n' "$xmlns" "$1" "$2"
}
error() { tr '\n' ' ' <"$INSTANCE/inbox/rejected/$1.xml.error.md" | tr -s ' '; }
codes_of_warnings() { xpath "$(receipt "$1")" '//c:warning/@code' | grep -o '"[^"]*"' | tr -d '"' | sort | paste -sd ' '; }
write_png letter.png

order OV-1 secure-ov-single "$(payment_child "$(price secure-ov-single)")
  $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)$(csr rsa-2048)")" >document.xml
package ov.zip document.xml letter.png
review REV-1 OV-1.1 approve | drop z-review.xml
order TWO standard-dv-single "<quantity>3</quantity>$(payment_child "$(price standard-dv-single 1 1 3)")" | drop two.xml
application APP-1 TWO.1 submit "$(domains one.example.test)$applicant" | drop z-app1.xml
application APP-2 TWO.2 submit "$(domains two.example.test)$applicant<download><format>pem</format><format>nginx</format></download>" | drop z-app2.xml
run_at "$(at 1)"
is_status 'a certificate is issued' OV-1.1 issued
is_status 'and another' TWO.2 issued
for id in OV-1.1 TWO.2 TWO.1; do keep_key $id; done
is 'the search finds a key that is there' "$(search TWO.2)" \
  'outbox/certificates/TWO.2/TWO.2_two.example.test_nginx.zip outbox/certificates/TWO.2/TWO.2_two.example.test_pem.zip state/ledger.db'

# While it watches, the ledger and its write-ahead log are open all the time.
"$CERTDROP" -C "$INSTANCE" --at "$(at 2)" watch >watch.out 2>&1 &
background=($!)
wait_for() { for _ in $(seq 1 150); do [ -e "$(receipt "$1")" ] && return; sleep 0.1; done; fail "$1 is decided" "$(cat watch.out)"; }
application APP-3 TWO.3 save "$(domains three.example.test)" | drop save.xml
wait_for save.xml
ok 'there is a write-ahead log' test -s "$INSTANCE/state/ledger.db-wal"
deletion DEL-2 TWO.2 | drop del2.xml
wait_for del2.xml
for _ in $(seq 1 100); do [ -s "$INSTANCE/state/ledger.db-wal" ] || break; sleep 0.1; done
is_accepted 'a certificate is deleted' del2.xml
is 'its key is nowhere below the instance, not even in the write-ahead log' "$(search TWO.2)" ''
is 'that of another one is where it was' "$(search TWO.1)" \
  'outbox/certificates/TWO.1/TWO.1_one.example.test_pem.zip state/ledger.db'
kill "${background[0]}"
wait "${background[0]}"
background=()
is 'watch has nothing to complain of' "$(grep -v -e accepted -e '^del2.xml: warning: ' watch.out)" ''

is 'it warns of what goes on, and says that it cannot be undone' "$(codes_of_warnings del2.xml)" 'deleted not-revoked'
like 'in words' "$(receipt_value del2.xml '//c:warning[@code="deleted"]')" 'its private key destroyed.*this cannot be undone'
is 'the receipt has no status for it' "$(receipt_value del2.xml 'concat(//c:certificate/@id,count(//c:certificate/@status))')" TWO.20
is 'show has it as deleted' "$(show TWO.2 .status)" deleted
is 'with the record of what it was' "$(show TWO.2 '.domains[0], (.serialNumber | length > 16), .history[-1].what' | paste -sd ' ')" 'two.example.test true deleted'
like 'in Markdown, too' "$("$CERTDROP" -C "$INSTANCE" show TWO.2)" 'Deleted.*Nov 23, 2026, 02:02 UTC.*cannot be undone'
like 'its order shows it as deleted' "$("$CERTDROP" -C "$INSTANCE" show TWO)" '`TWO\.2`.* \| Deleted'
is 'nothing is left of it in the outbox but receipts' "$(find "$INSTANCE/outbox" -type f -name '*TWO.2*')" ''
like 'its page says when, by which file, and that it stays' "$(cat "$INSTANCE/reports/certificate/TWO.2.md")" \
  'Deleted.*Nov 23, 2026, 02:02 UTC, by `del2\.xml`\. This cannot be undone'
like 'what it was' "$(cat "$INSTANCE/reports/certificate/TWO.2.md")" 'Bound Domains +\| `two\.example\.test`'
like 'and that it can be revoked' "$(cat "$INSTANCE/reports/certificate/TWO.2.md")" 'It was not revoked.*Make the revocation'
is 'but nothing of persons' "$(grep -il -e 'applicant' -e '@' "$INSTANCE"/reports/certificate/TWO.2.*)" ''
like 'the search finds it' "$(cat "$INSTANCE"/reports/search/i*.js)" '"TWO\.2","","Jun 11, 2027",\["two\.example\.test"\]'
is 'no list names it' "$(grep -rl 'TWO\.2' "$INSTANCE/reports/list" "$INSTANCE/reports/status" "$INSTANCE/reports/unissued" "$INSTANCE/reports/index.md")" ''
like 'the counts are right' "$(cat "$INSTANCE/reports/index.md")" '3 certificates'

cat >links.py <<'PYTHON'
import html, os, re, sys, urllib.parse
root = sys.argv[1]
for folder, _, names in os.walk(os.path.join(root, "reports")):
    for name in names:
        if not name.endswith(".html"):
            continue
        text = open(os.path.join(folder, name), encoding="utf-8").read()
        for link in re.findall(r'href="([^"#]+)', text):
            if "://" not in link and not os.path.exists(os.path.join(folder, urllib.parse.unquote(html.unescape(link)))):
                print(os.path.relpath(os.path.join(folder, name), root), link)
PYTHON
is 'every link of every page leads somewhere' "$(python3 links.py "$INSTANCE")" ''

# ---- Of OV: letter, attachment and mail hold personal data ---------------------------
ok 'an OV certificate has files about a person' grep -rq 'Applicant One' "$INSTANCE/outbox"
printf '<revocation %s ref="REV-OV" certificate="OV-1" reason="superseded"/>' "$xmlns" | drop rev.xml
run_at "$(at 3)"
deletion DEL-1 OV-1 | drop del1.xml
run_at "$(at 4)"
is_accepted 'a revoked one can be deleted' del1.xml
is 'and there is nothing to warn of' "$(codes_of_warnings del1.xml)" deleted
is 'its key is nowhere' "$(search OV-1.1)" ''
is 'of the person nothing is left in the outbox' "$(grep -rl -e 'OV-1' "$INSTANCE/outbox" | grep -v receipts; find "$INSTANCE/outbox" -name 'OV-1*' -type f)" ''
is 'nor on its page' "$(grep -il -e 'applicant' -e '@' "$INSTANCE"/reports/certificate/OV-1.1.*)" ''
like 'which tells of the revocation' "$(cat "$INSTANCE/reports/certificate/OV-1.1.md")" 'Reason +\| `superseded`'
is 'the folder of its archives is gone' "$(ls -d "$INSTANCE/outbox/certificates/OV-1.1" 2>/dev/null)" ''
crl=$(openssl crl -in "$INSTANCE/outbox/pki/issuing.crl" -text -noout)
like 'the revocation list covers it still' "$crl" "$(show OV-1.1 .serialNumber)"
run_at "$(at 0 0 5)"
crl=$(openssl crl -in "$INSTANCE/outbox/pki/issuing.crl" -text -noout)
like 'and so does the next one' "$crl" "$(show OV-1.1 .serialNumber)"

# ---- What cannot be -------------------------------------------------------------------
deletion DEL-3 TWO.2 | drop twice.xml
deletion DEL-2 TWO.2 | drop repeat.xml
application APP-4 TWO.2 submit "$(domains four.example.test)$applicant" | drop revive.xml
printf '<revocation %s ref="REV-2" certificate="TWO.2" reason="keyCompromise"/>' "$xmlns" | drop revoke.xml
dv_order PEND www.iana.org | drop pend.xml
deletion DEL-4 PEND | drop z-pending.xml
run_at "$(at 1 0 5)"
is_rejected 'it is not deleted twice' twice.xml deleted
like 'which says so' "$(error twice)" 'TWO\.2 was deleted; this cannot be undone'
is 'the same document again is repeated' "$(receipt_value repeat.xml '//c:item/@repeated')" true
is_rejected 'nothing brings it back' revive.xml deleted
is_rejected 'what is being verified is not deleted' z-pending.xml state
like 'which says what to do' "$(error z-pending)" 'withdraw it first'
is_accepted 'but what is in use somewhere can be revoked still' revoke.xml
unlike 'its page offers that no more' "$(cat "$INSTANCE/reports/certificate/TWO.2.md")" 'Make the revocation'
like 'it is on the list' "$(openssl crl -in "$INSTANCE/outbox/pki/issuing.crl" -text -noout)" "$(show TWO.2 .serialNumber)"
is 'it stays deleted' "$(show TWO.2 .status)" deleted
deletion DEL-5 TWO.3 | drop unissued.xml
run_at "$(at 2 0 5)"
is 'that what was paid is not given back is warned of' "$(codes_of_warnings unissued.xml)" 'deleted not-refunded'

# Where it is deployed, it stays.
deploy() { # KIND REF: of TWO.1
  printf '<%s %s ref="%s" certificate="TWO.1"><target product="slb"><region>cn-hangzhou</region></target></%s>' "$1" "$xmlns" "$2" "$1"
}
deploy deployment DEP-1 | drop a-deploy.xml
deletion DEL-6 TWO.1 | drop deployed.xml
run_at "$(at 3 0 5)"
is_accepted 'it is deployed' a-deploy.xml
is_rejected 'while it is deployed it is not deleted' deployed.xml deployed
like 'which says where' "$(error deployed)" 'cannot be deleted while it is deployed on slb \(cn-hangzhou\); undeploy it there first'
deploy undeployment UNDEP-1 | drop a-undeploy.xml
run_at "$(at 4 0 5)"
is_accepted 'it is taken off' a-undeploy.xml
deletion DEL-6 TWO.1 | drop gone.xml
run_at "$(at 5 0 5)"
is_accepted 'then it can be deleted' gone.xml
is 'no file of it is left, nor its key' "$(find "$INSTANCE/outbox" -name 'TWO.1*' -type f)$(search TWO.1)" ''
is 'then no key is left in the ledger but that of the CA' "$(sqlite3 "$INSTANCE/state/ledger.db" 'SELECT COUNT(*) FROM key WHERE wrapped IS NOT NULL')" 0

# ---- Taken off and deleted in one run ---------------------------------------------------
places() { # KIND REF CERTIFICATE PRODUCT
  printf '<%s %s ref="%s" certificate="%s"><target product="%s"/></%s>\n' "$1" "$xmlns" "$2" "$3" "$4" "$1"
}
configure '<target product="far"><command><argument>'"$work"'/far</argument></command></target><target product="cdn" regions="domestic global"/>'
printf '#!/bin/sh\necho "$CERTDROP_ACTION $CERTDROP_ID" >>"%s/far.log"\n[ ! -e "%s/far.down" ]\n' "$work" "$work" >far
chmod +x far
for id in ONE BOTH FAR FRESH; do dv_order $id $id.example.test | drop "a-$id.xml"; done
for id in ONE BOTH; do places deployment "DEP-$id" $id cdn | drop "b-$id.xml"; done
places deployment DEP-FAR FAR far | drop b-FAR.xml
run_at "$(at 6 0 5)"
is 'certificates are deployed' "$(for id in ONE BOTH FAR; do show $id.1 '.deployments[].outcome'; done | sort -u) $(paste -sd ' ' far.log)" 'deployed deploy FAR.1'
for id in ONE BOTH; do keep_key $id.1; done
places undeployment UN-ONE ONE cdn | drop c-ONE.xml
deletion DEL-ONE ONE | drop d-ONE.xml
{ places undeployment UN-BOTH BOTH cdn && deletion DEL-BOTH BOTH; } | batch | drop c-BOTH.xml
places undeployment UN-FAR FAR far | drop c-FAR.xml
deletion DEL-FAR FAR | drop d-FAR.xml
places deployment DEP-FRESH FRESH far | drop b-FRESH.xml
places undeployment UN-FRESH FRESH far | drop c-FRESH.xml
deletion DEL-FRESH FRESH | drop d-FRESH.xml
touch far.down
run_at "$(at 7 0 5)"
is_accepted 'where nothing has to be run to take it off, it can be deleted in the same run' d-ONE.xml
is_accepted 'and in the same batch' c-BOTH.xml
is 'it is' "$(show ONE.1 .status) $(show BOTH.1 .status)" 'deleted deleted'
is 'with all its files and its key' "$(find "$INSTANCE/outbox" -name 'ONE*' -type f -o -name 'BOTH*' -type f)$(search ONE.1)$(search BOTH.1)" ''
is 'the history tells both' "$(show ONE.1 '[.history[-5:][].what] | join(", ")')" 'undeploying, undeployed, undeploying, undeployed, deleted'
is_accepted 'where no command has run yet, too' d-FRESH.xml
is_rejected 'but not while a command has still to take it off' d-FAR.xml deployed
like 'which says what is next' "$(error d-FAR)" 'FAR\.1 cannot be deleted while it is being taken off far: the command there .* drop the deletion again'
is 'the command has run for it' "$(paste -sd ' ' far.log)" 'deploy FAR.1 remove FAR.1'
deletion DEL-FAR FAR | drop e-FAR.xml
run_at "$(at 8 0 5)"
is_rejected 'nor while that fails' e-FAR.xml deployed
rm far.down
run_at "$(at 20 0 5)"
deletion DEL-FAR FAR | drop f-FAR.xml
run_at "$(at 21 0 5)"
is_accepted 'once it has ended well, it can' f-FAR.xml

cp -r "$INSTANCE/reports" before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes' "$(diff -r before "$INSTANCE/reports")" ''
is 'and every link leads somewhere' "$(python3 links.py "$INSTANCE")" ''
finish
