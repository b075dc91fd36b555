#!/bin/bash
# Documents and packages that were made to do harm cost themselves and nothing else.
. "$(dirname "$0")/lib.sh"

new_instance
order BEFORE standard-dv-single | drop a-before.xml
# A file outside the instance, which nothing may bring in.
echo 'what-lies-outside-stays-outside' >outside.txt
mkdir made
cd made || exit 1

cat >doctype.xml <<'X'
<!DOCTYPE order><order xmlns="urn:certdrop:1" ref="H-1"><product>standard-dv-single</product></order>
X
cat >external.xml <<X
<!DOCTYPE order [<!ENTITY e SYSTEM "file://$work/outside.txt">]><order xmlns="urn:certdrop:1" ref="H-2"><product>&e;</product></order>
X
cat >laughs.xml <<'X'
<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;">]><order xmlns="urn:certdrop:1" ref="H-3"><product>&f;</product></order>
X
cat >parameter.xml <<'X'
<!DOCTYPE order [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]><order xmlns="urn:certdrop:1" ref="H-4"><product>x</product></order>
X
cat >xinclude.xml <<X
<order xmlns="urn:certdrop:1" xmlns:xi="http://www.w3.org/2001/XInclude" ref="H-5"><product><xi:include href="$work/outside.txt" parse="text"/></product></order>
X
cat >entity.xml <<'X'
<order xmlns="urn:certdrop:1" ref="H-6"><product>&unknown;</product></order>
X
cat >location.xml <<'X'
<order xmlns="urn:certdrop:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:certdrop:1 http://127.0.0.1:9/x.xsd" ref="H-7"><product>no-such</product></order>
X
cat >type.xml <<'X'
<order xmlns="urn:certdrop:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Payment" ref="H-8"><product>standard-dv-single</product></order>
X
{ printf '<order %s ref="H-9">' "$xmlns"; printf '<a>%.0s' {1..5000}; } >deep.xml
{ printf '<order %s ref="H-10" ' "$xmlns"; for n in {1..20000}; do printf 'a%d="" ' "$n"; done; printf '/>'; } >attributes.xml
{ printf '<order %s ref="H-11"><product>' "$xmlns"; head -c 20000000 /dev/zero | tr '\0' a; printf '</product></order>'; } >large-text.xml
{ printf '<order %s ref="H-12"><!--' "$xmlns"; head -c 12000000 /dev/zero | tr '\0' a; printf -- '--></order>'; } >large-comment.xml
{ printf '<order %s ref="' "$xmlns"; head -c 6000000 /dev/zero | tr '\0' a; printf '"/>'; } >large-attribute.xml
{ printf '<order %s ref="H-14"><' "$xmlns"; head -c 6000000 /dev/zero | tr '\0' a; printf '/></order>'; } >large-name.xml
printf '<order %s ref="H-15"><product>standard-dv-single</product></order><order/>' "$xmlns" >two-roots.xml
printf '<order %s ref="H-16"><product>standard-dv-single</product></order>\0' "$xmlns" >nul.xml
printf '<order %s ref="H-17"><product>a\001b</product></order>' "$xmlns" >control.xml
printf '<?xml version="1.1"?><order %s ref="H-18"><product>&#1;</product></order>' "$xmlns" >reference.xml
{ printf '<batch %s>' "$xmlns"; for n in {1..10000}; do printf '<x/>'; done; printf '</batch>'; } >unknown-items.xml

printf 'document' >notes.txt
write_png letter.png
application H-P NEVER.1 save "$applicant" >document.xml
python3 - <<'PY'
import zipfile, tarfile, io, struct
doc = open("document.xml", "rb").read()
png = open("letter.png", "rb").read()
def zipped(name, members, **kw):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as z:
        for member, data in members: z.writestr(member, data)
