#!/bin/bash
# One batch with documents of every kind, good and bad, in any order: check says what run says, all
# orders come to the same end, an atomic one is all or nothing, and a killed run is taken up again.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/flow/lib-foreign.sh
. "$source_dir/tests/flow/lib-foreign.sh"

# ---- What there is before --------------------------------------------------------
new_instance prepared
prepared=$INSTANCE
sed -i '/id="free-dv-single"/s/issuer="embedded"/issuer="exchange"/' "$INSTANCE/catalog.xml"
grep -q 'issuer="exchange"' "$INSTANCE/catalog.xml" || fail 'the catalogue names exchange'
foreign_ca other '/O=Other Authority/CN=Other Root'
foreign_server shop shop.example.org other
foreign_server stranger stranger.example.org other
write_png letter.png

on() { # KIND REF CERTIFICATE PRODUCT: a deployment or undeployment
  printf '<%s %s ref="%s" certificate="%s"><target product="%s"/></%s>\n' "$1" "$xmlns" "$2" "$3" "$4" "$1"
}
about() { # KIND REF CERTIFICATE [ATTRIBUTES [CHILDREN]]
  printf '<%s %s ref="%s" certificate="%s" %s>%s</%s>\n' "$1" "$xmlns" "$2" "$3" "${4-}" "${5-}" "$1"
}
ov_order() { # REF: waits for its review
  order "$1" secure-ov-single "$(payment_child "$(price secure-ov-single)")
    $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
  package "$1.zip" document.xml letter.png
}
outside_order() { # REF NAME: waits for its issuance
  order "$1" free-dv-single "$(application_child "$(domains "$2")$applicant")"
}
{
  for ref in K-1 L-1 N-1 V-1 X-1 X-2; do dv_order $ref "${ref,,}.example.test"; done
  order P-1 standard-dv-single "$(payment_child "$(price standard-dv-single)")"
  outside_order E-1 one.iana.org
  outside_order E-2 two.iana.org
  on deployment X-1-D X-1 cdn
  on deployment X-2-D X-2 cdn
} | batch | drop before.xml
ov_order Q-1
ov_order W-1
run_at "$(at 1)"
is 'what is dropped first is accepted' "$status $(outcome before.xml) $(outcome Q-1.zip) $(outcome W-1.zip)" '0 accepted accepted accepted'
for ref in E-1.1 E-2.1; do
  foreign_sign "$INSTANCE/outbox/csr/$ref.csr" "$ref" other \
    "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:$([ $ref = E-1.1 ] && echo one || echo two).iana.org\n"
done

# ---- One of every kind, good and bad -------------------------------------------------
mkdir good bad many
dv_order O-1 o.example.test >good/order
order O-2 standard-dv-single >good/order-of-pieces
payment O-2-P O-2 "$(price standard-dv-single)" >good/payment
application O-2-A O-2.1 submit "$(domains pieces.example.test)$applicant" >good/application
about review Q-1-R Q-1.1 'decision="approve" reviewer="Reviewer One"' >good/review
about withdrawal W-1-W W-1.1 >good/withdrawal
upload U-1 "$(cat shop.crt other.crt)" "$(cat shop.key)" >good/upload
download U-1-G U-1 nginx >good/download-of-upload
download K-1-G K-1 'tomcat haproxy' >good/download
on deployment O-1-D O-1 cdn >good/deployment
on undeployment X-1-U X-1 cdn >good/undeployment
about renewal N-2 N-1 '' "$(payment_child "$(price standard-dv-single)")" >good/renewal
about revocation V-1-R V-1.1 'reason="keyCompromise"' >good/revocation
about deletion L-1-D L-1.1 >good/deletion
about issuance E-1-I E-1.1 '' "$(cat E-1.1.crt other.crt)" >good/issuance

order NO-1 no-such-product >bad/order
payment NO-2 K-1 "$(price standard-dv-single)" >bad/payment
application NO-3 K-1.1 submit "$(domains no.example.test)$applicant" >bad/application
about review NO-4 K-1.1 'decision="approve" reviewer="Reviewer One"' >bad/review
about withdrawal NO-5 K-1.1 >bad/withdrawal
upload NO-6 "$(cat stranger.crt)" "$(cat shop.key)" >bad/upload
download NO-7 P-1 pem >bad/download
on deployment NO-8 P-1 cdn >bad/deployment
on undeployment NO-9 K-1 scdn >bad/undeployment
about renewal NO-10 P-1 >bad/renewal
about revocation NO-11 K-1.1 'reason="removeFromCRL"' >bad/revocation
about deletion NO-12 X-2.1 >bad/deletion
about issuance NO-13 E-2.1 '' "$(cat stranger.crt other.crt)" >bad/issuance
is 'there is a good one of every kind' "$(cat good/* | grep -o '^<[a-z][a-z]*' | tr -d '<' | sort -u | paste -sd ' ')" \
  'application deletion deployment download issuance order payment renewal review revocation undeployment upload withdrawal'
