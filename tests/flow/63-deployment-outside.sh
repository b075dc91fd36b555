#!/bin/bash
# What issuers outside sent, by exchange of files and by command, is deployed like any other: so are
# its re-issues and its renewals, where the one before was.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_outside_instance
cat >authority <<SCRIPT
#!/bin/bash
cd "$work" || exit 9
. "$source_dir/tests/flow/lib-foreign.sh"
fail() { echo "\$@"; exit 8; }
mkdir -p "own.\$4" && cp inner.crt inner.key "own.\$4" && cd "own.\$4" || exit 9
foreign_sign "\$1" out inner "subjectAltName=DNS:\$3\n" \$(cat ../dates)
cat out.crt inner.crt >"\$2"
SCRIPT
# What a target is told, and what it then has: PRODUCT/REGION.crt.
cat >push <<SCRIPT
#!/bin/bash
echo "\$CERTDROP_ACTION \$CERTDROP_ID \$CERTDROP_PRODUCT \$CERTDROP_REGION \$CERTDROP_SERIAL instead of \$CERTDROP_REPLACES" >>"$work/pushed"
cd "$work" || exit 9
mkdir -p "\$CERTDROP_PRODUCT"
case \$CERTDROP_ACTION in
remove) rm "\$CERTDROP_PRODUCT/\$CERTDROP_REGION.pem" ;;
*) cat "\$CERTDROP_FULLCHAIN" "\$CERTDROP_PRIVKEY" >"\$CERTDROP_PRODUCT/\$CERTDROP_REGION.pem" ;;
esac
SCRIPT
chmod +x authority push
configure '<target product="web" regions="north south" format="pem"><command><argument>'"$work"'/push</argument></command></target>
  <target product="mail" regions="one" format="pem"><command><argument>'"$work"'/push</argument></command></target>
  <issuer id="other"><command timeoutSeconds="20"><argument>'"$work"'/authority</argument><argument>{csr}</argument><argument>{chain}</argument><argument>{names}</argument><argument>{id}</argument></command></issuer>'
