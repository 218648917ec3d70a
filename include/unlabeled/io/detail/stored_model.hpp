// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/io/detail/model_options.hpp"
#include "unlabeled/io/detail/model_tensors.hpp"
#include "unlabeled/io/detail/tensor_file.hpp"

// From an estimator to options and tensors, and back.

namespace unlabeled::detail {

/// One specialisation for each estimator:
///   kind                           its name, as in the file
///   options(visit, options)        lists the fields of E::Options, see model_options.hpp
///   model(visit, model, options)   lists the fields of E::Model, see model_tensors.hpp
/// The same lists serve writing (const fields) and reading.
template <class E> struct Stored;

void visit_report(auto& visit, auto& report) {
  visit("report.n_iterations", report.n_iterations);
  visit("report.objective", report.objective);
  visit("report.stop", report.stop);
  visit.require(report.stop >= Stop::converged && report.stop <= Stop::callback,
                "report.stop to be 0 (converged), 1 (max_iterations) or 2 (callback)");
}

/// How an estimator is written and read; another specialisation serves pipelines.
template <class E> struct StoredForm;

template <class E>
requires requires { Stored<E>::kind; }
struct StoredForm<E> {
  static std::string kind() { return Stored<E>::kind; }

  static Json write(TensorWriter& tensors, const E& estimator) {
    OptionsWriter<Json> options;
    Stored<E>::options(options, estimator.options());
    Stored<E>::model(tensors, estimator.model(), estimator.options());
    return options.json();
  }

  static E read(TensorReader& tensors, const Json& json) {
    typename E::Options options;
    OptionsReader<Json> reader(tensors.source(), json, kind());
    Stored<E>::options(reader, options);
    reader.refuse_unknown();
    typename E::Model model;
    Stored<E>::model(tensors, model, std::as_const(options));
    try {
      return E(std::move(options), std::move(model));
    } catch (const std::invalid_argument& error) {
      tensors.source().refuse(std::string("expected a valid model: ") + error.what());
    }
  }
};

template <class E> std::string scalar_name() {
  return std::is_same_v<typename E::Scalar, float> ? "float32" : "float64";
}

constexpr int model_format_version = 1;

template <class E> std::map<std::string, std::string> model_metadata(const Json& options) {
  return {{"library", "unlabeled"},
          {"format_version", std::to_string(model_format_version)},
          {"kind", StoredForm<E>::kind()},
          {"scalar", scalar_name<E>()},
          {"options", options.dump()}};
}

template <class E> void check_model_metadata(const ByteSource& source, const TensorHeader& header) {
  const std::set<std::string> due = {"library", "format_version", "kind", "scalar", "options"};
  for (const std::string& key : due)
    if (!header.metadata.contains(key))
      source.refuse("expected a model of this library, got no metadata entry " + key);
  for (const auto& [key, value] : header.metadata)
    if (!due.contains(key) && key != "checksum")
      source.refuse("expected the metadata of a model, got also " + Json(key).dump());
  const auto text = [&](const char* key) { return header.metadata.at(key); };
  if (text("library") != "unlabeled")
    source.refuse("expected a model of the library unlabeled, got one of " + text("library"));
  if (text("format_version") != std::to_string(model_format_version))
    source.refuse("expected format version " + std::to_string(model_format_version) + ", got " +
                  text("format_version") + ", which another version of the library wrote");
  if (text("kind") != StoredForm<E>::kind())
    source.refuse("holds a " + text("kind") + ", expected a " + StoredForm<E>::kind());
  if (text("scalar") != scalar_name<E>())
    source.refuse("holds a " + text("kind") + " of " + text("scalar") + ", expected one of " +
                  scalar_name<E>());
}

template <class E> void save_model(const std::filesystem::path& path, const E& estimator) {
  std::vector<TensorToWrite> tensors;
  TensorWriter writer(tensors);
  const Json options = StoredForm<E>::write(writer, estimator);
  const std::string start = tensor_file_start<Json>(tensors, model_metadata<E>(options));
  replace_file(path, [&](OutputFile& file) {
    file.write(start);
    for (const TensorToWrite& tensor : tensors)
      tensor.write([&](std::string_view bytes) { file.write(bytes); });
  });
}

template <class E> E load_model(ByteSource& source) {
  const TensorHeader header = TensorHeaderReader<Json>(source).read();
  check_model_metadata<E>(source, header);
  const Json options = parse_json<Json>(source, header.metadata.at("options"), "options");
  std::set<std::string> known;
  TensorReader tensors(source, header, known);
  E estimator = StoredForm<E>::read(tensors, options);
  for (const auto& [name, tensor] : header.tensors)
    if (!known.contains(name))
      source.refuse("expected the tensors of a " + StoredForm<E>::kind() + ", got also " + name);
  return estimator;
}

}  // namespace unlabeled::detail
