# Sourced: finds JDK, Maven and Python, and says how to get what is missing.
# shellcheck shell=sh disable=SC2154

# Sets $java: JAVA_HOME's, else that on the PATH.
find_jdk() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    javac=$JAVA_HOME/bin/javac
  else
    java=$(command -v java || :)
    javac=$(command -v javac || :)
  fi
  if [ ! -x "$java" ]; then
    missing_jdk "$(jdk_fault 'is not installed')"
    exit 1
  fi
}

# Sets $jdk_major, such as 17; 0 if java doesn't answer. Asked once for each java: it takes a while.
read_jdk_major() {
  jdk_path='' jdk_major=0
  if [ -f "$work/jdk" ] && [ -z "$(find -L "$java" -newer "$work/jdk")" ]; then
    read -r jdk_major jdk_path <"$work/jdk" || :
  fi
  if [ "$jdk_path" != "$java" ]; then
    jdk_major=$(java_major "$java")
    # Only a memory: in a folder that can't be written, java is asked each time.
    { mkdir -p "$work" && echo "$jdk_major $java" >"$work/jdk"; } 2>/dev/null || :
  fi
}

java_major() {
  major=$("$1" -version 2>&1 </dev/null | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
  echo "${major:-0}"
}

# Sets $java, $mvn and $python, or names everything that is missing and ends.
check_tools() {
  find_jdk
  read_jdk_major
  complete=yes
  if [ "$jdk_major" -lt 17 ]; then
    missing_jdk "$(jdk_fault "must be 17 or newer: $java is $jdk_major")"
  elif [ ! -x "$javac" ]; then
    missing_jdk "$(jdk_fault "is only a runtime: there is no javac beside $java")"
  fi
  find_maven
  find_python
  [ $complete = yes ] || exit 1
}

find_maven() {
  mvn=$(command -v mvn || :)
  if [ -z "$mvn" ]; then
    missing 'Maven 3.8 or newer is not installed.' maven maven maven
    return
  fi
  found=$("$mvn" -v 2>/dev/null </dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)
  minor=${found#*.}
  case $found in
    3.*) [ "${minor%%.*}" -ge 8 ] || missing "Maven must be 3.8 or newer: $mvn is $found." maven maven maven ;;
    [12].*) missing "Maven must be 3.8 or newer: $mvn is $found." maven maven maven ;;
  esac
}

# The first that is new enough, of PYTHON or else of the usual names.
find_python() {
  python=''
  for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python3.10}; do
    path=$(command -v "$candidate" || :)
    if [ -n "$path" ] && "$path" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      python=$path
      break
    fi
  done
  if [ -z "$python" ]; then
    missing "Python 3.10 or newer is not installed${PYTHON:+ (PYTHON is $PYTHON)}." 'python3 python3-venv' python3 python3
  elif ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    missing "$python lacks its venv module." python3-venv python3 python3
  fi
}

jdk_fault() {
  echo "A JDK 17 or newer $1${JAVA_HOME:+ (JAVA_HOME is $JAVA_HOME)}."
}

missing_jdk() {
  missing "$1" default-jdk-headless java-latest-openjdk-devel openjdk
}

# missing FAULT DEBIAN FEDORA BREW: names what is missing and how to get it, by package names.
missing() {
  complete=no
  say "$1"
  if [ "$(uname -s)" = Darwin ]; then
    echo "  brew install $4" >&2
  elif command -v apt-get >/dev/null 2>&1; then
    echo "  sudo apt-get install $2" >&2
  elif command -v dnf >/dev/null 2>&1; then
    echo "  sudo dnf install $3" >&2
  else
    echo "  Debian, Ubuntu: sudo apt-get install $2    Fedora: sudo dnf install $3    macOS: brew install $4" >&2
  fi
}
