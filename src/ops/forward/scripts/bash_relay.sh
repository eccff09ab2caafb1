#!/bin/bash
# Carries one connection to PORT by bash's own sockets. Ends with either direction; what a client that ended gets after 3 s is
# lost. Needs PORT, and a bash of 2014 for `wait -n`.

exec 3<>"/dev/tcp/127.0.0.1/$PORT" || exit 1
cat <&0 >&3 2>/dev/null &
UP=$!
cat <&3 &
DOWN=$!
exec </dev/null >/dev/null 3>&-
trap 'kill $UP $DOWN; exit 143' TERM
wait -n
for _ in 1 2 3; do
  kill -0 "$DOWN" 2>/dev/null || {
    kill "$UP" 2>/dev/null
    wait "$DOWN"
    exit
  }
  sleep 1
done
kill "$UP" "$DOWN"
exit 0
