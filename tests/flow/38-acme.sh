#!/bin/bash
# An ACME authority as issuer outside: pebble, on the loopback, asked by lego and by uacme with the
# CSR that certdrop made. What ACME issues is valid from the present on, so this instance lives in
# the present too.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" init
[ "$status" = 0 ] || fail 'init' "$(cat err)"

# ---- The authority ----------------------------------------------------------------------
claim_ports 4
port=${ports[0]}
# Its own TLS certificate, of a CA that the clients are told of.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls-ca.key -out tls-ca.crt -subj '/CN=TLS of the test' 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.csr -subj '/CN=localhost' 2>/dev/null
openssl x509 -req -in tls.csr -CA tls-ca.crt -CAkey tls-ca.key -out tls.crt \
  -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n') 2>/dev/null
cat >pebble.json <<JSON
{"pebble": {"listenAddress": "127.0.0.1:$port", "certificate": "$work/tls.crt", "privateKey": "$work/tls.key",
  "httpPort": ${ports[1]}, "tlsPort": ${ports[2]}, "ocspResponderURL": "", "externalAccountBindingRequired": false}}
JSON
# What pebble does at random to try its clients (slow answers, nonces refused, authorizations used
# again) is left out: how they bear it is not certdrop's. That one fails is shown below.
start_pebble() { # WHAT PERCENT-OF-NONCES
  PEBBLE_VA_ALWAYS_VALID=1 PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=$2 PEBBLE_AUTHZREUSE=0 \
    pebble -config pebble.json >>pebble.log 2>&1 &
  background=($!)
  ok "$1" until_true curl -s --cacert tls-ca.crt -o directory "https://localhost:$port/dir"
}
stop_pebble() {
  kill "${background[0]}"
  wait "${background[0]}" 2>/dev/null
  background=()
}
start_pebble 'pebble runs' 0
like 'it answers' "$(cat directory)" newOrder

# ---- The commands, as README.md has them -----------------------------------------------------
server=https://localhost:$port/dir
cat >"$work/lego-by-csr" <<SCRIPT
#!/bin/sh
# lego-by-csr CSR CHAIN NAMES
set -e
exec 9>$work/lego.lock
flock 9 # several may be asked for at once, but there is one port and one account
export LEGO_CA_CERTIFICATES=$work/tls-ca.crt
lego --accept-tos --email certificates@example.test --server $server --path $work/lego \\
  --http --http.port 127.0.0.1:${ports[3]} --csr "\$1" run
cp "$work/lego/certificates/\$(printf %s "\${3%%,*}" | tr '*' _).crt" "\$2"
SCRIPT
# uacme knows the system's authorities alone: it gets others in a name space of its own.
cat >"$work/uacme" <<SCRIPT
#!/bin/sh
exec unshare -rm sh -c 'mount --bind $work/tls-ca.crt /etc/ssl/certs/ca-certificates.crt && exec uacme "\$@"' uacme "\$@"
SCRIPT
printf '#!/bin/sh\nexit 0\n' >hook
chmod +x lego-by-csr uacme hook
sed -i 's|</configuration>|<issuer id="lego"><command timeoutSeconds="60"><argument>'"$work"'/lego-by-csr</argument><argument>{csr}</argument><argument>{chain}</argument><argument>{names}</argument></command></issuer>\
<issuer id="uacme"><command timeoutSeconds="60"><argument>'"$work"'/uacme</argument><argument>-c</argument><argument>'"$work"'/uacme.d</argument><argument>-a</argument><argument>'"$server"'</argument><argument>-h</argument><argument>'"$work"'/hook</argument><argument>issue</argument><argument>{csr}</argument></command></issuer></configuration>|' "$INSTANCE/certdrop.xml"
sed -i '/id="standard-dv-single"/s/issuer="embedded"/issuer="lego"/; /id="inhouse-dv-multi"/s/issuer="embedded"/issuer="lego"/; /id="standard-dv-wildcard"/s/issuer="embedded"/issuer="uacme"/' "$INSTANCE/catalog.xml"

run_now() {
  certdrop -C "$INSTANCE" run
}
dv_order LEGO-1 shop.iana.org | drop one.xml
order LEGO-2 inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")
  $(application_child "$(domains www.iana.org pay.iana.org)$applicant$(csr rsa-2048)<download><format>nginx</format></download>")" | drop two.xml
run_now
expect_status 'lego certifies what certdrop asks for' 0
for id in LEGO-1 LEGO-2; do is_status "$id is issued" $id.1 issued; done
like 'by pebble' "$(show LEGO-1.1 '.issuer')" lego
unpack LEGO-1.1 pem one
like 'whose certificate it is' "$(openssl x509 -in one/cert.pem -noout -issuer)" 'Pebble Intermediate'
ok 'the key is the one that certdrop made' key_fits one/cert.pem one/privkey.pem
ok 'the chain is that of pebble' openssl verify -partial_chain -no-CApath -no-CAstore -trusted one/chain.pem one/cert.pem
unpack LEGO-2.1 nginx two
like 'all names are bound' "$(openssl x509 -in two/fullchain.pem -noout -ext subjectAltName)" 'pay\.iana\.org.*www\.iana\.org|www\.iana\.org.*pay\.iana\.org'

uacme_runs=
if unshare -rm sh -c "mount --bind $work/tls-ca.crt /etc/ssl/certs/ca-certificates.crt" 2>/dev/null; then
  uacme_runs=1
else
  echo "# uacme is left out: no name space can be made here"
fi
uacme_account() {
  rm -rf "$work/uacme.d"
  "$work/uacme" -y -c "$work/uacme.d" -a "$server" new certificates@example.test
}
wildcard_order() {
  order "$1" standard-dv-wildcard "$(payment_child "$(price standard-dv-wildcard)")
  $(application_child "$(domains '*.iana.org' iana.org)$applicant")"
}
if [ -n "$uacme_runs" ]; then
  ok 'uacme has an account' uacme_account
  wildcard_order UACME-1 | drop wild.xml
  run_now
  expect_status 'uacme certifies a wildcard, with no script around it' 0
  is_status 'it is issued' UACME-1.1 issued

  stop_pebble
  start_pebble 'pebble runs, but takes no nonce' 100
  wildcard_order UACME-2 | drop refused.xml
  run_now
  expect_status 'what uacme is refused, the run ends with 1 for' 1
  like 'the message has how uacme ended and what it said last' "$(cat err)" \
    'UACME-2\.1: was not certified .*/uacme ended with status 2: .*badNonce.* \(failure 1; it is asked again from '
  like 'the page has all of it' "$(cat "$INSTANCE/reports/certificate/UACME-2.1.md")" 'uacme: failed to '
fi

# ---- The authority is down --------------------------------------------------------------------
stop_pebble
dv_order DOWN-1 down.iana.org | drop down.xml
run_now
expect_status 'when it is down, the run ends with 1' 1
like 'the message has why' "$(cat err)" 'DOWN-1\.1: was not certified .*/lego-by-csr ended with status 1: .*connection refused'
is_status 'and the application is pending' DOWN-1.1 pending-verification
like 'the page has what lego said' "$(cat "$INSTANCE/reports/certificate/DOWN-1.1.md")" 'connection refused'

# It comes back, and has forgotten its accounts, as pebble does.
start_pebble 'pebble runs again' 0
rm -rf lego
[ -z "$uacme_runs" ] || ok 'with a new account of uacme' uacme_account
run_at "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
expect_status 'later both are asked again by themselves' 0
is_status 'which was down certifies now' DOWN-1.1 issued
[ -z "$uacme_runs" ] || is_status 'which refused does, too' UACME-2.1 issued
finish
