// SPDX-License-Identifier: MIT
#pragma once

// The one door to Catch2 for every test: version 2.13 (Debian 12, Ubuntu 22.04) and version 3 from
// the same sources. Tests use the names of version 3, matchers included:
// Catch::Matchers::WithinAbs, WithinRel, Message, StartsWith, EndsWith, Equals, ContainsSubstring;
// and Approx without a prefix.

#if __has_include(<catch2/catch_test_macros.hpp>)

#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_all.hpp>

using Catch::Approx;

#else

#include <string>

#include <catch2/catch.hpp>

namespace Catch::Matchers {
inline StdString::ContainsMatcher ContainsSubstring(const std::string& part) {
  return Contains(part);
}
}  // namespace Catch::Matchers

#endif
