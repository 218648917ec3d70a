// SPDX-License-Identifier: MIT
#include "fuzz/npy_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  unlabeled::fuzz_npy(data, size);
  return 0;
}
