# shellcheck shell=bash
# Authorities of others, for tests of uploads and of issuers outside: made with openssl ca,
# whose dates do not depend on the clock. To be read after lib.sh.
# shellcheck disable=SC2154

# foreign_key NAME [ALGORITHM]: NAME.key.
foreign_key() {
  case ${2:-ec} in
  ec) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" ;;
  rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
  rsa-1024) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out "$1.key" ;;
  *) openssl genpkey -algorithm "$2" -out "$1.key" ;;
  esac 2>/dev/null
}

# foreign_sign CSR OUT ISSUER EXTENSIONS [START END [OPTION…]]: ISSUER.crt signs, or the
# CSR's own key OUT.key where ISSUER is "self". EXTENSIONS are lines of an openssl.cnf.
foreign_sign() {
  local csr=$1 out=$2 issuer=$3 start=${5:-261101000000Z} end=${6:-270430235959Z}
  local signer=(-cert "$issuer.crt" -keyfile "$issuer.key")
  [ "$issuer" != self ] || signer=(-selfsign -keyfile "$out.key")
  rm -rf ca-db && mkdir ca-db && : >ca-db/index
  cat >ca-db/conf <<CONF
[ca]
default_ca = this
[this]
database = ca-db/index
new_certs_dir = ca-db
rand_serial = yes
unique_subject = no
policy = any
default_md = sha256
copy_extensions = none
[any]
commonName = optional
organizationName = optional
[extensions]
$(printf '%b' "$4")
CONF
  openssl ca -batch -notext -config ca-db/conf "${signer[@]}" -startdate "$start" -enddate "$end" \
    ${4:+-extensions extensions} "${@:7}" -in "$csr" -out "$out.crt" >ca-db/log 2>&1 || {
    fail "openssl ca signs $out" "$(cat ca-db/log)"
  }
}

# foreign_ca NAME SUBJECT [ISSUER]: NAME.key and NAME.crt of an authority, a root unless ISSUER
# certifies it.
foreign_ca() {
  foreign_key "$1"
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
  foreign_sign "$1.csr" "$1" "${3:-self}" 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n' \
    200101000000Z 401231235959Z
}

# foreign_server NAME NAMES ISSUER [ALGORITHM [START END]]: NAME.key and NAME.crt of a server for
# NAMES, separated by commas.
foreign_server() {
  foreign_key "$1" "${4:-ec}"
  openssl req -new -key "$1.key" -subj "/CN=${2%%,*}" -out "$1.csr"
  foreign_sign "$1.csr" "$1" "$3" \
    "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:${2//,/,DNS:}\n" "${@:5}"
}

# upload REF CERTIFICATES [KEY [PASSPHRASE]]: the texts of both.
upload() {
  printf '<upload %s ref="%s" name="Bought elsewhere">\n  <certificate>%s</certificate>\n' "$xmlns" "$1" "$2"
  [ -z "${3-}" ] || printf '  <privateKey%s>%s</privateKey>\n' "${4:+ passphrase=\"$4\"}" "$3"
  printf '</upload>\n'
}

# pfx_package NAME REF FILE [PASSWORD]: a package with the PKCS#12 FILE.
pfx_package() {
  printf '<upload %s ref="%s"><pkcs12 file="%s"%s/></upload>\n' "$xmlns" "$2" "$3" "${4+ password=\"$4\"}" >document.xml
  package "$1" document.xml "$3"
}

# A new instance, two of whose products are certified outside, for 90 days: one by the command of the
# issuer "other", one by an exchange of files. The authorities `root` and `inner` are there for both.
new_outside_instance() {
  new_instance
  foreign_ca root '/O=Other Authority/CN=Other Root'
  foreign_ca inner '/O=Other Authority/CN=Other Issuing CA' root
  sed -i '/id="standard-dv-single"/{s/issuer="embedded"/issuer="other"/;s/lifetime="[^"]*"/lifetime="90"/}
    /id="free-dv-single"/{s/issuer="embedded"/issuer="exchange"/;s/lifetime="[^"]*"/lifetime="90"/}' "$INSTANCE/catalog.xml"
}
