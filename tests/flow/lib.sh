# shellcheck shell=bash
# What the flow tests share. A test begins with
#     . "$(dirname "$0")/lib.sh"
# and ends with `finish`. It runs in a new folder of its own, which goes away
# with it unless KEEP=1. Each test says what it shows, once, as a line of TAP.
set -u
# "set -u" in a replacement is itself.
shopt -u patsub_replacement 2>/dev/null

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CERTDROP=${CERTDROP:-$source_dir/build/certdrop}
# shellcheck disable=SC2034
variant=${CERTDROP_VARIANT:-plain}
export LC_ALL=C.UTF-8 TZ=UTC G_DEBUG=fatal-warnings
export ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99}

work=$(mktemp -d "${TMPDIR:-/tmp}/certdrop-test.XXXXXX") || exit 1
cd "$work" || exit 1
background=()
clean_up() {
  [ ${#background[@]} = 0 ] || kill "${background[@]}" 2>/dev/null
  ! mountpoint -q "$work/full" || umount "$work/full"
  if [ -n "${KEEP-}" ]; then echo "# kept: $work"; else rm -rf "$work"; fi
}
trap clean_up EXIT

# ---- TAP --------------------------------------------------------------------

tests=0
failures=0

pass() {
  tests=$((tests + 1))
  echo "ok $tests - $1"
}

# fail WHAT [WHY…]: each WHY is shown on lines of its own.
fail() {
  tests=$((tests + 1))
  failures=$((failures + 1))
  echo "not ok $tests - $1"
  shift
  [ $# = 0 ] || printf '%s\n' "$@" | sed 's/^/#   /'
}

# ok WHAT COMMAND…: the command ends with 0.
ok() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then pass "$what"; else fail "$what" "command: $*" "$output"; fi
}

# not_ok WHAT COMMAND…: the command ends with something else, by its own will.
not_ok() {
  local what=$1 output code
  shift
  output=$("$@" 2>&1)
  code=$?
  if [ $code = 0 ] || [ $code -gt 125 ]; then
    fail "$what" "command: $*" "ended with $code" "$output"
  else
    pass "$what"
  fi
}

# is WHAT GOT WANTED
is() {
  if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got:    $2" "wanted: $3"; fi
}

# like WHAT TEXT PATTERN: PATTERN is an extended regular expression.
like() {
  if printf '%s\n' "$2" | grep -Eq -- "$3"; then pass "$1"; else fail "$1" "got:    $2" "wanted: $3"; fi
}

unlike() {
  if printf '%s\n' "$2" | grep -Eq -- "$3"; then fail "$1" "got:      $2" "unwanted: $3"; else pass "$1"; fi
}

finish() {
  echo "1..$tests"
  [ "$failures" = 0 ]
  exit
}

# ---- Running certdrop -------------------------------------------------------

INSTANCE=instance
status=

# What no command may ever say, whatever its exit status.
crash_marks='AddressSanitizer|LeakSanitizer|runtime error:|assertion|CRITICAL|Bail out|core dumped'

# certdrop ARGUMENT…: its exit status in $status, its output in the files `out`
# and `err`. A crash, or any status that the contract does not know, is a failed test.
certdrop() {
  "$CERTDROP" "$@" >"$work/out" 2>"$work/err"
  status=$?
  case $status in
  0 | 1 | 64 | 74 | 75 | 78) ;;
  *) fail "certdrop $* ends with a status of the contract" "status: $status" "$(tail -n 30 "$work/err")" ;;
  esac
  if grep -Eq "$crash_marks" "$work/err"; then
    fail "certdrop $* has no finding of a sanitizer" "$(grep -E -A 12 -m 1 "$crash_marks" "$work/err")"
  fi
}

# The first moment of all tests. An instance's time goes on from there.
T0=2026-11-23T02:00:00Z

# at MINUTES [HOURS [DAYS]]: that long after T0.
at() {
  date -u -d "@$(($(date -u -d $T0 +%s) + $1 * 60 + ${2:-0} * 3600 + ${3:-0} * 86400))" +%Y-%m-%dT%H:%M:%SZ
}

# new_instance [FOLDER]: makes it and takes it for the one under test.
new_instance() {
  INSTANCE=$work/${1:-instance}
  mkdir -p "$INSTANCE"
  certdrop -C "$INSTANCE" --at $T0 init
  [ $status = 0 ] || fail "init of $INSTANCE" "status $status" "$(cat err)"
}

