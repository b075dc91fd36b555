#!/bin/sh
# Holds the schemas against what they are for: the templates and examples are
# valid, each bad document in tests/fixtures/schema-bad is refused at the place
# that places.txt names, and all that an editor or a message shows is there.
# Prints TAP.
set -u
export LC_ALL=C

cd "$(dirname "$0")/../.." || exit 1
schemas=schemas
bad=tests/fixtures/schema-bad
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# ok TEXT COMMAND…: one test; what the command prints is shown if it fails.
ok() {
  text=$1
  shift
  count=$((count + 1))
  if "$@" >"$work/output" 2>&1; then
    echo "ok $count - $text"
  else
    failed=$((failed + 1))
    echo "not ok $count - $text"
    sed 's/^/# /' "$work/output"
  fi
}

is_valid() {
  xmllint --nonet --noout --schema "$schemas/$1.xsd" "$2"
}

# What XPath $1 finds in file $2.
find_in() {
  xmllint --nonet --xpath "$1" "$2" 2>/dev/null
}

is_empty() {
  [ -z "$1" ] || {
    echo "$1"
    return 1
  }
}

# Whether $2 is what is wanted, $1.
is_same() {
  printf '%s\n' "$1" >"$work/wanted"
  printf '%s\n' "$2" >"$work/got"
  diff "$work/wanted" "$work/got"
}

# The bad documents of schema $1, each with the element, or element@attribute,
# that its first fault is about.
fault_places() {
  (cd $bad && xmllint --nonet --noout --schema "../../../$schemas/$1.xsd" ./"$1"-*.xml 2>&1 >/dev/null) |
    sed -n "s/^\.\/\([^:]*\)\.xml:[0-9]*: element \([^:]*\): Schemas validity error : Element '[^']*'\(, attribute '\([^']*\)'\)\{0,1\}.*/\1 \2@\4/p" |
    sed 's/@$//; s/@{.*}/@/' | awk '!seen[$1]++'
}

# --- Templates and examples ---

ok "the catalogue template is valid" is_valid catalog src/commands/templates/catalog.xml
ok "the configuration template is valid" is_valid config src/commands/templates/certdrop.xml

# What it has in comments is meant to be uncommented: from a line that opens an
# element at the left to the end of the comment.
awk '/^  <!--/ { comment = 1 }
     comment && /^  <[a-zA-Z]/ { inside = 1 }
     inside && /-->/ { inside = 0 }
     inside
     /-->/ { comment = 0 }' src/commands/templates/certdrop.xml >"$work/parts"
{
  echo '<configuration xmlns="urn:certdrop:1">'
  cat "$work/parts"
  echo '</configuration>'
} >"$work/commented.xml"
ok "so is what it has in comments" is_valid config "$work/commented.xml"
ok "and that is all of it" is_same "authority mail keytool refusedKeys target issuer" \
  "$(sed -n 's/^  <\([a-zA-Z][a-zA-Z]*\).*/\1/p' "$work/parts" | tr '\n' ' ' | sed 's/ $//')"

for product in free-dv-single standard-dv-single standard-dv-wildcard secure-ov-single secure-ov-multi \
  secure-ov-wildcard secure-ev-single secure-ev-multi inhouse-dv-multi; do
  ok "the catalogue has $product on a line of its own" \
    grep -qE "^  <product id=\"$product\" .*/>\$" src/commands/templates/catalog.xml
done

kinds=$(find_in "/*/*[local-name()='element'][not(@abstract)]/@name" $schemas/documents.xsd |
  sed 's/.*="\(.*\)"/\1/')
for kind in $kinds; do
  ok "the example of $kind is valid" is_valid documents "src/commands/templates/new/$kind.xml"
  ok "and its root is $kind" is_same "$kind" \
    "$(find_in 'local-name(/*)' "src/commands/templates/new/$kind.xml")"
