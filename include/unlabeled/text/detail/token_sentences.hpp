// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <iterator>
#include <string_view>

namespace unlabeled {

/// Any range of ranges of tokens that a std::string_view can be made of: vectors of vectors of
/// std::string, but also of views or string literals, lists, and own types with begin and end.
template <class X>
concept TokenSentences = requires(const X& sentences) {
  std::begin(sentences) != std::end(sentences);
  std::begin(*std::begin(sentences)) != std::end(*std::begin(sentences));
  requires std::constructible_from<std::string_view, decltype(*std::begin(*std::begin(sentences)))>;
};

}  // namespace unlabeled
