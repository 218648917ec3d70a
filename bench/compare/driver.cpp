// SPDX-License-Identifier: MIT
// The C++ side of bench/compare: a process that takes one request a line and runs it. A request is
// a name and key=value pairs separated by tabs, the reply seconds and figures in the same form.
// Only the call itself is inside the timed part: no reading, no quality figure.
#include <exception>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "estimators/agglomerative.hpp"
#include "estimators/autoencoder.hpp"
#include "estimators/dbscan.hpp"
#include "estimators/deep_cluster.hpp"
#include "estimators/gmm.hpp"
#include "estimators/isolation_forest.hpp"
#include "estimators/kmeans.hpp"
#include "estimators/pca.hpp"
#include "estimators/silhouette.hpp"
#include "estimators/standard_scaler.hpp"
#include "estimators/variational_autoencoder.hpp"
#include "estimators/word2vec.hpp"
#include "tasks.hpp"

namespace {

using namespace compare;

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

/// Those of every estimator; a new one adds its line.
template <Real S> Tasks all_tasks() {
  Tasks all = {{"load", load<S>}, {"reset_memory", reset_memory}, {"peak_memory", peak_memory}};
  all.merge(isolation_forest_tasks<S>());
  all.merge(gmm_tasks<S>());
  all.merge(dbscan_tasks<S>());
  all.merge(deep_cluster_tasks<S>());
  all.merge(agglomerative_tasks<S>());
  all.merge(autoencoder_tasks<S>());
  all.merge(kmeans_tasks<S>());
  all.merge(pca_tasks<S>());
  all.merge(silhouette_tasks<S>());
  all.merge(standard_scaler_tasks<S>());
  all.merge(variational_autoencoder_tasks<S>());
  all.merge(word2vec_tasks<S>());
  return all;
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
  const Tasks tasks = scalar == "f64" ? all_tasks<double>() : all_tasks<float>();
  std::cout << std::setprecision(17);
  for (std::string line; std::getline(std::cin, line);) {
    try {
      const Request request = parsed(line);
      const auto found = tasks.find(request.name);
      if (found == tasks.end()) throw std::invalid_argument("no task " + request.name);
      const Reply reply = found->second(request);
      std::cout << "ok";
      for (const auto& [key, value] : reply) std::cout << '\t' << key << '=' << value;
      std::cout << std::endl;
    } catch (const std::exception& error) {
      std::cout << "error\t" << error.what() << std::endl;
    }
  }
}
