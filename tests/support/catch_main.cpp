// SPDX-License-Identifier: MIT
// Catch2 2.13 compiles its runner and main() here, once for all tests; version 3 brings its own in
// the library Catch2WithMain and ignores the macro.
#define CATCH_CONFIG_MAIN
#include "support/catch.hpp"
