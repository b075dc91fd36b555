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
  'batches 6'
  'nothing 7 0 200'
  'renewals 8 0 201'
  'nothing 9 0 600'
)

# The instance, once, before the first run: targets with commands, issuers.
prepare() {
  new_instance master
  write_png letter.png
  TZ=UTC touch -d 2026-01-01 letter.png
  sed -i 's|</configuration>|<target product="web" regions="north south"><command><argument>test</argument><argument>-s</argument><argument>{privkey}</argument></command></target>\
<target product="off"><command><argument>true</argument></command></target>\
<target product="bad"><command><argument>false</argument></command></target>&|' "$INSTANCE/certdrop.xml"
  foreign_ca other '/O=Other Authority/CN=Other Root'
  foreign_server shop shop.example.org other
}

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

# What was bought elsewhere, as a secret that is blanked; archives of it and of what is
# issued, those with a password among them.
uploads() {
  printf '<upload %s ref="U-1" name="shop"><certificate>%s</certificate><privateKey>%s</privateKey></upload>\n' \
    "$xmlns" "$(cat shop.crt other.crt)" "$(cat shop.key)" | drop u.xml
  printf '<download %s ref="U-D" certificate="U-1"><format>iis</format><format>haproxy</format></download>' "$xmlns" | drop u-download.xml
  printf '<download %s ref="A-D" certificate="A-1"><format>tomcat</format></download>' "$xmlns" | drop a-download.xml
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
