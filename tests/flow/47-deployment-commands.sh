#!/bin/bash
# Commands of targets: what they are told, how they fail, when they are tried again, and
# that no key is left behind, killed or not.
. "$(dirname "$0")/lib.sh"

target() { # PRODUCT SECONDS ARGUMENT…
  local product=$1 seconds=$2
  shift 2
  printf '<target product="%s" format="pem"><command timeoutSeconds="%s">' "$product" "$seconds"
  printf '<argument>%s</argument>' "${@//&/\&amp;}"
  printf '</command></target>'
}
configure() { # the targets on standard input beside those as shipped
  awk -v more="$(cat)" '/<\/configuration>/ { print more } { print }' "$work/shipped.xml" >"$INSTANCE/certdrop.xml"
}
deploy() { # REF CERTIFICATE PRODUCT…
  local ref=$1 certificate=$2
  shift 2
  printf '<deployment %s ref="%s" certificate="%s">' "$xmlns" "$ref" "$certificate"
  printf '<target product="%s"/>' "$@"
  printf '</deployment>\n'
}
undeploy() { deploy "$@" | sed 's/deployment/undeployment/g'; }
outcomes() { show "$1" '[.deployments[] | "\(.product) \(.outcome)"] | join(", ")'; }
field() { show "$1" ".deployments[] | select(.product == \"$2\") | .$3"; }

new_instance
cp "$INSTANCE/certdrop.xml" shipped.xml

