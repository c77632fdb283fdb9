# Sourced by ./snakepit: builds what it needs, when sources changed.
# Expects $home (the repository), $work (the launcher's own folder) and $venv.
#
# Each part has a stamp, written last: what failed or was interrupted is done anew. A stamp holds the
# list of the files that the part was made from, so that a file that went or came is noticed too.
# Everything is built in a folder of the launcher's own and put in place by rename: a running server
# keeps its files, and neither an IDE nor `mvn` gets in the way.
# shellcheck shell=sh disable=SC2154

. "$home/launcher/lock.sh"
. "$home/launcher/tools.sh"
. "$home/launcher/progress.sh"

jar_sources() {
  (cd "$home" && find pom.xml proto src/main python/src \
    \( -name __pycache__ -o -name '*_pb2*' -o -name '.*' \) -prune -o -type f "$@" -print)
}

python_sources() {
  (cd "$home" && find proto python/pyproject.toml python/hatch_build.py python/src/snakepit/_version.py \
    -type f "$@" -print)
}

bench_sources() {
  (cd "$home" && find pom.xml proto src bench -name '.*' -prune -o -type f "$@" -print)
}

# fresh SOURCES STAMP: whether the same files are there and none is newer than the stamp.
fresh() {
  [ -f "$2" ] && [ -z "$("$1" -newer "$2" | head -n 1)" ] && [ "$("$1")" = "$(cat "$2")" ]
}

jar_is_fresh() {
  [ -f "$work/snakepit.jar" ] && fresh jar_sources "$work/jar.stamp"
}

# The package is installed in editable form: a change of Python code needs no new installation.
# $1: extras that must be in it, such as [test].
venv_is_fresh() {
  [ -x "$venv/bin/python" ] && fresh python_sources "$venv/snakepit.stamp" && made_here \
    && { [ -z "$1" ] || [ "$(cat "$venv/snakepit.made")" = "$home$1" ]; }
}

# Makes the jar and the virtual environment if need be.
set_up() {
  if jar_is_fresh && venv_is_fresh ''; then
    return
  fi
  with_lock set_up_locked
}

set_up_locked() {
  jar_is_fresh && venv_is_fresh '' && return
  check_tools
  venv_is_fresh '' || make_venv ''
  if ! jar_is_fresh; then
    build_jar
    try_step 'preparing fast starts' "$work/warm-up.log" warm_up || say "$label: skipped, see $log"
  fi
}

# As set_up, for the tests: Maven builds its own way there.
set_up_venv_for_tests() {
  venv_is_fresh '[test]' || with_lock set_up_venv_for_tests_locked
}

set_up_venv_for_tests_locked() {
  venv_is_fresh '[test]' && return
  check_tools
  make_venv '[test]'
}

# Builds without the checks that only `./snakepit test` and developers need. Run by `step`, in a
# process of its own, which it becomes: so the step can end it.
maven_quick() {
  exec "$mvn" -B -f "$home/pom.xml" -Pquick "-Dbuild.folder=$work/build" "$@"
}

build_jar() {
  remember jar_sources "$work/jar.stamp"
  rm -rf "$work/build/classes" "$work/build/maven-status"
  step 'building the jar' "$work/jar.log" maven_quick -Dmaven.test.skip=true package
  mkdir -p "$work/lib"
  for library in "$work/build/lib"/*.jar; do
    put_in_place "$library" "$work/lib/${library##*/}"
  done
  put_in_place "$work/build/snakepit.jar" "$work/snakepit.jar"
  rm -f "$work/snakepit.jsa"
  keep "$work/jar.stamp"
}

# Writes an archive of the classes that a server loads, by running one: half of a start is saved.
# If that fails, Snakepit runs without it.
warm_up() {
  cd "$work" || exit
  for variable in $(env | sed -n 's/^\(SNAKEPIT_[A-Za-z0-9_]*\)=.*/\1/p'); do
    unset "$variable"
  done
  echo '{instance: warm-up, dataDir: warm-up, http: {port: 0}, pools: {default: {size: 1}}}' >warm-up.yaml
  hold_signals
  "$java" -XX:ArchiveClassesAtExit="$work/snakepit.jsa.new" "-Dsnakepit.home=$home" -jar "$work/snakepit.jar" \
    serve --config warm-up.yaml >warm-up.ready &
  server=$!
  trap end_server TERM
  [ -z "$held" ] || end_server
  url=''
  while [ -z "$url" ] && kill -0 "$server" 2>/dev/null; do
    sleep 0.1
    url=$(sed -n 's/^ready  \(http[^ ]*\).*/\1/p' warm-up.ready)
  done
  [ -z "$url" ] || "$java" -jar "$work/snakepit.jar" exec echo '{"value": 1}' --url "$url" || :
  kill "$server" 2>/dev/null || :
  wait "$server" || :
  rm -rf warm-up
  mv -f snakepit.jsa.new snakepit.jsa
}

# In half the time that the step gives this shell, and undisturbed by its further signals.
end_server() {
  trap '' TERM
  end_child "$server" 5
  exit 143
}

make_venv() {
  remember python_sources "$work/venv.stamp"
  if [ "$(cat "$venv/snakepit.made" 2>/dev/null)" = "${home}[test]" ]; then
    extras='[test]'
  else
    extras=$1
  fi
  if [ ! -f "$venv/snakepit.stamp" ] || [ ! -x "$venv/bin/python" ] || ! made_here; then
    step 'making .venv' "$work/venv.log" "$python" -m venv --clear "$venv"
  fi
  rm -f "$venv/snakepit.stamp"
  step "installing the Python package$extras" "$work/venv.log" \
    "$venv/bin/python" -m pip install --disable-pip-version-check --editable "$home/python$extras"
  echo "$home$extras" >"$venv/snakepit.made"
  mv "$work/venv.stamp.new" "$venv/snakepit.stamp"
}

# A virtual environment holds its own path: one that was moved or copied is no good.
made_here() {
  case $(cat "$venv/snakepit.made" 2>/dev/null) in
    "$home" | "${home}[test]") return 0 ;;
    *) return 1 ;;
  esac
}

# The benchmark is compiled with the tests and runs on their class path.
set_up_bench() {
  fresh bench_sources "$work/bench.stamp" || with_lock set_up_bench_locked
}

set_up_bench_locked() {
  fresh bench_sources "$work/bench.stamp" && return
  check_tools
  remember bench_sources "$work/bench.stamp"
  step 'building the benchmark' "$work/bench.log" maven_quick -DskipTests package \
    dependency:build-classpath -DincludeScope=test "-Dmdep.outputFile=$work/bench.classpath"
  keep "$work/bench.stamp"
}

# A stamp is as old as the start of the work: what is edited meanwhile counts as changed.
remember() {
  rm -f "$2"
  "$1" >"$2.new"
}

keep() {
  mv "$1.new" "$1"
}

put_in_place() {
  cp "$1" "$2.new"
  mv -f "$2.new" "$2"
}
