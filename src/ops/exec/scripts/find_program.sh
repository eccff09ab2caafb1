#!/bin/sh
# Looks for the program named by $0 as the shell would, but for the shell's own words.
# Exit codes: 0 it can be started, 1 there is none, 2 it is there and is no program.

case $0 in
  */*)
    [ -f "$0" ] || exit 1
    [ -x "$0" ] || exit 2
    exit 0
    ;;
esac
IFS=:
for DIRECTORY in $PATH; do
  [ -f "$DIRECTORY/$0" ] && [ -x "$DIRECTORY/$0" ] && exit 0
done
exit 1
