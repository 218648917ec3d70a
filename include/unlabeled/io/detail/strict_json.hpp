// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "unlabeled/io/detail/file.hpp"

namespace unlabeled::detail {

using Json = nlohmann::json;

/// JSON of an untrusted file: no key twice in an object, no deep nesting (so neither the parser nor
/// the destructor can be driven far), every failure a FileError. `what` names the text in messages.
inline Json parse_json(const ByteSource& source, std::string_view text, const std::string& what) {
  constexpr int deepest = 16;
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > deepest) source.refuse(what + ": expected JSON nested less deeply");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key &&
        !keys.back().insert(parsed.get_ref<const std::string&>()).second)
      source.refuse(what + ": expected each key once, got twice " + parsed.dump());
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::parse_error& error) {
    source.refuse(what + ": expected JSON, which ends at byte " + std::to_string(error.byte) +
                  " of it");
  } catch (const Json::exception&) {
    source.refuse(what + ": expected JSON with numbers that fit 64 bits");
  }
}

}  // namespace unlabeled::detail
