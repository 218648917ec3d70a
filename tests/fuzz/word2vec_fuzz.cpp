// SPDX-License-Identifier: MIT
#include "fuzz/word2vec_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  unlabeled::fuzz_word2vec(data, size);
  return 0;
}
