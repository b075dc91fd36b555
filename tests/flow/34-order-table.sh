#!/bin/bash
# A table of orders, as a spreadsheet writes it, becomes a batch that check accepts.
. "$(dirname "$0")/lib.sh"

new_instance
table() { # FILE [OPTION…]: its batch in out, what is wrong in err
  certdrop new order --from "$@"
}
price_of() { price "$@"; }

# ---- From a table to certificates ------------------------------------------------
cat >orders.csv <<CSV
ref,product,quantity,years,nameCount,autoRenew,payment.reference,payment.amount,payment.currency,application.domains,application.applicant.name,application.applicant.phone,application.applicant.email,application.applicant.idNumber,application.csr.key,application.download
T-1,standard-dv-single,,,,,TX-1,$(price_of standard-dv-single),CNY,one.example.test,Applicant One,+86 571 5555 0100,applicant@example.test,330100199001011234,rsa-2048,pem nginx
T-2,inhouse-dv-multi,1,2,3,true,TX-2,$(price_of inhouse-dv-multi 2 3),CNY,a.inner b.inner,Applicant One,+86 571 5555 0100,applicant@example.test,330100199001011234,,
T-3,standard-dv-single,5,1,,false,,,,,,,,,,
CSV
table orders.csv
expect_status 'a table becomes a batch' 0
cp out orders.xml
ok 'it is valid against the schema' xmllint --nonet --noout --schema "$source_dir/schemas/documents.xsd" orders.xml
certdrop -C "$INSTANCE" --at "$(at 1)" check orders.xml
expect_status 'check accepts it' 0
like '  and says for how much' "$(cat out)" "^  3 accepted: 3 orders of 7 certificates, 2 applications stored, 1 certificate issued; ordered for [0-9]+\\.00 CNY, paid [0-9]+\\.00 CNY\$"
certdrop -C "$INSTANCE" --at "$(at 1)" check --json orders.xml
is '  and of what, with --json' "$(jq -c '[.files[0].items[] | .does, .price.amount, .paid.amount]' out)" \
  "[{\"ordered\":1,\"applications\":1,\"issued\":1,\"certificates\":1},\"$(price_of standard-dv-single)\",\"$(price_of standard-dv-single)\",{\"ordered\":1,\"applications\":1,\"certificates\":1},\"$(price_of inhouse-dv-multi 2 3)\",\"$(price_of inhouse-dv-multi 2 3)\",{\"ordered\":1,\"certificates\":5},\"$(price_of standard-dv-single 1 1 5)\",null]"
is '  which add up' "$(jq -r '.totals == .files[0].totals and .totals.certificates == 7' out)" true
drop orders.xml <orders.xml
run_at "$(at 2)"
is_accepted 'and so does run' orders.xml
is_status 'an order with its payment and application is issued' T-1.1 issued
is 'with the kind of key of its column' "$(show T-1.1 .keyAlgorithm)" rsa-2048
ok 'and the archives' test -s "$(archive T-1.1 nginx)"
is 'an order has the values of its columns' "$(show T-2 '[.years, .nameCount, .autoRenew] | map(tostring) | join(" ")')" '2 3 true'
is 'a list is words with blanks between' "$(show T-2.1 '.domains | join(" ")')" 'a.inner b.inner'
is 'one alone waits for its payment' "$(show T-3 '[.quantity, .paid] | map(tostring) | join(" ")')" '5 false'
table orders.csv --atomic
is 'with --atomic it is all or nothing' "$(xpath out 'string(/c:batch/@atomic)')" true

