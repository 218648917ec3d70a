// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "unlabeled/core/file.hpp"

namespace unlabeled::detail {

using Json = nlohmann::json;

// What works on JSON is a template over J, always Json: so programs that include this and never
// save or load do not wait for the compiler to make a JSON parser.

/// JSON of an untrusted file: no key twice in an object, no deep nesting (so neither the parser nor
/// the destructor can be driven far), every failure a FileError. `what` names the text in messages.
template <class J>
J parse_json(const ByteSource& source, std::string_view text, const std::string& what) {
  using Event = typename J::parse_event_t;
  constexpr int deepest = 16;
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Event event, const J& parsed) {
    if (depth > deepest) source.refuse(what + ": expected JSON nested less deeply");
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key &&
        !keys.back().insert(parsed.template get_ref<const std::string&>()).second)
      source.refuse(what + ": expected each key once, got twice " + parsed.dump());
    return true;
  };
  try {
    return J::parse(text, check);
  } catch (const typename J::parse_error& error) {
    source.refuse(what + ": expected JSON, which ends at byte " + std::to_string(error.byte) +
                  " of it");
  } catch (const typename J::exception&) {
    source.refuse(what + ": expected JSON with numbers that fit 64 bits");
  }
}

}  // namespace unlabeled::detail
