#!/bin/bash
# Modes are those of the contract, whatever the umask; a second run changes nothing.
. "$(dirname "$0")/lib.sh"

write_png letter.png
for mask in 000 022 077; do
  umask $mask
  new_instance "under-$mask"
  dv_order PO-1 a.example.test | drop good.xml
  order PO-2 no-such | drop bad.xml
  order PO-3 secure-ov-single "$(payment_child "$(price secure-ov-single)")
    $(application_child "$(domains www.iana.org)$applicant$company$(attachments confirmationLetter letter.png)")" >document.xml
  package ov.zip document.xml letter.png
  run_at "$(at 1)"
  is "umask $mask: files of the outbox have mode 0600" \
    "$(find "$INSTANCE/outbox" -path "$INSTANCE/outbox/pki" -prune -o -type f ! -name README.md ! -perm 600 -printf '%m %P\n')" ''
  is "umask $mask: folders of the outbox have mode 0700" \
    "$(find "$INSTANCE/outbox" -mindepth 1 -path "$INSTANCE/outbox/pki" -prune -o -type d ! -perm 700 -printf '%m %P\n')" ''
  is "umask $mask: what is public can be read" \
    "$(find "$INSTANCE/outbox/pki" -type f ! -perm 644 -printf '%m %P\n')" ''
  is "umask $mask: state/ is closed" "$(find "$INSTANCE/state" -perm /077 -printf '%m %P\n')" ''
  is "umask $mask: so is all that is kept of documents" \
    "$(find "$INSTANCE/inbox/done" "$INSTANCE/inbox/rejected" -name '*.error.md' -perm /022 -printf '%m %P\n')" ''
  is "umask $mask: there is what had to be made" \
    "$(find "$INSTANCE/outbox" -type f -printf '%P\n' | cut -d / -f 1 | grep -v README | sort -u | paste -sd ' ')" \
    'certificates letters mail pki receipts verification'
  before=$(snapshot)
  run_at "$(at 1)"
  unchanged "umask $mask: a second run changes nothing" "$before"
done
umask 022

# What the user that certdrop runs as may not read is left, and said; the rest is done.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  new_instance other-user
  dv_order PO-1 a.example.test | drop closed.xml
  dv_order PO-2 b.example.test | drop open.xml
  chown -R 65534:65534 "$INSTANCE"
  chown 0:0 "$INSTANCE/inbox/closed.xml"
  chmod 600 "$INSTANCE/inbox/closed.xml"
  chmod 711 "$work"
  # The binary may lie where others have no way to.
  install -m 755 "$CERTDROP" certdrop
  setpriv --reuid=65534 --regid=65534 --clear-groups "$work/certdrop" -C "$INSTANCE" --at "$(at 1)" run >out 2>err
  is 'a file of another user keeps no run from the others' "$? $(outcome open.xml)" '0 accepted'
  is 'it is left alone, and said, with how to mend it' "$(cat err)" \
    'closed.xml: left alone: cannot open: Permission denied; the user that certdrop runs as has to be able to read it'
  ok 'in its place' test -e "$INSTANCE/inbox/closed.xml"
fi
finish
