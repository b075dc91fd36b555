#!/bin/bash
# Deployments without commands: what lies ready for each product and region, what is
# refused and why, and how a certificate is taken off again.
. "$(dirname "$0")/lib.sh"

# deploy REF CERTIFICATE TARGETS, undeploy: TARGETS as "slb:cn-hangzhou,cn-beijing cdn".
places() {
  local target region
  for target in $1; do
    printf '  <target product="%s">' "${target%%:*}"
    case $target in *:*)
      for region in $(printf '%s' "${target#*:}" | tr , ' '); do printf '<region>%s</region>' "$region"; done ;;
    esac
    printf '</target>\n'
  done
}
deploy() { printf '<deployment %s ref="%s" certificate="%s">\n%s\n</deployment>\n' "$xmlns" "$1" "$2" "$(places "$3")"; }
undeploy() { deploy "$@" | sed 's/deployment/undeployment/g'; }
# The texts of all faults and warnings of a receipt.
texts() { xpath "$(receipt "$1")" "//c:${2:-fault}/text()"; }
deployments() { show "$1" '[.deployments[] | "\(.product) \(.region // "-") \(.outcome)"] | join(", ")'; }
laid_out() { (cd "$INSTANCE/outbox/deploy" && find . -type f ! -name README.md -printf '%P\n' | sort | paste -sd ' '); }

new_instance
dv_order D-1 one.example.test | drop 1.xml
deploy DEP-1 D-1 'slb:cn-hangzhou,cn-beijing cdn' | drop 2.xml
run_at "$(at 1)"
expect_status 'an order and its deployment, in one run' 0
is_accepted 'the deployment is accepted' 2.xml
is 'it is deployed where it was asked for, on all regions where none was named' "$(deployments D-1.1)" \
  'cdn domestic deployed, cdn global deployed, cdn overseas deployed, slb cn-beijing deployed, slb cn-hangzhou deployed'
is 'each place has its archive and its manifest' "$(laid_out)" \
  'cdn/domestic/D-1.1.json cdn/domestic/D-1.1.zip cdn/global/D-1.1.json cdn/global/D-1.1.zip cdn/overseas/D-1.1.json cdn/overseas/D-1.1.zip slb/cn-beijing/D-1.1.json slb/cn-beijing/D-1.1.zip slb/cn-hangzhou/D-1.1.json slb/cn-hangzhou/D-1.1.zip'
is 'nobody else may read them' "$(find "$INSTANCE/outbox/deploy" -mindepth 1 ! -name README.md -perm /077 -print)" ''
like 'the receipt names the archives' "$(cat "$(receipt 2.xml)")" '<file>deploy/slb/cn-hangzhou/D-1.1.zip</file>'
ok 'the receipt is valid' xmllint --noout --nonet --schema "$source_dir/schemas/receipt.xsd" "$(receipt 2.xml)"

manifest=$INSTANCE/outbox/deploy/slb/cn-hangzhou/D-1.1.json
zip=${manifest%.json}.zip
mkdir slb && unzip -q -d slb "$zip"
is 'the archive is in the form of the target' "$(cd slb && ls | paste -sd ' ')" 'README.md fullchain.pem privkey.pem'
ok 'with the key of the certificate' key_fits slb/fullchain.pem slb/privkey.pem
is 'the manifest says what it is' "$(jq -r '"\(.certificate) \(.product) \(.region) \(.replaces) \(.domains | join(",")) \(.format)"' "$manifest")" \
  'D-1.1 slb cn-hangzhou null one.example.test nginx'
is 'with its serial' "$(jq -r .serialNumber "$manifest")" "$(openssl x509 -in slb/fullchain.pem -noout -serial | cut -d = -f 2)"
is 'the hash of the certificate' "$(jq -r .sha256 "$manifest")" "$(openssl x509 -in slb/fullchain.pem -outform DER | sha256sum | cut -d ' ' -f 1)"
is 'that of the archive' "$(jq -r .archiveSha256 "$manifest")" "$(sha256sum <"$zip" | cut -d ' ' -f 1)"
is 'and those of all its files' "$(jq -r '.files[] | "\(.sha256)  \(.name)"' "$manifest" | (cd slb && sha256sum -c 2>&1) | paste -sd ' ')" \
  'fullchain.pem: OK privkey.pem: OK README.md: OK'

