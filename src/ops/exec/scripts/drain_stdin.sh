#!/bin/sh
# Runs PROGRAM_SCRIPT by a shell with the words given, tells its exit code on stderr behind END_MARK, and reads what is left of
# stdin: bytes that are on their way when Nomad ends its part of a session make the servers cut the other direction too, and the
# exit code with it. What a shell has to say of a killed program is not the program's stderr, and goes nowhere.
# Needs stdin_timeout.sh.

( ( exec 2>&3 3>&-; exec /bin/sh -c "$PROGRAM_SCRIPT" "$0" "$@" ); exit $? ) 3>&2 2>/dev/null
EXIT_CODE=$?
echo "$END_MARK$EXIT_CODE" >&2
$STDIN_TIMEOUT cat >/dev/null 2>&1
exit "$EXIT_CODE"
