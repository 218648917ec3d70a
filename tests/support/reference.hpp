// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "unlabeled/core/types.hpp"

// Numbers computed by other programs, kept under tests/reference with the scripts that made them.

namespace unlabeled {
inline namespace testing {
namespace reference {

/// Folder of the reference files: the environment variable UNLABELED_REFERENCE_DIR, else the
/// definition of the same name that the build gives.
inline std::string folder() {
  if (const char* from_environment = std::getenv("UNLABELED_REFERENCE_DIR"))
    return from_environment;
#ifdef UNLABELED_REFERENCE_DIR
  return UNLABELED_REFERENCE_DIR;
#else
  throw std::runtime_error("set UNLABELED_REFERENCE_DIR to the folder tests/reference");
#endif
}

namespace detail {

inline std::vector<double> numbers(const std::string& line, const std::string& path) {
  std::vector<double> values;
  const char* position = line.c_str();
  while (true) {
    char* end = nullptr;
    values.push_back(std::strtod(position, &end));
    if (end == position) throw std::runtime_error(path + ": not a number in: " + line);
    if (*end == '\0') return values;
    if (*end != ',') throw std::runtime_error(path + ": expected a comma in: " + line);
    position = end + 1;
  }
}

}  // namespace detail

/// The numbers of a comma-separated file, e.g. read("kmeans/iris_centers.csv"). Lines that start
/// with # and empty lines are skipped; every other line must have the same number of entries.
inline Matrix<double> read(const std::string& name) {
  const std::string path = folder() + "/" + name;
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + ": cannot be opened");
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    rows.push_back(detail::numbers(line, path));
    if (rows.back().size() != rows.front().size())
      throw std::runtime_error(path + ": lines of different length");
  }
  if (rows.empty()) throw std::runtime_error(path + ": no numbers");
  Matrix<double> values(static_cast<Index>(rows.size()), static_cast<Index>(rows.front().size()));
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows[i].size(); ++j)
      values(static_cast<Index>(i), static_cast<Index>(j)) = rows[i][j];
  return values;
}

/// The same as labels or indices: a file with one column of whole numbers.
inline Labels read_labels(const std::string& name) {
  const Matrix<double> values = read(name);
  if (values.cols() != 1) throw std::runtime_error(name + ": expected one column");
  return values.col(0).cast<int>();
}

}  // namespace reference
}  // namespace testing
}  // namespace unlabeled
