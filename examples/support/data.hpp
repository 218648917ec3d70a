// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

namespace support {

/// A file of examples/data. The build says where that is; a program compiled by hand looks for it
/// from the project's top folder.
inline std::filesystem::path example_data(const std::string& name) {
#if defined(UNLABELED_EXAMPLE_DATA_DIR)
  return std::filesystem::path(UNLABELED_EXAMPLE_DATA_DIR) / name;
#else
  return std::filesystem::path("examples") / "data" / name;
#endif
}

}  // namespace support
