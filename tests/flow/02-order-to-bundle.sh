#!/bin/bash
# One file from order to bundle: a DV order with its payment and its application.
. "$(dirname "$0")/lib.sh"

new_instance
dv_order SHOP-1 www.shop.example.test | drop monday.xml
sum=$(sha256sum <"$INSTANCE/inbox/monday.xml")
run_at "$(at 1)"
expect_status 'the run is done' 0
is_accepted 'the order is accepted' monday.xml
ok 'the file is in done/ as it was' test "$(sha256sum <"$INSTANCE/inbox/done/monday.xml")" = "$sum"
not_ok 'and in the inbox no more' test -e "$INSTANCE/inbox/monday.xml"
is_status 'its certificate is issued' SHOP-1.1 issued
is 'the order can be shown, too' "$(show SHOP-1 '[.certificates[] | if type == "object" then .id else . end] | join(" ")')" SHOP-1.1

is 'the receipt names the file' "$(receipt_value monday.xml /c:receipt/@file)" monday.xml
is 'the receipt has its hash' "$(receipt_value monday.xml /c:receipt/@sha256)" "${sum%% *}"
is 'the receipt says when' "$(receipt_value monday.xml /c:receipt/@decided)" "$(at 1)"
is 'the receipt has the item' \
  "$(receipt_value monday.xml 'concat(//c:item/@kind," ",//c:item/@ref," ",//c:item/@outcome)')" \
  'order SHOP-1 accepted'
is 'the receipt has the certificate' \
  "$(receipt_value monday.xml 'concat(//c:certificate/@id," ",//c:certificate/@status)')" 'SHOP-1.1 issued'
is 'nothing is due' "$(receipt_value monday.xml 'count(//c:due)')" 0
is 'the receipt names the archive' "$(receipt_value monday.xml '//c:certificate/c:file')" \
  certificates/SHOP-1.1/SHOP-1.1_www.shop.example.test_pem.zip

zip=$INSTANCE/outbox/certificates/SHOP-1.1/SHOP-1.1_www.shop.example.test_pem.zip
ok 'the archive is there' unzip -t -q "$zip"
is 'the archive has the names that ACME clients taught' "$(unzip -Z1 "$zip" | sort | paste -sd ' ')" \
  'README.md cert.pem chain.pem fullchain.pem privkey.pem'
unpack SHOP-1.1 pem bundle
ok 'key and certificate belong together' key_fits bundle/cert.pem bundle/privkey.pem
ok 'the chain verifies strictly' chain_verifies bundle/cert.pem
is 'fullchain.pem is the certificate, then the chain' "$(cat bundle/fullchain.pem)" \
  "$(cat bundle/cert.pem bundle/chain.pem)"
is 'the archive opens to its owner alone' "$(stat -c %a "$zip")" 600
is 'and so does what is in it' "$(stat -c %a bundle/privkey.pem)" 600
like 'the README says where the key goes' "$(cat bundle/README.md)" 'privkey\.pem'

text=$(openssl x509 -in bundle/cert.pem -noout -text)
like 'the name is in the SAN' "$text" 'DNS:www\.shop\.example\.test'
like 'the CN is the name' "$text" 'Subject:.*CN ?= ?www\.shop\.example\.test'
like 'the default key is P-256' "$text" 'NIST CURVE: P-256'
like 'it is for servers' "$text" 'TLS Web Server Authentication'
like 'it is a subscriber certificate' "$text" 'CA:FALSE'
like 'the policy is that of DV' "$text" 'Policy: 2\.23\.140\.1\.2\.1'
is 'the serial has 128 bits or few less' \
  "$(openssl x509 -in bundle/cert.pem -noout -serial | sed 's/serial=//' | tr -d '\n' | wc -c | awk '{ print ($1 >= 28 && $1 <= 34) }')" 1
is 'it begins with its issue' "$(show SHOP-1.1 .notBefore)" "$(at 1)"
is 'it lives as long as the baseline allows on that day' "$(show SHOP-1.1 .notAfter)" \
  "$(date -u -d "@$(($(date -u -d "$(at 1)" +%s) + 200 * 86400 - 1))" +%Y-%m-%dT%H:%M:%SZ)"
is 'its term is the year that was bought' "$(show SHOP-1.1 .termEnd)" 2027-11-23T02:01:00Z
is 'show knows the serial of the certificate' "$(show SHOP-1.1 .serialNumber | tr 'a-f' 'A-F' | tr -d ':')" \
  "$(openssl x509 -in bundle/cert.pem -noout -serial | sed 's/serial=//')"
is 'show knows its hash' "$(show SHOP-1.1 .sha256 | tr 'A-F' 'a-f' | tr -d ':')" \
  "$(openssl x509 -in bundle/cert.pem -outform DER | sha256sum | cut -d ' ' -f 1)"
is 'show knows the key' "$(show SHOP-1.1 .keyAlgorithm)" ec-p256
is 'show knows the names' "$(show SHOP-1.1 '.domains | join(" ")')" www.shop.example.test
is 'show knows the product and the order' "$(show SHOP-1.1 '.product + " " + .order')" 'standard-dv-single SHOP-1'
like 'show knows the file of each step' "$(show SHOP-1.1 '.history[].file')" monday.xml

ok 'there is a page on the certificate' grep -rlq 'SHOP-1\.1' "$INSTANCE/reports" --include='*.html'
before=$(snapshot)
run_at "$(at 1)"
expect_status 'a second run is done' 0
unchanged 'a second run at the same time changes nothing' "$before"

order FREE-1 free-dv-single "$(application_child "$(domains free.example.test)$applicant")" | drop free.xml
run_at "$(at 3)"
is_accepted 'a free product needs no payment' free.xml
is_status 'and is issued' FREE-1.1 issued
is 'it lives as long as its product says' "$(show FREE-1.1 .notAfter)" \
  "$(date -u -d "@$(($(date -u -d "$(at 3)" +%s) + 90 * 86400 - 1))" +%Y-%m-%dT%H:%M:%SZ)"

order BOTH-1 standard-dv-single "$(payment_child "$(price standard-dv-single)")
  $(application_child "$applicant<download><format>nginx</format><format>pem</format></download>$(domains both.example.test)")" |
  drop both.xml
run_at "$(at 4)"
is_accepted 'children may come in any order' both.xml
is 'each format that was asked for has its archive' \
  "$(cd "$INSTANCE/outbox/certificates/BOTH-1.1" && ls | paste -sd ' ')" \
  'BOTH-1.1_both.example.test_nginx.zip BOTH-1.1_both.example.test_pem.zip'
is 'the nginx archive has chain and key' "$(unzip -Z1 "$(archive BOTH-1.1 nginx)" | sort | paste -sd ' ')" \
  'README.md fullchain.pem privkey.pem'
unpack BOTH-1.1 nginx nginx
ok 'they belong together' key_fits nginx/fullchain.pem nginx/privkey.pem
like 'its README has the lines for the server' "$(cat nginx/README.md)" 'ssl_certificate_key'

order TWO-1 standard-dv-single "<years>2</years>$(payment_child "$(price standard-dv-single 2)")
  $(application_child "$(domains two.example.test)$applicant")" | drop two.xml
run_at "$(at 5)"
is_accepted 'two years are sold' two.xml
is 'a term longer than the certificate lives is kept' "$(show TWO-1.1 .termEnd)" 2028-11-23T02:05:00Z
finish
