// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/all.hpp"
#include "unlabeled/io/model_file.hpp"

namespace unlabeled {
inline namespace testing {

/// Options and model that no constructor has seen, to be written as those of an E: what a file may
/// hold that this library never made.
template <class E> struct Unchecked {
  using Scalar = typename E::Scalar;
  typename E::Options the_options;
  typename E::Model the_model;

  [[nodiscard]] const auto& options() const { return the_options; }
  [[nodiscard]] const auto& model() const { return the_model; }
};

}  // namespace testing

template <class E> struct detail::Stored<testing::Unchecked<E>> : detail::Stored<E> {};

}  // namespace unlabeled
