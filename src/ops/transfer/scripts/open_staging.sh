#!/bin/sh
# Makes a directory in PARENT in which a copy is built up, or takes over PREVIOUS, that of an attempt which broke off: the shell of
# that attempt may still be there, and is not to remove what is not its any more. Prints its path, and on the last line `tar` where
# there is one.
#
# Its name ends with the namespace of process ids and the process that looks after it, as `.fleet-SUFFIX-NAMESPACE-PROCESS`. What such
# processes have left that were killed, or that nobody speaks to any more (shell_session.sh), is removed: of this namespace only, for a process of another
# one is not seen here. What others are at work on is told on stderr after `busy: `.
# Needs PARENT, SUFFIX and PREVIOUS, which may be empty.

PARENT=${PARENT%/}
NAMESPACE=$(readlink /proc/self/ns/pid 2>/dev/null | tr -dc 0-9)
STAGING=$PARENT/.fleet-$SUFFIX-${NAMESPACE:-0}-$$
if [ -n "$PREVIOUS" ] && [ -d "$PREVIOUS" ]; then
  mv "$PREVIOUS" "$STAGING" || exit 1
else
  mkdir "$STAGING" || exit 1
fi
if [ -n "$NAMESPACE" ]; then
  for LEFT in "$PARENT/.fleet-"*-"$NAMESPACE"-*; do
    OWNER=${LEFT##*-}
    case $OWNER in
      '' | *[!0-9]*) continue ;;
    esac
    if [ "$LEFT" = "$STAGING" ] || [ ! -d "$LEFT" ]; then continue; fi
    case $(tr '\000' ' ' <"/proc/$OWNER/cmdline" 2>/dev/null) in
      '' | '/bin/sh -c sleep '*) rm -rf "$LEFT" ;;
      *) printf 'busy: %s\n' "$LEFT" >&2 ;;
    esac
  done
fi
printf '%s\n' "$STAGING"
if command -v tar >/dev/null; then echo tar; else echo none; fi
