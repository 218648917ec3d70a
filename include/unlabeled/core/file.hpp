// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "unlabeled/core/errors.hpp"

// Opening, reading and writing of files such that every failure is a FileError with the path.

namespace unlabeled::detail {

/// UTF-8, because path::string() may throw where the system's own encoding is narrower.
inline std::string shown(const std::filesystem::path& path) {
  const auto utf8 = path.u8string();
  return {utf8.begin(), utf8.end()};
}

/// For messages: in quotes, cut to 40 bytes (never inside a UTF-8 character), one line.
inline std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::size_t length = std::min(text.size(), longest);
  if (length < text.size())
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0u) == 0x80u) --length;
  std::string shown = "\"";
  for (const char c : text.substr(0, length))
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return shown + (length < text.size() ? "…\"" : "\"");
}

[[noreturn]] inline void refuse_file(const std::string& name, const std::string& what) {
  throw FileError(name + ": " + what);
}

[[noreturn]] inline void refuse_file_with_reason(const std::string& name, const std::string& what,
                                                 int reason) {
  if (reason == 0) refuse_file(name, what);
  refuse_file(name, what + ": " + std::generic_category().message(reason));
}

inline std::ifstream open_to_read(const std::filesystem::path& path) {
  // A directory opens without complaint on some systems and fails at the first read only.
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    refuse_file(shown(path), "expected a file, got a directory");
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) refuse_file_with_reason(shown(path), "cannot be opened for reading", errno);
  return stream;
}

/// The whole content, from anything that can be read to its end (pipes too).
inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream = open_to_read(path);
  constexpr std::size_t block = std::size_t{1} << 20;
  std::string text;
  while (stream) {
    const std::size_t size = text.size();
    text.resize(size + block);
    stream.read(text.data() + size, static_cast<std::streamsize>(block));
    text.resize(size + static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) refuse_file(shown(path), "cannot be read to its end");
  return text;
}

/// Bytes of a known number. Sizes that a file claims are compared with remaining() before anything
/// is allocated for them.
class ByteSource {
 public:
  ByteSource(std::istream& stream, std::string name) : stream_(stream), name_(std::move(name)) {
    stream_.seekg(0, std::ios::end);
    const auto end = static_cast<std::streamoff>(stream_.tellg());
    if (end < 0) refuse("expected a file of known size (not a pipe)");
    size_ = static_cast<std::uint64_t>(end);
    seek(0);
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t remaining() const { return size_ - position_; }

  /// position <= size()
  void seek(std::uint64_t position) {
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(position));
    position_ = position;
  }

  void read(void* to, std::uint64_t n_bytes) {
    stream_.read(static_cast<char*>(to), static_cast<std::streamsize>(n_bytes));
    if (static_cast<std::uint64_t>(stream_.gcount()) != n_bytes)
      refuse("expected " + std::to_string(n_bytes) + " bytes from byte " +
             std::to_string(position_) + ", got " + std::to_string(stream_.gcount()));
    position_ += n_bytes;
  }

  [[noreturn]] void refuse(const std::string& what) const { refuse_file(name_, what); }

 private:
  std::istream& stream_;
  std::string name_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
};

/// Collects bytes into larger writes; close() tells whether all of them arrived.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path) : OutputFile(path, shown(path)) {}
  OutputFile(const std::filesystem::path& path, std::string name) : name_(std::move(name)) {
    errno = 0;
    stream_.open(path, std::ios::binary | std::ios::trunc);
    if (!stream_) refuse_file_with_reason(name_, "cannot be opened for writing", errno);
  }

  void write(std::string_view bytes) {
    buffer_ += bytes;
    constexpr std::size_t enough = std::size_t{1} << 16;
    if (buffer_.size() >= enough) flush();
  }
  void write(char byte) { write(std::string_view(&byte, 1)); }

  void close() {
    flush();
    errno = 0;
    stream_.close();
    check();
  }

 private:
  void flush() {
    errno = 0;
    stream_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    check();
    buffer_.clear();
  }
  void check() const {
    if (!stream_) refuse_file_with_reason(name_, "cannot be written", errno);
  }

  std::string name_;
  std::ofstream stream_;
  std::string buffer_;
};

/// Differs between calls by the time, between threads and processes by the place of a variable.
inline std::string unused_name(const void* place) {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return ".unlabeled-" + std::to_string(now) + "-" +
         std::to_string(reinterpret_cast<std::uintptr_t>(place));
}

/// Lets write(OutputFile&) fill a new file in the same folder, which then takes the place of
/// `path`: a reader finds the old content or the new one, and a failure leaves the old one.
template <class Write> void replace_file(const std::filesystem::path& path, Write&& write) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path target = fs::is_symlink(path, error) ? fs::canonical(path, error) : path;
  const fs::file_status before = fs::status(target, error);
  if (fs::exists(before) && !fs::is_regular_file(before))
    refuse_file(shown(path), "expected a regular file or none yet");
  const fs::path temporary = target.parent_path() / unused_name(&error);
  try {
    OutputFile file(temporary, shown(path));
    write(file);
    file.close();
    if (fs::exists(before)) fs::permissions(temporary, before.permissions(), error);
    fs::rename(temporary, target, error);
    if (error) refuse_file(shown(path), "cannot be replaced: " + error.message());
  } catch (...) {
    fs::remove(temporary, error);
    throw;
  }
}

/// The same for a text; what is not a file (a pipe, a device) has no content to lose and gets it
/// directly.
inline void replace_text(const std::filesystem::path& path, std::string_view text) {
  const auto write = [&](OutputFile& file) { file.write(text); };
  std::error_code error;
  if (!std::filesystem::is_other(path, error)) return replace_file(path, write);
  OutputFile file(path);
  write(file);
  file.close();
}

}  // namespace unlabeled::detail
