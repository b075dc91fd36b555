#!/bin/bash
# The forms of the pages, filled in in a browser: what they make is taken by certdrop.
. "$(dirname "$0")/../flow/lib.sh"
. "$source_dir/tests/pages/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_instance
run_at $T0
made=$work/made
mkdir "$made"

# step NAME [ID]: its tests become ours.
step() {
  "$node" "$pages_dir/forms.js" "$INSTANCE" "$made" "$@" >step.tap 2>step.err
  take_tap step.tap "the forms of step $1 came to their end" step.err
}

minute=0
# take NAME: drops what a form made, runs, and expects it to be accepted. What this version
# does not have is only looked at: it is valid.
take() {
  local file
  file=$(cd "$made" && echo "$1".*)
  minute=$((minute + 1))
  drop "$file" <"$made/$file"
  run_at "$(at $minute)"
  if [ "$(codes "$file")" = not-available ]; then
    pass "$1: what the form made is valid"
  else
    is_accepted "$1: certdrop takes what the form made" "$file"
  fi
}

available() {
  ! grep -q 'not available in this version' "$INSTANCE/reports/request/$1.html"
}

step checks
step values
(cd "$made" && xmllint --nonet --noout --schema "$source_dir/schemas/documents.xsd" value-*.xml 2>&1) |
  sed -n 's/^\(value-[0-9]*\.xml\) \(validates\|fails to validate\)$/\1 \2/p' >judged
while read -r verdict file rest; do
  case $(grep -F "$file " judged) in
  *' validates') judged=right ;;
  *' fails to validate') judged=wrong ;;
  *) judged='nothing' ;;
  esac
  [ "$judged" = "$verdict" ] || echo "$rest: the form says $verdict, xmllint $judged"
done <"$made/verdicts.txt" >differ
is 'the forms and the schema say the same of every value' "$(cat differ)" ''
rm -f "$made"/value-*.xml
step order
take order-plain
take order-ov
take order-whole
is_status 'one file leads from the form to the certificate' FORM-DV.1 issued
step payment FORM-OV.1
take payment
is_status 'it is paid' FORM-OV.1 paid
step application FORM-OV.1
take application
is_status 'it is applied for, with the letter' FORM-OV.1 pending-verification
step withdrawal FORM-OV.1
take withdrawal
if available withdrawal; then
  is_status 'it is withdrawn' FORM-OV.1 paid
  step resubmission FORM-OV.1
  take resubmission
  is_status 'and submitted as it was' FORM-OV.1 pending-verification
fi
step review FORM-OV.1
take review
is_status 'it is issued' FORM-OV.1 issued
certificate_text FORM-OV.1 >text
like 'with what was typed, letter for letter' "$(cat text)" 'O ?= ?.?Example'

step download FORM-DV.1
take download
step deployment FORM-DV.1
take deployment
step undeployment FORM-DV.1
take undeployment
step renewal FORM-DV.1
take renewal
step revocation FORM-OV.1
take revocation
! available revocation || is_status 'it is revoked, and paid back' FORM-OV.1 refunded
step deletion FORM-OV.1
take deletion

foreign_ca root '/O=Other Authority/CN=Other Root'
if available issuance; then
  sed -i '/id="standard-dv-single"/s/issuer="embedded"/issuer="exchange"/' "$INSTANCE/catalog.xml"
  dv_order OUT-1 out.example.test | drop out.xml
  minute=$((minute + 1))
  run_at "$(at $minute)"
  foreign_sign "$INSTANCE/outbox/csr/OUT-1.1.csr" out root \
    'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:out.example.test\n'
  cat out.crt root.crt >"$made/chain.pem"
  step issuance OUT-1.1
  take issuance
  is_status 'what another authority issued is taken' OUT-1.1 issued
fi

foreign_server old old-shop.example.test root
cat old.crt root.crt >"$made/chain.pem"
cp old.key "$made/key.pem"
foreign_server other other.example.test root rsa
openssl pkcs12 -export -in other.crt -inkey other.key -passout 'pass: secret  words ' -out "$made/site.pfx"
step upload
take upload-pem
take upload-pfx

step inbox
take inbox
step plain
finish
