#!/bin/sh
# Prints one line that tells this network from every other: the machine's present boot, and the network namespace. Blank where the
# system tells neither.

echo "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) $(readlink /proc/self/ns/net 2>/dev/null)"
