// SPDX-License-Identifier: MIT
#include <stdexcept>
#include <string>
#include <type_traits>

#include "support/catch.hpp"
#include "unlabeled/core/errors.hpp"

using namespace unlabeled;

// What a caller may rely on when catching by base class.
static_assert(std::is_base_of_v<std::logic_error, NotFitted>);
static_assert(std::is_base_of_v<std::runtime_error, NumericalError>);
static_assert(std::is_base_of_v<std::runtime_error, FileError>);
static_assert(!std::is_base_of_v<std::invalid_argument, NotFitted>);

TEST_CASE("The library's errors carry their message and are told apart", "[errors]") {
  auto kind = [](auto error) -> std::string {
    try {
      throw error;
    } catch (const NotFitted& e) {
      return std::string("not fitted: ") + e.what();
    } catch (const FileError& e) {
      return std::string("file: ") + e.what();
    } catch (const NumericalError& e) {
      return std::string("numerical: ") + e.what();
    }
  };
  CHECK(kind(NotFitted("PCA: call fit() first")) == "not fitted: PCA: call fit() first");
  CHECK(kind(FileError("a.csv: line 3")) == "file: a.csv: line 3");
  CHECK(kind(NumericalError("GMM: singular")) == "numerical: GMM: singular");
}
