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
finish
