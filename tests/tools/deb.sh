#!/bin/bash
# The Debian package: that it builds, that lintian finds nothing, and that it installs,
# upgrades, removes and purges cleanly. It is installed on a copy of this machine: an overlay
# over its root, seen by this process alone and gone with it.
inside=${CERTDROP_DEB_INSIDE-}
if [ -z "$inside" ] && [ "$(id -u)" = 0 ] && unshare --mount --pid --fork true 2>/dev/null; then
  CERTDROP_DEB_INSIDE=1 exec unshare --mount --pid --fork --propagation private "$0" "$@"
fi
. "$(dirname "$0")/../flow/lib.sh"

(cd "$source_dir" && make --no-print-directory deb) >build.log 2>&1
is 'make deb ends well' $? 0
version=$("$CERTDROP" --version | cut -d ' ' -f 2)
deb=$(echo "$source_dir"/build/deb/certdrop_"$version"_*.deb)
ok 'the package has the version of the binary' test -s "$deb"
is 'lintian has no finding' "$(cd "$source_dir/build/deb" && lintian --allow-root --fail-on none ./*.changes 2>&1)" ''
is 'no secret and no instance is in it' \
  "$(dpkg-deb -c "$deb" | grep -E 'state/|outbox|instance\.key|ledger')" ''

root=$work/root
layers=$work/layers
# In reverse, or the folder could not be removed.
unmount() {
  umount "$root/proc" "$root/dev" "$root" "$layers" 2>/dev/null
}
mount_copy() {
  mkdir -p "$root" "$layers" && mount -t tmpfs tmpfs "$layers" && mkdir "$layers/upper" "$layers/work" &&
    mount -t overlay overlay -o "lowerdir=/,upperdir=$layers/upper,workdir=$layers/work" "$root" &&
    mount -t proc proc "$root/proc" && mount --bind /dev "$root/dev"
}
if [ -z "$inside" ] || ! mount_copy 2>mount.log; then
  unmount
  pass "installing it # SKIP needs root, and a kernel that lets it mount an overlay: $(head -n 1 mount.log 2>/dev/null)"
  finish
fi
trap 'unmount; clean_up' EXIT
home=$root/var/lib/certdrop

in_root() {
  DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}
as_certdrop() {
  in_root runuser -u certdrop -- certdrop -C /var/lib/certdrop "$@"
}
# dpkg in the copy; what it says in the file `dpkg.log`. Small images leave out manual pages.
package() {
  in_root dpkg --path-include='/usr/share/*' "$@" >dpkg.log 2>&1
}
install_deb() {
  cp "$1" "$root/root/certdrop.deb" && package --install /root/certdrop.deb
}
owner() {
  stat -c '%a %U:%G' "$root$1" 2>&1
}
# Everything of the package that lies outside of the instance.
traces() {
  (cd "$root" && find etc lib/systemd usr/bin usr/lib/sysusers.d usr/lib/systemd usr/share/certdrop usr/share/doc \
    usr/share/bash-completion/completions usr/share/zsh usr/share/man/man[15] var/lib/systemd \
    -name '*certdrop*' ! -path '*/private/*' 2>/dev/null | sort)
}
organisation() {
  openssl x509 -in "$home/outbox/pki/root.crt" -noout -subject -nameopt multiline | sed -n 's/ *organizationName *= //p'
}

is 'this machine has no certdrop installed' "$(traces)" ''
ok 'it installs' install_deb "$deb" || cat dpkg.log
is 'nothing was wrong then' "$(grep -iE 'error|fail|warn' dpkg.log)" ''
is 'there is a user of its own, who cannot log in' \
  "$(in_root getent passwd certdrop | cut -d : -f 6-7)" '/var/lib/certdrop:/usr/sbin/nologin'
