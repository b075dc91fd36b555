#!/bin/bash
# `make install`: what it puts where, that this works alone, and that uninstall takes it away.
. "$(dirname "$0")/../flow/lib.sh"

destination=$work/'destination'
(cd "$source_dir" && umask 077 && make --no-print-directory install DESTDIR="$destination" PREFIX=/opt/certdrop) >log 2>&1
is 'make install ends well' "$?" 0
binary=$destination/opt/certdrop/bin/certdrop
is 'nothing is closed to others, whatever the umask' "$(find "$destination" ! -perm -o=r)" ''
is 'all examples are there' "$(diff -r "$source_dir/inbox/examples" "$destination/opt/certdrop/share/certdrop/examples")" ''
is 'all schemas are there' "$(diff -r "$source_dir/schemas" "$destination/opt/certdrop/share/certdrop/schemas")" ''
is 'all manual pages are there' "$(cd "$destination/opt/certdrop/share/man" && find . -type f | LC_ALL=C sort)" \
  $'./man1/certdrop.1\n./man5/certdrop-documents.5\n./man5/certdrop.xml.5'
ok 'what makes the user is there' grep -q '^u certdrop ' "$destination/opt/certdrop/lib/sysusers.d/certdrop.conf"
ok 'bash finds the completion' test -s "$destination/opt/certdrop/share/bash-completion/completions/certdrop"
ok 'so does zsh' test -s "$destination/opt/certdrop/share/zsh/site-functions/_certdrop"
is 'the units start the installed binary' \
  "$(sed -n 's/^ExecStart=//p' "$destination"/opt/certdrop/lib/systemd/system/*.service | sort)" \
  $'/opt/certdrop/bin/certdrop run\n/opt/certdrop/bin/certdrop watch'
is 'no placeholder is left' "$(grep -l '@[A-Z]*@' "$destination"/opt/certdrop/lib/systemd/system/*)" ''
if command -v systemd-analyze >/dev/null; then
  sed -i "s|=/opt/certdrop/bin|=$destination/opt/certdrop/bin|" "$destination"/opt/certdrop/lib/systemd/system/*.service
  is 'systemd finds no fault with them' "$(systemd-analyze verify --man=no "$destination"/opt/certdrop/lib/systemd/system/* 2>&1)" ''
fi

# Alone: the sources are not needed.
cp "$binary" ./certdrop
CERTDROP=$work/certdrop
new_instance
dv_order PO-1 a.example.test | drop order.xml
(cd / && "$CERTDROP" -C "$INSTANCE" --at "$(at 1)" run) >out 2>err
is 'the binary works alone' "$? $(show PO-1.1 .status)" '0 issued'

(cd "$source_dir" && make --no-print-directory uninstall DESTDIR="$destination" PREFIX=/opt/certdrop) >log 2>&1
is 'uninstall takes every file away' "$(find "$destination" ! -type d)" ''
finish
