#!/bin/sh
# Waits until the terminal has a size, half a second at most: Nomad sets it after the start, and a program that looks at once
# would see none.

for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ "$(stty size 2>/dev/null)" = '0 0' ] || break
  sleep 0.05
done