is 'and a bad one' "$(cat bad/* | grep -o '^<[a-z][a-z]*' | sort -u | wc -l)" 13

sort >wanted.bad <<'ITEMS'
NO-1 rejected catalog-product
NO-2 rejected payment-repeated
NO-3 rejected state
NO-4 rejected state
NO-5 rejected state
NO-6 rejected key-mismatch
NO-7 rejected state
NO-8 rejected state
NO-9 rejected not-deployed
NO-10 rejected state
NO-11 rejected revocation-reason
NO-12 rejected deployed
NO-13 rejected issuance-key
ITEMS
refs_of() { sed -n 's/^<[a-z]*.* ref="\([^"]*\)".*/\1/p' "$@"; }
refs_of good/* | sed 's/$/ accepted /' | sort >wanted.good

# The items of a receipt and of `check --json`: REF OUTCOME CODE, sorted.
items_of_receipt() {
  xmllint --nonet --xpath '//*[local-name()="item"]' "$(receipt "$1")" | tr '\n' ' ' | sed 's|<item|\n&|g' |
    sed -n 's/.* ref="\([^"]*\)" outcome="\([a-z]*\)".*/\1 \2 &/p' |
    awk '{ code = match($0, /<fault code="[a-z-]*/) ? substr($0, RSTART + 13, RLENGTH - 13) : ""; print $1, $2, code }' | sort
}
items_of_check() {
  jq -r '.files[].items[] | "\(.ref) \(.outcome) \(.faults[0].code // "")"' | sort
}
# Every certificate with its status, and how often the order in one file was issued.
state() {
  jq -r '.certificates[] | "\(.id) \(.status)"' "$INSTANCE/reports/certificates.json" | sort
  show O-1.1 '[.history[] | select(.what == "issued")] | length'
}
take() { # NAME: a copy of the prepared instance, now the one under test
  rm -rf "${work:?}/taken"
  cp -a "$prepared" "$work/taken"
  INSTANCE=$work/taken
}
# decide WHAT OUTCOME WANTED FILE…: the files in one batch, checked and run.
attributes=
decide() {
  local what=$1 outcome=$2 wanted=$3
  shift 3
  take
  cat "$@" | batch "$attributes" >mixed.xml
  certdrop -C "$INSTANCE" --at "$(at 2)" check --json "$work/mixed.xml"
  items_of_check <out >checked
  is "$what: check says what it wants of each" "$(jq -r '.files[0].outcome' out) $(diff "$wanted" checked)" "$outcome "
  cp out check.json
  certdrop -C "$INSTANCE" --at "$(at 2)" check "$work/mixed.xml"
  cp out check.txt
  drop mixed.xml <mixed.xml
  run_at "$(at 2)"
  items_of_receipt mixed.xml >decided
  is '  and run says the same' "$(outcome mixed.xml) $(diff checked decided)" "$outcome "
}
shuffled() { # SEED FILE…
  local seed=$1
  shift
  printf '%s\n' "$@" | shuf --random-source=<(yes "$seed")
}
backwards() { printf '%s\n' "$@" | tac; }

