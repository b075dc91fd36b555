# shellcheck shell=bash disable=SC2154
# What the process is killed in: a history of runs, each with what is dropped before it. An
# operation is shown to survive by a line here, and a function that drops its documents.
#
# A line of `history`: the name of the function, then the time of the run, as at() in
# tests/flow/lib.sh takes it: MINUTES [HOURS [DAYS]] after the instance was made. The function is
# called once, with $INSTANCE as the runs before have left it (it may read outbox/csr/, say). A
# run for which only time has gone by (expiry, renewal, CRLs) has the function `nothing`.

# shellcheck disable=SC2034
history=(
  'orders 1'
  'completions 2'
  'deployments 3'
  'undeployments 4'
  'uploads 5'
  'downloads 6'
  'batches 7'
  'outside 8'
  'chains 9'
  'endings 10'
  'nothing 11 0 200'
  'renewals 12 0 201'
  'nothing 13 0 352'
  'nothing 14 0 600'
)

# The instance, once, before the first run: targets with commands, issuers, what sends mail, and
# what stands for keytool, which takes a second each time.
prepare() {
  new_instance master
  write_png letter.png
  TZ=UTC touch -d 2026-01-01 letter.png
  recipient recipient 'ec -pkeyopt ec_paramgen_curve:P-256' keyAgreement
  printf '#!/bin/bash\n. "%s/tests/flow/lib-foreign.sh"\nfail() { echo "$@"; exit 8; }\ncd "$(mktemp -d -p "%s")" || exit 9\ncp "%s"/other.{crt,key} .\nforeign_sign "$1" out other "subjectAltName=DNS:$3\\n" %s\ncat out.crt >"$2"\n' \
    "$source_dir" "$work" "$work" "$lasting" >authority
  chmod +x authority
  sed -i '/id="standard-dv-wildcard"/s/issuer="embedded"/issuer="exchange"/; /id="secure-ov-multi"/s/issuer="embedded"/issuer="other"/' "$INSTANCE/catalog.xml"
  sed -i 's|</configuration>|<keytool><command><argument>sh</argument><argument>-c</argument><argument>cp in.p12 keystore.jks</argument></command></keytool>\
<mail><command><argument>grep</argument><argument>-q</argument><argument>^To:</argument></command></mail>\
<issuer id="other"><command><argument>'"$work"'/authority</argument><argument>{csr}</argument><argument>{chain}</argument><argument>{names}</argument></command></issuer>\
<issuer id="broken"><command><argument>false</argument></command></issuer>\
<target product="web" regions="north south"><command><argument>test</argument><argument>-s</argument><argument>{privkey}</argument></command></target>\
<target product="off"><command><argument>true</argument></command></target>\
<target product="bad"><command><argument>false</argument></command></target>&|' "$INSTANCE/certdrop.xml"
  foreign_ca other '/O=Other Authority/CN=Other Root'
  foreign_server shop shop.example.org other
  foreign_server pfx pfx.example.org other
}

# When what another authority certifies begins and ends: it outlasts the history.
lasting='261101000000Z 281101000000Z'

nothing() { :; }

# A bundle, a person's decision, three files in the wrong order, a package, a partly
# accepted batch, one with a secret, a bad one and one that waits.
orders() {
  dv_order A-1 a.example.test "<download><format>nginx</format><format>pem</format></download>" | drop a.xml
  application B-A B-1.1 submit "$(domains b.example.test)$applicant" | drop b-1.xml
  payment B-P B-1 "$(price standard-dv-single)" | drop b-2.xml
  order B-1 standard-dv-single | drop b-3.xml
  order C-1 secure-ov-single "$(payment_child "$(price secure-ov-single)")
    $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
  TZ=UTC touch -d 2026-01-01 document.xml
  package c.zip document.xml letter.png
  review C-R C-1.1 approve | drop c-review.xml
  { order D-1 free-dv-single; order D-2 no-such; payment D-P D-1 1.00; } | batch | drop d.xml
  printf '<upload %s ref="E-1" name="x"><certificate>x</certificate><privateKey passphrase="open sesame">x</privateKey></upload>' "$xmlns" | drop e.xml
  order F-1 no-such | drop f.xml
  application G-A G-1.1 submit "$(domains g.example.test)$applicant" | drop g.xml
  { order H-1 standard-dv-single; payment H-P H-1 "$(price standard-dv-single)"; } | batch 'atomic="true"' | drop h.xml
  dv_order I-1 "例子.example.test" | drop a.xml.copy.xml
  order J-1 secure-ov-single "$(payment_child "$(price secure-ov-single)")
    <application action=\"save\">$(domains www.abc.com)$applicant$company</application>" | drop j.xml
}

