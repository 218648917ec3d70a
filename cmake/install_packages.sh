# SPDX-License-Identifier: MIT
# Sourced by tests/run.sh, examples/run.sh and .ci/run.

# need NAME...: makes sure that everything named is there, or stops. Names are Debian's packages.
# On Debian and Ubuntu what is missing is installed; elsewhere the command that does it is printed.
need() {
  local name missing=()
  for name in "$@"; do
    is_present "$name" || missing+=("$name")
  done
  [[ ${#missing[@]} -eq 0 ]] && return
  if ! command -v apt-get >/dev/null; then
    echo "These are missing: ${missing[*]} (names of Debian packages). To install them:"
    install_command "${missing[@]}"
    exit 1
  fi
  local sudo=()
  if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "Neither root nor sudo. Ask an administrator to run:"
      echo "  apt-get update && apt-get install ${missing[*]}"
      exit 1
    fi
    sudo=(sudo)
  fi
  echo "Installing ${missing[*]}"
  # A failed update may only mean that the lists are there already; the installation decides.
  "${sudo[@]}" apt-get update -qq || true
  if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}" >/dev/null; then
    echo "Could not install them. When a network is there, run:"
    echo "  apt-get update && apt-get install ${missing[*]}"
    exit 1
  fi
}

# By what it is needed for, not by package: what was installed another way is as good.
is_present() {
  case $1 in
    g++) command -v "${CXX:-c++}" >/dev/null ;;
    ninja-build) command -v ninja >/dev/null || command -v make >/dev/null ;;
    pkg-config) command -v pkg-config >/dev/null ;;
    gnuplot-nox) command -v gnuplot >/dev/null ;;
    g++-aarch64-linux-gnu) command -v aarch64-linux-gnu-g++ >/dev/null ;;
    qemu-user) command -v qemu-aarch64 >/dev/null ;;
    libeigen3-dev) has_header eigen3/Eigen/Core || has_header Eigen/Core ;;
    catch2) has_header catch2/catch.hpp || has_header catch2/catch_all.hpp ;;
    nlohmann-json3-dev) has_header nlohmann/json.hpp ;;
    *-dev) dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed' ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

has_header() {
  local prefix prefixes
  IFS=':;' read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}:/usr:/usr/local:/opt/homebrew:/opt/local"
  for prefix in "${prefixes[@]}"; do
    [[ -n $prefix && -e $prefix/include/$1 ]] && return
  done
  return 1
}

# The same packages in the words of another system.
install_command() {
  local system name column words
  system=$( (. /etc/os-release 2>/dev/null && echo "$ID ${ID_LIKE:-}") || uname -s)
  case $system in
    *fedora* | *rhel*) column=2 words="  sudo dnf install" ;;
    *arch*) column=3 words="  sudo pacman -S" ;;
    *suse*) column=4 words="  sudo zypper install" ;;
    *alpine*) column=5 words="  sudo apk add" ;;
    Darwin) column=6 words="  brew install" ;;
    *) column=1 words="  with this system's installer:" ;;
  esac
  for name in "$@"; do
    words+=" $(awk -v name="$name" -v column="$column" '$1 == name { print $column }' <<'TABLE'
cmake              cmake              cmake         cmake                cmake         cmake
g++                gcc-c++            gcc           gcc-c++              g++           gcc
ninja-build        ninja-build        ninja         ninja                samurai       ninja
pkg-config         pkgconf-pkg-config pkgconf       pkgconf-pkg-config   pkgconf       pkgconf
gnuplot-nox        gnuplot            gnuplot       gnuplot              gnuplot       gnuplot
libeigen3-dev      eigen3-devel       eigen         eigen3-devel         eigen-dev     eigen
catch2             catch-devel        catch2        Catch2-devel         catch2-3      catch2
nlohmann-json3-dev json-devel         nlohmann-json nlohmann_json-devel  nlohmann-json nlohmann-json
TABLE
)"
  done
  echo "$words"
}

# Jobs that fit: one per core, but no more than one per 900 MB of free memory.
parallel_jobs() {
  local cores memory
  cores=$(getconf _NPROCESSORS_ONLN)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 900000) }' /proc/meminfo 2>/dev/null)
  [[ -n $memory && $memory -lt $cores ]] && cores=$((memory > 1 ? memory : 1))
  echo "$cores"
}

# configure SOURCE BUILD CMAKE_ARGUMENTS...: the generator is chosen once, at the first run.
configure() {
  local source=$1 build=$2 generator=()
  shift 2
  if ! mkdir -p "$build" 2>/dev/null || [[ ! -w $build ]]; then
    echo "Cannot write to $build. Give a build folder: $0 FOLDER, or BUILD_DIR=FOLDER."
    exit 1
  fi
  [[ ! -e $build/CMakeCache.txt ]] && command -v ninja >/dev/null && generator=(-G Ninja)
  cmake -S "$source" -B "$build" ${generator[@]+"${generator[@]}"} "$@"
}
