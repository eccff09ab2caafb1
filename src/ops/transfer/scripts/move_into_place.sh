#!/bin/sh
# Moves SOURCE to be TARGET. A directory that is there takes up what is new in it; kinds are compared first, then everything is
# renamed, the files of a directory together: each command costs the start of a process.
# Needs SOURCE and TARGET. Exit code 21: something there is of another kind, and nothing was moved.

if [ ! -d "$SOURCE" ] || [ -L "$SOURCE" ]; then
  [ -d "$TARGET" ] && [ ! -L "$TARGET" ] && exit 21
  mv -f "$SOURCE" "$TARGET"
  exit
fi
if [ ! -e "$TARGET" ]; then
  mv "$SOURCE" "$TARGET"
  exit
fi
[ -d "$TARGET" ] || exit 21
cd "$SOURCE" || exit 1
export TARGET
# shellcheck disable=SC2016 # expanded by the inner shells, here and below
CONFLICTS=$(
  find . -type d ! -name . -exec sh -c '
    for dir; do [ -e "$TARGET/$dir" ] && [ ! -d "$TARGET/$dir" ] && echo conflict; done' sh {} +
  find . ! -type d -exec sh -c '
    for file; do [ -d "$TARGET/$file" ] && [ ! -L "$TARGET/$file" ] && echo conflict; done' sh {} +
)
[ -z "$CONFLICTS" ] || exit 21
# shellcheck disable=SC2016
find . -type d -exec sh -c 'for dir; do shift; set -- "$@" "$TARGET/$dir"; done; mkdir -p "$@"' sh {} + || exit 1
# shellcheck disable=SC2016
MOVE_FILES='for dir; do
  set --
  for file in "$dir"/* "$dir"/.[!.]* "$dir"/..?*; do
    if [ -d "$file" ] && [ ! -L "$file" ]; then continue; fi
    [ -e "$file" ] || [ -L "$file" ] || continue
    [ ! -L "$TARGET/$dir/${file##*/}" ] || rm -f "$TARGET/$dir/${file##*/}" || exit 1
    set -- "$@" "$file"
    [ $# -lt 500 ] || { mv -f "$@" "$TARGET/$dir/" || exit 1; set --; }
  done
  [ $# -eq 0 ] || mv -f "$@" "$TARGET/$dir/" || exit 1
done'
find . -type d -exec sh -c "$MOVE_FILES" sh {} + || exit 1