# ---- What spreadsheets write --------------------------------------------------------
same() { # WHAT FILE: it makes the same batch as one.csv
  table "$2"
  is "$1" "$status $(sha256sum <out)" "0 $want"
}
printf 'ref,product,payment.reference,amount,currency,applicant.name,domains\nS-1,standard-dv-single,TX-1,298.00,CNY,"Last, ""First"" <x&y>",x.example.test\n' >one.csv
table one.csv
want=$(sha256sum <out)
is 'quotes, commas and markup are text' "$(xpath out 'string(//c:name)')" 'Last, "First" <x&y>'
(printf '\xef\xbb\xbf' && sed 's/$/\r/' one.csv) >windows.csv
same 'a mark at its start and CRLF' windows.csv
tr '\n' '\r' <one.csv >mac.csv
same 'CR alone' mac.csv
printf '\xef\xbb\xbfref;product;payment.reference;amount;currency;applicant.name;domains\r\nS-1;standard-dv-single;TX-1;298,00;CNY;"Last, ""First"" <x&y>";x.example.test\r\n;;;;;;\r\n\r\n' >semicolon.csv
same 'semicolons, a comma in the amount, empty rows at the end' semicolon.csv
printf 'ref\tproduct\tpayment.reference\tamount\tcurrency\tapplicant.name\tdomains\nS-1\tstandard-dv-single\tTX-1\t298\tCNY\t"Last,\n""First"" <x&y>"\tx.example.test' >tab.csv
same 'tabs, an amount without its zeros, a line end in a quoted field, none at the end' tab.csv
printf 'Domains,CURRENCY,payment.reference,payment.amount,REF,product,application.applicant.name,\nx.example.test,CNY,TX-1,298.0,S-1,standard-dv-single,"Last, ""First"" <x&y>",\n' >order.csv
same 'columns in another order, names in any case, whole or shortened' order.csv
table - <one.csv
is 'from standard input, too' "$(sha256sum <out)" "$want"
printf 'ref,product,autoRenew\nA,free-dv-single,TRUE\nB,free-dv-single,no\n' >flags.csv
table flags.csv
is 'flags as spreadsheets and people write them' "$(xpath out '//c:autoRenew/text()' | paste -sd ' ')" 'true false'
openssl ecparam -name prime256v1 -genkey -noout -out own.key
openssl req -new -key own.key -subj /CN=own.example.test -out own.csr
{
  echo 'ref,product,payment.reference,payment.amount,currency,domains,applicant.name,applicant.phone,email,idNumber,application.csr'
  printf 'C-1,standard-dv-single,TX-1,%s,CNY,own.example.test,One,+86 571 5555 0100,a@example.test,ID-0001,"%s"\n' "$(price standard-dv-single)" "$(cat own.csr)"
} >csr.csv
table csr.csv
drop csr.xml <out
run_at "$(at 3)"
is_status 'a CSR in a cell is taken' C-1.1 issued
is 'and the key stays with its owner' "$(unzip -l "$(archive C-1.1 pem)" | grep -c privkey)" 0

# ---- What is wrong, and where ---------------------------------------------------------
refused() { # WHAT TABLE PATTERN
  printf '%b' "$2" >bad.csv
  table bad.csv
  if [ "$status" != 1 ]; then fail "$1" "status $status"; elif [ -s out ]; then fail "$1: nothing is written" "$(cat out)"; else like "$1" "$(cat err)" "^bad\\.csv:$3"; fi
}
refused 'an unknown column' 'ref,prodcut\nA,x\n' '1: column 2, "prodcut": an order has no such part'
refused 'one that may be several' 'ref,product,phone\nA,x,1\n' '1: column 3, "phone": several parts of an order are called so.* such as application\.(applicant|company)\.phone'
refused 'one that comes twice' 'ref,product,Ref\nA,x,B\n' '1: column 3, "Ref": column 1 is the same'
refused 'a value without a column' 'ref,product\nA,free-dv-single,1\n' '2: column 3 has a value, but the first row has 2 columns only'
refused 'a value under an empty name' 'ref,,product\nA,1,free-dv-single\n' '2: column 2 has a value, but no name in the first row'
refused 'a value that is none' 'ref,product,quantity\nA,free-dv-single,\nB,free-dv-single,many\n' '3: column 3, quantity: "many" is not a whole number from 1 to 1000, such as 1'
refused 'an amount that may be two' 'ref,product,payment.reference,amount,currency\nA,x,T,"1,200",CNY\n' '2: column 4, payment\.amount: "1,200" is not an amount with exactly two decimals'
refused 'a part without what it needs' 'ref,product,amount\nA,x,1.00\n' '2: payment\.(reference|currency) is missing'
refused 'no reference' 'ref,product\n,free-dv-single\n' '2: ref is missing'
refused 'a reference twice, with both lines' 'ref,product\nA,x\nB,x\nA,x\n' '4: column 1, ref: "A" is the reference of line 2, too'
refused 'the line is right behind quoted line ends' 'ref,product,application.applicant.name\nA,x,"1\n2\n3"\n\nB,x,\n,x,\n' '7: ref is missing'
refused 'a quote in a field' 'ref,product\nA,x"y\n' '2: a quote stands in the middle of a field'
refused 'a quote that never ends' 'ref,product\nA,x\nB,"y\nC,z\n' '3: a quoted field begins in this row and never ends'
refused 'what is not UTF-8' 'ref,product\nA,x\nB,M\xfcller\n' '3: this is not UTF-8; save the table as'
refused 'a control character' 'ref,product,application.company.name\nA,x,a\x01b\n' '2: column 3, application\.company\.name: there is a control character in it'
refused 'nothing at all' '' '1: there is no order in it'
refused 'a head alone' 'ref,product\n' '1: there is no order in it'
table nowhere.csv
expect_status 'a file that is not there is an input that failed' 74
certdrop new payment --from one.csv
expect_status 'a table of anything else is wrong usage' 64
like '--help lists the columns' "$("$CERTDROP" new --help)" '^  application\.company\.location\.city +City'

# ---- Many ------------------------------------------------------------------------------
{
  echo 'ref,product,quantity'
  seq -f 'M%.0f-x,standard-dv-single,1' 1 20000
} >many.csv
table many.csv
is 'twenty thousand rows are as many orders' "$status $(grep -c '<order ' out)" '0 20000'
finish
