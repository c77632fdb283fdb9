#!/bin/sh
# Watches a host from outside and, once it is gone, ends what is left of one of its pools.
#
#   watchdog.sh HOST START RUN INSTANCE POOL INTERVAL_MS GRACE_MS
#
# HOST and START are the host's pid and start time: field 22 of /proc/HOST/stat. Whatever bears
# SNAKEPIT_RUN, SNAKEPIT_INSTANCE and SNAKEPIT_POOL with exactly these values in its environment
# belongs to the pool.
#
# Looks every INTERVAL_MS. When the host is gone, it leaves GRACE_MS to the keeper and the workers'
# own lifelines, sends SIGTERM to what is there all the same, and after up to GRACE_MS more SIGKILL,
# until nothing is left. SIGTERM ends the watchdog itself and does nothing to the pool.
#
# Exit status: 0 nothing is left, 1 something is, 64 wrong use, 69 the system lacks what it needs.
# Without /proc (macOS) no process can be found by its environment: 69, at once.
#
# While the host lives, it starts nothing but sleep: the process table is read with builtins.
set -u
unset IFS
LC_ALL=C # names of processes may hold bytes that are no text
export LC_ALL

newline='
'
most_rounds=50
poll_ms=100
reaped=

# One line on stderr. Nobody may listen any more: the pipe was the host's.
say() {
  echo "watchdog of pool ${pool:-?}: $*" >&2 2>/dev/null
}

# The sleeper goes first and is waited for: a host that is process 1 would not reap it.
quit() {
  if [ "${!:-}" != "$reaped" ]; then
    kill -s KILL "$!" 2>/dev/null
    wait "$!" 2>/dev/null
  fi
  exit 0
}

# Sleeps for some ms, and hears SIGTERM meanwhile.
pause() {
  if [ "$fractions" = yes ]; then
    thousandths=$((1000 + $1 % 1000))
    span=$(($1 / 1000)).${thousandths#1}
  else
    span=$((($1 + 999) / 1000))
  fi
  sleep "$span" </dev/null >/dev/null 2>&1 &
  wait "$!"
  reaped=$!
}

# Looks a pid up: sets state, group and start. Fails if there is no such process. The
# command's name may hold spaces and parentheses: only the last closing one ends it.
look() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # to be split: a letter and numbers
  set -- ${line##*") "}
  [ $# -ge 20 ] || return 1
  state=$1 group=$3 start=${20}
}

running() {
  look "$1" && [ "$state" != Z ] && [ "$state" != X ]
}

host_lives() {
  running "$host" && [ "$start" = "$host_start" ]
}

# Whether a pid's environment holds all three marks. A newline within a value ends no entry.
bears_marks() {
  environment=$({ tr '\n\000' '\001\n' <"/proc/$1/environ"; } 2>/dev/null)
  for mark in "SNAKEPIT_RUN=$run" "SNAKEPIT_INSTANCE=$instance" "SNAKEPIT_POOL=$pool"; do
    case $newline$environment$newline in
      *"$newline$mark$newline"*) ;;
      *) return 1 ;;
    esac
  done
}

# Whether a pid is of the pool now, not what had the pid before: one start time around it all.
is_ours() {
  [ "$1" != "$$" ] && running "$1" || return 1
  before=$start
  bears_marks "$1" && running "$1" && [ "$start" = "$before" ] || return 1
  [ "$1" != "$host" ] || [ "$start" != "$host_start" ]
}

# Prints the files of processes that may be of the pool. One search for all of them spares a process
# for each; is_ours looks closer.
suspects() {
  printf '%s\n' /proc/[0-9]*/environ | xargs grep -lsF -e "SNAKEPIT_RUN=$run" 2>/dev/null
}

# Sends a signal to one that is_ours, and to its group if it leads one.
send() {
  if [ "$group" = "$2" ] && [ "$group" != "$own_group" ] && [ "$group" != "$host_group" ]; then
    kill -s "$1" -- "-$2" 2>/dev/null
  else
    kill -s "$1" "$2" 2>/dev/null
  fi
}

# Finds what is left: sets left to the pids, each with a space before it. Sends each the signal, if
# one is given.
find_left() {
  left=
  for file in $(suspects); do
    pid=${file#/proc/}
    pid=${pid%/environ}
    if is_ours "$pid"; then
      [ $# -eq 0 ] || send "$1" "$pid"
      left="$left $pid"
    fi
  done
  [ -n "$left" ]
}

# SIGTERM, and time to obey.
terminate_left() {
  find_left TERM || return 0
  say "the host $host is gone; SIGTERM to$left"
  waited=0
  while [ "$waited" -lt "$grace_ms" ]; do
    pause "$poll_ms"
    waited=$((waited + poll_ms))
    find_left || return 0
  done
}

# SIGKILL, again and again: what is killed may have started something the moment before.
kill_left() {
  round=0
  while find_left KILL; do
    say "SIGKILL to$left"
    round=$((round + 1))
    if [ "$round" -ge "$most_rounds" ]; then
      say "killed, but still there:$left"
      return 1
    fi
    pause "$poll_ms"
  done
}

# Sets how sleep takes its argument.
try_sleep() {
  if sleep 0.01; then
    fractions=yes
  elif sleep 1; then
    fractions=no poll_ms=1000
  else
    return 1
  fi 2>/dev/null
}

main() {
  if [ $# -ne 7 ]; then
    say "usage: watchdog.sh HOST START RUN INSTANCE POOL INTERVAL_MS GRACE_MS"
    exit 64
  fi
  host=$1 host_start=$2 run=$3 instance=$4 pool=$5 interval_ms=$6 grace_ms=$7
  # A terminal's keys reach the host's whole group; the host decides what comes of them.
  trap '' INT HUP QUIT TSTP PIPE
  trap quit TERM
  exec </dev/null >/dev/null
  cd / || exit 69
  if ! look "$$" || ! try_sleep; then
    say "needs /proc and sleep"
    exit 69
  fi
  own_group=$group
  host_group=
  if host_lives; then
    host_group=$group
  fi
  # Once more after the grace period: one look that failed for want of memory is no death.
  while host_lives || { pause "$grace_ms" && host_lives; }; do
    pause "$interval_ms"
  done
  terminate_left
  kill_left
}

main "$@"
