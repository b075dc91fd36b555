#!/bin/bash
# The applicant brings a CSR and keeps the key. Every fault has its own code.
. "$(dirname "$0")/lib.sh"

new_instance
quiet() { "$@" 2>>"$work/openssl.log"; }

# key NAME KIND, request NAME KEY [SAN [OPTION…]]
key() {
  case $2 in
  rsa-*) quiet openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa-}" ${3:+-pkeyopt "rsa_keygen_pubexp:$3"} -out "$1" ;;
  ed25519 | ed448 | x25519) quiet openssl genpkey -algorithm "$2" -out "$1" ;;
  *) quiet openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -pkeyopt "ec_param_enc:${3:-named_curve}" -out "$1" ;;
  esac
}
request() {
  local name=$1 key=$2 san=${3-}
  shift 3
  quiet openssl req -new -key "$key" -subj / ${san:+-addext "subjectAltName=$san"} "$@" -out "$name"
}
manual() { # REF DOMAIN CSR
  dv_order "$1" "$2" "<csr mode=\"manual\">$(cat "$3")</csr>"
}

n=0
for kind in rsa-2048 rsa-3072 rsa-4096 P-256 P-384 ed25519; do
  n=$((n + 1))
  key "$kind.key" "$kind"
  request "$kind.csr" "$kind.key" "DNS:www$n.example.test"
  ok "$kind: openssl accepts the request" openssl req -in "$kind.csr" -verify -noout
  manual "M-$n" "www$n.example.test" "$kind.csr" | drop "$kind.xml"
done
run_at "$(at 1)"
expect_status 'good requests of all kinds are done' 0
n=0
for kind in rsa-2048 rsa-3072 rsa-4096 P-256 P-384 ed25519; do
  n=$((n + 1))
  is_accepted "$kind: accepted" "$kind.xml"
  unpack "M-$n.1" pem "$kind"
  ok "$kind: the certificate has the applicant's key" key_fits "$kind/cert.pem" "$kind.key"
  ok "$kind: its chain verifies strictly" chain_verifies "$kind/cert.pem"
  is "$kind: the archive has no key" "$(ls "$kind" | paste -sd ' ')" 'README.md cert.pem chain.pem fullchain.pem'
done

# Written in other ways.
key other.key P-256
request der.csr other.key DNS:der.example.test -outform DER
base64 -w 0 der.csr >der.b64
manual ENC-1 der.example.test der.b64 | drop der.xml
key new.key P-256
request new.csr new.key DNS:new.example.test
sed 's/CERTIFICATE REQUEST/NEW CERTIFICATE REQUEST/' new.csr >new2.csr
manual ENC-2 new.example.test new2.csr | drop new.xml
key crlf.key P-256
request crlf.csr crlf.key DNS:crlf.example.test
{ echo 'Some words before it'; sed 's/$/\r/' crlf.csr; } >crlf2.csr
manual ENC-3 crlf.example.test crlf2.csr | drop crlf.xml
key nosan.key P-256
request nosan.csr nosan.key ''
manual ENC-4 nosan.example.test nosan.csr | drop nosan.xml
key cn.key P-256
request cn.csr cn.key '' -subj /CN=cn.example.test
manual ENC-5 cn.example.test cn.csr | drop cn.xml
run_at "$(at 2)"
is_accepted 'DER in base64 is read' der.xml
is_accepted 'the old label of Windows is read' new.xml
is_accepted 'line ends of Windows and words before it are read' crlf.xml
is_accepted 'a request without names takes those of the application' nosan.xml
like 'they are in the certificate' "$(certificate_text ENC-4.1)" 'DNS:nosan\.example\.test'
is_accepted 'a request with the name in its CN is read' cn.xml

# Refused, each with its own code.
i=0
refuse() { # WHAT CODES CSR [DOMAIN]
  i=$((i + 1))
  manual "BAD-$i" "${4:-bad.example.test}" "$3" | drop "bad-$i.xml"
  run_at "$(at 3)"
  is_rejected "$1" "bad-$i.xml" "$2"
  is "  and nothing was made of it" "$(show "BAD-$i.1" .status)" ''
}
san=DNS:bad.example.test
key good.key P-256
request good.csr good.key $san
printf 'nonsense' >nonsense.csr
refuse 'nonsense' csr-format nonsense.csr
head -c 200 good.csr >half.csr
refuse 'half a request' csr-format half.csr
quiet openssl req -x509 -key good.key -subj /CN=bad.example.test -out certificate.csr
refuse 'a certificate in its place' csr-format certificate.csr
{ cat good.csr; cat good.csr; } >double.csr
refuse 'two requests' csr-format double.csr
openssl req -in good.csr -outform DER -out good.der
size=$(stat -c %s good.der)
{ head -c $((size - 1)) good.der; printf '\001'; } >broken.der
{ echo '-----BEGIN CERTIFICATE REQUEST-----'; base64 broken.der; echo '-----END CERTIFICATE REQUEST-----'; } >broken.csr
refuse 'a request whose signature does not verify' csr-signature broken.csr
xxd -p good.der | tr -d '\n' | sed 's/020100/020101/' | xxd -r -p | base64 -w 0 >version.csr
refuse 'a request of another version' 'csr-signature csr-version' version.csr
{ cat good.der; printf 'more'; } | base64 -w 0 >trailing.csr
refuse 'bytes behind the request' csr-format trailing.csr
key weak.key rsa-2048
request sha1.csr weak.key $san -sha1
refuse 'signed with SHA-1' csr-algorithm sha1.csr
request md5.csr weak.key $san -md5
refuse 'signed with MD5' csr-algorithm md5.csr
key 1024.key rsa-1024
request 1024.csr 1024.key $san
refuse 'RSA of 1024 bits' csr-key-size 1024.csr
key 2050.key rsa-2050
request 2050.csr 2050.key $san
refuse 'RSA of 2050 bits' csr-key-size 2050.csr
key p521.key P-521
request p521.csr p521.key $san
refuse 'P-521' csr-key-kind p521.csr
key k1.key secp256k1
request k1.csr k1.key $san
refuse 'secp256k1' csr-key-kind k1.csr
key explicit.key P-256 explicit
request explicit.csr explicit.key $san
refuse 'a curve that is written out' csr-key-parameters explicit.csr
key ed448.key ed448
request ed448.csr ed448.key $san
refuse 'Ed448' 'csr-algorithm csr-key-kind' ed448.csr
quiet openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 -out dsa.par
quiet openssl genpkey -paramfile dsa.par -out dsa.key
request dsa.csr dsa.key $san
refuse 'DSA' 'csr-algorithm csr-key-kind' dsa.csr
request names.csr good.key 'DNS:bad.example.test,DNS:more.example.test'
refuse 'a name more than the application has' csr-names names.csr
request names2.csr good.key DNS:other.example.test
refuse 'another name' csr-names names2.csr
request cn.csr good.key '' -subj /CN=other.example.test
refuse 'another name in its CN' csr-names cn.csr
request email.csr good.key "$san,email:a@example.test"
refuse 'a name of another kind' csr-name email.csr
request ca.csr good.key $san -addext basicConstraints=critical,CA:TRUE
refuse 'a CA' csr-ca ca.csr
request poison.csr good.key $san -addext 1.3.6.1.4.1.11129.2.4.3=critical,DER:0500
refuse 'the poison of certificate transparency' csr-extension poison.csr
refuse 'the key of another certificate' csr-key-used P-256.csr www4.example.test

