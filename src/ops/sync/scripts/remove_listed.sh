#!/bin/sh
# Removes the paths that come from the session, a line each, below the working directory, and prints those that stay. Files go many
# at once: each command costs the start of a process.
# Needs the functions of shell_session.sh.

remove_files() {
  [ $# -eq 0 ] && return
  rm -f "$@" 2>/dev/null && return
  for FILE; do
    rm -f "$FILE" || printf '%s\n' "$FILE"
  done
}

# The last block is padded.
each_chunk | tr -d '\000' | {
  while IFS= read -r ENTRY; do
    if [ -d "$ENTRY" ] && [ ! -L "$ENTRY" ]; then
      remove_files "$@"
      set --
      rmdir "$ENTRY" || printf '%s\n' "$ENTRY"
      continue
    fi
    set -- "$@" "$ENTRY"
    [ $# -lt 100 ] || {
      remove_files "$@"
      set --
    }
  done
  remove_files "$@"
}
