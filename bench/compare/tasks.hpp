// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/io/npy.hpp"

// What every task of the C++ side needs: a request, its arrays and a clock.

namespace compare {

using namespace unlabeled;

struct Request {
  std::string name;
  std::map<std::string, std::string> values;

  [[nodiscard]] const std::string& text(const std::string& key) const {
    const auto found = values.find(key);
    if (found == values.end()) throw std::invalid_argument(name + ": " + key + " is missing");
    return found->second;
  }
  [[nodiscard]] Index number(const std::string& key) const { return std::stol(text(key)); }
  [[nodiscard]] int n_threads() const { return static_cast<int>(number("threads")); }
};

using Reply = std::vector<std::pair<std::string, double>>;

/// Row-major like the arrays of the other side; read once, kept while the process lives.
template <Real S> const RowMatrix<S>& array(const std::string& path) {
  static std::map<std::string, RowMatrix<S>> arrays;
  const auto found = arrays.find(path);
  return found != arrays.end() ? found->second
                               : arrays.emplace(path, read_npy<S>(path)).first->second;
}

template <class Call> double seconds(Call&& call) {
  const auto begin = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

using Task = std::function<Reply(const Request&)>;
using Tasks = std::map<std::string, Task>;

}  // namespace compare