# A listed key.
key listed.key P-256
request listed.csr listed.key $san
hash=$(openssl pkey -in listed.key -pubout -outform DER | sha256sum | cut -d ' ' -f 1)
sed -i "s|<intake|<refusedKeys><spki sha256=\"$hash\"/></refusedKeys>\n&|" "$INSTANCE/certdrop.xml"
refuse 'a key on the configured list' csr-key-listed listed.csr

# Weak RSA keys: primes that are close to each other, and the fingerprint of ROCA.
cat >weak.py <<'PY'
import random, subprocess, sys, pathlib
random.seed(7)
def prime(n, rounds=24):
    if n % 2 == 0: return False
    for p in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if n % p == 0: return n == p
    d, s = n - 1, 0
    while d % 2 == 0: d, s = d // 2, s + 1
    for _ in range(rounds):
        x = pow(random.randrange(2, n - 1), d, n)
        if x in (1, n - 1): continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1: break
        else: return False
    return True
def write(name, p, q, e=65537):
    n, phi = p * q, (p - 1) * (q - 1)
    d = pow(e, -1, phi)
    text = ["asn1=SEQUENCE:key", "[key]", "version=INTEGER:0"]
    for label, value in (("n", n), ("e", e), ("d", d), ("p", p), ("q", q), ("dp", d % (p - 1)),
                         ("dq", d % (q - 1)), ("qi", pow(q, -1, p))):
        text.append(f"{label}=INTEGER:0x{value:x}")
    pathlib.Path(name + ".cnf").write_text("\n".join(text) + "\n")
    subprocess.run(["openssl", "asn1parse", "-genconf", name + ".cnf", "-noout", "-out", name + ".der"], check=True)
    subprocess.run(["openssl", "rsa", "-inform", "DER", "-in", name + ".der", "-out", name + ".key"],
                   check=True, stderr=subprocess.DEVNULL)
p = random.getrandbits(1024) | 3 << 1022 | 1
while not prime(p) or (p - 1) % 65537 == 0: p += 2
q = p + 2
while not prime(q) or (q - 1) % 65537 == 0: q += 2
write("close", p, q)
# ROCA: p = k * M + (65537 ** a mod M), M the product of the first primes.
primes = [x for x in range(2, 702) if all(x % y for y in range(2, int(x ** 0.5) + 1))][:126]
M = 1
for x in primes: M *= x
def roca():
    while True:
        a = random.randrange(1, 1 << 60)
        r = pow(65537, a, M)
        for _ in range(2000):
            k = random.getrandbits(1024 - M.bit_length() + 1)
            p = k * M + r
            if p.bit_length() == 1024 and p >> 1022 == 3 and (p - 1) % 65537 and prime(p): return p
write("roca", roca(), roca())
PY
if python3 weak.py; then
  request close.csr close.key $san
  refuse 'primes that are close to each other' csr-key-close-primes close.csr
  request roca.csr roca.key $san
  refuse 'the fingerprint of ROCA' csr-key-roca roca.csr
else
  fail 'weak keys could be made'
fi
key three.key rsa-2048 3
request three.csr three.key DNS:three.example.test
manual THREE three.example.test three.csr | drop three.xml
run_at "$(at 4)"
is_accepted 'a public exponent of 3 is taken' three.xml
dv_order BOTH both.example.test "<csr mode=\"manual\" key=\"ec-p256\">$(cat good.csr)</csr>" | drop both.xml
dv_order NONE none.example.test '<csr mode="manual"/>' | drop none.xml
run_at "$(at 5)"
like 'manual without a request is refused' "$(outcome none.xml)" rejected
like 'a request with the private key in it is refused' "$(
  dv_order KEY key.example.test "<csr mode=\"manual\">$(cat good.key)</csr>" | drop key.xml
  run_at "$(at 6)"
  outcome key.xml
)" rejected
is 'and the key is not kept' "$(grep -rl "$(sed -n 2p good.key)" "$INSTANCE" | wc -l)" 0
finish
