#!/bin/bash
# Targets that change between two runs, that hang, that others fetch from; and many
# deployments at once.
. "$(dirname "$0")/lib.sh"

configure() { # the targets on standard input beside those as shipped
  awk -v more="$(cat)" '/<\/configuration>/ { print more } { print }' "$work/shipped.xml" >"$INSTANCE/certdrop.xml"
}
deploy() { # REF CERTIFICATE TARGETS: "web", "web:north,south"
  local target region
  printf '<deployment %s ref="%s" certificate="%s">' "$xmlns" "$1" "$2"
  for target in $3; do
    printf '<target product="%s">' "${target%%:*}"
    case $target in *:*)
      for region in $(printf '%s' "${target#*:}" | tr , ' '); do printf '<region>%s</region>' "$region"; done ;;
    esac
    printf '</target>'
  done
  printf '</deployment>\n'
}
deployments() { show "$1" '[.deployments[] | "\(.product) \(.region // "-") \(.outcome)"] | join(", ")'; }
dv() { dv_order "$1" "$2.example.test"; }
cat >push <<'SH'
#!/bin/sh
echo "$CERTDROP_ID $CERTDROP_PRODUCT $CERTDROP_REGION $CERTDROP_ACTION" >>"$(dirname "$0")/log"
SH
chmod +x push
touch log
command="<command><argument>$work/push</argument></command>"
sorted() { sort log | paste -sd '|'; : >log; }

new_instance
cp "$INSTANCE/certdrop.xml" shipped.xml

# ---- A command that comes later ----
echo '<target product="web" regions="north south"/><target product="one"/>' | configure
for n in 1 2 3; do dv W-$n w$n | drop $n.xml; done
deploy W-D1 W-1 'web one' | drop 4.xml
deploy W-D2 W-2 'web:north' | drop 5.xml
run_at "$(at 1)"
is 'without a command its archive is all' "$(deployments W-1.1)" 'one - deployed, web north deployed, web south deployed'
echo "<target product=\"web\" regions=\"north south\">$command</target><target product=\"one\"/>" | configure
deploy W-D3 W-3 'web:south' | drop 6.xml
run_at "$(at 2)"
is 'once there is a command, all are pushed' "$(sorted)" 'W-1.1 web north deploy|W-1.1 web south deploy|W-2.1 web north deploy|W-3.1 web south deploy'
run_at "$(at 3)"
is 'and only once' "$(sorted)" ''

# ---- A region that comes later ----
echo "<target product=\"web\" regions=\"north south east\">$command</target><target product=\"one\"/>" | configure
run_at "$(at 4)"
is 'a region that is added gets what is on the product as a whole' "$(sorted)" 'W-1.1 web east deploy'
is 'and nothing else' "$(deployments W-1.1) / $(deployments W-2.1)" 'one - deployed, web east deployed, web north deployed, web south deployed / web north deployed'
sed 's/^/ /; s/deployment/undeployment/g' <<<"$(deploy W-U W-1 'web:east')" | drop off.xml
run_at "$(at 5)"
echo "<target product=\"web\" regions=\"north south east west\">$command</target><target product=\"one\"/>" | configure
run_at "$(at 6)"
is 'what was taken off does not come back with it' "$(sorted)" 'W-1.1 web east remove|W-1.1 web west deploy'
is 'its archive lies there too' "$(cd "$INSTANCE/outbox/deploy/web" && find . -name '*.zip' | sort | paste -sd ' ')" \
  './north/W-1.1.zip ./north/W-2.1.zip ./south/W-1.1.zip ./south/W-3.1.zip ./west/W-1.1.zip'

# A target that had no regions gets some: a certificate on it was on it as a whole.
dv N-1 n | drop n.xml
deploy N-D N-1 later | drop o.xml
{ echo "<target product=\"web\" regions=\"north south east west\">$command</target>"; echo "<target product=\"later\">$command</target>"; } | configure
run_at "$(at 6)"
{ echo "<target product=\"web\" regions=\"north south east west\">$command</target>"; echo "<target product=\"later\" regions=\"a b\">$command</target>"; } | configure
: >log
run_at "$(at 7)"
is 'a target that gets its first regions brings there what is on it' "$(sorted)" 'N-1.1 later a deploy|N-1.1 later b deploy'

# ---- A target that goes ----
echo "<target product=\"web\" regions=\"north\"><command><argument>false</argument></command></target>" | configure
dv G-1 g | drop g.xml
deploy G-D G-1 'web' | drop h.xml
run_at "$(at 7)"
configure </dev/null
run_at "$(at 20)"
like 'one that is no longer configured cannot be brought there, which is told' "$(cat err)" \
  'G-1.1: deployment on web north failed: certdrop.xml has no target "web" any more: add it again, or undeploy the certificate from it'
deploy G-U G-1 'web' | sed 's/deployment/undeployment/g' | drop i.xml
run_at "$(at 21)"
expect_status 'but taken off' 0
is 'it is' "$(deployments G-1.1)" ''