zipped("slip.zip", [("document.xml", doc), ("../../state/slip.png", png)])
zipped("absolute.zip", [("document.xml", doc), ("/tmp/certdrop-slip.png", png)])
zipped("folders.zip", [("a/document.xml", doc)])
zipped("backslash.zip", [("document.xml", doc), ("..\\slip.png", png)])
zipped("no-document.zip", [("letter.png", png)])
zipped("two-documents.zip", [("document.xml", doc), ("other.xml", doc)])
zipped("same-name.zip", [("document.xml", doc), ("LETTER.png", png), ("letter.png", png)])
zipped("many.zip", [("document.xml", doc)] + [(f"f{n}.png", png) for n in range(5000)])
zipped("bomb.zip", [("document.xml", doc), ("letter.png", b"\0" * (64 << 20))])
zipped("bomb-document.zip", [("document.xml", doc[:-1] + b" " * (64 << 20) + b">")])
whole = open("slip.zip", "rb").read()
open("cut.zip", "wb").write(whole[:len(whole) // 2])
open("before.zip", "wb").write(b"#!/bin/sh\n" + whole)
inner = io.BytesIO()
with zipfile.ZipFile(inner, "w") as z: z.writestr("document.xml", doc)
zipped("nested.zip", [("inner.zip", inner.getvalue())])
link = zipfile.ZipInfo("letter.png"); link.external_attr = 0o120777 << 16; link.create_system = 3
with zipfile.ZipFile("link.zip", "w") as z: z.writestr("document.xml", doc); z.writestr(link, "/etc/passwd")
# The member is longer than both its headers say.
lying = bytearray(inner.getvalue())
struct.pack_into("<II", lying, 18, 5, 5)
at = lying.rfind(b"PK\1\2"); struct.pack_into("<II", lying, at + 20, 5, 5)
open("lying.zip", "wb").write(bytes(lying))
def tarred(name, entries):
    with tarfile.open(name, "w:gz") as t:
        for entry, data in entries:
            entry.size = len(data); t.addfile(entry, io.BytesIO(data))
def member(name, kind=tarfile.REGTYPE, target=""):
    m = tarfile.TarInfo(name); m.type = kind; m.linkname = target; return m
tarred("device.tar.gz", [(member("document.xml"), doc), (member("letter.png", tarfile.CHRTYPE), b"")])
tarred("symlink.tar.gz", [(member("document.xml"), doc), (member("letter.png", tarfile.SYMTYPE, "/etc/passwd"), b"")])
tarred("hardlink.tar.gz", [(member("document.xml"), doc), (member("letter.png", tarfile.LNKTYPE, "document.xml"), b"")])
tarred("slip.tar.gz", [(member("document.xml"), doc), (member("../../../tmp/certdrop-slip.png"), png)])
PY
rm -f notes.txt letter.png document.xml
cd "$work" || exit 1
rm -f /tmp/certdrop-slip.png

for path in made/* "$source_dir"/tests/hostile/*; do
  [ ! -f "$path" ] || [ "${path##*/}" = README.md ] || drop "${path##*/}" <"$path"
done
order AFTER standard-dv-single | drop zz-after.xml
started=$SECONDS
/usr/bin/time -f %M -o memory "$CERTDROP" -C "$INSTANCE" --at "$(at 1)" run >out 2>err
status=$?
seconds=$((SECONDS - started))
expect_status 'a run over hostile files ends in the ordinary way' 1
is_accepted 'the good file before them is accepted' a-before.xml
is_accepted 'and the one after them' zz-after.xml
for path in made/* "$source_dir"/tests/hostile/*; do
  name=${path##*/}
  if [ ! -f "$path" ] || [ "$name" = README.md ]; then continue; fi
  like "$name is rejected" "$(outcome "$name") $(codes "$name")" '^rejected [a-z]'
  unlike "  not by a reader's death" "$(codes "$name")" 'reader-crashed'
done
is 'nothing else was issued or ordered' \
  "$("$CERTDROP" -C "$INSTANCE" show --json H-1 2>/dev/null | jq -r .id)" ''
is 'no file outside came in' "$(grep -rlF -e what-lies-outside -e "$(head -n 1 /etc/passwd)" "$INSTANCE/outbox" "$INSTANCE/reports" 2>/dev/null | wc -l)" 0
not_ok 'nothing was unpacked elsewhere' test -e /tmp/certdrop-slip.png
[ "$variant" != plain ] || ok 'it took less than a minute' test $seconds -lt 60
[ "$variant" != plain ] || ok 'the keeper needed less than 200 MiB' test "$(tail -1 memory)" -lt 204800
is 'receipts are valid' "$(xmllint --nonet --noout --schema "$source_dir/schemas/receipt.xsd" \
  "$INSTANCE"/outbox/receipts/*.xml 2>&1 | grep -v ' validates$')" ''
finish
