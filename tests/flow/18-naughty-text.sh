#!/bin/bash
# Text of people is text: in pages, letters, mail, receipts and subjects (I2).
. "$(dirname "$0")/lib.sh"

new_instance
write_png letter.png
strings=(
  '&lt;script&gt;alert(1)&lt;/script&gt;'
  '&lt;img src=x onerror=alert(2)&gt;'
  '[click](javascript:alert(3))'
  '![x](http://127.0.0.1:9/x.png)'
  '**bold** _em_ `code` ~~gone~~'
  '| a | b | c |'
  '&amp;lt;b&amp;gt; &amp;amp; &amp;#60;i&amp;#62;'
  'x, CN=evil.example.test + O=Evil / OU=x'
  '# heading - * 1. &gt; quote'
  '"quotes" &apos;and&apos; \ backslashes \n $(id) %s %n ${x}'
  'http://evil.example.test/ www.evil.example.test'
  'Ä ß 例子 ☕ 𝕏 é'
  'naïve =?utf-8?q?x?= &lt;a@example.test&gt;, b@example.test'
)
n=0
for text in "${strings[@]}"; do
  n=$((n + 1))
  person=${applicant/Applicant One/$text}
  firm=${company/Example Operations/$text}
  firm=${firm/1 Example Road/$text}
  firm=${firm/province=\"Zhejiang\" city=\"Hangzhou\"/province=\"${text//\"/&quot;}\" city=\"${text//\"/&quot;}\"}
  order "N-$n" secure-ov-single "$(payment_child "$(price secure-ov-single)")
    $(application_child "$(domains www.iana.org)$person$firm$(attachments confirmationLetter letter.png)")" >document.xml
  package "n-$n.zip" document.xml letter.png
  review "NR-$n" "N-$n.1" "$([ $((n % 2)) = 0 ] && echo approve || echo reject)" '' "$text" | drop "r-$n.xml"
  order "NB-$n" standard-dv-single "<quantity>$text</quantity>" | drop "bad-$n.xml"
  order "NC-$n" standard-dv-single | drop "$(printf '%s' "$text" | python3 -c 'import html, sys; print(html.unescape(sys.stdin.read()).replace("/", "."), end="")').xml"
done
run_at "$(at 1)"
for n in $(seq 1 ${#strings[@]}); do
  is_accepted "string $n is taken in every field" "n-$n.zip"
done

cat >parse.py <<'PY'
import html.parser, pathlib, sys, email, email.policy
bad = []
class Page(html.parser.HTMLParser):
    void = {"area","base","br","col","embed","hr","img","input","link","meta","source","track","wbr"}
    def __init__(self, path): super().__init__(); self.path, self.stack = path, []
    def handle_starttag(self, tag, attrs):
        if tag not in self.void: self.stack.append(tag)
        for name, value in attrs:
            value = value or ""
            if name.startswith("on"): bad.append(f"{self.path}: handler {name}")
            scheme = value.split("/")[0].split("?")[0]
            if name in ("href", "src", "action") and (value.startswith("//") or ":" in scheme and not scheme.startswith("mailto:")):
                bad.append(f"{self.path}: {name}={value}")
    def handle_endtag(self, tag):
        if tag in self.void: return
        if not self.stack or self.stack[-1] != tag: bad.append(f"{self.path}: </{tag}> where {self.stack[-1:]} is open")
        else: self.stack.pop()
    def handle_data(self, data):
        if self.stack and self.stack[-1] == "script" and "alert(" in data: bad.append(f"{self.path}: script")
for root in sys.argv[1:]:
    for path in pathlib.Path(root).rglob("*.html"):
        page = Page(path); page.feed(path.read_text()); page.close()
        if page.stack: bad.append(f"{path}: {page.stack} stays open")
    for path in pathlib.Path(root).rglob("*.eml"):
        raw = path.read_bytes()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        if message.defects: bad.append(f"{path}: {message.defects}")
        if len(message["To"].addresses) != 1: bad.append(f"{path}: To: {message['To']}")
        if message["To"].addresses[0].addr_spec != "applicant@example.test": bad.append(f"{path}: To: {message['To']}")
        allowed = {"from","to","subject","date","message-id","mime-version","content-type","content-transfer-encoding","auto-submitted","reply-to","content-language","content-disposition","x-auto-response-suppress"}
        if extra := {k.lower() for k in message.keys()} - allowed: bad.append(f"{path}: {extra}")
        if any(len(line) > 998 for line in raw.split(b"\r\n")): bad.append(f"{path}: long line")
print("\n".join(bad[:20]))
PY
is 'no string becomes markup, a link or a header' "$(python3 parse.py "$INSTANCE/reports" "$INSTANCE/outbox")" ''
is 'receipts are valid' "$(xmllint --nonet --noout --schema "$source_dir/schemas/receipt.xsd" \
  "$INSTANCE"/outbox/receipts/*.xml 2>&1 | grep -v ' validates$')" ''

# Outside of code spans, the Markdown has no HTML and no link from a string; its tables keep
# their columns.
cat >markdown.py <<'PY'
import pathlib, re, sys
bad = []
width = 0
for root in sys.argv[1:]:
    for path in pathlib.Path(root).rglob("*.md"):
        text = re.sub(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)", "code", path.read_text())
        for line in text.split("\n"):
            if re.search(r"(?<!\\)<(script|img|b|i|a)\b", line): bad.append(f"{path}: {line}")
            if re.search(r"(?<!\\)\]\(javascript:", line): bad.append(f"{path}: {line}")
            if re.search(r"(?<!\\)!\[x(?<!\\)\]\(http", line): bad.append(f"{path}: {line}")
            if line.startswith("|") and len(re.findall(r"(?<!\\)\|", line)) != width and width: bad.append(f"{path}: {line}")
            width = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
print("\n".join(bad[:20]))
PY
is 'no string becomes markup in Markdown' "$(python3 markdown.py "$INSTANCE/reports" "$INSTANCE/inbox")" ''

for n in $(seq 2 2 ${#strings[@]}); do
  wanted=$(printf '%s' "${strings[$((n - 1))]}" | python3 -c 'import html, sys; print(html.unescape(sys.stdin.read()), end="")')
  unzip -p "$(archive "N-$n.1" pem)" cert.pem >cert.pem
  got=$(openssl x509 -in cert.pem -noout -subject -nameopt multiline,utf8,-esc_msb,-esc_ctrl | sed -n 's/^ *organizationName *= //p')
  is "string $n is the organisation as it is" "$got" "$wanted"
  is "  and nothing else in the subject" "$(openssl x509 -in cert.pem -noout -subject -nameopt multiline | grep -c '=.*evil')" \
    "$(openssl x509 -in cert.pem -noout -subject -nameopt multiline | grep -cE '^ *(organizationName|stateOrProvinceName|localityName|streetAddress) *=.*evil')"
  is "  the archive's README says nothing by it" "$(unzip -p "$(archive "N-$n.1" pem)" README.md | grep -cE '(^|[^\\])<(script|img)')" 0
done
finish