# What was saved is completed, what waited finds its order, what was accepted comes again.
completions() {
  application J-A J-1.1 submit "$(attachments confirmationLetter letter.png)" >document.xml
  TZ=UTC touch -d 2026-01-01 document.xml
  package j-completed.zip document.xml letter.png
  review J-R J-1.1 reject '' 'the stamp is not to be read' | drop j-review.xml
  order G-1 free-dv-single | drop g-order.xml
  order F-1 standard-dv-single | drop f.xml
  dv_order A-1 a.example.test "<download><format>nginx</format><format>pem</format></download>" | drop a-again.xml
}

# deployment REF CERTIFICATE PRODUCT…
deployment() {
  printf '<deployment %s ref="%s" certificate="%s">' "$xmlns" "$1" "$2"
  printf '<target product="%s"/>' "${@:3}"
  printf '</deployment>\n'
}

# Without a command and with one that ends well or badly, of what is issued in the same run too.
deployments() {
  deployment A-D A-1 cdn web bad | drop a-d.xml
  { dv_order K-1 k.example.test; deployment K-D K-1 web off no-such; } | batch | drop k.xml
  { deployment L-D L-1 off cdn; dv_order L-1 l.example.test; } | batch 'atomic="true"' | drop l.xml
}

# From where nothing has to be done, from where a command has, and to where it failed.
undeployments() {
  deployment A-U A-1 cdn bad | sed 's/deployment/undeployment/g' | drop a-u.xml
  deployment K-U K-1 off | sed 's/deployment/undeployment/g' | drop k-u.xml
  deployment L-D2 L-1 web | drop l-d2.xml
}

# Renewals of what the night before has issued anew: paid, not paid, refused; and orders that
# are renewed by themselves, for nothing and for money, later.
renewals() {
  printf '<renewal %s ref="R-A" certificate="A-1">%s</renewal>' "$xmlns" "$(payment_child "$(price standard-dv-single)")" | drop r-a.xml
  printf '<renewal %s ref="R-B" certificate="B-1"/>' "$xmlns" | drop r-b.xml
  payment R-BP R-B "$(price standard-dv-single)" | drop r-bp.xml
  printf '<renewal %s ref="R-G" certificate="G-1"/>' "$xmlns" | drop r-g.xml
  printf '<renewal %s ref="R-I" certificate="I-1"><years>2</years></renewal>' "$xmlns" | drop r-i.xml
  printf '<renewal %s ref="R-C" certificate="F-1"/>' "$xmlns" | drop r-c.xml
  order Y-1 inhouse-dv-multi "<autoRenew>true</autoRenew>$(payment_child "$(price inhouse-dv-multi)")
    $(application_child "$(domains y.example.test)$applicant")" | drop y.xml
  order Z-1 free-dv-single "<autoRenew>true</autoRenew>$(application_child "$(domains z.example.test)$applicant")" | drop z.xml
}

# What was bought elsewhere, as a secret that is blanked: in a document, and in a package.
uploads() {
  printf '<upload %s ref="U-1" name="shop"><certificate>%s</certificate><privateKey>%s</privateKey></upload>\n' \
    "$xmlns" "$(cat shop.crt other.crt)" "$(cat shop.key)" | drop u.xml
  openssl pkcs12 -export -in pfx.crt -inkey pfx.key -certfile other.crt -passout pass:sesame -out site.pfx
  printf '<upload %s ref="U-2"><pkcs12 file="site.pfx" password="sesame"/></upload>\n' "$xmlns" >document.xml
  TZ=UTC touch -d 2026-01-01 document.xml site.pfx
  package u-pfx.zip document.xml site.pfx
}

