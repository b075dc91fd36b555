#!/bin/sh
# Puts the examples into an inbox: inbox/examples/drop.sh [FOLDER [INBOX]]
#
# FOLDER is a folder of examples, by default the one of this script; INBOX is by
# default the inbox that this script lies in. What is in FOLDER/packages is packed,
# one .zip for each folder.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here}
inbox=${2:-$(dirname "$here")}
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT

for package in "$folder"/packages/*/; do
  [ -d "$package" ] || continue
  zip -q -X -j "$packed/$(basename "$package").zip" "$package"*
done

# A file gets its name only when it is whole: so should every program do that
# drops files.
for file in "$folder"/*.xml "$packed"/*.zip; do
  [ -f "$file" ] || continue
  name=$(basename "$file")
  cp "$file" "$inbox/.$name.part"
  mv "$inbox/.$name.part" "$inbox/$name"
done
