#!/bin/sh
# Fails if a process is left that a host of Snakepit's started: each bears SNAKEPIT_RUN in its
# environment. Zombies have none and don't count. Linux only. The list goes to target/leaks.txt.
set -eu

home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
report=$home/target/leaks.txt
mkdir -p "$home/target"
: >"$report"

# environment FOLDER: one variable a line; empty for a process that is gone or not ours to read.
environment() {
  { tr '\0' '\n' <"$1/environ"; } 2>/dev/null || :
}

for folder in /proc/[0-9]*; do
  if environment "$folder" | grep -q '^SNAKEPIT_RUN='; then
    {
      echo "pid ${folder#/proc/}: $(tr '\0\n' '  ' <"$folder/cmdline")"
      environment "$folder" | grep '^SNAKEPIT_' | sed 's/^/  /'
    } >>"$report" 2>/dev/null || :
  fi
done

if [ -s "$report" ]; then
  echo 'leak check: FAILED, these processes are left:' >&2
  cat "$report" >&2
  exit 1
fi
echo 'leak check: passed, no process is left'