# drop NAME: standard input becomes a file of the inbox, whole from its first moment
# and a minute old, so that no run leaves it for the next as still being written.
drop() {
  cat >"$INSTANCE/inbox/.incoming.tmp" && touch -d '-1 minute' "$INSTANCE/inbox/.incoming.tmp" &&
    mv -- "$INSTANCE/inbox/.incoming.tmp" "$INSTANCE/inbox/$1"
}

# run_at TIME [OPTION…]
run_at() {
  local time=$1
  shift
  certdrop -C "$INSTANCE" --at "$time" run "$@"
}

expect_status() {
  if [ "$status" = "$2" ]; then
    pass "$1"
  else
    fail "$1" "exit status $status, wanted $2" "$(tail -n 20 "$work/err")"
  fi
}

# How many seconds something may take that goes by the real clock.
patience=10
[ "$variant" = plain ] || patience=60

# until_true COMMAND…: within $patience seconds.
until_true() {
  local end=$((SECONDS + patience))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.05
  done
}

# claim_ports NUMBER: sets the array `ports`. They are this test's until it ends: a lock keeps other
# tests from them, and they lie below those that the system gives to whoever connects.
claim_ports() {
  local folder=${TMPDIR:-/tmp}/certdrop-ports.$UID port lock
  mkdir -p "$folder"
  ports=()
  while [ ${#ports[@]} -lt "$1" ]; do
    port=$((20000 + RANDOM % 12000))
    exec {lock}>"$folder/$port"
    if flock -n "$lock" && ! cat /proc/net/tcp /proc/net/tcp6 | grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X $port) [^ ]* 0A"; then
      ports+=("$port")
    else
      exec {lock}>&-
    fi
  done
}

# ---- Looking at what came of it ---------------------------------------------

# xpath FILE EXPRESSION: c:NAME stands for the element NAME of certdrop's namespace.
xpath() {
  xmllint --nonet --xpath "$(printf '%s' "$2" |
    sed -E "s/c:([A-Za-z0-9]+)/*[local-name()='\\1']/g")" "$1" 2>/dev/null
}

receipt() {
  printf '%s' "$INSTANCE/outbox/receipts/$1.receipt.xml"
}

# receipt_value NAME EXPRESSION: as a string.
receipt_value() {
  xpath "$(receipt "$1")" "string($2)"
}

outcome() {
  receipt_value "$1" /c:receipt/@outcome
}

# The codes of all faults of the receipt of NAME, sorted, with blanks between.
codes() {
  xpath "$(receipt "$1")" '//c:fault/@code' | grep -o '"[^"]*"' | tr -d '"' | sort -u | paste -sd ' '
}

# is_accepted WHAT NAME, is_rejected WHAT NAME CODES
is_accepted() {
  local got
  got="$(outcome "$2") $(codes "$2")"
  if [ "$got" = "accepted " ] && [ -e "$INSTANCE/inbox/done/$2" ]; then
    pass "$1"
  else
    fail "$1" "got: $got" "$(cat "$INSTANCE/inbox/rejected/$2.error.md" "$work/err" 2>&1)"
  fi
}

is_rejected() {
  local got
  got="$(outcome "$2") $(codes "$2")"
  if [ "$got" = "rejected $3" ] && [ -e "$INSTANCE/inbox/rejected/$2" ] &&
    [ -s "$INSTANCE/inbox/rejected/$2.error.md" ]; then
    pass "$1"
  else
    fail "$1" "got:    $got" "wanted: rejected $3" "$(ls -d "$INSTANCE"/inbox/"$2" "$INSTANCE"/inbox/*/"$2"* 2>&1)" "$(tail -n 5 "$work/err")"
  fi
}

is_waiting() {
  if [ -e "$INSTANCE/inbox/$2" ] && [ ! -e "$(receipt "$2")" ]; then
    pass "$1"
  else
    fail "$1" "not in the inbox, or with a receipt: $(outcome "$2") $(codes "$2")"
  fi
}

# show ID EXPRESSION: a field of `show --json`.
show() {
  "$CERTDROP" -C "$INSTANCE" show --json "$1" 2>"$work/err" | jq -r "$2"
}

# is_status WHAT ID STATUS
is_status() {
  is "$1" "$(show "$2" .status)" "$3"
}

