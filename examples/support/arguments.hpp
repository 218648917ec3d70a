// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <exception>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Command lines of the form `--name value --name value`, for the examples.

namespace support {

/// The command line is wrong; the message says how.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Arguments {
 public:
  /// Every option takes one value; an option that is not in `known` is refused.
  Arguments(int argc, const char* const* argv, const std::vector<std::string>& known) {
    for (int i = 1; i < argc; i += 2) {
      const std::string name = argv[i];
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw UsageError("unknown option '" + name + "'");
      if (i + 1 == argc) throw UsageError(name + " needs a value");
      if (!values_.emplace(name, argv[i + 1]).second) throw UsageError(name + " is given twice");
    }
  }

  [[nodiscard]] bool has(const std::string& name) const { return values_.count(name) > 0; }

  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) const {
    return has(name) ? values_.at(name) : otherwise;
  }

  /// "a,b,c" as three strings; no option, no strings.
  [[nodiscard]] std::vector<std::string> list(const std::string& name) const {
    std::vector<std::string> entries;
    std::istringstream stream(text(name, ""));
    for (std::string entry; std::getline(stream, entry, ',');) {
      if (entry.empty()) throw UsageError(name + " has an empty entry");
      entries.push_back(entry);
    }
    if (has(name) && entries.empty()) throw UsageError(name + " needs at least one entry");
    return entries;
  }

  [[nodiscard]] long integer(const std::string& name, long otherwise, long least, long most) const {
    if (!has(name)) return otherwise;
    const std::string& given = values_.at(name);
    long value = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
    if (error != std::errc() || end != given.data() + given.size() || value < least || value > most)
      throw UsageError(name + " must be a whole number from " + std::to_string(least) + " to " +
                       std::to_string(most) + ", got '" + given + "'");
    return value;
  }

 private:
  std::map<std::string, std::string> values_;
};

/// The frame of every example that takes options: `body(arguments)` does the work. An error ends
/// with a message on stderr and exit status 2; if the command line was wrong, also with the usage.
template <class Body>
int run_example(int argc, const char* const* argv, const std::vector<std::string>& known,
                std::string_view usage, Body&& body) {
  if (argc > 1 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
    std::cout << usage;
    return 0;
  }
  try {
    body(Arguments(argc, argv, known));
    return 0;
  } catch (const UsageError& error) {
    std::cerr << "error: " << error.what() << "\n\n" << usage;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n(--help shows the options)\n";
  }
  return 2;
}

}  // namespace support
