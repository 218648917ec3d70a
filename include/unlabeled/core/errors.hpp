// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>

// Everything the library throws: std::invalid_argument for a bad option, shape or value, and the
// three types below. (std::bad_alloc passes through untouched.)

namespace unlabeled {

/// An estimator was asked for what only fit() can give.
struct NotFitted : std::logic_error {
  using std::logic_error::logic_error;
};

/// The data made the method impossible; the message names the option that would help.
struct NumericalError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A file could not be read or written; the message gives path, place and what was expected.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace unlabeled