# archive ID FORMAT: the path of that archive (there is one).
archive() {
  local found=("$INSTANCE/outbox/certificates/$1/$1"_*"_$2.zip")
  printf '%s' "${found[0]}"
}

# unpack ID FORMAT FOLDER
unpack() {
  mkdir -p "$3" && unzip -q -o -d "$3" "$(archive "$1" "$2")"
}

# The certificate of ID as text, from its archive.
certificate_text() {
  unzip -p "$(archive "$1" "${2:-pem}")" "${3:-cert.pem}" | openssl x509 -noout -text
}

chain_verifies() {
  openssl verify -x509_strict -no-CApath -no-CAstore -attime "$(date -u -d "${2:-$(at 0 12)}" +%s)" \
    -CAfile "$INSTANCE/outbox/pki/root.crt" -untrusted "$INSTANCE/outbox/pki/issuing.pem" "$1"
}

# Whether the first certificate of FILE and the private key have one public key.
key_fits() {
  [ "$(openssl x509 -in "$1" -noout -pubkey)" = "$(openssl pkey -in "$2" -pubout)" ]
}

# Every file of the instance but those of state/, with its mode and content.
snapshot() {
  (cd "$INSTANCE" && find . -path ./state -prune -o -type f -printf '%m %p\n' -o -printf '%y %m %p\n' | sort -k 2 &&
    find . -path ./state -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

# unchanged WHAT BEFORE: the instance is as the snapshot BEFORE says, but for the overview
# and the metrics, which tell how long the run before took (rules.md 22).
unchanged() {
  local of_runs=' \./reports/(index\.|metrics\.prom)'
  is "$1" "$(diff <(printf '%s\n' "$2" | grep -vE "$of_runs") <(snapshot | grep -vE "$of_runs"))" ''
}

# rows PAGE [HEADING]: the tables of a page of the reports, a row a line.
rows() {
  python3 "$source_dir/tests/tools/page-tables.py" "$INSTANCE/reports/$1.md" "${@:2}"
}

# Every file of the reports, with its content.
pages() {
  (cd "$INSTANCE/reports" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

# same_as_anew WHAT: the pages are, byte for byte, those that report makes of all there is.
same_as_anew() {
  pages >before
  certdrop -C "$INSTANCE" report
  is "$1" "$(pages | diff before -)" ''
}

# ---- Writing documents ------------------------------------------------------

xmlns='xmlns="urn:certdrop:1"'

# price PRODUCT [YEARS [NAMES [QUANTITY]]]: what an order costs, by the catalogue.
price() {
  local line cents_year cents_name included names
  line=$(grep "id=\"$1\"" "$INSTANCE/catalog.xml" || xpath "$INSTANCE/catalog.xml" "//c:product[@id='$1']")
  cents_year=$(cents "$(attribute "$line" pricePerYear)")
  cents_name=$(cents "$(attribute "$line" pricePerExtraName)")
  included=$(attribute "$line" includedNames)
  included=${included:-1}
  names=${3:-$included}
  [ "$names" -gt "$included" ] && names=$((names - included)) || names=0
  money $((${4:-1} * ${2:-1} * (cents_year + names * cents_name)))
}

attribute() {
  printf '%s' "$1" | sed -n "s/.*[[:space:]]$2=\"\([^\"]*\)\".*/\1/p"
}

cents() {
  local amount=${1:-0.00}
  printf '%d' "$((10#${amount/./}))"
}

money() {
  printf '%d.%02d' $(($1 / 100)) $(($1 % 100))
}

# payment_child AMOUNT: a payment inside an order.
payment_child() {
  printf '<payment reference="TX-1" amount="%s" currency="CNY"/>' "$1"
}

# payment REF ORDER AMOUNT [CURRENCY]
payment() {
  printf '<payment %s ref="%s" order="%s" reference="TX-%s" amount="%s" currency="%s"/>\n' \
    "$xmlns" "$1" "$2" "$1" "$3" "${4:-CNY}"
}

# order REF PRODUCT [CHILDREN]
order() {
  printf '<order %s ref="%s">\n  <product>%s</product>\n  %s\n</order>\n' "$xmlns" "$1" "$2" "${3-}"
}

applicant='<applicant><name>Applicant One</name><phone>+86 571 5555 0100</phone><email>applicant@example.test</email><idNumber>330100199001011234</idNumber></applicant>'
# shellcheck disable=SC2034
company='<company><name>Example Operations</name><type>private-organization</type><phone>+86 571 5555 0199</phone><organizationId>91330100MA00000000</organizationId><location country="CN" province="Zhejiang" city="Hangzhou"/><address>1 Example Road</address><zip>310000</zip></company>'

# domains NAME…
domains() {
  printf '<domains>'
  printf '<domain>%s</domain>' "$@"
  printf '</domains>'
}

# csr KIND: automatic.
csr() {
  printf '<csr mode="automatic" key="%s"/>' "$1"
}

# application_child CHILDREN: an application inside an order.
application_child() {
  printf '<application>%s</application>' "$1"
}

# application REF CERTIFICATE ACTION CHILDREN
application() {
  printf '<application %s ref="%s" certificate="%s" action="%s">\n  %s\n</application>\n' \
    "$xmlns" "$1" "$2" "$3" "$4"
}

# review REF CERTIFICATE DECISION [ATTRIBUTES [COMMENT]]
review() {
  printf '<review %s ref="%s" certificate="%s" decision="%s" reviewer="Reviewer One" %s>%s</review>\n' \
    "$xmlns" "$1" "$2" "$3" "${4-}" "${5:+<comment>$5</comment>}"
}

# batch: the documents on standard input in one file; $1 are attributes.
batch() {
  printf '<batch %s %s>\n' "$xmlns" "${1-}"
  sed "s/ $xmlns//"
  printf '</batch>\n'
}

# dv_order REF NAME [CHILDREN-OF-APPLICATION]: one file from order to bundle.
dv_order() {
  order "$1" standard-dv-single "$(payment_child "$(price standard-dv-single)")
  $(application_child "$(domains "$2")$applicant${3-}")"
}

# download REF CERTIFICATE FORMATS [ATTRIBUTES [RECIPIENT]]: RECIPIENT is a file in PEM.
download() {
  local format
  printf '<download %s ref="%s" certificate="%s" %s>\n' "$xmlns" "$1" "$2" "${4-}"
  for format in $3; do printf '  <format>%s</format>\n' "$format"; done
  [ -z "${5-}" ] || printf '  <recipient>\n%s\n  </recipient>\n' "$(cat "$5")"
  printf '</download>\n'
}

# recipient NAME KEY-OPTIONS USAGE [BEGIN END]: NAME.crt and NAME.key, valid around T0 unless told: a test's
# time is not that of the clock.
recipient() {
  # shellcheck disable=SC2086
  openssl req -new -newkey $2 -nodes -keyout "$1.key" -subj "/CN=Recipient $1" -out "$1.csr" 2>/dev/null
  mkdir -p "ca-$1" && : >"ca-$1/index" && echo 01 >"ca-$1/serial" && printf 'keyUsage=%s\n' "$3" >"ca-$1/usage"
  printf '[ca]\ndefault_ca=c\n[c]\ndatabase=ca-%s/index\nserial=ca-%s/serial\nnew_certs_dir=ca-%s\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' \
    "$1" "$1" "$1" >"ca-$1/cnf"
  openssl ca -batch -config "ca-$1/cnf" -selfsign -keyfile "$1.key" -in "$1.csr" -out "$1.crt" -notext \
    -startdate "${4-20260101000000Z}" -enddate "${5-20280101000000Z}" -extfile "ca-$1/usage" 2>"ca-$1/err" ||
    fail "a certificate for $1" "$(cat "ca-$1/err")"
}

# configure ELEMENTS: the configuration of the instance, with its own suffix.
configure() {
  printf '<configuration %s>\n  <verification><automatic suffix="example.test"/></verification>\n  %s\n</configuration>\n' \
    "$xmlns" "$1" >"$INSTANCE/certdrop.xml"
}

# shellcheck disable=SC2034
keytool_element="<keytool><command><argument>$(command -v keytool)</argument></command></keytool>"

# The smallest whole images.
write_png() {
  base64 -d >"$1" <<'PNG'
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
PNG
}

# package NAME FILE…: a zip of the inbox with the files, without their folders.
package() {
  local name=$1
  shift
  rm -f "$work/.package.zip"
  zip -q -j -X "$work/.package.zip" "$@" && drop "$name" <"$work/.package.zip"
}

attachments() {
  printf '<attachments>'
  while [ $# -gt 1 ]; do
    printf '<attachment kind="%s" file="%s"/>' "$1" "$2"
    shift 2
  done
  printf '</attachments>'
}
