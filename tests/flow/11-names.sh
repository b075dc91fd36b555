#!/bin/bash
# Which names a product allows, and how they end in the certificate.
. "$(dirname "$0")/lib.sh"

new_instance
i=0
accept_name() { # WHAT NAME A-LABEL
  i=$((i + 1))
  dv_order "OK-$i" "$2" | drop "ok-$i.xml"
  run_at "$(at 1)"
  is_accepted "$1" "ok-$i.xml"
  is "  as $3" "$(show "OK-$i.1" '.domains | join(" ")')" "$3"
}
refuse_name() { # WHAT NAME CODE
  i=$((i + 1))
  dv_order "BAD-$i" "$2" | drop "bad-$i.xml"
  run_at "$(at 1)"
  like "$1" "$(outcome "bad-$i.xml") $(codes "bad-$i.xml")" "^rejected ($3)$"
}
accept_name 'a name' a.example.test a.example.test
accept_name 'capitals are folded' WWW.Example.TEST www.example.test
accept_name 'white space around it is dropped' '  c.example.test
  ' c.example.test
accept_name 'the suffix itself' example.test example.test
accept_name 'a name in Chinese' 例子.example.test xn--fsqu00a.example.test
accept_name 'sharp s as IDNA 2008 has it' straße.example.test xn--strae-oqa.example.test
accept_name 'an A-label as it is' xn--fsqu00a.iana.example.test xn--fsqu00a.iana.example.test
accept_name 'a public name' www.iana.org www.iana.org
accept_name 'a public name in Chinese' 例子.中国 xn--fsqu00a.xn--fiqs8s
accept_name 'digits and hyphens' 1-2.3.example.test 1-2.3.example.test
accept_name 'a label of 63' "$(printf 'a%.0s' {1..63}).example.test" "$(printf 'a%.0s' {1..63}).example.test"
label60=$(printf 'b%.0s' {1..60})
accept_name 'a name of more than 64 characters' "$label60.$label60.example.test" "$label60.$label60.example.test"
text=$(certificate_text "OK-$i.1")
unlike 'it has no CN then' "$text" 'Subject:.*CN'
like 'and the SAN is critical, since the subject is empty' "$text" 'Subject Alternative Name: critical'

refuse_name 'a final dot' b.example.test. domain-syntax
refuse_name 'a single label' localhost 'domain-single-label|domain-reserved'
refuse_name 'a single label that is no reserved one' intranet domain-single-label
refuse_name 'an address' 192.0.2.1 domain-address
refuse_name 'an address of IPv6' 2001:db8::1 'domain-address|domain-syntax'
refuse_name 'a public suffix' co.uk domain-public-suffix
refuse_name 'a top-level domain' com 'domain-public-suffix|domain-single-label'
refuse_name 'a reserved name' www.example domain-reserved
refuse_name 'a name under .invalid' a.invalid domain-reserved
refuse_name 'a name under .localhost' a.localhost domain-reserved
refuse_name 'a name under .test that is not the operator'"'"'s' a.other.test domain-reserved
refuse_name 'example.com' www.example.com domain-reserved
refuse_name 'a top-level domain that does not exist' www.abc.nosuchtld domain-unknown-suffix
refuse_name 'an underscore' a_b.example.test domain-syntax
refuse_name 'a hyphen at the start' -a.example.test domain-syntax
refuse_name 'a hyphen at the end' a-.example.test domain-syntax
refuse_name 'an empty label' a..example.test domain-syntax
refuse_name 'a label of 64' "$(printf 'a%.0s' {1..64}).example.test" domain-syntax
refuse_name 'an A-label that is none' xn--a.example.test domain-syntax
refuse_name 'two hyphens in third place' ab--c.example.test domain-syntax
refuse_name 'an address with a scheme' https://a.example.test domain-syntax
refuse_name 'a port' a.example.test:443 domain-syntax
refuse_name 'a path' a.example.test/x domain-syntax
refuse_name 'a wildcard in a product for one name' '*.example.test' domain-wildcard
refuse_name 'part of a label as wildcard' 'w*.example.test' 'domain-wildcard|domain-syntax'
refuse_name 'a mark that turns the direction' 'a&#x202E;b.example.test' 'xml-val.*'
refuse_name 'an emoji' '☕.example.test' domain-syntax

