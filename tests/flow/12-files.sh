#!/bin/bash
# Which files are taken, under which names they are kept, how they may be written.
. "$(dirname "$0")/lib.sh"

new_instance
i=0
# next_order FILE: an order of its own.
next_order() {
  i=$((i + 1))
  order "F-$i" standard-dv-single >"$1"
}

# Ignored.
ignored='.hidden.xml a.part b.tmp c.filepart d.xml~ e.xml.crswap f.zip.crdownload README.md'
for name in $ignored; do next_order "$INSTANCE/inbox/$name"; done
mkdir "$INSTANCE/inbox/folder"
next_order "$INSTANCE/inbox/folder/inside.xml"
mkfifo "$INSTANCE/inbox/fifo.xml"
next_order outside.xml
ln -s "$work/outside.xml" "$INSTANCE/inbox/link.xml"
ln -s /dev/zero "$INSTANCE/inbox/zero.xml"
ln -s nowhere "$INSTANCE/inbox/dangling.xml"
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$INSTANCE/inbox/s.xml"
run_at "$(at 1)"
for name in $ignored folder/inside.xml; do
  ok "$name is left alone" test -e "$INSTANCE/inbox/$name"
done
is 'no file was decided' "$(find "$INSTANCE/outbox/receipts" -type f | wc -l)" 0
ok 'what a link points to is untouched' test -s outside.xml
for name in fifo.xml link.xml zero.xml dangling.xml s.xml; do rm -f "$INSTANCE/inbox/$name"; done

# A file that is still being written.
order PART-1 standard-dv-single | head -c 60 >"$INSTANCE/inbox/growing.xml"
run_at "$(at 2)"
is_waiting 'a file that ends too early and is young is left for the next time' growing.xml
order PART-1 standard-dv-single >"$INSTANCE/inbox/growing.xml"
run_at "$(at 3)"
is_accepted 'whole, it is decided' growing.xml
order PART-2 standard-dv-single | head -c 60 | drop torn.xml
run_at "$(at 4)"
is_rejected 'one that stands still is rejected' torn.xml xml-syntax
: | drop empty.xml
printf ' \n\t\n' | drop blank.xml
printf 'Dear Sirs, please find enclosed our order.\n' | drop letter.xml
head -c 3000 /dev/urandom | drop noise.xml
run_at "$(at 5)"
is_rejected 'an empty file is refused' empty.xml file-empty
is_rejected 'a blank file is refused' blank.xml file-empty
is_rejected 'plain words are refused' letter.xml file-kind
like 'noise is refused' "$(outcome noise.xml)" rejected

# Names.
check_name() { # WHAT NAME
  next_order next.xml
  drop "$2" <next.xml
  run_at "$(at 6)"
  is_accepted "$1" "$2"
}
check_name 'a name with blanks' 'order of monday.xml'
check_name 'a name in Chinese' '订单.xml'
check_name 'a name with quotes and marks' "a'b\"c&d<e>\$f;g|h*.xml"
check_name 'a name without extension' 'order'
check_name 'a name with a percent sign' '%2e%2e%2f.xml'
check_name 'a name that begins with a hyphen' '-rf.xml'
check_name 'a name that looks like a document' '<order>.xml'
check_name 'a name of 200 bytes' "$(printf 'n%.0s' {1..196}).xml"
odd_name() { # WHAT NAME
  local before after
  before=$(ls "$INSTANCE/outbox/receipts" | wc -l)
  next_order next.xml
  drop "$2" <next.xml
  run_at "$(at 7)"
  after=$(ls "$INSTANCE/outbox/receipts" | wc -l)
  is "$1 is decided" "$((after - before)) $(show "F-$i.1" .status)" '1 awaiting-payment'
  not_ok "  and gone from the inbox" test -e "$INSTANCE/inbox/$2"
}
odd_name 'a name of 255 bytes' "$(printf 'n%.0s' {1..251}).xml"
odd_name 'another of 255 bytes that begins the same' "$(printf 'n%.0s' {1..250})m.xml"
odd_name 'a name with a line end' $'a\nb.xml'
odd_name 'a name with an escape sequence' $'a\e[31mb.xml'
odd_name 'a name that is no UTF-8' $'a\xffb.xml'
is 'all that is kept has a plain name' "$(find "$INSTANCE/inbox" "$INSTANCE/outbox" "$INSTANCE/reports" -print0 |
  LC_ALL=C tr '\n' '?' | tr '\0' '\n' | LC_ALL=C grep -c '[[:cntrl:]?]')" 0
