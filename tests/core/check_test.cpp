// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>
#include <locale>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/core/check.hpp"

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

/// What an estimator does with its argument before it checks it.
template <class X> void check_training(const X& argument) {
  const View<X> x = argument;
  detail::check_training_data("KMeans", x);
}

template <class X> void check_new(const X& argument, Index n_features) {
  const View<X> x = argument;
  detail::check_new_data("KMeans", x, n_features);
}

/// The locale of a program that groups thousands and has a decimal comma, for as long as it lives.
class GermanLocale {
 public:
  GermanLocale() : before_(std::locale::global({std::locale::classic(), new German})) {}
  GermanLocale(const GermanLocale&) = delete;
  GermanLocale& operator=(const GermanLocale&) = delete;
  ~GermanLocale() { std::locale::global(before_); }

 private:
  struct German : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\3"; }
  };
  std::locale before_;
};

template <class S> S nan() { return std::numeric_limits<S>::quiet_NaN(); }
template <class S> S infinity() { return std::numeric_limits<S>::infinity(); }

}  // namespace

TEST_CASE("A refused option is named with its value and what is allowed", "[check]") {
  CHECK_NOTHROW(detail::check_option(true, "KMeans", "n_clusters", ">= 1", 3));
  CHECK_THROWS_MATCHES(detail::check_option(false, "KMeans", "n_clusters", ">= 1", 0),
                       std::invalid_argument, Message("KMeans: n_clusters must be >= 1, got 0"));
  CHECK_THROWS_MATCHES(detail::check_option(false, "PCA", "whiten", "false", true),
                       std::invalid_argument, Message("PCA: whiten must be false, got true"));
  CHECK_THROWS_MATCHES(detail::check_option(false, "KMeans", "tolerance", ">= 0", -0.5),
                       std::invalid_argument, Message("KMeans: tolerance must be >= 0, got -0.5"));
  CHECK_THROWS_MATCHES(
      detail::check_option(false, "CSV", "separator", "one character", std::string("::")),
      std::invalid_argument, Message("CSV: separator must be one character, got ::"));
}

TEST_CASE("A message is the same in every locale", "[check]") {
  Matrix<double> x = Matrix<double>::Zero(2000, 2);
  x(1234, 1) = nan<double>();
  const GermanLocale german;
  CHECK_THROWS_MATCHES(check_training(x), std::invalid_argument,
                       Message("KMeans: X has a non-finite value at row 1234, column 1"));
  CHECK(detail::printed(1234567) == "1234567");
  CHECK(detail::printed(0.5) == "0.5");
  CHECK(detail::printed(1234.5f) == "1234.5");
}

TEST_CASE("A refused number is printed with the digits that make it refused", "[check]") {
  CHECK(detail::printed(0.1) == "0.1");
  CHECK(detail::printed(1e-4) == "0.0001");
  CHECK(detail::printed(1.5f) == "1.5");
  CHECK(detail::printed(0.1f) == "0.1");
  CHECK(detail::printed(1.0000000001) != "1");
  CHECK(std::stod(detail::printed(1.0 + 1e-15)) == 1.0 + 1e-15);
  CHECK(detail::printed(nan<double>()) == "nan");
  CHECK(detail::printed(-infinity<double>()) == "-inf");
  CHECK(detail::printed(std::int64_t{-7}) == "-7");
}

TEST_CASE("A negative number of threads is refused", "[check]") {
  CHECK_NOTHROW(detail::check_n_threads("PCA", 0));
  CHECK_NOTHROW(detail::check_n_threads("PCA", 64));
  CHECK_THROWS_MATCHES(detail::check_n_threads("PCA", -1), std::invalid_argument,
                       Message("PCA: n_threads must be >= 0 (0 = all hardware threads), got -1"));
}

TEST_CASE("Empty training data are refused", "[check]") {
  CHECK_THROWS_MATCHES(check_training(Matrix<double>(0, 3)), std::invalid_argument,
                       Message("KMeans: X must have at least 1 sample (row), got 0"));
  CHECK_THROWS_MATCHES(check_training(Matrix<double>(3, 0)), std::invalid_argument,
                       Message("KMeans: X must have at least 1 feature (column), got 0"));
  CHECK_THROWS_AS(check_training(Matrix<double>()), std::invalid_argument);
}

TEST_CASE("New data may have no rows but not another number of features", "[check]") {
  CHECK_NOTHROW(check_new(Matrix<double>(0, 3), 3));
  CHECK_THROWS_MATCHES(check_new(Matrix<double>(0, 2), 3), std::invalid_argument,
                       Message("KMeans: X must have 3 features (columns) as in fit, got 2"));
  Matrix<double> x = Matrix<double>::Ones(4, 3);
  CHECK_NOTHROW(check_new(x, 3));
  x(2, 1) = infinity<double>();
  CHECK_THROWS_MATCHES(check_new(x, 3), std::invalid_argument,
                       Message("KMeans: X has a non-finite value at row 2, column 1"));
}

