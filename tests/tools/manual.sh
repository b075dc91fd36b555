#!/bin/bash
# The manual pages: that two formatters find no fault with them, that certdrop(1) has every
# command and option, and that the others have all that the schemas have.
. "$(dirname "$0")/../flow/lib.sh"
make --no-print-directory -C "$source_dir" manual >log 2>&1 || cat log
pages=$source_dir/build/manual

for page in "$pages"/*; do
  name=${page##*/}
  # Whether other pages are installed here says nothing about this one.
  is "mandoc has no finding in $name" \
    "$(mandoc -T lint "$page" 2>&1 | grep -v 'referenced manual not found\|outdated mandoc.db')" ''
  is "nor has man" "$(MANWIDTH=80 man --warnings -l "$page" 2>&1 >"$name.txt")" ''
  is 'nothing that asked for something is left in it' "$(grep -nE '\\" (SCHEMA|ELEMENT|KINDS|PARTS|EXAMPLE)' "$page")" ''
done

# has PAGE MACRO NAME: a tag of that page.
has() {
  grep -qE -- "^\.It .*$2 (\\\\&)?${3//-/\\\\-}( |\$)" "$pages/$1"
}

# What the commands' own help has, against the page.
certdrop --help
sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' out >commands
ok 'there are commands' test -s commands
while read -r command; do
  ok "certdrop(1) has the command $command" has certdrop.1 Ic "$command"
  certdrop "$command" --help
  # Its options, such as "  -w, --warning=DAYS": only those between this command and the next.
  sed -nE 's/^  (-([a-zA-Z]), )?--([a-z-]+).*/\3 \2/p' out | grep -v '^help ' >options
  awk -v command="$command" '/^\.It Ic / { on = $3 == command } /^\.El/ && on { if (open-- == 0) on = 0 } /^\.Bl/ && on { open++ } on' \
    "$pages/certdrop.1" >section
  while read -r long short; do
    ok "and its option --$long" grep -qE "^\.It .*Fl \\\\-${long//-/\\\\-}( |\$)" section
    [ -z "$short" ] || ok "as -$short, too" grep -qE "^\.It .*Fl $short( |\$)" section
  done <options
  while read -r option; do
    like "no option of $command is made up: $option" "$(cat out)" "--$option([ =]|\$)"
  done < <(sed -nE 's/^\.It .*Fl \\-([a-z-]+).*/\1/p' section | grep -v '^help$')
done <commands
certdrop --help
while read -r option; do
  ok "certdrop(1) has $option" has certdrop.1 Fl "${option#-}"
done < <(grep -oE '^  --?[A-Za-z]+' out)

# tags PAGE: the attributes and elements that it describes.
tags() {
  sed -nE 's/^\.It Sy \\&<?([A-Za-z0-9]+)>? Pq .*/\1/p' "$pages/$1" | sort -u
}

# parts FILE…: the attributes and elements that stand within the types of these schemas.
parts() {
  local file
  for file in "$@"; do
    xmllint --xpath "//*[local-name()='complexType' or local-name()='attributeGroup']//*[local-name()='element' or local-name()='attribute']/@*[name()='name' or name()='ref']" \
      "$source_dir/schemas/$file" | grep -o '"[^"]*"' | tr -d '"'
  done | sort -u
}
command_parts=$'argument\ntimeoutSeconds'
is 'certdrop-documents(5) has all parts that the schema has' "$(tags certdrop-documents.5)" "$(parts documents.xsd)"
is 'certdrop.xml(5) has those of configuration and catalogue' "$(tags certdrop.xml.5)" \
  "$( (parts config.xsd catalog.xsd && echo "$command_parts") | sort -u)"
for page in "$pages"/*.5; do
  is "nothing is described twice in ${page##*/}" "$(grep '^\.Ss ' "$page" | sort | uniq -d)" ''
done
unlike 'what a batch holds is described once' "$(cat "$pages/certdrop-documents.5")" '^\.Ss .* in .*<batch>'
certdrop new nothing
kinds=$(sed 's/.*there are: //' err)
like 'there are kinds' "$kinds" '^batch order payment '
for kind in $kinds; do
  ok "the document $kind has a section" grep -qE "^\.Ss \\\\&<$kind>\$" "$pages/certdrop-documents.5"
done
"$CERTDROP" new order >example.xml
sed -n '/^ *<?xml/,/^ *<\/order>/p' certdrop-documents.5.txt | sed 's/^     //' >shown.xml
is 'the example is that of `certdrop new order`' "$(diff -b example.xml shown.xml)" ''

# The examples of certdrop(1) do what they say.
grep -o "^\$ jq .*" "$pages/certdrop.1" >/dev/null || fail 'certdrop(1) has an example with jq'
new_instance
certdrop new order
drop first.xml <out
run_at "$(at 1)"
is 'the example with jq finds the names' \
  "$(cd "$INSTANCE" && eval "$(sed -n "/\\$ jq/,/reports/p" "$work/certdrop.1.txt" | sed 's/^ *\$ //')")" 'www.example.test'
finish
