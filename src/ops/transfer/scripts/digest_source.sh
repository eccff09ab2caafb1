#!/bin/sh
# Prints the SHA-256 of SOURCE, or of all files below it.
# Needs SOURCE, find_digest_tool.sh and run_on_files.sh. Exit code 25: nothing here tells a SHA-256.

find_digest_tool || exit 25
[ -L "$SOURCE" ] && SOURCE=$(readlink -f "$SOURCE")
if [ -d "$SOURCE" ]; then
  cd "$SOURCE" || exit 1
  # shellcheck disable=SC2034 # for run_on_files
  FILE_COMMAND=$DIGEST
  run_on_files
else
  prefer_openssl
  $DIGEST <"$SOURCE" | {
    read -r SUM _
    echo "$SUM  -"
  }
fi
