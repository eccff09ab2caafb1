#!/bin/sh
# Runs TOOL, which carries one connection over stdin and stdout, ends it when the process WATCHDOG has gone, and tells its end on
# stderr behind END_MARK: no frame of Nomad's does while stdin is open. Neither leaves a child behind.
# Needs TOOL, WATCHDOG and END_MARK.

exec 3<&0
eval "exec $TOOL" <&3 3<&- &
RELAY=$!
exec </dev/null 3<&- >/dev/null
(
  trap 'kill $SLEEP; wait $SLEEP; exit' TERM
  while kill -0 "$WATCHDOG"; do
    sleep 5 &
    SLEEP=$!
    wait "$SLEEP"
  done
  kill "$RELAY"
) >/dev/null 2>&1 &
WAITER=$!
wait "$RELAY"
EXIT_CODE=$?
{
  kill "$WAITER"
  wait "$WAITER"
} 2>/dev/null
echo "$END_MARK$EXIT_CODE" >&2
