// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <fstream>

#include "unlabeled/io/detail/stored_estimators.hpp"
#include "unlabeled/io/detail/stored_pipeline.hpp"

namespace unlabeled {

/// The estimators of this library and pipelines of them.
template <class E>
concept Storable = requires {
  detail::StoredForm<E>::kind();
};

/// Saves a fitted estimator: its options and everything it learned.
///
/// The file has the safetensors layout, so that Python's `safetensors.numpy.load_file` reads it: 8
/// bytes with the length of a header (little endian), the header in JSON, then the numbers of all
/// tensors, row-major. `__metadata__` holds the texts
///   library         "unlabeled"
///   format_version  "1"
///   kind            "KMeans", "Pipeline(StandardScaler, PCA)", …
///   scalar          "float64" or "float32"
///   options         JSON of all options but callbacks; for a pipeline a list, one per step
///   checksum        FNV-1a (64 bits, hexadecimal) of the whole file with zeros in its place
/// and the tensors are named after the fields of the model; those of a pipeline's steps after
/// "0.", "1.", …. A program that writes or changes such a file may leave out the checksum, and any
/// option whose default it wants.
///
/// The content is written beside `path` and then renamed, so a failure leaves an earlier file as it
/// was. Cost: the size of the file, twice; no copy of the model in memory.
/// Throws NotFitted before fit(); FileError if the file cannot be written whole.
template <Storable E> void save(const std::filesystem::path& path, const E& estimator) {
  detail::save_model(path, estimator);
}

/// Loads what save() wrote: the estimator predicts and transforms with the same bits, and
/// partial_fit() goes on where it stopped. Callbacks in the options are empty.
///
/// Nothing in a file is trusted: every size is compared with the file's before memory is asked for
/// (at most some twenty times the size of the file in all), shapes must agree with each other,
/// numbers must be finite, options must be valid, and the checksum, if there is one, must be right.
///
/// Throws      FileError with the path and what was expected: a cut, altered or foreign file, a
///             newer format, another estimator ("holds a PCA, expected a KMeans") or scalar.
///
/// @code
/// unlabeled::save("segments.safetensors", kmeans);
/// const auto again = unlabeled::load<unlabeled::KMeans<double>>("segments.safetensors");
/// @endcode
template <Storable E> E load(const std::filesystem::path& path) {
  std::ifstream stream = detail::open_to_read(path);
  detail::ByteSource source(stream, detail::shown(path));
  return detail::load_model<E>(source);
}

}  // namespace unlabeled
