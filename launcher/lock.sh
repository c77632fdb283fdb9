# Sourced: lets one launcher at a time set up, however many start at once.
# shellcheck shell=sh disable=SC2154

lock=$work/lock
waiting='waiting for another ./snakepit that is setting up'

# with_lock COMMAND...: runs it while holding the lock. Not in a subshell: a signal to the launcher
# must reach the traps that its steps set.
with_lock() {
  need_writable
  mkdir -p "$work"
  if command -v flock >/dev/null 2>&1; then
    # The kernel gives the lock back when the last process that holds it ends, whatever ended it.
    exec 9>"$lock"
    flock -n 9 || {
      start_clock "$waiting"
      flock 9
      stop_clock
    }
    "$@"
    exec 9>&-
  else
    take_folder
    trap 'rm -rf "$lock.d"' EXIT
    "$@"
    trap - EXIT
    rm -rf "$lock.d"
  fi
}

# Ends with the remedy where this user can't write what has to be built.
need_writable() {
  for place in "$work" "$venv"; do
    while [ ! -e "$place" ]; do
      place=$(dirname -- "$place")
    done
    if [ ! -w "$place" ]; then
      say "it has to build first, and $place can't be written by this user."
      say 'Let the user whom it belongs to run "./snakepit version" once, or copy the project to a folder of yours.'
      exit 1
    fi
  done
}

# Without flock (macOS): whichever launcher makes the folder holds the lock.
take_folder() {
  told=no
  until mkdir "$lock.d" 2>/dev/null; do
    break_stale_lock
    if [ $told = no ]; then
      start_clock "$waiting (if there is none: rm -r $lock.d)"
      told=yes
    fi
    sleep 1
  done
  [ $told = no ] || stop_clock
  echo $$ >"$lock.d/pid"
}

# Takes the lock from a holder that has ended. A second folder sees to it that two waiting
# launchers don't both do so: one would take the lock that the other has just got.
break_stale_lock() {
  if holder_lives; then
    return
  fi
  if mkdir "$lock.breaking" 2>/dev/null; then
    holder_lives || rm -rf "$lock.d"
    rmdir "$lock.breaking"
  elif [ -n "$(find "$lock.breaking" -mmin +1 2>/dev/null)" ]; then
    rmdir "$lock.breaking" 2>/dev/null || :
  fi
}

# Just made and without a pid yet: its maker counts as alive for a minute.
holder_lives() {
  if [ -f "$lock.d/pid" ]; then
    kill -0 "$(cat "$lock.d/pid")" 2>/dev/null
  else
    [ -z "$(find "$lock.d" -prune -mmin +1 2>/dev/null)" ]
  fi
}
