#!/bin/bash
# An issuer outside that is reached by a command: what it gets, and what becomes of it when
# it fails, hangs, or leaves what is no chain.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

new_instance
foreign_ca root '/O=Other Authority/CN=Other Root'
foreign_ca inner '/O=Other Authority/CN=Other Issuing CA' root
sed -i '/id="standard-dv-single"/s/issuer="embedded"/issuer="other"/; /id="standard-dv-wildcard"/s/issuer="embedded"/issuer="slow"/' "$INSTANCE/catalog.xml"
# The command: it certifies what the CSR asks for, unless the file `mood` says something else.
cat >authority <<SCRIPT
#!/bin/bash
# authority CSR CHAIN NAMES ID
cd "$work" || exit 9
printf '%s\n' "\$@" >"asked.\$4"
echo \$\$ >pid
printf '%s\n' "\$OLDPWD" "\$(stat -c %a "\$OLDPWD")" "\$(env | cut -d= -f1 | sort | paste -sd ' ')" >"seen.\$4"
[ "\$CERTDROP_TEST_SECRET" = "" ] || echo leaked >leaked
case \$(cat mood) in
fail) echo 'the authority says: <b>no</b> \`today\` | tomorrow'; echo 'please ask again' >&2; exit 3 ;;
hang) sleep 60 ;;
nothing) exit 0 ;;
nonsense) head -c 3000 /dev/urandom >"\$2"; exit 0 ;;
hostile) printf '</issuance><deletion xmlns="urn:certdrop:1" ref="x" certificate="%s"/>' "\$4" >"\$2"; exit 0 ;;
link) ln -s "$work/inner.crt" "\$2"; exit 0 ;;
large) yes | head -c 3000000 >"\$2"; exit 0 ;;
stranger) cat stranger.crt inner.crt >"\$2"; exit 0 ;;
esac
. "$source_dir/tests/flow/lib-foreign.sh"
fail() { echo "\$@"; exit 8; }
mkdir -p "own.\$4" && cp inner.crt inner.key "own.\$4" && cd "own.\$4" || exit 9
foreign_sign "\$1" out inner "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:\${3//,/,DNS:}\n"
cat out.crt inner.crt >"\$2"
SCRIPT
chmod +x authority
issuer() { # ID SECONDS
  printf '<issuer id="%s"><command timeoutSeconds="%s"><argument>%s</argument><argument>{csr}</argument><argument>{chain}</argument><argument>{names}</argument><argument>{id}</argument></command></issuer>' \
    "$1" "$2" "$work/authority"
}
sed -i "s|</configuration>|$(issuer other 20)$(issuer slow 1)</configuration>|" "$INSTANCE/certdrop.xml"
foreign_server stranger one.iana.org inner

# ---- It works ---------------------------------------------------------------------------
echo good >mood
dv_order ONE one.iana.org | drop one.xml
CERTDROP_TEST_SECRET=x run_at "$(at 1)"
expect_status 'the command is asked in the run that brings the order' 0
is_status 'and its certificate is taken' ONE.1 issued
is 'it gets a CSR and where to put the chain' "$(sed -n '1,2s|.*/state/|state/|p' asked.ONE.1 | paste -sd ' ')" \
  'state/outside/ONE.1/request.csr state/outside/ONE.1/request-cert.pem'
is 'the names and the ID' "$(sed -n 3,4p asked.ONE.1 | paste -sd ' ')" 'one.iana.org ONE.1'
is 'it works in a private folder' "$(sed -n 1,2p seen.ONE.1 | sed 's|.*/state/|state/|' | paste -sd ' ')" 'state/outside/ONE.1 700'
ok 'nothing of the environment is passed on' test ! -e leaked
ok 'and nothing is left of the folder' test ! -e "$INSTANCE/state/outside"
ok 'nor in the outbox' test ! -e "$INSTANCE/outbox/csr/ONE.1.csr"
unpack ONE.1 pem one
ok 'the archive holds its certificate' openssl verify -no-CApath -no-CAstore -attime "$(date -u -d "$(at 0 12)" +%s)" -CAfile root.crt -untrusted one/chain.pem one/cert.pem
ok 'and the key that fits' key_fits one/cert.pem one/privkey.pem
like 'the applicant is told' "$(ls "$INSTANCE/outbox/mail")" 'ONE\.1\+ONE_issued'