# In every form, of what was uploaded and of what was issued. What is random in them has to come
# out of the ledger.
downloads() {
  download U-DL U-1 'iis haproxy' | drop u-dl.xml
  download A-DL A-1 'tomcat haproxy jks nginx' | drop a-dl.xml
  { download K-DL K-1 'iis apache' 'profile="modern"'; download K-DL2 K-1 pem '' recipient.crt; } | batch | drop k-dl.xml
  { dv_order S-1 s.example.test '<download><format>iis</format></download>'; download S-DL S-1 tomcat; } | batch 'atomic="true"' | drop s.xml
}

# Of issuers outside: a CSR for an exchange of files (T and V), a command that certifies (W) after
# the review, and one that fails (X).
outside() {
  local ref
  for ref in T-1 V-1; do
    order $ref standard-dv-wildcard "$(payment_child "$(price standard-dv-wildcard)")
      $(application_child "$(domains "*.${ref,,}.iana.org")$applicant")" | drop $ref.xml
  done
  order W-1 secure-ov-multi "$(payment_child "$(price secure-ov-multi)")
    $(application_child "$(domains w.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
  TZ=UTC touch -d 2026-01-01 document.xml
  package w.zip document.xml letter.png
  review W-R W-1.1 approve | drop w-review.xml
  sed -i '/id="free-dv-single"/s/issuer="[^"]*"/issuer="broken"/' "$INSTANCE/catalog.xml"
  order X-1 free-dv-single "$(application_child "$(domains x.iana.org)$applicant")" | drop x.xml
}

# The chain comes, with what is made of it at once; another one does not fit.
chains() {
  sed -i '/id="free-dv-single"/s/issuer="[^"]*"/issuer="embedded"/' "$INSTANCE/catalog.xml"
  # shellcheck disable=SC2086
  foreign_sign "$INSTANCE/outbox/csr/T-1.1.csr" t other 'subjectAltName=DNS:*.t-1.iana.org\n' $lasting
  printf '<issuance %s ref="T-I" certificate="T-1">%s</issuance>' "$xmlns" "$(cat t.crt other.crt)" | drop t-i.xml
  printf '<issuance %s ref="V-I" certificate="V-1">%s</issuance>' "$xmlns" "$(cat t.crt)" | drop v-i.xml
  deployment T-D T-1 web | drop z-t-d.xml
  download W-DL W-1 tomcat | drop w-dl.xml
}

# Withdrawn while it lies outside; revoked with and without money that goes back, on our list and
# not; deleted, with the keys and with what was kept for archives; one that is still asked for is not.
endings() {
  local ending
  printf '<withdrawal %s ref="V-W" certificate="V-1"/>' "$xmlns" | drop v-w.xml
  for ending in 'L-RV L-1 keyCompromise' 'H-RV H-1 superseded' 'U-RV U-1 cessationOfOperation'; do
    # shellcheck disable=SC2086
    set -- $ending
    printf '<revocation %s ref="%s" certificate="%s" reason="%s"/>' "$xmlns" "$@" | drop "$1.xml"
  done
  for ending in 'S-X S-1' 'U-X U-2' 'X-X X-1'; do
    # shellcheck disable=SC2086
    set -- $ending
    printf '<deletion %s ref="%s" certificate="%s"/>' "$xmlns" "$@" | drop "$1.xml"
  done
}

# Backwards, so that much waits for what comes behind it: one by one, and all or nothing. The second has
# more items than a group, whose receipt is in parts, and few certificates: what comes again changes nothing.
batches() {
  {
    review MB-R M-1.1 approve
    deployment MB-D M-1 cdn
    dv_order M-1 m.example.test
    order M-2 no-such
    printf '<deletion %s ref="MB-E" certificate="E-1"/>' "$xmlns"
    printf '<undeployment %s ref="MB-U" certificate="L-1"><target product="cdn"/></undeployment>' "$xmlns"
  } | batch | drop m.xml
  {
    deployment NA-D N-1 cdn
    application NA-A N-1.1 submit "$(domains n.example.test)$applicant"
    printf '<revocation %s ref="NA-R" certificate="K-1" reason="superseded"/>' "$xmlns"
    payment NA-P N-1 "$(price standard-dv-single)"
    order N-1 standard-dv-single
    for _ in {1..2000}; do order N-2 standard-dv-single; done
  } | batch 'atomic="true"' | drop n.xml
  { dv_order N-3 n3.example.test; order N-4 no-such; } | batch 'atomic="true"' | drop n-no.xml
}