# ---- Decided one by one ---------------------------------------------------------------
sort wanted.good wanted.bad >wanted
decide 'every kind' partly wanted good/* bad/*
state >state.wanted
like 'what was accepted is done' "$(paste -sd ' ' state.wanted)" 'E-1\.1 issued E-2\.1 pending-verification K-1\.1 issued N-1\.1 issued N-2\.1 issued O-1\.1 issued O-2\.1 issued P-1\.1 paid Q-1\.1 issued U-1\.1 issued V-1\.1 refunded W-1\.1 paid X-1\.1 issued X-2\.1 issued'
is 'the key that it carried is kept nowhere' "$(grep -rl "$(sed -n 2p shop.key)" "$INSTANCE" --include='*.xml' --include='*.md')" ''
certdrop -C "$INSTANCE" verify
expect_status 'all of it fits together' 0
like 'check had said how much of what' "$(cat check.txt)" "^  15 accepted, 13 rejected: 3 orders, 3 applications stored, 1 review, 1 application withdrawn, 5 certificates issued, 1 certificate uploaded, 2 downloads, 3 deployments, 3 undeployments, 1 renewal, 1 certificate revoked, 1 certificate deleted; ordered for 894\\.00 CNY, paid 894\\.00 CNY, paid back 298\\.00 CNY\$"
for order in backwards 'shuffled 1'; do
  # shellcheck disable=SC2046
  decide "$order" partly wanted $($order good/* bad/*)
  is '  and all ends in the same way' "$(state | diff state.wanted -)" ''
done

# ---- All or nothing --------------------------------------------------------------------
attributes='atomic="true"'
for order in backwards 'shuffled 2'; do
  # shellcheck disable=SC2046
  decide "atomic, ${order%% *}" accepted wanted.good $($order good/*)
  is '  and all ends in the same way' "$(state | diff state.wanted -)" ''
done
sed 's/accepted /rejected item-atomic/' wanted.good | sort - <(grep NO-12 wanted.bad) >wanted.nothing
# shellcheck disable=SC2046
decide 'atomic with one bad document' rejected wanted.nothing $(shuffled 4 good/* bad/deletion)
is '  and nothing is done' "$(state)" "$(INSTANCE=$prepared state)"
unlike '  which check had said' "$(cat check.txt)" 'CNY|issued'

# ---- Killed in the middle ----------------------------------------------------------------
# More items than a group has, of few certificates: what is there already is accepted as such.
many=60
for ((i = 1; i <= many * 40; i++)); do order "MANY-$((i % many + 1))" standard-dv-single; done >many/orders
# survive WHAT: killed while it decides or writes, and taken up again.
survive() {
  local what=$1 began took share killed=0
  # shellcheck disable=SC2046,SC2002
  cat $(shuffled 5 good/* many/orders) | batch "$attributes" >mixed.xml
  take
  drop mixed.xml <mixed.xml
  began=${EPOCHREALTIME/./}
  run_at "$(at 2)"
  took=$((${EPOCHREALTIME/./} - began))
  is "$what: undisturbed it is accepted" "$status $(outcome mixed.xml)" '0 accepted'
  state >state.undisturbed
  sha256sum <"$(receipt mixed.xml)" >receipt.undisturbed
  for share in 75 30 10 3; do
    [ "$share" -ge 30 ] || [ $killed = 0 ] || break
    take
    drop mixed.xml <mixed.xml
    "$CERTDROP" -C "$INSTANCE" --at "$(at 2)" run >out 2>err &
    sleep "$((took * share / 100 / 1000000)).$(printf %06d $((took * share / 100 % 1000000)))"
    kill -KILL $! 2>/dev/null && killed=$((killed + 1))
    wait $! 2>/dev/null
    if [ -n "$attributes" ]; then
      like "  killed at $share %: all of it is decided, or nothing" \
        "$(for id in MANY-1 O-1.1 "MANY-$many"; do show $id .id | grep -c .; done | paste -sd ' ')" '^(0 0 0|1 1 1)$'
    fi
    run_at "$(at 2)"
    is "  killed at $share %, and taken up again: the end is the same" "$(state | diff state.undisturbed -)" ''
    is '  with the same receipt' "$(sha256sum <"$(receipt mixed.xml)")" "$(cat receipt.undisturbed)"
    is '  and the inbox is empty' "$(find "$INSTANCE/inbox" -maxdepth 1 -name 'mixed*')" ''
    certdrop -C "$INSTANCE" verify
    expect_status '  and all fits together' 0
  done
  ok "  it was killed in the middle ($killed times)" test $killed -gt 0
}
attributes=
survive 'one by one'
attributes='atomic="true"'
survive 'atomic'

# ---- A long receipt lies in the ledger in parts --------------------------------------------
ok 'the long receipt is valid' xmllint --nonet --noout --schema "$source_dir/schemas/receipt.xsd" "$(receipt mixed.xml)"
sql() { sqlite3 "$INSTANCE/state/ledger.db" "$1"; }
is 'it lies in the ledger in parts' "$(sql "SELECT content IS NULL AND parts > 1 AND parts = (SELECT COUNT(*) FROM output_part p
  WHERE p.output = o.number) FROM output o WHERE path LIKE '%/mixed.xml.receipt.xml'")" 1
is 'nothing of the batch is held back any more' "$(sql 'SELECT COUNT(*) FROM held')" 0
finds_receipt() {
  certdrop -C "$INSTANCE" verify
  like "$1" "$status $(cat err)" "^1 .*mixed\\.xml\\.receipt\\.xml: the ledger's own copy of it was changed"
}
sql 'UPDATE output_part SET content = CAST(replace(CAST(content AS TEXT), "accepted", "rejected") AS BLOB) WHERE part = 1'
finds_receipt 'a part that was changed is found'
sql 'DELETE FROM output_part WHERE part = 1'
finds_receipt 'and so is one that is gone'
finish
