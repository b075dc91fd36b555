#!/bin/bash
# A bundle loads in a real nginx, and curl talks to it under the ordered name.
. "$(dirname "$0")/lib.sh"

# By the real clock: nginx and curl have no other.
INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" init
nginx=$(command -v nginx || echo /usr/sbin/nginx)
kinds='rsa-2048 rsa-3072 rsa-4096 ec-p256 ec-p384 ed25519'
for kind in $kinds; do
  dv_order "N-$kind-x" "$kind.example.test" "$(csr "$kind")<download><format>nginx</format></download>" | drop "$kind.xml"
done
order N-W-x standard-dv-wildcard "$(payment_child "$(price standard-dv-wildcard)")
  $(application_child "$(domains '*.w.example.test' w.example.test)$applicant<download><format>nginx</format></download>")" | drop wildcard.xml
order N-I-x inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")
  $(application_child "$(domains i.example.test 127.0.0.1)$applicant<download><format>nginx</format></download>")" | drop inside.xml
review N-I-R N-I-x.1 approve | drop z-inside-review.xml
certdrop -C "$INSTANCE" run
[ "$status" -le 1 ] || fail 'the run' "$(cat err)"

claim_ports 8
mkdir -p prefix/logs
{
  echo 'daemon off; pid nginx.pid; error_log logs/error.log; worker_processes 1;'
  [ "$(id -u)" != 0 ] || echo 'user root;'
  echo 'events { worker_connections 64; }'
  echo 'http { access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;'
  i=0
  for kind in $kinds W I; do
    unpack "N-$kind-x.1" nginx "prefix/$kind"
    echo "server { listen 127.0.0.1:${ports[$i]} ssl; ssl_certificate $work/prefix/$kind/fullchain.pem;
      ssl_certificate_key $work/prefix/$kind/privkey.pem; ssl_protocols TLSv1.2 TLSv1.3; return 200 'hello $kind'; }"
    i=$((i + 1))
  done
  echo '}'
} >prefix/nginx.conf
ok 'nginx takes the configuration and every key' "$nginx" -t -p "$work/prefix" -c "$work/prefix/nginx.conf" -e "$work/prefix/logs/e"
"$nginx" -p "$work/prefix" -c "$work/prefix/nginx.conf" -e "$work/prefix/logs/e" >nginx.out 2>&1 &
background=($!)
for _ in $(seq 1 100); do
  (: >"/dev/tcp/127.0.0.1/${ports[7]}") 2>/dev/null && break
  sleep 0.1
done
talk() { # NAME PORT [OPTION…]
  local name=$1 port=$2
  shift 2
  curl --silent --show-error --noproxy '*' --max-time 20 --cacert "$INSTANCE/outbox/pki/root.crt" --capath "$work/nothing" \
    --resolve "$name:$port:127.0.0.1" "$@" "https://$name:$port/" 2>&1
}
mkdir nothing
i=0
for kind in $kinds; do
  is "$kind: curl talks to it with TLS 1.3" "$(talk "$kind.example.test" "${ports[$i]}" --tlsv1.3)" "hello $kind"
  is "$kind: and with TLS 1.2" "$(talk "$kind.example.test" "${ports[$i]}" --tls-max 1.2)" "hello $kind"
  i=$((i + 1))
done
like 'under another name it does not' "$(talk other.example.test "${ports[0]}")" 'curl: \(60\)'
is 'a wildcard answers under any name' "$(talk any.w.example.test "${ports[6]}")" 'hello W'
is 'and under the one without it' "$(talk w.example.test "${ports[6]}")" 'hello W'
is 'an address answers' "$(curl --silent --show-error --noproxy '*' --cacert "$INSTANCE/outbox/pki/root.crt" "https://127.0.0.1:${ports[7]}/" 2>&1)" 'hello I'
for name in fullchain.pem privkey.pem; do
  like "the README names $name" "$(cat prefix/ec-p256/README.md)" "$name"
done
# The lines of the README are lines that nginx takes.
sed -n '/^```/,/^```/p; /^    /p' prefix/ec-p256/README.md | grep -E 'ssl_certificate(_key)? ' >lines
is 'the README has both lines' "$(sed -E 's/ +/ /g; s/^ //' lines | cut -d ' ' -f 1 | sort -u | paste -sd ' ')" 'ssl_certificate ssl_certificate_key'
finish