done
ok "there are examples of no other kind" is_same \
  "$(for kind in $kinds; do echo "$kind.xml"; done | sort)" "$(ls src/commands/templates/new)"

find inbox/examples -name '*.xml' | sort >"$work/examples"
while read -r example; do
  case $example in
    */71-wrong-elements.xml | */75-not-well-formed.xml)
      ok "$example is refused" sh -c "! xmllint --noout --schema $schemas/documents.xsd $example" ;;
    *)
      ok "$example is valid" is_valid documents "$example" ;;
  esac
done <"$work/examples"

# --- Bad documents ---

for schema in documents config catalog receipt; do
  fault_places $schema
done >"$work/places"
while read -r name place; do
  ok "$name is refused for $place" is_same "$place" "$(sed -n "s/^$name //p" "$work/places")"
done <$bad/places.txt
ok "each bad document has its place in places.txt" is_same \
  "$(cut -d' ' -f1 $bad/places.txt | sort)" \
  "$(find $bad -name '*.xml' | sed 's|.*/||; s|\.xml$||' | sort)"

# --- What editors and messages show ---

for schema in types documents config catalog receipt; do
  ok "all of $schema.xsd is documented" is_empty "$(find_in \
    "//*[local-name()='element' or local-name()='attribute' or local-name()='complexType' or local-name()='simpleType'][not(@ref)][not(*[local-name()='annotation']/*[local-name()='documentation'])]/@name" \
    $schemas/$schema.xsd)"
  ok "$schema.xsd has no type without a name" is_empty "$(find_in \
    "//*[local-name()='simpleType' or local-name()='complexType'][not(@name)]" $schemas/$schema.xsd)"
  ok "$schema.xsd uses only types that messages know" is_empty "$(find_in \
    "//*[local-name()='element' or local-name()='attribute'][starts-with(@type, 'xs:')]/@name" \
    $schemas/$schema.xsd)"
done

simple="/*/*[local-name()='simpleType']"
value="*[local-name()='annotation']/*[local-name()='appinfo']/*[local-name()='value']"
ok "each simple type has a rule and an example for messages" is_empty \
  "$(find_in "${simple}[not(${value}[@rule and @example])]/@name" $schemas/types.xsd)"

# Each type's example, validated against the type.
types=$(find_in "$simple/@name" $schemas/types.xsd | sed 's/.*="\(.*\)"/\1/')
find_in "$simple/$value/@example" $schemas/types.xsd | sed 's/^[^"]*"//; s/"$//' >"$work/values"
{
  echo '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:certdrop:1"'
  echo '  targetNamespace="urn:certdrop:1" elementFormDefault="qualified">'
  echo "<xs:include schemaLocation=\"$PWD/$schemas/types.xsd\"/>"
  for type in $types; do
    echo "<xs:element name=\"of$type\" type=\"$type\"/>"
  done
  echo '</xs:schema>'
} >"$work/types.xsd"
echo "$types" | paste -d ' ' - "$work/values" >"$work/pairs"
while read -r type example; do
  printf '<of%s xmlns="urn:certdrop:1">%s</of%s>\n' "$type" "$example" "$type" >"$work/$type.xml"
  ok "the example of $type is one: $example" \
    xmllint --nonet --noout --schema "$work/types.xsd" "$work/$type.xml"
done <"$work/pairs"

# --- schemas/README.md ---

# shellcheck disable=SC2016 # the backquotes are Markdown
ok "schemas/README.md lists all fault codes" is_same \
  "$(sed -n 's/^FAULT("\([^"]*\)", "\(.*\)")$/| `\1` | \2 |/p' src/request/fault-codes.def)" \
  "$(sed -n '/^| code /,/^$/ { /^| `/p }' $schemas/README.md)"
for kind in $kinds; do
  ok "schemas/README.md explains $kind" grep -q "^| \`$kind\` |" $schemas/README.md
done

echo "1..$count"
[ "$failed" -eq 0 ]
