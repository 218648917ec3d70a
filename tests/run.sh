#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds and runs all tests: bash tests/run.sh [BUILD_FOLDER] [CMAKE_ARGUMENTS...]
# On Debian and Ubuntu it installs what is missing first. BUILD_DIR=FOLDER works too.
set -euo pipefail
source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$source_folder/cmake/install_packages.sh"

build=${BUILD_DIR:-$source_folder/build/tests}
if [[ $# -gt 0 && $1 != -* ]]; then
  build=$1
  shift
fi

need cmake g++ ninja-build pkg-config libeigen3-dev catch2 nlohmann-json3-dev
jobs=$(parallel_jobs)
# -O1: Eigen without optimisation costs more time in the tests than it saves in the compiler.
configure "$source_folder" "$build" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O1 \
  -DUNLABELED_BUILD_TESTS=ON -DUNLABELED_BUILD_EXAMPLES=OFF -DUNLABELED_BUILD_BENCH=OFF "$@"
cmake --build "$build" --parallel "$jobs"
(cd "$build" && ctest --output-on-failure --parallel "$jobs")
echo "All tests passed; they were built in $build."