on_day() { # DAY: a run, with an authority that certifies from then on
  local now
  now=$(date -u -d "$(at 0 0 "$1")" +%s)
  echo "$(date -u -d "@$now" +%y%m%d%H%M%SZ) $(date -u -d "@$((now + 90 * 86400 - 1))" +%y%m%d%H%M%SZ)" >dates
  run_at "$(at 0 0 "$1")"
}
issuance() { # REF CERTIFICATE NAMES: has the CSR in the outbox certified and drops the chain
  # shellcheck disable=SC2046
  foreign_sign "$INSTANCE/outbox/csr/$2.csr" "$1" inner "subjectAltName=DNS:$3\n" $(cat dates)
  printf '<issuance %s ref="%s" certificate="%s">%s</issuance>' "$xmlns" "$1" "$2" "$(cat "$1.crt" inner.crt)" | drop "$1.xml"
}
deploy() { # REF CERTIFICATE PRODUCT REGION…
  local region
  printf '<deployment %s ref="%s" certificate="%s"><target product="%s">' "$xmlns" "$1" "$2" "$3"
  for region in "${@:4}"; do printf '<region>%s</region>' "$region"; done
  printf '</target></deployment>\n'
}
deployments() { show "$1" '[.deployments[] | "\(.product) \(.region) \(.outcome)"] | join(", ")'; }
serial() { show "$1" .serialNumber; }
there() { openssl x509 -in "$1.pem" -noout -serial | sed s/serial=// | tr '[:upper:]' '[:lower:]' | sed 's/^0*//'; }
has() { # WHAT PLACE CERTIFICATE
  is "$1" "$(there "$2")" "$(serial "$3" | tr '[:upper:]' '[:lower:]' | sed 's/^0*//')"
  ok '  with its key and chain' key_fits "$2.pem" "$2.pem"
  ok '  up to its root' openssl verify -no_check_time -no-CApath -no-CAstore -CAfile root.crt -untrusted "$2.pem" "$2.pem"
}

# ---- Before it is issued ----------------------------------------------------------------
free_order() { # REF NAME [CSR]
  order "$1" free-dv-single "$(application_child "$(domains "$2")$applicant${3-}")" | drop "$1.xml"
}
free_order EXC exc.iana.org
dv_order CMD cmd.iana.org | drop cmd.xml
openssl req -new -newkey rsa:2048 -nodes -keyout manual.key -subj /CN=man.iana.org -out manual.csr 2>/dev/null
free_order MAN man.iana.org "<csr mode=\"manual\">$(cat manual.csr)</csr>"
deploy D-SOON EXC web north | drop z-soon.xml
on_day 0
is_rejected 'while its CSR lies outside it is not deployed' z-soon.xml state
like 'which says why' "$(receipt_value z-soon.xml //c:fault)" 'EXC\.1.*pending-verification'
issuance ISS-1 EXC.1 exc.iana.org
issuance ISS-M MAN.1 man.iana.org
deploy D-EXC EXC web north south | drop d1.xml
deploy D-CMD CMD mail one | drop d2.xml
deploy D-MAN MAN mail one | drop d3.xml
on_day 1
is_accepted 'the chain comes and is deployed in one run' d1.xml
is 'in both regions' "$(deployments EXC.1)" 'web north deployed, web south deployed'
has 'what the other authority certified is there' web/north EXC.1
is 'what came by command is, too' "$(deployments CMD.1)" 'mail one deployed'
has 'as it came' mail/one CMD.1
is_rejected 'of a manual CSR there is no key to deploy' d3.xml private-key-missing
like 'which says why' "$(receipt_value d3.xml //c:fault)" 'MAN\.1.*private key'

# ---- Issued again within the term -------------------------------------------------------------
first_exc=$(serial EXC.1)
first_cmd=$(serial CMD.1)
for day in 50 55 60 65; do
  on_day $day
  [ ! -e "$INSTANCE/outbox/csr/EXC.1.csr" ] || break
done
ok 'the next CSR lies outside' test -s "$INSTANCE/outbox/csr/EXC.1.csr"
is 'what is deployed stays meanwhile' "$(there web/north)" "$(echo "$first_exc" | tr '[:upper:]' '[:lower:]' | sed 's/^0*//')"
issuance ISS-2 EXC.1 exc.iana.org
on_day 66
not_ok 'it is issued again' test "$first_exc" = "$(serial EXC.1)"
not_ok 'so is that of the command' test "$first_cmd" = "$(serial CMD.1)"
for place in web/north web/south; do has "$place has the new one" $place EXC.1; done
has 'mail has its new one' mail/one CMD.1
is 'the targets were told what it replaces' "$(grep -c "^renew .* instead of \($first_exc\|$first_cmd\)$" pushed)" 3
is 'what is deployed is said with its present serial' "$(deployments EXC.1)" 'web north deployed, web south deployed'

# ---- Renewed ----------------------------------------------------------------------------------
second_exc=$(serial EXC.1)
second_cmd=$(serial CMD.1)
renewal() { printf '<renewal %s ref="%s" certificate="%s">%s</renewal>' "$xmlns" "$1" "$2" "${3-}" | drop "$1.xml"; }
renewal EXC-N EXC
renewal CMD-N CMD "$(payment_child "$(price standard-dv-single)")"
on_day 70
is_status 'the renewal by command is issued at once' CMD-N.1 issued
is_status 'that by exchange lies outside' EXC-N.1 pending-verification
is 'the one by command is where its forerunner was' "$(deployments CMD-N.1)" 'mail one deployed'
has 'mail has it' mail/one CMD-N.1
is 'its forerunner is there no more' "$(deployments CMD.1)" ''
is 'the one by exchange leaves its forerunner in place' "$(deployments EXC.1) $(deployments EXC-N.1)" 'web north deployed, web south deployed '
issuance ISS-3 EXC-N.1 exc.iana.org
on_day 71
is_status 'until its chain comes' EXC-N.1 issued
is 'then it takes its places' "$(deployments EXC-N.1)" 'web north deployed, web south deployed'
is 'all of them' "$(deployments EXC.1)" ''
for place in web/north web/south; do has "$place has the renewed one" $place EXC-N.1; done
is 'they were told what it replaces' "$(grep -c "^renew EXC-N.1 web .* instead of $second_exc$" pushed) $(grep -c "^renew CMD-N.1 mail .* instead of $second_cmd$" pushed)" '2 1'
is 'nothing was removed for that' "$(grep -c ^remove pushed)" 0
is 'the archives of the forerunner lie there no more' "$(find "$INSTANCE/outbox/deploy" -name 'EXC.1*' -o -name 'CMD.1*')" ''

# ---- Taken off, and looked at as a whole ---------------------------------------------------------
deploy U-1 EXC-N web south | sed 's/deployment/undeployment/g' | drop off.xml
on_day 72
is 'it can be taken off' "$(deployments EXC-N.1) $(ls web)" 'web north deployed north.pem'
certdrop -C "$INSTANCE" verify
expect_status 'verify finds nothing' 0
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head -n 20)" ''
finish