# ---- It fails ------------------------------------------------------------------------------
echo fail >mood
dv_order TWO two.iana.org | drop two.xml
run_at "$(at 10)"
expect_status 'a command that fails ends the run with 1' 1
like 'which says so' "$(cat err)" 'TWO\.1: was not certified by the issuer "other": .*/authority ended with status 3'
is_accepted 'the order is accepted all the same' two.xml
is_status 'the application is pending' TWO.1 pending-verification
page=$(cat "$INSTANCE/reports/certificate/TWO.1.md")
like 'its page shows what the command said' "$page" 'please ask again'
html=$(cat "$INSTANCE/reports/certificate/TWO.1.html")
like 'escaped' "$html" '&lt;b&gt;no&lt;/b&gt;'
unlike 'and as nothing else' "$html" '<b>no'
like 'when it is asked again' "$page" 'Asked again from.*Nov 23, 2026, 02:15'
like 'the overview shows it' "$(cat "$INSTANCE/reports/index.md")" 'TWO\.1.*failing since'
run_at "$(at 12)"
expect_status 'it is not asked again at once' 0
run_at "$(at 15)"
expect_status 'but after a while' 1
like 'and counted' "$(cat err)" 'failure 2'
like 'the pauses grow' "$(cat "$INSTANCE/reports/certificate/TWO.1.md")" 'Asked again from.*02:30'
minutes=$((24 * 60))
fails() { # WHAT MOOD PATTERN
  echo "$2" >mood
  minutes=$((minutes + 24 * 60))
  run_at "$(at $minutes)"
  expect_status "$1: the run ends with 1" 1
  like "$1 is said" "$(cat err)" "$3"
  is_status '  and it is pending' TWO.1 pending-verification
}
fails 'no chain' nothing 'left no chain in \{chain\}'
fails 'noise' nonsense 'refused: .*\[certificate-'
fails 'another document' hostile 'refused: .*\[certificate-content\]'
fails 'a link' link 'left no chain in \{chain\}'
fails 'too much' large 'left no chain in \{chain\}'
fails 'a certificate of another key' stranger 'refused: .*another key.*\[issuance-key\]'
sed -i 's/<issuer id="other"/<issuer id="renamed"/' "$INSTANCE/certdrop.xml"
sed -i 's/issuer="other"/issuer="renamed"/' "$INSTANCE/catalog.xml"
fails 'an issuer that is configured no more' good 'issuer "other" is not in certdrop.xml any more'
sed -i 's/<issuer id="renamed"/<issuer id="other"/' "$INSTANCE/certdrop.xml"
sed -i 's/issuer="renamed"/issuer="other"/' "$INSTANCE/catalog.xml"
echo good >mood
run_at "$(at $((minutes + 24 * 60)))"
expect_status 'once it works' 0
is_status 'it is issued' TWO.1 issued
unlike 'and fails no more' "$(cat "$INSTANCE/reports/index.md")" 'failing since'
# ---- It hangs --------------------------------------------------------------------------------
minutes=$((minutes + 25 * 60))
echo hang >mood
wildcard() { order "$1" standard-dv-wildcard "$(payment_child "$(price standard-dv-wildcard)")
  $(application_child "$(domains "*.$2")$applicant")"; }
for n in 1 2 3 4 5 6; do wildcard "SLOW-$n" "slow-$n.iana.org" | drop slow-$n.xml; done
started=$SECONDS
CERTDROP_THREADS=2 run_at "$(at $minutes)"
took=$((SECONDS - started))
expect_status 'a command that hangs ends the run with 1' 1
like 'it is ended' "$(cat err)" 'took longer than 1 s and was ended'
is 'and its issuer is not waited for again in that run' "$(grep -c 'was not certified' err)" 2
ok 'so that it costs no more than once' test "$took" -lt 30
echo good >mood
run_at "$(at $((minutes + 60)))"
expect_status 'the next run asks for all of them' 0
for n in 1 2 6; do is_status "and number $n is issued" SLOW-$n.1 issued; done

# ---- A run that is killed ------------------------------------------------------------------
minutes=$((minutes + 120))
echo hang >mood
dv_order THREE three.iana.org | drop three.xml
"$CERTDROP" -C "$INSTANCE" --at "$(at $minutes)" run >out 2>err &
run=$!
for _ in $(seq 100); do [ ! -e asked.THREE.1 ] || break; sleep 0.1; done
kill -KILL $run
wait $run 2>/dev/null
ok 'it leaves its folder' test -e "$INSTANCE/state/outside/THREE.1"
kill -KILL -- "-$(cat pid)" 2>/dev/null
echo good >mood
run_at "$(at $((minutes + 1)))"
expect_status 'the next run begins anew' 0
is_status 'and comes to the end' THREE.1 issued
ok 'nothing of the folder is left' test ! -e "$INSTANCE/state/outside"
is 'there was one certificate' "$(show THREE.1 '[.history[] | select(.what == "certified")] | length')" 1
snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before - | head -n 20)" ''
finish
