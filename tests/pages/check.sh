#!/bin/bash
# The pages of an instance with everything in it, looked at as their readers would: is the
# HTML valid, is it accessible in a browser, do all links lead somewhere, and does the Markdown
# say the same.
. "$(dirname "$0")/../flow/lib.sh"

. "$source_dir/tests/pages/lib.sh"

# The examples as `make demo` has them, then more than one block of certificates.
INSTANCE=$work/instance
mkdir "$INSTANCE"
certdrop -C "$INSTANCE" --at 2025-10-06T01:00:00Z init
for day in 2025-10-06 2025-12-08 2026-06-01; do
  "$source_dir/inbox/examples/drop.sh" "$source_dir/inbox/examples/earlier/$day" "$INSTANCE/inbox"
  run_at "${day}T02:00:00Z"
done
python3 "$source_dir/tests/tools/make-mixed.py" 240 3 "$INSTANCE/inbox" >expected
run_at 2026-11-20T02:00:00Z
"$source_dir/inbox/examples/drop.sh" "$source_dir/inbox/examples" "$INSTANCE/inbox"
# Something that fails, something that was paid back.
sed -i 's|<target product="dcdn"[^>]*>|<target product="closed" title="A closed door"><command><argument>/bin/false</argument></command></target>\n  &|' "$INSTANCE/certdrop.xml"
grep -q closed "$INSTANCE/certdrop.xml" || fail 'a target that fails is configured'
printf '<deployment %s ref="CLOSED-1" certificate="DV-1001.1"><target product="closed"/></deployment>\n' "$xmlns" | drop zz-closed.xml
printf '<revocation %s ref="BACK-1" certificate="DV-1004.1" reason="superseded"/>\n' "$xmlns" | drop zz-back.xml
order ODD-1 secure-ov-single | drop '<b>odd & name "x" [y](z).xml'
order ODD-2 no-such | drop '#odd ?name%20|.xml'
run_at $T0
ok 'there are pages' test -s "$INSTANCE/reports/index.html"

"$node" "$pages_dir/pages.js" "$INSTANCE/reports" "$INSTANCE" >pages.tap 2>pages.err
take_tap pages.tap 'the look at the pages came to its end' pages.err
"$node" "$pages_dir/markdown.js" "$INSTANCE/reports" >markdown.tap 2>markdown.err
take_tap markdown.tap 'the reading of the Markdown came to its end' markdown.err

# A first run with nothing in it has pages, too.
new_instance empty
run_at $T0
"$node" "$pages_dir/pages.js" "$INSTANCE/reports" "$INSTANCE" >empty.tap 2>pages.err
"$node" "$pages_dir/markdown.js" "$INSTANCE/reports" >>empty.tap 2>>pages.err
is 'and so have the pages of an empty instance' "$(grep -vE '^ok|^1\.\.' empty.tap; grep -c '^1\.\.' empty.tap)" 2
finish
