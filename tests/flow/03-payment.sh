#!/bin/bash
# An order is paid later, by a file of its own, to the cent.
. "$(dirname "$0")/lib.sh"

new_instance
order PO-1 secure-ov-multi '<years>2</years><nameCount>5</nameCount>' | drop order.xml
run_at "$(at 1)"
is_accepted 'an order without payment is accepted' order.xml
is_status 'its certificate awaits payment' PO-1.1 awaiting-payment
due=$(price secure-ov-multi 2 5)
is 'the receipt says what is due' \
  "$(receipt_value order.xml 'concat(//c:due/@amount," ",//c:due/@currency)')" "$due CNY"
is 'two years with two extra names cost what the contract says' "$due" 3600.00

less=$(money $(($(cents "$due") - 1)))
more=$(money $(($(cents "$due") + 1)))
payment PAY-1 PO-1 "$less" | drop less.xml
payment PAY-2 PO-1 "$more" | drop more.xml
payment PAY-3 PO-1 "$due" USD | drop dollars.xml
run_at "$(at 2)"
expect_status 'a run that rejected files ends with 1' 1
is_rejected 'a cent too little is refused' less.xml payment-amount
is_rejected 'a cent too much is refused' more.xml payment-amount
is_rejected 'another currency is refused' dollars.xml payment-currency
like 'the error file says what is due' "$(cat "$INSTANCE/inbox/rejected/less.xml.error.md")" '3600\.00'
is_status 'nothing has changed' PO-1.1 awaiting-payment

for amount in 3600 3600.0 3600.000 03600.00 -3600.00 3,600.00 3.6e3; do
  payment "PAY-B$amount" PO-1 "$amount" | sed 's/ref="PAY-B[^"]*"/ref="PAY-B"/' | drop "form.xml"
  run_at "$(at 2)"
  n=$((${n:-0} + 1))
  name=form.xml
  [ $n = 1 ] || name=form.$n.xml
  like "an amount written $amount is refused" "$(outcome $name) $(codes $name)" '^rejected xml-va'
done

payment PAY-1 PO-1 "$due" | drop exact.xml
run_at "$(at 3)"
expect_status 'a run that rejected nothing ends with 0' 0
is_accepted 'the exact amount is accepted, under a ref that was rejected before' exact.xml
is_status 'the certificate is paid' PO-1.1 paid
payment PAY-9 PO-1 "$due" | drop again.xml
run_at "$(at 4)"
is_rejected 'a second payment is refused' again.xml payment-repeated

order PO-2 standard-dv-single '<quantity>3</quantity>'"$(payment_child "$(price standard-dv-single 1 1 3)")" | drop three.xml
run_at "$(at 5)"
is_accepted 'three certificates in one order' three.xml
for n in 1 2 3; do is_status "certificate $n is paid" PO-2.$n paid; done
is 'there is no fourth' "$(show PO-2.4 .status)" ''

order PO-3 standard-dv-single "$(payment_child 1.00)" | drop wrong.xml
order PO-4 standard-dv-single "$(application_child "$(domains a.example.test)$applicant")" | drop unpaid.xml
order PO-5 standard-dv-single "<quantity>2</quantity>$(payment_child "$(price standard-dv-single 1 1 2)")
  $(application_child "$(domains a.example.test)$applicant")" | drop several.xml
order PO-6 no-such-product | drop product.xml
order PO-7 free-dv-single '<years>2</years>' | drop term.xml
order PO-8 secure-ov-multi '<nameCount>101</nameCount>' | drop names.xml
order PO-9 standard-dv-single '<nameCount>2</nameCount>' | drop single.xml
run_at "$(at 6)"
is_rejected 'a payment in the order must be the price' wrong.xml payment-amount
is_rejected 'an application in the order needs the payment' unpaid.xml payment-missing
is_rejected 'an application in the order needs quantity 1' several.xml quantity
is_rejected 'a product that is not in the catalogue is refused' product.xml catalog-product
is_rejected 'more years than the product has are refused' term.xml term
is_rejected 'more names than the product has are refused' names.xml name-count
is_rejected 'one name is one name' single.xml name-count
for ref in PO-3 PO-4 PO-5 PO-6 PO-7 PO-8 PO-9; do
  is "$ref was not made" "$(show $ref .status)" ''
done
finish
