# Sourced by ./snakepit: `test`, which is all that CI runs.
# shellcheck shell=sh disable=SC2154

run_tests() {
  faults=fast libraries=few seed=''
  while [ $# -gt 0 ]; do
    word=$1
    shift
    case $word in
      --chaos) faults=all ;;
      --libraries) libraries=all ;;
      --seed)
        seed=${1:-}
        [ $# = 0 ] || shift
        check_seed
        ;;
      --soak)
        say "$word is not there yet: it comes with a later release. Without it, every test runs."
        exit 2
        ;;
      *)
        say "test: unknown option $word"
        exit 2
        ;;
    esac
  done
  if [ -n "$seed" ]; then
    replay
  fi
  tests_begun=$(date +%s)
  passed=0 failed=0 summary=''
  set_up_venv_for_tests
  find_jdk
  read_jdk_major
  find_maven
  cd "$home" || exit

  check "Java $jdk_major: unit and integration tests, coverage, style" "$mvn" -B --no-transfer-progress verify
  if [ "$failed" = 0 ]; then
    check_newest_jdk
  fi
  check 'launcher: shellcheck' "$venv/bin/shellcheck" -x snakepit .ci/run launcher/*.sh
  cd "$home/python" || exit
  check 'Python: ruff check' "$venv/bin/ruff" check .
  check 'Python: ruff format' "$venv/bin/ruff" format --check .
  check 'Python: mypy' "$venv/bin/mypy"
  check 'Python: lint-imports' "$venv/bin/lint-imports" --no-cache
  check 'Python: pytest, coverage' "$venv/bin/pytest"
  check_chaos
  check_libraries
  verdict
}

# Refuses what is not a number: a failed simulation names its seed.
check_seed() {
  case ${seed#-} in
    '' | *[!0-9]*)
      say "test: --seed takes the number that a failed simulation of the pool names: got '$seed'"
      exit 2
      ;;
  esac
}

# Replays one run of the simulated pool, and prints its last steps if it fails.
replay() {
  check_tools
  cd "$home" || exit
  exec "$mvn" -B --no-transfer-progress -Pquick "-Dbuild.folder=$work/replay" test-compile surefire:test \
    -Dtest=PoolSimulationTest "-Dsnakepit.simulation.seed=$seed"
}

# The faults that kill the host itself; without --chaos fewer rounds of each.
check_chaos() {
  check_scripts chaos-scripts chaos
  set --
  [ -e /proc/self/environ ] || set -- --allow-skip every # as on macOS
  if [ "$faults" = all ]; then
    check 'chaos: every fault' "$venv/bin/python" run-all "$@"
  else
    check 'chaos: every fault, few rounds' "$venv/bin/python" run-all --fast "$@"
  fi
}

# Real libraries behind pools, in an environment of their own; without --libraries some of them.
check_libraries() {
  # What only that environment has bears no types here.
  check_scripts libraries --ignore-missing-imports matrix adapters tests
  check 'libraries: pytest' "$venv/bin/pytest"
  if [ "$libraries" = all ]; then
    check 'libraries: the whole matrix' "$venv/bin/python" run
  else
    check 'libraries: some' "$venv/bin/python" run --few
  fi
}

# check_scripts FOLDER WORD...: style and types of a folder, in which it then stays. The words are
# mypy's, packages among them; programs bear no suffix, so they are named one by one.
check_scripts() {
  folder=$1
  shift
  cd "$home/$folder" || exit
  check "$folder: ruff check" "$venv/bin/ruff" check .
  check "$folder: ruff format" "$venv/bin/ruff" format --check .
  for script in *; do
    if [ -f "$script" ] && [ -x "$script" ]; then
      set -- "$@" "$script"
    fi
  done
  check "$folder: mypy" check_script_types "$@"
}

check_script_types() {
  MYPYPATH=.:adapters:../chaos-scripts:../python/src \
    "$venv/bin/mypy" --config-file ../python/pyproject.toml --scripts-are-modules "$@"
}

# The fast tests once more, as compiled above, on the newest JDK of the machine.
check_newest_jdk() {
  newest=$(newest_jdk)
  if [ -z "$newest" ]; then
    say "no JDK newer than $jdk_major on this machine: the fast tests run on that one alone"
    return
  fi
  check "Java $(release_major "$newest"): unit tests" "$mvn" -B --no-transfer-progress surefire:test \
    "-Djvm=$newest/bin/java" "-Dtest.jvm.options=-Xmx1g $(newest_jdk_options "$newest")"
}

# The home of the newest JDK, if it is newer than the one in use.
newest_jdk() {
  best=$jdk_major
  for folder in /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home "${JAVA_HOME:-/nowhere}"/../*; do
    major=$(release_major "$folder")
    if [ -x "$folder/bin/java" ] && [ "${major:-0}" -gt "$best" ]; then
      best=$major
      best_folder=$folder
    fi
  done
  echo "${best_folder:-}"
}

newest_jdk_options() {
  if [ "$(release_major "$1")" -ge 24 ]; then
    echo '-XX:+EnableDynamicAgentLoading --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow'
  fi
}

release_major() {
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || :
}

# check LABEL COMMAND...: runs it with its output shown, and goes on if it fails.
check() {
  label=$1
  shift
  printf '\n=== %s\n' "$label"
  begun=$(date +%s)
  if "$@"; then
    passed=$((passed + 1))
    result='ok  '
  else
    failed=$((failed + 1))
    result=FAIL
  fi
  summary="$summary
  $result  $label ($(duration $(($(date +%s) - begun))))"
}

verdict() {
  word=PASSED
  [ "$failed" = 0 ] || word=FAILED
  printf '\n=== Summary%s\n\n' "$summary"
  printf 'snakepit test: %s in %s: %s of %s checks passed\n' "$word" \
    "$(duration $(($(date +%s) - tests_begun)))" "$passed" "$((passed + failed))"
  [ "$failed" = 0 ]
}