# Pages.
page=$(cat "$INSTANCE/reports/certificate/D-1.1.md")
like 'the page shows the product by its title' "$page" '\| Server Load Balancer `slb` *\| cn-hangzhou *\| Deployed '
like 'the list names the products' "$(cat "$INSTANCE/reports/list/index.md")" 'D-1\.1.*`cdn`, `slb`'
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before -)" ''

# The same once more.
deploy DEP-1 D-1 'slb:cn-hangzhou,cn-beijing cdn' | drop again.xml
deploy DEP-2 D-1.1 'slb:cn-beijing,eu-west-1' | drop more.xml
before=$(sha256sum "$zip" "$manifest" "$INSTANCE/outbox/deploy/slb/cn-beijing/"*)
run_at "$(at 2)"
is_accepted 'the same document again is a repetition' again.xml
is 'and told to be one' "$(receipt_value again.xml '//c:item/@repeated')" true
is 'what has it already is told' "$(texts more.xml warning)" 'slb cn-beijing has D-1.1 already; nothing was done there again'
is 'and only the new place gets it' "$(deployments D-1.1 | tr ',' '\n' | grep -c deployed) $(sha256sum "$zip" "$manifest" "$INSTANCE/outbox/deploy/slb/cn-beijing/"*)" "6 $before"

# Partly wrong, wholly wrong: one line of each refusal is read here.
deploy DEP-3 D-1 'slb:cn-hangzou,us-west-1 sbl dcdn:global' | drop partly.xml
deploy DEP-4 D-1 'slb' | drop no-region.xml
deploy DEP-5 D-1 'slb:mars cdnn' | drop wrong.xml
run_at "$(at 3)"
expect_status 'a deployment in which nothing is right is rejected' 1
is 'one that is partly right is accepted, with warnings' "$(outcome partly.xml) $(texts partly.xml warning | cut -c 1-68)" \
  'accepted "cn-hangzou" is no region of slb; did you mean "cn-hangzhou"? It has
there is no product "sbl" to deploy to; did you mean "slb"? certdrop'
like 'which are told to whom looks at the run' "$(cat err)" 'partly\.xml: warning: line 2: "cn-hangzou" is no region of slb'
like 'and on the page of incoming files' "$(cat "$INSTANCE/reports/incoming/index.md")" 'cn-hangzou'
like 'what is right of it is done' "$(deployments D-1.1)" 'dcdn global deployed, .*slb us-west-1 deployed'
is_rejected 'SLB without a region' no-region.xml target-region
like 'with the reason' "$(texts no-region.xml)" '^slb needs the region of the instance: name it in a <region>, such as <region>cn-hangzhou</region>\.|^slb needs the region'
is_rejected 'an unknown region and an unknown product' wrong.xml 'target-product target-region'
like 'the known ones are named' "$(texts wrong.xml)" 'there is no product "cdnn" to deploy to; did you mean "cdn"\? certdrop.xml has: slb, cdn, scdn, dcdn'

# Refused by status or key.
order N-1 standard-dv-single | drop unpaid.xml
order P-1 standard-dv-single "$(payment_child "$(price standard-dv-single)")" | drop paid.xml
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout manual.key -subj /CN=m.example.test -out manual.csr 2>/dev/null
dv_order M-1 m.example.test "<csr mode=\"manual\">$(cat manual.csr)</csr>" | drop manual.xml
for id in N-1 P-1 M-1; do deploy "DEP-$id-x" $id cdn | drop "z-$id.xml"; done
run_at "$(at 4)"
is_rejected 'an unpaid certificate cannot be deployed' z-N-1.xml state
like 'with the reason' "$(texts z-N-1.xml)" 'N-1.1 is awaiting-payment: a deployment needs an issued certificate; this one is not paid yet'
is_rejected 'nor one that is not applied for' z-P-1.xml state
is_rejected 'nor one whose key is not here' z-M-1.xml private-key-missing
like 'with the reason' "$(texts z-M-1.xml)" 'M-1.1 has no private key here: its CSR was a manual one'

