#!/bin/sh
# Prints the absolute path of DIRECTORY, made where MAKE is not empty.
# Needs DIRECTORY and MAKE. Exit codes: 27 there is none, 28 it is no directory.

[ -e "$DIRECTORY" ] && [ ! -d "$DIRECTORY" ] && exit 28
if [ -n "$MAKE" ]; then
  mkdir -p "$DIRECTORY" || exit 1
else
  [ -e "$DIRECTORY" ] || exit 27
fi
cd "$DIRECTORY" && printf '%s' "$PWD"
