#!/bin/sh
# Prints four lines about SOURCE, links followed: its directory, its name there, `dir` or `file`, and `tar` where that can pack it
# (the files of /proc and /sys tell no size beforehand).
# Needs SOURCE. Exit codes: 23 there is none, 24 its directory cannot be entered.

[ -e "$SOURCE" ] || exit 23
[ -L "$SOURCE" ] && SOURCE=$(readlink -f "$SOURCE")
cd "$(dirname "$SOURCE")" || exit 24
pwd
basename "$SOURCE"
if [ -d "$SOURCE" ]; then echo dir; else echo file; fi
case $SOURCE in
  /proc/* | /sys/*) echo none ;;
  *) if command -v tar >/dev/null; then echo tar; else echo none; fi ;;
esac
