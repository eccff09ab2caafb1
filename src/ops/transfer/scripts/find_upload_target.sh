#!/bin/sh
# Prints the directory that a copy called NAME goes to, and on the rest of the output its name there: into DESTINATION when that
# is a directory or ends with a slash, else in its place.
# Needs NAME and DESTINATION. Exit code 20: there is no such directory.

case $DESTINATION in
  /) ;;
  */) DESTINATION=${DESTINATION%/} ;;
esac
if [ -d "$DESTINATION" ]; then
  PARENT=$DESTINATION
else
  PARENT=$(dirname "$DESTINATION")
  NAME=$(basename "$DESTINATION")
fi
[ -d "$PARENT" ] || exit 20
cd "$PARENT" || exit 20
printf '%s\n%s\n' "$PWD" "$NAME"
