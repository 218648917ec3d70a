// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "unlabeled/core/types.hpp"

namespace unlabeled::detail {

/// The nearest sample so far within a radius; of equally near ones that with the lowest number.
struct NearestFound {
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  double distance;
  std::uint32_t sample = none;

  explicit NearestFound(double radius) : distance(radius) {}
  explicit operator bool() const { return sample != none; }

  void take(double other_distance, std::uint32_t other) {
    if (other_distance < distance || (other_distance == distance && other < sample))
      distance = other_distance, sample = other;
  }
};

}  // namespace unlabeled::detail