is 'no name is longer than 255 bytes with what is added' \
  "$(find "$INSTANCE" -printf '%f\n' | LC_ALL=C awk 'length($0) > 255' | wc -l)" 0
is 'receipts of odd names are valid' "$(xmllint --nonet --noout --schema "$source_dir/schemas/receipt.xsd" \
  "$INSTANCE"/outbox/receipts/*.xml 2>&1 | grep -cv ' validates$')" 0

# Encodings.
sample() { order "$1" standard-dv-single "<!-- Ä -->"; }
encoded() { # WHAT NAME DECLARED ICONV
  { printf '<?xml version="1.0" encoding="%s"?>\n' "$3"; sample "ENC-$2"; } | iconv -f UTF-8 -t "$4" | drop "enc-$2.xml"
}
encoded 'UTF-8' utf8 UTF-8 UTF-8
encoded 'ISO-8859-1' latin1 ISO-8859-1 ISO-8859-1
encoded 'UTF-16 with a mark' utf16 UTF-16 UTF-16
encoded 'UTF-16LE without one' utf16le UTF-16 UTF-16LE
encoded 'US-ASCII' ascii US-ASCII ASCII//TRANSLIT
{ printf '\357\273\277'; sample ENC-bom; } | drop enc-bom.xml
encoded 'Windows' cp1252 windows-1252 CP1252
encoded 'GB 18030' gb GB18030 GB18030
encoded 'UTF-7' utf7 UTF-7 UTF-7
encoded 'EBCDIC' ebcdic IBM037 IBM037
printf '<?xml version="1.0" encoding="UTF-8"?>\n%s' "$(order ENC-bad standard-dv-single)" | sed 's/<product>/<!-- \xc0\xaf -->&/' | drop enc-bad.xml
run_at "$(at 8)"
for name in utf8 latin1 utf16 utf16le ascii bom; do is_accepted "$name is read" "enc-$name.xml"; done
for name in cp1252 gb; do is_rejected "$name is refused" "enc-$name.xml" encoding; done
for name in utf7 ebcdic bad; do
  like "$name is refused" "$(outcome "enc-$name.xml") $(codes "enc-$name.xml")" '^rejected (encoding|file-kind|xml-syntax)$'
done

# Where a fault is.
{
  printf '<batch %s>\n' "$xmlns"
  printf '\n%.0s' {1..70000}
  order LINE-1 no-such-product | sed "s/ $xmlns//"
  printf '</batch>\n'
} | drop long.xml
run_at "$(at 9)"
is 'line numbers are right beyond 65,535' "$(receipt_value long.xml '//c:fault/@line')" 70002
order LINE-2 standard-dv-single '<quantity>many</quantity>' | drop value.xml
run_at "$(at 10)"
is 'a bad value has its line and element' \
  "$(receipt_value value.xml 'concat(//c:fault/@code," ",//c:fault/@line," ",//c:fault/@element)')" 'xml-value 3 quantity'
like 'and a message that says what is wrong, with an example' "$(receipt_value value.xml //c:fault)" 'many.*(1|example)'
unlike 'and no pattern' "$(receipt_value value.xml //c:fault)" '\[0-9\]|\{0,'
order LINE-3 standard-dv-single '<unknown/>' | drop unknown.xml
order LINE-4 standard-dv-single '<quantity>2</quantity><quantity>2</quantity>' | drop twice.xml
order LINE-5 standard-dv-single 'words' | drop words.xml
sed 's/urn:certdrop:1/urn:certdrop:2/' outside.xml | drop namespace.xml
printf '<invoice %s ref="X"/>' "$xmlns" | drop kind.xml
printf '<receipt %s file="x" sha256="%064d" decided="2026-11-23T02:00:07Z" outcome="accepted"/>' "$xmlns" 0 | drop receipt.xml
run_at "$(at 11)"
for name in unknown twice words namespace kind receipt; do
  like "what no schema has is refused ($name)" "$(outcome $name.xml) $(codes $name.xml)" '^rejected xml-(valid|value|kind|namespace)$'
done
finish
