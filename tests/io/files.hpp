// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "unlabeled/core/errors.hpp"

#if __has_include(<sys/resource.h>)
#include <csignal>

#include <sys/resource.h>
#endif

// Files that tests write and read.

namespace unlabeled {
inline namespace testing {

/// A folder of its own with a name beyond ASCII, removed at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    folder_ =
        std::filesystem::temp_directory_path() /
        (u8"unlabeled-tést-" + std::filesystem::path(std::to_string(now)).u8string() + u8"-" +
         std::filesystem::path(std::to_string(reinterpret_cast<std::uintptr_t>(this))).u8string());
    std::filesystem::create_directories(folder_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(folder_); }

  std::filesystem::path operator/(const std::filesystem::path& name) const {
    return folder_ / name;
  }

 private:
  std::filesystem::path folder_;
};

inline std::filesystem::path write_file(const std::filesystem::path& path,
                                        std::string_view content) {
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  return path;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::ptrdiff_t n_files(const TemporaryFolder& folder) {
  namespace fs = std::filesystem;
  return std::distance(fs::directory_iterator(folder / ""), fs::directory_iterator());
}

#if __has_include(<sys/resource.h>)
/// No file can grow beyond so many bytes, as on a full disk, for as long as it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t n_bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit lower = before_;
    lower.rlim_cur = n_bytes;
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &lower);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};
#endif

/// The words of the FileError that `action` throws; other exceptions pass through.
template <class Action> std::string file_error(Action&& action) {
  try {
    action();
  } catch (const FileError& error) {
    return error.what();
  }
  return "no FileError";
}

}  // namespace testing
}  // namespace unlabeled
