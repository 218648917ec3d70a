// SPDX-License-Identifier: MIT
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "unlabeled/core/fitted.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

struct Words {
  std::vector<std::string> words;
};

/// A model whose copy fails on request.
struct Fragile {
  int value = 0;
  bool copy_fails = false;
  explicit Fragile(int v) : value(v) {}
  Fragile(const Fragile& other) : value(other.value), copy_fails(other.copy_fails) {
    if (copy_fails) throw std::bad_alloc();
  }
  Fragile(Fragile&&) noexcept = default;
  Fragile& operator=(const Fragile&) = delete;
  Fragile& operator=(Fragile&&) noexcept = default;
};

}  // namespace

static_assert(std::is_nothrow_move_constructible_v<Fitted<Words>>);
static_assert(std::is_nothrow_move_assignable_v<Fitted<Words>>);
static_assert(!std::is_default_constructible_v<Fitted<Words>>, "the owner's name is required");
static_assert(!std::is_convertible_v<Fitted<Words>, bool>, "only an explicit question");

TEST_CASE("Reading before fit names the class and the call", "[fitted]") {
  const Fitted<Words> model("KMeans");
  CHECK_FALSE(model);
  CHECK_THROWS_MATCHES(*model, NotFitted, Message("KMeans: call fit() first"));
  CHECK_THROWS_MATCHES(model->words, NotFitted, Message("KMeans: call fit() first"));
  CHECK_THROWS_AS(*model, std::logic_error);
}

TEST_CASE("A model is there after assignment and is replaced by the next", "[fitted]") {
  Fitted<Words> model("KMeans");
  model = Words{{"a", "b"}};
  CHECK(model);
  CHECK(model->words.size() == 2);
  model = Words{{"c"}};
  CHECK((*model).words == std::vector<std::string>{"c"});
  CHECK(Fitted<Words>("KMeans", Words{{"d"}})->words.front() == "d");
}

TEST_CASE("A copy keeps the fit and is independent", "[fitted]") {
  Fitted<Words> model("KMeans", Words{{"a"}});
  const Fitted<Words> copy = model;
  model = Words{{"b"}};
  CHECK(copy->words.front() == "a");
  Fitted<Words> other("PCA");
  other = copy;
  CHECK(other->words.front() == "a");
  const Fitted<Words>& itself = other;
  other = itself;
  CHECK(other->words.front() == "a");
}

TEST_CASE("Moving takes the fit away, with the name", "[fitted]") {
  Fitted<Words> model("KMeans", Words{{"a"}});
  Fitted<Words> taken = std::move(model);
  CHECK(taken->words.front() == "a");
  CHECK_FALSE(model);
  CHECK_THROWS_MATCHES(*model, NotFitted, Message("KMeans: call fit() first"));
  Fitted<Words> assigned("PCA");
  assigned = std::move(taken);
  CHECK(assigned->words.front() == "a");
  CHECK_FALSE(taken);
  CHECK_THROWS_AS(*taken, NotFitted);
}

TEST_CASE("A copy that fails leaves the target as it was", "[fitted]") {
  Fragile broken(2);
  broken.copy_fails = true;
  const Fitted<Fragile> source("KMeans", std::move(broken));
  Fitted<Fragile> target("KMeans", Fragile(1));
  CHECK_THROWS_AS(target = source, std::bad_alloc);
  CHECK(target->value == 1);
}
