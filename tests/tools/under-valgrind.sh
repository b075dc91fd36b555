#!/bin/sh
# certdrop under valgrind: any finding ends it with status 98, which no command has.
here=$(cd "$(dirname "$0")/../.." && pwd)
exec valgrind --quiet --trace-children=yes --error-exitcode=98 --leak-check=full \
  --show-leak-kinds=definite --errors-for-leak-kinds=definite \
  --suppressions="$here/tests/tools/valgrind.supp" --child-silent-after-fork=no \
  "$here/build/valgrind/certdrop" "$@"
