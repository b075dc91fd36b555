#!/bin/bash
# A fleet of two nginx: the command of the target installs the files and reloads them, and
# it is looked whether they serve the certificate. Then the certificate is issued anew,
# renewed, and taken off.
. "$(dirname "$0")/lib.sh"

nginx=$(command -v nginx || echo /usr/sbin/nginx)
regions='127.0.0.11 127.0.0.12'
claim_ports 1
port=${ports[0]}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout default.key -out default.pem -subj /CN=default.example.test -days 30 2>/dev/null
for region in $regions; do
  mkdir -p "fleet/$region/sites"
  cp default.key default.pem "fleet/$region/"
  {
    echo 'daemon off; pid nginx.pid; error_log error.log; worker_processes 1;'
    [ "$(id -u)" != 0 ] || echo 'user root;'
    echo 'events { worker_connections 64; }'
    echo "http { access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
      server { listen $region:$port ssl default_server; ssl_certificate default.pem; ssl_certificate_key default.key; return 404; }
      include sites/*.conf; }"
  } >"fleet/$region/nginx.conf"
  "$nginx" -p "$work/fleet/$region" -c "$work/fleet/$region/nginx.conf" -e error.log >"$region.out" 2>&1 &
  background+=($!)
done
for region in $regions; do
  for _ in $(seq 1 100); do
    (: >"/dev/tcp/$region/$port") 2>/dev/null && break
    sleep 0.1
  done
done
# What a host serves, by its serial.
served() {
  openssl s_client -connect "$1:$port" -servername "$2" </dev/null 2>/dev/null | openssl x509 -noout -serial | cut -d = -f 2
}

# The command: what an operator would write. A file named `lazy` keeps it from reloading.
cat >push-fleet <<'SH'
#!/bin/sh
set -eu
fleet=$1 region=$2 action=$3 domain=$4
echo "$action $region ${CERTDROP_SERIAL} instead of ${CERTDROP_REPLACES:-nothing}" >>"$fleet/log"
site=$fleet/$region/sites/$domain
case $action in
deploy | renew)
  mkdir -p "$site"
  cp "$RENEWED_LINEAGE/fullchain.pem" "$site/fullchain.new"
  (umask 077 && cp "$RENEWED_LINEAGE/privkey.pem" "$site/privkey.new")
  mv "$site/fullchain.new" "$site/fullchain.pem"
  mv "$site/privkey.new" "$site/privkey.pem"
  printf 'server { listen %s:%s ssl; server_name %s; ssl_certificate %s/fullchain.pem; ssl_certificate_key %s/privkey.pem; return 200 hello; }\n' \
    "$region" "$5" "$CERTDROP_DOMAINS" "$site" "$site" >"$site.conf"
  ;;
remove) rm -rf "$site" "$site.conf" ;;
esac
[ -e "$fleet/lazy" ] || kill -HUP "$(cat "$fleet/$region/nginx.pid")"
echo "$region has been told"
SH
chmod +x push-fleet
touch fleet/log
new_instance
cp "$INSTANCE/certdrop.xml" before.xml
sed "s|</configuration>|<target product=\"fleet\" title=\"The fleet\" regions=\"$regions\" format=\"nginx\" check=\"{region}:$port\">\
<command timeoutSeconds=\"20\"><argument>$work/push-fleet</argument><argument>$work/fleet</argument><argument>{region}</argument>\
<argument>{action}</argument><argument>{domain}</argument><argument>$port</argument></command></target>&|" before.xml >"$INSTANCE/certdrop.xml"
deployments() { show "$1" '[.deployments[] | "\(.region) \(.outcome)"] | join(", ")'; }
serial() { show "$1" .serialNumber; }

order F-1 inhouse-dv-multi "<years>2</years>$(payment_child "$(price inhouse-dv-multi 2)")
  $(application_child "$(domains f.example.test www.f.example.test)$applicant")" | drop order.xml
printf '<deployment %s ref="F-D" certificate="F-1"><target product="fleet"/></deployment>' "$xmlns" | drop z.xml
review F-R F-1.1 approve | drop y.xml
run_at "$(at 1)"
is 'both of the fleet have it' "$(deployments F-1.1)" '127.0.0.11 deployed, 127.0.0.12 deployed'
for region in $regions; do
  is "$region serves it" "$(served "$region" f.example.test)" "$(serial F-1.1)"
  is 'and still its own to others' "$(served "$region" other.example.test)" "$(openssl x509 -in default.pem -noout -serial | cut -d = -f 2)"
done
is 'the command was told that it is the first one' "$(sort fleet/log)" \
  "deploy 127.0.0.11 $(serial F-1.1) instead of nothing
deploy 127.0.0.12 $(serial F-1.1) instead of nothing"
page=$(cat "$INSTANCE/reports/certificate/F-1.1.md")
like 'the page says that the host serves it' "$page" "The fleet \`fleet\` *\\| 127.0.0.11 *\\| Deployed .*127.0.0.11:$port serves this certificate 127.0.0.11 has been told"
first=$(serial F-1.1)

# Nobody reloads: the command ends well, but the host goes on with what it had.
dv_order L-1 l.example.test | drop lazy.xml
printf '<deployment %s ref="L-D" certificate="L-1"><target product="fleet"><region>127.0.0.11</region></target></deployment>' "$xmlns" | drop lazy-d.xml
touch fleet/lazy
run_at "$(at 2)"
expect_status 'a host that does not serve it counts as a failure' 1
like 'which is told' "$(cat err)" "L-1.1: deployment on fleet 127.0.0.11 failed: 127.0.0.11:$port serves another certificate, serial [0-9A-F]+ for CN = default.example.test"
is 'and shown' "$(deployments L-1.1)" '127.0.0.11 failed'
like 'on the overview' "$(cat "$INSTANCE/reports/index.md")" 'Deployments that fail: 1'
kill -HUP "$(cat fleet/127.0.0.11/nginx.pid)"
for _ in $(seq 1 50); do
  [ "$(served 127.0.0.11 l.example.test)" = "$(serial L-1.1)" ] && break
  sleep 0.1
done
run_at "$(at 3)"
is 'it is not looked at again before its pause is over' "$(deployments L-1.1)" '127.0.0.11 failed'
run_at "$(at 10)"
expect_status 'once somebody has reloaded it, all is well' 0
is 'without another push' "$(deployments L-1.1) $(grep -c "$(serial L-1.1)" fleet/log)" '127.0.0.11 deployed 1'
unlike 'and nothing is left on the overview' "$(cat "$INSTANCE/reports/index.md")" 'Deployments that fail'
rm fleet/lazy

# A host that is not there.
pid=$(cat fleet/127.0.0.12/nginx.pid)
kill "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
printf '<deployment %s ref="L-D2" certificate="L-1"><target product="fleet"/></deployment>' "$xmlns" | drop lazy-d2.xml
run_at "$(at 20)"
like 'a host that does not answer is told' "$(cat err)" 'L-1.1: deployment on fleet 127.0.0.12 failed: .*push-fleet ended with status 2: .*kill'
is 'the others have it' "$(deployments L-1.1)" '127.0.0.11 deployed, 127.0.0.12 failed'
"$nginx" -p "$work/fleet/127.0.0.12" -c "$work/fleet/127.0.0.12/nginx.conf" -e error.log >again.out 2>&1 &
background+=($!)
for _ in $(seq 1 100); do
  [ -n "$(served 127.0.0.12 l.example.test)" ] && break
  sleep 0.1
done
run_at "$(at 0 2)"
is 'when it is back, it gets it' "$(deployments L-1.1) $(served 127.0.0.12 l.example.test)" "127.0.0.11 deployed, 127.0.0.12 deployed $(serial L-1.1)"

# Issued anew within its term.
old=$(serial L-1.1)
run_at "$(at 0 0 190)"
unlike 'it is issued anew in time' "$(serial L-1.1)" "$old"
for region in $regions; do
  is "$region serves the new one" "$(served "$region" l.example.test)" "$(serial L-1.1)"
done
is 'and was told what it replaces' "$(grep -c "renew .* $(serial L-1.1) instead of $old" fleet/log)" 2

# Renewed: its successor takes its places, and is told what it replaces.
printf '<renewal %s ref="F-2" certificate="F-1.1">%s</renewal>' "$xmlns" "$(payment_child "$(price inhouse-dv-multi 1)")" | drop renewal.xml
run_at "$(at 0 0 700)"
[ "$(show F-2.1 .status)" = issued ] || { review F-R2 F-2.1 approve | drop renewal-review.xml && run_at "$(at 1 0 700)"; }
is 'a renewed certificate is deployed where its forerunner was' "$(deployments F-2.1)" '127.0.0.11 deployed, 127.0.0.12 deployed'
for region in $regions; do
  is "$region serves the new one" "$(served "$region" f.example.test)" "$(serial F-2.1)"
done
is 'it was told which one it replaces' "$(grep "renew .* $(serial F-2.1)" fleet/log | sort)" \
  "renew 127.0.0.11 $(serial F-2.1) instead of $first
renew 127.0.0.12 $(serial F-2.1) instead of $first"
is 'the forerunner is there no more' "$(deployments F-1.1)" ''
is 'nor does its archive lie there' "$(find "$INSTANCE/outbox/deploy/fleet" -name 'F-1.1*')" ''
is 'the manifest names what it replaces' "$(jq -r .replaces "$INSTANCE/outbox/deploy/fleet/127.0.0.11/F-2.1.json")" "$first"
is 'nothing was removed for that' "$(grep -c remove fleet/log)" 0

printf '<undeployment %s ref="F-U" certificate="F-2"><target product="fleet"><region>127.0.0.11</region></target></undeployment>' "$xmlns" | drop off.xml
run_at "$(at 2 0 700)"
# nginx takes its time after it was told, and nothing looks at what was taken off.
for _ in $(seq 1 100); do
  [ "$(served 127.0.0.11 f.example.test)" != "$(serial F-2.1)" ] && break
  sleep 0.1
done
is 'taken off, it is served no more' "$(deployments F-2.1) $(served 127.0.0.11 f.example.test)" \
  "127.0.0.12 deployed $(openssl x509 -in default.pem -noout -serial | cut -d = -f 2)"
is 'by the same command' "$(tail -n 1 fleet/log)" "remove 127.0.0.11 $(serial F-2.1) instead of $first"
# A host that serves a name with two certificates, one for each kind of key: whichever nginx likes
# best, both are found.
sed -i "s|</configuration>|<target product=\"both\" format=\"nginx\" check=\"127.0.0.11:$port\"/>&|" "$INSTANCE/certdrop.xml"
for kind in ec-p256 rsa-2048; do
  dv_order "B-$kind" b.example.test "<csr mode=\"automatic\" key=\"$kind\"/>" | drop "b-$kind.xml"
  printf '<deployment %s ref="BD-%s" certificate="B-%s"><target product="both"/></deployment>' "$xmlns" $kind $kind | drop "bd-$kind.xml"
done
run_at "$(at 3 0 700)"
{
  echo "server { listen 127.0.0.11:$port ssl; server_name b.example.test;"
  for kind in ec-p256 rsa-2048; do
    unzip -qo -d "fleet/127.0.0.11/$kind" "$INSTANCE/outbox/deploy/both/_/B-$kind.1.zip"
    echo "  ssl_certificate $kind/fullchain.pem; ssl_certificate_key $kind/privkey.pem;"
  done
  echo '}'
} >fleet/127.0.0.11/sites/both.conf
kill -HUP "$(cat fleet/127.0.0.11/nginx.pid)"
for _ in $(seq 1 50); do
  case $(served 127.0.0.11 b.example.test) in "$(serial B-ec-p256.1)" | "$(serial B-rsa-2048.1)") break ;; esac
  sleep 0.1
done
run_at "$(at 13 0 700)"
for kind in ec-p256 rsa-2048; do
  is "of two certificates for a name that with the key $kind is found" "$(show "B-$kind.1" '.deployments[] | "\(.outcome) \(.output)"')" \
    "deployed 127.0.0.11:$port serves this certificate"
done
is 'no key was left behind' "$(find "$INSTANCE/state" -name '*.pem')" ''
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before -)" ''
finish