TEMPLATE_TEST_CASE("Extreme but finite numbers pass", "[check]", float, double) {
  using Limits = std::numeric_limits<TestType>;
  for (const TestType value : {Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(),
                               TestType(0), TestType(-0.0)})
    CHECK(detail::is_finite(value));
  for (const TestType value : {nan<TestType>(), -nan<TestType>(), Limits::signaling_NaN(),
                               infinity<TestType>(), -infinity<TestType>()})
    CHECK_FALSE(detail::is_finite(value));
}

TEMPLATE_TEST_CASE("The first non-finite value is found at every position", "[check]",
                   (Matrix<float>), (Matrix<double>), (RowMatrix<float>), (RowMatrix<double>)) {
  using S = typename TestType::Scalar;
  TestType x = random_matrix<S>(11, 7, 1);
  CHECK_NOTHROW(check_training(x));
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j) {
      const S kept = x(i, j);
      x(i, j) = (i + j) % 2 == 0 ? nan<S>() : infinity<S>();
      CHECK_THROWS_MATCHES(check_training(x), std::invalid_argument,
                           Message("KMeans: X has a non-finite value at row " + std::to_string(i) +
                                   ", column " + std::to_string(j)));
      x(i, j) = kept;
    }
}

TEMPLATE_TEST_CASE("Several non-finite values are counted, the first in row order is named",
                   "[check]", (Matrix<double>), (RowMatrix<double>)) {
  TestType x = random_matrix<double>(30, 5, 2);
  x(17, 3) = nan<double>();
  x(18, 0) = x(29, 4) = infinity<double>();
  x(20, 0) = x(21, 1) = nan<double>();
  CHECK_THROWS_MATCHES(
      check_training(x), std::invalid_argument,
      Message("KMeans: X has a non-finite value at row 17, column 3 (and 4 more)"));
}

TEMPLATE_TEST_CASE("A non-finite value beyond the first thousands is found", "[check]",
                   (Matrix<float>), (RowMatrix<float>)) {
  TestType x = TestType::Ones(5000, 3);
  x(4999, 2) = nan<float>();
  CHECK_THROWS_MATCHES(check_training(x), std::invalid_argument,
                       Message("KMeans: X has a non-finite value at row 4999, column 2"));
}

TEMPLATE_TEST_CASE("Only the block that was given is looked at", "[check]", (Matrix<double>),
                   (RowMatrix<double>)) {
  TestType whole = TestType::Constant(10, 10, nan<double>());
  whole.block(2, 3, 4, 5) = random_matrix<double>(4, 5, 3);
  CHECK_NOTHROW(check_training(whole.block(2, 3, 4, 5)));
  CHECK_NOTHROW(check_training(whole.block(2, 3, 4, 5).transpose()));
  CHECK_THROWS_MATCHES(check_training(whole.block(2, 3, 4, 6)), std::invalid_argument,
                       Message("KMeans: X has a non-finite value at row 0, column 5 (and 3 more)"));
}

TEST_CASE("Samples with a stride between them are looked at, not what lies between", "[check]") {
  std::vector<double> memory(40, nan<double>());
  using Strided = Eigen::Map<Matrix<double>, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;
  Strided x(memory.data(), 4, 3, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>(10, 2));
  x.setOnes();
  CHECK_NOTHROW(detail::check_finite("KMeans", "X", x));
  x(3, 2) = nan<double>();
  CHECK_THROWS_MATCHES(detail::check_finite("KMeans", "X", x), std::invalid_argument,
                       Message("KMeans: X has a non-finite value at row 3, column 2"));
}

TEST_CASE("Sample weights are refused with their position", "[check]") {
  auto check = [](const auto& weights, Index n) { detail::check_sample_weight("GMM", weights, n); };
  Vector<double> weights = Vector<double>::Ones(5);
  CHECK_NOTHROW(check(weights, 5));
  weights(1) = 0;
  CHECK_NOTHROW(check(weights, 5));
  CHECK_THROWS_MATCHES(check(weights, 6), std::invalid_argument,
                       Message("GMM: sample_weight must have one entry per sample (6), got 5"));
  weights(3) = -0.25;
  CHECK_THROWS_MATCHES(check(weights, 5), std::invalid_argument,
                       Message("GMM: sample_weight must be >= 0, got -0.25 at position 3"));
  weights(3) = nan<double>();
  CHECK_THROWS_MATCHES(check(weights, 5), std::invalid_argument,
                       Message("GMM: sample_weight has a non-finite value at position 3"));
  weights(4) = infinity<double>();
  CHECK_THROWS_MATCHES(
      check(weights, 5), std::invalid_argument,
      Message("GMM: sample_weight has a non-finite value at position 3 (and 1 more)"));
  weights.setZero();
  CHECK_THROWS_MATCHES(check(weights, 5), std::invalid_argument,
                       Message("GMM: sample_weight must have a positive entry, got only zeros"));
}

TEST_CASE("Weights that are a row of a matrix are read at their stride", "[check]") {
  Matrix<float> table = Matrix<float>::Constant(3, 4, nan<float>());
  table.row(1).setOnes();
  CHECK_NOTHROW(detail::check_sample_weight("GMM", table.row(1), 4));
  table(1, 2) = nan<float>();
  CHECK_THROWS_MATCHES(detail::check_sample_weight("GMM", table.row(1), 4), std::invalid_argument,
                       Message("GMM: sample_weight has a non-finite value at position 2"));
}