# check tells the same and changes nothing.
deploy DEP-9 D-1 'slb:ap-south-1 sbl' >check.xml
snapshot >before
certdrop -C "$INSTANCE" --at "$(at 5)" check --json check.xml
is 'check accepts it' "$(jq -r '.files[0].outcome // .[0].outcome // .outcome' out 2>/dev/null)" accepted
like 'and warns' "$(cat out)" 'did you mean'
is 'and changes nothing' "$(snapshot | diff before -)" ''

# Off again.
undeploy UN-1 D-1 'slb:cn-beijing,cn-shanghai cdn' | drop off.xml
undeploy UN-2 D-1 'scdn' | drop off-nowhere.xml
undeploy UN-3 D-1 'slb' | drop off-slb.xml
run_at "$(at 6)"
is 'what is deployed is taken off' "$(deployments D-1.1)" \
  'dcdn global deployed, slb cn-hangzhou deployed, slb eu-west-1 deployed, slb us-west-1 deployed'
is 'what is not is told' "$(texts off.xml warning)" \
  'D-1.1 is not deployed on slb cn-shanghai; it is on: cdn domestic, cdn global, cdn overseas, dcdn global, slb cn-beijing, slb cn-hangzhou, slb eu-west-1, slb us-west-1'
is_rejected 'from where it never was it cannot be taken off' off-nowhere.xml not-deployed
is_rejected 'nor from SLB without a region' off-slb.xml target-region
is 'archive and manifest are gone' "$(find "$INSTANCE/outbox/deploy/cdn" "$INSTANCE/outbox/deploy/slb/cn-beijing" -type f ! -name README.md)" ''
like 'the page tells it' "$(cat "$INSTANCE/reports/certificate/D-1.1.md")" 'Server Load Balancer `slb` *\| cn-beijing *\| Taken off '
like 'and its history' "$(cat "$INSTANCE/reports/certificate/D-1.1.md")" 'Undeployed.*slb cn-beijing, serial'
deploy DEP-10 D-1 'slb:cn-beijing' | drop back.xml
run_at "$(at 7)"
like 'it can be brought back' "$(deployments D-1.1)" 'slb cn-beijing deployed'

# A target that the configuration has no more; an expired certificate; no target at all.
sed -i '/<target product="dcdn"/d' "$INSTANCE/certdrop.xml"
undeploy UN-4 D-1 'dcdn' | drop off-dcdn.xml
run_at "$(at 8)"
is_accepted 'a product that is no longer configured can be left' off-dcdn.xml
unlike 'and is' "$(deployments D-1.1)" dcdn
undeploy UN-5 D-1 'slb:cn-hangzhou' | drop off-expired.xml
deploy DEP-11 D-1 'cdn' | drop expired.xml
run_at "$(at 0 0 380)"
is_status 'time goes on' D-1.1 expired
is_accepted 'an expired certificate can be taken off' off-expired.xml
is_rejected 'but not deployed' expired.xml state
like 'with the reason' "$(texts expired.xml)" 'D-1.1 is expired: an expired certificate cannot be deployed; renew it or buy a new one'
sed -i '/<target product=/,/>/d' "$INSTANCE/certdrop.xml"
dv_order D-2 two.example.test | drop two.xml
deploy DEP-12 D-2 'scdn' | drop two-scdn.xml
run_at "$(at 1 0 380)"
is_accepted 'a configuration without targets has those as shipped' two-scdn.xml
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before -)" ''
finish
