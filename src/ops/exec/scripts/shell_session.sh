#!/bin/sh
# Runs one script after the other, each read from stdin, until there are no more or nothing comes for SILENCE seconds.
#
# Everything comes in chunks: a head of eight characters, a kind and how many blocks of 4096 bytes follow, then the blocks. The
# kinds: `s` a script, `0` to `9` bytes for a script, `z` such bytes packed by gzip; `-------` only says that somebody is there,
# `0000000` ends a script's bytes, and everything else ends the session. After each script a line with MARK and the exit code goes
# to both streams. A script that begins with `AT_EXIT=` is kept, and run when the session ends. Scripts run in a shell of their own and
# use the functions below.
#
# Whoever fell silent may have lost his connection only, and takes up what is here by another one. So what is to run at the end waits
# AFTERWARDS seconds more then, in the same process, whose words tell whoever else comes that this is nobody's (open_staging.sh).
# Needs MARK, SILENCE, AFTERWARDS, and stdin_timeout.sh. Exit code 26: no dd here reads whole blocks.

# The blocks of a chunk are read so many at a time, each time with as many seconds: a slow line has its time, and one that is gone
# is given up soon.
BLOCKS_AT_ONCE=128
# Who reads blocks says here that they stopped coming; only each_chunk listens.
exec 3>/dev/null
dd if=/dev/null iflag=fullblock 2>/dev/null || exit 26

# Reads the head of the next chunk into HEAD; empty when nothing came.
read_head() {
  while HEAD=$($STDIN_TIMEOUT dd bs=8 count=1 iflag=fullblock 2>/dev/null); do
    [ "$HEAD" = ------- ] || break
  done
}

# Prints the blocks that HEAD announces.
print_blocks() {
  AWAITED=${HEAD#[sz]}
  # A leading zero would make it octal.
  AWAITED=${AWAITED#"${AWAITED%%[!0]*}"}
  while [ "${AWAITED:-0}" -gt 0 ]; do
    NEXT=$((AWAITED < BLOCKS_AT_ONCE ? AWAITED : BLOCKS_AT_ONCE))
    $STDIN_TIMEOUT dd bs=4096 count="$NEXT" iflag=fullblock 2>/dev/null || {
      # Ended by the time limit, unless it was the reader that left.
      [ $? -eq 141 ] || echo lost >&3
      return 1
    }
    AWAITED=$((AWAITED - NEXT))
  done
}

# Prints a chunk as it was before it was packed.
print_chunk() {
  case $HEAD in
    z*) print_blocks | gzip -dc ;;
    *) print_blocks ;;
  esac
}

# Takes every chunk of a script's bytes up to their end: prints it, or runs the command given, which does. When they stop coming before
# their end, the session is told, which would wait as long once more.
each_chunk() {
  while read_head; do
    case ${HEAD#z} in
      0000000) return 0 ;;
      '') break ;;
      *[!0-9]*) return 1 ;;
    esac
    { LOST=$(${1:-print_chunk} 3>&1 >&5) || [ -n "$LOST" ] || return; } 5>&1
    [ -z "$LOST" ] || break
  done
  kill -s USR1 $$
  return 1
}

# Runs a command and reads what it leaves of its stdin: the rest of a chunk would be taken for heads.
then_drain() {
  "$@"
  set -- $?
  cat >/dev/null
  return "$1"
}

# Prints what a command says at once: each line by itself would be a frame to every agent on the way.
print_at_once() {
  OUTPUT=$("$@")
  set -- $?
  [ -z "$OUTPUT" ] || printf '%s\n' "$OUTPUT"
  return "$1"
}

AT_EXIT=:
LEFT_ALONE=
trap 'LEFT_ALONE=yes' USR1
while [ -z "$LEFT_ALONE" ] && read_head; do
  case $HEAD in
    s[0-9]*) ;;
    # Nobody reads these bytes any more: their script has ended.
    [z0-9][0-9]*)
      print_blocks >/dev/null || break
      continue
      ;;
    *) break ;;
  esac
  SCRIPT=$(print_blocks) || break
  case $SCRIPT in
    AT_EXIT=*) eval "$SCRIPT" ;;
    *) (eval "$SCRIPT") ;;
  esac
  EXIT_CODE=$?
  echo "$MARK$EXIT_CODE"
  echo "$MARK$EXIT_CODE" >&2
done
case $AT_EXIT$HEAD$LEFT_ALONE in
  :* | *goodbye) eval "$AT_EXIT" ;;
  *) exec /bin/sh -c 'sleep "$1"; eval "$2"' fleet-left-alone "$AFTERWARDS" "$AT_EXIT" ;;
esac
