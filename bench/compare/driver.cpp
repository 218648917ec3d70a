// SPDX-License-Identifier: MIT
// The C++ side of bench/compare: a process that takes one request a line and runs it. A request is
// a name and key=value pairs separated by tabs, the reply seconds and figures in the same form.
// Only the call itself is inside the timed part: no reading, no quality figure.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/decomposition/pca.hpp"
#include "unlabeled/io/npy.hpp"
#include "unlabeled/metrics/clustering.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

namespace {

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

template <Real S> Reply kmeans_reply(double time, const KMeans<S>& kmeans) {
  return {{"seconds", time},
          {"inertia", kmeans.inertia()},
          {"iterations", static_cast<double>(kmeans.report().n_iterations)}};
}

template <Real S> Reply run_kmeans_from(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const auto& init = array<S>(request.text("init"));
  KMeans<S> kmeans({.n_clusters = init.rows(),
                    .max_iterations = request.number("iterations"),
                    .tolerance = 0,
                    .n_threads = request.n_threads()});
  const double time = seconds([&] { kmeans.fit_from(x, init); });
  return kmeans_reply(time, kmeans);
}

template <Real S> Reply run_kmeans(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  KMeans<S> kmeans({.n_clusters = request.number("n_clusters"),
                    .seed = static_cast<std::uint64_t>(request.number("seed")),
                    .n_threads = request.n_threads()});
  const double time = seconds([&] { kmeans.fit(x); });
  return kmeans_reply(time, kmeans);
}

template <Real S> Reply run_pca(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  PCA<S> pca({.n_components = request.number("n_components"), .n_threads = request.n_threads()});
  const double time = seconds([&] { pca.fit(x); });
  write_npy(request.text("components"), pca.components());
  return {{"seconds", time}};
}

/// How far the columns are from mean 0 and deviation 1, in double.
template <class Z> double scaling_error(const Z& z) {
  double worst = 0;
  for (Index j = 0; j < z.cols(); ++j) {
    double mean = 0, square = 0;
    for (Index i = 0; i < z.rows(); ++i) mean += static_cast<double>(z(i, j));
    mean /= static_cast<double>(z.rows());
    for (Index i = 0; i < z.rows(); ++i) {
      const double e = static_cast<double>(z(i, j)) - mean;
      square += e * e;
    }
    const double deviation = std::sqrt(square / static_cast<double>(z.rows()));
    worst = std::max({worst, std::abs(mean), std::abs(deviation - 1)});
  }
  return worst;
}

template <Real S> Reply run_scaler(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  StandardScaler<S> scaler({.n_threads = request.n_threads()});
  Matrix<S> z;
  const double time = seconds([&] { z = scaler.fit_transform(x); });
  return {{"seconds", time}, {"error", scaling_error(z)}};
}

template <Real S> Reply run_silhouette(const Request& request) {
  const auto& x = array<S>(request.text("x"));
  const Labels labels = array<double>(request.text("labels")).col(0).template cast<int>();
  double score = 0;
  const double time = seconds([&] { score = silhouette_score(x, labels, request.n_threads()); });
  return {{"seconds", time}, {"score", score}};
}

double status_kilobytes(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;)
    if (word == key + ":") {
      double kilobytes = 0;
      file >> kilobytes;
      return kilobytes;
    }
  throw std::runtime_error("/proc/self/status has no " + key);
}

template <Real S> Reply load(const Request& request) {
  for (const auto& [key, path] : request.values) {
    if (key == "x" || key == "init") array<S>(path);
    if (key == "labels") array<double>(path);
  }
  return {};
}

/// Forgets the peak: from here on it is that of the call.
Reply reset_memory(const Request&) {
  std::ofstream("/proc/self/clear_refs") << "5";
  return {{"kilobytes", status_kilobytes("VmRSS")}};
}

Reply peak_memory(const Request&) { return {{"kilobytes", status_kilobytes("VmHWM")}}; }

using Handler = std::function<Reply(const Request&)>;

template <Real S> std::map<std::string, Handler> handlers() {
  return {
      {"kmeans_from", run_kmeans_from<S>}, {"kmeans", run_kmeans<S>},         {"pca", run_pca<S>},
      {"scaler", run_scaler<S>},           {"silhouette", run_silhouette<S>}, {"load", load<S>},
      {"reset_memory", reset_memory},      {"peak_memory", peak_memory}};
}

Request parsed(const std::string& line) {
  Request request;
  std::istringstream fields(line);
  std::getline(fields, request.name, '\t');
  for (std::string field; std::getline(fields, field, '\t');) {
    const auto equals = field.find('=');
    request.values[field.substr(0, equals)] = field.substr(equals + 1);
  }
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string scalar = argc > 1 ? argv[1] : "";
  if (scalar != "f64" && scalar != "f32") {
    std::cerr << "usage: " << argv[0] << " f64|f32 (requests are read from standard input)\n";
    return 2;
  }
  const auto handler = scalar == "f64" ? handlers<double>() : handlers<float>();
  std::cout << std::setprecision(17);
  for (std::string line; std::getline(std::cin, line);) {
    try {
      const Request request = parsed(line);
      const auto found = handler.find(request.name);
      if (found == handler.end()) throw std::invalid_argument("no task " + request.name);
      const Reply reply = found->second(request);
      std::cout << "ok";
      for (const auto& [key, value] : reply) std::cout << '\t' << key << '=' << value;
      std::cout << std::endl;
    } catch (const std::exception& error) {
      std::cout << "error\t" << error.what() << std::endl;
    }
  }
}
