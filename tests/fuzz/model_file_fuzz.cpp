// SPDX-License-Identifier: MIT
#include "fuzz/model_file_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  unlabeled::fuzz_model_file(data, size);
  return 0;
}
