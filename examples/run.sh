#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds and runs all examples: bash examples/run.sh [BUILD_FOLDER] [CMAKE_ARGUMENTS...]
# On Debian and Ubuntu it installs what is missing first. BUILD_DIR=FOLDER works too.
set -euo pipefail
source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$source_folder/cmake/install_packages.sh"

build=${BUILD_DIR:-$source_folder/build/examples}
if [[ $# -gt 0 && $1 != -* ]]; then
  build=$1
  shift
fi

need cmake g++ ninja-build libeigen3-dev nlohmann-json3-dev gnuplot-nox
configure "$source_folder" "$build" -DCMAKE_BUILD_TYPE=Release \
  -DUNLABELED_BUILD_TESTS=OFF -DUNLABELED_BUILD_EXAMPLES=ON -DUNLABELED_BUILD_BENCH=OFF "$@"
cmake --build "$build" --parallel "$(parallel_jobs)"

build=$(cd "$build" && pwd)
export UNLABELED_PICTURES=$build/pictures
cd "$build"
n_examples=0
for source in "$source_folder"/examples/[0-9][0-9]_*.cpp; do
  name=$(basename "$source" .cpp)
  echo
  echo "=== $name"
  "$build/examples/$name"
  n_examples=$((n_examples + 1))
done
echo
echo "$n_examples examples built and run; their pictures and tables are in $UNLABELED_PICTURES"
