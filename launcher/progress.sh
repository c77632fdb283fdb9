# Sourced: reports on standard error what is being done, and runs long steps with a clock.
# shellcheck shell=sh disable=SC2154

say() {
  printf 'snakepit: %s\n' "$*" >&2
}

# duration SECONDS: prints it as minutes and seconds.
duration() {
  if [ "$1" -ge 60 ]; then
    echo "$(($1 / 60)) min $(($1 % 60)) s"
  else
    echo "$1 s"
  fi
}

# step LABEL LOG COMMAND...: runs the command with its output in the log. If it fails, shows what the
# log says, and ends.
step() {
  if try_step "$@"; then
    return
  fi
  # Maven marks what matters; other tools say it last.
  {
    grep '^\[ERROR\]' "$log" || tail -n 30 "$log"
  } | head -n 40 >&2
  say "all of its output: $log"
  exit 1
}

# As step, but leaves a failure to its caller.
try_step() {
  label=$1
  log=$2
  shift 2
  begun=$(date +%s)
  # Before there are traps: a just forked child has them for a moment, and would lose the signal that
  # ends it.
  start_clock "$label"
  hold_signals
  # In the background, so that a signal ends it at once. It inherits the lock, which thus outlives
  # this shell for as long as the command works on.
  "$@" >"$log" 2>&1 </dev/null &
  child=$!
  trap 'end_step 130' INT
  trap 'end_step 143' TERM
  trap 'end_step 129' HUP
  [ -z "$held" ] || end_step "$held"
  status=0
  wait "$child" || status=$?
  trap - INT TERM HUP
  stop_clock
  if [ "$status" -ne 0 ]; then
    say "$label: FAILED (exit code $status)"
    return 1
  fi
  say "$label: done in $(duration $(($(date +%s) - begun)))"
}

# start_clock LABEL: shows how long it takes, until stop_clock or the end of this shell.
start_clock() {
  clock "$1" "$(date +%s)" $$ 9>&- &
  clock=$!
}

stop_clock() {
  kill "$clock" 2>/dev/null || :
  wait "$clock" 2>/dev/null || :
  if [ -t 2 ]; then
    printf '\r\033[K' >&2
  fi
}

# Keeps the exit code that a signal asks for in $held, instead of ending this shell: else one that
# comes while a child is started would leave that child behind.
hold_signals() {
  held=''
  trap 'held=130' INT
  trap 'held=143' TERM
  trap 'held=129' HUP
}

# end_child PID SECONDS: until it is gone, by SIGKILL after that time. More than one signal before, as
# a child that has just been forked has this shell's traps for a moment, and loses what comes then.
# `jobs` reaps those that have ended.
end_child() {
  patience=$(($2 * 10))
  while jobs >/dev/null && kill "$1" 2>/dev/null; do
    patience=$((patience - 1))
    [ "$patience" -gt 0 ] || kill -KILL "$1" 2>/dev/null || :
    sleep 0.1
  done
}

end_step() {
  end_child "$child" 10
  stop_clock
  say "$label: interrupted; the next start does it anew"
  exit "$1"
}

# Shows the seconds on a terminal, and a line every 10 s elsewhere, until killed or its shell is gone.
# A look may come late, on a busy machine: a line is due from its second on, not in it alone.
clock() {
  due=10
  if [ ! -t 2 ]; then
    say "$1 ..."
  fi
  while kill -0 "$3" 2>/dev/null; do
    passed=$(($(date +%s) - $2))
    if [ -t 2 ]; then
      printf '\r\033[Ksnakepit: %s ... %s' "$1" "$(duration $passed)" >&2
    elif [ "$passed" -ge "$due" ]; then
      say "$1 ... $(duration $passed)"
      due=$((passed - passed % 10 + 10))
    fi
    sleep 1
  done
}