# ---- What it is told ----
cat >tell <<'SH'
#!/bin/sh
here=$(dirname "$0")
{ env | sort; printf '<%s>\n' "$@"; echo "in $(pwd)"; stat -c '%a %F %n' "$CERTDROP_FOLDER" "$CERTDROP_FOLDER"/*; } >"$here/told-$CERTDROP_ACTION"
cp -r "$CERTDROP_FOLDER" "$here/copy-$CERTDROP_ACTION"
cp "$CERTDROP_ARCHIVE" "$here/archive.zip"
echo "left behind" >leftover
mkdir -p deep/er && cp "$CERTDROP_PRIVKEY" deep/er/key.pem
cat "$CERTDROP_PRIVKEY"
echo done
SH
chmod +x tell
target tell 20 "$work/tell" deploy_cert '{domain}' '{privkey}' '{cert}' '{fullchain}' '{chain}' '{timestamp}' 'x {region}{other} $HOME `id` * "' | sed 's/\$HOME `id` \*/$HOME `id` */' | configure
dv_order T-1 t.example.test | drop 1.xml
deploy T-D T-1 tell | drop 2.xml
run_at "$(at 1)"
expect_status 'a command that ends well' 0
is 'the certificate is there' "$(outcomes T-1.1)" 'tell deployed'
value() { sed -n "s/^$2=//p" "told-$1"; }
folder=$(value deploy CERTDROP_FOLDER)
is 'it is the first one' "$(value deploy CERTDROP_ACTION) $(value deploy CERTDROP_REPLACES)" 'deploy '
is 'it knows what and where' "$(value deploy CERTDROP_ID) $(value deploy CERTDROP_PRODUCT) $(value deploy CERTDROP_REGION) $(value deploy CERTDROP_SERIAL) $(value deploy CERTDROP_DOMAINS)" \
  "T-1.1 tell  $(show T-1 .certificates[0].id | grep -q . && show T-1.1 .serialNumber) t.example.test"
is 'by the names of certbot' "$(value deploy RENEWED_LINEAGE) $(value deploy RENEWED_DOMAINS)" "$folder t.example.test"
is 'of lego' "$(value deploy LEGO_CERT_DOMAIN) $(value deploy LEGO_CERT_PATH) $(value deploy LEGO_CERT_KEY_PATH)" "t.example.test $folder/fullchain.pem $folder/privkey.pem"
is 'of acme.sh' "$(value deploy Le_Domain) $(value deploy CERT_PATH) $(value deploy CERT_KEY_PATH) $(value deploy CA_CERT_PATH) $(value deploy CERT_FULLCHAIN_PATH)" \
  "t.example.test $folder/cert.pem $folder/privkey.pem $folder/chain.pem $folder/fullchain.pem"
is 'and as the hook of dehydrated' "$(grep '^<' told-deploy | head -n 7 | paste -sd ' ')" \
  "<deploy_cert> <t.example.test> <$folder/privkey.pem> <$folder/cert.pem> <$folder/fullchain.pem> <$folder/chain.pem> <$(date -u -d "$(show T-1.1 .notBefore)" +%s)>"
# shellcheck disable=SC2016
is 'no shell reads its arguments' "$(grep '^<x' told-deploy)" '<x {other} $HOME `id` * ">'
is 'nothing of the environment of certdrop is there' "$(grep -c '^G_DEBUG\|^ASAN_OPTIONS' told-deploy)" 0
is 'its folder is private, and it works in it' "$(grep -E '^(in|[0-7]+) ' told-deploy | sed "s|$folder|F|")" \
  'in F
700 directory F
600 regular file F/cert.pem
600 regular file F/chain.pem
600 regular file F/fullchain.pem
600 regular file F/privkey.pem'
ok 'the key is that of the certificate' key_fits copy-deploy/cert.pem copy-deploy/privkey.pem
is 'the full chain is the certificate with its chain' "$(cat copy-deploy/cert.pem copy-deploy/chain.pem | sha256sum)" "$(sha256sum <copy-deploy/fullchain.pem)"
is 'the archive is the one in the outbox' "$(sha256sum <archive.zip)" "$(sha256sum <"$INSTANCE/outbox/deploy/tell/_/T-1.1.zip")"
key_line=$(sed -n 2p copy-deploy/privkey.pem)
search_key() { grep -rlaF -- "$key_line" "$INSTANCE" | grep -v '/outbox/certificates/\|/outbox/deploy/'; }
is 'afterwards its folder is gone, with all that it left there' "$(find "$INSTANCE/state/private" -mindepth 1 2>/dev/null)" ''
is 'what it printed is kept, but not the key' "$(field T-1.1 tell output)" '[private key left out]
done'
is 'the key is nowhere else' "$(search_key)" ''
unlike 'nor in what the run said' "$(cat out err)" "$key_line"

# ---- How it fails ----
{
  target tell 20 "$work/tell"
  target fine 20 true
  target bad 20 sh -c 'echo first; echo second >&2; exit 3'
  target hang 1 sh -c 'echo hanging; sleep 600'
  target gone 20 /no/such/program
} | configure
deploy T-F T-1 bad hang gone fine | drop fail.xml
dv_order T-2 two.example.test | drop z-other.xml
run_at "$(at 2)"
expect_status 'the run ends with 1' 1
said=$(cat err)
is_accepted 'the request was accepted all the same' fail.xml
is 'one that fails stops nothing else' "$(outcomes T-1.1) $(show T-2.1 .status)" 'bad failed, fine deployed, gone failed, hang failed, tell deployed issued'
is 'nothing is issued a second time' "$(sqlite3 "$INSTANCE/state/ledger.db" "SELECT COUNT(*) FROM issue WHERE certificate = 'T-1.1'")" 1
like 'how it ended is told' "$said" '^T-1.1: deployment on bad failed: sh ended with status 3: second; it is tried again from 2026-11-23T02:07:00Z on$'
like 'that it hung' "$said" 'T-1.1: deployment on hang failed: sh took longer than 1 s and was ended: hanging'
like 'that it is not there' "$said" 'T-1.1: deployment on gone failed: /no/such/program could not be started: No such file or directory'
is 'its output is kept' "$(field T-1.1 bad output | paste -sd '|')" 'sh ended with status 3|first|second'
page=$(cat "$INSTANCE/reports/certificate/T-1.1.md")
like 'the page shows it' "$page" '\| bad *\| -- *\| Failed .*sh ended with status 3 first second.*1 failed try, failing since Nov 23, 2026, 02:02 UTC; next try from Nov 23, 2026, 02:07 UTC on'
like 'the overview counts them' "$(cat "$INSTANCE/reports/index.md")" 'Deployments that fail: 3'
certdrop -C "$INSTANCE" --at "$(at 2)" run --json
expect_status 'they are not tried again at once' 0
is 'and nothing has failed then' "$(jq .failed out)" 0
times() { sqlite3 "$INSTANCE/state/ledger.db" "SELECT attempts, next_try - $(date -u -d "$1" +%s) FROM deployment WHERE product = 'bad'"; }
run_at "$(at 8)"
is 'after five minutes they are, and wait longer then' "$(times "$(at 8)")" '2|900'
is 'the log has the first failure alone' "$(show T-1.1 '[.history[] | select(.what == "deployment failed")] | length')" 3
for minutes in 40 120 600 2000 4000; do run_at "$(at $minutes)"; done
like 'in the end they are tried every night' "$(times "$(at 4000)")" '^7\|8[0-9]{4}$'
is 'failing since the first time' "$(field T-1.1 bad failingSince)" "$(at 2)"

# ---- What mends it ----
deploy T-A T-1 bad tell | drop again.xml
run_at "$(at 4001)"
is 'a new request tries at once' "$(field T-1.1 bad attempts)" 8
is 'but what is there already is not pushed again' "$(xpath "$(receipt again.xml)" 'string(//c:warning/@code)')" deployed-already
{ target tell 20 "$work/tell"; target fine 20 true; target bad 20 true; target hang 20 true; } | configure
undeploy T-U T-1 gone | drop off.xml
run_at "$(at 6000)"
expect_status 'mended, all is well' 0
is 'by itself' "$(outcomes T-1.1)" 'bad deployed, fine deployed, hang deployed, tell deployed'
is 'and told no more' "$(grep -c 'Deployments that fail' "$INSTANCE/reports/index.md") $(field T-1.1 bad failingSince)" '0 null'

# ---- Off, by the same command ----
undeploy T-U2 T-1 tell | drop off2.xml
run_at "$(at 6001)"
is 'it is taken off' "$(outcomes T-1.1)" 'bad deployed, fine deployed, hang deployed'
is 'told so' "$(value remove CERTDROP_ACTION) $(value remove CERTDROP_SERIAL)" "remove $(show T-1.1 .serialNumber)"
is 'with the certificate, but no key' "$(cd copy-remove && find . -type f | sort | paste -sd ' ')" './cert.pem ./chain.pem ./fullchain.pem'
is 'a hook of an ACME client cannot take it for a renewal' "$(grep -cE '^(RENEWED_|LEGO_|Le_Domain|CERT_)' told-remove) $(value remove CERTDROP_PRIVKEY)$(value remove CERTDROP_ARCHIVE)" '0 '
{ target fine 20 true; target bad 20 sh -c 'exit 9'; } | configure
undeploy T-U3 T-1 bad hang | drop off3.xml
run_at "$(at 6002)"
expect_status 'one that cannot be taken off is a failure' 1
said=$(cat err)
is 'it stays until it can' "$(outcomes T-1.1)" 'bad leaving, fine deployed'
like 'and is told' "$said" 'T-1.1: undeployment from bad failed: sh ended with status 9'
deploy T-B T-1 bad | drop back.xml
{ target fine 20 true; target bad 20 true; } | configure
run_at "$(at 6003)"
is 'who wants it back has it back' "$(outcomes T-1.1)" 'bad deployed, fine deployed'
# Of a push that failed half something may have got there.
{ target fine 20 true; target bad 20 true; target half 20 sh -c 'echo "$CERTDROP_ACTION" >>"'"$work"'/half.log"; [ "$CERTDROP_ACTION" = remove ]'; } | configure
deploy T-H T-1 half | drop half.xml
run_at "$(at 6003)"
undeploy T-UH T-1 half | drop half-off.xml
run_at "$(at 6003)"
is 'one that failed to come is taken off by its command' "$(outcomes T-1.1) $(paste -sd ' ' half.log)" 'bad deployed, fine deployed deploy remove'

# ---- Killed in the middle ----
cat >slow <<'SH'
#!/bin/sh
echo "$CERTDROP_PRODUCT" >>"$(dirname "$0")/slow.log"
[ ! -e "$(dirname "$0")/block" ] || { touch "$(dirname "$0")/blocked"; exec sleep 30; }
SH
chmod +x slow
{ target fine 20 true; target slow 60 "$work/slow"; target quick 60 "$work/slow"; } | configure
# cut_off SIGNAL MINUTE: a run that gets SIGNAL while its command works; $? is how it ended.
cut_off() {
  touch block
  rm -f blocked
  "$CERTDROP" -C "$INSTANCE" --at "$(at "$2")" run >out 2>err &
  local run=$!
  for _ in $(seq 1 200); do [ -e blocked ] && break; sleep 0.05; done
  rm block
  kill "-$1" $run
  wait $run 2>/dev/null
}
# What such a command left, which would go on for a while.
end_commands() {
  local sleeper
  pgrep -f '^sleep 30$' | while read -r sleeper; do [ "$(readlink "/proc/$sleeper/cwd" | grep -c "$INSTANCE")" = 0 ] || kill "$sleeper"; done
}
deploy T-K T-1 slow | drop kill.xml
cut_off KILL 6004
like 'a run that is killed leaves the key where its command had it' "$(search_key)" 'state/private/[0-9]+/privkey.pem'
end_commands
run_at "$(at 6005)"
expect_status 'the next run goes on' 0
is 'and carries out what was under way once more' "$(outcomes T-1.1) $(grep -c slow slow.log)" 'bad deployed, fine deployed, slow deployed 2'
is 'the key is gone' "$(search_key)" ''
is 'and nothing waits to be written' "$(sqlite3 "$INSTANCE/state/ledger.db" 'SELECT COUNT(*) FROM output WHERE done = 0')" 0

# What a killed command has brought somewhere is taken off, although nobody knows of it.
{ target fine 20 true; target slow 60 "$work/slow"; target cut 60 "$work/slow"; } | configure
deploy T-C T-1 cut | drop cut.xml
cut_off KILL 6005
end_commands
undeploy T-CU T-1 cut | drop cut-off.xml
run_at "$(at 6006)"
is 'one whose command was killed is taken off by it' "$(field T-1.1 cut outcome) $(grep -c cut slow.log)" ' 2'
{ target fine 20 true; target slow 60 "$work/slow"; target quick 60 "$work/slow"; } | configure

# SIGTERM ends a command early; it has not failed.
deploy T-T T-1 quick | drop term.xml
cut_off TERM 6006
is 'a run that is asked to end does so' $? 0
is 'the command is no failure then' "$(outcomes T-1.1) $(field T-1.1 quick attempts)" 'bad deployed, fine deployed, quick pending, slow deployed 0'
is 'and has no key left' "$(search_key)" ''
run_at "$(at 6007)"
is 'the next run does it' "$(outcomes T-1.1)" 'bad deployed, fine deployed, quick deployed, slow deployed'
# ---- Renewed twice while its command fails ----
cat >late <<'SH'
#!/bin/sh
echo "$CERTDROP_ACTION $CERTDROP_ID $CERTDROP_SERIAL instead of $CERTDROP_REPLACES" >>"$(dirname "$0")/late.log"
[ ! -e "$(dirname "$0")/closed" ]
SH
chmod +x late
{ target fine 20 true; target bad 20 true; target late 20 "$work/late"; } | configure
renewal() { printf '<renewal %s ref="%s" certificate="%s">%s</renewal>' "$xmlns" "$1" "$2" "$(payment_child "$(price standard-dv-single)")" | drop "$1.xml"; }
dv_order L-1 l.example.test | drop l1.xml
deploy L-D L-1 late | drop l2.xml
run_at "$(at 6020)"
touch closed
renewal L-2 L-1
run_at "$(at 6030)"
run_at "$(at 6036)"
renewal L-3 L-2
run_at "$(at 6037)"
rm closed
: >late.log
run_at "$(at 6120)"
expect_status 'a place that is open again' 0
is 'has the last one, without the one that never came' "$(cat late.log)" "renew L-3.1 $(show L-3.1 .serialNumber) instead of $(show L-1.1 .serialNumber)"
is 'which is where it was to be' "$(outcomes L-1.1)/$(outcomes L-2.1)/$(outcomes L-3.1)" '//late deployed'
like 'as its history tells' "$(cat "$INSTANCE/reports/certificate/L-2.1.md")" 'Deployment given up.*L-3\.1, takes its place'

snapshot >before
certdrop -C "$INSTANCE" report
is 'the pages are those that report makes anew' "$(snapshot | diff before -)" ''
finish
