// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "unlabeled/core/errors.hpp"

namespace unlabeled {

/// Holds what fit() learned, or nothing. Every read passes the one check, so an estimator cannot
/// forget it. A moved-from Fitted is empty again.
template <class Model> class Fitted {
 public:
  explicit Fitted(const char* owner) : owner_(owner) {}
  Fitted(const char* owner, Model model) : owner_(owner), model_(std::move(model)) {}

  Fitted(const Fitted&) = default;
  Fitted(Fitted&& other) noexcept
      : owner_(other.owner_), model_(std::exchange(other.model_, std::nullopt)) {}
  Fitted& operator=(const Fitted& other) {
    if (this != &other) *this = Fitted(other);
    return *this;
  }
  Fitted& operator=(Fitted&& other) noexcept {
    owner_ = other.owner_;
    model_ = std::exchange(other.model_, std::nullopt);
    return *this;
  }
  Fitted& operator=(Model model) noexcept {
    model_.emplace(std::move(model));
    return *this;
  }
  ~Fitted() = default;

  explicit operator bool() const { return model_.has_value(); }

  const Model& operator*() const {
    if (!model_) throw NotFitted(std::string(owner_) + ": call fit() first");
    return *model_;
  }
  const Model* operator->() const { return &**this; }

 private:
  const char* owner_;
  std::optional<Model> model_;
};

}  // namespace unlabeled
