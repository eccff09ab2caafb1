#!/bin/sh
# Defines run_on_files, which runs FILE_COMMAND for all files below, also where there is no `find`, and prints what that says at
# once: each line by itself would be a frame to every agent on the way.

walk_files() {
  for ENTRY in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -L "$ENTRY" ]; then
      :
    elif [ -d "$ENTRY" ]; then
      walk_files "$ENTRY"
    elif [ -f "$ENTRY" ]; then
      $FILE_COMMAND "$ENTRY"
    fi
  done
}

run_on_files() {
  # shellcheck disable=SC2086 # the command and its flags
  LISTING=$(if command -v find >/dev/null; then find . -type f -exec $FILE_COMMAND {} +; else walk_files .; fi)
  set -- $?
  printf '%s\n' "$LISTING"
  return "$1"
}
