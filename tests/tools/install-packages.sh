#!/bin/sh
# Installs the Debian packages that are missing, or says which they are where it
# may not.
#
#   tests/tools/install-packages.sh build   what `make` and `make demo` need
#   tests/tools/install-packages.sh deb     what `make deb` needs
#   tests/tools/install-packages.sh check   what `make check` and `make lint` need, too
#
# Takes a few milliseconds where nothing is missing.
set -u

build='gcc libc6-dev make pkg-config libssl-dev libxml2-dev libarchive-dev libcmark-dev
  libsqlite3-dev libglib2.0-dev libglib2.0-dev-bin libidn2-dev libpsl-dev libseccomp-dev
  zlib1g-dev libgmime-3.0-dev libjson-glib-dev libical-dev libcsv-dev zip'
check='nginx-light curl unzip sqlite3 libxml2-utils openssl jq python3 valgrind time chromium
  clang-format clang-tidy cppcheck shellcheck procps xxd gnutls-bin apache2-bin haproxy
  default-jre-headless prometheus python3-icalendar python3-feedparser
  python3-prometheus-client libmonitoring-plugin-perl lego uacme pebble util-linux
  msmtp python3-aiosmtpd mandoc man-db zsh
  lintian systemd'

deb='debhelper dpkg-dev'

# What a package is good for, where another package may bring it as well.
has_instead() {
  case $1 in
  nginx-light) command -v nginx || test -x /usr/sbin/nginx ;;
  pkg-config) command -v pkg-config ;;
  gcc) command -v "${CC:-gcc}" ;;
  xxd) command -v xxd ;;
  gnutls-bin) command -v certtool ;;
  apache2-bin) command -v apache2 || test -x /usr/sbin/apache2 ;;
  haproxy) command -v haproxy || test -x /usr/sbin/haproxy ;;
  default-jre-headless) command -v keytool ;;
  nodejs) command -v node ;;
  npm) command -v npm ;;
  clang-format | clang-tidy | chromium) command -v "$1" ;;
  *) false ;;
  esac >/dev/null 2>&1
}

case ${1-} in
build) wanted=$build ;;
deb) wanted="$build $deb" ;;
check) wanted="$build $deb $check nodejs npm" ;;
*)
  echo "usage: install-packages.sh build|deb|check" >&2
  exit 64
  ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "This is no Debian: please see to these packages, or what they are called here:" >&2
  # shellcheck disable=SC2086
  echo $wanted >&2
  exit 0
fi

# shellcheck disable=SC2086
installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null |
  sed -n 's/^ii *//p')
missing=
for package in $wanted; do
  case "
$installed
" in
  *"
$package
"*) ;;
  *) has_instead "$package" || missing="$missing $package" ;;
  esac
done
test -n "$missing" || exit 0

if test "$(id -u)" = 0; then
  as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root='sudo -n'
else
  echo "These packages are needed, and only root may install them:" >&2
  echo "  apt-get install$missing" >&2
  exit 1
fi

echo "Installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
install_missing() {
  $as_root apt-get install -y -q --no-install-recommends $missing >"$log" 2>&1
}
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# The lists may be missing or old: fetch them only when the first try fails.
install_missing || { $as_root apt-get update -q >"$log" 2>&1 && install_missing; } || {
  cat "$log" >&2
  echo "apt-get could not install:$missing" >&2
  exit 1
}
