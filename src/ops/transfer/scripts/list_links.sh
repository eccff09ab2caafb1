#!/bin/sh
# Prints the links below the working directory, two lines each: the link, and where it leads.

# shellcheck disable=SC2016 # expanded by the inner shell
find . -type l -exec sh -c 'for link; do printf "%s\n%s\n" "$link" "$(readlink "$link")"; done' sh {} +
