// SPDX-License-Identifier: MIT
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/csv_target.hpp"
#include "fuzz/model_file_target.hpp"
#include "fuzz/npy_target.hpp"
#include "fuzz/word2vec_target.hpp"
#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace unlabeled;

namespace {

using Target = void (*)(const std::uint8_t*, std::size_t);

/// Gives every file of the corpus, and every beginning of it, to the target.
Index replay(const std::string& reader, Target target) {
  const auto tests = std::filesystem::path(reference::folder()).parent_path();
  Index n_files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(tests / "fuzz/corpus" / reader)) {
    INFO(entry.path().string());
    const std::string content = read_file(entry.path());
    const auto* data = reinterpret_cast<const std::uint8_t*>(content.data());
    for (std::size_t size = 0; size <= content.size(); ++size) CHECK_NOTHROW(target(data, size));
    ++n_files;
  }
  return n_files;
}

}  // namespace

TEST_CASE("what fuzzers found in the CSV reader stays found") {
  CHECK(replay("csv", fuzz_csv) >= 10);
}

TEST_CASE("what fuzzers found in the NumPy reader stays found") {
  CHECK(replay("npy", fuzz_npy) >= 10);
}

TEST_CASE("what fuzzers found in the model reader stays found") {
  CHECK(replay("model_file", fuzz_model_file) >= 7);
}

TEST_CASE("what fuzzers found in the word2vec reader stays found") {
  CHECK(replay("word2vec", fuzz_word2vec) >= 15);
}
