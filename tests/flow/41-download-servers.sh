#!/bin/bash
# Archives load in a real Apache and a real HAProxy, with the lines of their READMEs, and curl
# talks to them under the ordered names.
. "$(dirname "$0")/lib.sh"

# By the real clock: servers and curl have no other.
INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" init
kinds='rsa-2048 ec-p256 ec-p384'
for kind in $kinds; do
  dv_order "S-$kind-x" "$kind.example.test" "$(csr "$kind")<download><format>apache</format><format>haproxy</format></download>" | drop "$kind.xml"
done
openssl req -new -newkey rsa:2048 -nodes -keyout own.key -subj / -addext subjectAltName=DNS:own.example.test -out own.csr 2>/dev/null
dv_order S-own own.example.test "<csr mode=\"manual\">$(cat own.csr)</csr><download><format>apache</format><format>haproxy</format></download>" | drop own.xml
certdrop -C "$INSTANCE" run
expect_status 'certificates are issued, for Apache and HAProxy' 0

claim_ports 9
mkdir nothing
talk() { # NAME PORT [OPTION…]
  local name=$1 port=$2
  shift 2
  curl --silent --show-error --noproxy '*' --max-time 20 --cacert "$INSTANCE/outbox/pki/root.crt" --capath "$work/nothing" \
    --resolve "$name:$port:127.0.0.1" "$@" "https://$name:$port/" 2>&1
}
wait_for() { # PORT
  for _ in $(seq 1 100); do
    (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.1
  done
  fail "a server listens on port $1" "$(tail -n 5 ./*.log 2>/dev/null)"
}
# readme_lines ARCHIVE-FOLDER PATTERN: the README's lines, as its commands install the files there.
readme_lines() {
  grep -E "$2" "$1/README.md" | sed -E "s|/etc/ssl/[^ /]+/|$work/$1/|"
}

# ---- Apache -----------------------------------------------------------------

apache=$(command -v apache2 || echo /usr/sbin/apache2)
modules=$(dirname "$(find /usr/lib* -name mod_ssl.so -path '*apache2*' 2>/dev/null | head -n 1)")
mkdir -p htdocs && echo 'hello apache' >htdocs/index.html
{
  echo "ServerRoot $work"
  echo "PidFile $work/apache.pid"
  echo "ErrorLog $work/apache.log"
  echo 'ServerName localhost'
  [ "$(id -u)" != 0 ] || printf 'User www-data\nGroup www-data\n'
  for module in mpm_event authz_core ssl socache_shmcb dir; do
    [ ! -e "$modules/mod_$module.so" ] || echo "LoadModule ${module}_module $modules/mod_$module.so"
  done
  echo "DocumentRoot $work/htdocs"
  echo 'DirectoryIndex index.html'
  echo "<Directory $work/htdocs>"
  echo 'Require all granted'
  echo '</Directory>'
  i=0
  for kind in $kinds own; do
    id=S-$kind-x.1
    [ "$kind" != own ] || id=S-own.1
    unpack "$id" apache "apache-$kind"
    [ "$kind" != own ] || cp own.key "apache-$kind/privkey.pem"
    echo "Listen 127.0.0.1:${ports[$i]}"
    echo "<VirtualHost 127.0.0.1:${ports[$i]}>"
    readme_lines "apache-$kind" '^SSL'
    echo '</VirtualHost>'
    i=$((i + 1))
  done
} >apache.conf
chmod 755 . htdocs && chmod 644 htdocs/index.html
ok 'Apache takes the lines of the READMEs' "$apache" -t -f "$work/apache.conf"
"$apache" -X -f "$work/apache.conf" >apache.out 2>&1 &
background+=($!)
wait_for "${ports[0]}"
i=0
for kind in $kinds own; do
  is "Apache, $kind: curl talks to it, which trusts the root alone" "$(talk "$kind.example.test" "${ports[$i]}")" 'hello apache'
  is "Apache, $kind: it sends the chain" \
    "$(openssl s_client -connect "127.0.0.1:${ports[$i]}" -servername "$kind.example.test" -showcerts </dev/null 2>/dev/null | grep -c 'BEGIN CERTIFICATE')" 2
  i=$((i + 1))
done
like 'Apache: under another name it does not' "$(talk other.example.test "${ports[0]}")" 'curl: \(60\)'

# ---- HAProxy ----------------------------------------------------------------

haproxy=$(command -v haproxy || echo /usr/sbin/haproxy)
{
  printf 'defaults\n  mode http\n  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\n'
  i=4
  for kind in $kinds own apart; do
    id=S-$kind-x.1
    [ "$kind" != own ] || id=S-own.1
    [ "$kind" != apart ] || id=S-rsa-2048-x.1
    unpack "$id" haproxy "haproxy-$kind"
    # The key of one's own lies beside it; the other form has both in a folder.
    [ "$kind" != own ] || cp own.key "haproxy-$kind/site.pem.key"
    [ "$kind" != apart ] || { rm "haproxy-$kind/site.pem" && mv "haproxy-$kind/key-apart/"* "haproxy-$kind/"; }
    printf 'frontend f-%s\n' "$kind"
    readme_lines "haproxy-$kind" '^bind ' | sed -E "s|:443|127.0.0.1:${ports[$i]}|"
    printf '  http-request return status 200 content-type text/plain string "hello %s"\n' "$kind"
    i=$((i + 1))
  done
} >haproxy.cfg
is 'what it reads apart has no key in it' "$(grep -l PRIVATE haproxy-apart/site.pem haproxy-own/site.pem)" ''
ok 'HAProxy takes the lines of the READMEs' "$haproxy" -c -f haproxy.cfg
"$haproxy" -db -f haproxy.cfg >haproxy.log 2>&1 &
background+=($!)
wait_for "${ports[4]}"
i=4
for kind in $kinds own apart; do
  name=$kind
  [ "$kind" != apart ] || name=rsa-2048
  is "HAProxy, $kind: curl talks to it, which trusts the root alone" "$(talk "$name.example.test" "${ports[$i]}")" "hello $kind"
  i=$((i + 1))
done
like 'HAProxy: under another name it does not' "$(talk other.example.test "${ports[4]}")" 'curl: \(60\)'
finish
