#!/bin/sh
# Prints what lies at and below ROOT: for each entry a line with its kind (f, d or l), mode, time, size, and the lengths of its name
# and of where it leads, then both, and what a file holds. What cannot be read is told on stderr after `left: `.
# Needs ROOT. Exit code 1: something was left.

LC_ALL=C
export LC_ALL
LEFT=0

leave() {
  printf 'left: %s: %s\n' "$1" "$2" >&2
  LEFT=1
}

print_entry() {
  LINK=
  SIZE=0
  if [ -L "$1" ]; then
    KIND=l
    # A name may end with line ends, which $(…) drops.
    LINK=$(readlink "$1" && echo x)
    LINK=${LINK%??}
  elif [ -d "$1" ]; then
    KIND=d
  elif [ -f "$1" ]; then
    KIND=f
    SIZE=$(stat -c %s "$1")
  else
    leave "$1" 'neither a file nor a directory'
    return
  fi
  if [ $KIND != l ] && [ ! -r "$1" ]; then
    leave "$1" 'Permission denied'
    return
  fi
  printf '%s %s %s %s %s\n%s%s' "$KIND" "$(stat -c '%a %Y' "$1")" "$SIZE" "${#1}" "${#LINK}" "$1" "$LINK"
  case $KIND in
    f) head -c "$SIZE" "$1" ;;
    d)
      for ENTRY in "$1"/* "$1"/.[!.]* "$1"/..?*; do
        if [ -e "$ENTRY" ] || [ -L "$ENTRY" ]; then print_entry "$ENTRY"; fi
      done
      ;;
  esac
}

if ! command -v stat >/dev/null || ! command -v head >/dev/null; then
  echo 'the task has neither tar nor stat and head' >&2
  exit 1
fi
print_entry "$ROOT"
exit "$LEFT"
