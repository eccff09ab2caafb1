#!/bin/sh
# Functions that find what tells the SHA-256 of files.

# Sets DIGEST to a command that prints as `sha256sum` does; fails, and leaves it empty, where there is none.
find_digest_tool() {
  for DIGEST in sha256sum 'busybox sha256sum' 'shasum -a 256' 'openssl dgst -sha256 -r' ''; do
    $DIGEST </dev/null >/dev/null 2>&1 && break
  done
  [ -n "$DIGEST" ]
}

# Takes openssl where there is one, for bytes that are piped into it: it may be several times as quick.
prefer_openssl() {
  [ -n "$DIGEST" ] || return 0
  if openssl dgst -sha256 -r </dev/null >/dev/null 2>&1; then DIGEST='openssl dgst -sha256 -r'; fi
}