# ---- Fetched by somebody else ----
claim_ports 1
port=${ports[0]}
echo "<target product=\"pull\" check=\"127.0.0.1:$port\"/>" | configure
dv P-1 p | drop p.xml
deploy P-D P-1 pull | drop q.xml
run_at "$(at 22)"
expect_status 'who fetches an archive takes the time that he needs' 0
is 'it is pending until the host serves it' "$(deployments P-1.1)" 'pull - pending'
like 'and says what it saw' "$(show P-1.1 '.deployments[0].output')" "^127.0.0.1:$port cannot be reached: Connection refused"
mkdir pulled && unzip -q -d pulled "$INSTANCE/outbox/deploy/pull/_/P-1.1.zip"
openssl s_server -accept "127.0.0.1:$port" -cert pulled/cert.pem -key pulled/privkey.pem -quiet >server.out 2>&1 &
background+=($!)
for _ in $(seq 1 100); do
  (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  sleep 0.1
done
run_at "$(at 40)"
is 'then it is deployed' "$(deployments P-1.1) $(show P-1.1 '.deployments[0].output')" "pull - deployed 127.0.0.1:$port serves this certificate"

deploy P-6 P-1 six | drop six.xml
echo '<target product="six" check="[::1]:1"/>' | configure
run_at "$(at 41)"
like 'an address of IPv6 is told as it was written' "$(show P-1.1 '.deployments[] | select(.product == "six").output')" '^\[::1\]:1 cannot be reached'
for wrong in 0 65536 99999; do
  echo "<target product=\"six\" check=\"web.example.test:$wrong\"/>" | configure
  run_at "$(at 42)"
  expect_status "there is no port $wrong" 78
done

# ---- One that hangs does not hold up the rest ----
{
  echo '<target product="hang"><command timeoutSeconds="1"><argument>sleep</argument><argument>600</argument></command></target>'
  echo "<target product=\"web\" regions=\"north\">$command</target>"
} | configure
for n in 1 2 3 4 5 6 7 8; do dv H-$n h$n; deploy H-D$n H-$n 'hang web'; done | batch | drop hang.xml
run_at "$(at 50)"
is 'three that had to be ended are enough' "$(grep -c 'hang failed: sleep took longer' err) $(grep -c 'hang waits for the next run, since the commands before it hung' err)" '3 5'
is 'the other target has them all' "$(grep -c 'web north deploy' log)" 8
: >log

# ---- What nobody accepts any more is brought nowhere ----
{
  echo '<target product="bad"><command><argument>false</argument></command></target>'
  echo "<target product=\"hang\">$command</target>"
} | configure
order E-1 inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")
  $(application_child "$(domains e.example.test)$applicant")" | drop e.xml
deploy E-D E-1 bad | drop f.xml
run_at "$(at 60)"
run_at "$(at 0 0 400)"
is_status 'a certificate that has expired meanwhile' E-1.1 expired
is 'is not tried any more' "$(show E-1.1 '.deployments[] | "\(.outcome) \(.nextTry) \(.failingSince) \(.output)"' | head -n 1)" \
  'failed null null the certificate is expired: it is brought nowhere'
like 'which its history tells' "$(cat "$INSTANCE/reports/certificate/E-1.1.md")" 'Deployment given up'

# ---- Many at once, one of them a batch that is all or nothing ----
echo "<target product=\"web\" regions=\"north\"/><target product=\"push\">$command</target>" | configure
: >log
for n in $(seq 1 60); do dv "B-$n-x" "b$n"; deploy "B-D$n-x" "B-$n-x" 'web:north push cdn:global'; done | batch | drop batch.xml
{ dv A-1 a1; deploy A-D1 A-1 web; deploy A-D2 A-1 nowhere; } | batch 'atomic="true"' | drop atomic-bad.xml
{ deploy A-D4 A-2 'web push'; dv A-2 a2; } | batch 'atomic="true"' | drop atomic.xml
run_at "$(at 1 0 400)"
is 'all of a batch are deployed' "$(outcome batch.xml) $(sqlite3 "$INSTANCE/state/ledger.db" "SELECT COUNT(*) FROM deployment WHERE certificate LIKE 'B-%' AND state = 2") $(grep -c '^B-.*push *deploy' log)" 'accepted 180 60'
is 'of an atomic one nothing, if one is refused' "$(outcome atomic-bad.xml) $(find "$INSTANCE/outbox" -name 'A-1.1*' | wc -l) $(grep -c '^A-1' log)" 'rejected 0 0'
is 'else all' "$(deployments A-2.1)" 'push - deployed, web north deployed'
is 'every file is the one that the ledger knows' "$(sqlite3 -separator '  ' "$INSTANCE/state/ledger.db" "SELECT sha256, path FROM output WHERE path LIKE 'outbox/deploy/%'" | (cd "$INSTANCE" && sha256sum --quiet -c 2>&1))" ''
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head -n 5)" ''
finish
