#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Prints what a user's compiler pays: seconds and peak memory at -O0 of a file that fits one
# estimator (budget 4 s, 700 MB) and of the umbrella header alone (budget 3 s). Times are for the
# reader, on a quiet machine; nothing fails. Needs /usr/bin/time for the memory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
compiler=${CXX:-c++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# measure NAME HEADER STATEMENT
measure() {
  printf '#include "unlabeled/%s"\nusing namespace unlabeled;\nint use(const Matrix<double>& x) {\n  %s\n}\n' \
    "$2" "$3" >"$work/use.cpp"
  local timer=() start=$EPOCHREALTIME
  [[ -x /usr/bin/time ]] && timer=(/usr/bin/time -f %M -o "$work/memory")
  "${timer[@]}" "$compiler" -std=c++20 -O0 -c -Iinclude $(pkg-config --cflags eigen3) \
    "$work/use.cpp" -o "$work/use.o"
  awk -v name="$1" -v start="$start" -v stop="$EPOCHREALTIME" \
    -v memory="$(cat "$work/memory" 2>/dev/null)" 'BEGIN {
      printf "%-16s %5.1f s", name, stop - start
      if (memory) printf " %5d MB", memory / 1024
      print ""
    }'
}

measure umbrella unlabeled.hpp "return static_cast<int>(x.rows());"
measure StandardScaler preprocessing/standard_scaler.hpp \
  "return static_cast<int>(StandardScaler<double>().fit_transform(x).rows());"
measure PCA decomposition/pca.hpp \
  "return static_cast<int>(PCA<double>({.n_components = 2}).fit_transform(x).rows());"
measure KMeans cluster/kmeans.hpp \
  "return KMeans<double>({.n_clusters = 2}).fit_predict(x).maxCoeff();"
measure IsolationForest anomaly/isolation_forest.hpp \
  "return IsolationForest<double>().fit_predict(x).maxCoeff();"
measure Agglomerative cluster/agglomerative.hpp \
  "return Agglomerative<double>({.n_clusters = 2}).fit_predict(x).maxCoeff();"
