#!/bin/bash
# Reads the includes of src/ and says which go against the order of the rooms: a room
# includes only from rooms before it, and private headers only from itself. Prints one
# line for each; ends with 1 if there is one.
set -u
cd "$(dirname "$0")/../../src" || exit 1

# Rooms of one rank do not know each other.
declare -A rank=([base]=1 [request]=2 [schema]=2 [manual]=3 [lifecycle]=3 [pki]=4 [ledger]=4 [intake]=5 [outbox]=5
  [reports]=5 [keeper]=6 [commands]=7 [main.c]=8)

bad=0
while IFS=: read -r file line text; do
  header=${text#*\"}
  header=${header%%\"*}
  room=${file%%/*}
  from=${header%%/*}
  why=
  if [ "$from" = "$header" ]; then
    why="is not written from src/"
  elif [ -z "${rank[$room]-}" ]; then
    why="stands in a room that has no place in the order"
  elif [ -z "${rank[$from]-}" ]; then
    why="names a room that has no place in the order"
  elif [ "$from" != "$room" ] && [ "${rank[$from]}" -ge "${rank[$room]}" ]; then
    why="$room does not come after $from"
  elif [ "$from" != "$room" ] && [ "${header%-private.h}" != "$header" ]; then
    why="is private to $from"
  fi
  [ -z "$why" ] && continue
  echo "src/$file:$line: \"$header\": $why"
  bad=1
done < <(find . -name '*.[ch]' -printf '%P\n' | sort | xargs grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"' /dev/null)
exit $bad
