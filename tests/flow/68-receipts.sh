#!/bin/bash
# A receipt tells how things stand at the end of its own file, whatever files come with it in one
# run: before, in between and after.
. "$(dirname "$0")/lib.sh"

new_instance
# What the receipt of a file says of its certificates: "due 100.00; R-1.1 issued pem nginx".
told() {
  python3 - "$(receipt "$1")" <<'PYTHON'
import re, sys, xml.etree.ElementTree as tree
said = []
for item in tree.parse(sys.argv[1]).getroot():
    parts = []
    for child in item:
        kind = child.tag.split("}")[1]
        if kind == "due":
            parts.append("due")
        if kind == "certificate":
            files = ["deploy" if f.text.startswith("deploy/") else re.search("_([a-z]+)[.]zip$", f.text)[1] for f in child]
            parts.append(" ".join([child.get("id"), child.get("status", "deleted"), *files]))
    said.append(", ".join(parts))
print("; ".join(said))
PYTHON
}
tells() { is "$2: $1" "$(told "$2")" "$3"; }
csr='<csr mode="automatic" key="rsa-2048"/>'

# ---- Each step of a certificate in a file of its own, all in one run --------------------
order R standard-dv-single | drop 01.xml
payment PAY-R R "$(price standard-dv-single)" | drop 02.xml
application APP-R R submit "$(domains www.iana.org)$applicant$csr" | drop 03.xml
review REV-R R approve | drop 04.xml
dv_order R again.example.test | drop 05.xml
order R standard-dv-single | drop 06.xml
download GET-R R nginx | drop 07.xml
printf '<deployment %s ref="DEP-R" certificate="R"><target product="cdn"><region>global</region></target></deployment>' "$xmlns" | drop 08.xml
order R standard-dv-single | drop 09.xml
printf '<undeployment %s ref="UN-R" certificate="R"><target product="cdn"/></undeployment>' "$xmlns" | drop 10.xml
printf '<revocation %s ref="OFF-R" certificate="R" reason="superseded"/>' "$xmlns" | drop 11.xml
printf '<deletion %s ref="DEL-R" certificate="R"/>' "$xmlns" | drop 12.xml
order R standard-dv-single | drop 13.xml
run_at "$(at 1)"
tells 'an order is not paid yet' 01.xml 'due, R.1 awaiting-payment'
tells 'its payment pays it' 02.xml 'R.1 paid'
tells 'what was submitted waits for its review' 03.xml 'R.1 pending-verification'
tells 'which has it issued' 04.xml 'R.1 issued pem'
is_rejected 'another order of its name is refused' 05.xml reference-used
tells 'a repeated order sees what there is by then' 06.xml 'R.1 issued pem'
tells 'a download adds to it' 07.xml 'R.1 issued nginx pem'
tells 'so does a deployment' 08.xml 'R.1 issued nginx pem deploy'
tells 'and a repetition after it sees both' 09.xml 'R.1 issued nginx pem deploy'
tells 'taken off, it has them no more' 10.xml 'R.1 issued nginx pem'
tells 'then it is revoked' 11.xml 'R.1 refunded nginx pem'
tells 'and deleted' 12.xml 'R.1 deleted'
tells 'and a repetition tells that' 13.xml 'R.1 deleted'

# ---- Issued in one file, ended by the next ----------------------------------------------
dv_order S s.example.test "$csr" | drop 21.xml
printf '<revocation %s ref="OFF-S" certificate="S" reason="superseded"/>' "$xmlns" | drop 22.xml
{ dv_order T t.example.test "$csr"; dv_order U u.example.test; order V standard-dv-single; } | batch | drop 23.xml
printf '<deletion %s ref="DEL-U" certificate="U"/>' "$xmlns" | drop 24.xml
payment PAY-V V "$(price standard-dv-single)" | drop 25.xml
{ order W standard-dv-single "<quantity>2</quantity>"; payment PAY-W W "$(price standard-dv-single 1 1 2)"; } | batch | drop 26.xml
application APP-W1 W.1 submit "$(domains w1.example.test)$applicant$csr" | drop 27.xml
application APP-W2 W.2 submit "$(domains w2.example.test)$applicant" | drop 28.xml
order W standard-dv-single "<quantity>2</quantity>" | drop 29.xml
download GET-W1 W.1 apache | drop 30.xml
for n in $(seq 600); do echo "<deletion $xmlns ref=\"N-$n\" certificate=\"W.3\"/>"; done | { dv_order X x.example.test "$csr"; cat; } | batch | drop 31.xml
download GET-X X apache | drop 32.xml
run_at "$(at 2)"
tells 'what is issued' 21.xml 'S.1 issued pem'
tells 'stays so for its receipt, though revoked in the same run' 22.xml 'S.1 refunded pem'
tells 'in a batch, too' 23.xml 'T.1 issued pem; U.1 issued pem; due, V.1 awaiting-payment'
tells 'each of which may be gone right after it' 24.xml 'U.1 deleted'
tells 'or be paid' 25.xml 'V.1 paid'
tells 'items of a batch see its end' 26.xml 'W.1 paid, W.2 paid; W.1 paid, W.2 paid'
tells 'of an order of two, one is issued' 27.xml 'W.1 issued pem'
tells 'then the other' 28.xml 'W.2 issued pem'
tells 'which the order then tells' 29.xml 'W.1 issued pem, W.2 issued pem'
tells 'before there is more of it' 30.xml 'W.1 issued apache pem'
like '31.xml: a long batch, too' "$(told 31.xml)" '^X\.1 issued pem;'
tells 'of which there is more then' 32.xml 'X.1 issued apache pem'
certdrop -C "$INSTANCE" verify
expect_status 'verify finds nothing' 0
finish