two() { # REF PRODUCT NAME…
  local ref=$1 product=$2 count=
  shift 2
  [ "$product" != secure-ov-multi ] || count='<nameCount>3</nameCount>'
  order "$ref" "$product" "$count$(payment_child "$(price "$product")")
    $(application_child "$(domains "$@")$applicant")"
}
two W-1 standard-dv-wildcard '*.w.example.test' | drop w1.xml
two W-2 standard-dv-wildcard '*.v.example.test' v.example.test | drop w2.xml
two W-3 standard-dv-wildcard 'plain.example.test' | drop w3.xml
two W-4 standard-dv-wildcard '*.a.example.test' '*.b.example.test' | drop w4.xml
two W-5 standard-dv-wildcard '*.a.example.test' other.example.test | drop w5.xml
two W-6 standard-dv-wildcard '*.co.uk' | drop w6.xml
two W-7 standard-dv-wildcard '*.*.example.test' | drop w7.xml
two W-8 standard-dv-wildcard 'a.*.example.test' | drop w8.xml
two W-9 standard-dv-wildcard '*.iana.org' | drop w9.xml
two S-1 standard-dv-single a.example.test b.example.test | drop s1.xml
run_at "$(at 2)"
is_accepted 'a wildcard in a product for it' w1.xml
is_status 'is issued' W-1.1 issued
like 'its archive has no star in its name' "$(basename "$(archive W-1.1 pem)")" '^W-1\.1__\.w\.example\.test_pem\.zip$'
is_accepted 'with the name itself beside it' w2.xml
like 'both are in it' "$(certificate_text W-2.1)" 'DNS:\*\.v\.example\.test, DNS:v\.example\.test'
is_rejected 'a wildcard product needs a wildcard' w3.xml domain-wildcard
is_rejected 'exactly one' w4.xml domain-wildcard
is_rejected 'and nothing else beside it' w5.xml domain-count
like 'no wildcard on a public suffix' "$(outcome w6.xml) $(codes w6.xml)" '^rejected domain-(wildcard|public-suffix)$'
like 'no two stars' "$(outcome w7.xml) $(codes w7.xml)" '^rejected domain-(wildcard|syntax)$'
like 'no star but in the first label' "$(outcome w8.xml) $(codes w8.xml)" '^rejected domain-(wildcard|syntax)$'
is_accepted 'a public wildcard' w9.xml
is_status 'waits for its review' W-9.1 pending-verification
is_rejected 'two names in a product for one' s1.xml domain-count

multi() { # REF NAME…
  local ref=$1
  shift
  order "$ref" inhouse-dv-multi "$(payment_child "$(price inhouse-dv-multi)")
    $(application_child "$(domains "$@")$applicant")"
}
multi IN-1 server1 db.corp 192.0.2.7 2001:db8::7 | drop in1.xml
multi IN-2 a.example.test a.example.test | drop in2.xml
multi IN-3 a.example.test A.EXAMPLE.TEST | drop in3.xml
multi IN-4 '*.corp' | drop in4.xml
multi IN-5 n1.corp n2.corp n3.corp n4.corp n5.corp n6.corp n7.corp n8.corp n9.corp n10.corp n11.corp | drop in5.xml
run_at "$(at 3)"
is_accepted 'the product for inside takes names outside the public DNS, and addresses' in1.xml
if [ "$(show IN-1.1 .status)" = pending-verification ]; then
  review IN-1-R IN-1.1 approve | drop in1-review.xml
  run_at "$(at 3)"
fi
text=$(certificate_text IN-1.1)
like 'addresses are addresses in the SAN' "$text" 'IP Address:192\.0\.2\.7'
like 'of IPv6 too' "$text" 'IP Address:2001:[Dd][Bb]8:0:0:0:0:0:7'
like 'names are names' "$text" 'DNS:server1'
is 'its lifetime is its term' "$(show IN-1.1 .notAfter)" \
  "$(date -u -d "@$(($(date -u -d "$(show IN-1.1 .termEnd)" +%s) - 1))" +%Y-%m-%dT%H:%M:%SZ)"
is_rejected 'a name given twice' in2.xml domain-duplicate
is_rejected 'in other letters too' in3.xml domain-duplicate
like 'no wildcards in a product for several names' "$(outcome in4.xml) $(codes in4.xml)" '^rejected domain-wildcard$'
is_rejected 'no more names than were ordered' in5.xml domain-count
finish
