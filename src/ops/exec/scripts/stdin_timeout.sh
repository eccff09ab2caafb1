#!/bin/sh
# Sets STDIN_TIMEOUT to the command that ends a reader of stdin after SILENCE seconds, two minutes where that is not set, where the
# task has one: a connection that is gone ends no stdin, and its readers would stay for ever. Empty where there is no `timeout`; old
# busybox wants `-t`.

# shellcheck disable=SC2034 # for the scripts that follow
STDIN_TIMEOUT=
if timeout 1 true 2>/dev/null; then
  STDIN_TIMEOUT="timeout ${SILENCE:-120}"
elif timeout -t 1 true 2>/dev/null; then
  STDIN_TIMEOUT="timeout -t ${SILENCE:-120}"
fi