is 'the instance is its own' "$(in_root stat -c '%a %U:%G' /var/lib/certdrop)" '755 certdrop:certdrop'
is 'state/ is closed' "$(in_root stat -c '%a %U:%G' /var/lib/certdrop/state)" '700 certdrop:certdrop'
is 'members of the group may drop files' "$(in_root stat -c '%a %U:%G' /var/lib/certdrop/inbox)" '2770 certdrop:certdrop'
is 'all files of the instance are that user'\''s' "$(in_root find /var/lib/certdrop ! -user certdrop)" ''
is 'the authority has the name of the host' "$(organisation)" "$(in_root sh -c 'hostname -f 2>/dev/null || hostname')"
ok 'the timer of the night is on' test -L "$root/etc/systemd/system/timers.target.wants/certdrop.timer"
ok 'the watch is not, but it is there' test -e "$root/lib/systemd/system/certdrop-watch.service" -a \
  ! -e "$root/etc/systemd/system/multi-user.target.wants/certdrop-watch.service"
units=(/lib/systemd/system/certdrop.service /lib/systemd/system/certdrop.timer /lib/systemd/system/certdrop-watch.service)
is 'systemd finds no fault with the units' "$(in_root systemd-analyze verify --man=no "${units[@]}" 2>&1)" ''
ok 'and calls them closed' in_root systemd-analyze security --offline=yes --threshold=20 certdrop.service certdrop-watch.service
ok 'its manual can be read' in_root man -w certdrop

in_root useradd --groups certdrop certdrop-test-sender
in_root runuser -u certdrop-test-sender -- sh -c 'certdrop new order >/var/lib/certdrop/inbox/.first && mv /var/lib/certdrop/inbox/.first /var/lib/certdrop/inbox/first.xml'
as_certdrop run >run.log 2>&1
is 'what a member of the group drops is decided' "$? $(grep -c '^1 accepted' run.log)" '0 1'
is 'and issued' "$(as_certdrop show --json PO-1001.1 2>&1 | jq -r .status)" 'issued'
is 'who is no member may not' "$(in_root runuser -u nobody -- touch /var/lib/certdrop/inbox/x 2>&1 | grep -c denied)" 1

chmod 750 "$home"
key=$(sha256sum <"$home/state/instance.key")
dpkg-deb -R "$deb" newer && sed -i 's/^Version: .*/Version: 99.0/' newer/DEBIAN/control && dpkg-deb --root-owner-group -b newer newer.deb >/dev/null
ok 'it upgrades' install_deb newer.deb || cat dpkg.log
is 'to the newer version' "$(in_root dpkg-query -W -f '${Version}' certdrop)" 99.0
is 'what the administrator has set stays' "$(owner /var/lib/certdrop | cut -d ' ' -f 1)" 750
is 'so do keys and certificates' "$(sha256sum <"$home/state/instance.key") $(as_certdrop show --json PO-1001.1 | jq -r .status)" "$key issued"
ok 'and all agrees with each other' as_certdrop verify

ok 'it is removed' package --remove certdrop || cat dpkg.log
ok 'the program is gone' test ! -e "$root/usr/bin/certdrop"
ok 'the instance is not' test -s "$home/state/ledger.db"
ok 'it comes back' install_deb "$deb" || cat dpkg.log
is 'to the same instance' "$(sha256sum <"$home/state/instance.key") $(as_certdrop show --json PO-1001.1 | jq -r .status)" "$key issued"

ok 'it is purged' package --purge certdrop || cat dpkg.log
is 'and leaves no file but the instance' "$(traces)" ''
is 'whose keys are left' "$(sha256sum <"$home/state/instance.key")" "$key"
like 'which is said' "$(cat dpkg.log)" '/var/lib/certdrop is left, with all keys'

rm -r "$home"
mkdir "$home"
sed 's/name="Example Operations"/name="Example Own Name"/' "$source_dir/src/commands/templates/certdrop.xml" >"$home/certdrop.xml"
in_root chown -R certdrop:certdrop /var/lib/certdrop
ok 'it installs over a configuration that is there' install_deb "$deb" || cat dpkg.log
is 'whose name the authority has' "$(organisation)" 'Example Own Name'
finish
