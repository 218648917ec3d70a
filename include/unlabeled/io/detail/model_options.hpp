// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <initializer_list>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/io/detail/strict_json.hpp"

// Options as JSON. An estimator lists its options once, for a visitor that is called as
// visit("name", field), or visit("name", field, {{"word", Enum::word}, …}) for an enum.

namespace unlabeled::detail {

template <class Enum> struct EnumName {
  const char* name;
  Enum value;
};
template <class Enum> using EnumNames = std::initializer_list<EnumName<std::type_identity_t<Enum>>>;

template <class J> class OptionsWriter {
 public:
  void operator()(const char* name, bool value) { json_[name] = value; }
  template <std::integral T> void operator()(const char* name, T value) { json_[name] = value; }
  void operator()(const char* name, double value) {
    // JSON has no infinity; a text keeps what a number cannot say.
    if (is_finite(value))
      json_[name] = value;
    else
      json_[name] = printed(value);
  }
  /// null where there is no value.
  template <class T> void operator()(const char* name, const std::optional<T>& value) {
    json_[name] = nullptr;
    if (value) (*this)(name, *value);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(const char* name, Enum value, EnumNames<Enum> names) {
    for (const auto& known : names)
      if (known.value == value) json_[name] = known.name;
  }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(const char* name, const std::optional<Enum>& value, EnumNames<Enum> names) {
    json_[name] = nullptr;
    if (value) (*this)(name, *value, names);
  }
  template <std::integral T> void operator()(const char* name, const std::vector<T>& values) {
    json_[name] = values;
  }

  [[nodiscard]] const J& json() const { return json_; }

 private:
  J json_ = J::object();
};

/// Fields that the file does not mention keep their defaults, so that a file stays readable when
/// the estimator gains an option.
template <class J> class OptionsReader {
 public:
  OptionsReader(const ByteSource& source, const J& json, std::string owner)
      : source_(source), json_(json), owner_(std::move(owner)) {
    if (!json.is_object()) source_.refuse(owner_ + ": expected options as a JSON object");
  }

  void operator()(const char* name, bool& value) {
    if (const J* found = find(name)) {
      if (!found->is_boolean()) refuse(name, "true or false");
      value = found->template get<bool>();
    }
  }
  template <std::integral T> void operator()(const char* name, T& value) {
    const J* const found = find(name);
    if (found == nullptr) return;
    bool fits = found->is_number_integer();
    if (fits && found->is_number_unsigned())
      fits = std::in_range<T>(found->template get<std::uint64_t>());
    else if (fits)
      fits = std::in_range<T>(found->template get<std::int64_t>());
    if (!fits)
      refuse(name, "an integer from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                       std::to_string(std::numeric_limits<T>::max()));
    value = found->template get<T>();
  }
  void operator()(const char* name, double& value) {
    const J* const found = find(name);
    if (found == nullptr) return;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (found->is_number())
      value = found->template get<double>();
    else if (const std::string word = text(*found); word == "inf" || word == "-inf")
      value = word == "inf" ? infinity : -infinity;
    else
      refuse(name, "a number");
  }
  template <class T> void operator()(const char* name, std::optional<T>& value) {
    const J* const found = find(name);
    if (found == nullptr) return;
    if (found->is_null()) {
      value.reset();
      return;
    }
    T present{};
    (*this)(name, present);
    value = present;
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(const char* name, Enum& value, EnumNames<Enum> names) {
    const J* const found = find(name);
    if (found == nullptr) return;
    const std::string word = text(*found);
    std::string words;
    for (const auto& known : names) {
      if (word == known.name) {
        value = known.value;
        return;
      }
      words += std::string(words.empty() ? "" : ", ") + known.name;
    }
    refuse(name, "one of " + words);
  }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(const char* name, std::optional<Enum>& value, EnumNames<Enum> names) {
    const J* const found = find(name);
    if (found == nullptr) return;
    if (found->is_null()) {
      value.reset();
      return;
    }
    Enum present{};
    (*this)(name, present, names);
    value = present;
  }
  template <std::integral T> void operator()(const char* name, std::vector<T>& values) {
    const J* const found = find(name);
    if (found == nullptr) return;
    if (!found->is_array()) refuse(name, "a list of integers");
    values.clear();
    for (const J& entry : *found) {
      if (!entry.is_number_integer() || !std::in_range<T>(entry.template get<std::int64_t>()))
        refuse(name, "a list of integers");
      values.push_back(entry.template get<T>());
    }
  }

  /// An option that this estimator does not have would be ignored in silence otherwise.
  void refuse_unknown() const {
    for (const auto& [name, value] : json_.items())
      if (!known_.contains(name))
        source_.refuse(owner_ + ": expected options of this version, got " + J(name).dump());
  }

 private:
  const J* find(const char* name) {
    known_.insert(name);
    const auto found = json_.find(name);
    return found == json_.end() ? nullptr : &*found;
  }
  static std::string text(const J& json) {
    return json.is_string() ? json.template get<std::string>() : std::string();
  }
  [[noreturn]] void refuse(const std::string& name, const std::string& expected) const {
    source_.refuse(owner_ + ": expected " + expected + " for the option " + name + ", got " +
                   json_.at(name).dump());
  }

  const ByteSource& source_;
  const J& json_;
  std::string owner_;
  std::set<std::string> known_;
};

}  // namespace unlabeled::detail
