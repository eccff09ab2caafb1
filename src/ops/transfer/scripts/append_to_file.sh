#!/bin/sh
# Takes the rest of FILE from the session, and prints the SHA-256 of the whole while it arrives, where something here tells it.
# Chunks are padded to whole blocks, so the file is cut to its SIZE when all is there.
# Needs FILE, its SIZE in bytes, that as BLOCKS of 4096 and REST_BYTES, its MODE and TIME (seconds since 1970); the functions of
# shell_session.sh and find_digest_tool.sh.

find_digest_tool
prefer_openssl
chmod 600 "$FILE" && exec 4<"$FILE" || exit 1

append_stdin() {
  cat >>"$FILE"
}

# Tells by a line that there is more to read in the file.
take_chunk() {
  print_chunk | then_drain append_stdin && echo
}

# Prints what has come since it looked last.
print_new_bytes() {
  while read -r _; do cat <&4; done
}

without_padding() {
  {
    dd bs=4096 count="$BLOCKS" iflag=fullblock
    dd bs=1 count="$REST_BYTES"
  } 2>/dev/null
}

set_size() {
  dd if=/dev/null of="$FILE" bs=1 seek="$SIZE" count=0 "$@" 2>/dev/null
}

if [ -n "$DIGEST" ]; then
  each_chunk take_chunk | print_new_bytes 2>/dev/null | without_padding | $DIGEST
else
  each_chunk take_chunk >/dev/null
fi
[ "$(stat -c %s "$FILE" 2>/dev/null || wc -c <"$FILE")" -ge "$SIZE" ] || exit 1
set_size conv=fsync || set_size || exit 1
chmod "$MODE" "$FILE" && touch -d "@$TIME" "$FILE"
