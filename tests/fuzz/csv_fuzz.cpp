// SPDX-License-Identifier: MIT
#include "fuzz/csv_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  unlabeled::fuzz_csv(data, size);
  return 0;
}
